//! The last two layers of a judge, from its features to the logits, trained on from the weights that they have.

use rayon::prelude::*;

use crate::calibration::softmax;
use data::sample::shuffled;
use learn::net::layers::Dense;
use learn::net::weights::{WeightArray, Weights};
use world::rng::Rng;

/// Inputs with what is wanted of each.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    /// Features, one row each.
    pub rows: Vec<Vec<f32>>,
    /// Wanted probability of every class.
    pub wanted: Vec<Vec<f32>>,
    /// How much each counts.
    pub weights: Vec<f32>,
}

impl Targets {
    /// Adds one.
    pub fn push(&mut self, row: Vec<f32>, wanted: Vec<f32>, weight: f32) {
        self.rows.push(row);
        self.wanted.push(wanted);
        self.weights.push(weight);
    }
}

/// A hidden layer, rectified, and the logits. All weights stand in one row: `[inputs][hidden]`, `[hidden]`,
/// `[hidden][classes]`, `[classes]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Perceptron {
    inputs: usize,
    hidden: usize,
    classes: usize,
    weights: Vec<f32>,
}

/// Inputs that one thread sums up; the sums of parts are added in order, so that threads do not change the bits.
const PART: usize = 32;
/// Inputs of a step.
const BATCH: usize = 256;
/// Times that every input is seen.
const EPOCHS: usize = 20;
/// Peak rate of Adam (Kingma and Ba 2014), which falls to zero by a half cosine.
const RATE: f64 = 0.003;

impl Perceptron {
    /// Of two layers; `more` classes are added, without weights.
    pub fn of(embed: &Dense, head: &Dense, more: usize) -> Self {
        let wide = |row: &[f32]| row.iter().copied().chain((0..more).map(|_| 0.0)).collect::<Vec<f32>>();
        let (weight, bias) = head.parts();
        let mut weights = [embed.parts().0, embed.parts().1].concat();
        weights.extend(weight.chunks_exact(head.to).flat_map(wide));
        weights.extend(wide(bias));
        Self { inputs: embed.from, hidden: embed.to, classes: head.to + more, weights }
    }

    /// Where each part of the weights ends.
    fn ends(&self) -> [usize; 3] {
        let first = self.inputs * self.hidden;
        [first, first + self.hidden, first + self.hidden + self.hidden * self.classes]
    }

    /// The hidden layer of features, before it is rectified.
    pub fn embedding(&self, row: &[f32]) -> Vec<f32> {
        let [first, second, _] = self.ends();
        let mut y = self.weights[first..second].to_vec();
        for (x, weights) in row.iter().zip(self.weights[..first].chunks_exact(self.hidden)) {
            y.iter_mut().zip(weights).for_each(|(y, w)| *y = x.mul_add(*w, *y));
        }
        y
    }

    fn logits(&self, hidden: &[f32]) -> Vec<f32> {
        let [_, second, third] = self.ends();
        let mut y = self.weights[third..].to_vec();
        for (x, weights) in hidden.iter().zip(self.weights[second..third].chunks_exact(self.classes)) {
            y.iter_mut().zip(weights).for_each(|(y, w)| *y = x.max(0.0).mul_add(*w, *y));
        }
        y
    }

    /// Probabilities of all classes.
    pub fn probabilities(&self, row: &[f32]) -> Vec<f32> {
        softmax(&self.logits(&self.embedding(row)), 1.0)
    }

    /// Minimises the cross-entropy.
    pub fn fitted(mut self, targets: &Targets, rng: Rng) -> Self {
        let n = self.weights.len();
        let (mut first, mut second) = (vec![0f32; n], vec![0f32; n]);
        let batches = targets.rows.len().div_ceil(BATCH);
        let (mut a, mut b) = (1.0f64, 1.0f64);
        for epoch in 0..EPOCHS {
            let order = shuffled(targets.rows.len(), rng.fork(epoch as u64));
            for (i, places) in order.chunks(BATCH).enumerate() {
                let gradient = self.gradient(targets, places);
                (a, b) = (a * 0.9, b * 0.999);
                let done = (epoch * batches + i) as f64 / (EPOCHS * batches) as f64;
                let rate = RATE * (0.5 + 0.5 * libm::cos(std::f64::consts::PI * done));
                let (rate, root) = ((rate / (1.0 - a)) as f32, (1.0 / (1.0 - b)) as f32);
                for k in 0..n {
                    let g = gradient[k];
                    first[k] = 0.9 * first[k] + 0.1 * g;
                    second[k] = 0.999 * second[k] + 0.001 * g * g;
                    self.weights[k] -= rate * first[k] / ((second[k] * root).sqrt() + 1e-8);
                }
            }
        }
        self
    }

    /// The gradient of the weighted mean cross-entropy of some inputs.
    fn gradient(&self, targets: &Targets, places: &[usize]) -> Vec<f32> {
        let parts: Vec<Vec<f32>> = places.par_chunks(PART).map(|part| self.part(targets, part)).collect();
        let total: f32 = places.iter().map(|i| targets.weights[*i]).sum();
        let mut sum = vec![0f32; self.weights.len()];
        parts.iter().for_each(|part| sum.iter_mut().zip(part).for_each(|(s, v)| *s += v));
        sum.iter_mut().for_each(|s| *s /= total);
        sum
    }

    fn part(&self, targets: &Targets, places: &[usize]) -> Vec<f32> {
        let [first, second, third] = self.ends();
        let mut sum = vec![0f32; self.weights.len()];
        for &i in places {
            let row = &targets.rows[i];
            let hidden = self.embedding(row);
            let said = softmax(&self.logits(&hidden), 1.0);
            let off = said.iter().zip(&targets.wanted[i]).map(|(p, w)| targets.weights[i] * (p - w));
            let off: Vec<f32> = off.collect();
            let (lower, upper) = sum.split_at_mut(second);
            let (weights, biases) = upper.split_at_mut(third - second);
            let old = self.weights[second..third].chunks_exact(self.classes);
            let mut down = Vec::with_capacity(self.hidden);
            for ((x, row), old) in hidden.iter().zip(weights.chunks_exact_mut(self.classes)).zip(old) {
                let lit = x.max(0.0);
                row.iter_mut().zip(&off).for_each(|(s, d)| *s = lit.mul_add(*d, *s));
                let back: f32 = old.iter().zip(&off).map(|(w, d)| w * d).sum();
                down.push(if *x > 0.0 { back } else { 0.0 });
            }
            biases.iter_mut().zip(&off).for_each(|(s, d)| *s += d);
            let (weights, biases) = lower.split_at_mut(first);
            for (x, sums) in row.iter().zip(weights.chunks_exact_mut(self.hidden)) {
                sums.iter_mut().zip(&down).for_each(|(s, d)| *s = x.mul_add(*d, *s));
            }
            biases.iter_mut().zip(&down).for_each(|(s, d)| *s += d);
        }
        sum
    }

    /// Puts both layers among a judge's weights.
    pub fn store(&self, weights: &mut Weights) {
        let [first, second, third] = self.ends();
        let mut put = |name: &str, dims: Vec<usize>, values: &[f32]| {
            weights.insert(name, WeightArray { dims, values: values.to_vec() });
        };
        put("embed.weight", vec![self.inputs, self.hidden], &self.weights[..first]);
        put("embed.bias", vec![self.hidden], &self.weights[first..second]);
        put("head.weight", vec![self.hidden, self.classes], &self.weights[second..third]);
        put("head.bias", vec![self.classes], &self.weights[third..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(from: usize, to: usize, r: Rng) -> Dense {
        let weight = (0..from * to).map(|i| 0.5 * r.normal(i as u64)).collect();
        Dense::from_parts(weight, (0..to).map(|i| 0.1 * r.fork(1).normal(i as u64)).collect())
    }

    fn targets(inputs: u64, classes: usize, n: u64) -> Targets {
        let (r, mut all) = (Rng::new(2), Targets::default());
        for i in 0..n {
            let wanted =
                softmax(&(0..classes).map(|c| r.fork(c as u64).normal(i)).collect::<Vec<f32>>(), 1.0);
            let row = (0..inputs).map(|j| r.named("row").normal(i * inputs + j)).collect();
            all.push(row, wanted, 0.5 + (i % 3) as f32);
        }
        all
    }

    #[test]
    fn a_class_more_changes_no_logit_of_the_others() {
        let r = Rng::new(1);
        let (embed, head) = (layer(7, 5, r), layer(5, 3, r.fork(9)));
        let [old, new] = [0, 2].map(|more| Perceptron::of(&embed, &head, more));
        let row: Vec<f32> = (0..7).map(|i| r.fork(3).normal(i)).collect();
        let [a, b] = [&old, &new].map(|p| p.logits(&p.embedding(&row)));
        assert_eq!((&a[..], &b[3..]), (&b[..3], &[0.0; 2][..]));
    }

    #[test]
    fn the_gradient_is_that_of_differences_at_any_thread_count() {
        let r = Rng::new(1);
        let (all, places) = (targets(7, 4, 70), (0..70).collect::<Vec<usize>>());
        let made = Perceptron::of(&layer(7, 5, r), &layer(5, 3, r.fork(9)), 1);
        let gradient = made.gradient(&all, &places);
        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        assert_eq!(one.install(|| made.gradient(&all, &places)), gradient);
        let loss = |p: &Perceptron| -> f64 {
            let one = |i: usize| {
                let said = p.probabilities(&all.rows[i]);
                let parts = said.iter().zip(&all.wanted[i]).map(|(p, w)| *w as f64 * libm::log(*p as f64));
                -(all.weights[i] as f64) * parts.sum::<f64>()
            };
            (0..70).map(one).sum::<f64>() / all.weights.iter().map(|w| *w as f64).sum::<f64>()
        };
        for k in (0..made.weights.len()).step_by(5) {
            let moved = |by: f32| {
                let mut other = made.clone();
                other.weights[k] += by;
                loss(&other)
            };
            let numeric = (moved(1e-2) - moved(-1e-2)) / 2e-2;
            assert!((numeric - gradient[k] as f64).abs() < 2e-3, "{k}: {numeric} {}", gradient[k]);
        }
    }

    /// Two Gaussians of one covariance: the best boundary is known in closed form (Fisher 1936).
    #[test]
    fn two_gaussians_get_the_boundary_of_the_closed_form() {
        let (r, mut all) = (Rng::new(1), Targets::default());
        for i in 0..2000u64 {
            let class = (i % 2) as usize;
            let side = if class == 0 { -1.0 } else { 1.0 };
            let row = vec![side + r.normal(2 * i), 0.5 * side + r.normal(2 * i + 1)];
            all.push(row, vec![1.0 - class as f32, class as f32], 1.0);
        }
        let fitted = Perceptron::of(&layer(2, 8, r.fork(5)), &layer(8, 2, r.fork(6)), 0).fitted(&all, r);
        // Log-odds are 2 x + y: the difference of the means over the variance.
        let odds = |x: f32, y: f32| {
            let p = fitted.probabilities(&[x, y]);
            libm::log((p[1] / p[0]) as f64)
        };
        for (x, y) in [(0.0, 0.0), (0.5, 0.0), (-0.5, 0.5), (0.5, -1.0), (0.5, 0.5)] {
            assert!((odds(x, y) - (2.0 * x + y) as f64).abs() < 0.6, "{x} {y}: {}", odds(x, y));
        }
    }
}
