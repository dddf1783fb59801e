//! Slopes of the activation functions.

use crate::net::activation::{Activation, GELU_SLOPE, LEAK};
use crate::net::modulation::exp;
use world::widest;

impl Activation {
    /// Whether its output alone tells its slope, so that its input need not be computed again.
    pub fn is_told_by_output(self) -> bool {
        matches!(self, Self::Relu | Self::Leaky)
    }
}

#[inline(always)]
fn relu(z: f32) -> f32 {
    if z > 0.0 { 1.0 } else { 0.0 }
}

#[inline(always)]
fn leaky(z: f32) -> f32 {
    if z > 0.0 { 1.0 } else { LEAK }
}

#[inline(always)]
fn elu(z: f32) -> f32 {
    if z > 0.0 { 1.0 } else { exp(z) }
}

/// The slope of x · sigmoid(u), where u has the slope `du`.
#[inline(always)]
fn gated(z: f32, u: f32, du: f32) -> f32 {
    let gate = 1.0 / (1.0 + exp(-u));
    gate + z * gate * (1.0 - gate) * du
}

#[inline(always)]
fn silu(z: f32) -> f32 {
    gated(z, z, 1.0)
}

#[inline(always)]
fn gelu(z: f32) -> f32 {
    let square = z * z;
    gated(z, GELU_SLOPE * (z + 0.044_715 * square * z), GELU_SLOPE * (1.0 + 0.134_145 * square))
}

/// The slope of an activation function at its input `z`.
pub fn slope(activation: Activation, z: f32) -> f32 {
    match activation {
        Activation::Relu => relu(z),
        Activation::Leaky => leaky(z),
        Activation::Elu => elu(z),
        Activation::Gelu => gelu(z),
        Activation::Silu => silu(z),
    }
}

/// Values of a pixel, and how many of them take part.
#[derive(Clone, Copy, Debug)]
pub struct Pitches {
    /// Values of a pixel of the gradient.
    pub gradient: usize,
    /// Values of a pixel of the activation's inputs.
    pub inputs: usize,
    /// Channels that the activation was applied to, the first of both.
    pub channels: usize,
}

widest! {
    /// Multiplies the gradient of a row of outputs by the slopes at the inputs `z`; for functions whose
    /// [output tells](Activation::is_told_by_output) it, `z` may be the outputs.
    pub fn descended(dy: &mut [f32], z: &[f32], pitches: Pitches, activation: Activation) {
        match activation {
            Activation::Relu => each(dy, z, pitches, relu),
            Activation::Leaky => each(dy, z, pitches, leaky),
            Activation::Elu => each(dy, z, pitches, elu),
            Activation::Gelu => each(dy, z, pitches, gelu),
            Activation::Silu => each(dy, z, pitches, silu),
        }
    }
}

#[inline(always)]
fn each(dy: &mut [f32], z: &[f32], pitches: Pitches, f: impl Fn(f32) -> f32) {
    for (dy, z) in dy.chunks_mut(pitches.gradient).zip(z.chunks(pitches.inputs)) {
        let pairs = dy[..pitches.channels].iter_mut().zip(&z[..pitches.channels]);
        pairs.for_each(|(d, z)| *d *= f(*z));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::activation::shifted;
    use world::vectors::Vectors;

    /// Against central differences of the functions themselves; the same bits at every width.
    #[test]
    fn slopes_are_those_of_the_functions() {
        for activation in Activation::ALL {
            let z: Vec<f32> = (-400..400).map(|i| i as f32 * 0.02 + 0.01).collect();
            let value = |by: f32| {
                let mut y: Vec<f32> = z.iter().map(|z| z + by).collect();
                shifted(&mut y, 1, &[0.0], Some(activation));
                y
            };
            const STEP: f32 = 0.005;
            let (above, below) = (value(STEP), value(-STEP));
            for (i, z) in z.iter().enumerate() {
                let numeric = (above[i] - below[i]) / (2.0 * STEP);
                let ours = slope(activation, *z);
                assert!((ours - numeric).abs() < 1e-3, "{activation:?} at {z}: {ours}, {numeric}");
                let output = value(0.0)[i];
                if activation.is_told_by_output() {
                    assert_eq!(slope(activation, output), ours);
                }
            }
            let pitches = Pitches { gradient: 19, inputs: 20, channels: 18 };
            let made = |v: Vectors| {
                let mut dy = vec![2.0f32; 19 * 40 - 1];
                v.run(|| descended(&mut dy, &z, pitches, activation)).unwrap();
                dy
            };
            let plain = made(Vectors::Plain);
            assert!(Vectors::available().all(|v| made(v) == plain));
            for (i, d) in plain.iter().enumerate() {
                let wanted = if i % 19 < 18 { 2.0 * slope(activation, z[i / 19 * 20 + i % 19]) } else { 2.0 };
                assert!((d - wanted).abs() < 1e-6);
            }
        }
    }
}
