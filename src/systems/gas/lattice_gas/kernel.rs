//! One row of a step: particles stream in, and collide.
//!
//! A row holds its planes apart, each in the interleaved layout of [`Layout`]: a neighbouring column is the same bit of
//! the next word, so streaming moves no bits but only reads each plane from another place. What would lie beyond the ends
//! of a row is written there beforehand ([`seal`]).
//!
//! A cell with a wall exchanges particles instead of colliding: where its bit `flip_x` is set, directions mirrored left
//! to right; where `flip_y` is set, those mirrored top to bottom. Both together send everything back where it came from.

use super::chirality::{Keys, mix};
use super::circuit::{Circuit, FhpOne, FhpThree, FhpTwo, Hpp, Still};
use super::model::{MOST_PLANES, Model};
use crate::automata::life::grid::{Layout, PARTS};
use world::widest;

/// Where the planes of a row begin.
pub type Places = [usize; MOST_PLANES];

/// What one call computes.
#[derive(Clone, Copy)]
pub struct Job<'a> {
    /// Size and strides.
    pub layout: &'a Layout,
    /// Where in the input the source of each plane begins.
    pub from: &'a Places,
    /// Where in the output each plane begins, in ascending order.
    pub to: &'a Places,
    /// Whether a word before and one after each plane of the output are to be sealed.
    pub sealed: bool,
    /// Whether the particles collide, or only stream.
    pub collides: bool,
    /// Keys of the chirality bits; `None` if they are given.
    pub keys: Option<Keys>,
}

/// A model as the sweep needs it.
pub(super) trait Rule: Copy + Send + Sync + 'static {
    /// The model.
    const MODEL: Model;
    /// Whether it reads chirality bits.
    const CHIRAL: bool;
    /// Writes a row as it is.
    fn stream(job: &Job, input: &[u64], output: &mut [u64]);
    /// Collides the cells of a row, which has walls if the flips are not empty.
    fn row(job: &Job, input: &[u64], sides: &[u64], flip_x: &[u64], flip_y: &[u64], output: &mut [u64]);
}

macro_rules! in_blocks {
    ($($rule:ident $planes:literal;)+) => { $(
        impl Rule for $rule {
            const MODEL: Model = Model::$rule;
            const CHIRAL: bool = true;
            #[inline(always)]
            fn stream(job: &Job, input: &[u64], output: &mut [u64]) {
                blocks::<Still, $planes, false>(job, input, &[], [&[], &[]], output);
            }
            #[inline(always)]
            fn row(job: &Job, input: &[u64], sides: &[u64], flip_x: &[u64], flip_y: &[u64], output: &mut [u64]) {
                match flip_x.is_empty() {
                    true => blocks::<$rule, $planes, false>(job, input, sides, [flip_x, flip_y], output),
                    false => blocks::<$rule, $planes, true>(job, input, sides, [flip_x, flip_y], output),
                }
            }
        }
    )+ };
}

in_blocks! { FhpOne 6; FhpTwo 7; FhpThree 7; }

impl Rule for Hpp {
    const MODEL: Model = Model::Hpp;
    const CHIRAL: bool = false;
    #[inline(always)]
    fn stream(job: &Job, input: &[u64], output: &mut [u64]) {
        blocks::<Still, 4, false>(job, input, &[], [&[], &[]], output);
    }
    #[inline(always)]
    fn row(job: &Job, input: &[u64], _: &[u64], flip_x: &[u64], flip_y: &[u64], output: &mut [u64]) {
        match flip_x.is_empty() {
            true => flat::<false>(job, input, flip_x, flip_y, output),
            false => flat::<true>(job, input, flip_x, flip_y, output),
        }
    }
}

widest! {
    /// Does a job on one row. `sides` holds its chirality bits, or room for them; the flips are those of its walls, empty
    /// if it has none.
    pub(super) fn advance<R: Rule>(
        job: &Job, input: &[u64], sides: &mut [u64], flip_x: &[u64], flip_y: &[u64], output: &mut [u64],
    ) {
        act::<R>(job, input, sides, flip_x, flip_y, output);
    }
}

#[inline(always)]
fn act<R: Rule>(
    job: &Job,
    input: &[u64],
    sides: &mut [u64],
    flip_x: &[u64],
    flip_y: &[u64],
    output: &mut [u64],
) {
    match job.collides {
        true => {
            if let Some(keys) = job.keys {
                mix(keys, bytemuck::cast_slice_mut(sides));
            }
            R::row(job, input, sides, flip_x, flip_y, output);
        }
        false => R::stream(job, input, output),
    }
    if job.sealed {
        let n = job.layout.stride * PARTS;
        for (to, velocity) in job.to.iter().zip(R::MODEL.velocities()) {
            seal(&mut output[to - PARTS..][..n + 2 * PARTS], job.layout, velocity[0]);
        }
    }
}

/// A small circuit, written out: arrays of slices would hide from the compiler that no index is out of range, and a loop
/// over blocks would be unrolled before it is vectorised.
#[inline(always)]
fn flat<const WALLS: bool>(job: &Job, input: &[u64], flip_x: &[u64], flip_y: &[u64], output: &mut [u64]) {
    let n = job.layout.stride * PARTS;
    let [from_e, from_n, from_w, from_s, ..] = *job.from;
    let (east, north) = (&input[from_e..][..n], &input[from_n..][..n]);
    let (west, south) = (&input[from_w..][..n], &input[from_s..][..n]);
    let [to_e, to_n, to_w, to_s, ..] = *job.to;
    let (out_e, rest) = output.split_at_mut(to_n);
    let (out_n, rest) = rest.split_at_mut(to_w - to_n);
    let (out_w, out_s) = rest.split_at_mut(to_s - to_w);
    let (out_e, out_n) = (&mut out_e[to_e..][..n], &mut out_n[..n]);
    let (out_w, out_s) = (&mut out_w[..n], &mut out_s[..n]);
    let (flip_x, flip_y) = if WALLS { (&flip_x[..n], &flip_y[..n]) } else { (flip_x, flip_y) };
    for i in 0..n {
        let cell = [east[i], north[i], west[i], south[i]];
        [out_e[i], out_n[i], out_w[i], out_s[i]] = match WALLS {
            true => bounced::<Hpp, 4>(cell, 0, flip_x[i], flip_y[i]),
            false => Hpp::collide(cell, 0),
        };
    }
}

/// A large circuit: blocks of eight `u64`s are copied to registers and back, so that no plane can alias another.
#[inline(always)]
fn blocks<C: Circuit<P>, const P: usize, const WALLS: bool>(
    job: &Job,
    input: &[u64],
    sides: &[u64],
    flips: [&[u64]; 2],
    output: &mut [u64],
) {
    // Loops, not `from_fn`: its closures are called, and return arrays through memory.
    let n = job.layout.stride * PARTS;
    let mut planes: [&[[u64; PARTS]]; P] = [&[]; P];
    let mut outputs: [&mut [[u64; PARTS]]; P] = [(); P].map(|()| Default::default());
    let (mut rest, mut start) = (output, 0);
    for p in 0..P {
        planes[p] = input[job.from[p]..][..n].as_chunks().0;
        let (_, tail) = rest.split_at_mut(job.to[p] - start);
        let (plane, tail) = tail.split_at_mut(n);
        (rest, start) = (tail, job.to[p] + n);
        outputs[p] = plane.as_chunks_mut().0;
    }
    let sides: &[[u64; PARTS]] = if C::CHIRAL { sides[..n].as_chunks().0 } else { &[] };
    let flips: [&[[u64; PARTS]]; 2] = if WALLS { flips.map(|f| f[..n].as_chunks().0) } else { [&[]; 2] };
    for i in 0..n / PARTS {
        let mut cells = [[0; PARTS]; P];
        (0..P).for_each(|p| cells[p] = planes[p][i]);
        let sides = if C::CHIRAL { sides[i] } else { [0; PARTS] };
        let [flip_x, flip_y] = if WALLS { flips.map(|f| f[i]) } else { [[0; PARTS]; 2] };
        let mut next = [[0; PARTS]; P];
        for lane in 0..PARTS {
            let mut cell = [0; P];
            (0..P).for_each(|p| cell[p] = cells[p][lane]);
            let after = match WALLS {
                true => bounced::<C, P>(cell, sides[lane], flip_x[lane], flip_y[lane]),
                false => C::collide(cell, sides[lane]),
            };
            (0..P).for_each(|p| next[p][lane] = after[p]);
        }
        (0..P).for_each(|p| outputs[p][i] = next[p]);
    }
}

/// The collision, but where there is a wall the exchange of directions.
#[inline(always)]
fn bounced<C: Circuit<P>, const P: usize>(cell: [u64; P], side: u64, flip_x: u64, flip_y: u64) -> [u64; P] {
    let model = if P == 4 { Model::Hpp } else { Model::FhpThree };
    let choose = |which: u64, yes: u64, no: u64| (which & yes) | (!which & no);
    let collided = C::collide(cell, side);
    let across: [u64; P] = core::array::from_fn(|p| choose(flip_x, cell[model.mirrored(p, true)], cell[p]));
    let both: [u64; P] =
        core::array::from_fn(|p| choose(flip_y, across[model.mirrored(p, false)], across[p]));
    core::array::from_fn(|p| choose(flip_x | flip_y, both[p], collided[p]))
}

/// Writes the halo of a plane's row (a word before and a word after it) as far as particles that stream `across` (right
/// if above 0, left if below) need it: the row's other end.
#[inline(always)]
pub fn seal(plane: &mut [u64], layout: &Layout, across: f32) {
    let n = layout.stride * PARTS;
    let ((last, last_bit), beyond) = layout.ends();
    let (before, rest) = plane.split_at_mut(PARTS);
    let (cells, after) = rest.split_at_mut(n);
    if across > 0.0 {
        let end: [u64; PARTS] = core::array::from_fn(|p| cells[n - PARTS + p]);
        let left = cells[last] >> last_bit << 63;
        let lower: [u64; PARTS] = core::array::from_fn(|p| if p == 0 { left } else { end[p - 1] });
        (0..PARTS).for_each(|p| before[p] = end[p] << 1 | lower[p] >> 63);
    } else if across < 0.0 {
        let first = cells[0] & 1;
        if let Some((i, bit)) = beyond {
            cells[i] = cells[i] & !(1 << bit) | first << bit;
        }
        let start: [u64; PARTS] = core::array::from_fn(|p| cells[p]);
        let upper: [u64; PARTS] = core::array::from_fn(|p| if p + 1 == PARTS { first } else { start[p + 1] });
        (0..PARTS).for_each(|p| after[p] = start[p] >> 1 | upper[p] << 63);
    }
}
