//! Several generations in one pass over memory.
//!
//! A band of rows flows through a pipeline of stages, one per generation, four rows at a time; each stage keeps the
//! last eight rows that it computed. Stage s lags s rows behind the input, so that the last stage's rows are written as
//! the input's are read, and the rows of all stages stay in the L1 cache: memory is read and written once per pass, not
//! once per generation. A band starts with as many extra rows above and below as there are generations, and
//! neighbouring bands compute these twice.

use rayon::prelude::*;

use super::grid::{Grid, Layout, PARTS, Word};
use super::kernel::{ConstRule, Conway, DynRule, Job, NextState, ROWS, generation, seal};
use super::rule::Rule;

/// Most generations in one pass.
pub const DEEPEST: usize = 8;
/// Rows that a stage keeps: the four that it computes and the four before.
const RING: usize = 2 * ROWS;

/// `generations` (1..=[`DEEPEST`]) generations of `from` into `into`, which has the same layout.
pub fn pass(from: &Grid, into: &mut Grid, rule: Rule, torus: bool, generations: usize) {
    macro_rules! known {
        ($($born:literal $survive:literal),+) => {
            match (rule.born, rule.survive) {
                (b, s) if (b, s) == (Rule::CONWAY.born, Rule::CONWAY.survive) => run(from, into, Conway, torus, generations),
                $( ($born, $survive) => run(from, into, ConstRule::<$born, $survive>, torus, generations), )+
                _ => run(from, into, DynRule::new(rule), torus, generations),
            }
        };
    }
    // HighLife, Day & Night, Seeds, Replicator, Morley, 2×2, Maze, Diamoeba.
    known!(
        0b0_0100_1000 0b0_0000_1100, 0b1_1100_1000 0b1_1101_1000, 0b0_0000_0100 0b0_0000_0000,
        0b0_1010_1010 0b0_1010_1010, 0b1_0100_1000 0b0_0011_0100, 0b0_0100_1000 0b0_0010_0110,
        0b0_0000_1000 0b0_0011_1110, 0b1_1110_1000 0b1_1110_0000
    );
}

fn run<R: NextState>(from: &Grid, into: &mut Grid, rule: R, torus: bool, generations: usize) {
    let layout = from.layout();
    assert!(into.layout() == layout && (1..=DEEPEST).contains(&generations));
    let rows = band_rows(&layout, generations);
    into.words_mut().par_chunks_mut(rows * layout.stride).enumerate().for_each_init(
        || Pipe::new(from, rule, torus, generations),
        |pipe, (i, band)| pipe.flow(i * rows, bytemuck::cast_slice_mut(band)),
    );
}

/// Enough rows for a task to be worth its start and for the rows computed twice to be few.
fn band_rows(layout: &Layout, generations: usize) -> usize {
    (4096 / layout.stride / generations).max(16 * generations).max(64)
}

struct Pipe<'a, R: NextState> {
    from: &'a Grid,
    rule: R,
    torus: bool,
    generations: usize,
    /// One ring buffer of rows per stage, the input's first; each row has an extra word at both ends.
    rings: Vec<Vec<Word>>,
    spill: Vec<Word>,
}

impl<'a, R: NextState> Pipe<'a, R> {
    fn new(from: &'a Grid, rule: R, torus: bool, generations: usize) -> Self {
        let stride = from.layout().stride;
        let ring = vec![Word::ZERO; RING * (stride + 2)];
        let spill = vec![Word::ZERO; ROWS * stride];
        Self { from, rule, torus, generations, rings: vec![ring; generations], spill }
    }

    /// Fills the band of the next grid whose first row is `top`.
    fn flow(&mut self, top: usize, band: &mut [u64]) {
        let depth = self.generations;
        let height = band.len() / (self.from.layout().stride * PARTS);
        for chunk in 0..(height + 2 * depth).div_ceil(ROWS) {
            // Row `first` of the pipeline is row `first − stage` of stage `stage`, counted from `depth` rows above the
            // band.
            let first = chunk * ROWS;
            let row = top as isize - depth as isize + first as isize;
            self.load(row, chunk);
            for stage in 1..depth {
                if first + ROWS > 2 * stage {
                    self.stage(row - stage as isize, stage, chunk);
                }
            }
            if first + ROWS > 2 * depth {
                self.store(first as isize - 2 * depth as isize, height, chunk, band);
            }
        }
    }

    /// Loads four rows of the grid, from row `first`, into the pipeline.
    fn load(&mut self, first: isize, chunk: usize) {
        let layout = self.from.layout();
        let pitch = (layout.stride + 2) * PARTS;
        let ring: &mut [u64] = bytemuck::cast_slice_mut(&mut self.rings[0]);
        let half = &mut ring[chunk % 2 * ROWS * pitch..][..ROWS * pitch];
        for (i, row) in half.chunks_exact_mut(pitch).enumerate() {
            let y = first + i as isize;
            let height = layout.height as isize;
            if self.torus || (0..height).contains(&y) {
                row[PARTS..pitch - PARTS].copy_from_slice(self.from.row(y.rem_euclid(height) as usize));
                seal(row, &layout, self.torus);
            } else {
                row.fill(0);
            }
        }
    }

    /// Computes four rows, from row `first`, of the generation of `stage`.
    fn stage(&mut self, first: isize, stage: usize, chunk: usize) {
        let layout = self.from.layout();
        let pitch = (layout.stride + 2) * PARTS;
        let (before, after) = self.rings.split_at_mut(stage);
        let output: &mut [u64] = bytemuck::cast_slice_mut(&mut after[0]);
        let output = &mut output[chunk % 2 * ROWS * pitch..][..ROWS * pitch];
        let job = Job { rows: ring_rows(chunk, pitch), pitch, lead: PARTS, torus: self.torus };
        generation(self.rule, &layout, &job, bytemuck::cast_slice(&before[stage - 1]), output);
        if !self.torus {
            // Beyond the border nothing is ever born.
            for (i, row) in output.chunks_exact_mut(pitch).enumerate() {
                if !(0..layout.height as isize).contains(&(first + i as isize)) {
                    row.fill(0);
                }
            }
        }
    }

    /// Stores four rows of the last generation, from row `first` of the band; those outside it are dropped.
    fn store(&mut self, first: isize, height: usize, chunk: usize, band: &mut [u64]) {
        let layout = self.from.layout();
        let n = layout.stride * PARTS;
        let rows = ring_rows(chunk, n + 2 * PARTS);
        let job = Job { rows, pitch: n, lead: 0, torus: self.torus };
        let input = bytemuck::cast_slice(&self.rings[self.generations - 1]);
        if first >= 0 && first as usize + ROWS <= height {
            let output = &mut band[first as usize * n..][..ROWS * n];
            generation(self.rule, &layout, &job, input, output);
            return;
        }
        let output: &mut [u64] = bytemuck::cast_slice_mut(&mut self.spill);
        generation(self.rule, &layout, &job, input, output);
        for (i, row) in output.chunks_exact(n).enumerate() {
            let y = first + i as isize;
            if (0..height as isize).contains(&y) {
                band[y as usize * n..][..n].copy_from_slice(row);
            }
        }
    }
}

/// Where a ring holds the two rows before chunk `chunk` and its four.
fn ring_rows(chunk: usize, pitch: usize) -> [usize; ROWS + 2] {
    core::array::from_fn(|r| (chunk * ROWS + RING - 2 + r) % RING * pitch)
}
