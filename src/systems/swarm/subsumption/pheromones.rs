//! Fields that agents leave behind: presence and load, the two scents, neighbours, and fear of touches.

use rayon::prelude::*;

use super::deposits::{DepositCell, Deposits, take};
use super::grid::{BLOCK, Grid};
use super::neighbours::NeighbourField;
use world::brush::Brush;
use world::field::rows_per_task;
use world::widest;

/// Presence above this counts as covered: the trail of one agent, 4.6 time constants old.
const COVERED: f32 = 0.01;
/// Upper limit of scent.
const STRONGEST: f32 = 1e4;
/// Upper limit of fear.
const MOST_FEAR: f32 = 4.0;
/// Values below this are set to zero.
const FAINTEST: f32 = 1e-5;

/// Evaporation in one tick.
#[derive(Clone, Copy, Debug)]
pub struct Evaporation {
    /// Share of presence that stays.
    pub presence: f32,
    /// Share of scent that stays.
    pub scent: f32,
    /// Share of scent that diffuses to the 3×3 cells around.
    pub spread: f32,
}

/// The fields.
#[derive(Debug)]
pub struct PheromoneFields {
    grid: Grid,
    /// Agents, with their trails.
    pub presence: Vec<f32>,
    /// Laden agents, with their trails.
    pub carried: Vec<f32>,
    /// Scent that leads home, then scent that leads to food.
    pub scent: [Vec<f32>; 2],
    old: [Vec<f32>; 2],
    /// Neighbours to flock with.
    pub neighbours: NeighbourField,
    /// Danger left by touches, per block.
    pub fear: Vec<f32>,
    /// Whether there is any fear left.
    pub afraid: bool,
    /// Number of covered cells.
    pub covered: usize,
}

impl PheromoneFields {
    /// Empty fields; `neighbours` for stacks that flock.
    pub fn new(grid: Grid, neighbours: bool) -> Self {
        let plane = || vec![0.0; grid.cells()];
        Self {
            grid,
            presence: plane(),
            carried: plane(),
            scent: [plane(), plane()],
            old: [plane(), plane()],
            neighbours: NeighbourField::new(grid, neighbours),
            fear: vec![0.0; grid.coarse().cells()],
            afraid: false,
            covered: 0,
        }
    }

    /// Adds fear of a touch that takes: the mean over each block.
    pub fn touch(&mut self, brush: &Brush) {
        let (grid, coarse, amount) = (self.grid, self.grid.coarse(), brush.amount());
        let rows = self.fear.par_chunks_mut(coarse.w).with_min_len(rows_per_task(BLOCK * grid.w));
        rows.enumerate().for_each(|(block, fear)| {
            let rows = block * BLOCK..((block + 1) * BLOCK).min(grid.h);
            for y in rows.clone() {
                brush.each_of_row(y, |x, weight| {
                    let columns = BLOCK.min(grid.w - x / BLOCK * BLOCK);
                    fear[x / BLOCK] += amount * weight / (columns * rows.len()) as f32;
                });
            }
            fear.iter_mut().for_each(|f| *f = f.min(MOST_FEAR));
        });
        self.afraid = true;
    }

    /// Decay of fear.
    pub fn calm(&mut self, keep: f32) {
        if !self.afraid {
            return;
        }
        self.fear.iter_mut().for_each(|f| *f = if *f * keep < 0.01 { 0.0 } else { *f * keep });
        self.afraid = self.fear.iter().any(|f| *f > 0.0);
    }

    /// Evaporation, after which the tick's deposits are added.
    pub fn update(&mut self, grid: Grid, marks: &mut Deposits, fading: Evaporation) {
        std::mem::swap(&mut self.scent, &mut self.old);
        self.grid = grid;
        let [nest, trail] = &mut self.scent;
        let old = &self.old;
        let rows = marks.cells_mut().par_chunks_mut(grid.w).zip(self.presence.par_chunks_mut(grid.w));
        let rows = rows.zip(self.carried.par_chunks_mut(grid.w));
        let rows = rows.zip(nest.par_chunks_mut(grid.w)).zip(trail.par_chunks_mut(grid.w)).enumerate();
        self.covered = rows
            .with_min_len(rows_per_task(grid.w))
            .map(|(y, ((((marks, presence), carried), nest), trail))| {
                fade(grid, old, y, fading, marks, [presence, carried, nest, trail])
            })
            .sum();
    }
}

widest! {
    /// One row after a tick; returns how many of its cells are covered.
    fn fade(
        grid: Grid,
        old: &[Vec<f32>; 2],
        y: usize,
        fading: Evaporation,
        marks: &mut [DepositCell],
        fields: [&mut [f32]; 4],
    ) -> usize {
        let [presence, carried, nest, trail] = fields;
        diffuse(grid, &old[0], y, fading, nest);
        diffuse(grid, &old[1], y, fading, trail);
        collect(marks, [presence, carried, nest, trail], fading.presence)
    }
}

/// One row of scent after spreading and evaporation.
#[inline(always)]
fn diffuse(grid: Grid, old: &[f32], y: usize, fading: Evaporation, out: &mut [f32]) {
    let (w, h) = (grid.w, grid.h);
    let row = |y: usize| &old[y * w..][..w];
    let (above, below) = match grid.torus {
        true => (row((y + h - 1) % h), row((y + 1) % h)),
        false => (row(y.saturating_sub(1)), row((y + 1).min(h - 1))),
    };
    let here = row(y);
    let (stay, share) = (fading.scent * (1.0 - fading.spread), fading.scent * fading.spread / 9.0);
    let mix = |here: f32, around: f32| {
        let v = here * stay + around * share;
        if v < FAINTEST { 0.0 } else { v }
    };
    let inner = above.windows(3).zip(here.windows(3)).zip(below.windows(3));
    for (out, ((a, h), b)) in out.iter_mut().skip(1).zip(inner) {
        *out = mix(h[1], a[0] + h[0] + b[0] + (a[1] + h[1] + b[1]) + (a[2] + h[2] + b[2]));
    }
    let sum = |x: usize| above[x] + here[x] + below[x];
    let (first, last) = if grid.torus { (w - 1, 0) } else { (0, w - 1) };
    out[0] = mix(here[0], sum(first) + sum(0) + sum(1.min(w - 1)));
    out[w - 1] = mix(here[w - 1], sum(w.saturating_sub(2)) + sum(w - 1) + sum(last));
}

/// Adds the deposits of a row to presence, carried, nest and trail, clears them, and counts covered cells.
#[inline(always)]
fn collect(marks: &mut [DepositCell], fields: [&mut [f32]; 4], keep: f32) -> usize {
    let [presence, carried, nest, trail] = fields;
    let mut covered = 0u32;
    let marks = marks.iter_mut().zip(presence).zip(carried).zip(nest).zip(trail);
    for ((((mark, presence), carried), nest), trail) in marks {
        let mark = take(mark);
        let faded = |v: f32| if v * keep < FAINTEST { 0.0 } else { v * keep };
        *presence = faded(*presence) + mark.bodies;
        *carried = faded(*carried) + mark.laden;
        *nest = (*nest + mark.nest).min(STRONGEST);
        *trail = (*trail + mark.trail).min(STRONGEST);
        covered += (*presence > COVERED) as u32;
    }
    covered as usize
}
