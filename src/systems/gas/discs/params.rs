//! Knobs, inputs, outputs and readouts of the discs.

use world::params;
use world::rng::Rng;

world::choices! {
    /// What is at the sides.
    pub enum Sides {
        /// Four walls.
        Walls: "walls",
        /// Opposite sides are joined.
        Torus: "torus",
        /// Left and right are joined, top and bottom are walls.
        Channel: "channel",
    }
}

world::choices! {
    /// Where the discs begin.
    pub enum Start {
        /// Everywhere.
        Everywhere: "everywhere",
        /// In the left half: they expand into the empty one.
        Half: "half",
        /// The first species on the left, the second on the right: they mix.
        Apart: "apart",
    }
}

world::choices! {
    /// Velocities at the start.
    pub enum Speeds {
        /// As in equilibrium (Maxwell 1860).
        Maxwell: "maxwell",
        /// All of the same energy, in any direction: collisions make Maxwell's distribution of it.
        Equal: "equal",
    }
}

world::choices! {
    /// Walls that move as pistons.
    pub enum Piston {
        /// The left one.
        Left: "left",
        /// The right one.
        Right: "right",
        /// The top.
        Top: "top",
        /// The bottom.
        Bottom: "bottom",
        /// Left and right, against each other.
        Sides: "sides",
        /// All four.
        All: "all",
    }
}

params! {
    /// Knobs of the hard discs; lengths in cells, times in steps, the mass of the first species is 1.
    pub struct DiscKnobs {
        /// Discs, as many as fit.
        count: u32 = 2000 in 1..=50_000, Log, rebirth;
        /// Radius of the first species. Discs that grow wait until there is room.
        radius: f32 = 2.5 in 0.5..=64.0, Log, unit "cells";
        /// Share of discs that are of the second species.
        share: f32 = 0.2 in 0.0..=1.0, rebirth;
        /// Radius of the second species over that of the first.
        radius_ratio: f32 = 1.6 in 0.1..=10.0, Log;
        /// Mass of the second species over that of the first.
        mass_ratio: f32 = 2.56 in 0.01..=100.0, Log;
        /// Temperature at the start, and that of the thermostat: mean energy of a disc. A disc of mass 1 moves at about its
        /// square root.
        temperature: f32 = 1.0 in 0.0..=100.0, unit "cells²/step²";
        /// Where the discs begin.
        start: Choice of Start = "everywhere", rebirth;
        /// Velocities at the start.
        speeds: Choice of Speeds = "maxwell", rebirth;
        /// Walls, or sides that are joined.
        sides: Choice of Sides = "walls";
        /// Gravity to the right; it acts only between walls.
        gravity_x: f32 = 0.0 in -0.1..=0.1, unit "cells/step²";
        /// Gravity downwards; it acts only between walls.
        gravity_y: f32 = 0.0 in -0.1..=0.1, unit "cells/step²";
        /// Share of the closing speed with which bodies separate: 1 is elastic, less cools the gas until it clusters.
        restitution: f32 = 1.0 in 0.3..=1.0;
        /// Walls that move as pistons.
        piston: Choice of Piston = "left";
        /// How far pistons move in, as a fraction of the world; no further than the discs can be pressed together.
        amplitude: f32 = 0.0 in 0.0..=0.8;
        /// Time for a piston to move in and out.
        period: f32 = 600.0 in 20.0..=20_000.0, Log, unit "steps";
        /// Simulated time per tick: how fast everything goes.
        pace: f32 = 1.0 in 0.0..=16.0, unit "steps/tick";
        /// Most collisions per tick. What would take more goes slower instead: see the readout `progress`.
        most: u32 = 12_000 in 100..=200_000, Log, unit "collisions/tick";
        /// The `obstacle` input is solid above this.
        threshold: f32 = 0.5 in 0.0..=1.0;
        /// Strength of the `force` input: acceleration where the input is 1.
        force_gain: f32 = 0.05 in 0.0..=1.0, unit "cells/step²";
        /// Strength of the `wind` input: speed of the wind where the input is 1.
        wind_gain: f32 = 4.0 in 0.0..=100.0, unit "cells/step";
        /// How fast discs take up the wind; without wind wired nothing.
        drag: f32 = 0.05 in 0.0..=1.0, unit "1/step";
        /// How fast the `heat` input warms discs where it is 1, and cools where it is −1.
        heating: f32 = 0.05 in 0.0..=1.0, unit "1/step";
        /// How often a disc takes a new velocity from a bath at `temperature` (Andersen 1980); 0 leaves the gas alone.
        thermostat: f32 = 0.0 in 0.0..=1.0, unit "1/step";
        /// How hard touches push.
        push: f32 = 1.0 in 0.0..=4.0;
        /// How fast the outputs `glow` and `impacts` fade.
        fade: f32 = 6.0 in 0.1..=60.0, Log, unit "1/s";
        /// Side of a cell of the outputs `density`, `momentum`, `velocity` and `energy`.
        grain: u32 = 8 in 1..=64, Log, unit "cells";
    }
}

world::inputs! {
    /// Fields that may drive it.
    pub enum Input {
        /// Solid where above the knob `threshold`; discs bounce off its contour
        Obstacle: "obstacle" scalar 0.0..=1.0;
        /// Acceleration, times the knob `force_gain` (cells/step²)
        Force: "force" vector 1.0;
        /// Wind that carries discs along, times the knob `wind_gain` (cells/step)
        Wind: "wind" vector 1.0;
        /// Warms discs where it is above 0, cools them where it is below, times the knob `heating`
        Heat: "heat" scalar -1.0..=1.0;
    }
}

world::outputs! {
    /// Fields that it shows.
    pub enum Output {
        /// The discs: 1 inside, 0 outside, smooth at the rim
        Discs: "discs" scalar 0.0..=1.0;
        /// The discs of the first species
        First: "first" scalar 0.0..=1.0;
        /// The discs of the second species
        Second: "second" scalar 0.0..=1.0;
        /// The discs as balls, lit from the upper left
        Balls: "balls" scalar 0.0..=1.0;
        /// Each disc in the brightness of its speed (cells/step)
        Speed: "speed" scalar 0.0..=3.0;
        /// Discs light up as they collide, and fade
        Glow: "glow" scalar 0.0..=1.0;
        /// Where bodies collided, by momentum transferred; it fades
        Impacts: "impacts" scalar 0.0..=1.0;
        /// Share of the area that is covered by discs, in cells as wide as the knob `grain`
        Density: "density" scalar 0.0..=1.0;
        /// Momentum for each unit of area, in cells as wide as the knob `grain`
        Momentum: "momentum" vector 0.05;
        /// Mean velocity, weighted by mass, in cells as wide as the knob `grain` (cells/step)
        Velocity: "velocity" vector 1.0;
        /// Mean kinetic energy of a disc, in cells as wide as the knob `grain` (cells²/step²)
        Energy: "energy" scalar 0.0..=4.0;
    }
}

world::readouts! {
    /// What it reports each tick. Pressures and means are over the last half second or so.
    pub enum Readout {
        /// H of Boltzmann's theorem for each disc, above its least value: 0 in equilibrium (1872)
        H: "h" 0.0..=1.0;
        /// Temperature: mean kinetic energy of a disc, cells²/step²
        Temperature: "temperature" 0.0..=4.0;
        /// Temperature of the first species, cells²/step²
        TemperatureFirst: "temperature_first" 0.0..=4.0;
        /// Temperature of the second species, cells²/step²
        TemperatureSecond: "temperature_second" 0.0..=4.0;
        /// Pressure of the gas by its virial, mass/step²
        Pressure: "pressure" 0.0..=0.1;
        /// Compressibility factor: pressure times area over discs and temperature; 1 for an ideal gas
        Compressibility: "compressibility" 1.0..=10.0;
        /// Pressure on the left wall, mass/step²
        PressureLeft: "pressure_left" 0.0..=0.1;
        /// Pressure on the right wall, mass/step²
        PressureRight: "pressure_right" 0.0..=0.1;
        /// Pressure on the top wall, mass/step²
        PressureTop: "pressure_top" 0.0..=0.1;
        /// Pressure on the bottom wall, mass/step²
        PressureBottom: "pressure_bottom" 0.0..=0.1;
        /// Collisions of two discs in the last tick
        Collisions: "collisions" 0.0..=4000.0;
        /// Collisions with walls and obstacles in the last tick
        Bounces: "bounces" 0.0..=1000.0;
        /// Mean free path between collisions of two discs, cells
        FreePath: "free_path" 0.0..=20.0;
        /// How far pistons are in, as a fraction of the world
        Piston: "piston_in" 0.0..=0.8;
        /// Share of the simulated time of the last tick that was reached; less than 1 is slow motion
        Progress: "progress" 0.0..=1.0;
        /// Discs that obstacles have come to lie over, and push out
        Buried: "buried" 0.0..=100.0;
        /// Discs
        Count: "number" 0.0..=50_000.0;
    }
}

impl DiscKnobs {
    /// Radii of the two species in a world of this size, cells: no disc may meet another at both of its sides at once.
    pub fn radii(&self, size: [f64; 2]) -> [f64; 2] {
        let most = 0.24 * size[0].min(size[1]);
        let first = (self.radius as f64).min(most);
        [first, (first * self.radius_ratio as f64).min(most)]
    }

    /// Masses of the two species.
    pub fn masses(&self) -> [f64; 2] {
        [1.0, self.mass_ratio as f64]
    }

    /// Which sides are joined.
    pub fn wraps(&self) -> [bool; 2] {
        [self.sides != Sides::Walls, self.sides == Sides::Torus]
    }

    /// Gravity, cells/step².
    pub fn gravity(&self) -> [f64; 2] {
        [self.gravity_x as f64, self.gravity_y as f64]
    }

    /// On cells `factor` times as wide, at the same speed of the picture.
    pub fn coarsened(mut self, factor: usize) -> Self {
        let f = factor as f32;
        let lengths = [
            &mut self.radius,
            &mut self.gravity_x,
            &mut self.gravity_y,
            &mut self.force_gain,
            &mut self.wind_gain,
        ];
        lengths.into_iter().for_each(|v| *v /= f);
        self.temperature /= f * f;
        self.grain = (self.grain / factor as u32).max(1);
        self
    }
}

/// One typical gas: a packing from thin to crowded, of few large or many small discs.
pub fn habitat(rng: Rng) -> Vec<(&'static str, f64)> {
    let radius = 1.5 * libm::exp(libm::log(4.0) * rng.unit64(0));
    let packing = 0.1 + 0.5 * rng.unit64(1);
    // On the 320 by 180 cells or so that samples have.
    let count = packing * 57_600.0 / (core::f64::consts::PI * radius * radius);
    vec![
        ("radius", radius),
        ("count", libm::round(count)),
        ("share", 0.5 * rng.unit64(2)),
        ("radius_ratio", 1.0 + rng.unit64(3)),
        ("temperature", 0.3 + 2.0 * rng.unit64(4)),
    ]
}
