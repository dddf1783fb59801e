//! Knobs of the gas.

use super::collide::Relaxation;
use super::edge::{BoundaryCondition, BoundaryConditions};
use world::params;
use world::params::Choice as _;
use world::rng::Rng;

world::choices! {
    /// Collision operator.
    pub enum Collision {
        /// Two relaxation times.
        Trt: "trt",
        /// One relaxation time (Bhatnagar, Gross and Krook 1954).
        Bgk: "bgk",
    }
}

world::choices! {
    /// Initial condition.
    pub enum Start {
        /// At rest.
        Rest: "rest",
        /// A stream as at the inflow.
        Stream: "stream",
        /// Random swirls.
        Swirls: "swirls",
    }
}

params! {
    /// Knobs of the lattice Boltzmann gas; lengths in cells, times in lattice steps unless said otherwise.
    pub struct GasKnobs {
        /// Kinematic viscosity ν = (τ − ½)/3: low is lively, high is syrupy.
        viscosity: f32 = 0.004 in 0.0001..=0.5, Log, unit "cells²/step";
        /// Lattice steps per tick: how fast the gas runs.
        steps: u32 = 8 in 1..=64;
        /// Two relaxation times (walls stay put at any viscosity) or one.
        collision: Choice of Collision = "trt";
        /// Magic parameter of the two relaxation times: 3/16 puts walls exactly half-way, 1/4 is the most stable.
        magic: f32 = 0.1875 in 0.01..=1.0, Log;
        /// Smagorinsky constant of the subgrid viscosity that keeps thin gas calm; 0 is off.
        smagorinsky: f32 = 0.0 in 0.0..=0.3;
        /// Boundary condition on the left; `periodic` needs the opposite side to be periodic too, else it is a wall.
        left: Choice of BoundaryCondition = "inflow";
        /// Boundary condition on the right.
        right: Choice of BoundaryCondition = "outflow";
        /// Boundary condition at the top.
        top: Choice of BoundaryCondition = "periodic";
        /// Boundary condition at the bottom.
        bottom: Choice of BoundaryCondition = "periodic";
        /// Tangential speed of moving walls, clockwise round the world.
        wall_speed: f32 = 0.1 in -0.25..=0.25, unit "cells/step";
        /// Speed at which gas enters at inflow sides, and of the initial stream.
        inflow: f32 = 0.08 in 0.0..=0.25, unit "cells/step";
        /// Body force to the right.
        force_x: f32 = 0.0 in -0.001..=0.001, unit "cells/step²";
        /// Body force downwards.
        force_y: f32 = 0.0 in -0.001..=0.001, unit "cells/step²";
        /// Strength of the `force` input: body force where the input is 1.
        force_gain: f32 = 0.0001 in 0.0..=0.01, unit "cells/step²";
        /// The `obstacle` input and the mask are solid above this.
        threshold: f32 = 0.5 in 0.0..=1.0;
        /// Radius of a disc in the gas, as a fraction of the height; 0 is none.
        disc: f32 = 0.07 in 0.0..=0.5;
        /// Position of the disc across, as a fraction of the width.
        disc_x: f32 = 0.22 in 0.0..=1.0;
        /// Position of the disc down, as a fraction of the height.
        disc_y: f32 = 0.49 in 0.0..=1.0;
        /// Initial condition: at rest, a stream as at the inflow, or random swirls.
        start: Choice of Start = "stream", rebirth;
        /// How hard touches push.
        push: f32 = 1.0 in 0.0..=4.0;
        /// How fast the dye fades.
        fade: f32 = 0.02 in 0.0..=10.0, unit "1/s";
        /// Stripes of dye that flow in, and that fill the world at the start; 0 is clear gas.
        stripes: u32 = 12 in 0..=64;
        /// Hue of the first stripe and of touches, in turns: 0 red, 1/3 green, 2/3 blue.
        hue: f32 = 0.55 in 0.0..=1.0, unit "turns";
        /// Hue from the first stripe to the last.
        hue_spread: f32 = 0.45 in 0.0..=1.0, unit "turns";
        /// How fast the hue goes round.
        hue_drift: f32 = 0.02 in -2.0..=2.0, unit "turns/s";
        /// How quickly the `dye` input colours the gas: fraction of the difference added each tick.
        inject: f32 = 0.1 in 0.0..=1.0;
        /// Springs of dye over the world, from the hue of the first stripe to that of the last.
        springs: u32 = 0 in 0..=64;
        /// Radius of a spring, as a fraction of the height.
        spring_radius: f32 = 0.04 in 0.005..=0.3;
    }
}

/// Greatest magic parameter at this viscosity. At an inlet or behind an obstacle, odd moments that relax over dozens of
/// steps grow on the stream until it is unstable (at viscosity 0.006 and 3/16 already at the inlet), so thin gas
/// relaxes them at a rate up to 1.8. That shifts walls by less than a quarter of a cell; from viscosity 0.05 on 3/16 is
/// kept as it is.
fn calm_magic(viscosity: f32) -> f32 {
    0.15 * viscosity + 75.0 * viscosity * viscosity
}

impl GasKnobs {
    /// The four sides.
    pub fn edges(&self) -> BoundaryConditions {
        BoundaryConditions {
            left: self.left,
            right: self.right,
            top: self.top,
            bottom: self.bottom,
            wall_speed: self.wall_speed,
            inflow: self.inflow,
        }
    }

    /// On cells `factor` times as wide, at the same speed in cells a step: a step then takes `factor` times as long.
    pub fn coarsened(mut self, factor: usize) -> Self {
        let f = factor as f32;
        self.steps = (self.steps / factor as u32).max(1);
        self.viscosity /= f;
        [&mut self.force_x, &mut self.force_y, &mut self.force_gain].into_iter().for_each(|v| *v *= f);
        self
    }

    /// The rates of collision.
    pub fn relaxation(&self) -> Relaxation {
        let rates = match self.collision {
            Collision::Trt => Relaxation::trt(self.viscosity, self.magic.min(calm_magic(self.viscosity))),
            Collision::Bgk => Relaxation::bgk(self.viscosity),
        };
        Relaxation { smagorinsky: self.smagorinsky, ..rates }
    }
}

/// A gas with something to see: a stream past a disc, a stream alone, or swirls left to themselves in a box.
pub fn habitat(r: Rng) -> Vec<(&'static str, f64)> {
    let swirls = r.unit(0) < 0.3;
    let side =
        |open: BoundaryCondition| if swirls { BoundaryCondition::Periodic } else { open }.index() as f64;
    let disc = if swirls || r.unit(1) < 0.15 { 0.0 } else { 0.04 + 0.12 * r.unit64(2) };
    vec![
        ("viscosity", libm::pow(10.0, -2.3 + 0.9 * r.unit64(3))),
        ("smagorinsky", 0.08 + 0.08 * r.unit64(4)),
        ("inflow", 0.05 + 0.08 * r.unit64(5)),
        ("disc", disc),
        ("disc_x", 0.1 + 0.4 * r.unit64(6)),
        ("disc_y", 0.3 + 0.4 * r.unit64(7)),
        ("start", if swirls { Start::Swirls } else { Start::Stream }.index() as f64),
        ("left", side(BoundaryCondition::Inflow)),
        ("right", side(BoundaryCondition::Outflow)),
        ("steps", 8.0),
        ("force_x", 0.0),
        ("force_y", 0.0),
    ]
}
