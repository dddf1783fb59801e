//! One step of training: the neighbourhoods of some boards, and Adam (Kingma and Ba 2015).

use std::collections::BTreeMap;

use super::Settings;
use super::network::{CellNet, Sizes};
use super::table::{Counts, States, counts, digits};
use crate::LearnError;
use crate::dynamics::method::WorldTrainingInputs;
use crate::dynamics::trajectories::Trajectories;
use crate::method::settings;
use crate::net::weights::{WeightArray, Weights};
use crate::training::{Batch, Losses, StepContext, Trainer};
use ::data::sample::Samples;
use world::rng::Rng;

/// Decay of the two moments of Adam.
const MOMENTS: [f64; 2] = [0.9, 0.999];

struct Automaton {
    rounds: usize,
    data: Trajectories,
    states: States,
    /// What follows each neighbourhood that occurs, in all worlds.
    rule: Counts,
    batch: usize,
    network: CellNet,
    moments: [Vec<f64>; 2],
    steps: u64,
}

/// A trainer with fresh weights.
///
/// # Errors
/// The world is not discrete, is driven from outside, or does not follow a rule of the nearest neighbours.
pub fn trainer(inputs: WorldTrainingInputs) -> Result<Box<dyn Trainer>, String> {
    let s: Settings = settings(inputs.settings);
    let WorldTrainingInputs { data, held, plan, .. } = inputs;
    if !data.spec.given.is_empty() || !data.spec.knobs.is_empty() {
        return Err("expected a world that nothing drives, found given planes or knobs".into());
    }
    let states = States::of(&data)?;
    let pairs =
        data.worlds.iter().chain(&held.worlds).flat_map(|w| w.frames.windows(2)).map(|p| (&p[0], &p[1]));
    let rule = counts(pairs, &data.spec, &states);
    if rule.is_empty() {
        return Err("expected worlds of at least two frames, found none".into());
    }
    if let Some(pair) = rule.windows(2).find(|p| p[0].0 == p[1].0) {
        return Err(format!(
            "expected a rule of the nearest neighbours, one generation a frame; found {:?} followed by {} and by {}",
            digits(pair[0].0, states.0.len()),
            states.0[pair[0].1],
            states.0[pair[1].1]
        ));
    }
    let sizes = Sizes { states: states.0.len(), hidden: [s.first as usize, s.second as usize] };
    let network = CellNet::fresh(sizes, Rng::new(plan.seed).named("cells"));
    let moments = [0, 1].map(|_| vec![0f64; sizes.count()]);
    let (rounds, batch) = (s.rounds as usize, plan.batch.max(1));
    Ok(Box::new(Automaton { rounds, data, states, rule, batch, network, moments, steps: 0 }))
}

impl Automaton {
    /// Counts of some boards, drawn at random.
    fn boards(&self, rng: Rng) -> Counts {
        let worlds: Vec<_> = self.data.worlds.iter().filter(|w| w.frames.len() > 1).collect();
        let pair = |i: usize| {
            let rng = rng.fork(i as u64);
            let frames = &worlds[rng.below(0, worlds.len() as u64) as usize].frames;
            let t = rng.below(1, frames.len() as u64 - 1) as usize;
            (&frames[t], &frames[t + 1])
        };
        counts((0..self.batch).map(pair), &self.data.spec, &self.states)
    }

    fn descend(&mut self, gradient: &[f64], rate: f64) {
        self.steps += 1;
        let correction = MOMENTS.map(|m| 1.0 - libm::pow(m, self.steps as f64));
        let [first, second] = &mut self.moments;
        for (i, g) in gradient.iter().enumerate() {
            first[i] += (1.0 - MOMENTS[0]) * (g - first[i]);
            second[i] += (1.0 - MOMENTS[1]) * (g * g - second[i]);
            let by = first[i] / correction[0] / ((second[i] / correction[1]).sqrt() + 1e-8);
            self.network.values[i] -= rate * by;
        }
    }
}

impl Trainer for Automaton {
    fn step(&mut self, _: &Batch, context: &StepContext) -> Result<Losses, LearnError> {
        let seen = self.boards(context.rng.named("boards"));
        let cells: f64 = seen.iter().map(|s| f64::from(s.2)).sum();
        let mut gradient = vec![0f64; self.network.values.len()];
        let mut loss = 0.0;
        for (number, next, count) in seen {
            loss += self.network.accumulate(number, next, f64::from(count) / cells, &mut gradient);
        }
        self.descend(&gradient, context.cosine());
        Ok(vec![("loss", loss)])
    }

    fn rounds(&self) -> Option<usize> {
        Some(self.rounds)
    }

    fn has_held_out(&self) -> bool {
        true
    }

    /// Share of the neighbourhoods that occur which the network decides otherwise than the rule.
    fn validate(&self, _: &Samples, _: Rng) -> Option<f64> {
        let network = CellNet::of(&self.network.weights(), self.network.sizes).ok()?;
        let wrong = self.rule.iter().filter(|r| network.decide(r.0) != r.1).count();
        Some(wrong as f64 / self.rule.len() as f64)
    }

    fn weights(&self) -> Weights {
        let mut all = self.network.weights();
        let states = WeightArray { dims: vec![self.states.0.len()], values: self.states.0.clone() };
        all.insert("states", states);
        // What the rule does, for the proof; −1 where a neighbourhood did not occur.
        if let Some(n) = self.states.neighbourhoods() {
            let mut values = vec![-1f32; n];
            self.rule.iter().for_each(|r| values[r.0] = r.1 as f32);
            all.insert("rule", WeightArray { dims: vec![n], values });
        }
        all
    }

    fn state(&self) -> Result<Vec<(String, Vec<u8>)>, LearnError> {
        let bytes = |v: &[f64]| v.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>();
        Ok(vec![
            ("network".into(), bytes(&self.network.values)),
            ("first".into(), bytes(&self.moments[0])),
            ("second".into(), bytes(&self.moments[1])),
            ("steps".into(), self.steps.to_le_bytes().to_vec()),
        ])
    }

    fn restore(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), LearnError> {
        let n = self.network.values.len();
        let part = |name: &str| state.get(name).map(Vec::as_slice).unwrap_or_default();
        let values = |name: &str| -> Result<Vec<f64>, LearnError> {
            let all: Vec<f64> =
                part(name).as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b)).collect();
            match all.len() == n {
                true => Ok(all),
                false => Err(LearnError::Failed(format!(
                    "cannot resume: expected {n} numbers in `{name}`, found {}",
                    all.len()
                ))),
            }
        };
        (self.network.values, self.moments) = (values("network")?, [values("first")?, values("second")?]);
        let steps = part("steps").first_chunk().map(|b| u64::from_le_bytes(*b));
        self.steps = steps
            .ok_or_else(|| LearnError::Failed("cannot resume: the number of steps is missing".into()))?;
        Ok(())
    }
}
