//! The automaton at inference: worlds of any size, advanced step by step.

use rayon::prelude::*;

use super::cells::halo::{HaloGrid, repeats};
use super::cells::rule::{CellRule, CellShape, firing};
use super::motion::advection::Advection;
use super::settings::{ALIVE, Goal, SIZES, Settings};
use crate::header::ModelHeader;
use crate::method::settings;
use crate::model::{ImageShape, Model, normals};
use crate::net::layers::{Dense, Prior, doubled, sigmoid};
use crate::net::weights::Weights;
use world::rng::Rng;

/// Rows of a parallel task.
const BAND: usize = 16;

/// A trained rule.
pub struct Automaton {
    shape: ImageShape,
    classes: usize,
    settings: Settings,
    rule: CellRule,
    genome: Option<Dense>,
    birth: Option<Dense>,
    prior: Option<Prior>,
}

/// A world of an automaton.
#[derive(Clone, Debug, PartialEq)]
pub struct NcaWorld {
    /// Cells across.
    pub width: usize,
    /// Cells down.
    pub height: usize,
    /// `[channels][height][width]`.
    pub state: Vec<f32>,
}

impl NcaWorld {
    /// Carries all that the cells of a torus hold, by a displacement `[2][height][width]` in cells to the right and down.
    pub fn carry(&mut self, displacement: &[f32]) {
        if displacement.iter().any(|d| *d != 0.0) {
            let flow = Advection::new(displacement, (self.height, self.width));
            self.state = flow.apply(&self.state);
        }
    }
}

/// A generator from its weights.
///
/// # Errors
/// Weights are missing or of another shape.
pub fn open(header: &ModelHeader, w: &Weights) -> Result<Box<dyn Model>, String> {
    Ok(Box::new(Automaton::open(header, w)?))
}

impl Automaton {
    /// A rule from its weights.
    ///
    /// # Errors
    /// Weights are missing or of another shape.
    pub fn open(header: &ModelHeader, w: &Weights) -> Result<Self, String> {
        let s: Settings = settings(&header.settings);
        let shape = s.shape();
        let quarter = header.side / 4;
        let genes = s.latent as usize + header.classes.len();
        let dense =
            |name: &str, to| (s.goal == Goal::Varied).then(|| Dense::of(w, name, genes, to)).transpose();
        Ok(Self {
            shape: header.shape(),
            classes: header.classes.len(),
            rule: CellRule::of(w, shape)?,
            genome: dense("genome", shape.hidden)?,
            birth: dense("birth", shape.channels * quarter * quarter)?,
            prior: (s.goal == Goal::Varied)
                .then(|| Prior::of(w, "prior", header.classes.len(), s.latent as usize))
                .transpose()?,
            settings: s,
        })
    }

    /// A texture of a rule on a torus.
    pub fn texture(shape: ImageShape, rule: CellRule, fire: f32) -> Self {
        let CellShape { channels, hidden, far, .. } = rule.shape;
        let [channels, hidden, far] = [channels, hidden, far].map(|n| n as u32);
        let settings = Settings { goal: Goal::Texture, channels, hidden, far, fire, ..Settings::default() };
        Self { shape, classes: 1, settings, rule, genome: None, birth: None, prior: None }
    }

    /// Channels of a cell's state.
    pub fn channels(&self) -> usize {
        self.settings.channels as usize
    }

    /// Planes that cells are given besides their states.
    pub fn given(&self) -> usize {
        self.rule.shape.given
    }

    /// Multiply-adds of a step, a cell: of those that fire, on average.
    pub fn products(&self) -> f64 {
        self.rule.shape.products() as f64 * f64::from(self.settings.fire)
    }

    /// Whether cells carry a genome: a latent vector followed by the one-hot class.
    pub fn has_genome(&self) -> bool {
        self.birth.is_some()
    }

    /// Whether it maintains a texture: its world may have any size and wraps around.
    pub fn is_texture(&self) -> bool {
        self.settings.goal != Goal::Varied && self.settings.goal != Goal::Grow
    }

    /// The genome that cells carry, from a point and a label; empty where they carry none.
    pub fn genome(&self, point: &[f32], label: Option<usize>) -> Vec<f32> {
        self.prior.as_ref().map_or(Vec::new(), |p| p.genome(point, label))
    }

    /// A world in its initial state: decoded from the genome (a quarter of the pictures' side, whatever size is given);
    /// one living cell in the middle; or faint noise.
    pub fn initial(&self, width: usize, height: usize, genome: &[f32], rng: Rng) -> NcaWorld {
        let (channels, plane) = (self.channels(), width * height);
        if let Some(birth) = &self.birth {
            let quarter = self.shape.side / 4;
            return NcaWorld { width: quarter, height: quarter, state: birth.apply(genome) };
        }
        let state = if self.settings.goal == Goal::Grow {
            let mut state = vec![0f32; channels * plane];
            let middle = height / 2 * width + width / 2;
            (self.shape.channels..channels).for_each(|c| state[c * plane + middle] = 1.0);
            state
        } else {
            (0..(channels * plane) as u64).map(|i| rng.range(i, -0.1, 0.1)).collect()
        };
        NcaWorld { width, height, state }
    }

    /// One step; `rng` decides which cells fire. Cells that are given something are given zeros.
    pub fn step(&self, world: &mut NcaWorld, genome: &[f32], rng: Rng) {
        let nothing = vec![0.0; self.given() * world.width * world.height];
        self.step_given(world, genome, &nothing, rng);
    }

    /// One step of cells that are given planes `[given][height][width]`.
    pub fn step_given(&self, world: &mut NcaWorld, genome: &[f32], given: &[f32], rng: Rng) {
        let (w, h, channels) = (world.width, world.height, self.channels());
        let plane = w * h;
        let shift = self.genome.as_ref().map(|g| g.apply(genome));
        let before = (self.settings.goal == Goal::Grow).then(|| self.living(world));
        let bands: Vec<(Vec<usize>, Vec<f32>)> = (0..h.div_ceil(BAND))
            .into_par_iter()
            .map(|b| {
                let rows = b * BAND..((b + 1) * BAND).min(h);
                let fired = firing(rows.start * w..rows.end * w, self.settings.fire, rng);
                let near = self.near(world, given, rows.clone());
                let windows: Vec<usize> = fired.iter().map(|i| near.window(i - rows.start * w)).collect();
                let change = self.rule.change(&self.rule.hidden(&near, &windows, shift.as_deref()));
                (fired, change)
            })
            .collect();
        for (fired, change) in bands {
            for (i, change) in fired.into_iter().zip(change.chunks_exact(channels)) {
                change.iter().enumerate().for_each(|(c, d)| world.state[c * plane + i] += d);
            }
        }
        if let Some(before) = before {
            let after = self.living(world);
            for values in world.state.chunks_exact_mut(plane) {
                let alive = before.iter().zip(&after);
                values.iter_mut().zip(alive).for_each(|(v, (b, a))| *v = if *b && *a { *v } else { 0.0 });
            }
        }
    }

    /// What the cells of some rows see. Around the world there are zeros, or on a torus the opposite side.
    fn near(&self, world: &NcaWorld, given: &[f32], rows: std::ops::Range<usize>) -> HaloGrid {
        let (w, h, torus) = (world.width, world.height, self.is_texture());
        let reach = self.rule.shape.reach();
        let mut near = HaloGrid::new((rows.len(), w), self.rule.shape.inputs(), reach);
        let (line, inputs) = (near.line(), near.channels);
        let halo = if torus { repeats(w, reach) } else { Vec::new() };
        let planes = world.state.chunks_exact(w * h).chain(given.chunks_exact(w * h));
        for (c, plane) in planes.enumerate() {
            for (y, into) in near.data.chunks_exact_mut(line).enumerate() {
                let outside = rows.start + y < reach || rows.start + y >= h + reach;
                if outside && !torus {
                    continue;
                }
                let source = &plane[(rows.start + y + h * reach - reach) % h * w..][..w];
                let mut put = |x: usize, v: f32| into[x * inputs + c] = v;
                source.iter().enumerate().for_each(|(x, v)| put(x + reach, *v));
                halo.iter().for_each(|&(to, from)| put(to, source[from - reach]));
            }
        }
        near
    }

    /// Where a cell of the 3 × 3 neighbourhood is opaque.
    fn living(&self, world: &NcaWorld) -> Vec<bool> {
        let (w, h) = (world.width, world.height);
        let opacity = &world.state[self.shape.channels * w * h..][..w * h];
        let about = |at: usize, most: usize| at.saturating_sub(1)..(at + 2).min(most);
        let one = |i: usize| about(i / w, h).any(|y| about(i % w, w).any(|x| opacity[y * w + x] > ALIVE));
        (0..w * h).map(one).collect()
    }

    /// The visible planes of a world, in 0..1.
    pub fn shown(&self, world: &NcaWorld) -> Vec<f32> {
        let mut planes = world.state[..self.shape.channels * world.width * world.height].to_vec();
        match self.settings.goal {
            Goal::Varied => sigmoid(&mut planes),
            Goal::Grow => planes.iter_mut().for_each(|v| *v = v.clamp(0.0, 1.0)),
            Goal::Texture => planes.iter_mut().for_each(|v| *v = (*v + 0.5).clamp(0.0, 1.0)),
        }
        planes
    }

    /// A world after about as many steps as in training. One with genomes has the pictures' own size.
    pub fn grown(&self, width: usize, height: usize, genome: &[f32], rng: Rng) -> NcaWorld {
        let steps = self.settings.steps as usize;
        if !self.has_genome() {
            let steps = if self.settings.goal == Goal::Grow { width.max(height) * 2 } else { 128 };
            let mut world = self.initial(width, height, genome, rng);
            (0..steps).for_each(|t| self.step(&mut world, genome, rng.named("step").fork(t as u64)));
            return world;
        }
        let mut world = self.initial(width, height, genome, rng);
        for i in 0..SIZES {
            if i > 0 {
                let state = doubled(&world.state, world.height, world.width);
                world = NcaWorld { width: 2 * world.width, height: 2 * world.height, state };
            }
            for t in 0..steps {
                self.step(&mut world, genome, rng.named("step").fork((i * steps + t) as u64));
            }
        }
        world
    }
}

impl Model for Automaton {
    fn shape(&self) -> ImageShape {
        self.shape
    }

    fn is_conditional(&self) -> bool {
        self.has_genome() && self.classes > 1
    }

    fn point(&self, _: Option<usize>, rng: Rng) -> Vec<f32> {
        normals(rng, self.settings.latent as usize)
    }

    fn sized(&self, side: usize, rng: Rng) -> Option<Vec<f32>> {
        self.is_texture().then(|| self.shown(&self.grown(side, side, &[], rng)))
    }

    /// Which cells fire depends on the point too, so that a picture needs nothing else.
    fn picture(&self, point: &[f32], label: Option<usize>) -> Vec<f32> {
        let rng = point.iter().fold(Rng::new(0).named("nca"), |r, v| r.fork(v.to_bits() as u64));
        let side = self.shape.side;
        self.shown(&self.grown(side, side, &self.genome(point, label), rng))
    }
}
