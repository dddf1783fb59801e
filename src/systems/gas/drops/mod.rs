//! Liquid and vapour: drops that condense, fall, merge, wet what they touch.
//!
//! Reading order: [`kernel`] (the passes over a row, with [`calm`] and the layout of [`shape`]), [`walls`] (obstacles and
//! wetting), [`lattice`] (the fluid alone), [`params`] (knobs, and the free energy), [`census`] (drops, and what
//! happens to them), [`store`] (no mass is lost), then this file,
//! which gives it rain, inputs, touch, pictures and figures.

use world::body::Body;
use world::field::Field;
use world::rng::Rng;
use world::system::{Env, Fault, InitContext, Sounding, System};
use world::view::{Sampling, View};

pub mod calm;
pub mod census;
mod drive;
pub mod kernel;
pub mod lattice;
pub mod observe;
pub mod params;
mod picture;
mod rain;
mod shade;
mod shape;
mod start;
pub mod store;
#[cfg(test)]
mod tests;
pub mod walls;

use census::Census;
use drive::Inflow;
use kernel::Energy;
use lattice::Lattice;
use observe::Statistics;
pub use params::DropsKnobs;
use params::{Look, Sides};
use store::Store;

/// Most cells; each takes 88 bytes, and up to 13 more with everything wired.
const MOST_CELLS: usize = 1 << 25;

world::inputs! {
    /// Fields that may drive it.
    pub enum Input {
        /// Warms where above 0 (liquid evaporates), cools where below (vapour condenses), times the knob `heat_gain`
        Heat: "heat" scalar 0.0..=1.0;
        /// Solid where above the knob `threshold`
        Obstacle: "obstacle" scalar 0.0..=1.0;
        /// Acceleration, times the knob `force_gain` (cells/step²)
        Force: "force" vector 1.0;
    }
}

world::outputs! {
    /// Fields that it shows.
    pub enum Output {
        /// Drops of water before a night sky, or of mercury, linear RGB
        Picture: "picture" colour;
        /// Density: 1 liquid, 0.1 vapour at temperature 0.8
        Density: "density" scalar 0.0..=1.1;
        /// Share of liquid, smooth across surfaces
        Phase: "phase" scalar 0.0..=1.0;
        /// Velocity, cells/step
        Velocity: "velocity" vector 0.08;
        /// Speed, cells/step
        Speed: "speed" scalar 0.0..=0.08;
        /// Pressure of the bulk, cells²/step² of density
        Pressure: "pressure" scalar -0.004..=0.004;
        /// Surfaces: 1 in the middle of an interface
        Interface: "interface" scalar 0.0..=1.0;
    }
}

world::readouts! {
    /// What it reports each tick.
    pub enum Readout {
        /// Mean density of the world
        Mass: "mass" 0.0..=1.0;
        /// Drops, that is pieces of connected liquid
        Count: "count" 0.0..=40.0;
        /// Their mean radius (of discs of the same area), cells
        Radius: "radius" 0.0..=40.0;
        /// Kinetic energy a cell, cells²/step² of density
        KineticEnergy: "kinetic_energy" 0.0..=0.0005;
        /// Length of all surfaces, in world heights
        Surface: "surface" 0.0..=20.0;
        /// Largest speed, cells/step: with everything at rest, that of spurious currents
        Fastest: "fastest" 0.0..=0.2;
        /// Cell updates limited in the last tick
        Limited: "limited" 0.0..=1000.0;
    }
}

/// Liquid and vapour.
pub struct Drops {
    lattice: Lattice,
    inflow: Inflow,
    store: Store,
    energy: Energy,
    look: Look,
    figures: Statistics,
    census: Census,
    limited: u64,
    spouts: Rng,
}

impl System for Drops {
    const NAME: &'static str = "drops";
    const ABOUT: &'static str = "Liquid and vapour: condensation, surface tension, wetting, by a well-balanced lattice \
        Boltzmann method with a free energy (Guo 2021; Swift, Osborn and Yeomans 1995).";
    const FAMILY: &'static str = "gas";
    const WARM_UP: u64 = 60;
    const SOUNDINGS: &'static [&'static str] = census::SORTS;
    type Input = Input;
    type Output = Output;
    type Readout = Readout;
    type Params = DropsKnobs;

    fn habitat(rng: Rng) -> Vec<(&'static str, f64)> {
        params::habitat(rng)
    }

    fn coarsened(knobs: DropsKnobs, factor: usize) -> DropsKnobs {
        knobs.coarsened(factor)
    }

    fn new(knobs: &DropsKnobs, birth: &InitContext) -> Result<Self, Fault> {
        let (w, h) = (birth.width, birth.height);
        if w * h > MOST_CELLS {
            let most = format!("{w}×{h} cells are too many for the drops; they take up to {MOST_CELLS}");
            return Err(Fault::at("size", most));
        }
        let mut lattice = Lattice::new(w, h, knobs.sides == Sides::Periodic);
        start::begin(&mut lattice, knobs, birth.rng);
        let mut inflow = Inflow::new(birth.rng);
        inflow.obstruct(&mut lattice, knobs, None);
        let energy = knobs.energy();
        let figures = observe::statistics(&lattice, &energy);
        let mut census = Census::default();
        census.take(&lattice, energy.middle);
        let (store, spouts) = (Store::default(), birth.rng.named("spouts"));
        Ok(Self { lattice, inflow, store, energy, look: knobs.look, figures, census, limited: 0, spouts })
    }

    fn step(&mut self, knobs: &DropsKnobs, env: &Env) {
        (self.energy, self.look) = (knobs.energy(), knobs.look);
        self.lattice.set_periodic(knobs.sides == Sides::Periodic);
        let covered = self.inflow.obstruct(&mut self.lattice, knobs, env.input(Input::Obstacle));
        let poured: f64 = env.touches.iter().map(|t| drive::touch(&mut self.lattice, t, knobs)).sum();
        let rained = rain::rain(&mut self.lattice, knobs, self.spouts, env.tick, env.dt);
        self.store.keep(covered - poured - rained);
        self.store.give_back(&mut self.lattice, &self.energy, (knobs.recover * env.dt) as f64);
        let (heat, force) = (env.input(Input::Heat), env.input(Input::Force));
        let laws = self.inflow.laws(self.lattice.size(), knobs, heat, force);
        self.limited = self.lattice.run(knobs.steps as usize, &laws);
        self.store.keep(self.lattice.take_lost());
        self.figures = observe::statistics(&self.lattice, &self.energy);
        self.census.take(&self.lattice, self.energy.middle);
    }

    fn show(&self, port: Output, view: &View, into: &mut Field) {
        let size = self.lattice.size();
        if port == Output::Picture {
            return picture::render(&self.lattice, &self.energy, self.look, view, into);
        }
        view.project(into, size, Sampling::SmoothBound, |plane, y, row| self.show_row(port, plane, y, row));
    }

    fn read(&self, readout: Readout) -> f32 {
        let f = &self.figures;
        let value = match readout {
            Readout::Mass => f.mass,
            Readout::Count => self.census.drops().count() as f64,
            Readout::Radius => {
                let radii = self.census.drops().fold(0.0, |sum, d| sum + d.radius() as f64);
                radii / self.census.drops().count().max(1) as f64
            }
            Readout::KineticEnergy => f.kinetic,
            Readout::Surface => f.surface / self.lattice.size().1 as f64,
            Readout::Fastest => f.fastest as f64,
            Readout::Limited => self.limited as f64,
        };
        value as f32
    }

    fn bodies(&self, port: Output, into: &mut Vec<Body>) {
        if matches!(port, Output::Picture | Output::Density | Output::Phase | Output::Interface) {
            let periodic = self.lattice.walls().periodic();
            into.extend(self.census.bodies(self.lattice.size(), periodic));
        }
    }

    fn soundings(&self, into: &mut Vec<Sounding>) {
        into.extend_from_slice(self.census.events());
    }

    fn message(&self) -> Option<String> {
        if self.limited > 0 {
            return Some(format!(
                "limited {} cell updates to speed {}; more `viscosity`, or less `gravity` or `tension`, calms the fluid",
                self.limited,
                kernel::SPEED_LIMIT
            ));
        }
        let critical = "at this `temperature`, from 1 on, there is no liquid";
        (self.energy.depth <= 0.0).then(|| critical.into())
    }
}

impl Drops {
    /// The fluid alone.
    pub fn lattice(&self) -> &Lattice {
        &self.lattice
    }

    /// What obstacles cover and touches took and the fluid has not got back, in cells of density 1.
    pub fn store(&self) -> &Store {
        &self.store
    }

    fn show_row(&self, port: Output, plane: usize, y: usize, row: &mut [f32]) {
        let (fluid, energy) = (&self.lattice, &self.energy);
        match port {
            Output::Picture => row.fill(0.0),
            Output::Density => {
                let cells = fluid.density(y).iter().zip(fluid.walls().row(y));
                row.iter_mut().zip(cells).for_each(|(v, (&rho, &s))| *v = if s != 0 { 0.0 } else { rho });
            }
            Output::Phase => observe::phase(fluid, energy, y, row),
            Output::Velocity => row.copy_from_slice(fluid.velocity(plane, y)),
            Output::Speed => {
                let cells = fluid.velocity(0, y).iter().zip(fluid.velocity(1, y));
                row.iter_mut().zip(cells).for_each(|(s, (u, v))| *s = (u * u + v * v).sqrt());
            }
            Output::Pressure => observe::pressure(fluid, energy, None, y, row),
            Output::Interface => {
                observe::interface(fluid, energy, y, row);
                // The steepest that a flat interface is: 1/(2ξ).
                let most = (energy.kappa / (2.0 * energy.beta * energy.depth.max(1e-3))).sqrt() * 2.0;
                row.iter_mut().for_each(|v| *v = (*v * most).min(1.0));
            }
        }
    }
}
