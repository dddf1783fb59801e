//! Hard discs: a gas whose particles are seen, and heard, one by one. They fly freely and collide, with each other, with
//! walls and pistons, with obstacles; from that alone follow pressure, heat and the arrow of time.
//!
//! Reading order: [`contact`] (when two bodies touch), [`schedule`] and [`cells`] (who is next, who is near), [`dynamics`]
//! and [`predict`] (the events), [`contour`] and [`solids`] (obstacles); then [`place`] and [`start`] (how they begin),
//! [`drive`] and [`piston`] (what acts on them), [`observe`] and [`entropy`] (what is measured), [`picture`] and [`blocks`]
//! (what is shown).
//!
//! A tick simulates a fixed time, unless that takes more collisions than the knob `most` allows: then it ends early, and the
//! world goes slower. So nothing that jams, be it by a piston, by obstacles or by loss of energy, can stop the show.

pub mod arena;
pub mod blocks;
pub mod cells;
pub mod contact;
pub mod contour;
pub mod disc;
pub mod drive;
pub mod dynamics;
pub mod entropy;
pub mod event;
mod grow;
mod heard;
pub mod lattice;
mod lookahead;
pub mod marks;
pub mod observe;
pub mod params;
pub mod picture;
pub mod piston;
pub mod place;
mod predict;
pub mod record;
pub mod rule;
pub mod schedule;
mod search;
mod show;
mod solids;
pub mod start;
#[cfg(test)]
mod tests;
mod upkeep;

use world::audible::Sounding;
use world::body::Body;
use world::field::Field;
use world::rng::Rng;
use world::system::{Env, Fault, InitContext, System};
use world::view::View;

use arena::Arena;
use disc::Disc;
use dynamics::{Dynamics, Limits};
use marks::Marks;
use observe::Figures;
use params::{DiscKnobs, Input, Output, Readout};
use picture::Fill;
use piston::Pistons;
use record::{Collision, Tally};
use show::Scene;

/// Work that a tick may do for each collision that it may do.
const WORK: u64 = 128;
/// Fastest that obstacles push discs out, cells/step.
const OUT: f64 = 14.0;

/// Glow from which a disc is a body that is seen.
const VISIBLE: f32 = 0.2;

/// The gas of hard discs.
pub struct Discs {
    dynamics: Dynamics,
    species: Vec<u8>,
    pistons: Pistons,
    marks: Marks,
    figures: Figures,
    size: [usize; 2],
    grain: usize,
    /// Steps of the last tick.
    pace: f64,
    /// What the last tick counted.
    tick: Tally,
    progress: f64,
    buried: usize,
    message: Option<String>,
}

impl System for Discs {
    const NAME: &'static str = "discs";
    const ABOUT: &'static str = "A gas of hard discs, moved from collision to collision: two species, walls, pistons, obstacles \
        (Alder and Wainwright 1959, Lubachevsky 1991).";
    const FAMILY: &'static str = "gas";
    const REDRAWN: bool = true;
    const SOUNDINGS: &'static [&'static str] = heard::SORTS;
    type Input = Input;
    type Output = Output;
    type Readout = Readout;
    type Params = DiscKnobs;

    fn habitat(rng: Rng) -> Vec<(&'static str, f64)> {
        params::habitat(rng)
    }

    fn coarsened(knobs: DiscKnobs, factor: usize) -> DiscKnobs {
        knobs.coarsened(factor)
    }

    fn new(knobs: &DiscKnobs, birth: &InitContext) -> Result<Self, Fault> {
        let size = [birth.width, birth.height];
        let arena = Arena::new(size.map(|n| n as f64), knobs.wraps());
        let (discs, species) = start::begin(knobs, &arena, birth.rng);
        let marks = Marks::new(discs.len(), size);
        let masses = species.iter().map(|kind| knobs.masses()[*kind as usize]).collect();
        let mut dynamics = Dynamics::new(arena, discs, masses);
        dynamics.set_law(knobs.gravity(), knobs.restitution as f64);
        let mut figures = Figures::default();
        figures.take(&dynamics, &species, &Tally::default());
        let mut new = Self {
            dynamics,
            species,
            pistons: Pistons::default(),
            marks,
            figures,
            size,
            grain: knobs.grain as usize,
            pace: knobs.pace as f64,
            tick: Tally::default(),
            progress: 1.0,
            buried: 0,
            message: None,
        };
        new.message = new.told(knobs);
        Ok(new)
    }

    fn step(&mut self, knobs: &DiscKnobs, env: &Env) {
        let steps = knobs.pace as f64;
        (self.grain, self.pace) = (knobs.grain as usize, steps);
        self.adapt(knobs, env, steps);
        drive::drive(&mut self.dynamics, knobs, env, steps);
        self.buried = self.dynamics.push_ghosts_out(steps, OUT, env.rng.named("out"));
        let before = *self.dynamics.tally();
        let limits = Limits { collisions: knobs.most as u64, work: knobs.most as u64 * WORK };
        self.dynamics.advance(steps, limits);
        let reached = self.dynamics.now();
        self.dynamics.settle();
        self.pistons.moved(knobs, reached, steps);
        self.progress = if steps > 0.0 { reached / steps } else { 1.0 };
        self.tick = self.dynamics.tally().since(&before);
        self.figures.take(&self.dynamics, &self.species, &self.tick);
        let seconds = (env.dt as f64).clamp(0.0, 1.0);
        self.marks.fade(libm::exp(-(knobs.fade as f64) * seconds) as f32);
        self.marks.add(self.dynamics.collisions(), self.figures.temperature.sqrt());
        self.message = self.told(knobs);
    }

    fn show(&self, port: Output, view: &View, into: &mut Field) {
        let scene = self.scene();
        let flat = |most: f32, into: &mut Field, value: &dyn Fn(usize) -> f32| {
            scene.draw(Fill::Flat, most, view, into, value);
        };
        match port {
            Output::Discs => flat(1.0, into, &|_| 1.0),
            Output::First => flat(1.0, into, &|i| (self.species[i] == 0) as u8 as f32),
            Output::Second => flat(1.0, into, &|i| (self.species[i] == 1) as u8 as f32),
            Output::Glow => flat(1.0, into, &|i| self.marks.glow[i]),
            Output::Speed => flat(f32::MAX, into, &|i| self.discs()[i].square_speed().sqrt() as f32),
            Output::Balls => scene.draw(Fill::Ball, 1.0, view, into, |_| 1.0),
            Output::Impacts => scene.project([&self.marks.impacts; 2], self.marks.size, view, into),
            Output::Density | Output::Momentum | Output::Velocity | Output::Energy => {
                scene.blocks(port, self.grain, view, into);
            }
        }
    }

    fn read(&self, readout: Readout) -> f32 {
        let f = &self.figures;
        let value = match readout {
            Readout::H => f.h,
            Readout::Temperature => f.temperature,
            Readout::TemperatureFirst => f.temperatures[0],
            Readout::TemperatureSecond => f.temperatures[1],
            Readout::Pressure => f.pressure,
            Readout::Compressibility => f.compressibility,
            Readout::PressureLeft => f.walls[0],
            Readout::PressureRight => f.walls[1],
            Readout::PressureTop => f.walls[2],
            Readout::PressureBottom => f.walls[3],
            Readout::Collisions => self.tick.pairs as f64,
            Readout::Bounces => self.tick.bounces as f64,
            Readout::FreePath => f.free_path,
            Readout::Piston => piston::depth(self.dynamics.arena()),
            Readout::Progress => self.progress,
            Readout::Buried => self.buried as f64,
            Readout::Count => self.discs().len() as f64,
        };
        value as f32
    }

    fn message(&self) -> Option<String> {
        self.message.clone()
    }

    fn bodies(&self, port: Output, into: &mut Vec<Body>) {
        let is_shown = |i: usize| match port {
            Output::Discs | Output::Balls | Output::Speed => true,
            Output::First => self.species[i] == 0,
            Output::Second => self.species[i] == 1,
            Output::Glow => self.marks.glow[i] > VISIBLE,
            _ => false,
        };
        let (wraps, size) = (self.dynamics.arena().wraps, (self.size[0], self.size[1]));
        for (_, d) in self.discs().iter().enumerate().filter(|(i, _)| is_shown(*i)) {
            let body = Body::around(d.place.map(|v| v as f32), [d.radius as f32; 2], size);
            into.extend(body.with_copies(wraps));
        }
    }

    fn soundings(&self, into: &mut Vec<Sounding>) {
        let pace = (self.figures.temperature.sqrt(), self.pace);
        into.extend(heard::soundings(self.collisions(), self.discs(), pace, self.size));
    }
}

impl Discs {
    /// The discs, as they are now.
    pub fn discs(&self) -> &[Disc] {
        self.dynamics.discs()
    }
    /// The species of each disc: 0 or 1.
    pub fn species(&self) -> &[u8] {
        &self.species
    }
    /// The events alone.
    pub fn dynamics(&self) -> &Dynamics {
        &self.dynamics
    }
    /// Collisions of the last tick in order, with place, time and impulse; at most [`record::KEPT`].
    pub fn collisions(&self) -> &[Collision] {
        self.dynamics.collisions()
    }

    fn scene(&self) -> Scene<'_> {
        let (masses, wraps) = (self.dynamics.masses(), self.dynamics.arena().wraps);
        Scene { discs: self.discs(), masses, size: self.size, wraps }
    }

    /// Takes up the knobs and obstacles of a tick.
    fn adapt(&mut self, knobs: &DiscKnobs, env: &Env, steps: f64) {
        let dynamics = &mut self.dynamics;
        dynamics.set_wraps(knobs.wraps());
        dynamics.set_law(knobs.gravity(), knobs.restitution as f64);
        dynamics.set_masses(knobs.masses(), &self.species);
        dynamics.set_solids(env.input(Input::Obstacle), knobs.threshold, env.rng.named("elsewhere"));
        dynamics.set_radii(knobs.radii(dynamics.arena().size), &self.species);
        let speeds = self.pistons.speeds(knobs, dynamics.arena(), dynamics.discs(), steps);
        dynamics.set_walls(speeds, steps);
    }

    fn told(&self, knobs: &DiscKnobs) -> Option<String> {
        let (fit, wanted) = (self.discs().len(), knobs.count as usize);
        let radius = knobs.radii(self.dynamics.arena().size)[0];
        if self.progress < 0.5 {
            let percent = 100.0 * self.progress;
            return Some(format!(
                "slow motion: {percent:.0} % of the time within {} collisions; `most` allows more",
                knobs.most
            ));
        }
        if radius < knobs.radius as f64 {
            return Some(format!("discs have radius {radius:.2}: no more than 0.24 of the shorter side"));
        }
        (fit < wanted).then(|| format!("{fit} discs of {wanted} fit"))
    }
}
