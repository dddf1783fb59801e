//! Activation functions of a network at inference, on rows of pixels. Built from sums, products and quotients alone, so
//! every vector width gives the same bits.

use super::modulation::exp;
use world::widest;

/// An activation function; each is zero at zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Activation {
    /// max(x, 0) (Nair and Hinton 2010).
    Relu,
    /// x above zero, [`LEAK`] · x below (Maas et al. 2013).
    Leaky,
    /// x above zero, e^x − 1 below (Clevert et al. 2015).
    Elu,
    /// x · Φ(x), in its approximation by the hyperbolic tangent (Hendrycks and Gimpel 2016).
    Gelu,
    /// x · sigmoid(x) (Ramachandran et al. 2017).
    Silu,
}

/// Slope of the leaky ReLU below zero.
pub const LEAK: f32 = 0.01;
/// 2 · √(2/π): [`Activation::Gelu`] is x · sigmoid(this · (x + 0.044715 · x³)), since tanh(u) = 2 · sigmoid(2u) − 1.
pub const GELU_SLOPE: f32 = 1.595_769;

impl Activation {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Relu, Self::Leaky, Self::Elu, Self::Gelu, Self::Silu];

    /// Its name on the command line and in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Relu => "relu",
            Self::Leaky => "leaky",
            Self::Elu => "elu",
            Self::Gelu => "gelu",
            Self::Silu => "silu",
        }
    }
}

#[inline(always)]
fn relu(v: f32) -> f32 {
    if v > 0.0 { v } else { 0.0 }
}

#[inline(always)]
fn leaky(v: f32) -> f32 {
    if v > 0.0 { v } else { LEAK * v }
}

#[inline(always)]
fn elu(v: f32) -> f32 {
    if v > 0.0 { v } else { exp(v) - 1.0 }
}

#[inline(always)]
fn silu(v: f32) -> f32 {
    v / (1.0 + exp(-v))
}

#[inline(always)]
fn gelu(v: f32) -> f32 {
    v / (1.0 + exp(-GELU_SLOPE * (v + 0.044_715 * v * v * v)))
}

widest! {
    /// Adds `bias` to the first values of each pixel of a row, `pitch` values a pixel, and applies the activation. The
    /// last pixel may end with the last value of `bias`.
    pub fn shifted(row: &mut [f32], pitch: usize, bias: &[f32], activation: Option<Activation>) {
        match activation {
            None => each_shifted(row, pitch, bias, |v| v),
            Some(Activation::Relu) => each_shifted(row, pitch, bias, relu),
            Some(Activation::Leaky) => each_shifted(row, pitch, bias, leaky),
            Some(Activation::Elu) => each_shifted(row, pitch, bias, elu),
            Some(Activation::Gelu) => each_shifted(row, pitch, bias, gelu),
            Some(Activation::Silu) => each_shifted(row, pitch, bias, silu),
        }
    }
}

#[inline(always)]
fn each_shifted(row: &mut [f32], pitch: usize, bias: &[f32], f: impl Fn(f32) -> f32) {
    for pixel in row.chunks_mut(pitch) {
        pixel.iter_mut().zip(bias).for_each(|(v, b)| *v = f(*v + b));
    }
}

widest! {
    /// Scales and shifts the first values of each pixel of a row by `scale` and `shift`, as [`shifted`].
    pub fn scaled(row: &mut [f32], pitch: usize, scale: &[f32], shift: &[f32], activation: Option<Activation>) {
        match activation {
            None => each_scaled(row, pitch, scale, shift, |v| v),
            Some(Activation::Relu) => each_scaled(row, pitch, scale, shift, relu),
            Some(Activation::Leaky) => each_scaled(row, pitch, scale, shift, leaky),
            Some(Activation::Elu) => each_scaled(row, pitch, scale, shift, elu),
            Some(Activation::Gelu) => each_scaled(row, pitch, scale, shift, gelu),
            Some(Activation::Silu) => each_scaled(row, pitch, scale, shift, silu),
        }
    }
}

#[inline(always)]
fn each_scaled(row: &mut [f32], pitch: usize, scale: &[f32], shift: &[f32], f: impl Fn(f32) -> f32) {
    for pixel in row.chunks_mut(pitch) {
        let affine = scale.iter().zip(shift);
        pixel.iter_mut().zip(affine).for_each(|(v, (a, b))| *v = f(*v * a + b));
    }
}

widest! {
    /// `into = activation(a + b)`, value by value.
    pub fn summed(into: &mut [f32], a: &[f32], b: &[f32], activation: Option<Activation>) {
        match activation {
            None => each_summed(into, a, b, |v| v),
            Some(Activation::Relu) => each_summed(into, a, b, relu),
            Some(Activation::Leaky) => each_summed(into, a, b, leaky),
            Some(Activation::Elu) => each_summed(into, a, b, elu),
            Some(Activation::Gelu) => each_summed(into, a, b, gelu),
            Some(Activation::Silu) => each_summed(into, a, b, silu),
        }
    }
}

#[inline(always)]
fn each_summed(into: &mut [f32], a: &[f32], b: &[f32], f: impl Fn(f32) -> f32) {
    into.iter_mut().zip(a.iter().zip(b)).for_each(|(v, (a, b))| *v = f(a + b));
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::vectors::Vectors;

    /// The definitions in double precision, the hyperbolic tangent spelled out.
    fn slow(activation: Activation, x: f64) -> f64 {
        match activation {
            Activation::Relu => x.max(0.0),
            Activation::Leaky => x.max(0.01 * x),
            Activation::Elu if x > 0.0 => x,
            Activation::Elu => x.exp_m1(),
            Activation::Silu => x / (1.0 + (-x).exp()),
            Activation::Gelu => {
                let inner = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x.powi(3));
                0.5 * x * (1.0 + inner.tanh())
            }
        }
    }

    #[test]
    fn each_follows_its_definition_and_is_zero_at_zero() {
        for activation in Activation::ALL {
            let x: Vec<f32> = (-3000..=3000).map(|i| i as f32 * 0.01).collect();
            let mut y = x.clone();
            shifted(&mut y, 1, &[0.0], Some(activation));
            for (x, y) in x.iter().zip(&y) {
                let exact = slow(activation, *x as f64);
                assert!(
                    (*y as f64 - exact).abs() < 1e-6 * (1.0 + exact.abs()),
                    "{activation:?} {x}: {y}, {exact}"
                );
            }
            assert_eq!(y[3000], 0.0, "{activation:?}");
            let name = serde_json::to_string(&activation).unwrap();
            assert_eq!(name, format!("\"{}\"", activation.name()));
        }
        // x · Φ(x) itself, by the table of the normal distribution: Φ(1) = 0.84134, Φ(−2) = 0.02275.
        assert!((gelu(1.0) - 0.84134).abs() < 2e-4 && (gelu(-2.0) + 2.0 * 0.02275).abs() < 5e-4);
    }

    #[test]
    fn only_the_first_values_of_a_pixel_change_and_every_width_gives_the_same_bits() {
        let x: Vec<f32> = (0..7 * 29 - 3).map(|i| (i as f32 * 0.37) % 5.0 - 2.5).collect();
        let (scale, bias): (Vec<f32>, Vec<f32>) =
            (0..19).map(|i| (0.5 + i as f32 * 0.1, i as f32 * 0.2 - 1.0)).unzip();
        for activation in Activation::ALL.map(Some).into_iter().chain([None]) {
            let made = |v: Vectors| {
                v.run(|| {
                    let (mut a, mut b, mut c) = (x.clone(), x.clone(), x.clone());
                    shifted(&mut a, 29, &bias, activation);
                    scaled(&mut b, 29, &scale, &bias, activation);
                    summed(&mut c, &x, &a, activation);
                    (a, b, c)
                })
                .unwrap()
            };
            let plain = made(Vectors::Plain);
            assert!(Vectors::available().all(|v| made(v) == plain), "{activation:?}");
            for (i, ((a, b), x)) in plain.0.iter().zip(&plain.1).zip(&x).enumerate() {
                let c = i % 29;
                let of = |v: f32| activation.map_or(v as f64, |f| slow(f, v as f64)) as f32;
                let expected = if c < 19 { [of(x + bias[c]), of(x * scale[c] + bias[c])] } else { [*x; 2] };
                assert!(
                    (a - expected[0]).abs() < 3e-6 && (b - expected[1]).abs() < 3e-6,
                    "{activation:?} {i}"
                );
            }
        }
    }
}
