//! What frames of a world show of its rule: how often each neighbourhood was followed by each state of its middle cell.
//!
//! A network that sees nothing but the neighbourhood of a cell has on a board the loss of its distinct neighbourhoods,
//! each weighted by how often it occurs: the gradient is that of a convolution over the board, for a fraction of its
//! work.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::alphabet::Alphabet;
use super::neighbourhood;
use crate::dynamics::trajectories::{Moment, Trajectories};
use world::limits;

/// The most distinct transitions.
pub const TRANSITIONS: usize = 1 << 20;

/// A neighbourhood, and the state of its middle cell one frame later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Transition {
    /// The neighbourhood (`neighbourhood`).
    pub from: u64,
    /// The state that followed.
    pub to: u8,
}

/// Transitions of all pairs of successive frames.
#[derive(Clone, Debug, PartialEq)]
pub struct Observations {
    /// The distinct ones, in ascending order.
    pub transitions: Vec<Transition>,
    /// Of each pair of frames the transitions that occur, by their place, and how often; in ascending order.
    pub boards: Vec<Vec<(u32, u32)>>,
}

impl Observations {
    /// Of all worlds.
    ///
    /// # Errors
    /// More than [`TRANSITIONS`] distinct ones.
    pub fn of(data: &Trajectories, alphabet: &Alphabet) -> Result<Self, String> {
        let pairs: Vec<&[Moment]> = data.worlds.iter().flat_map(|w| w.frames.windows(2)).collect();
        let runs: Vec<Vec<(Transition, u32)>> = pairs
            .par_iter()
            .map(|pair| {
                let [from, to] = [&pair[0], &pair[1]].map(|m| alphabet.states(&m.state));
                runs(neighbourhood::of_board(&from, &data.spec, alphabet.count()), &to)
            })
            .collect();
        let mut places: BTreeMap<Transition, u32> = BTreeMap::new();
        for (transition, _) in runs.iter().flatten() {
            places.insert(*transition, 0);
            limits::within("distinct neighbourhoods and outcomes", places.len(), 0..=TRANSITIONS)?;
        }
        places.values_mut().zip(0..).for_each(|(place, i)| *place = i);
        let board = |runs: &Vec<(Transition, u32)>| runs.iter().map(|(t, n)| (places[t], *n)).collect();
        Ok(Self { boards: runs.iter().map(board).collect(), transitions: places.into_keys().collect() })
    }

    /// How often each transition occurs on these boards, in the order of the transitions; those that do not are left
    /// out.
    pub fn counts(&self, boards: impl Iterator<Item = usize>) -> Vec<(Transition, u64)> {
        let mut counts = vec![0u64; self.transitions.len()];
        for (place, n) in boards.flat_map(|b| &self.boards[b]) {
            counts[*place as usize] += u64::from(*n);
        }
        self.transitions.iter().copied().zip(counts).filter(|(_, n)| *n > 0).collect()
    }
}

/// The distinct transitions of a board in ascending order, with their numbers.
fn runs(from: Vec<u64>, to: &[u8]) -> Vec<(Transition, u32)> {
    let mut all: Vec<Transition> =
        from.into_iter().zip(to).map(|(from, to)| Transition { from, to: *to }).collect();
    all.sort_unstable();
    all.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u32)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::study::soups;
    use super::super::table::Table;
    use super::*;
    use world::rng::Rng;

    /// Every cell of every board is counted once, under what it saw and became.
    #[test]
    fn transitions_are_counted_as_they_occur() {
        let rule = Table::of(3, |c| (c[0] + c[4] + 2 * c[5]) % 3).unwrap();
        let data = soups(&rule, 0.5, [12, 3, 4], Rng::new(1));
        let frames: Vec<&Moment> = data.worlds.iter().flat_map(|w| &w.frames).collect();
        let alphabet = Alphabet::of(&data.spec, &frames).unwrap();
        let observed = Observations::of(&data, &alphabet).unwrap();
        assert_eq!(observed.boards.len(), 12);
        let mut expected: BTreeMap<Transition, u64> = BTreeMap::new();
        for pair in data.worlds.iter().flat_map(|w| w.frames.windows(2)) {
            for i in 0..144 {
                let (x, y) = (i % 12 + 12, i / 12 + 12);
                let at = |k: usize| pair[0].state[(y + k / 3 - 1) % 12 * 12 + (x + k % 3 - 1) % 12] as u64;
                let from = (0..9).fold(0, |n, k| 3 * n + at(k));
                *expected.entry(Transition { from, to: pair[1].state[i] as u8 }).or_default() += 1;
            }
        }
        assert_eq!(observed.counts(0..12), expected.into_iter().collect::<Vec<_>>());
        let twice: u64 = observed.counts([5, 5].into_iter()).iter().map(|c| c.1).sum();
        assert_eq!(twice, 288);
        assert_eq!(observed.counts([5].into_iter()).len(), observed.boards[5].len());
    }
}
