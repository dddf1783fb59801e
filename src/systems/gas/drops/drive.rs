//! What acts on the fluid from without: pegs and obstacles, heat and force from inputs, touches.

use rayon::prelude::*;

use super::lattice::{Lattice, Laws};
use super::params::{DropsKnobs, Sides, depth, phases};
use world::brush::Brush;
use world::field::{Field, rows_per_task};
use world::rng::Rng;
use world::system::Touch;

/// Greatest acceleration from the input, cells/step².
const PUSH_LIMIT: f32 = 0.001;
/// Greatest speed that a touch gives, cells/step.
const TOUCH_SPEED: f32 = 0.12;

/// Planes made from knobs and inputs.
pub struct Inflow {
    solid: Vec<u8>,
    made_with: Option<[f32; 2]>,
    /// A of each cell, and its gradient.
    depth: Vec<f32>,
    push: Vec<f32>,
    places: Rng,
}

impl Inflow {
    /// Nothing yet; pegs stand where `rng` says.
    pub fn new(rng: Rng) -> Self {
        let (solid, depth, push) = (Vec::new(), Vec::new(), Vec::new());
        Self { solid, made_with: None, depth, push, places: rng.named("pegs") }
    }

    /// Updates the solid cells of a lattice: pegs, and the `obstacle` input. Returns the mass that the fluid lost by it.
    pub fn obstruct(&mut self, lattice: &mut Lattice, knobs: &DropsKnobs, input: Option<&Field>) -> f64 {
        let with = [knobs.pegs as f32, knobs.peg_radius];
        if input.is_none() && self.made_with == Some(with) {
            return 0.0;
        }
        self.made_with = input.is_none().then_some(with);
        let (w, h) = lattice.size();
        let pegs = self.pegs(knobs, (w, h));
        let square = (knobs.peg_radius * h as f32) * (knobs.peg_radius * h as f32);
        self.solid.resize(w * h, 0);
        let rows = self.solid.par_chunks_mut(w).with_min_len(rows_per_task(w)).enumerate();
        rows.for_each(|(y, row)| {
            row.fill(0);
            if let Some(field) = input {
                row.iter_mut().zip(field.row(0, y)).for_each(|(s, &v)| *s = (v > knobs.threshold) as u8);
            }
            for [px, py] in &pegs {
                let dy = y as f32 + 0.5 - py;
                let near = row.iter_mut().enumerate().filter(|_| dy * dy < square);
                near.for_each(|(x, s)| {
                    *s |= ((x as f32 + 0.5 - px) * (x as f32 + 0.5 - px) + dy * dy < square) as u8
                });
            }
        });
        lattice.set_solid(&self.solid, phases(&knobs.energy())[0])
    }

    /// Centres of the pegs, spread evenly over the middle of the world.
    fn pegs(&self, knobs: &DropsKnobs, (w, h): (usize, usize)) -> Vec<[f32; 2]> {
        // Steps of the plastic number's powers fill a square evenly (Roberts 2018).
        let place =
            |axis: u64, k: u32, step: f64| (self.places.unit64(axis) + k as f64 * step).fract() as f32;
        let peg = |k| {
            let (x, y) = (place(0, k, 0.754_877_666), place(1, k, 0.569_840_291));
            [w as f32 * x, h as f32 * (0.3 + 0.42 * y)]
        };
        (0..knobs.pegs).map(peg).collect()
    }

    /// A of each cell from the `heat` input, and its gradient: by central differences, one-sided at borders.
    fn warm(&mut self, (w, h): (usize, usize), knobs: &DropsKnobs, heat: &Field) {
        self.depth.resize(3 * w * h, 0.0);
        let (own, slopes) = self.depth.split_at_mut(w * h);
        own.par_chunks_mut(w).enumerate().for_each(|(y, row)| {
            let cells = row.iter_mut().zip(heat.row(0, y));
            cells.for_each(|(d, &v)| *d = depth(knobs.temperature + knobs.heat_gain * v.clamp(-2.0, 2.0)));
        });
        let (own, wraps) = (&*own, knobs.sides == Sides::Periodic);
        let (across, down) = slopes.split_at_mut(w * h);
        across.par_chunks_mut(w).zip(down.par_chunks_mut(w)).enumerate().for_each(|(y, (across, down))| {
            let row = |y: usize| &own[y * w..(y + 1) * w];
            let (above, here, below) = (row(y.saturating_sub(1)), row(y), row((y + 1).min(h - 1)));
            for x in 0..w {
                let (left, right) = match wraps {
                    true => ((x + w - 1) % w, (x + 1) % w),
                    false => (x.saturating_sub(1), (x + 1).min(w - 1)),
                };
                (across[x], down[x]) = (0.5 * (here[right] - here[left]), 0.5 * (below[x] - above[x]));
            }
        });
    }

    /// The laws of a tick.
    pub fn laws(
        &mut self,
        size: (usize, usize),
        knobs: &DropsKnobs,
        heat: Option<&Field>,
        force: Option<&Field>,
    ) -> Laws<'_> {
        let (w, h) = size;
        if let Some(heat) = heat {
            self.warm((w, h), knobs, heat);
        }
        if let Some(force) = force {
            self.push.resize(2 * w * h, 0.0);
            self.push.par_chunks_mut(w).enumerate().for_each(|(i, row)| {
                let cells = row.iter_mut().zip(force.row(i / h, i % h));
                cells.for_each(|(p, &f)| *p = (knobs.force_gain * f).clamp(-PUSH_LIMIT, PUSH_LIMIT));
            });
        }
        Laws {
            energy: knobs.energy(),
            rates: knobs.rates(),
            cosine: knobs.cosine(),
            depth: heat.is_some().then(|| {
                let (depth, slopes) = self.depth.split_at(w * h);
                let (across, down) = slopes.split_at(w * h);
                [depth, across, down]
            }),
            push: force.is_some().then(|| self.push.split_at(w * h).into()),
        }
    }
}

/// A touch that gives adds liquid, one that takes removes it; both push along their movement. Returns the mass that it added.
pub fn touch(lattice: &mut Lattice, touch: &Touch, knobs: &DropsKnobs) -> f64 {
    let wraps = knobs.sides == Sides::Periodic;
    let brush = Brush::wrapping(touch, lattice.size(), [wraps, false]);
    let [thin, dense] = phases(&knobs.energy());
    let goal = if brush.gives() { dense } else { thin };
    let per_step = knobs.push / knobs.steps.max(1) as f32;
    let along = brush.moved().map(|cells| cells * per_step);
    let speed = (along[0] * along[0] + along[1] * along[1]).sqrt();
    let along = along.map(|v| if speed > TOUCH_SPEED { v / speed * TOUCH_SPEED } else { v });
    let mut given = 0.0;
    brush.for_each(|x, y, weight| {
        if lattice.walls().row(y)[x] != 0 {
            return;
        }
        let share = weight * brush.amount();
        let (rho, u) = (lattice.density(y)[x], [0, 1].map(|axis| lattice.velocity(axis, y)[x]));
        let gain = share * knobs.touch_liquid * (goal - rho);
        // What is denser already is not thinned by adding to it.
        let gain = if (gain > 0.0) == brush.gives() { gain } else { 0.0 };
        let momentum = [0, 1].map(|a| gain * u[a] + share * (rho + gain) * (along[a] - u[a]) * moved(speed));
        lattice.add(x, y, gain, momentum);
        given += gain as f64;
    });
    given
}

/// How far a touch takes the fluid along: not at all where it rests.
fn moved(speed: f32) -> f32 {
    (20.0 * speed).min(0.5)
}
