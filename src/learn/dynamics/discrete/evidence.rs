//! The rule that the data showed: the most frequent outcome of every neighbourhood that occurred.

use std::collections::BTreeMap;

use super::alphabet::Alphabet;
use super::neighbourhood;
use super::observed::{Observations, Transition};
use super::stored;
use crate::dynamics::trajectories::Trajectories;
use crate::net::weights::Weights;

const FROM: &str = "seen.neighbourhoods";
const COUNTS: &str = "seen.counts";

/// What was seen of one neighbourhood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The neighbourhood.
    pub from: u64,
    /// Its most frequent outcome (of equals the first state).
    pub to: u8,
    /// How often that followed.
    pub count: u64,
    /// How often anything else followed.
    pub against: u64,
}

/// Outcomes of the neighbourhoods that occurred, in ascending order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// The outcomes.
    pub outcomes: Vec<Outcome>,
}

impl Evidence {
    /// Of several sets of observations together.
    pub fn of(sets: &[&Observations]) -> Self {
        let mut counts: BTreeMap<Transition, u64> = BTreeMap::new();
        for set in sets {
            for (transition, n) in set.counts(0..set.boards.len()) {
                *counts.entry(transition).or_default() += n;
            }
        }
        let mut outcomes: Vec<Outcome> = Vec::new();
        for (Transition { from, to }, count) in counts {
            match outcomes.last_mut().filter(|o| o.from == from) {
                Some(o) if count > o.count => *o = Outcome { from, to, count, against: o.against + o.count },
                Some(o) => o.against += count,
                None => outcomes.push(Outcome { from, to, count, against: 0 }),
            }
        }
        Self { outcomes }
    }

    /// Observations that contradict the most frequent outcome of their neighbourhood, and all observations.
    pub fn contradictions(&self) -> [u64; 2] {
        let against = self.outcomes.iter().map(|o| o.against).sum();
        [against, self.outcomes.iter().map(|o| o.count + o.against).sum()]
    }

    /// Of the neighbourhoods that occurred, those whose decision differs from their outcome; `decide` gives the
    /// decision for each of some neighbourhoods.
    pub fn wrong(&self, decide: &dyn Fn(&[u64]) -> Vec<u8>) -> Vec<(Outcome, u8)> {
        let from: Vec<u64> = self.outcomes.iter().map(|o| o.from).collect();
        let decided = self.outcomes.iter().copied().zip(decide(&from));
        decided.filter(|(outcome, decision)| outcome.to != *decision).collect()
    }

    /// The share of [`Self::wrong`] among the neighbourhoods that occurred.
    pub fn share_wrong(&self, decide: &dyn Fn(&[u64]) -> Vec<u8>) -> f64 {
        self.wrong(decide).len() as f64 / self.outcomes.len().max(1) as f64
    }

    /// Adds it to the arrays of a file.
    pub fn store(&self, w: &mut Weights) {
        // The outcome is the last digit of base 16, as a state is below 16.
        let from: Vec<u64> = self.outcomes.iter().map(|o| o.from << 4 | u64::from(o.to)).collect();
        let most = (1 << 48) - 1;
        let counts: Vec<u64> =
            self.outcomes.iter().flat_map(|o| [o.count.min(most), o.against.min(most)]).collect();
        w.insert(FROM, stored::whole(&from));
        w.insert(COUNTS, stored::whole(&counts));
    }

    /// From the arrays of a file.
    ///
    /// # Errors
    /// An array is missing, of another size, or names a neighbourhood or a state that there is not.
    pub fn of_weights(w: &Weights, states: usize) -> Result<Self, String> {
        let n = stored::rows(w, FROM);
        let (from, counts) = (stored::read_whole(w, FROM, n)?, stored::read_whole(w, COUNTS, 2 * n)?);
        let outcomes = from.iter().zip(counts.as_chunks::<2>().0).map(|(code, [count, against])| {
            let (from, to) = (code >> 4, (code & 15) as u8);
            match from < neighbourhood::count(states) && usize::from(to) < states {
                true => Ok(Outcome { from, to, count: *count, against: *against }),
                false => Err(format!("expected neighbourhoods of {states} states in `{FROM}`, found {code}")),
            }
        });
        Ok(Self { outcomes: outcomes.collect::<Result<_, _>>()? })
    }

    /// Checks that at most this share of the observations contradicts the others.
    ///
    /// # Errors
    /// More do; the message says what they may come from.
    pub fn check(&self, tolerated: f64, sets: &[&Trajectories], alphabet: &Alphabet) -> Result<(), String> {
        let [against, all] = self.contradictions();
        let Some(worst) = self.outcomes.iter().max_by_key(|o| o.against).filter(|o| o.against > 0) else {
            return Ok(());
        };
        if against as f64 <= tolerated * all as f64 {
            return Ok(());
        }
        let at_borders: u64 = sets.iter().map(|data| self.contradictions_at_borders(data, alphabet)).sum();
        let border = match at_borders {
            0 => String::new(),
            n => format!(
                " ({n} of them at a border that is not periodic: a torus is learned with --periodic both)"
            ),
        };
        let (states, Outcome { from, to, count, against: other }) = (alphabet.count(), worst);
        Err(format!(
            "expected neighbourhoods of 3×3 cells that have one outcome each; {against} of {all} observations contradict \
             the others{border}. {} became {to} {count} times and something else {other} times. Frames must be one \
             generation apart (every=1, and a node that computes one generation a tick) and show all that the rule \
             reads; where chance or a wire has a part, give --set contradictions=SHARE",
            neighbourhood::text(*from, states)
        ))
    }

    fn contradictions_at_borders(&self, data: &Trajectories, alphabet: &Alphabet) -> u64 {
        let (spec, known) = (&data.spec, self.outcomes.iter().map(|o| (o.from, o.to)));
        let outcome: BTreeMap<u64, u8> = known.collect();
        let pairs = data.worlds.iter().flat_map(|w| w.frames.windows(2));
        let of_pair = pairs.map(|pair| {
            let [from, to] = [&pair[0], &pair[1]].map(|m| alphabet.states(&m.state));
            let from = neighbourhood::of_board(&from, spec, alphabet.count());
            let differs = |i: &usize| outcome.get(&from[*i]) != Some(&to[*i]);
            (0..from.len()).filter(|i| neighbourhood::is_at_border(*i, spec)).filter(differs).count() as u64
        });
        of_pair.sum()
    }
}

#[cfg(test)]
mod tests {
    use super::super::lessons::Lessons;
    use super::super::study::soups;
    use super::super::table::Table;
    use super::*;
    use world::rng::Rng;

    fn life() -> Table {
        let alive = |c: &[u8; 9]| (c[4], c.iter().sum::<u8>() - c[4]);
        Table::of(2, |c| u8::from(matches!(alive(c), (_, 3) | (1, 2)))).unwrap()
    }

    fn none(data: &Trajectories) -> Trajectories {
        Trajectories { spec: data.spec.clone(), worlds: Vec::new() }
    }

    #[test]
    fn the_most_frequent_outcome_counts() {
        let transition = |from, to| Transition { from, to };
        let transitions = vec![transition(7, 0), transition(7, 1), transition(7, 2), transition(9, 2)];
        let set = |counts: [u32; 4]| Observations {
            transitions: transitions.clone(),
            boards: vec![(0..4).map(|i| (i, counts[i as usize])).collect()],
        };
        let evidence = Evidence::of(&[&set([3, 2, 1, 5]), &set([0, 4, 1, 1])]);
        let of = |from, to, count, against| Outcome { from, to, count, against };
        assert_eq!(evidence.outcomes, [of(7, 1, 6, 5), of(9, 2, 6, 0)]);
        assert_eq!(evidence.contradictions(), [5, 17]);
        let decide = |n: &[u64]| n.iter().map(|n| if *n == 9 { 2 } else { 0 }).collect();
        assert_eq!(evidence.wrong(&decide), [(of(7, 1, 6, 5), 0)]);
        assert_eq!(evidence.share_wrong(&decide), 0.5);
        let equal = Evidence::of(&[&set([2, 2, 0, 1])]);
        assert_eq!(equal.outcomes[0], of(7, 0, 2, 2), "of equals the first");
        let mut w = Weights::default();
        evidence.store(&mut w);
        assert_eq!((Evidence::of_weights(&w, 3), w.count()), (Ok(evidence), 0));
        assert!(Evidence::of_weights(&w, 2).unwrap_err().contains("2 states"));
    }

    #[test]
    fn frames_that_are_not_one_generation_apart_are_told() {
        let data = soups(&life(), 0.4, [24, 3, 12], Rng::new(1));
        assert!(Lessons::of(&data, &none(&data), 0.0).is_ok());
        let mut skipped = data.clone();
        for world in &mut skipped.worlds {
            world.frames = std::mem::take(&mut world.frames).into_iter().step_by(2).collect();
        }
        let e = Lessons::of(&skipped, &none(&data), 0.0).err().unwrap();
        assert!(e.contains("one generation apart") && !e.contains("border"), "{e}");
        assert!(Lessons::of(&skipped, &none(&data), 1.0).is_ok());
        // A torus that is said to have walls contradicts itself at them, and only there.
        let mut walls = data.clone();
        walls.spec.periodic = [true, false];
        let e = Lessons::of(&walls, &none(&walls), 0.0).err().unwrap();
        let numbers: Vec<u64> = e.split(' ').filter_map(|w| w.trim_start_matches('(').parse().ok()).collect();
        let [against, all, at_borders] = numbers[..3] else { panic!("{e}") };
        assert!(e.contains("--periodic both") && all == 24 * 24 * 36, "{e}");
        assert!(at_borders > 0 && at_borders <= against, "{e}");
    }

    #[test]
    fn what_is_no_automaton_is_told() {
        let data = soups(&life(), 0.4, [8, 2, 2], Rng::new(1));
        let mut given = data.clone();
        given.spec.given.push("wind".into());
        assert!(Lessons::of(&given, &none(&given), 0.0).err().unwrap().contains("`wind`"));
        let mut still = data.clone();
        still.worlds.iter_mut().for_each(|w| w.frames.truncate(1));
        assert!(Lessons::of(&still, &none(&still), 0.0).err().unwrap().contains("at least 2 frames"));
    }
}
