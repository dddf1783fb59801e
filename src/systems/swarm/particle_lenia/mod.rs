//! `particle_lenia`: particles that make a field together and seek places of a certain field, so that they gather in cells
//! with skins and nuclei that divide, merge and crawl (Mordvintsev, Niklasson and Randazzo 2022).
//!
//! Reading order: [`energy`] (what they descend), [`descent`] (how), [`picture`] (what is shown). Memory, sums over
//! neighbours, inputs and touches are those of [`particle_life`](super::particle_life).

pub mod descent;
pub mod energy;
pub mod knobs;
pub mod picture;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use world::body::Body;
use world::field::Field;
use world::rng::Rng;
use world::system::{Env, Fault, InitContext, System};
use world::view::View;

use super::particle_life::crowd::{Space, number_of};
use super::particle_life::drive::{self, Medium};
use super::particle_life::obstacle::Obstacle;
use descent::Lenia;
use knobs::{Input, Knobs, Output, Readout};
use picture::Scene;

/// Longest step, in time of the energy: the paper's.
const LONGEST: f32 = 0.1;

/// Pairs of particles that a tick may go through: a few hundredths of a second.
const BUDGET: usize = 40_000_000;

/// The system: see the module.
pub struct ParticleLenia {
    lenia: Lenia<f32>,
    cells: (usize, usize),
    knobs: Knobs,
    readings: [f64; 3],
    /// The field on its grid, made when it is first shown.
    grid: OnceLock<Field>,
    outward: Rng,
}

impl System for ParticleLenia {
    const NAME: &'static str = "particle_lenia";
    const ABOUT: &'static str = "Particle Lenia: particles that seek places of a certain field, which they make themselves (Mordvintsev, \
        Niklasson and Randazzo 2022).";
    const FAMILY: &'static str = "swarm";
    const REDRAWN: bool = true;
    const WARM_UP: u64 = 240;
    type Input = Input;
    type Output = Output;
    type Readout = Readout;
    type Params = Knobs;

    fn habitat(rng: Rng) -> Vec<(&'static str, f64)> {
        knobs::habitat(rng)
    }

    fn new(knobs: &Knobs, birth: &InitContext) -> Result<Self, Fault> {
        let (cells, rng) = ((birth.width, birth.height), birth.rng.named("particles"));
        let space = knobs.space(cells);
        let place = |i: u64| [0, 1].map(|k| rng.fork(i).unit(k) * space.extent[k as usize]);
        let places: Vec<[f32; 2]> = (0..knobs.particles as u64).map(place).collect();
        let mut new = Self {
            lenia: Lenia::new(&places),
            cells,
            knobs: knobs.clone(),
            readings: [0.0; 3],
            grid: OnceLock::new(),
            outward: birth.rng.named("outward"),
        };
        new.lenia.budget = Some(BUDGET);
        new.settle();
        Ok(new)
    }

    fn step(&mut self, knobs: &Knobs, env: &Env) {
        self.knobs = knobs.clone();
        let seconds = env.dt.clamp(0.0, 0.1);
        let steps = libm::ceilf(knobs.pace * seconds / LONGEST).max(1.0);
        self.lenia.budget = Some(BUDGET / (steps as usize + 1));
        for step in 0..steps as u64 {
            self.advance(env, seconds / steps, step);
        }
        self.settle();
    }

    fn show(&self, port: Output, view: &View, into: &mut Field) {
        let scene = self.scene();
        if port == Output::Density {
            return scene.density(view, into);
        }
        let grid = self.grid.get_or_init(|| scene.sample());
        match port {
            Output::Picture => scene.picture(grid, self.knobs.glow, view, into),
            Output::Field => scene.field(grid, view, into),
            Output::Growth => scene.growth(grid, view, into),
            Output::Energy => scene.energy(grid, view, into),
            Output::Density => {}
        }
    }

    fn read(&self, readout: Readout) -> f32 {
        self.readings[readout as usize] as f32
    }

    fn message(&self) -> Option<String> {
        let told = "too many within reach: each particle feels a sample of them; fewer particles or a smaller `unit` are exact";
        self.lenia.most().1.then(|| told.into())
    }

    fn bodies(&self, port: Output, into: &mut Vec<Body>) {
        if matches!(port, Output::Picture | Output::Density) {
            let (height, wraps) = (self.cells.1 as f32, self.knobs.space(self.cells).wraps);
            let radius = 0.3 * self.knobs.unit * height;
            for (x, y) in self.lenia.crowd.x.iter().zip(&self.lenia.crowd.y) {
                let body = Body::around([x * height, y * height], [radius; 2], self.cells);
                into.extend(body.with_copies(wraps));
            }
        }
    }
}

impl ParticleLenia {
    /// The particles.
    pub fn lenia(&self) -> &Lenia<f32> {
        &self.lenia
    }

    /// What carries them.
    fn medium<'a>(&self, env: &'a Env, space: Space<f32>) -> Medium<'a> {
        Medium {
            wind: env.input(Input::Wind),
            wind_gain: self.knobs.wind_gain,
            attract: env.input(Input::Attract),
            attract_gain: self.knobs.attract_gain,
            space,
        }
    }

    fn scene(&self) -> Scene<'_> {
        let (knobs, cells) = (&self.knobs, self.cells);
        Scene {
            lenia: &self.lenia,
            energy: knobs.energy(),
            unit: knobs.unit,
            space: knobs.space(cells),
            cells,
        }
    }

    /// A part of a tick: down the energy, aside, with what is wired in, and where touches push.
    fn advance(&mut self, env: &Env, seconds: f32, step: u64) {
        let space = self.knobs.space(self.cells);
        self.lenia.feel(&self.knobs.energy(), self.knobs.unit, self.knobs.descent, &space);
        self.descend();
        self.shake(seconds, env.rng.named("heat").fork(step));
        let medium = self.medium(env, space);
        let (knobs, crowd) = (&self.knobs, &mut self.lenia.crowd);
        medium.add([&crowd.x, &crowd.y], 1.0, [&mut crowd.vx, &mut crowd.vy]);
        drive::touch(crowd, &space, self.cells, env, knobs.push);
        drive::limit(crowd);
        self.lenia.go(seconds, &space);
        if let Some(field) = env.input(Input::Obstacle) {
            let obstacle = Obstacle::new(field, space, self.outward, env.tick);
            obstacle.stop(&mut self.lenia.crowd, seconds);
        }
    }

    /// Velocities: the descent, turned aside.
    fn descend(&mut self) {
        let (sin, cos) = libm::sincosf(core::f32::consts::TAU * self.knobs.turn);
        let speed = self.knobs.unit * self.knobs.pace;
        let Lenia { crowd, down: [across, down], .. } = &mut self.lenia;
        let velocities = crowd.vx.iter_mut().zip(&mut crowd.vy);
        for ((u, v), (a, b)) in velocities.zip(across.iter().zip(down.iter())) {
            (*u, *v) = (speed * (cos * a - sin * b), speed * (sin * a + cos * b));
        }
    }

    /// Random motion for so many seconds.
    fn shake(&mut self, seconds: f32, heat: Rng) {
        let Knobs { unit, pace, heat: warmth, .. } = self.knobs;
        if seconds <= 0.0 || warmth * pace <= 0.0 {
            return;
        }
        let speed = unit * (2.0 * warmth * pace / seconds).sqrt();
        let crowd = &mut self.lenia.crowd;
        for ((u, v), name) in crowd.vx.iter_mut().zip(&mut crowd.vy).zip(&crowd.name) {
            let r = heat.fork(number_of(*name) as u64);
            (*u, *v) = (*u + speed * r.normal(0), *v + speed * r.normal(2));
        }
    }

    /// Field and readouts where the particles are now.
    fn settle(&mut self) {
        let (knobs, energy) = (&self.knobs, self.knobs.energy());
        self.lenia.feel(&energy, knobs.unit, knobs.descent, &knobs.space(self.cells));
        let n = self.lenia.crowd.len().max(1) as f64;
        let growth: f64 = self.lenia.field.iter().map(|u| energy.growth(*u)[0] as f64).sum();
        let crowd = &self.lenia.crowd;
        let speed: f64 = crowd.vx.iter().zip(&crowd.vy).map(|(u, v)| (u * u + v * v).sqrt() as f64).sum();
        let per_time = (knobs.unit * knobs.pace).max(1e-6) as f64;
        self.readings = [self.lenia.energy(&energy), growth / n, speed / n / per_time];
        self.grid = OnceLock::new();
    }
}
