//! `turmites`: Turing machines whose tape is the plane (Langton 1986; Turk 1989): an ant writes a colour, turns and moves,
//! by its state and the colour that it stands on.
//!
//! The transition table is a preset or the scene's text `table` ([`table`] reads both notations). Ants move at the same
//! time ([`colony`]); [`plane`] runs one on an unbounded plane, for checks against other programs.

pub mod colony;
mod fading;
pub mod knobs;
mod observe;
pub mod plane;
pub mod presets;
mod show;
mod start;
pub mod table;
#[cfg(test)]
mod tests;
mod touch;

use colony::{Ant, Ground, Program, Walker};
use fading::Fading;
use knobs::{Border, Input, Output, Readout, TurmiteKnobs};
use presets::Preset;

use table::Table;

use world::body::Body;
use world::field::Field;
use world::params::Choice as _;
use world::ports::Readouts as _;
use world::rng::Rng;
use world::system::{Env, Fault, InitContext, System, TextKind, TextSpec, Texts};
use world::view::View;

/// Most steps that all ants together take in a tick.
const MOST_STEPS: u64 = 8_000_000;

/// The system: see the module's documentation.
pub struct Turmites {
    size: (usize, usize),
    /// The scene's own table.
    given: Option<Program>,
    preset: (Preset, Program),
    ants: Vec<Ant>,
    colours: Vec<u8>,
    /// One more than the tick in which each cell was last left; 0 if it never was.
    left: Vec<u32>,
    /// Where the painting field was high.
    stencil: Vec<u8>,
    solid: Vec<u8>,
    fading: Fading,
    tick: u32,
    explored: usize,
    readings: [f32; Readout::COUNT],
    /// To how many steps a tick ants had to be limited.
    limited: Option<u64>,
    walkers: Vec<Walker>,
}

/// The table that a scene gives.
fn given(texts: &Texts) -> Result<Option<Table>, Fault> {
    let Some(text) = texts.word("table") else { return Ok(None) };
    let table = Table::parse(text).map_err(|e| Fault::at("table", e))?;
    match table.unreachable().first() {
        None => Ok(Some(table)),
        Some(state) => Err(Fault::at(
            "table",
            format!("state {state} is never entered: remove it, or let another state lead to it"),
        )),
    }
}

impl System for Turmites {
    const NAME: &'static str = "turmites";
    const ABOUT: &'static str = "Turing machines on the plane: Langton's ant (1986), its relatives by Propp (1994) and turmites with several states \
                                 (Turk 1989).";
    const FAMILY: &'static str = "swarm";
    const WARM_UP: u64 = 120;
    const TEXTS: &'static [TextSpec] = &[TextSpec {
        name: "table",
        about: "a transition table: turns by colour (`LLRR`), or `{{{write, turn, next}, …}, …}`, a list of triples for each \
                state, with turns 1 or N (on), 2 or R, 4 or U (back), 8 or L",
        kind: TextKind::Word,
    }];
    type Input = Input;
    type Output = Output;
    type Readout = Readout;
    type Params = TurmiteKnobs;

    fn check(texts: &Texts) -> Vec<Fault> {
        given(texts).err().into_iter().collect()
    }

    fn habitat(rng: Rng) -> Vec<(&'static str, f64)> {
        let ants = libm::floor(libm::pow(10.0, 2.5 * rng.unit64(0)));
        let steps = libm::floor(libm::pow(10.0, 4.0 + 0.7 * rng.unit64(1)) / ants);
        vec![
            ("preset", rng.below(2, Preset::NAMES.len() as u64) as f64),
            ("ants", ants),
            ("steps", steps.max(1.0)),
            ("start", rng.below(3, 3) as f64),
        ]
    }

    fn new(knobs: &TurmiteKnobs, context: &InitContext) -> Result<Self, Fault> {
        let size = (context.width, context.height);
        let cells = size.0 * size.1;
        let given = given(context.texts)?.map(|table| Program::new(&table, size.0 as u32));
        Ok(Self {
            size,
            given,
            preset: (knobs.preset, Program::new(&knobs.preset.table(), size.0 as u32)),
            ants: start::ants(knobs, size, context.rng.named("ants")),
            colours: vec![0; cells],
            left: vec![0; cells],
            stencil: vec![0; cells],
            solid: Vec::new(),
            fading: Fading::default(),
            tick: 0,
            explored: 0,
            readings: [0.0; Readout::COUNT],
            limited: None,
            walkers: Vec::new(),
        })
    }

    fn step(&mut self, knobs: &TurmiteKnobs, env: &Env) {
        self.tick = self.tick.saturating_add(1);
        self.fading.set(knobs.fade, env.dt);
        if self.preset.0 != knobs.preset {
            self.preset = (knobs.preset, Program::new(&knobs.preset.table(), self.size.0 as u32));
        }
        let torus = knobs.edge == Border::Torus;
        let highest = (self.program().colours - 1) as u8;
        self.colours_in_range();
        touch::wire(env.input(Input::Paint), &mut self.stencil, &mut self.colours, highest);
        touch::hands(env, &mut self.colours, self.size, torus, highest);
        let is_solid = touch::solid(env.input(Input::Obstacle), &mut self.solid);
        let before: Vec<[u32; 2]> = self.ants.iter().map(|ant| ant.place).collect();
        let most = (MOST_STEPS / self.ants.len().max(1) as u64).max(1);
        let steps = (knobs.steps as u64).min(most);
        self.limited = (steps < knobs.steps as u64).then_some(steps);
        let mut ground = Ground {
            size: [self.size.0 as u32, self.size.1 as u32],
            colours: &mut self.colours,
            left: &mut self.left,
            solid: is_solid.then_some(&self.solid[..]),
            torus,
            tick: self.tick,
        };
        let program = self.given.as_ref().unwrap_or(&self.preset.1);
        colony::run(&mut self.ants, program, &mut ground, steps, &mut self.walkers);
        self.observe(&before, steps, torus);
    }

    fn show(&self, port: Output, view: &View, into: &mut Field) {
        self.show_port(port, view, into);
    }

    fn bodies(&self, port: Output, into: &mut Vec<Body>) {
        if port == Output::Ants {
            let centre = |ant: &Ant| ant.place.map(|p| p as f32 + 0.5);
            into.extend(self.ants.iter().map(|ant| Body::around(centre(ant), [0.5; 2], self.size)));
        }
    }

    fn read(&self, readout: Readout) -> f32 {
        self.readings[readout.index()]
    }

    fn message(&self) -> Option<String> {
        self.limited.map(|steps| {
            format!(
                "{} ants take {steps} steps a tick each: all together at most {MOST_STEPS}",
                self.ants.len()
            )
        })
    }
}

impl Turmites {
    fn program(&self) -> &Program {
        self.given.as_ref().unwrap_or(&self.preset.1)
    }

    /// Brings colours and states of another table into the range of this one.
    fn colours_in_range(&mut self) {
        let (colours, states) = (self.program().colours, self.program().states);
        if colours < 256 && self.colours.iter().any(|&c| c as usize >= colours) {
            self.colours.iter_mut().for_each(|c| *c = (*c as usize % colours) as u8);
        }
        self.ants.iter_mut().for_each(|ant| ant.state = (ant.state as usize % states) as u8);
    }
}
