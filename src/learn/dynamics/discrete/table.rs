//! A rule as a table: the next state of the middle cell for every neighbourhood.

use super::neighbourhood::{self, CELLS, CENTRE};
use crate::dynamics::trajectories::WorldSpec;

/// A rule of 3 × 3 cells, enumerated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// States of a cell.
    pub states: usize,
    /// The next state of the middle cell for each neighbourhood (`neighbourhood`).
    pub next: Vec<u8>,
}

impl Table {
    /// Of a rule that is given the cells of a neighbourhood. `None` if there are too many neighbourhoods
    /// ([`neighbourhood::ENUMERATED`]).
    pub fn of(states: usize, rule: impl Fn(&[u8; CELLS]) -> u8) -> Option<Self> {
        let all = |n: &[u64]| n.iter().map(|n| rule(&neighbourhood::cells(*n, states))).collect::<Vec<u8>>();
        Self::of_decisions(states, &all)
    }

    /// Of a function that decides many neighbourhoods at once. `None` as for [`Self::of`].
    pub fn of_decisions(states: usize, decide: &dyn Fn(&[u64]) -> Vec<u8>) -> Option<Self> {
        let can = neighbourhood::can_be_enumerated(states);
        can.then(|| Self { states, next: decide(&(0..neighbourhood::count(states)).collect::<Vec<u64>>()) })
    }

    /// The board one generation later, `[height][width]`.
    pub fn step(&self, board: &[u8], spec: &WorldSpec) -> Vec<u8> {
        neighbourhood::of_board(board, spec, self.states).into_iter().map(|n| self.next[n as usize]).collect()
    }

    /// The rule string (`B3/S23`), if it has two states, the second of which lives, and only counts live neighbours.
    pub fn life_like(&self) -> Option<String> {
        if self.states != 2 {
            return None;
        }
        let mut known = [[None; CELLS]; 2];
        for (n, next) in (0u64..).zip(&self.next) {
            let cells = neighbourhood::cells(n, 2);
            let alive = cells[CENTRE];
            let neighbours = cells.iter().sum::<u8>() - alive;
            let known = known[usize::from(alive)][usize::from(neighbours)].get_or_insert(*next);
            if known != next {
                return None;
            }
        }
        let counts = |of: &[Option<u8>; CELLS]| {
            (0..CELLS).filter(|i| of[*i] == Some(1)).map(|i| i.to_string()).collect::<String>()
        };
        Some(format!("B{}/S{}", counts(&known[0]), counts(&known[1])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts of the definition (Gardner 1970), by hand.
    #[test]
    fn rules_that_count_neighbours_have_a_name() {
        let rule = |births: &'static [u8], survivals: &'static [u8]| {
            Table::of(2, |c| {
                let n = c.iter().sum::<u8>() - c[4];
                u8::from(if c[4] == 1 { survivals.contains(&n) } else { births.contains(&n) })
            })
        };
        let life = rule(&[3], &[2, 3]).unwrap();
        assert_eq!(life.next.iter().filter(|n| **n == 1).count(), 56 + 56 + 28);
        assert_eq!(life.life_like().as_deref(), Some("B3/S23"));
        assert_eq!(rule(&[3, 6], &[2, 3]).unwrap().life_like().as_deref(), Some("B36/S23"));
        assert_eq!(rule(&[], &[]).unwrap().life_like().as_deref(), Some("B/S"));
        for n in [0, 7, 511] {
            let mut other = life.clone();
            other.next[n] ^= 1;
            assert_eq!(other.life_like().is_some(), n == 0 || n == 511, "0 and 511 are alone in their class");
        }
        assert!(Table::of(3, |c| c[4]).unwrap().life_like().is_none());
        assert!(Table::of(6, |c| c[4]).is_none());
    }
}
