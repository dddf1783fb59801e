//! The automaton at inference: worlds of any size, advanced step by step.

use rayon::prelude::*;

use super::{ALIVE, Goal, SIZES, Settings};
use crate::header::ModelHeader;
use crate::method::settings;
use crate::model::{ImageShape, Model, normals};
use crate::net::layers::{Conv3, Dense, Prior, doubled, relu, sigmoid};
use crate::net::weights::Weights;
use world::rng::Rng;

/// Rows of a parallel task.
const BAND: usize = 16;

/// A trained rule.
pub struct Automaton {
    shape: ImageShape,
    classes: usize,
    settings: Settings,
    perceive: Conv3,
    update: Dense,
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
        let (channels, hidden) = (s.channels as usize, s.hidden as usize);
        let quarter = header.side / 4;
        let genes = s.latent as usize + header.classes.len();
        let dense =
            |name: &str, to| (s.goal == Goal::Varied).then(|| Dense::of(w, name, genes, to)).transpose();
        Ok(Self {
            shape: header.shape(),
            classes: header.classes.len(),
            perceive: Conv3::of(w, "perceive", channels, hidden, 1)?,
            update: Dense::from_parts(w.get("update", &[hidden, channels])?, vec![0.0; channels]),
            genome: dense("genome", hidden)?,
            birth: dense("birth", channels * quarter * quarter)?,
            prior: (s.goal == Goal::Varied)
                .then(|| Prior::of(w, "prior", header.classes.len(), s.latent as usize))
                .transpose()?,
            settings: s,
        })
    }

    /// Channels of a cell's state.
    pub fn channels(&self) -> usize {
        self.settings.channels as usize
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

    /// One step; `rng` decides which cells fire.
    pub fn step(&self, world: &mut NcaWorld, genome: &[f32], rng: Rng) {
        let (w, h, channels) = (world.width, world.height, self.channels());
        let plane = w * h;
        let shift = self.genome.as_ref().map(|g| g.apply(genome));
        let before = (self.settings.goal == Goal::Grow).then(|| self.living(world));
        let bands: Vec<(usize, Vec<f32>)> = (0..h.div_ceil(BAND))
            .into_par_iter()
            .map(|b| {
                let (top, bottom) = (b * BAND, ((b + 1) * BAND).min(h));
                (top, self.change(world, (top, bottom), shift.as_deref(), rng))
            })
            .collect();
        for (top, change) in bands {
            let band = change.len() / channels;
            for (c, change) in change.chunks_exact(band).enumerate() {
                let state = &mut world.state[c * plane + top * w..][..band];
                state.iter_mut().zip(change).for_each(|(s, d)| *s += d);
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

    /// Update of a band of rows, `[channels][rows][width]`.
    fn change(&self, world: &NcaWorld, rows: (usize, usize), shift: Option<&[f32]>, rng: Rng) -> Vec<f32> {
        let (w, h, channels) = (world.width, world.height, self.channels());
        let torus = self.is_texture();
        let (count, edge) = (rows.1 - rows.0, torus as usize);
        // One more row above and below; a torus has one more column on both sides, others are zero-padded.
        let (wide, tall) = (w + 2 * edge, count + 2);
        let mut near = vec![0f32; channels * wide * tall];
        for c in 0..channels {
            for y in 0..tall {
                let from = (rows.0 + y + h - 1) % h;
                let outside = rows.0 + y == 0 || rows.0 + y > h;
                if outside && !torus {
                    continue;
                }
                let source = &world.state[(c * h + from) * w..][..w];
                let line = &mut near[(c * tall + y) * wide..][..wide];
                line[edge..edge + w].copy_from_slice(source);
                if torus {
                    (line[0], line[wide - 1]) = (source[w - 1], source[0]);
                }
            }
        }
        let mut seen = self.perceive.apply(&near, tall, wide);
        if let Some(shift) = shift {
            let planes = seen.chunks_exact_mut(tall * wide).zip(shift);
            planes.for_each(|(p, s)| p.iter_mut().for_each(|v| *v += s));
        }
        relu(&mut seen);
        let change = self.update.apply_planes(&seen);
        let mut out = vec![0f32; channels * count * w];
        for y in 0..count {
            for x in 0..w {
                if rng.unit(((rows.0 + y) * w + x) as u64) < self.settings.fire {
                    let from = (y + 1) * wide + x + edge;
                    (0..channels).for_each(|c| out[(c * count + y) * w + x] = change[c * tall * wide + from]);
                }
            }
        }
        out
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

    /// Which cells fire depends on the point too, so that a picture needs nothing else.
    fn picture(&self, point: &[f32], label: Option<usize>) -> Vec<f32> {
        let rng = point.iter().fold(Rng::new(0).named("nca"), |r, v| r.fork(v.to_bits() as u64));
        let side = self.shape.side;
        self.shown(&self.grown(side, side, &self.genome(point, label), rng))
    }
}
