//! Which values each gate reads: fixed, drawn by address (Petersen et al. 2022).
//!
//! The inputs are the bits of the states of nine cells. Perception kernels come first, trees of 8, 4, 2 and 1 gates, the
//! first of which compare the middle cell with each neighbour (Miotti et al. 2025); then layers of equal width over the
//! kernels and the middle cell, then layers that halve to the bits of the next state.

use ::data::sample::shuffled;

use crate::dynamics::discrete::neighbourhood::{CELLS, CENTRE};
use world::rng::Rng;

/// Sizes of a circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Bits of a cell's state.
    pub bits: usize,
    /// Perception kernels.
    pub kernels: usize,
    /// Gates of a layer behind them.
    pub width: usize,
    /// Layers of that width.
    pub depth: usize,
}

impl Sizes {
    /// Values that the first gates read: bit j of cell c is the value c · bits + j.
    pub fn inputs(self) -> usize {
        CELLS * self.bits
    }
}

/// The gates in order, each with the two different values that it reads: inputs first, then the gates before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wiring {
    /// Number of inputs.
    pub inputs: usize,
    /// Values that each gate reads.
    pub reads: Vec<[u32; 2]>,
    /// Bits of the next state: the last gates.
    pub outputs: usize,
}

impl Wiring {
    /// Drawn at random.
    pub fn new(sizes: Sizes, rng: Rng) -> Self {
        let mut wiring = Self { inputs: sizes.inputs(), reads: Vec::new(), outputs: sizes.bits };
        let mut features: Vec<u32> = wiring.kernels(sizes, rng.named("kernels"));
        features.extend((0..sizes.bits).map(|bit| (CENTRE * sizes.bits + bit) as u32));
        let equal = std::iter::repeat_n(sizes.width, sizes.depth);
        let halving =
            std::iter::successors(Some(sizes.width.next_power_of_two() / 2), |n| (*n > 1).then_some(n / 2));
        for (i, gates) in equal.chain(halving.map(|n| n * sizes.bits)).enumerate() {
            features = wiring.layer(&features, gates, rng.named("layer").fork(i as u64));
        }
        wiring
    }

    /// Number of values: inputs and gates.
    pub fn values(&self) -> usize {
        self.inputs + self.reads.len()
    }

    /// Adds the kernels, and returns the value that each ends in.
    fn kernels(&mut self, sizes: Sizes, rng: Rng) -> Vec<u32> {
        let kernel = |k: usize| {
            let input = |cell: usize| (cell * sizes.bits + k % sizes.bits) as u32;
            let mut values: Vec<u32> =
                (0..CELLS).filter(|c| *c != CENTRE).map(|c| self.gate([input(CENTRE), input(c)])).collect();
            for level in 0..3 {
                let order = shuffled(values.len(), rng.fork(k as u64).fork(level));
                values = order
                    .as_chunks::<2>()
                    .0
                    .iter()
                    .map(|[a, b]| self.gate([values[*a], values[*b]]))
                    .collect();
            }
            values[0]
        };
        (0..sizes.kernels).map(kernel).collect()
    }

    /// Adds a layer of gates that read these values, each value about as often as any other.
    fn layer(&mut self, from: &[u32], gates: usize, rng: Rng) -> Vec<u32> {
        let rounds = (2 * gates).div_ceil(from.len()) as u64;
        let ends: Vec<usize> =
            (0..rounds).flat_map(|r| shuffled(from.len(), rng.named("ends").fork(r))).collect();
        // Shuffled again: the ends of a gate would never come from one round otherwise.
        let order = shuffled(2 * gates, rng.named("order"));
        let pair = |g: usize| {
            let [a, b] = [order[2 * g], order[2 * g + 1]].map(|i| ends[i]);
            let other =
                (a + 1 + rng.named("other").below(g as u64, from.len() as u64 - 1) as usize) % from.len();
            self.gate([from[a], from[if a == b { other } else { b }]])
        };
        (0..gates).map(pair).collect()
    }

    fn gate(&mut self, reads: [u32; 2]) -> u32 {
        self.reads.push(reads);
        (self.values() - 1) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_read_two_values_before_them_and_all_are_of_use() {
        for (bits, kernels, width, depth) in [(1, 16, 128, 2), (2, 3, 20, 1), (1, 1, 2, 0), (4, 5, 64, 3)] {
            let w = Wiring::new(Sizes { bits, kernels, width, depth }, Rng::new(1));
            assert_eq!((w.inputs, w.outputs), (9 * bits, bits));
            for (i, [a, b]) in w.reads.iter().enumerate() {
                assert!(a != b && ((*a).max(*b) as usize) < w.inputs + i);
            }
            let kernel_gates = 15 * kernels;
            let tail: usize = (0..width.next_power_of_two().trailing_zeros()).map(|i| bits << i).sum();
            assert_eq!(w.reads.len(), kernel_gates + width * depth + tail);
            // Nothing but the last gates is left unread, where a layer has room for all that it could read.
            if (bits, width) == (1, 128) {
                let read: std::collections::BTreeSet<u32> = w.reads.iter().flatten().copied().collect();
                let unread = (w.inputs..w.values() - bits).filter(|v| !read.contains(&(*v as u32))).count();
                assert_eq!(unread, 0);
            }
        }
        let sizes = Sizes { bits: 1, kernels: 4, width: 16, depth: 1 };
        assert_ne!(Wiring::new(sizes, Rng::new(1)), Wiring::new(sizes, Rng::new(2)));
    }
}
