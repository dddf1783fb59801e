//! Knobs of the convection, and the numbers of the lattice that follow from them.

use super::collide::Relaxation;
use super::links::Surroundings;
use world::params;
use world::rng::Rng;

world::choices! {
    /// What is at the left and the right.
    pub enum Sides {
        /// Each is the other's neighbour.
        Periodic: "periodic",
        /// Walls that insulate.
        Closed: "closed",
    }
}

world::choices! {
    /// Initial condition.
    pub enum Start {
        /// In full motion.
        Developed: "developed",
        /// At rest, of even temperature, with a little noise.
        Even: "even",
        /// At rest, temperature linear from plate to plate, with a little noise.
        Conduction: "conduction",
    }
}

world::choices! {
    /// What obstacles do to heat.
    pub enum Obstacles {
        /// They let none through.
        Insulating: "insulating",
        /// They have the temperature of the knob `obstacle_temperature`.
        Fixed: "fixed",
    }
}

params! {
    /// Knobs of the convection.
    pub struct ConvectionKnobs {
        /// Rayleigh number: buoyancy over diffusion. Rolls begin at 1708; from about 100,000 on plumes rise irregularly.
        rayleigh: f32 = 100_000_000.0 in 100.0..=1_000_000_000.0, Log;
        /// Prandtl number, viscosity over thermal diffusivity: sodium 0.01, air 0.71, water 7, oil 100.
        prandtl: f32 = 0.71 in 0.05..=100.0, Log;
        /// Free-fall velocity, that of fluid falling the whole height by its buoyancy: how fast it runs, and how
        /// compressible it is (Mach number squared is three times its square).
        free_fall: f32 = 0.15 in 0.01..=0.2, Log, unit "cells/step";
        /// Lattice steps per tick.
        steps: u32 = 8 in 1..=64, unit "steps/tick";
        /// What is at the left and the right; `closed` walls insulate.
        sides: Choice of Sides = "periodic";
        /// Direction of gravity, from straight down, anticlockwise: at 90° it pulls to the right, at 180° the hot plate
        /// is on top.
        tilt: f32 = 0.0 in -180.0..=180.0, unit "°";
        /// What obstacles do to heat: `insulating`, or of `fixed` temperature.
        obstacles: Choice of Obstacles = "insulating";
        /// Temperature of obstacles where it is fixed: 0 cold plate, 1 hot plate.
        obstacle_temperature: f32 = 1.0 in 0.0..=1.0;
        /// The `obstacle` input is solid above this.
        threshold: f32 = 0.5 in 0.0..=1.0;
        /// Strength of the `heat` input: temperature gained per free-fall time where the input is 1.
        heat_gain: f32 = 2.0 in 0.0..=20.0;
        /// Strength of the `force` input: body force where the input is 1, in buoyancies of the hot plate.
        force_gain: f32 = 1.0 in 0.0..=10.0;
        /// How strongly touches heat or cool.
        touch_heat: f32 = 0.4 in 0.0..=1.0;
        /// How strongly touches push along their movement.
        push: f32 = 0.6 in 0.0..=1.0;
        /// Initial condition: `developed` motion, `even` temperature at rest, or `conduction` from plate to plate.
        start: Choice of Start = "developed", rebirth;
    }
}

/// Least viscosity and diffusivity at which the scheme is stable.
pub const LEAST: f32 = 0.0008;
/// Greatest Reynolds and Péclet number of a cell, by the free-fall velocity (less by √Pr where viscosity slows the flow):
/// beyond, boundary layers are thinner than two cells, and the temperature oscillates from cell to cell.
pub const FINEST: f32 = 40.0;
/// Greatest viscosity and diffusivity: plates stay half-way and diffusion stays accurate up to here.
pub const GREATEST: f32 = 0.4;

/// Greatest free-fall velocity from Prandtl number 0.3 on. Below, where the flow comes nearer to it, the less.
const FASTEST: f64 = 0.2;

/// The lattice's numbers for a world of some height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Physics {
    /// Kinematic viscosity, cells²/step.
    pub viscosity: f32,
    /// Thermal diffusivity, cells²/step.
    pub diffusivity: f32,
    /// Free-fall velocity, cells/step.
    pub free_fall: f32,
    /// Steps that a free fall over the height takes.
    pub fall_time: f32,
    /// Acceleration of fluid of temperature 1 (hot plate less cold plate), cells/step².
    pub buoyancy: f32,
    /// Rayleigh number of these numbers.
    pub rayleigh: f32,
}

impl ConvectionKnobs {
    /// Viscosity, diffusivity and buoyancy from Rayleigh and Prandtl number, free-fall velocity and height:
    /// ν = u h √(Pr/Ra), κ = u h / √(Pr Ra), gβΔT = u²/h. Both coefficients are kept between [`LEAST`], or what
    /// [`FINEST`] asks for, and [`GREATEST`]: where they would be too great the fluid runs slower, where too small the
    /// Rayleigh number is less.
    pub fn physics(&self, height: usize) -> Physics {
        let (h, pr, ra) = (height as f64, self.prandtl as f64, self.rayleigh as f64);
        let most = libm::sqrt(pr).max(1.0 / libm::sqrt(pr));
        let least = 1.0 / most;
        let calm = FASTEST * libm::sqrt(libm::sqrt((pr / 0.3).min(1.0)));
        let speed = (self.free_fall as f64).min(GREATEST as f64 * libm::sqrt(ra) / (h * most)).min(calm);
        let finest = (LEAST as f64).max(speed / (FINEST as f64 * libm::sqrt(pr).max(1.0)));
        let root = libm::sqrt(ra).min(speed * h * least / finest);
        let part = speed * h / root;
        // In a low world at high Prandtl numbers no Rayleigh number suits both limits.
        let within = |v: f64| v.clamp(LEAST as f64, GREATEST as f64);
        let (viscosity, diffusivity) = (within(part * libm::sqrt(pr)), within(part / libm::sqrt(pr)));
        let buoyancy = speed * speed / h;
        Physics {
            viscosity: viscosity as f32,
            diffusivity: diffusivity as f32,
            free_fall: speed as f32,
            fall_time: (h / speed) as f32,
            buoyancy: buoyancy as f32,
            rayleigh: (buoyancy * h * h * h / (viscosity * diffusivity)) as f32,
        }
    }

    /// The rates of collision.
    pub fn relaxation(&self, physics: &Physics) -> Relaxation {
        let turn = self.tilt as f64 * (core::f64::consts::PI / 180.0);
        let along = |part: f64| (-physics.buoyancy as f64 * part) as f32;
        let buoyancy = match self.tilt == 0.0 {
            true => [0.0, -physics.buoyancy],
            false => [along(libm::sin(turn)), along(libm::cos(turn))],
        };
        Relaxation::new(physics.viscosity, physics.diffusivity, buoyancy)
    }

    /// What surrounds the fluid.
    pub fn surroundings(&self) -> Surroundings {
        let fixed = self.obstacles == Obstacles::Fixed;
        Surroundings {
            periodic: self.sides == Sides::Periodic,
            plates: [-0.5, 0.5],
            obstacles: fixed.then_some(self.obstacle_temperature - 0.5),
        }
    }

    /// On cells `factor` times as wide, at the same speed in cells a step: a step then takes `factor` times as long.
    pub fn coarsened(mut self, factor: usize) -> Self {
        self.steps = (self.steps / factor.max(1) as u32).max(1);
        self
    }
}

/// Knobs of one typical instance.
pub fn habitat(rng: Rng) -> Vec<(&'static str, f64)> {
    let r = rng.named("convection");
    vec![
        ("rayleigh", libm::pow(10.0, 5.0 + 3.0 * r.unit64(0))),
        ("prandtl", libm::pow(10.0, -0.3 + 1.3 * r.unit64(1))),
        ("free_fall", 0.1),
        ("steps", 8.0),
        ("tilt", 0.0),
    ]
}
