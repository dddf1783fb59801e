//! One step of training: transitions of some boards, weighted by how often they occur.

use std::collections::BTreeMap;

use super::Settings;
use super::network::{Network, Shape};
use crate::LearnError;
use crate::dynamics::discrete::adam::{Adam, clip, one_cycle};
use crate::dynamics::discrete::lessons::Lessons;
use crate::dynamics::discrete::stored;
use crate::dynamics::method::WorldTrainingInputs;
use crate::method::settings;
use crate::net::weights::Weights;
use crate::training::{Batch, Losses, StepContext, Trainer};
use ::data::sample::Samples;
use world::rng::Rng;

struct Cells {
    lessons: Lessons,
    network: Network,
    adam: Adam,
    batch: usize,
    rounds: usize,
}

/// A trainer with fresh weights.
///
/// # Errors
/// Those of [`Lessons::of`].
pub fn trainer(inputs: WorldTrainingInputs) -> Result<Box<dyn Trainer>, String> {
    let s: Settings = settings(inputs.settings);
    let lessons = Lessons::of(&inputs.data, &inputs.held, s.contradictions)?;
    let shape = Shape { states: lessons.alphabet.count(), hidden: [s.first as usize, s.second as usize] };
    let network = Network::new(shape, Rng::new(inputs.plan.seed).named("cells"));
    let adam = Adam::new(network.weights.len(), [0.9, 0.999]);
    let (batch, rounds) = (inputs.plan.batch, s.rounds as usize);
    Ok(Box::new(Cells { lessons, network, adam, batch, rounds }))
}

impl Trainer for Cells {
    fn step(&mut self, _: &Batch, context: &StepContext) -> Result<Losses, LearnError> {
        let (transitions, shares) = self.lessons.batch(self.batch, context.rng.named("boards"));
        let (from, to): (Vec<u64>, Vec<u8>) = transitions.iter().map(|t| (t.from, t.to)).unzip();
        let (loss, mut gradient) = self.network.loss(&from, &to, &shares);
        clip(&mut gradient, context.clip);
        let rate = context.rate * one_cycle(context.progress());
        self.adam.step(&mut self.network.weights, &gradient, rate, context.step);
        Ok(vec![("loss", loss)])
    }

    fn rounds(&self) -> Option<usize> {
        Some(self.rounds)
    }

    fn has_held_out(&self) -> bool {
        true
    }

    /// The share of the neighbourhoods that occurred in any world whose decision is wrong.
    fn validate(&self, _: &Samples, _: Rng) -> Option<f64> {
        Some(self.lessons.evidence.share_wrong(&|from| self.network.decide(from)))
    }

    fn weights(&self) -> Weights {
        let mut w = Weights::default();
        self.network.store(&mut w);
        self.lessons.store(&mut w);
        w
    }

    fn state(&self) -> Result<Vec<(String, Vec<u8>)>, LearnError> {
        let mut state = vec![("network".to_string(), stored::bytes(&self.network.weights))];
        self.adam.save(&mut state);
        Ok(state)
    }

    fn restore(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), LearnError> {
        stored::restore(state, "network", &mut self.network.weights)?;
        self.adam.restore(state)
    }
}
