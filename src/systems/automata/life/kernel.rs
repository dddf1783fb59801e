//! Four rows of the next generation from six of this one, 512 cells per word, by bit-sliced addition.
//!
//! A row's three horizontal neighbours are summed once (two functions of three bits: parity and majority) and used for the rows
//! above, at and below it; three such sums give the count of the whole 3×3 block, centre included. Parity, majority and the rule's
//! last step are functions of three bits, which the compiler turns into one ternary-logic instruction each.

use super::grid::{Layout, PARTS};
use super::rule::Rule;
use world::widest;

/// Rows computed together.
pub const ROWS: usize = 4;

/// The last step of a rule: the next state of 64 cells from the bits of the 3×3 count.
/// The count is `ones + 2·(carry + twos) + 4·fours`.
pub(crate) trait NextState: Copy + Send + Sync {
    /// Next state of 64 cells, each bit on its own.
    fn next(&self, ones: u64, carry: u64, twos: u64, fours: u64, centre: u64) -> u64;
}

/// B3/S23: alive if the block counts 3, or if it counts 4 with the centre alive.
#[derive(Clone, Copy)]
pub struct Conway;

impl NextState for Conway {
    #[inline(always)]
    fn next(&self, ones: u64, carry: u64, twos: u64, fours: u64, centre: u64) -> u64 {
        let three = (twos ^ carry) & !fours;
        let four = !(twos ^ carry) & (fours ^ twos);
        let kept = four & centre;
        (ones & three) | (!ones & kept)
    }
}

/// A rule known at compile time: the selection below is constant-folded.
#[derive(Clone, Copy)]
pub struct ConstRule<const BORN: u16, const SURVIVE: u16>;

impl<const BORN: u16, const SURVIVE: u16> NextState for ConstRule<BORN, SURVIVE> {
    #[inline(always)]
    fn next(&self, ones: u64, carry: u64, twos: u64, fours: u64, centre: u64) -> u64 {
        let mask = |bits: u16, n: usize| if bits >> n & 1 == 1 { !0 } else { 0 };
        let dead = core::array::from_fn(|n| mask(BORN, n));
        let live = core::array::from_fn(|n| mask(SURVIVE << 1, n));
        select(&dead, &live, [ones, carry, twos, fours], centre)
    }
}

/// Any rule: for each count of the block (0..=9) all ones or all zeros.
#[derive(Clone, Copy)]
pub struct DynRule {
    dead: [u64; 10],
    live: [u64; 10],
}

impl DynRule {
    /// The tables of a rule.
    pub fn new(rule: Rule) -> Self {
        let table = |bits: u16| core::array::from_fn(|n| if bits >> n & 1 == 1 { !0 } else { 0 });
        // A live centre counts itself, so that n neighbours make n + 1.
        Self { dead: table(rule.born), live: table(rule.survive << 1) }
    }
}

impl NextState for DynRule {
    #[inline(always)]
    fn next(&self, ones: u64, carry: u64, twos: u64, fours: u64, centre: u64) -> u64 {
        select(&self.dead, &self.live, [ones, carry, twos, fours], centre)
    }
}

#[inline(always)]
fn select(dead: &[u64; 10], live: &[u64; 10], sums: [u64; 4], centre: u64) -> u64 {
    let [ones, carry, twos, fours] = sums;
    let both = carry & twos;
    let (bit1, bit2, bit3) = (carry ^ twos, both ^ fours, both & fours);
    let choose = |which: u64, yes: u64, no: u64| (which & yes) | (!which & no);
    let tree = |table: &[u64; 10]| {
        let pair = |n: usize| choose(ones, table[n + 1], table[n]);
        let (low, high) = (choose(bit1, pair(2), pair(0)), choose(bit1, pair(6), pair(4)));
        choose(bit3, pair(8), choose(bit2, high, low))
    };
    choose(centre, tree(live), tree(dead))
}

/// What one call computes.
#[derive(Clone, Copy)]
pub struct Job {
    /// Where in `input` the six rows begin; each is a word longer at both ends than the world's.
    pub rows: [usize; ROWS + 2],
    /// From one output row to the next, in `u64`s.
    pub pitch: usize,
    /// Index of the first word in an output row: 0, or [`PARTS`] if the row has ends to be sealed.
    pub lead: usize,
    /// Whether the world is a torus.
    pub torus: bool,
}

widest! {
    /// Computes the four rows of a job, from their six in `input`, into `output`.
    pub(crate) fn generation<R: NextState>(rule: R, layout: &Layout, job: &Job, input: &[u64], output: &mut [u64]) {
        rows(rule, layout, job, input, output);
    }
}

#[inline(always)]
fn rows<R: NextState>(rule: R, layout: &Layout, job: &Job, input: &[u64], output: &mut [u64]) {
    let n = layout.stride * PARTS;
    // Written out, not in arrays of slices: only so does the compiler see that no index can be out of range.
    let [at0, at1, at2, at3, at4, at5] = job.rows;
    let (r0, r1, r2) = (Row::new(input, at0, n), Row::new(input, at1, n), Row::new(input, at2, n));
    let (r3, r4, r5) = (Row::new(input, at3, n), Row::new(input, at4, n), Row::new(input, at5, n));
    let [out0, out1, out2, out3] = split(output, job.pitch);
    let (out0, out1) = (&mut out0[job.lead..][..n], &mut out1[job.lead..][..n]);
    let (out2, out3) = (&mut out2[job.lead..][..n], &mut out3[job.lead..][..n]);
    for i in 0..n {
        let (s0, s1, s2) = (r0.sum(i), r1.sum(i), r2.sum(i));
        let (s3, s4, s5) = (r3.sum(i), r4.sum(i), r5.sum(i));
        out0[i] = block(rule, s0, s1, s2, r1.here[i]);
        out1[i] = block(rule, s1, s2, s3, r2.here[i]);
        out2[i] = block(rule, s2, s3, s4, r3.here[i]);
        out3[i] = block(rule, s3, s4, s5, r4.here[i]);
    }
    if job.lead > 0 {
        for row in output.chunks_exact_mut(job.pitch) {
            seal(row, layout, job.torus);
        }
    }
}

/// A row, and the same row moved by a column to both sides.
#[derive(Clone, Copy)]
struct Row<'a> {
    left: &'a [u64],
    here: &'a [u64],
    right: &'a [u64],
}

impl<'a> Row<'a> {
    #[inline(always)]
    fn new(input: &'a [u64], at: usize, n: usize) -> Self {
        Self {
            left: &input[at..][..n],
            here: &input[at + PARTS..][..n],
            right: &input[at + 2 * PARTS..][..n],
        }
    }

    /// Low and high bit of the number of live cells among three.
    #[inline(always)]
    fn sum(&self, i: usize) -> (u64, u64) {
        let (a, b, c) = (self.left[i], self.here[i], self.right[i]);
        (parity(a, b, c), majority(a, b, c))
    }
}

#[inline(always)]
fn block<R: NextState>(rule: R, above: (u64, u64), at: (u64, u64), below: (u64, u64), centre: u64) -> u64 {
    let (ones, carry) = (parity(above.0, at.0, below.0), majority(above.0, at.0, below.0));
    rule.next(ones, carry, parity(above.1, at.1, below.1), majority(above.1, at.1, below.1), centre)
}

#[inline(always)]
fn split(rows: &mut [u64], pitch: usize) -> [&mut [u64]; ROWS] {
    let (a, rest) = rows.split_at_mut(pitch);
    let (b, rest) = rest.split_at_mut(pitch);
    let (c, d) = rest.split_at_mut(pitch);
    [a, b, c, d]
}

#[inline(always)]
fn parity(a: u64, b: u64, c: u64) -> u64 {
    a ^ b ^ c
}

#[inline(always)]
fn majority(a: u64, b: u64, c: u64) -> u64 {
    (a & b) | (a & c) | (b & c)
}

/// Writes the halo of a row (a word before and a word after it), so that its first and last column find their
/// neighbours: the row's other end on a torus, dead cells otherwise.
#[inline(always)]
pub fn seal(row: &mut [u64], layout: &Layout, torus: bool) {
    let n = layout.stride * PARTS;
    let ((last, last_bit), beyond) = layout.ends();
    let (first, last) = match torus {
        true => (row[PARTS] & 1, row[PARTS + last] >> last_bit & 1),
        false => (0, 0),
    };
    if let Some((i, bit)) = beyond {
        row[PARTS + i] = row[PARTS + i] & !(1 << bit) | first << bit;
    }
    let (before, rest) = row.split_at_mut(PARTS);
    let (cells, after) = rest.split_at_mut(n);
    let (start, end) = (&cells[..PARTS], &cells[n - PARTS..]);
    for p in (1..PARTS).rev() {
        before[p] = end[p] << 1 | end[p - 1] >> 63;
        after[p - 1] = start[p - 1] >> 1 | start[p] << 63;
    }
    before[0] = end[0] << 1 | last;
    after[PARTS - 1] = start[PARTS - 1] >> 1 | first << 63;
}
