//! Heat in a fluid: thermal convection between a hot and a cold plate, by two coupled lattice Boltzmann equations.
//!
//! Reading order: [`slots`] (what a cell holds), [`collide`] (one row), [`sweep`] (streaming in place, in the layout of
//! [`store`]), [`links`] (plates and obstacles), [`lattice`] (the fluid alone), [`params`] (from Rayleigh and Prandtl
//! number to the lattice), then this file, which gives it inputs, touch, pictures and figures.

use world::field::Field;
use world::rng::Rng;
use world::system::{Env, Fault, InitContext, System};
use world::view::{Sampling, View};

pub mod collide;
mod drive;
pub mod lattice;
pub mod links;
pub mod observe;
pub mod params;
mod picture;
pub mod slots;
mod start;
mod store;
pub mod sweep;
#[cfg(test)]
mod tests;

use drive::Inflow;
use lattice::Lattice;
use observe::Statistics;
pub use params::ConvectionKnobs;
use params::Physics;

/// Most cells; each takes 72 bytes, and up to 13 more with everything wired.
const MOST_CELLS: usize = 1 << 25;

world::inputs! {
    /// Fields that may drive it.
    pub enum Input {
        /// Heats where above 0, cools where below, times the knob `heat_gain` (temperature per free-fall time)
        Heat: "heat" scalar 0.0..=1.0;
        /// Solid where above the knob `threshold`
        Obstacle: "obstacle" scalar 0.0..=1.0;
        /// Body force, times the knob `force_gain` (buoyancies of the hot plate)
        Force: "force" vector 1.0;
    }
}

world::outputs! {
    /// Fields that it shows.
    pub enum Output {
        /// Glow of hot and cold plumes, linear RGB
        Picture: "picture" colour;
        /// Temperature: 0 cold plate, 1 hot plate
        Temperature: "temperature" scalar 0.0..=1.0;
        /// Deviation of the temperature from the mean of its row: above 0 rises, below 0 sinks
        Plumes: "plumes" scalar -0.3..=0.3;
        /// Velocity, cells/step
        Velocity: "velocity" vector 0.12;
        /// Speed, cells/step
        Speed: "speed" scalar 0.0..=0.12;
        /// Vorticity, 1/step, clockwise positive
        Vorticity: "vorticity" scalar -0.012..=0.012;
        /// Streamfunction, cells²/step: flow between the top plate and the cell, rightward positive
        Streamfunction: "streamfunction" scalar -5.0..=5.0;
    }
}

world::readouts! {
    /// What it reports each tick.
    pub enum Readout {
        /// Nusselt number by the heat that the flow carries: 1 is conduction alone
        Nusselt: "nusselt" 0.0..=50.0;
        /// Nusselt number by the temperature gradient at the plates
        NusseltWall: "nusselt_wall" 0.0..=50.0;
        /// Kinetic energy a cell, in squares of the free-fall velocity
        KineticEnergy: "kinetic_energy" 0.0..=0.1;
        /// Reynolds number of the height and the root mean square speed
        Reynolds: "reynolds" 0.0..=3000.0;
        /// Mean temperature: 0 cold plate, 1 hot plate
        MeanTemperature: "mean_temperature" 0.0..=1.0;
        /// Rayleigh number reached, after the limits of the lattice
        RayleighReached: "rayleigh_reached" 1000.0..=100000000.0;
        /// Cell updates limited in the last tick
        Limited: "limited" 0.0..=1000.0;
    }
}

/// Thermal convection.
pub struct Convection {
    lattice: Lattice,
    inflow: Inflow,
    physics: Physics,
    figures: Statistics,
    limited: u64,
    /// What was asked of it and could not be: the Rayleigh number, the free-fall velocity.
    refused: [Option<f32>; 2],
}

impl System for Convection {
    const NAME: &'static str = "convection";
    const ABOUT: &'static str = "Heat in a fluid: Rayleigh–Bénard cells and plumes between a hot and a cold plate, by a \
        double-distribution lattice Boltzmann method (He, Chen and Doolen 1998) after Boussinesq.";
    const FAMILY: &'static str = "gas";
    type Input = Input;
    type Output = Output;
    type Readout = Readout;
    type Params = ConvectionKnobs;

    fn habitat(rng: Rng) -> Vec<(&'static str, f64)> {
        params::habitat(rng)
    }

    fn coarsened(knobs: ConvectionKnobs, factor: usize) -> ConvectionKnobs {
        knobs.coarsened(factor)
    }

    fn new(knobs: &ConvectionKnobs, birth: &InitContext) -> Result<Self, Fault> {
        let (w, h) = (birth.width, birth.height);
        if w * h > MOST_CELLS {
            let most = format!("{w}×{h} cells are too many for the convection; it takes up to {MOST_CELLS}");
            return Err(Fault::at("size", most));
        }
        let mut lattice = Lattice::new(w, h, knobs.surroundings());
        start::begin(&mut lattice, knobs, birth.rng);
        let physics = knobs.physics(h);
        let figures = observe::statistics(&lattice, &physics);
        let refused = refused(knobs, &physics);
        Ok(Self { lattice, inflow: Inflow::default(), physics, figures, limited: 0, refused })
    }

    fn step(&mut self, knobs: &ConvectionKnobs, env: &Env) {
        self.physics = knobs.physics(self.lattice.size().1);
        self.refused = refused(knobs, &self.physics);
        self.lattice.surround(knobs.surroundings());
        self.inflow.obstruct(&mut self.lattice, knobs.threshold, env.input(Input::Obstacle));
        env.touches.iter().for_each(|touch| drive::touch(&mut self.lattice, touch, knobs));
        let (heat, force) = (env.input(Input::Heat), env.input(Input::Force));
        let drive = self.inflow.drive(&self.lattice, knobs, &self.physics, heat, force);
        self.limited = self.lattice.run(knobs.steps as usize, knobs.relaxation(&self.physics), drive);
        self.figures = observe::statistics(&self.lattice, &self.physics);
    }

    fn show(&self, port: Output, view: &View, into: &mut Field) {
        let size = self.lattice.size();
        if port == Output::Streamfunction {
            let psi = observe::streamfunction(&self.lattice);
            let row = |_, y: usize, row: &mut [f32]| row.copy_from_slice(&psi[y * size.0..(y + 1) * size.0]);
            return view.project(into, size, Sampling::SmoothBound, row);
        }
        view.project(into, size, Sampling::SmoothBound, |plane, y, row| self.show_row(port, plane, y, row));
    }

    fn read(&self, readout: Readout) -> f32 {
        let f = &self.figures;
        let value = match readout {
            Readout::Nusselt => f.nusselt,
            Readout::NusseltWall => f.nusselt_wall,
            Readout::KineticEnergy => f.kinetic,
            Readout::Reynolds => f.reynolds,
            Readout::MeanTemperature => 0.5 + f.heat,
            Readout::RayleighReached => self.physics.rayleigh as f64,
            Readout::Limited => self.limited as f64,
        };
        value as f32
    }

    fn message(&self) -> Option<String> {
        if self.limited > 0 {
            return Some(format!(
                "limited {} cell updates to speed {}, density ±{:.0} % and temperature ±{}; less `free_fall` or \
                 `rayleigh` calms the fluid",
                self.limited,
                collide::SPEED_LIMIT,
                collide::DENSITY_LIMIT * 100.0,
                collide::HEAT_LIMIT,
            ));
        }
        let [rayleigh, speed] = self.refused;
        let h = self.lattice.size().1;
        let less = rayleigh.map(|asked| {
            let reached = self.physics.rayleigh;
            format!("Rayleigh number {reached:.3e} instead of {asked:.3e}: {h} rows resolve no more at this `free_fall`")
        });
        less.or_else(|| {
            let reached = self.physics.free_fall;
            speed.map(|asked| format!("free-fall velocity {reached:.3} instead of {asked:.3}: more is unstable with {h} rows at these numbers"))
        })
    }
}

/// Rayleigh number and free-fall velocity, each where it could not be as asked.
fn refused(knobs: &ConvectionKnobs, physics: &Physics) -> [Option<f32>; 2] {
    let differs = |asked: f32, reached: f32| ((reached / asked - 1.0).abs() > 1e-3).then_some(asked);
    [differs(knobs.rayleigh, physics.rayleigh), differs(knobs.free_fall, physics.free_fall)]
}

impl Convection {
    /// The fluid alone.
    pub fn lattice(&self) -> &Lattice {
        &self.lattice
    }

    fn show_row(&self, port: Output, plane: usize, y: usize, row: &mut [f32]) {
        let fluid = &self.lattice;
        match port {
            Output::Picture => picture::row(fluid, plane, y, row),
            Output::Temperature => self.temperatures(y, 0.0, row),
            Output::Plumes => self.temperatures(y, 0.5 + self.figures.rows[y], row),
            Output::Velocity => row.copy_from_slice(fluid.moment(1 + plane, y)),
            Output::Speed => observe::speeds(fluid, y, row),
            Output::Vorticity => observe::vorticity(fluid, y, row),
            Output::Streamfunction => unreachable!("shown as a whole"),
        }
    }

    /// Temperatures of a row, 0 to 1, less `base`; what is solid has its own, or that of the base.
    fn temperatures(&self, y: usize, base: f32, row: &mut [f32]) {
        let (heat, solid) = (self.lattice.moment(3, y), self.lattice.solid_row(y));
        let inner = self.lattice.surroundings().obstacles;
        for ((v, &t), &s) in row.iter_mut().zip(heat).zip(solid) {
            *v = match (s != 0, inner) {
                (false, _) => 0.5 + t - base,
                (true, Some(own)) => 0.5 + own - base,
                (true, None) => {
                    if base == 0.0 {
                        0.5
                    } else {
                        0.0
                    }
                }
            };
        }
    }
}
