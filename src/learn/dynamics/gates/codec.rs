//! States of cells as bits, 64 cases a word.

use crate::dynamics::discrete::neighbourhood::{self, CELLS};
use crate::dynamics::trajectories::WorldSpec;

/// How states are bits: state s is the binary number s, of the least number of bits that all states need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Codec {
    /// States of a cell.
    pub states: usize,
    /// Bits of a state.
    pub bits: usize,
}

impl Codec {
    /// For cells with so many states.
    pub fn new(states: usize) -> Self {
        Self { states, bits: states.next_power_of_two().trailing_zeros() as usize }
    }

    /// Values that a circuit reads: bit j of cell c is the value c · bits + j.
    pub fn inputs(self) -> usize {
        CELLS * self.bits
    }

    /// Names of the inputs: the cell by the compass (`c` is the middle), and its bit if there are several.
    pub fn names(self) -> Vec<String> {
        let cells = ["nw", "n", "ne", "w", "c", "e", "sw", "s", "se"];
        let name =
            |cell: &str, bit: usize| if self.bits == 1 { cell.to_string() } else { format!("{cell}.{bit}") };
        cells.iter().flat_map(|cell| (0..self.bits).map(move |bit| name(cell, bit))).collect()
    }

    /// Words of states `[bits][n]`.
    pub fn words(self, states: &[u8]) -> Vec<u64> {
        let words = |bit: usize| {
            let word = move |chunk: &[u8]| {
                chunk.iter().zip(0u32..).fold(0, |word, (state, i)| word | u64::from(state >> bit & 1) << i)
            };
            states.chunks(64).map(word)
        };
        (0..self.bits).flat_map(words).collect()
    }

    /// Words of neighbourhoods `[9 · bits][n]`.
    pub fn neighbourhoods(self, all: &[u64]) -> Vec<u64> {
        let cells: Vec<[u8; CELLS]> = all.iter().map(|n| neighbourhood::cells(*n, self.states)).collect();
        let of_cell = |c: usize| self.words(&cells.iter().map(|cells| cells[c]).collect::<Vec<u8>>());
        (0..CELLS).flat_map(of_cell).collect()
    }

    /// The states of the first `count` cases of words `[bits][n]`; a number that is no state is the last state.
    pub fn states(self, words: &[u64], count: usize) -> Vec<u8> {
        let n = words.len() / self.bits;
        let bit = |i: usize, case: usize| (words[i * n + case / 64] >> (case % 64) & 1) as u8;
        let state = |case: usize| (0..self.bits).fold(0, |state, i| state | bit(i, case) << i);
        (0..count).map(|case| state(case).min((self.states - 1) as u8)).collect()
    }

    /// Words of the neighbourhoods of a whole board `[9 · bits][height · words a row]`: rows are moved as words.
    pub fn board(self, board: &[u8], spec: &WorldSpec) -> Vec<u64> {
        let [down, across] = spec.periodic;
        let rows: Vec<Vec<u64>> = board.chunks_exact(spec.width).map(|row| self.words(row)).collect();
        let (n, words) = (spec.width.div_ceil(64), self.bits * spec.width.div_ceil(64));
        let beyond = vec![0; words];
        let row = |y: usize, by: usize| match (y + by).checked_sub(1) {
            Some(y) if y < spec.height => &rows[y],
            _ if down => &rows[(y + by + spec.height - 1) % spec.height],
            _ => &beyond,
        };
        let mut all = Vec::with_capacity(CELLS * spec.height * words);
        for cell in 0..CELLS {
            for bit in 0..self.bits {
                for y in 0..spec.height {
                    let row = &row(y, cell / 3)[bit * n..][..n];
                    match cell % 3 {
                        0 => all.extend(from_left(row, spec.width, across)),
                        1 => all.extend(row),
                        _ => all.extend(from_right(row, spec.width, across)),
                    }
                }
            }
        }
        all
    }

    /// The states of a board from words as [`Self::board`] lays them out, `[bits][height · words a row]`.
    pub fn of_board(self, words: &[u64], spec: &WorldSpec) -> Vec<u8> {
        let n = spec.width.div_ceil(64);
        let row = |y: usize| {
            let of_bit = |bit: usize| &words[(bit * spec.height + y) * n..][..n];
            self.states(&(0..self.bits).flat_map(of_bit).copied().collect::<Vec<u64>>(), spec.width)
        };
        (0..spec.height).flat_map(row).collect()
    }
}

/// Every cell's left neighbour.
fn from_left(row: &[u64], width: usize, periodic: bool) -> Vec<u64> {
    let last = row[(width - 1) / 64] >> ((width - 1) % 64) & 1;
    let mut carry = if periodic { last } else { 0 };
    let shift = |word: &u64| {
        let moved = word << 1 | carry;
        carry = word >> 63;
        moved
    };
    row.iter().map(shift).collect()
}

/// Every cell's right neighbour.
fn from_right(row: &[u64], width: usize, periodic: bool) -> Vec<u64> {
    let next = row.iter().skip(1).chain([&0]);
    let mut moved: Vec<u64> = row.iter().zip(next).map(|(word, next)| word >> 1 | next << 63).collect();
    if periodic {
        moved[(width - 1) / 64] |= (row[0] & 1) << ((width - 1) % 64);
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use world::rng::Rng;

    proptest! {
        /// Moved as words or looked up cell by cell, a neighbourhood is the same.
        #[test]
        fn boards_of_words_have_the_neighbourhoods_of_their_cells(
            seed: u64, width in 1usize..140, height in 1usize..6, down: bool, across: bool, states in 2usize..=16,
        ) {
            let (state, given, knobs) = (vec!["a".into()], Vec::new(), Vec::new());
            let spec = WorldSpec {
                scene: "t".into(), width, height, periodic: [down, across], every: 1, state, given, knobs,
            };
            let (codec, rng) = (Codec::new(states), Rng::new(seed));
            let board: Vec<u8> = (0..(width * height) as u64).map(|i| rng.below(i, states as u64) as u8).collect();
            let neighbourhoods = neighbourhood::of_board(&board, &spec, states);
            let (whole, single) = (codec.board(&board, &spec), codec.neighbourhoods(&neighbourhoods));
            let (n, words) = (height * width.div_ceil(64), neighbourhoods.len().div_ceil(64));
            prop_assert_eq!(whole.len(), codec.inputs() * n);
            for value in 0..codec.inputs() {
                for (i, _) in neighbourhoods.iter().enumerate() {
                    let (x, y) = (i % width, i / width);
                    let of_board = whole[value * n + y * width.div_ceil(64) + x / 64] >> (x % 64) & 1;
                    prop_assert_eq!(of_board, single[value * words + i / 64] >> (i % 64) & 1);
                }
            }
            let middle = whole[4 * codec.bits * n..5 * codec.bits * n].to_vec();
            prop_assert_eq!(codec.of_board(&middle, &spec), board.clone());
            prop_assert_eq!(codec.states(&codec.words(&board), board.len()), board);
        }
    }

    #[test]
    fn names_and_numbers_that_are_no_state() {
        assert_eq!(Codec::new(2).names()[..5], ["nw", "n", "ne", "w", "c"]);
        assert_eq!(Codec::new(3).names()[8..10], ["c.0", "c.1"]);
        assert_eq!(Codec::new(3).states(&[0b1010, 0b1100], 4), [0, 1, 2, 2]);
    }
}
