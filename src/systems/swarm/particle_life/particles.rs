//! Particles under the law: the live world computes in f32, checks in f64, both by this code.

use super::crowd::{Crowd, Space, kind_of};
use super::force::{Law, MOST_KINDS, Shape};
use super::near::{LANES, Near, each_cell, fair, total};
use crate::real::{Real, greater};
use crate::swarm::bins::nearest;

/// Particles and what accelerates them.
#[derive(Clone, Debug, Default)]
pub struct Particles<R> {
    /// Where they are.
    pub crowd: Crowd<R>,
    /// Acceleration across and down, in the order of the crowd.
    pub pull: [Vec<R>; 2],
    /// Pairs that a step may go through: of more, each particle feels a sample that stands for all. `None` if any number.
    pub budget: Option<usize>,
    /// Whether the last sums were over samples.
    pub sampled: bool,
}

impl<R: Real> Particles<R> {
    /// Particles at these places with these velocities and kinds (below [`MOST_KINDS`]), numbered from 0.
    pub fn new(places: &[[R; 2]], velocities: &[[R; 2]], kinds: &[u8]) -> Self {
        let crowd = Crowd::new(places, velocities, kinds);
        Self { pull: [(); 2].map(|_| vec![R::ZERO; crowd.len()]), crowd, budget: None, sampled: false }
    }

    /// Sorts them, and computes what accelerates each: all within reach, in their nearest image.
    pub fn feel(&mut self, law: &Law<R>, space: &Space<R>) {
        self.crowd.sort(space, law.r_max);
        let most = self.budget.map_or(usize::MAX, |budget| fair(&self.crowd, budget));
        self.sampled = most < usize::MAX;
        let [across, down] = &mut self.pull;
        let (crowd, sum) = (&self.crowd, Sum::new(law, space));
        each_cell(crowd, space.extent, most, [across, down], |near, places, [ax, ay]| {
            for (kind, part) in crowd.by_kind(places.clone()) {
                let row = &law.matrix[kind % MOST_KINDS];
                near.weight.clear();
                near.weight.extend(near.name.iter().map(|&name| row[kind_of(name) % MOST_KINDS]));
                let at = [&crowd.x[part.clone()], &crowd.y[part.clone()]];
                let part = part.start - places.start..part.end - places.start;
                let into = [&mut ax[part.clone()], &mut ay[part]];
                match crowd.bins().is_narrow() {
                    true => add_up::<R, true>(at, near, &sum, into),
                    false => add_up::<R, false>(at, near, &sum, into),
                }
            }
        });
    }

    /// One step of Mohr's scheme: friction leaves `keeps` of the velocity (a half after each half-life), the forces at the
    /// old places accelerate, then particles move with the new velocity.
    pub fn step(&mut self, law: &Law<R>, keeps: R, dt: R, space: &Space<R>) {
        self.feel(law, space);
        self.crowd.advance(self.pull.each_ref().map(|row| &row[..]), keeps, dt, space);
    }
}

/// The law as the inner loop needs it.
#[derive(Clone, Copy)]
struct Sum<R> {
    shape: Shape<R>,
    per_reach: R,
    scale: R,
    periods: [R; 2],
}

impl<R: Real> Sum<R> {
    fn new(law: &Law<R>, space: &Space<R>) -> Self {
        let (shape, scale) = (Shape::new(law.beta), law.factor * law.r_max);
        Self { shape, per_reach: R::ONE / law.r_max, scale, periods: space.periods() }
    }
}

world::widest! {
    /// Acceleration of the particles `at` by all that are near them.
    fn add_up<T: Real, const NARROW: bool>(at: [&[T]; 2], near: &Near<T>, sum: &Sum<T>, into: [&mut [T]; 2]) {
        let [ax, ay] = into;
        let (xs, ys) = (near.x.as_chunks::<LANES>().0, near.y.as_chunks::<LANES>().0);
        let weights = near.weight.as_chunks::<LANES>().0;
        let Sum { shape, per_reach, scale, periods } = *sum;
        let (tiny, scale) = (T::of(1e-20), scale * near.share);
        for i in 0..ax.len() {
            let (x, y) = (at[0][i], at[1][i]);
            let (mut across, mut down) = ([T::ZERO; LANES], [T::ZERO; LANES]);
            for ((xs, ys), weights) in xs.iter().zip(ys).zip(weights) {
                for l in 0..LANES {
                    let (mut dx, mut dy) = (xs[l] - x, ys[l] - y);
                    if NARROW {
                        (dx, dy) = (nearest(dx, periods[0]), nearest(dy, periods[1]));
                    }
                    let distance = (dx * dx + dy * dy).root();
                    // Of itself, and of one at the same place, nothing: there is no direction.
                    let by_length = shape.force(distance * per_reach, weights[l]) / greater(distance, tiny);
                    across[l] += dx * by_length;
                    down[l] += dy * by_length;
                }
            }
            (ax[i], ay[i]) = (total(across) * scale, total(down) * scale);
        }
    }
}
