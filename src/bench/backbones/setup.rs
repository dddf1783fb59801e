//! What is compared, and on which pictures.

use std::collections::BTreeSet;

use data::sample::{Data, Samples, shuffled};
use judge::training_config::TrainingConfig;
use world::rng::Rng;

/// A comparison of backbones.
#[derive(Clone, Debug)]
pub struct BackbonesSetup {
    /// Names of the backbones.
    pub backbones: Vec<String>,
    /// How each is trained; the seed is the first.
    pub plan: TrainingConfig,
    /// Fraction of the training pictures held out for validation.
    pub validation: f64,
    /// Number of seeds.
    pub seeds: u64,
}

impl BackbonesSetup {
    /// The plan of the training with this seed, counted from 0.
    pub fn plan(&self, seed: u64) -> TrainingConfig {
        TrainingConfig { seed: self.plan.seed.wrapping_add(seed), ..self.plan.clone() }
    }

    /// Steps of all trainings that do not stop early.
    pub fn steps(&self, training: usize) -> u64 {
        let kept = training as f64 * (1.0 - self.validation);
        let epoch = (kept as u64).div_ceil(self.plan.batch as u64);
        epoch * self.plan.epochs as u64 * self.seeds * self.backbones.len() as u64
    }
}

/// Share of the origins that are held out for testing where there are no test pictures.
const HELD_OUT: f64 = 0.2;

/// At most `most` training pictures, and as many for testing, chosen at random. Where a set has no test pictures, a fifth of
/// its origins are.
pub fn limited(data: Data, most: usize, seed: u64) -> Data {
    let rng = Rng::new(seed).named("limited");
    let data = if data.test.is_empty() { split(data, rng) } else { data };
    let some = |samples: Samples, name: &str| {
        let mut places = shuffled(samples.len(), rng.named(name));
        places.truncate(most);
        places.sort_unstable();
        if places.len() == samples.len() { samples } else { samples.pick(&places) }
    };
    Data { train: some(data.train, "train"), test: some(data.test, "test"), ..data }
}

/// With some origins of the training pictures as test pictures.
fn split(data: Data, rng: Rng) -> Data {
    let mut origins: Vec<u64> = data.train.origins.clone();
    origins.sort_unstable();
    origins.dedup();
    let held = (origins.len() as f64 * HELD_OUT) as usize;
    let held: BTreeSet<u64> =
        shuffled(origins.len(), rng.named("held out")).iter().take(held).map(|i| origins[*i]).collect();
    let is_held = |i: &usize| held.contains(&data.train.origins[*i]);
    let (test, train): (Vec<usize>, Vec<usize>) = (0..data.train.len()).partition(is_held);
    let mut notes = data.notes;
    notes.push(format!("no test pictures: {} training pictures are held out instead", test.len()));
    Data { test: data.train.pick(&test), train: data.train.pick(&train), notes, ..data }
}
