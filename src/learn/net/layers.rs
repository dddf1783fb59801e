//! Layers on plain slices. Sums run in one order with `mul_add` written out, so every machine agrees.

use super::activation::{Activation, shifted};
use super::convolution::compute::{self, ConvShape};
use super::convolution::tile::{Rows, Run, product};
use super::weights::Weights;

/// A linear map: `weight` is `[from][to]` as burn stores it.
#[derive(Clone, Debug)]
pub struct Dense {
    /// Inputs.
    pub from: usize,
    /// Outputs.
    pub to: usize,
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl Dense {
    /// Reads `name.weight` and, if there is one, `name.bias`.
    ///
    /// # Errors
    /// The weight is missing or of another shape.
    pub fn of(w: &Weights, name: &str, from: usize, to: usize) -> Result<Self, String> {
        let weight = w.get(&format!("{name}.weight"), &[from, to])?;
        Ok(Self { from, to, weight, bias: bias(w, name, to)? })
    }

    /// Of a weight `[from][to]` and a bias `[to]`.
    pub fn from_parts(weight: Vec<f32>, bias: Vec<f32>) -> Self {
        let to = bias.len();
        Self { from: weight.len() / to.max(1), to, weight, bias }
    }

    /// Weight `[from][to]` and bias `[to]`.
    pub fn parts(&self) -> (&[f32], &[f32]) {
        (&self.weight, &self.bias)
    }

    /// `x · weight + bias` for one row.
    pub fn apply(&self, x: &[f32]) -> Vec<f32> {
        let mut y = self.bias.clone();
        for (x, row) in x.iter().zip(self.weight.chunks_exact(self.to)) {
            for (y, w) in y.iter_mut().zip(row) {
                *y = x.mul_add(*w, *y);
            }
        }
        y
    }

    /// The same map for many rows `[n][from]`, faster the more there are; the bits of a row do not depend on
    /// the others.
    pub fn apply_rows(&self, x: &[f32]) -> Vec<f32> {
        let mut y = vec![0f32; x.len() / self.from * self.to];
        self.apply_into(x, &mut y, None);
        y
    }

    /// [`Self::apply_rows`] and an activation, into rows `[n][to]`.
    pub fn apply_into(&self, x: &[f32], y: &mut [f32], activation: Option<Activation>) {
        let places: Vec<usize> = (0..x.len() / self.from).collect();
        let bases: Vec<usize> = places.iter().map(|i| i * self.from).collect();
        let runs = [Run { from: 0, row: 0, len: self.from }];
        self.apply_to(Rows { data: x, bases: &bases, runs: &runs }, &places, y, activation);
    }

    /// The same for rows that are read in place; row i goes to place i of `y`.
    pub fn apply_to(&self, rows: Rows, places: &[usize], y: &mut [f32], activation: Option<Activation>) {
        product(rows, &self.weight, self.to, places, y);
        shifted(y, self.to, &self.bias, activation);
    }

    /// Gradient of the input of one row, from that of the output: `weight · dy`.
    pub fn descend(&self, dy: &[f32]) -> Vec<f32> {
        let row = |w: &[f32]| w.iter().zip(dy).fold(0f32, |sum, (w, d)| w.mul_add(*d, sum));
        self.weight.chunks_exact(self.to).map(row).collect()
    }

    /// The same map for every pixel (a 1 × 1 convolution) of planes `[from][pixels]`.
    pub fn apply_planes(&self, x: &[f32]) -> Vec<f32> {
        let pixels = x.len() / self.from;
        let mut y: Vec<f32> = self.bias.iter().flat_map(|b| std::iter::repeat_n(*b, pixels)).collect();
        for (t, y) in y.chunks_exact_mut(pixels).enumerate() {
            for (f, x) in x.chunks_exact(pixels).enumerate() {
                let w = self.weight[f * self.to + t];
                for (y, x) in y.iter_mut().zip(x) {
                    *y = x.mul_add(w, *y);
                }
            }
        }
        y
    }
}

/// The bias of a layer: zeros if there is none.
pub(super) fn bias(w: &Weights, name: &str, to: usize) -> Result<Vec<f32>, String> {
    let name = format!("{name}.bias");
    if w.has(&name) { w.get(&name, &[to]) } else { Ok(vec![0.0; to]) }
}

/// A 3 × 3 convolution with a border of one, zeros unless it is on a torus: `weight` is `[to][from][3][3]`.
#[derive(Clone, Debug)]
pub struct Conv3 {
    /// Channels in.
    pub from: usize,
    /// Channels out.
    pub to: usize,
    stride: usize,
    periodic: [bool; 2],
    /// The weight as `[3 × 3][from][to]`.
    taps: Vec<f32>,
    bias: Vec<f32>,
}

impl Conv3 {
    /// Reads `name.weight` and, if there is one, `name.bias`.
    ///
    /// # Errors
    /// The weight is missing or of another shape.
    pub fn of(w: &Weights, name: &str, from: usize, to: usize, stride: usize) -> Result<Self, String> {
        let weight = w.get(&format!("{name}.weight"), &[to, from, 3, 3])?;
        let taps = compute::taps_first(&weight, to, from);
        Ok(Self { from, to, stride, periodic: [false; 2], taps, bias: bias(w, name, to)? })
    }

    /// On a plane whose rows or columns are periodic ([`ConvShape::periodic`]) instead of bordered by zeros.
    pub fn on_torus(self, periodic: [bool; 2]) -> Self {
        Self { periodic, ..self }
    }

    fn shape(&self, height: usize, width: usize) -> ConvShape {
        let Self { from, to, stride, periodic, .. } = *self;
        ConvShape { from, to, height, width, kernel: 3, stride, periodic }
    }

    /// Rows and columns of the output, from those of the input.
    pub fn out(&self, height: usize, width: usize) -> (usize, usize) {
        let shape = self.shape(height, width);
        (shape.out_height(), shape.out_width())
    }

    /// One picture of `height` × `width`.
    pub fn apply(&self, x: &[f32], height: usize, width: usize) -> Vec<f32> {
        let mut y = compute::forward_taps(&self.shape(height, width), x, &self.taps);
        let plane = y.len() / self.to;
        y.chunks_exact_mut(plane).zip(&self.bias).for_each(|(y, b)| y.iter_mut().for_each(|y| *y += b));
        y
    }

    /// With the batch normalisation after it folded in, as in inference: `name.gamma`, `.beta`, `.running_mean`,
    /// `.running_var` (Ioffe and Szegedy 2015).
    ///
    /// # Errors
    /// A weight is missing or of another shape.
    pub fn with_norm(mut self, w: &Weights, name: &str) -> Result<Self, String> {
        folded(w, name, &mut self.taps, &mut self.bias)?;
        Ok(self)
    }
}

/// Folds a batch normalisation into the convolution before it, whose weight ends with the outputs.
pub(super) fn folded(w: &Weights, name: &str, taps: &mut [f32], bias: &mut [f32]) -> Result<(), String> {
    const EPSILON: f32 = 1e-5;
    let to = bias.len();
    let get = |part: &str| w.get(&format!("{name}.{part}"), &[to]);
    let (gamma, beta) = (get("gamma")?, get("beta")?);
    let (mean, variance) = (get("running_mean")?, get("running_var")?);
    for t in 0..to {
        let scale = gamma[t] / libm::sqrtf(variance[t] + EPSILON);
        taps.iter_mut().skip(t).step_by(to).for_each(|v| *v *= scale);
        bias[t] = (bias[t] - mean[t]) * scale + beta[t];
    }
    Ok(())
}

/// Normal prior of the latent vectors of each class: `name.mean` and `name.log` (of the variance), `[classes][latent]`.
#[derive(Clone, Debug)]
pub struct Prior {
    mean: Vec<f32>,
    deviation: Vec<f32>,
    latent: usize,
}

impl Prior {
    /// Reads the weights.
    ///
    /// # Errors
    /// They are missing or of another shape.
    pub fn of(w: &Weights, name: &str, classes: usize, latent: usize) -> Result<Self, String> {
        let get = |part: &str| w.get(&format!("{name}.{part}"), &[classes, latent]);
        let deviation = get("log")?.iter().map(|v| libm::expf(0.5 * v)).collect();
        Ok(Self { mean: get("mean")?, deviation, latent })
    }

    /// The latent vector of a standard normal point, followed by the one-hot class.
    pub fn genome(&self, point: &[f32], label: Option<usize>) -> Vec<f32> {
        let classes = self.mean.len() / self.latent;
        let label = label.unwrap_or(0).min(classes - 1);
        let of = |values: &[f32], i: usize| values[label * self.latent + i];
        let latent = point.iter().enumerate().take(self.latent);
        let latent = latent.map(|(i, p)| p.mul_add(of(&self.deviation, i), of(&self.mean, i)));
        latent.chain((0..classes).map(|c| if c == label { 1.0 } else { 0.0 })).collect()
    }
}

/// Group normalisation (Wu and He 2018) of planes: `name.gamma` and `name.beta` per channel.
#[derive(Clone, Debug)]
pub struct GroupNorm {
    groups: usize,
    gamma: Vec<f32>,
    beta: Vec<f32>,
}

impl GroupNorm {
    /// Reads the weights.
    ///
    /// # Errors
    /// They are missing or of another shape.
    pub fn of(w: &Weights, name: &str, groups: usize, channels: usize) -> Result<Self, String> {
        let get = |part: &str| w.get(&format!("{name}.{part}"), &[channels]);
        Ok(Self { groups, gamma: get("gamma")?, beta: get("beta")? })
    }

    /// Normalises one picture.
    pub fn apply(&self, x: &mut [f32]) {
        let channels = self.gamma.len();
        let (plane, group) = (x.len() / channels, x.len() / self.groups);
        for (g, values) in x.chunks_exact_mut(group).enumerate() {
            let mean = values.iter().map(|v| *v as f64).sum::<f64>() / group as f64;
            let variance = values.iter().map(|v| squared(*v as f64 - mean)).sum::<f64>() / group as f64;
            let scale = (1.0 / libm::sqrt(variance + 1e-5)) as f32;
            for (i, values) in values.chunks_exact_mut(plane).enumerate() {
                let c = g * (channels / self.groups) + i;
                let (a, b) = (self.gamma[c] * scale, self.beta[c] - self.gamma[c] * scale * mean as f32);
                values.iter_mut().for_each(|v| *v = v.mul_add(a, b));
            }
        }
    }
}

pub(super) fn squared(v: f64) -> f64 {
    v * v
}

/// Nearest-neighbour upsampling by 2, which with a convolution after it avoids checkerboard artefacts (Odena et al.
/// 2016).
pub fn doubled(x: &[f32], height: usize, width: usize) -> Vec<f32> {
    let mut y = Vec::with_capacity(x.len() * 4);
    for plane in x.chunks_exact(height * width) {
        for row in plane.chunks_exact(width) {
            let wide: Vec<f32> = row.iter().flat_map(|v| [*v, *v]).collect();
            y.extend_from_slice(&wide);
            y.extend_from_slice(&wide);
        }
    }
    y
}

/// ReLU.
pub fn relu(x: &mut [f32]) {
    x.iter_mut().for_each(|v| *v = v.max(0.0));
}

/// Leaky ReLU.
pub fn leaky(x: &mut [f32], slope: f32) {
    x.iter_mut().for_each(|v| *v = if *v < 0.0 { *v * slope } else { *v });
}

/// Logistic function.
pub fn sigmoid(x: &mut [f32]) {
    x.iter_mut().for_each(|v| *v = 1.0 / (1.0 + libm::expf(-*v)));
}

/// x · sigmoid(x) (Ramachandran et al. 2017).
pub fn silu(x: &mut [f32]) {
    x.iter_mut().for_each(|v| *v /= 1.0 + libm::expf(-*v));
}

/// Probabilities from logits.
pub fn softmax(x: &[f32]) -> Vec<f32> {
    let most = x.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let raised: Vec<f64> = x.iter().map(|v| libm::exp((*v - most) as f64)).collect();
    let sum: f64 = raised.iter().sum();
    raised.iter().map(|v| (v / sum) as f32).collect()
}

/// The index that a uniform number in 0..1 samples from a categorical distribution.
pub fn categorical(probabilities: &[f32], u: f32) -> usize {
    let mut sum = 0.0;
    for (i, p) in probabilities.iter().enumerate() {
        sum += *p as f64;
        if (u as f64) < sum {
            return i;
        }
    }
    probabilities.len() - 1
}
