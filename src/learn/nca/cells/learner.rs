//! A rule in training, with the worlds that it learns on.

use std::collections::BTreeMap;

use super::descent::{Adam, numbers};
use super::pool::Pool;
use super::rule::CellRule;
use crate::LearnError;
use crate::nca::data::damage;
use world::rng::Rng;

/// Of so many worlds of a step one is damaged.
const DAMAGED: usize = 4;

/// The worst world of a step in so many, by the distance of each; `None` in the others.
pub fn reseeded(each: &[f64], step: usize) -> Option<usize> {
    const RESEEDED: usize = 2;
    let worst = (0..each.len()).max_by(|a, b| each[*a].total_cmp(&each[*b]));
    worst.filter(|_| step.is_multiple_of(RESEEDED))
}

/// Rule, pool and optimizer; all that a checkpoint holds.
pub struct Learner {
    /// The rule so far.
    pub rule: CellRule,
    /// The worlds.
    pub pool: Pool,
    adam: Adam,
}

impl Learner {
    /// At the start of training.
    pub fn new(rule: CellRule, pool: Pool) -> Self {
        Self { adam: Adam::new(&rule), rule, pool }
    }

    /// Different worlds of the pool with their places; the last of them are damaged. A world is square, of `side` cells.
    pub fn drawn(&self, worlds: usize, side: usize, rng: Rng) -> (Vec<usize>, Vec<Vec<f32>>) {
        let places = self.pool.draw(worlds, rng.named("pool"));
        let whole = places.len() - places.len() / DAMAGED;
        let state = |(i, p): (usize, &usize)| {
            let mut state = self.pool.state(*p).to_vec();
            if i >= whole {
                damage(&mut state, side, rng.named("wound").fork(i as u64));
            }
            state
        };
        let states = places.iter().enumerate().map(state).collect();
        (places, states)
    }

    /// Puts worlds back. The `worst` of them goes back as a fresh one, and so does any that is no longer finite.
    pub fn put_back(
        &mut self,
        places: &[usize],
        states: &[&[f32]],
        worst: Option<usize>,
        fresh: &dyn Fn(usize) -> Vec<f32>,
    ) {
        for (i, (place, state)) in places.iter().zip(states).enumerate() {
            match worst == Some(i) || state.iter().any(|v| !v.is_finite()) {
                true => self.pool.put(*place, &fresh(i)),
                false => self.pool.put(*place, state),
            }
        }
    }

    /// One step against the sum of these gradients, which is taken in their order.
    pub fn descend(&mut self, gradients: &[CellRule], rate: f64) {
        let mut sum = CellRule::zeros(self.rule.shape);
        for gradient in gradients {
            for (sum, part) in sum.parts_mut().into_iter().zip(gradient.parts()) {
                sum.iter_mut().zip(part).for_each(|(s, g)| *s += g);
            }
        }
        self.adam.step(&mut self.rule, sum, rate);
    }

    /// In named parts.
    pub fn state(&self) -> Vec<(String, Vec<u8>)> {
        let rule = self.rule.parts().into_iter().flatten().flat_map(|v| v.to_le_bytes()).collect();
        [("rule", rule), ("optimizer", self.adam.bytes()), ("pool", self.pool.bytes())]
            .map(|(name, bytes)| (name.to_string(), bytes))
            .into()
    }

    /// Restores named parts.
    ///
    /// # Errors
    /// One is missing or of another size.
    pub fn restore(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), LearnError> {
        let part = |name: &str| {
            let missing = || LearnError::Failed(format!("cannot resume: the part `{name}` is missing"));
            state.get(name).map(Vec::as_slice).ok_or_else(missing)
        };
        let values = numbers(part("rule")?);
        let (want, found) = (self.rule.parts().iter().map(|p| p.len()).sum::<usize>(), values.len());
        if want != found {
            return Err(LearnError::Failed(format!("cannot resume: expected {want} weights, found {found}")));
        }
        let mut rest = &values[..];
        for into in self.rule.parts_mut() {
            let (now, later) = rest.split_at(into.len());
            into.copy_from_slice(now);
            rest = later;
        }
        self.adam.restore(part("optimizer")?)?;
        self.pool.restore(part("pool")?)
    }
}
