//! The gas alone: particles, walls and a clock, without knobs or scene.

use rayon::prelude::*;

use super::chirality::Chirality;
use super::model::{MOST_PLANES, Model};
use super::sweep::{Pass, deepest};
use super::walls::{Reflection, Walls};
use crate::automata::life::grid::{Grid, Layout, PARTS, Word};
use world::field::rows_per_task;
use world::widest;

/// A lattice gas on a torus, with walls.
#[derive(Clone)]
pub struct Gas {
    model: Model,
    layout: Layout,
    /// Rows one after another, each with its planes.
    now: Vec<Word>,
    /// Room for the next state.
    next: Vec<Word>,
    walls: Walls,
    mask: Vec<Word>,
    chirality: Chirality,
    clock: u64,
    backwards: bool,
}

impl Gas {
    /// An empty world without walls.
    pub fn new(model: Model, width: usize, height: usize, chirality: Chirality) -> Self {
        let layout = Layout::new(width, height);
        let words = vec![Word::ZERO; layout.stride * layout.height * model.planes()];
        let (next, walls, mask) = (words.clone(), Walls::none(layout), layout.mask());
        Self { model, layout, now: words, next, walls, mask, chirality, clock: 0, backwards: false }
    }

    /// The model.
    pub fn model(&self) -> Model {
        self.model
    }
    /// Size and strides.
    pub fn layout(&self) -> Layout {
        self.layout
    }
    /// (width, height) in cells.
    pub fn size(&self) -> (usize, usize) {
        (self.layout.width, self.layout.height)
    }
    /// The walls.
    pub fn walls(&self) -> &Walls {
        &self.walls
    }
    /// Steps taken, less those taken back.
    pub fn clock(&self) -> u64 {
        self.clock
    }
    /// Whether steps are being taken back.
    pub fn is_backwards(&self) -> bool {
        self.backwards
    }

    /// Changes the walls. Particles in a cell that becomes solid stay there or in its solid neighbours until it is
    /// uncovered.
    pub fn set_walls(&mut self, solid: &Grid, reflection: Reflection) {
        self.walls.set(solid, self.model, reflection);
    }

    /// Changes how walls send particles back.
    pub fn set_reflection(&mut self, reflection: Reflection) {
        if reflection != self.walls.reflection() {
            let solid = self.walls.solid().clone();
            self.walls.set(&solid, self.model, reflection);
        }
    }

    /// One plane of a row, in the order of [`Layout`]; its padding may hold anything.
    #[inline(always)]
    pub fn plane(&self, plane: usize, y: usize) -> &[u64] {
        let n = self.layout.stride * PARTS;
        &bytemuck::cast_slice(&self.now)[(y * self.model.planes() + plane) * n..][..n]
    }

    /// Bits of a row where there are cells, not padding.
    pub fn mask(&self) -> &[u64] {
        bytemuck::cast_slice(&self.mask)
    }

    /// Changes rows in parallel: `f(y, row, solid)`, with the row's planes one after another, and its solid cells.
    pub fn each_row(&mut self, f: impl Fn(usize, &mut [u64], &[u64]) + Sync) {
        let row = self.layout.stride * self.model.planes();
        let (rows, walls) = (rows_per_task(self.layout.width), &self.walls);
        self.now
            .par_chunks_mut(row)
            .with_min_len(rows)
            .enumerate()
            .for_each(|(y, row)| f(y, bytemuck::cast_slice_mut(row), walls.solid().row(y)));
    }

    /// The state of a cell, one bit per plane.
    pub fn cell(&self, x: usize, y: usize) -> u8 {
        let (i, bit) = self.layout.place(x);
        (0..self.model.planes()).fold(0, |state, p| state | ((self.plane(p, y)[i] >> bit & 1) as u8) << p)
    }

    /// Changes the state of a cell; bits beyond the model's planes are ignored.
    pub fn set_cell(&mut self, x: usize, y: usize, state: u8) {
        let (i, bit) = self.layout.place(x);
        let (n, planes) = (self.layout.stride * PARTS, self.model.planes());
        let words: &mut [u64] = bytemuck::cast_slice_mut(&mut self.now);
        for p in 0..planes {
            let word = &mut words[(y * planes + p) * n + i];
            *word = *word & !(1 << bit) | ((state >> p & 1) as u64) << bit;
        }
    }

    /// Takes some steps, or takes them back if the gas was turned round.
    pub fn run(&mut self, steps: usize) {
        let passes = steps.div_ceil(deepest(self.model));
        for i in 0..passes {
            // Passes of equal depth.
            let depth = steps * (i + 1) / passes - steps * i / passes;
            let Self { layout, ref walls, chirality, clock, backwards, .. } = *self;
            let pass = Pass { layout, walls, chirality, clock, backwards, steps: depth };
            pass.run(self.model, &self.now, &mut self.next);
            core::mem::swap(&mut self.now, &mut self.next);
            self.clock = match backwards {
                true => clock.wrapping_sub(depth as u64),
                false => clock.wrapping_add(depth as u64),
            };
        }
    }

    /// Reverses every particle (Loschmidt 1876), and the direction of the clock and with it the chirality bits: the gas
    /// retraces its steps. Turned round again after n steps, it is where it was n steps before the first turn, bit for
    /// bit.
    pub fn turn_round(&mut self) {
        let (n, model) = (self.layout.stride * PARTS, self.model);
        self.each_row(|_, row, _| {
            for plane in 0..model.planes() {
                let other = model.opposite(plane);
                if plane < other {
                    let (head, tail) = row.split_at_mut(other * n);
                    head[plane * n..][..n].swap_with_slice(&mut tail[..n]);
                }
            }
        });
        self.backwards = !self.backwards;
    }

    /// Particles of each plane.
    pub fn counts(&self) -> [u64; MOST_PLANES] {
        let (rows, planes) = (self.layout.height, self.model.planes());
        let row = |y: usize| -> [u64; MOST_PLANES] {
            core::array::from_fn(|p| if p < planes { count(self.plane(p, y), self.mask()) } else { 0 })
        };
        let plus = |a: [u64; MOST_PLANES], b: [u64; MOST_PLANES]| core::array::from_fn(|p| a[p] + b[p]);
        let least = rows_per_task(self.layout.width);
        (0..rows).into_par_iter().with_min_len(least).map(row).reduce(|| [0; MOST_PLANES], plus)
    }

    /// Number of particles.
    pub fn particles(&self) -> u64 {
        self.counts().iter().sum()
    }

    /// Momentum in whole numbers: see [`Model::whole_momenta`].
    pub fn whole_momentum(&self) -> [i64; 2] {
        let held = self.counts().into_iter().zip(self.model.whole_momenta());
        held.fold([0, 0], |sum, (n, m)| [sum[0] + n as i64 * m[0], sum[1] + n as i64 * m[1]])
    }
}

widest! {
    fn count(plane: &[u64], mask: &[u64]) -> u64 {
        plane.iter().zip(mask).map(|(w, m)| (w & m).count_ones() as u64).sum()
    }
}
