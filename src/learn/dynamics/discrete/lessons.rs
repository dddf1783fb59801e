//! What a discrete world teaches.

use super::alphabet::Alphabet;
use super::evidence::Evidence;
use super::observed::{Observations, Transition};
use crate::dynamics::trajectories::Trajectories;
use crate::net::weights::Weights;
use world::rng::Rng;

/// What the frames of a discrete world show.
pub struct Lessons {
    /// States of its cells.
    pub alphabet: Alphabet,
    /// Transitions of the worlds to train on.
    pub observed: Observations,
    /// The rule that all worlds showed, those held out too.
    pub evidence: Evidence,
}

impl Lessons {
    /// Of the worlds to train on and those held out.
    ///
    /// # Errors
    /// No discrete cells, no frames in succession, planes that are given, or a greater share of contradictions than
    /// tolerated.
    pub fn of(data: &Trajectories, held: &Trajectories, tolerated: f64) -> Result<Self, String> {
        if let Some(given) = data.spec.given.first() {
            return Err(format!("expected a world that nothing drives, found the given plane `{given}`"));
        }
        let sets = [data, held];
        let frames: Vec<_> = sets.iter().flat_map(|d| &d.worlds).flat_map(|w| &w.frames).collect();
        let alphabet = Alphabet::of(&data.spec, &frames)?;
        let observed = Observations::of(data, &alphabet)?;
        if observed.boards.is_empty() {
            return Err("expected worlds of at least 2 frames, found none".into());
        }
        let evidence = Evidence::of(&[&observed, &Observations::of(held, &alphabet)?]);
        evidence.check(tolerated, &sets, &alphabet)?;
        Ok(Self { alphabet, observed, evidence })
    }

    /// Transitions of a batch of boards drawn at random (all if `batch` is 0), with their shares of all cells.
    pub fn batch(&self, batch: usize, rng: Rng) -> (Vec<Transition>, Vec<f32>) {
        let all = self.observed.boards.len();
        let counts = match batch {
            0 => self.observed.counts(0..all),
            n => self.observed.counts((0..n as u64).map(|i| rng.below(i, all as u64) as usize)),
        };
        let sum: u64 = counts.iter().map(|c| c.1).sum();
        counts.into_iter().map(|(t, n)| (t, (n as f64 / sum as f64) as f32)).unzip()
    }

    /// Adds what it shows to the arrays of a file.
    pub fn store(&self, w: &mut Weights) {
        self.alphabet.store(w);
        self.evidence.store(w);
    }
}
