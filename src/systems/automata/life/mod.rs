//! Conway's Life and every other life-like rule, 64 cells per machine word.
//!
//! [`rule`] and [`pattern`] read what a scene names; [`grid`] defines the bit layout, [`kernel`] computes four rows at
//! once, [`advance`] pipelines rows through several generations, [`double_buffer`] holds the cells before and after a
//! tick; [`age`] counts how long cells live, [`paint`] applies inputs and touch, and [`picture`] renders it all.

pub mod advance;
pub mod age;
pub mod double_buffer;
pub mod grid;
pub mod kernel;
pub mod paint;
pub mod pattern;
pub mod picture;
pub mod rule;

use age::{Ages, TickStats};
use double_buffer::DoubleBuffer;
use grid::{Grid, Layout};
use pattern::{Pattern, TextPosition};
use picture::{CellOutput, CellView};
use rule::Rule;

use world::field::Field;
use world::params;
use world::system::{Env, Fault, InitContext, System, TextKind, TextSpec, Texts};
use world::view::View;

world::choices! {
    /// Boundary condition.
    pub enum Border {
        /// The opposite border.
        Torus: "torus",
        /// Dead cells.
        Bounded: "bounded",
    }
}

params! {
    /// Knobs of [`Life`].
    pub struct LifeParams {
        /// Share of cells alive at the start, if neither pattern nor file is given.
        density: f32 = 0.3 in 0.0..=1.0, rebirth;
        /// Boundary condition: the opposite border, or dead cells.
        edge: Choice of Border = "torus";
        /// Generations per tick; fractions accumulate over ticks.
        speed: f32 = 1.0 in 0.0..=64.0, unit "generations/tick";
        /// Chance a tick that a cell comes alive where the input `seed` is 1 (none where it is 0.5 or less).
        fertile: f32 = 0.1 in 0.0..=1.0;
        /// Chance a tick that a cell dies where the input `kill` is 1 (none where it is 0.5 or less).
        harm: f32 = 0.5 in 0.0..=1.0;
        /// Mean number of squares of 12 × 12 random cells dropped at random places each tick, so that the world never
        /// dies out.
        spark: f32 = 0.0 in 0.0..=16.0, unit "squares/tick";
        /// Bits of age per cell: ages saturate at 2^memory ticks.
        memory: u32 = 6 in 4..=8, unit "bits", rebirth;
    }
}

world::inputs! {
    /// Fields that may drive it.
    pub enum Input {
        /// Makes cells live where it exceeds 0.5, surest at 1.
        Seed: "seed" scalar 0.0..=1.0;
        /// Makes cells die where it exceeds 0.5, surest at 1.
        Kill: "kill" scalar 0.0..=1.0;
    }
}

world::outputs! {
    /// Fields that it shows.
    pub enum Output {
        /// 1 where a cell lives, 0 where not.
        Alive: "alive" scalar 0.0..=1.0;
        /// Ticks that a cell has been alive, at most 2^memory; 0 where dead.
        Age: "age" scalar 0.0..=64.0;
        /// 1 where a cell was born this tick, fading over 8 ticks while it lives.
        Births: "births" scalar 0.0..=1.0;
    }
}

world::readouts! {
    /// What it reports each tick.
    pub enum Readout {
        /// Cells alive.
        Population: "population" 0.0..=100_000.0;
        /// Cells that came alive this tick.
        Births: "births" 0.0..=10_000.0;
        /// Cells that died this tick.
        Deaths: "deaths" 0.0..=10_000.0;
        /// Share of cells that changed this tick.
        Activity: "activity" 0.0..=0.1;
        /// Share of cells alive.
        Cover: "cover" 0.0..=0.5;
    }
}

/// A life-like cellular automaton on a torus or a bounded plane.
pub struct Life {
    rule: Rule,
    torus: bool,
    buffer: DoubleBuffer,
    ages: Ages,
    tally: TickStats,
    /// Fraction of a generation not yet computed.
    due: f64,
}

impl System for Life {
    const NAME: &'static str = "life";
    const ABOUT: &'static str = "Conway's Life (Gardner 1970) and every other rule of births and survivals by counting eight neighbours.";
    const FAMILY: &'static str = "automata";
    const TEXTS: &'static [TextSpec] = &[
        TextSpec {
            name: "rule",
            about: "Rule string: B3/S23, or 23/3, or a name: HighLife, Day & Night, …; the pattern's own if not given, else B3/S23",
            kind: TextKind::Word,
        },
        TextSpec {
            name: "pattern",
            about: "Initial pattern, as text: plaintext (.O) or RLE (bo$2bo$3o!); it is centred",
            kind: TextKind::Word,
        },
        TextSpec {
            name: "file",
            about: "Initial pattern, as a file: RLE, Life 1.05, Life 1.06 or plaintext, gzipped or not",
            kind: TextKind::File,
        },
    ];
    type Input = Input;
    type Output = Output;
    type Readout = Readout;
    type Params = LifeParams;

    fn check(texts: &Texts) -> Vec<Fault> {
        let mut faults = Vec::new();
        if let Err(e) = initial_pattern(texts) {
            faults.push(e);
        }
        if let Some(Err(e)) = texts.word("rule").map(Rule::parse) {
            faults.insert(0, Fault::at("rule", e));
        }
        faults
    }

    fn new(params: &LifeParams, birth: &InitContext) -> Result<Self, Fault> {
        let start = initial_pattern(birth.texts)?;
        let layout = Layout::new(birth.width, birth.height);
        let grid = match &start {
            Some((key, pattern)) => placed(layout, pattern).map_err(|e| Fault::at(*key, e))?,
            None => soup(layout, params.density, birth),
        };
        let rule = match (birth.texts.word("rule"), start) {
            (Some(text), _) => Rule::parse(text).map_err(|e| Fault::at("rule", e))?,
            (None, Some((key, pattern))) => own_rule(&pattern).map_err(|e| Fault::at(key, e))?,
            (None, None) => Rule::CONWAY,
        };
        let population = grid.population();
        Ok(Self {
            rule,
            torus: params.edge == Border::Torus,
            buffer: DoubleBuffer::new(grid),
            ages: Ages::new(layout, params.memory as usize),
            tally: TickStats { population, births: population, deaths: 0 },
            due: 0.0,
        })
    }

    fn step(&mut self, params: &LifeParams, env: &Env) {
        self.torus = params.edge == Border::Torus;
        self.due += params.speed as f64;
        let generations = self.due as usize;
        self.due -= generations as f64;
        self.buffer.advance(self.rule, self.torus, generations);

        let cells = self.buffer.now_mut();
        if let Some(field) = env.input(Input::Seed) {
            paint::by_field(cells, field, params.fertile, true, env.rng.named("seed"));
        }
        if let Some(field) = env.input(Input::Kill) {
            paint::by_field(cells, field, params.harm, false, env.rng.named("kill"));
        }
        paint::sparks(cells, params.spark, env.rng.named("spark"));
        for (i, touch) in env.touches.iter().enumerate() {
            paint::touch(cells, touch, self.torus, env.rng.named("touch").fork(i as u64));
        }
        self.tally = self.ages.tick(self.buffer.before(), self.buffer.now());
    }

    fn show(&self, port: Output, view: &View, into: &mut Field) {
        let drawn = match port {
            Output::Alive => CellOutput::Alive,
            Output::Age => CellOutput::Age,
            Output::Births => CellOutput::Births,
        };
        CellView { cells: self.buffer.now(), ages: &self.ages, torus: self.torus, drawn }.draw(view, into);
    }

    fn read(&self, readout: Readout) -> f32 {
        let TickStats { population, births, deaths } = self.tally;
        let Layout { width, height, .. } = self.buffer.layout();
        let share = |n: u64| (n as f64 / (width * height) as f64) as f32;
        match readout {
            Readout::Population => population as f32,
            Readout::Births => births as f32,
            Readout::Deaths => deaths as f32,
            Readout::Activity => share(births + deaths),
            Readout::Cover => share(population),
        }
    }
}

/// The pattern that the texts name, with the key that names it; checked.
fn initial_pattern(texts: &Texts) -> Result<Option<(&'static str, Pattern)>, Fault> {
    let found = match (texts.word("pattern"), texts.file("file")) {
        (Some(_), Some(_)) => return Err(Fault::at("file", "give either a pattern or a file, not both")),
        (Some(text), None) => ("pattern", Pattern::parse(text).map_err(|e| format!("the pattern {e}"))),
        (None, Some(path)) => ("file", Pattern::read(&path)),
        (None, None) => return Ok(None),
    };
    let pattern = found.1.map_err(|e| Fault::at(found.0, e))?;
    if texts.word("rule").is_none() {
        own_rule(&pattern).map_err(|e| Fault::at(found.0, e))?;
    }
    Ok(Some((found.0, pattern)))
}

/// The rule that a pattern names; its size and edge (`:T100,80`) are ignored, as the scene sets them.
fn own_rule(pattern: &Pattern) -> Result<Rule, String> {
    let Some(rule) = &pattern.rule else { return Ok(Rule::CONWAY) };
    Rule::parse(rule.text.split(':').next().unwrap_or(&rule.text)).map_err(|e| {
        let TextPosition { line, column } = rule.place;
        format!("{e} (the pattern names it in line {line}, column {column}; `rule` would override it)")
    })
}

/// The pattern in the middle of an empty world.
fn placed(layout: Layout, pattern: &Pattern) -> Result<Grid, String> {
    let (w, h) = (layout.width, layout.height);
    if pattern.width > w || pattern.height > h {
        let (pw, ph) = (pattern.width, pattern.height);
        return Err(format!(
            "the pattern is {pw} × {ph} cells and the world only {w} × {h}: enlarge the world"
        ));
    }
    let (left, top) = ((w - pattern.width) / 2, (h - pattern.height) / 2);
    let mut grid = Grid::new(layout);
    for run in &pattern.runs {
        (run.x..run.x + run.len).for_each(|x| grid.set(left + x, top + run.y, true));
    }
    Ok(grid)
}

fn soup(layout: Layout, density: f32, birth: &InitContext) -> Grid {
    let rng = birth.rng.named("soup");
    Grid::from_fn(layout, |x, y| rng.unit((y * layout.width + x) as u64) < density)
}

#[cfg(test)]
mod tests;
