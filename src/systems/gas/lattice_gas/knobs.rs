//! Knobs of the lattice gas.

use super::model::Model;
use super::start::{Beginning, Start};
use super::walls::Reflection;
use world::params;
use world::params::Choice as _;
use world::rng::Rng;

world::choices! {
    /// What is at the border.
    pub enum Border {
        /// The opposite border.
        Torus: "torus",
        /// Walls on all sides.
        Walls: "walls",
        /// Walls above and below; gas that leaves on the right enters on the left.
        Channel: "channel",
        /// Walls above and below; both ends are kept filled with gas at `density` that drifts at `stream`.
        Tunnel: "tunnel",
    }
}

params! {
    /// Knobs of the lattice gas; lengths in cells, times in steps unless said otherwise. Densities are shares of the
    /// places that are taken: a cell has one place per direction, and one at rest in `fhp-2` and `fhp-3`.
    pub struct LatticeGasKnobs {
        /// Collision rule: `hpp` lives on squares, and its waves are square; the `fhp` gases live on triangles and are
        /// round, `fhp-3` the thinnest. Rows of triangles are 0.866 cells apart: give such a world 1.155 times the rows
        /// for a picture in proportion.
        model: Choice of Model = "fhp-3", rebirth;
        /// Steps per tick: how fast the gas runs; waves move at about 0.7 cells a step.
        steps: u32 = 4 in 0..=64, unit "steps/tick";
        /// Turns every particle round and runs time backwards: the gas retraces its steps, exactly as far as nothing else
        /// has touched it.
        backwards: bool = false;
        /// Density at the start, and at the ends of a tunnel.
        density: f32 = 0.2 in 0.0..=1.0;
        /// What is there at the start.
        start: Choice of Start = "disc", rebirth;
        /// Density of the disc, square or half that a start sets apart; 0 is a void.
        burst: f32 = 0.9 in 0.0..=1.0, rebirth;
        /// Size of the disc or square at the start, as a fraction of the height.
        burst_size: f32 = 0.2 in 0.0..=1.0, rebirth;
        /// Speed of streams at the start, and at the ends of a tunnel.
        stream: f32 = 0.2 in -0.5..=0.5, unit "cells/step";
        /// What is at the border.
        border: Choice of Border = "torus";
        /// How walls send particles back: where they came from, or as mirrors.
        reflection: Choice of Reflection = "bounce";
        /// The `obstacle` input is solid above this.
        threshold: f32 = 0.5 in 0.0..=1.0;
        /// Radius of a solid disc, as a fraction of the height; 0 is none.
        disc: f32 = 0.0 in 0.0..=0.5;
        /// Position of the solid disc across, as a fraction of the width.
        disc_x: f32 = 0.25 in 0.0..=1.0;
        /// Position of the solid disc down, as a fraction of the height.
        disc_y: f32 = 0.49 in 0.0..=1.0;
        /// Chance that wind turns a particle to the right, where its place there is free; below 0 to the left.
        wind_x: f32 = 0.0 in -1.0..=1.0, unit "1/tick";
        /// Chance that wind turns a particle downwards; below 0 upwards.
        wind_y: f32 = 0.0 in -1.0..=1.0, unit "1/tick";
        /// Strength of the `wind` input: the chance where it is 1.
        wind_gain: f32 = 0.1 in 0.0..=1.0, unit "1/tick";
        /// Chance that a free place is filled where the `source` input is 1, and that a particle is removed where it is −1.
        source_gain: f32 = 0.1 in 0.0..=1.0, unit "1/tick";
        /// Mean number of drops each tick at random places: full ones while the gas is thinner than `density`, else empty
        /// ones, so that it never comes to rest.
        rain: f32 = 0.0 in 0.0..=16.0, unit "drops/tick";
        /// Radius of a drop, as a fraction of the height.
        drop_radius: f32 = 0.03 in 0.0..=0.5;
        /// Chance that a touch fills a free place, or empties one.
        pour: f32 = 0.5 in 0.0..=1.0, unit "1/tick";
        /// Chance that a touch that moves turns a particle its way.
        push: f32 = 0.7 in 0.0..=1.0, unit "1/tick";
        /// Coarse-graining: all but single particles are shown as means over squares of this many cells a side.
        grain: u32 = 8 in 1..=64, unit "cells";
        /// Ticks over which the same are averaged, too: 1 shows the moment, more calms the noise of particles.
        average: f32 = 1.0 in 1.0..=100.0, Log, unit "ticks";
    }
}

impl LatticeGasKnobs {
    /// What the world begins with.
    pub fn beginning(&self) -> Beginning {
        let Self { start, density, burst, burst_size, stream, .. } = *self;
        Beginning { start, density, burst, size: burst_size, stream }
    }

    /// Whether the world wraps, across and down.
    pub fn wraps(&self) -> [bool; 2] {
        match self.border {
            Border::Torus => [true; 2],
            Border::Channel => [true, false],
            Border::Walls | Border::Tunnel => [false; 2],
        }
    }

    /// On cells `factor` times as wide, at the same speed in cells a step: a step then takes `factor` times as long.
    pub fn coarsened(mut self, factor: usize) -> Self {
        let factor = factor.max(1) as u32;
        self.steps = (self.steps / factor).max(1);
        self.grain = (self.grain / factor).max(1);
        self
    }
}

/// A gas with something to see: rain, a burst that spreads, or a stream past a disc.
pub fn habitat(r: Rng) -> Vec<(&'static str, f64)> {
    let kind = r.below(0, 3);
    let tunnel = kind == 2;
    let start = [Start::Gas, if r.unit(1) < 0.5 { Start::Disc } else { Start::Square }, Start::Stream];
    vec![
        ("model", r.below(2, Model::NAMES.len() as u64) as f64),
        ("start", start[kind as usize].index() as f64),
        ("density", 0.1 + 0.2 * r.unit64(3)),
        ("burst", 0.7 + 0.3 * r.unit64(4)),
        ("rain", if kind == 0 { 0.02 + 0.1 * r.unit64(5) } else { 0.0 }),
        ("disc", if tunnel { 0.06 + 0.1 * r.unit64(6) } else { 0.0 }),
        ("border", if tunnel { Border::Tunnel } else { Border::Torus }.index() as f64),
        ("stream", 0.15 + 0.15 * r.unit64(7)),
        ("steps", 4.0),
        ("backwards", 0.0),
        ("wind_x", 0.0),
        ("wind_y", 0.0),
        ("grain", 4.0 + r.below(8, 5) as f64),
        ("average", if tunnel { 8.0 } else { 1.0 }),
    ]
}
