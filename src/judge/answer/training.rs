//! Training: AdamW (Loshchilov and Hutter 2017) on soft targets; the best epoch on validation questions is kept. Sums over a
//! batch are taken in parts of fixed size, one after another, so that weights are the same bits at any number of threads.

use rayon::prelude::*;

use super::network::{AnswerNetwork, Input};
use crate::calibration::softmax;
use data::sample::shuffled;
use world::rng::Rng;

/// How the network is trained.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct AnswerConfig {
    /// Answers that it can give: the most frequent ones.
    pub answers: usize,
    /// Passes over the questions.
    pub epochs: usize,
    /// Questions a step.
    pub batch: usize,
    /// Learning rate.
    pub rate: f32,
    /// Weight decay.
    pub decay: f32,
    /// Share of the pictures that is held out, with all their questions.
    pub held: f64,
    /// Random seed.
    pub seed: u64,
}

impl Default for AnswerConfig {
    fn default() -> Self {
        Self { answers: 1000, epochs: 30, batch: 64, rate: 2e-3, decay: 0.02, held: 0.2, seed: 1 }
    }
}

/// A question with shares of the answers that people gave, which sum to 1.
#[derive(Clone, Debug)]
pub(super) struct Example {
    pub input: Input,
    pub target: Vec<(usize, f32)>,
}

/// Questions whose gradients are added up by one thread.
const PART: usize = 16;
/// Decay of the two moments, and what keeps divisors from 0.
const MOMENTS: ([f32; 2], f32) = ([0.9, 0.999], 1e-8);

type Arrays = [Vec<f32>; 6];

/// The network with the lowest loss on `validation` of all epochs.
pub(super) fn train(
    examples: &[Example],
    validation: &[Example],
    config: &AnswerConfig,
    watch: &mut dyn FnMut(usize, f64),
) -> AnswerNetwork {
    let rng = Rng::new(config.seed).named("answer");
    let mut network = AnswerNetwork::fresh(config.answers, rng.named("weights"));
    let mut moments = [zeros(&network), zeros(&network)];
    let (mut best, mut lowest, mut step) = (network.clone(), f64::INFINITY, 0);
    for epoch in 0..config.epochs {
        let order = shuffled(examples.len(), rng.fork(epoch as u64));
        for batch in order.chunks(config.batch) {
            step += 1;
            let gradient = gradient(&network, examples, batch);
            update(&mut network, &gradient, &mut moments, step, config);
        }
        let loss = loss(&network, if validation.is_empty() { examples } else { validation });
        watch(epoch + 1, loss);
        if loss < lowest {
            (best, lowest) = (network.clone(), loss);
        }
    }
    best
}

fn zeros(network: &AnswerNetwork) -> Arrays {
    std::array::from_fn(|i| vec![0.0; network.arrays[i].len()])
}

/// Mean gradient of the cross-entropy over a batch.
pub(super) fn gradient(network: &AnswerNetwork, examples: &[Example], batch: &[usize]) -> Arrays {
    let part = |places: &[usize]| {
        let mut sum = zeros(network);
        for example in places.iter().map(|i| &examples[*i]) {
            let (hidden, logits) = network.forward(&example.input);
            let mut slope = softmax(&logits, 1.0);
            example.target.iter().for_each(|(answer, share)| slope[*answer] -= share);
            slope.iter_mut().for_each(|s| *s /= batch.len() as f32);
            network.backward(&example.input, &hidden, &slope, &mut sum);
        }
        sum
    };
    let parts: Vec<Arrays> = batch.par_chunks(PART).map(part).collect();
    let mut all = zeros(network);
    for part in parts {
        all.iter_mut().zip(part).for_each(|(a, p)| a.iter_mut().zip(p).for_each(|(a, p)| *a += p));
    }
    all
}

fn update(
    network: &mut AnswerNetwork,
    gradient: &Arrays,
    moments: &mut [Arrays; 2],
    step: i32,
    config: &AnswerConfig,
) {
    let ([b1, b2], epsilon) = MOMENTS;
    let [c1, c2] = [b1, b2].map(|b| 1.0 - libm::powf(b, step as f32));
    let [first, second] = moments;
    for (i, gradient) in gradient.iter().enumerate() {
        // Biases do not decay.
        let decay = if i.is_multiple_of(2) { config.rate * config.decay } else { 0.0 };
        let all = network.arrays[i].iter_mut().zip(gradient).zip(&mut first[i]).zip(&mut second[i]);
        for (((w, g), m), v) in all {
            *m = b1 * *m + (1.0 - b1) * g;
            *v = b2 * *v + (1.0 - b2) * g * g;
            *w -= decay * *w + config.rate * (*m / c1) / ((*v / c2).sqrt() + epsilon);
        }
    }
}

/// Mean cross-entropy.
pub(super) fn loss(network: &AnswerNetwork, examples: &[Example]) -> f64 {
    let one = |e: &Example| -> f64 {
        let p = softmax(&network.logits(&e.input), 1.0);
        e.target.iter().map(|(a, share)| -f64::from(*share) * libm::log(f64::from(p[*a]).max(1e-12))).sum()
    };
    let all: Vec<f64> = examples.par_iter().map(one).collect();
    all.iter().sum::<f64>() / all.len().max(1) as f64
}
