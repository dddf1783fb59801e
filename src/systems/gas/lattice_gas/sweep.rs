//! Several steps in one pass over memory.
//!
//! A band of rows flows through a pipeline of stages, one per step. Stage s lags s rows behind the input, so that the last
//! stage's rows are written as the input's are read, and the rows of all stages stay in the cache: memory is read and
//! written once per pass, not once per step. A band starts with as many extra rows above and below as there are steps,
//! and neighbouring bands compute these twice.
//!
//! A step is a collision, then streaming. Rows between stages have collided but not streamed; the next stage streams them
//! as it reads them, each plane of each row once. It reads row y as soon as row y + 1 is there, so a stage keeps of
//! planes that stream up one row, of those along the row two, of those that stream down three. A step that is taken back
//! streams first, then collides.
//!
//! What all stages keep fits into the second cache, not into the first. So stages that do fit form a group, and a group
//! takes [`CHUNK`] rows before the next one goes on with them; the last stage of a group keeps as many.

use rayon::prelude::*;

use super::chirality::{Chirality, Keys};
use super::circuit::{FhpOne, FhpThree, FhpTwo, Hpp};
use super::kernel::{Job, Places, Rule, advance};
use super::model::Model;
use super::walls::Walls;
use crate::automata::life::grid::{Layout, PARTS, Word};

/// Most steps in one pass: more would save little memory traffic, and spill into slower caches.
pub const fn deepest(model: Model) -> usize {
    if model.is_hexagonal() { 16 } else { 32 }
}

/// Rows that a group of stages takes before the next group goes on with them.
const CHUNK: usize = 24;
/// Rows that the last stage of a group keeps: a chunk, and two or more.
const WIDE: usize = 32;
/// After so many rows, the places of other stages' rows repeat: the common multiple of one, two and three.
const NARROW: usize = 6;
/// Bytes that the stages of a group keep together: below a first cache of 32 KiB.
const GROUP: usize = 28 << 10;

/// What acts on the particles during a pass.
#[derive(Clone, Copy)]
pub struct Pass<'a> {
    /// Size and strides.
    pub layout: Layout,
    /// The walls.
    pub walls: &'a Walls,
    /// Source of the chirality bits.
    pub chirality: Chirality,
    /// Number of the next step, or, backwards, of the one after the step to be taken back.
    pub clock: u64,
    /// Whether the steps are taken back: see [`super::gas::Gas::turn_round`].
    pub backwards: bool,
    /// How many steps, from one to [`deepest`].
    pub steps: usize,
}

impl Pass<'_> {
    /// The particles of `from` that many steps later, into `into`; rows one after another, each with its planes.
    pub fn run(&self, model: Model, from: &[Word], into: &mut [Word]) {
        match model {
            Model::Hpp => self.run_as::<Hpp>(from, into),
            Model::FhpOne => self.run_as::<FhpOne>(from, into),
            Model::FhpTwo => self.run_as::<FhpTwo>(from, into),
            Model::FhpThree => self.run_as::<FhpThree>(from, into),
        }
    }

    fn run_as<R: Rule>(&self, from: &[Word], into: &mut [Word]) {
        assert!((1..=deepest(R::MODEL)).contains(&self.steps) && from.len() == into.len());
        let rows = band_rows(self.steps, self.layout.height);
        let row = R::MODEL.planes() * self.layout.stride;
        into.par_chunks_mut(rows * row).enumerate().for_each_init(
            || Pipe::<R>::new(self, bytemuck::cast_slice(from)),
            |pipe, (i, band)| pipe.flow(i * rows, bytemuck::cast_slice_mut(band)),
        );
    }
}

/// Enough rows for those computed twice to be few, and few enough for every thread to have some.
fn band_rows(steps: usize, height: usize) -> usize {
    height.div_ceil(2 * rayon::current_num_threads()).clamp(4 * steps, 16 * steps).max(16)
}

/// Where the rows that a stage keeps begin, by the row's number modulo `ROUND`.
struct Ring<const ROUND: usize> {
    words: usize,
    to: [Places; ROUND],
    /// Also by whether the row below is odd, and whether the row is.
    from: [[Places; 4]; ROUND],
}

impl<const ROUND: usize> Ring<ROUND> {
    /// `rows(dy)` of a plane that streams in from `dy` rows below.
    fn new(model: Model, layout: &Layout, rows: impl Fn(i8) -> usize) -> Self {
        let pitch = (layout.stride + 2) * PARTS;
        let rows = |p: usize| rows(model.sources(false, false)[p].0);
        let first = |p: usize| (0..p).map(rows).sum::<usize>();
        let place = |p: usize, row: usize| (first(p) + row % rows(p)) * pitch + PARTS;
        let last = model.planes() - 1;
        let from = |row: usize, parity: usize| -> Places {
            let sources = model.sources(parity / 2 == 1, parity % 2 == 1);
            core::array::from_fn(|p| {
                let (dy, dx) = sources[p.min(last)];
                let row = (ROUND + row).wrapping_add_signed(dy as isize);
                place(p.min(last), row).wrapping_add_signed(dx as isize * PARTS as isize)
            })
        };
        Self {
            words: first(last + 1) * (layout.stride + 2),
            to: core::array::from_fn(|row| core::array::from_fn(|p| place(p.min(last), row))),
            from: core::array::from_fn(|row| core::array::from_fn(|parity| from(row, parity))),
        }
    }
}

struct Pipe<'a, R: Rule> {
    pass: &'a Pass<'a>,
    from: &'a [u64],
    in_memory: Places,
    narrow: Ring<NARROW>,
    wide: Ring<WIDE>,
    /// Stages per group.
    group: usize,
    /// Per stage but the last, the rows that it keeps; a plane's row has a word more at both ends.
    stages: Vec<Vec<Word>>,
    sides: Vec<u64>,
    rule: core::marker::PhantomData<R>,
}

impl<'a, R: Rule> Pipe<'a, R> {
    fn new(pass: &'a Pass<'a>, from: &'a [u64]) -> Self {
        let narrow = Ring::new(R::MODEL, &pass.layout, |dy| (2 - dy) as usize);
        let wide = Ring::new(R::MODEL, &pass.layout, |_| WIDE);
        // The circuits of FHP take longer than what they read takes from the second cache.
        let group = match R::MODEL.is_hexagonal() {
            true => pass.steps + 1,
            false => (GROUP / (narrow.words * size_of::<Word>())).max(1),
        };
        let words = |stage: usize| if (stage + 1).is_multiple_of(group) { wide.words } else { narrow.words };
        let n = pass.layout.stride * PARTS;
        Self {
            pass,
            from,
            in_memory: core::array::from_fn(|p| p.min(R::MODEL.planes() - 1) * n),
            stages: (0..pass.steps).map(|stage| vec![Word::ZERO; words(stage)]).collect(),
            narrow,
            wide,
            group,
            sides: vec![0; n],
            rule: core::marker::PhantomData,
        }
    }

    /// Fills the band of the next state whose first row is `top`.
    fn flow(&mut self, top: usize, band: &mut [u64]) {
        let (steps, height, group) = (self.pass.steps, self.pass.layout.height, self.group);
        let row = R::MODEL.planes() * self.pass.layout.stride * PARTS;
        let base = (top as isize - steps as isize).rem_euclid(height as isize) as usize;
        let wrapped = |y: usize| if y < height { y } else { y % height };
        let rows = band.len() / row + 2 * steps;
        for (chunk, stages) in
            (0..rows.div_ceil(CHUNK)).flat_map(|c| (0..=steps / group).map(move |s| (c, s)))
        {
            // Row `first` of the pipeline is row `first − stage` of a stage, counted from `steps` rows above the band.
            for first in chunk * CHUNK..rows.min((chunk + 1) * CHUNK) {
                if stages == 0 {
                    prefetch(&self.from[wrapped(base + first + 1) * row..][..row]);
                }
                let (begin, end) = (stages * group, (stages + 1) * group);
                for stage in begin..end.min(steps.min(first / 2) + 1) {
                    let at = first - stage;
                    let output = match stage == steps {
                        true => {
                            let (_, rest) = band.split_at_mut((at - steps) * row);
                            prefetch(&rest[row.min(rest.len() - row)..][..row]);
                            &mut rest[..row]
                        }
                        false => &mut [],
                    };
                    self.advance([stage == begin, stage + 1 == end], stage, at, wrapped(base + at), output);
                }
            }
        }
    }

    /// Computes a row of a stage, which may be the first or the last of its group. The first stage of all reads from
    /// memory, the last writes to it, both without halos.
    fn advance(&mut self, [first, last]: [bool; 2], stage: usize, at: usize, y: usize, output: &mut [u64]) {
        let Pass { ref layout, walls, backwards, steps, .. } = *self.pass;
        // No division: it would take as long as a word of cells.
        let below = if y + 1 == layout.height { 0 } else { y + 1 };
        let parity = below % 2 * 2 + y % 2;
        let still = if backwards { 0 } else { steps };
        let keys = if stage == still { None } else { self.keys(stage as u64, y) };
        let from = match first {
            _ if stage == 0 => &self.in_memory,
            true => &self.wide.from[at % WIDE][parity],
            false => &self.narrow.from[at % NARROW][parity],
        };
        let to = match last {
            _ if stage == steps => &self.in_memory,
            true => &self.wide.to[at % WIDE],
            false => &self.narrow.to[at % NARROW],
        };
        let job = Job { layout, from, to, sealed: stage < steps, collides: stage != still, keys };
        let row = R::MODEL.planes() * layout.stride * PARTS;
        let (before, after) = self.stages.split_at_mut(stage);
        let input = match before.last() {
            Some(ring) => bytemuck::cast_slice(ring),
            None => &self.from[y * row..][..row],
        };
        let output = after.first_mut().map_or(output, |ring| bytemuck::cast_slice_mut(ring));
        let [flip_x, flip_y] = walls.flips(y);
        advance::<R>(&job, input, &mut self.sides, flip_x, flip_y, output);
    }

    /// Keys of a stage's chirality bits, or the bits themselves in `sides`.
    fn keys(&mut self, stage: u64, y: usize) -> Option<Keys> {
        let Pass { layout, chirality, clock, backwards, .. } = *self.pass;
        let step = if backwards { clock.wrapping_sub(stage) } else { clock.wrapping_add(stage) };
        if R::CHIRAL { chirality.row(step, y, backwards, &layout, &mut self.sides) } else { None }
    }
}

/// Asks for words that will be read or written soon: rows of memory are used so far apart that the processor does not
/// foresee the next one.
#[inline(always)]
fn prefetch(words: &[u64]) {
    #[cfg(target_arch = "x86_64")]
    for line in words.chunks(PARTS) {
        use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a hint, which does nothing to what it points to.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(line.as_ptr().cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = words;
}
