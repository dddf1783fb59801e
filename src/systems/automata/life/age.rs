//! How long each cell has been alive, as bit-sliced counters, and what a tick changed.

use rayon::prelude::*;

use super::grid::{Grid, Layout, PARTS, Word};
#[cfg(target_arch = "x86_64")]
use world::vectors::Vectors;
use world::widest;

/// Ticks since each cell was born, saturating, as consecutive bit planes per word; 0 where a cell is dead.
#[derive(Clone, Debug)]
pub struct Ages {
    layout: Layout,
    bits: usize,
    words: Vec<Word>,
    mask: Vec<Word>,
}

/// Statistics of a tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TickStats {
    /// Cells alive at its end.
    pub population: u64,
    /// Cells alive at its end and not at its start.
    pub births: u64,
    /// Cells alive at its start and not at its end.
    pub deaths: u64,
}

impl TickStats {
    fn plus(self, other: Self) -> Self {
        Self {
            population: self.population + other.population,
            births: self.births + other.births,
            deaths: self.deaths + other.deaths,
        }
    }
}

impl Ages {
    /// All newly born; `bits` (4..=8) sets where counting ends: at 2^bits − 1.
    pub fn new(layout: Layout, bits: usize) -> Self {
        let bits = bits.clamp(4, 8);
        let words = vec![Word::ZERO; layout.stride * layout.height * bits];
        Self { layout, bits, words, mask: layout.mask() }
    }

    /// Bits per cell.
    pub fn bits(&self) -> usize {
        self.bits
    }

    /// The planes of word `word` of row `y`, lowest first.
    #[inline(always)]
    pub fn planes(&self, word: usize, y: usize) -> &[Word] {
        &self.words[(y * self.layout.stride + word) * self.bits..][..self.bits]
    }

    /// One tick: cells alive before and after age by one, all others are reset to 0.
    pub fn tick(&mut self, before: &Grid, now: &Grid) -> TickStats {
        match self.bits {
            4 => self.tick_all::<4>(before, now),
            5 => self.tick_all::<5>(before, now),
            6 => self.tick_all::<6>(before, now),
            7 => self.tick_all::<7>(before, now),
            _ => self.tick_all::<8>(before, now),
        }
    }

    fn tick_all<const BITS: usize>(&mut self, before: &Grid, now: &Grid) -> TickStats {
        let stride = self.layout.stride;
        let rows = (256 / stride).max(1);
        let (chunk, mask) = (rows * stride, &self.mask[..]);
        let pairs = before.words().par_chunks(chunk).zip(now.words().par_chunks(chunk));
        self.words
            .par_chunks_mut(chunk * BITS)
            .zip(pairs)
            .map(|(ages, (before, now))| {
                let band = ages.chunks_exact_mut(stride * BITS);
                let pairs = before.chunks_exact(stride).zip(now.chunks_exact(stride));
                band.zip(pairs)
                    .map(|(a, (b, n))| row::<BITS>(a, b, n, mask))
                    .fold(TickStats::default(), TickStats::plus)
            })
            .reduce(TickStats::default, TickStats::plus)
    }
}

fn row<const BITS: usize>(ages: &mut [Word], before: &[Word], now: &[Word], mask: &[Word]) -> TickStats {
    #[cfg(target_arch = "x86_64")]
    if Vectors::counts_bits() {
        // SAFETY: AVX-512 is in use, so the processor has it, and it counts bits.
        return unsafe { row_counting::<BITS>(ages, before, now, mask) };
    }
    row_widest::<BITS>(ages, before, now, mask)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,avx512vpopcntdq")]
fn row_counting<const BITS: usize>(
    a: &mut [Word],
    before: &[Word],
    now: &[Word],
    mask: &[Word],
) -> TickStats {
    row_plain::<BITS>(a, before, now, mask)
}

widest! {
    fn row_widest<const BITS: usize>(a: &mut [Word], before: &[Word], now: &[Word], mask: &[Word]) -> TickStats {
        row_plain::<BITS>(a, before, now, mask)
    }
}

#[inline(always)]
fn row_plain<const BITS: usize>(
    ages: &mut [Word],
    before: &[Word],
    now: &[Word],
    mask: &[Word],
) -> TickStats {
    let (mut population, mut births, mut deaths) = ([0; PARTS], [0; PARTS], [0; PARTS]);
    let blocks = ages.as_chunks_mut::<BITS>().0.iter_mut();
    for (((age, before), now), mask) in blocks.zip(before).zip(now).zip(mask) {
        for p in 0..PARTS {
            let (was, is) = (before.0[p] & mask.0[p], now.0[p] & mask.0[p]);
            population[p] += is.count_ones() as u64;
            births[p] += (is & !was).count_ones() as u64;
            deaths[p] += (was & !is).count_ones() as u64;
            let stays = was & is;
            let full = age.iter().fold(!0, |full, plane| full & plane.0[p]);
            let mut carry = stays & !full;
            for plane in age.iter_mut() {
                let old = plane.0[p];
                plane.0[p] = (old ^ carry) & stays;
                carry &= old;
            }
        }
    }
    let sum = |lanes: [u64; PARTS]| lanes.iter().sum();
    TickStats { population: sum(population), births: sum(births), deaths: sum(deaths) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use world::rng::Rng;

    proptest! {
        #[test]
        fn ages_and_tallies_equal_counting_cell_by_cell(
            w in 1usize..1100, h in 1usize..5, bits in 4usize..=8, ticks in 1usize..40, seed: u64,
        ) {
            let layout = Layout::new(w, h);
            let rng = Rng::new(seed);
            // Mostly alive, so that some cells grow old; padding is filled too, and must not count.
            let draw = |t: u64| {
                let rng = rng.fork(t);
                let mut g = Grid::new(layout);
                g.each_row(|y, row| for (i, v) in row.iter_mut().enumerate() {
                    let at = (y * 100_000 + i * 4) as u64;
                    *v = rng.bits(at) | rng.bits(at + 1) | rng.bits(at + 2) | rng.bits(at + 3);
                });
                g
            };
            let mut ages = Ages::new(layout, bits);
            let mut expected = vec![0u32; w * h];
            let mut before = draw(0);
            for t in 1..=ticks {
                let now = draw(t as u64);
                let tally = ages.tick(&before, &now);
                let mut plain = TickStats::default();
                for (i, age) in expected.iter_mut().enumerate() {
                    let (was, is) = (before.get(i % w, i / w), now.get(i % w, i / w));
                    plain.population += is as u64;
                    plain.births += (is && !was) as u64;
                    plain.deaths += (was && !is) as u64;
                    *age = if was && is { (*age + 1).min((1 << bits) - 1) } else { 0 };
                }
                prop_assert_eq!(tally, plain);
                before = now;
            }
            for (i, &expected) in expected.iter().enumerate() {
                let (at, bit) = layout.place(i % w);
                let planes = ages.planes(at / PARTS, i / w);
                let age: u32 = (0..bits).map(|p| ((planes[p].0[at % PARTS] >> bit & 1) as u32) << p).sum();
                prop_assert_eq!(age, expected);
            }
        }
    }
}
