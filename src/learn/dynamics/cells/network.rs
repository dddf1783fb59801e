//! The network: a neighbourhood in, the next state out. Small enough that its gradient is written by hand.
//!
//! A board's loss is a sum over its cells, and cells with the same neighbourhood have the same: it is computed once for
//! each neighbourhood and weighted by how often it occurs, which is the same gradient as that of the convolution.

use super::table::{CELLS, digits};
use crate::net::weights::{WeightArray, Weights};
use world::rng::Rng;

/// Sizes of the layers: inputs, hidden units, outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// States of a cell.
    pub states: usize,
    /// Hidden units.
    pub hidden: [usize; 2],
}

impl Sizes {
    /// Inputs: one for each cell if there are two states, otherwise one for each cell and state.
    pub fn inputs(self) -> usize {
        if self.states == 2 { CELLS } else { CELLS * self.states }
    }
    /// Outputs: the logit of the second of two states, or one for each.
    pub fn outputs(self) -> usize {
        if self.states == 2 { 1 } else { self.states }
    }
    /// Ends of each layer.
    pub fn layers(self) -> [[usize; 2]; 3] {
        let [a, b] = self.hidden;
        [[self.inputs(), a], [a, b], [b, self.outputs()]]
    }
    /// Number of weights.
    pub fn count(self) -> usize {
        self.layers().iter().map(|[from, to]| (from + 1) * to).sum()
    }
}

/// The network. Each layer's weights `[from][to]` are followed by its biases.
#[derive(Clone, Debug, PartialEq)]
pub struct CellNet {
    /// Sizes of its layers.
    pub sizes: Sizes,
    /// All weights.
    pub values: Vec<f64>,
}

/// Activations of one neighbourhood.
struct Activations {
    input: Vec<f64>,
    hidden: [Vec<f64>; 2],
    logits: Vec<f64>,
}

impl CellNet {
    /// Fresh weights, uniform up to 1/√inputs.
    pub fn fresh(sizes: Sizes, rng: Rng) -> Self {
        let mut values = Vec::with_capacity(sizes.count());
        for (layer, [from, to]) in sizes.layers().into_iter().enumerate() {
            let (rng, limit) = (rng.fork(layer as u64), 1.0 / (from as f64).sqrt());
            values.extend((0..((from + 1) * to) as u64).map(|i| limit * (2.0 * rng.unit64(i) - 1.0)));
        }
        Self { sizes, values }
    }

    /// From the arrays of a file.
    ///
    /// # Errors
    /// One is missing or of another shape.
    pub fn of(w: &Weights, sizes: Sizes) -> Result<Self, String> {
        let mut values = Vec::with_capacity(sizes.count());
        for (i, [from, to]) in sizes.layers().into_iter().enumerate() {
            let parts = [
                w.get(&format!("layer.{i}.weight"), &[from, to])?,
                w.get(&format!("layer.{i}.bias"), &[to])?,
            ];
            values.extend(parts.into_iter().flatten().map(f64::from));
        }
        Ok(Self { sizes, values })
    }

    /// As arrays of a file.
    pub fn weights(&self) -> Weights {
        let mut w = Weights::default();
        let mut rest = &self.values[..];
        for (i, [from, to]) in self.sizes.layers().into_iter().enumerate() {
            let (weight, after) = rest.split_at(from * to);
            let (bias, after) = after.split_at(to);
            rest = after;
            let array = |dims: Vec<usize>, v: &[f64]| WeightArray {
                dims,
                values: v.iter().map(|v| *v as f32).collect(),
            };
            w.insert(format!("layer.{i}.weight"), array(vec![from, to], weight));
            w.insert(format!("layer.{i}.bias"), array(vec![to], bias));
        }
        w
    }

    fn input(&self, number: usize) -> Vec<f64> {
        let states = self.sizes.states;
        let digits = digits(number, states);
        match states {
            2 => digits.iter().map(|d| *d as f64).collect(),
            _ => digits
                .iter()
                .flat_map(|d| (0..states).map(move |s| if s == *d { 1.0 } else { 0.0 }))
                .collect(),
        }
    }

    fn run(&self, number: usize) -> Activations {
        let input = self.input(number);
        let mut rest = &self.values[..];
        let mut layer = |x: &[f64], [from, to]: [usize; 2]| -> Vec<f64> {
            let (weight, after) = rest.split_at(from * to);
            let (bias, after) = after.split_at(to);
            rest = after;
            let mut y = bias.to_vec();
            for (x, row) in x.iter().zip(weight.chunks_exact(to)) {
                y.iter_mut().zip(row).for_each(|(y, w)| *y += x * w);
            }
            y
        };
        let relu = |v: Vec<f64>| v.into_iter().map(|v| v.max(0.0)).collect::<Vec<f64>>();
        let [a, b, c] = self.sizes.layers();
        let first = relu(layer(&input, a));
        let second = relu(layer(&first, b));
        let logits = layer(&second, c);
        Activations { input, hidden: [first, second], logits }
    }

    /// The next state of a neighbourhood.
    pub fn decide(&self, number: usize) -> usize {
        let logits = self.run(number).logits;
        match self.sizes.states {
            2 => usize::from(logits[0] > 0.0),
            _ => (0..logits.len()).fold(0, |best, i| if logits[i] > logits[best] { i } else { best }),
        }
    }

    /// Adds the gradient of a neighbourhood's cross entropy, times `weight`; returns the loss, times `weight`.
    pub fn accumulate(&self, number: usize, next: usize, weight: f64, gradient: &mut [f64]) -> f64 {
        let run = self.run(number);
        let (loss, slope) = cross_entropy(&run.logits, next);
        let mut delta: Vec<f64> = slope.iter().map(|s| s * weight).collect();
        let layers = self.sizes.layers();
        let inputs = [&run.input, &run.hidden[0], &run.hidden[1]];
        let mut end = self.values.len();
        for (i, [from, to]) in layers.into_iter().enumerate().rev() {
            let start = end - (from + 1) * to;
            let weights = &self.values[start..start + from * to];
            let (of_weights, of_bias) = gradient[start..end].split_at_mut(from * to);
            of_bias.iter_mut().zip(&delta).for_each(|(g, d)| *g += d);
            let mut before = vec![0f64; from];
            for (f, x) in inputs[i].iter().enumerate() {
                // A unit that is off passes nothing on, and an input that is off changes nothing.
                if *x == 0.0 {
                    continue;
                }
                let rows = of_weights[f * to..(f + 1) * to].iter_mut().zip(&weights[f * to..(f + 1) * to]);
                for ((g, w), d) in rows.zip(&delta) {
                    *g += x * d;
                    before[f] += w * d;
                }
            }
            (delta, end) = (before, start);
        }
        loss * weight
    }
}

/// Cross entropy of logits, and its derivatives.
fn cross_entropy(logits: &[f64], next: usize) -> (f64, Vec<f64>) {
    if let [z] = logits {
        let (z, sign) = if next == 1 { (*z, 1.0) } else { (-*z, -1.0) };
        let loss = (-z).max(0.0) + libm::log1p(libm::exp(-z.abs()));
        return (loss, vec![-sign / (1.0 + libm::exp(z))]);
    }
    let most = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let raised: Vec<f64> = logits.iter().map(|z| libm::exp(z - most)).collect();
    let sum: f64 = raised.iter().sum();
    let slope = raised.iter().enumerate().map(|(i, r)| r / sum - if i == next { 1.0 } else { 0.0 });
    (libm::log(sum) + most - logits[next], slope.collect())
}
