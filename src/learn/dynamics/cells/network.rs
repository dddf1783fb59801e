//! The network of a cell: neighbourhood (one plane a state; for two states one plane) → ReLU → ReLU → logits.

use super::layers::{Linear, relu, relu_backward};
use crate::dynamics::discrete::neighbourhood::{self, CELLS};
use crate::net::weights::{WeightArray, Weights};
use world::rng::Rng;

/// Rows that are decided at once.
const ROWS: usize = 4096;
const NAMES: [&str; 3] = ["hidden.0", "hidden.1", "logits"];

/// Sizes of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// States of a cell, at least 2.
    pub states: usize,
    /// Units of the hidden layers.
    pub hidden: [usize; 2],
}

impl Shape {
    /// Planes a cell on the way in, logits on the way out: two states need only one of each.
    pub fn planes(self) -> usize {
        if self.states == 2 { 1 } else { self.states }
    }

    /// Inputs and outputs of each layer.
    pub fn layers(self) -> [[usize; 2]; 3] {
        let [a, b] = self.hidden;
        [[CELLS * self.planes(), a], [a, b], [b, self.planes()]]
    }

    /// Number of weights.
    pub fn weights(self) -> usize {
        self.layers().iter().map(|[from, to]| Linear::size(*from, *to)).sum()
    }

    /// Neighbourhoods as rows of inputs `[n][9][planes]`.
    pub fn encoded(self, neighbourhoods: &[u64]) -> Vec<f32> {
        let planes = self.planes();
        let mut rows = vec![0f32; neighbourhoods.len() * CELLS * planes];
        for (row, n) in rows.chunks_exact_mut(CELLS * planes).zip(neighbourhoods) {
            for (input, state) in row.chunks_exact_mut(planes).zip(neighbourhood::cells(*n, self.states)) {
                match planes {
                    1 => input[0] = f32::from(state),
                    _ => input[usize::from(state)] = 1.0,
                }
            }
        }
        rows
    }
}

/// The network and its weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// Sizes.
    pub shape: Shape,
    /// The weights of all layers, one after the other: `[from][to]`, then the bias `[to]`.
    pub weights: Vec<f32>,
}

/// Values of every layer for some rows.
struct Activations {
    hidden: [Vec<f32>; 2],
    logits: Vec<f32>,
}

impl Network {
    /// With fresh weights, uniform within 1/√inputs (LeCun et al. 1998; what PyTorch does by default).
    pub fn new(shape: Shape, rng: Rng) -> Self {
        let layer = |(i, [from, to]): (usize, [usize; 2])| {
            let (rng, bound) = (rng.fork(i as u64), 1.0 / (from as f32).sqrt());
            (0..Linear::size(from, to) as u64).map(move |k| rng.range(k, -bound, bound))
        };
        Self { shape, weights: shape.layers().into_iter().enumerate().flat_map(layer).collect() }
    }

    fn layers(&self) -> [Linear<'_>; 3] {
        let mut rest = &self.weights[..];
        self.shape.layers().map(|[from, to]| {
            let (own, others) = rest.split_at(Linear::size(from, to));
            rest = others;
            Linear::of(own, from, to)
        })
    }

    fn forward(&self, rows: &[f32], n: usize) -> Activations {
        let [first, second, last] = self.layers();
        let mut a = first.forward(rows, n);
        relu(&mut a);
        let mut b = second.forward(&a, n);
        relu(&mut b);
        Activations { logits: last.forward(&b, n), hidden: [a, b] }
    }

    /// The state that follows each of some neighbourhoods: that of the greatest logit (of equals the first).
    pub fn decide(&self, neighbourhoods: &[u64]) -> Vec<u8> {
        let planes = self.shape.planes();
        let decision = |logits: &[f32]| match logits {
            [one] => u8::from(*one > 0.0),
            all => {
                let best =
                    |(b, most): (u8, f32), (i, l): (u8, &f32)| if *l > most { (i, *l) } else { (b, most) };
                (0u8..).zip(all).fold((0, f32::NEG_INFINITY), best).0
            }
        };
        let some = |chunk: &[u64]| {
            let logits = self.forward(&self.shape.encoded(chunk), chunk.len()).logits;
            logits.chunks_exact(planes).map(decision).collect::<Vec<u8>>()
        };
        neighbourhoods.chunks(ROWS).flat_map(some).collect()
    }

    /// Cross entropy (in nats, the mean by the shares) of the states `to` that follow neighbourhoods, and its gradient.
    /// `shares` weigh the rows; they sum to 1.
    pub fn loss(&self, neighbourhoods: &[u64], to: &[u8], shares: &[f32]) -> (f64, Vec<f32>) {
        let n = neighbourhoods.len();
        let rows = self.shape.encoded(neighbourhoods);
        let Activations { hidden: [a, b], logits } = self.forward(&rows, n);
        let mut slope = vec![0f32; logits.len()];
        let mut loss = 0f64;
        let planes = self.shape.planes();
        for (i, (logits, slope)) in
            logits.chunks_exact(planes).zip(slope.chunks_exact_mut(planes)).enumerate()
        {
            let own = cross_entropy(logits, to[i], slope);
            loss += f64::from(shares[i]) * own;
            slope.iter_mut().for_each(|s| *s *= shares[i]);
        }
        let mut gradient = vec![0f32; self.weights.len()];
        let [first, second, last] = self.layers();
        let sizes = self.shape.layers().map(|[from, to]| Linear::size(from, to));
        let (of_first, rest) = gradient.split_at_mut(sizes[0]);
        let (of_second, of_last) = rest.split_at_mut(sizes[1]);
        last.accumulate(&b, &slope, of_last);
        let mut db = last.backward(&slope);
        relu_backward(&mut db, &b);
        second.accumulate(&a, &db, of_second);
        let mut da = second.backward(&db);
        relu_backward(&mut da, &a);
        first.accumulate(&rows, &da, of_first);
        (loss, gradient)
    }

    /// Adds the weights to the arrays of a file.
    pub fn store(&self, w: &mut Weights) {
        for ((name, [from, to]), layer) in NAMES.iter().zip(self.shape.layers()).zip(self.layers()) {
            let weight = WeightArray { dims: vec![from, to], values: layer.weight.to_vec() };
            w.insert(format!("{name}.weight"), weight);
            w.insert(format!("{name}.bias"), WeightArray { dims: vec![to], values: layer.bias.to_vec() });
        }
    }

    /// From the arrays of a file.
    ///
    /// # Errors
    /// One is missing or of another shape.
    pub fn of_weights(shape: Shape, w: &Weights) -> Result<Self, String> {
        let mut weights = Vec::with_capacity(shape.weights());
        for (name, [from, to]) in NAMES.iter().zip(shape.layers()) {
            weights.extend(w.get(&format!("{name}.weight"), &[from, to])?);
            weights.extend(w.get(&format!("{name}.bias"), &[to])?);
        }
        Ok(Self { shape, weights })
    }
}

/// Cross entropy of a state in nats, and its slope by the logits. A single logit is that of the second of two states.
fn cross_entropy(logits: &[f32], state: u8, slope: &mut [f32]) -> f64 {
    if let [one] = logits {
        let right = if state == 1 { f64::from(*one) } else { -f64::from(*one) };
        // The probability of the other state.
        let other = 1.0 / (1.0 + libm::exp(right));
        slope[0] = if state == 1 { -other as f32 } else { other as f32 };
        return if right > 0.0 {
            libm::log1p(libm::exp(-right))
        } else {
            libm::log1p(libm::exp(right)) - right
        };
    }
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let exponentials: Vec<f64> = logits.iter().map(|l| libm::exp(f64::from(l - most))).collect();
    let sum: f64 = exponentials.iter().sum();
    slope.iter_mut().zip(&exponentials).for_each(|(s, e)| *s = (e / sum) as f32);
    let own = usize::from(state);
    slope[own] = (exponentials[own] / sum - 1.0) as f32;
    libm::log(sum) - f64::from(logits[own] - most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamics::discrete::neighbourhood::count;

    #[test]
    fn sizes_are_those_of_the_literature() {
        for (width, weights) in [(2, 29), (4, 65), (8, 161), (16, 449)] {
            let shape = Shape { states: 2, hidden: [width; 2] };
            assert_eq!((shape.weights(), Network::new(shape, Rng::new(1)).weights.len()), (weights, weights));
        }
        assert_eq!(Shape { states: 3, hidden: [16; 2] }.encoded(&[5]).iter().sum::<f32>(), 9.0);
    }

    /// The slope of the loss in any direction.
    #[test]
    fn the_gradient_is_that_of_difference_quotients() {
        for states in [2, 3] {
            let shape = Shape { states, hidden: [6, 5] };
            let network = Network::new(shape, Rng::new(4));
            let rng = Rng::new(9);
            let n = 40;
            let rows: Vec<u64> = (0..n).map(|i| rng.below(i, count(states))).collect();
            let to: Vec<u8> = (0..n).map(|i| rng.fork(1).below(i, states as u64) as u8).collect();
            let shares: Vec<f32> = (0..n).map(|i| (i + 1) as f32 / (n * (n + 1) / 2) as f32).collect();
            let (loss, gradient) = network.loss(&rows, &to, &shares);
            assert!((loss - f64::from(states as f32).ln()).abs() < 0.3, "{loss}: about as good as chance");
            let active = |network: &Network| {
                let hidden = network.forward(&shape.encoded(&rows), rows.len()).hidden;
                hidden.concat().into_iter().map(|v| v > 0.0).collect::<Vec<bool>>()
            };
            let mut compared = 0;
            for direction in 0..40 {
                let rng = Rng::new(5).fork(direction);
                let along: Vec<f32> = (0..shape.weights() as u64).map(|i| rng.normal(i)).collect();
                let step = 1e-4;
                let [back, ahead] = [-step, step].map(|step| {
                    let weights = network.weights.iter().zip(&along).map(|(w, d)| w + step * d).collect();
                    Network { shape, weights }
                });
                // The loss has no slope where a unit turns on or off.
                if active(&back) != active(&ahead) {
                    continue;
                }
                compared += 1;
                let [before, after] = [back, ahead].map(|n| n.loss(&rows, &to, &shares).0);
                let quotient = (after - before) / (2.0 * f64::from(step));
                let slope: f64 =
                    gradient.iter().zip(&along).map(|(g, d)| f64::from(*g) * f64::from(*d)).sum();
                // Values of f32 about 1 are known to 1e-7, a two-thousandth of the step.
                assert!((quotient - slope).abs() < 0.01 * slope.abs() + 4e-3, "{quotient} against {slope}");
            }
            assert!(compared >= 10, "{compared} of 40 directions have a slope");
        }
    }

    #[test]
    fn the_loss_is_the_mean_of_the_logarithms() {
        let mut slope = [0.0; 3];
        let p = [1.0f64, 2.0, 5.0].map(|v| v / 8.0);
        let logits = p.map(|p| p.ln() as f32 + 3.0);
        assert!((cross_entropy(&logits, 1, &mut slope) + p[1].ln()).abs() < 1e-6);
        let expected = [p[0], p[1] - 1.0, p[2]];
        assert!(slope.iter().zip(expected).all(|(s, e)| (f64::from(*s) - e).abs() < 1e-6), "{slope:?}");
        for (logit, state) in [(2.0f32, 1), (2.0, 0), (-60.0, 1), (60.0, 1), (-0.5, 0)] {
            let one = 1.0 / (1.0 + f64::from(-logit).exp());
            let p = if state == 1 { one } else { 1.0 / (1.0 + f64::from(logit).exp()) };
            let loss = cross_entropy(&[logit], state, &mut slope[..1]);
            assert!((loss + p.ln()).abs() < 1e-9, "{logit} {state}: {loss}");
            assert!((f64::from(slope[0]) - (one - f64::from(state))).abs() < 1e-6);
        }
    }

    #[test]
    fn weights_come_back_from_a_file() {
        let network = Network::new(Shape { states: 3, hidden: [5, 4] }, Rng::new(1));
        let mut w = Weights::default();
        network.store(&mut w);
        assert_eq!(
            (Network::of_weights(network.shape, &w).unwrap(), w.count()),
            (network, (27 + 1) * 5 + (5 + 1) * 4 + (4 + 1) * 3)
        );
        assert!(
            Network::of_weights(Shape { states: 3, hidden: [6, 4] }, &w)
                .unwrap_err()
                .contains("hidden.0.weight")
        );
    }
}
