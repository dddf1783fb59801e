//! Two small systems for scenes of several kinds.

use crate::field::Field;
use crate::params;
use crate::ports::Nothing;
use crate::scene::Catalogue;
use crate::system::{Env, Fault, InitContext, System, SystemKind};
use crate::view::{Sampling, View};
use crate::voice::{Reads, VoiceKind};

/// What scenes of the tests may name.
pub const KINDS: &[SystemKind] = &[SystemKind::of::<Cells>(), SystemKind::of::<Haze>()];

/// Voices that scenes of the tests may name.
pub const VOICES: &[VoiceKind] = &[
    VoiceKind::of::<LevelKnobs>("grains", "Of a field.", Reads::Field),
    VoiceKind::of::<LevelKnobs>("wind", "Of a field, too.", Reads::Field),
    VoiceKind::of::<LevelKnobs>("intervals", "Of signals.", Reads::Signals),
];

/// Both.
pub const CATALOGUE: Catalogue = Catalogue { systems: KINDS, voices: Some(VOICES), effects: None };

params! {
    /// Knobs of the voices.
    pub struct LevelKnobs {
        /// Loudness.
        level: f32 = -12.0 in -60.0..=12.0, unit "dB";
    }
}

params! {
    /// Knobs of the cells.
    pub struct CellKnobs {
        /// Share of cells that begin alive.
        density: f32 = 0.25 in 0.0..=1.0, rebirth;
        /// Cells that come alive each tick.
        spark: u32 = 0 in 0..=16;
    }
}

crate::inputs! {
    /// Fields that may drive it.
    pub enum CellInput {
        /// Closed.
        Obstacle: "obstacle" scalar 0.0..=1.0;
        /// Moving.
        Flow: "flow" vector 1.0;
    }
}

crate::outputs! {
    /// Fields that it shows.
    pub enum CellOutput {
        /// Alive.
        Alive: "alive" scalar 0.0..=1.0;
        /// Age.
        Age: "age" scalar 0.0..=10.0;
    }
}

/// Cells that are drawn at birth and stay as they are.
struct Cells {
    alive: Field,
}

impl System for Cells {
    const NAME: &'static str = "cells";
    const ABOUT: &'static str = "Cells that stay.";
    const FAMILY: &'static str = "test";
    type Input = CellInput;
    type Output = CellOutput;
    type Readout = Nothing;
    type Params = CellKnobs;

    fn new(p: &CellKnobs, birth: &InitContext) -> Result<Self, Fault> {
        let mut alive = Field::new(birth.width, birth.height, 1);
        let width = birth.width;
        alive.fill_rows(|_, y, row| {
            let drawn = |x: usize| birth.rng.unit((y * width + x) as u64) < p.density;
            row.iter_mut().enumerate().for_each(|(x, v)| *v = f32::from(drawn(x)));
        });
        Ok(Self { alive })
    }
    fn step(&mut self, _: &CellKnobs, _: &Env) {}
    fn show(&self, port: CellOutput, view: &View, into: &mut Field) {
        let alive = self.alive.row(0, 0).len();
        view.project(into, (alive, self.alive.height()), Sampling::CrispBound, |_, y, row| match port {
            CellOutput::Alive => row.copy_from_slice(self.alive.row(0, y)),
            CellOutput::Age => row.fill(0.0),
        });
    }
    fn read(&self, readout: Nothing) -> f32 {
        match readout {}
    }
}

params! {
    /// Knobs of the haze.
    pub struct HazeKnobs {
        /// Its value.
        value: f32 = 0.5 in 0.0..=1.0;
    }
}

crate::outputs! {
    /// Fields that it shows.
    pub enum HazeOutput {
        /// Its value.
        Value: "value" scalar 0.0..=1.0;
    }
}

/// The same everywhere.
struct Haze {
    value: f32,
    size: (usize, usize),
}

impl System for Haze {
    const NAME: &'static str = "haze";
    const ABOUT: &'static str = "The same everywhere.";
    const FAMILY: &'static str = "test";
    const REDRAWN: bool = true;
    type Input = Nothing;
    type Output = HazeOutput;
    type Readout = Nothing;
    type Params = HazeKnobs;

    fn new(p: &HazeKnobs, birth: &InitContext) -> Result<Self, Fault> {
        Ok(Self { value: p.value, size: (birth.width, birth.height) })
    }
    fn step(&mut self, p: &HazeKnobs, _: &Env) {
        self.value = p.value;
    }
    fn show(&self, _: HazeOutput, view: &View, into: &mut Field) {
        view.project(into, self.size, Sampling::CrispBound, |_, _, row| row.fill(self.value));
    }
    fn read(&self, readout: Nothing) -> f32 {
        match readout {}
    }
}
