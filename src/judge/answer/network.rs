//! The network: question and picture each become a vector; both, and their product (Antol et al. 2015), give the answers.
//!
//! | | |
//! | --- | --- |
//! | question | tanh(W s + b), s hashed words |
//! | picture | tanh(V x + c), x standardised |
//! | logits | U [q, v, q ⊙ v] + d |

use learn::net::weights::{WeightArray, Weights};
use world::rng::Rng;

use super::encoder::{BUCKETS, PICTURE};

/// Width of the two vectors.
pub const WIDTH: usize = 64;

/// Weights of the network.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerNetwork {
    /// Number of answers.
    pub answers: usize,
    /// Arrays in the order of [`NAMES`].
    pub(super) arrays: [Vec<f32>; 6],
}

/// Names of the arrays in a file: words, their bias, picture, its bias, answers, their bias.
const NAMES: [&str; 6] = ["words", "words.bias", "picture", "picture.bias", "answers", "answers.bias"];

/// What the network reads.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// The question ([`question`](super::encoder::question)).
    pub question: Vec<(usize, f32)>,
    /// The picture, standardised; zeros if it is not seen.
    pub picture: Vec<f32>,
}

/// What is between input and logits.
pub(super) struct Hidden {
    question: Vec<f32>,
    picture: Vec<f32>,
    both: Vec<f32>,
}

fn dims(answers: usize) -> [Vec<usize>; 6] {
    [
        vec![BUCKETS, WIDTH],
        vec![WIDTH],
        vec![PICTURE, WIDTH],
        vec![WIDTH],
        vec![3 * WIDTH, answers],
        vec![answers],
    ]
}

impl AnswerNetwork {
    /// Fresh weights: uniform, of variance 1 over the number of inputs (LeCun et al. 1998); biases 0.
    pub fn fresh(answers: usize, rng: Rng) -> Self {
        // A question has few words, and its vector is of length 1.
        let inputs = [1, 0, PICTURE, 0, 3 * WIDTH, 0];
        let array = |i: usize| {
            let count = dims(answers)[i].iter().product::<usize>();
            let bound = if inputs[i] == 0 { 0.0 } else { (3.0 / inputs[i] as f32).sqrt() };
            (0..count).map(|cell| rng.fork(i as u64).range(cell as u64, -bound, bound)).collect()
        };
        Self { answers, arrays: std::array::from_fn(array) }
    }

    /// From the arrays of a file.
    ///
    /// # Errors
    /// One is missing or of another shape.
    pub fn of(weights: &Weights, answers: usize) -> Result<Self, String> {
        let mut arrays: [Vec<f32>; 6] = Default::default();
        for ((name, dims), array) in NAMES.iter().zip(dims(answers)).zip(&mut arrays) {
            *array = weights.get(name, &dims)?;
        }
        Ok(Self { answers, arrays })
    }

    /// As the arrays of a file.
    pub fn weights(&self) -> Weights {
        let mut weights = Weights::default();
        for ((name, dims), values) in NAMES.iter().zip(dims(self.answers)).zip(&self.arrays) {
            weights.insert(*name, WeightArray { dims, values: values.clone() });
        }
        weights
    }

    /// A logit for each answer.
    pub fn logits(&self, input: &Input) -> Vec<f32> {
        self.forward(input).1
    }

    pub(super) fn forward(&self, input: &Input) -> (Hidden, Vec<f32>) {
        let [words, words_bias, weights, bias, last, last_bias] = &self.arrays;
        let mut question = words_bias.clone();
        input.question.iter().for_each(|(row, v)| add(&mut question, &words[row * WIDTH..][..WIDTH], *v));
        let mut picture = bias.clone();
        input.picture.iter().zip(weights.chunks_exact(WIDTH)).for_each(|(v, row)| add(&mut picture, row, *v));
        question.iter_mut().chain(&mut picture).for_each(|v| *v = libm::tanhf(*v));
        let product = question.iter().zip(&picture).map(|(q, v)| q * v);
        let both: Vec<f32> = question.iter().chain(&picture).copied().chain(product).collect();
        let mut logits = last_bias.clone();
        both.iter().zip(last.chunks_exact(self.answers)).for_each(|(v, row)| add(&mut logits, row, *v));
        (Hidden { question, picture, both }, logits)
    }

    /// Adds the gradient of a loss to `into`, which has the arrays of a network; `slope` is the gradient by the logits.
    pub(super) fn backward(&self, input: &Input, hidden: &Hidden, slope: &[f32], into: &mut [Vec<f32>; 6]) {
        let [words, words_bias, weights, bias, last, last_bias] = into;
        add(last_bias, slope, 1.0);
        let mut both = vec![0f32; 3 * WIDTH];
        for (i, row) in self.arrays[4].chunks_exact(self.answers).enumerate() {
            both[i] = row.iter().zip(slope).map(|(w, s)| w * s).sum();
            add(&mut last[i * self.answers..][..self.answers], slope, hidden.both[i]);
        }
        for k in 0..WIDTH {
            let (q, v, product) = (hidden.question[k], hidden.picture[k], both[2 * WIDTH + k]);
            both[k] = (both[k] + product * v) * (1.0 - q * q);
            both[WIDTH + k] = (both[WIDTH + k] + product * q) * (1.0 - v * v);
        }
        let (by_question, by_picture) = both[..2 * WIDTH].split_at(WIDTH);
        add(words_bias, by_question, 1.0);
        input.question.iter().for_each(|(row, v)| add(&mut words[row * WIDTH..][..WIDTH], by_question, *v));
        add(bias, by_picture, 1.0);
        let rows = weights.chunks_exact_mut(WIDTH).zip(&input.picture).filter(|(_, v)| **v != 0.0);
        rows.for_each(|(row, v)| add(row, by_picture, *v));
    }
}

/// Adds a multiple of a row.
fn add(into: &mut [f32], row: &[f32], factor: f32) {
    into.iter_mut().zip(row).for_each(|(a, b)| *a += factor * b);
}
