//! The knobs and ports of `turmites`.

use super::presets::Preset;
use world::params;

world::choices! {
    /// Where ants begin.
    pub enum Start {
        /// All in the middle, facing north, east, south and west in turn.
        Centre: "centre",
        /// On a circle around the middle, facing away from it.
        Ring: "ring",
        /// Anywhere, facing anywhere.
        Scattered: "scattered",
    }
}

world::choices! {
    /// What lies beyond the border.
    pub enum Border {
        /// The other side.
        Torus: "torus",
        /// A wall, at which ants turn back.
        Walls: "walls",
    }
}

params! {
    /// The table, the ants and their pace.
    pub struct TurmiteKnobs {
        /// Turmite by name; ignored where the scene gives a `table`. May be changed while it runs: colours that the new
        /// one lacks count modulo its number.
        preset: Choice of Preset = "langton";
        /// Ants.
        ants: u32 = 6 in 1..=100_000, Log, rebirth;
        /// Where they begin.
        start: Choice of Start = "ring", rebirth;
        /// Steps of each ant in a tick. All together take at most 8,000,000 a tick; beyond that each takes fewer.
        steps: u32 = 120 in 1..=4_000_000, Log, unit "steps/tick";
        /// What lies beyond the border.
        edge: Choice of Border = "torus";
        /// Time constant at which `trail` fades behind an ant.
        fade: f32 = 1.5 in 0.05..=60.0, Log, unit "s";
    }
}

world::inputs! {
    /// Fields that may drive it.
    pub enum Input {
        /// A cell takes the highest colour when this rises above a half, and loses its colour when it falls below.
        Paint: "paint" scalar 0.0..=1.0;
        /// No ant enters cells where this is above a half: it turns back.
        Obstacle: "obstacle" scalar 0.0..=1.0;
    }
}

world::outputs! {
    /// Fields that it shows.
    pub enum Output {
        /// Colours, from 0 to the highest as 0..1.
        Colour: "colour" scalar 0.0..=1.0;
        /// 1 where an ant has just been, fading behind it.
        Trail: "trail" scalar 0.0..=1.0;
        /// 1 where an ant is.
        Ants: "ants" scalar 0.0..=1.0;
    }
}

world::readouts! {
    /// What it reports each tick.
    pub enum Readout {
        /// Share of the cells with a colour other than 0.
        Painted: "painted" 0.0..=1.0;
        /// Share of the cells in which an ant has ever been.
        Explored: "explored" 0.0..=1.0;
        /// Cells that ants entered for the first time in the last tick, by a hundred steps.
        Discovery: "discovery" 0.0..=50.0;
        /// Distance by which ants moved in the last tick, by the steps that they took: near 0 in chaos, 0.04 on Langton's
        /// highway.
        Drift: "drift" 0.0..=0.2;
    }
}
