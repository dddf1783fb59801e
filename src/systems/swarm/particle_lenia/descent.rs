//! Particles that descend the energy: the live world computes in f32, checks in f64, both by this code.

use super::energy::{Energy, Natural};
use crate::real::greater;
use crate::swarm::bins::nearest;
use crate::swarm::particle_life::crowd::{Crowd, Space, number_of};
use crate::swarm::particle_life::near::{LANES, Near, each_cell, fair, total};

world::choices! {
    /// Which energy a particle descends.
    pub enum Descent {
        /// Its own, as if the others stood still: it may raise theirs (the paper's, and livelier).
        Own: "own",
        /// That of all.
        Total: "total",
    }
}

/// Particles in their field.
#[derive(Clone, Debug, Default)]
pub struct Lenia<R> {
    /// Where they are, in lengths of the space.
    pub crowd: Crowd<R>,
    /// Field U at each, in the order of the crowd.
    pub field: Vec<R>,
    /// Repulsion R at each.
    pub repulsion: Vec<R>,
    /// −∇E at each, in units: where it would go, across and down.
    pub down: [Vec<R>; 2],
    /// Pairs that a step may go through: of more, each particle feels a sample that stands for all. `None` if any number.
    pub budget: Option<usize>,
    /// How many neighbours each went through at most; without end if there was no need to sample.
    most: usize,
    slope: Vec<R>,
    /// Partial sums: ∇U and ∇R.
    sums: [Vec<R>; 4],
}

impl<R: Natural> Lenia<R> {
    /// Particles at these places, at rest.
    pub fn new(places: &[[R; 2]]) -> Self {
        let crowd = Crowd::new(places, &vec![[R::ZERO; 2]; places.len()], &vec![0; places.len()]);
        Self { crowd, ..Self::default() }
    }

    /// Sorts them, and computes field, repulsion and descent at each. `unit` is how long a unit is in the space.
    pub fn feel(&mut self, energy: &Energy<R>, unit: R, descent: Descent, space: &Space<R>) {
        self.crowd.sort(space, unit * energy.reach());
        self.most = self.budget.map_or(usize::MAX, |budget| fair(&self.crowd, budget));
        let n = self.crowd.len();
        let rows =
            [&mut self.field, &mut self.repulsion].into_iter().chain(&mut self.down).chain(&mut self.sums);
        rows.for_each(|row| row.resize(n, R::ZERO));
        let sum = Sum::new(energy, unit, space);
        let [ux, uy, rx, ry] = &mut self.sums;
        let into: [&mut [R]; 6] = [&mut self.field, &mut self.repulsion, ux, uy, rx, ry];
        let crowd = &self.crowd;
        each_cell(crowd, space.extent, self.most, into, |near, places, into| {
            let at = [&crowd.x[places.clone()], &crowd.y[places]];
            match crowd.bins().is_narrow() {
                true => add_up::<R, true>(at, near, &sum, into),
                false => add_up::<R, false>(at, near, &sum, into),
            }
        });
        self.own(energy);
        if descent == Descent::Total {
            self.share(&sum, space);
        }
    }

    /// Mean energy of a particle, R − G.
    pub fn energy(&self, energy: &Energy<R>) -> f64 {
        let of = |(u, r): (&R, &R)| (*r - energy.growth(*u)[0]).wide();
        self.field.iter().zip(&self.repulsion).map(of).sum::<f64>() / self.crowd.len().max(1) as f64
    }

    /// One step of so much time by Euler's method, all at once.
    pub fn step(&mut self, energy: &Energy<R>, unit: R, descent: Descent, dt: R, space: &Space<R>) {
        self.feel(energy, unit, descent, space);
        for i in 0..self.crowd.len() {
            (self.crowd.vx[i], self.crowd.vy[i]) = (self.down[0][i] * unit, self.down[1][i] * unit);
        }
        self.go(dt, space);
    }

    /// How many neighbours each goes through at most, and whether that is fewer than there may be.
    pub fn most(&self) -> (usize, bool) {
        (self.most.max(1), self.most < usize::MAX)
    }

    /// Moves each by its velocity.
    pub fn go(&mut self, dt: R, space: &Space<R>) {
        let crowd = &mut self.crowd;
        for (k, (places, velocities)) in
            [(&mut crowd.x, &mut crowd.vx), (&mut crowd.y, &mut crowd.vy)].into_iter().enumerate()
        {
            for (x, v) in places.iter_mut().zip(velocities) {
                (*x, *v) = space.inside(k, *x + *v * dt, *v);
            }
        }
    }

    /// Descent of each one's own energy: −∇R + G'(U) ∇U.
    fn own(&mut self, energy: &Energy<R>) {
        self.slope.clear();
        self.slope.extend(self.field.iter().map(|u| energy.growth(*u)[1]));
        let [ux, uy, rx, ry] = &self.sums;
        for (k, (u, r)) in [(ux, rx), (uy, ry)].into_iter().enumerate() {
            for (i, down) in self.down[k].iter_mut().enumerate() {
                *down = self.slope[i] * u[i] - r[i];
            }
        }
    }

    /// Adds what each does to the energies of the others.
    fn share(&mut self, sum: &Sum<R>, space: &Space<R>) {
        let mut slopes = vec![R::ZERO; self.crowd.len()];
        self.crowd.name.iter().zip(&self.slope).for_each(|(name, slope)| slopes[number_of(*name)] = *slope);
        let [ux, uy, rx, ry] = &mut self.sums;
        let (crowd, into): (_, [&mut [R]; 2]) = (&self.crowd, [ux, uy]);
        each_cell(crowd, space.extent, self.most, into, |near, places, into| {
            near.weight.clear();
            near.weight.extend(near.name.iter().map(|name| slopes[number_of(*name)]));
            let at = [&crowd.x[places.clone()], &crowd.y[places]];
            match crowd.bins().is_narrow() {
                true => add_slopes::<R, true>(at, near, sum, into),
                false => add_slopes::<R, false>(at, near, sum, into),
            }
        });
        for (k, (u, r)) in [(ux, rx), (uy, ry)].into_iter().enumerate() {
            self.down[k].iter_mut().zip(u.iter().zip(r.iter())).for_each(|(down, (u, r))| *down += *u - *r);
        }
    }
}

/// The energy as the inner loops need it.
#[derive(Clone, Copy)]
pub struct Sum<R> {
    energy: Energy<R>,
    per_unit: R,
    reach: R,
    periods: [R; 2],
}

impl<R: Natural> Sum<R> {
    /// With units so long in the space.
    pub fn new(energy: &Energy<R>, unit: R, space: &Space<R>) -> Self {
        Self { energy: *energy, per_unit: R::ONE / unit, reach: energy.reach(), periods: space.periods() }
    }

    /// Difference to a neighbour, and distance, in units.
    #[inline(always)]
    fn apart<const NARROW: bool>(&self, from: [R; 2], to: [R; 2]) -> [R; 3] {
        let (mut dx, mut dy) = (from[0] - to[0], from[1] - to[1]);
        if NARROW {
            (dx, dy) = (nearest(dx, self.periods[0]), nearest(dy, self.periods[1]));
        }
        let (dx, dy) = (dx * self.per_unit, dy * self.per_unit);
        [dx, dy, (dx * dx + dy * dy).root()]
    }

    /// The kernel and its slope, 0 beyond the reach.
    #[inline(always)]
    fn kernel(&self, r: R) -> [R; 2] {
        let [value, slope] = self.energy.kernel(r);
        let within = r < self.reach;
        [if within { value } else { R::ZERO }, if within { slope } else { R::ZERO }]
    }
}

world::widest! {
    /// Field, repulsion (without its own), ∇U and ∇R of the particles `at`.
    fn add_up<T: Natural, const NARROW: bool>(at: [&[T]; 2], near: &Near<T>, sum: &Sum<T>, into: [&mut [T]; 6]) {
        let (xs, ys) = (near.x.as_chunks::<LANES>().0, near.y.as_chunks::<LANES>().0);
        let [field, repulsion, ux, uy, rx, ry] = into;
        let (itself, share) = (sum.energy.repulsion(T::ZERO)[0], near.share);
        for i in 0..field.len() {
            let (x, y) = (at[0][i], at[1][i]);
            let [mut u, mut r, mut ax, mut ay, mut bx, mut by] = [[T::ZERO; LANES]; 6];
            for (xs, ys) in xs.iter().zip(ys) {
                for l in 0..LANES {
                    let [dx, dy, distance] = sum.apart::<NARROW>([x, y], [xs[l], ys[l]]);
                    let per = T::ONE / greater(distance, T::of(1e-20));
                    let ([k, k_slope], [push, push_slope]) = (sum.kernel(distance), sum.energy.repulsion(distance));
                    (u[l], r[l]) = (u[l] + k, r[l] + push);
                    let (a, b) = (k_slope * per, push_slope * per);
                    (ax[l], ay[l]) = (ax[l] + a * dx, ay[l] + a * dy);
                    (bx[l], by[l]) = (bx[l] + b * dx, by[l] + b * dy);
                }
            }
            (field[i], repulsion[i]) = (share * total(u), greater(share * total(r) - itself, T::ZERO));
            (ux[i], uy[i], rx[i], ry[i]) = (share * total(ax), share * total(ay), share * total(bx), share * total(by));
        }
    }
}

world::widest! {
    /// What the particles `at` do to the growth of the others: Σ G'(Uⱼ) ∇K.
    fn add_slopes<T: Natural, const NARROW: bool>(at: [&[T]; 2], near: &Near<T>, sum: &Sum<T>, into: [&mut [T]; 2]) {
        let (xs, ys) = (near.x.as_chunks::<LANES>().0, near.y.as_chunks::<LANES>().0);
        let weights = near.weight.as_chunks::<LANES>().0;
        let [ux, uy] = into;
        for i in 0..ux.len() {
            let (x, y) = (at[0][i], at[1][i]);
            let [mut ax, mut ay] = [[T::ZERO; LANES]; 2];
            for ((xs, ys), weights) in xs.iter().zip(ys).zip(weights) {
                for l in 0..LANES {
                    let [dx, dy, distance] = sum.apart::<NARROW>([x, y], [xs[l], ys[l]]);
                    let slope = weights[l] * sum.kernel(distance)[1] / greater(distance, T::of(1e-20));
                    (ax[l], ay[l]) = (ax[l] + slope * dx, ay[l] + slope * dy);
                }
            }
            (ux[i], uy[i]) = (near.share * total(ax), near.share * total(ay));
        }
    }
}

world::widest! {
    /// The field alone at the places `at`.
    pub fn potential<T: Natural, const NARROW: bool>(at: [&[T]; 2], near: &Near<T>, sum: &Sum<T>, into: &mut [T]) {
        let (xs, ys) = (near.x.as_chunks::<LANES>().0, near.y.as_chunks::<LANES>().0);
        for i in 0..into.len() {
            let (x, y) = (at[0][i], at[1][i]);
            let mut u = [T::ZERO; LANES];
            for (xs, ys) in xs.iter().zip(ys) {
                for l in 0..LANES {
                    let [_, _, distance] = sum.apart::<NARROW>([x, y], [xs[l], ys[l]]);
                    u[l] += sum.kernel(distance)[0];
                }
            }
            into[i] = near.share * total(u);
        }
    }
}
