//! One pair of rolls in a box that is periodic across.

use std::f64::consts::TAU;

use systems::gas::convection::collide::Relaxation;
use systems::gas::convection::lattice::Lattice;
use systems::gas::convection::links::Surroundings;
use systems::gas::convection::observe::statistics;
use systems::gas::convection::params::Physics;
use systems::gas::convection::slots::State;
use systems::gas::convection::sweep::Drive;

/// Temperatures of the plates, cold above hot.
const PLATES: [f32; 2] = [-0.5, 0.5];

/// A box with its lattice.
pub struct Cell {
    lattice: Lattice,
    physics: Physics,
    height: usize,
}

impl Cell {
    /// Fluid at rest between a height's number of rows, with temperature linear from plate to plate and a roll of some
    /// amplitude on it. `wave` is the wave number for height 1, `speed` the free-fall velocity in cells a step.
    pub fn new(height: usize, wave: f64, rayleigh: f64, prandtl: f64, speed: f64, amplitude: f64) -> Self {
        let h = height as f64;
        let width = libm::round(TAU / wave * h).max(4.0) as usize;
        let around = Surroundings { periodic: true, plates: PLATES, obstacles: None };
        let mut lattice = Lattice::new(width, height, around);
        lattice.fill(|x, y| {
            let (across, down) = ((x as f64 + 0.5) / width as f64, (y as f64 + 0.5) / h);
            let roll = amplitude * libm::cos(TAU * across) * libm::sin(0.5 * TAU * down);
            State { heat: (down - 0.5 + roll) as f32, ..State::default() }
        });
        let part = speed * h / libm::sqrt(rayleigh);
        let (viscosity, diffusivity) = (part * libm::sqrt(prandtl), part / libm::sqrt(prandtl));
        let physics = Physics {
            viscosity: viscosity as f32,
            diffusivity: diffusivity as f32,
            free_fall: speed as f32,
            fall_time: (h / speed) as f32,
            buoyancy: (speed * speed / h) as f32,
            rayleigh: rayleigh as f32,
        };
        Self { lattice, physics, height }
    }

    /// Goes on for some diffusion times of heat over the height.
    pub fn run(&mut self, times: f64) {
        let h = self.height as f64;
        let steps = libm::ceil(times * h * h / f64::from(self.physics.diffusivity)) as usize;
        let Physics { viscosity, diffusivity, buoyancy, .. } = self.physics;
        self.lattice.run(steps, Relaxation::new(viscosity, diffusivity, [0.0, -buoyancy]), Drive::default());
    }

    /// Nusselt number by the heat that the flow carries, and by the gradient at the plates.
    pub fn nusselt(&self) -> [f64; 2] {
        let all = statistics(&self.lattice, &self.physics);
        [all.nusselt, all.nusselt_wall]
    }

    /// Kinetic energy, in squares of the free-fall velocity.
    pub fn energy(&self) -> f64 {
        statistics(&self.lattice, &self.physics).kinetic
    }

    /// The largest velocity across and down, in diffusivities over the height.
    pub fn fastest(&self) -> [f64; 2] {
        let unit = self.height as f64 / f64::from(self.physics.diffusivity);
        [1, 2].map(|part| {
            let rows = (0..self.height).flat_map(|y| self.lattice.moment(part, y));
            unit * rows.map(|v| f64::from(v.abs())).fold(0.0, f64::max)
        })
    }
}
