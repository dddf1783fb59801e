//! Which seeds a comparison uses.

use std::ops::Range;

use super::setup::ComparisonSetup;

/// Seed ranges that share no seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seeds {
    /// Of the candidates and the opponents.
    pub candidates: Range<u64>,
    /// Of the reference, and of the training set if one is given.
    pub reference: Range<u64>,
    /// Of held-out samples of the reference.
    pub held_out: Range<u64>,
    /// Of training frames of the opponents, if no training set is given.
    pub training: Range<u64>,
}

/// How many seeds a comparison of `n` samples with `reference_n` of the reference uses at most.
pub fn needed(n: usize, reference_n: usize) -> u64 {
    (n + 2 * reference_n + n.max(reference_n)) as u64
}

impl Seeds {
    /// Those of a comparison, counted up from its first.
    pub fn of(setup: &ComparisonSetup) -> Self {
        let (n, r, first) = (setup.n as u64, setup.reference_n as u64, setup.seed);
        Self {
            candidates: first..first + n,
            reference: first + n..first + n + r,
            held_out: first + n + r..first + n + 2 * r,
            training: first + n + 2 * r..first + needed(setup.n, setup.reference_n),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::setup;
    use super::*;

    #[test]
    fn the_ranges_follow_one_another() {
        for (n, reference_n) in [(10, 10), (3, 8), (8, 3)] {
            let setup = ComparisonSetup { n, reference_n, seed: 5, ..setup() };
            let s = Seeds::of(&setup);
            let all = [s.candidates, s.reference, s.held_out, s.training];
            assert_eq!(all[0].start, 5);
            assert!(all.windows(2).all(|pair| pair[0].end == pair[1].start));
            assert_eq!(all[3].end, 5 + needed(n, reference_n));
            let lengths: Vec<u64> = all.iter().map(|r| r.end - r.start).collect();
            assert_eq!(
                lengths,
                [n as u64, reference_n as u64, reference_n as u64, n.max(reference_n) as u64]
            );
        }
    }
}
