//! `nca`: a neural cellular automaton: it keeps changing, can be damaged, and regenerates (Mordvintsev et al. 2020). The
//! field wired to `flow` carries a texture; one by the method `flow` (after DyNCA, Pajouheshgar et al. 2023) knows the
//! scene's own speed, and its cells are told it.

use super::wall::ImageWall;
use learn::Model;
use learn::dynamics::WorldModel;
use learn::nca::flow::FLOW;
use learn::nca::flow::inference::{CarriedMotion, FlowAutomaton};
use learn::nca::inference::{Automaton, NcaWorld};
use learn::nca::motion::scale::MotionScale;
use world::brush::Brush;
use world::field::Field;
use world::params;
use world::ports::Readouts as _;
use world::rng::Rng;
use world::system::{Env, Fault, InitContext, Phase, System, TextSpec, Texts, Touch};
use world::view::View;

/// The shipped automaton, trained on the texture of the scene `mandarin`.
pub const SHIPPED: &[u8] = include_bytes!("../../../assets/skin.safetensors");

params! {
    /// How it runs.
    pub struct NcaKnobs {
        /// Steps per tick.
        steps: u32 = 1 in 1..=8;
        /// Cells down, if the rule is a texture; others have the size of their pictures.
        cells: u32 = 96 in 16..=512, rebirth;
        /// Rows of worlds, if the rule grows pictures.
        rows: u32 = 1 in 1..=8, rebirth;
        /// Columns of worlds, if the rule grows pictures; 0 for as many as keep them square.
        columns: u32 = 0 in 0..=16, rebirth;
        /// Class of the genomes, of those of the generator; wraps round after the last.
        class: u32 = 0 in 0..=255;
        /// How fast genomes drift.
        pace: f64 = 0.2 in 0.0..=8.0, unit "1/s";
        /// A cell dies where the field wired to `wound` is above this.
        threshold: f64 = 0.5 in 0.0..=1.0;
        /// How fast the wired flow carries the picture of a texture. If the rule was trained with one, 1 is the speed of
        /// the scene that it learned from, under a flow in the units of the field that it was given there; else it is
        /// a cell a tick where the flow is 1.
        carry: f64 = 1.0 in -8.0..=8.0;
    }
}

world::inputs! {
    /// Fields that may drive it.
    pub enum Input {
        /// Cells die where it is above the knob `threshold`.
        Wound: "wound" scalar 0.0..=1.0;
        /// Carries the picture of a texture, as fast as the knob `carry` says.
        Flow: "flow" vector 2.0;
    }
}

world::outputs! {
    /// Fields that it shows.
    pub enum Output {
        /// The colours of the cells, in linear light.
        Picture: "picture" colour;
        /// Its luminance.
        Light: "light" scalar 0.0..=1.0;
    }
}

world::readouts! {
    /// What it reports each tick.
    pub enum Readout {
        /// Mean luminance.
        Light: "light" 0.0..=1.0;
        /// Mean change of the cells' colours in the last step.
        Change: "change" 0.0..=0.1;
    }
}

/// The motion that a rule learned.
struct LearnedMotion {
    carried: CarriedMotion,
    /// Ticks a frame of the scene that it learned from.
    every: u64,
}

/// A rule and what it needs.
struct PlayedRule {
    rule: Automaton,
    /// Classes of its genomes.
    classes: usize,
    /// If a flow carries it.
    motion: Option<LearnedMotion>,
}

/// Worlds of one rule; see the module.
pub struct Nca {
    rule: Automaton,
    classes: usize,
    motion: Option<LearnedMotion>,
    /// Whether a flow is wired that the rule cannot follow.
    unheard: bool,
    worlds: Vec<NcaWorld>,
    /// How often a world was lost to infinity.
    lost: u64,
    rng: Rng,
    /// How far genomes have drifted, in points.
    way: f64,
    age: u64,
    wall: ImageWall,
    readouts: [f32; 2],
}

impl System for Nca {
    const NAME: &'static str = "nca";
    const ABOUT: &'static str = "A neural cellular automaton: a learned local rule that grows or maintains a picture \
        and regenerates where touched (Mordvintsev et al. 2020).";
    const FAMILY: &'static str = "learned";
    const JUDGED: bool = false;
    const TEXTS: &'static [TextSpec] = super::file::TEXTS;
    type Input = Input;
    type Output = Output;
    type Readout = Readout;
    type Params = NcaKnobs;

    fn check(texts: &Texts) -> Vec<Fault> {
        open(texts).err().into_iter().collect()
    }

    fn new(params: &NcaKnobs, birth: &InitContext) -> Result<Self, Fault> {
        let PlayedRule { rule, classes, motion } = open(birth.texts)?;
        let shape = rule.shape();
        let wall = match rule.is_texture() {
            true => {
                let down = (params.cells as usize).min(birth.height);
                let across = (birth.width * down).div_ceil(birth.height).clamp(1, birth.width.max(1));
                ImageWall::of((1, 1), (across, down), shape.channels)
            }
            false => ImageWall::new(
                (birth.width, birth.height),
                (params.columns as usize, params.rows as usize),
                shape,
            ),
        };
        let rng = birth.rng.named("nca");
        let (worlds, readouts, unheard) = (Vec::new(), [0.0; 2], false);
        let mut nca =
            Self { rule, classes, motion, unheard, worlds, lost: 0, rng, way: 0.0, age: 0, wall, readouts };
        nca.worlds = (0..nca.wall.count()).map(|i| nca.born(i, params)).collect();
        nca.paint();
        nca.readouts[1] = 0.0;
        Ok(nca)
    }

    fn step(&mut self, params: &NcaKnobs, env: &Env) {
        self.way += params.pace * env.dt as f64;
        env.touches.iter().filter(|t| t.phase != Phase::Up).for_each(|t| self.touch(t, params));
        if let Some(field) = env.input(Input::Wound) {
            self.damage(field, params.threshold as f32);
        }
        let flow = env.input(Input::Flow);
        self.unheard = flow.is_some() && !self.rule.is_texture();
        let moved = self.moved(flow, params);
        if self.motion.as_ref().is_none_or(|motion| motion.carried.transport) {
            self.worlds.iter_mut().for_each(|world| world.carry(&moved));
        }
        let given = self.given(&moved, params);
        for _ in 0..params.steps {
            for i in 0..self.worlds.len() {
                let genome = self.genome(i, params);
                let rng = self.rng.named("step").fork(i as u64).fork(self.age);
                self.rule.step_given(&mut self.worlds[i], &genome, &given, rng);
            }
            self.age += 1;
        }
        self.replace_lost(params);
        self.paint();
    }

    fn show(&self, port: Output, view: &View, into: &mut Field) {
        self.wall.show(view, into, port == Output::Picture);
    }

    fn read(&self, readout: Readout) -> f32 {
        self.readouts[readout.index()]
    }

    fn message(&self) -> Option<String> {
        let unheard =
            "this rule grows pictures, which no flow carries; `untrained learn flow` makes textures";
        let lost = || format!("the rule lost its world and began again ({} so far)", self.lost);
        let notes = [self.unheard.then(|| unheard.into()), (self.lost > 0).then(lost)];
        let notes: Vec<String> = notes.into_iter().flatten().collect();
        (!notes.is_empty()).then(|| notes.join("; "))
    }
}

fn open(texts: &Texts) -> Result<PlayedRule, Fault> {
    let file = super::file::file(texts, SHIPPED)?;
    let fault = |e: String| Fault::at("file", e);
    let method = file.header.method.as_str();
    if method == FLOW.name {
        let flow = FlowAutomaton::open(&file.header, &file.weights).map_err(fault)?;
        let every = flow.spec().every;
        let (rule, carried) = flow.into_parts();
        return Ok(PlayedRule { rule, classes: 1, motion: Some(LearnedMotion { carried, every }) });
    }
    if method != learn::nca::METHOD.name {
        let player = if file.header.world.is_some() { "learned_world" } else { "latent" };
        return Err(fault(format!(
            "expected a neural cellular automaton, found a generator by `{method}`; the system `{player}` plays it"
        )));
    }
    let rule = Automaton::open(&file.header, &file.weights).map_err(fault)?;
    Ok(PlayedRule { rule, classes: file.header.classes.len().max(1), motion: None })
}

impl Nca {
    /// How far the flow carries the picture in this tick, in cells, `[2][height][width]`; empty without one.
    fn moved(&self, flow: Option<&Field>, params: &NcaKnobs) -> Vec<f32> {
        let (w, h) = self.wall.tile;
        let Some(flow) = flow.filter(|_| self.rule.is_texture()) else {
            return Vec::new();
        };
        let mut near = Field::new(w, h, 2);
        flow.resample(&mut near);
        let (scale, ticks) = match &self.motion {
            Some(motion) => (motion.carried.scale, motion.every as f64),
            None => (MotionScale { cells: [1.0; 2], deviation: 1.0 }, 1.0),
        };
        let mut moved = scale.displacement(near.data());
        moved.iter_mut().for_each(|d| *d *= (params.carry / ticks) as f32);
        moved
    }

    /// What cells are given in each of the steps of a tick that moves them so far, `[given][height][width]`.
    fn given(&self, moved: &[f32], params: &NcaKnobs) -> Vec<f32> {
        let (w, h) = self.wall.tile;
        let Some(motion) = self.motion.as_ref().filter(|_| !moved.is_empty()) else {
            return vec![0.0; self.rule.given() * w * h];
        };
        // A rule is told the displacement of a frame of its training, which took so many steps.
        let ticks = motion.carried.steps as f32 / params.steps as f32;
        let frame: Vec<f32> = moved.iter().map(|d| d * ticks).collect();
        motion.carried.scale.told(&frame)
    }

    /// Worlds whose state is no longer finite begin again.
    fn replace_lost(&mut self, params: &NcaKnobs) {
        for i in 0..self.worlds.len() {
            if self.worlds[i].state.iter().any(|v| !v.is_finite()) {
                self.worlds[i] = self.born(i, params);
                self.lost += 1;
            }
        }
    }

    /// The genome of a world: interpolated between two points of its own walk.
    fn genome(&self, world: usize, params: &NcaKnobs) -> Vec<f32> {
        if !self.rule.has_genome() {
            return Vec::new();
        }
        let (step, rng) = (self.way as u64, self.rng.named("genome").fork(world as u64));
        let label = Some(params.class as usize % self.classes);
        let (a, b) = (self.rule.point(label, rng.fork(step)), self.rule.point(label, rng.fork(step + 1)));
        let point = self.rule.between(&a, &b, (self.way - step as f64) as f32);
        self.rule.genome(&point, label)
    }

    /// A world as old as in training; one that grows from a cell begins with that cell.
    fn born(&self, world: usize, params: &NcaKnobs) -> NcaWorld {
        let (genome, rng) = (self.genome(world, params), self.rng.named("birth").fork(world as u64));
        let (w, h) = self.wall.tile;
        match self.rule.has_genome() {
            true => self.rule.grown(w, h, &genome, rng),
            false => self.rule.initial(w, h, &genome, rng),
        }
    }

    /// A touch that gives does damage: cells die in all pictures under it, at full strength as far as it reaches, else
    /// closer to its path. One that takes, when put down, removes a world's damage: it is seeded again.
    fn touch(&mut self, touch: &Touch, params: &NcaKnobs) {
        // A texture is a torus; pictures have empty borders.
        let brush = Brush::wrapping(touch, self.wall.size(), [self.rule.is_texture(); 2]);
        if brush.takes() && touch.phase == Phase::Down {
            let (place, ..) = self.wall.under(touch.x, touch.y);
            self.worlds[place] = self.born(place, params);
        }
        if !brush.gives() {
            return;
        }
        let ((w, h), columns) = (self.wall.tile, self.wall.grid.0);
        brush.for_each(|x, y, weight| {
            if weight > 1.0 - brush.amount() {
                let state = &mut self.worlds[y / h * columns + x / w].state;
                state.iter_mut().skip(y % h * w + x % w).step_by(w * h).for_each(|v| *v = 0.0);
            }
        });
    }

    /// Clears cells where a field is high anywhere within them.
    fn damage(&mut self, field: &Field, threshold: f32) {
        let (columns, rows) = self.wall.grid;
        let (fw, fh) = field.size();
        for (place, NcaWorld { width, height, state }) in self.worlds.iter_mut().enumerate() {
            let (w, h) = (*width, *height);
            let under = |k: usize, all: usize, n: usize| k * n / all..((k + 1) * n).div_ceil(all).min(n);
            let high = |i: usize, j: usize| {
                let mut ys = under(place / columns * h + j, rows * h, fh);
                let xs = under(place % columns * w + i, columns * w, fw);
                ys.any(|y| xs.clone().any(|x| field.at(0, x, y) > threshold))
            };
            wipe(state, w, h, high);
        }
    }

    fn paint(&mut self) {
        let before = self.readouts[0];
        for (i, world) in self.worlds.iter().enumerate() {
            self.wall.put(i, &self.rule.shown(world));
        }
        let light = self.wall.mean();
        self.readouts = [light, (light - before).abs()];
    }
}

/// Zeroes the state of the cells that `hit` names.
fn wipe(state: &mut [f32], w: usize, h: usize, hit: impl Fn(usize, usize) -> bool) {
    let hits: Vec<usize> = (0..w * h).filter(|i| hit(i % w, i / w)).collect();
    state.chunks_exact_mut(w * h).for_each(|plane| hits.iter().for_each(|&i| plane[i] = 0.0));
}

#[cfg(test)]
mod tests;
