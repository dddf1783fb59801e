//! Gray and Scott's reaction (1983) in two dimensions: U is fed in and consumed by V, V grows on U and decays, both
//! diffuse. What grows depends on two rates, feed and kill: spots that divide, stripes, labyrinths, waves (Pearson
//! 1993).
//!
//! ∂u/∂t = Dᵤ∇²u − uv² + f(1 − u), ∂v/∂t = Dᵥ∇²v + uv² − (f + k)v, by explicit Euler steps.

mod start;
#[cfg(test)]
mod tests;

use start::{DROP, U, V};
use world::brush::Brush;
use world::field::Field;
use world::params;
use world::rng::Rng;
use world::stencil::{Boundary, Pointwise};
use world::system::{Env, Fault, InitContext, System};
use world::view::{Sampling, View};

world::choices! {
    /// Boundary condition.
    pub enum Border {
        /// Periodic.
        Torus: "torus",
        /// A wall without flux.
        Walls: "walls",
    }
}

world::choices! {
    /// Stencil of the Laplacian.
    pub enum Laplacian {
        /// Five points, as Pearson used.
        Five: "five",
        /// Nine points, isotropic: rings stay round.
        Nine: "nine",
    }
}

params! {
    /// Rates per step, diffusion in cells² per step.
    pub struct GrayScottKnobs {
        /// Feed rate f: how fast U is replenished, and V washed out. The input `nutrient` scales it.
        feed: f32 = 0.0545 in 0.0..=0.1, unit "1/step";
        /// Kill rate k: how fast V decays in addition.
        kill: f32 = 0.062 in 0.02..=0.08, unit "1/step";
        /// Diffusion of U. With five points no more than 0.22 counts: above a quarter they are unstable.
        diffusion_u: f32 = 0.2 in 0.02..=0.3, Log, unit "cells²/step";
        /// Diffusion of V; patterns need less than U's. The limit of five points holds here too.
        diffusion_v: f32 = 0.1 in 0.01..=0.3, Log, unit "cells²/step";
        /// Stencil of the Laplacian. Weights of 0.2, 0.05 and −1 (Sims 2013) are nine points with 0.3 of the diffusion.
        laplacian: Choice of Laplacian = "nine";
        /// Steps per tick: how fast it grows.
        steps: u32 = 8 in 0..=64, unit "steps/tick";
        /// Chance a tick that V is dropped into a cell where the input `seed` is 1 (none where it is 0.5 or less).
        fertile: f32 = 0.02 in 0.0..=1.0;
        /// Boundary condition.
        border: Choice of Border = "torus";
        /// Drops of V at the start, per 10,000 cells.
        drops: f32 = 6.0 in 0.0..=100.0, rebirth;
    }
}

world::inputs! {
    /// Fields that may drive it.
    pub enum Input {
        /// Scales the feed rate, 0 to 4; 1 where nothing is wired.
        Nutrient: "nutrient" scalar 0.0..=1.0;
        /// Drops V where it exceeds 0.5, most at 1.
        Seed: "seed" scalar 0.0..=1.0;
    }
}

world::outputs! {
    /// Fields that it shows.
    pub enum Output {
        /// Concentration of V.
        V: "v" scalar 0.0..=0.4;
        /// Concentration of U.
        U: "u" scalar 0.0..=1.0;
        /// Rate of the reaction, uv² per step.
        Reaction: "reaction" scalar 0.0..=0.05;
    }
}

world::readouts! {
    /// What it reports each tick.
    pub enum Readout {
        /// Mean concentration of V.
        Mean: "mean" 0.0..=0.2;
        /// Mean rate of the reaction, uv² per step.
        Activity: "activity" 0.0..=0.02;
    }
}

/// Greatest concentration: a limit that no pattern reaches, for inputs of any value.
const MOST: f32 = 2.0;
/// Most diffusion with five points, cells²/step: stable below 1/4 without the reaction, somewhat less with it.
const FIVE_STABLE: f32 = 0.22;

/// The reaction; see the module.
pub struct GrayScott {
    /// U and V.
    now: Field,
    /// The field of the next step.
    next: Field,
    border: Border,
    mean: f32,
    activity: f32,
}

world::stencil! {
    /// One step of the reaction (Pearson 1993).
    fn react(k: &GrayScottKnobs, [u, v]: [Neighbourhood; 2], [scale]: [f32; 1]) -> [f32; 2] {
        let (feed, reaction) = (k.feed * scale.clamp(0.0, 4.0), u.centre * v.centre * v.centre);
        let (across_u, across_v) = match k.laplacian {
            Laplacian::Five => {
                (k.diffusion_u.min(FIVE_STABLE) * u.laplacian(), k.diffusion_v.min(FIVE_STABLE) * v.laplacian())
            }
            Laplacian::Nine => (k.diffusion_u * u.isotropic_laplacian(), k.diffusion_v * v.isotropic_laplacian()),
        };
        let next_u = u.centre + (across_u - reaction + feed * (1.0 - u.centre));
        let next_v = v.centre + (across_v + reaction - (feed + k.kill) * v.centre);
        [next_u.clamp(0.0, MOST), next_v.clamp(0.0, MOST)]
    }
}

impl System for GrayScott {
    const NAME: &'static str = "gray_scott";
    const ABOUT: &'static str = "Gray and Scott's reaction and diffusion: spots that divide, coral, labyrinths (Gray and Scott 1983, Pearson 1993).";
    const FAMILY: &'static str = "reaction";
    const WARM_UP: u64 = 400;
    type Input = Input;
    type Output = Output;
    type Readout = Readout;
    type Params = GrayScottKnobs;

    fn habitat(rng: Rng) -> Vec<(&'static str, f64)> {
        start::habitat(rng)
    }

    fn new(params: &GrayScottKnobs, birth: &InitContext) -> Result<Self, Fault> {
        let now = start::begin(params.drops, params.border == Border::Torus, birth);
        let mut born = Self { next: now.clone(), now, border: params.border, mean: 0.0, activity: 0.0 };
        born.take_readouts();
        Ok(born)
    }

    fn step(&mut self, params: &GrayScottKnobs, env: &Env) {
        self.border = params.border;
        if let Some(seed) = env.input(Input::Seed) {
            start::sow(&mut self.now, seed, params.fertile, env.rng.named("seed"));
        }
        for touch in env.touches {
            self.touch(&Brush::of(touch, self.now.size(), self.boundary()));
        }
        let feed = Pointwise::input(env.input(Input::Nutrient), 1.0);
        for _ in 0..params.steps {
            react(params, &self.now, [feed], self.boundary(), &mut self.next);
            std::mem::swap(&mut self.now, &mut self.next);
        }
        self.take_readouts();
    }

    fn show(&self, port: Output, view: &View, into: &mut Field) {
        let sampling = match self.border {
            Border::Torus => Sampling::SmoothWrap,
            Border::Walls => Sampling::SmoothBound,
        };
        view.project(into, self.now.size(), sampling, |_, y, row| {
            let (u, v) = (self.now.row(U, y), self.now.row(V, y));
            match port {
                Output::U => row.copy_from_slice(u),
                Output::V => row.copy_from_slice(v),
                Output::Reaction => {
                    row.iter_mut().zip(u.iter().zip(v)).for_each(|(r, (u, v))| *r = u * v * v);
                }
            }
        });
    }

    fn read(&self, readout: Readout) -> f32 {
        match readout {
            Readout::Mean => self.mean,
            Readout::Activity => self.activity,
        }
    }
}

impl GrayScott {
    fn boundary(&self) -> Boundary {
        match self.border {
            Border::Torus => Boundary::Periodic,
            Border::Walls => Boundary::NoFlux,
        }
    }

    /// A touch that gives drops V; one that takes clears the place.
    fn touch(&mut self, brush: &Brush) {
        let goal = if brush.gives() { DROP } else { [1.0, 0.0] };
        let amount = brush.amount();
        for (plane, goal) in [U, V].into_iter().zip(goal) {
            brush.paint(self.now.plane_mut(plane), |_, _, value, weight| {
                *value += amount * weight * (goal - *value);
            });
        }
    }

    fn take_readouts(&mut self) {
        self.mean = self.now.mean(V) as f32;
        self.activity = self.now.mean_of([U, V], |[u, v]| u * v * v) as f32;
    }
}
