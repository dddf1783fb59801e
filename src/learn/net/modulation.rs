//! Group normalisation, gain and shift per channel and picture (FiLM), and SiLU, fused: forward and backward.
//!
//! It precedes every convolution of the U-Net (Wu and He 2018; Perez et al. 2018; Ramachandran et al. 2017). As
//! separate operations it would read and write its planes a dozen times. Every sum has sixteen lanes added in a fixed
//! order, and only additions, products and quotients are used, so all vector widths give the same bits.

use rayon::prelude::*;

use world::widest;

/// Sizes of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NormShape {
    /// Channels of a picture.
    pub channels: usize,
    /// Groups that channels are normalised in.
    pub groups: usize,
    /// Pixels of a plane.
    pub plane: usize,
}

impl NormShape {
    fn picture(&self) -> usize {
        self.channels * self.plane
    }
    fn each(&self) -> usize {
        self.channels / self.groups
    }
}

const EPSILON: f32 = 1e-5;
const LANES: usize = 16;

/// e^x within two parts in ten million, by reduction to |r| ≤ ln 2 / 2 and a polynomial of the seventh degree.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    const ROUND: f32 = 12_582_912.0;
    const HIGH: f32 = 0.693_145_75;
    const LOW: f32 = 1.428_606_8e-6;
    let x = x.clamp(-87.0, 87.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * HIGH) - n * LOW;
    let tail = 1.0 / 120.0 + r * (1.0 / 720.0 + r * (1.0 / 5040.0));
    let p = 1.0 + r * (1.0 + r * (0.5 + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * tail))));
    // The whole part lies in the lowest bits of what was rounded.
    p * f32::from_bits((shifted.to_bits() << 23).wrapping_add(0x3f80_0000))
}

/// silu(gain · x̂ + shift) of pictures `[n][channels][plane]`, x̂ being normalised in groups; `gain` and `shift` are
/// `[n][channels]`.
pub fn forward(s: &NormShape, x: &[f32], gain: &[f32], shift: &[f32]) -> Vec<f32> {
    let mut y = vec![0f32; x.len()];
    let one = |x: &[f32], y: &mut [f32], gain: &[f32], shift: &[f32]| {
        let groups = x.chunks_exact(s.each() * s.plane).zip(y.chunks_exact_mut(s.each() * s.plane));
        let affine = gain.chunks_exact(s.each()).zip(shift.chunks_exact(s.each()));
        groups.zip(affine).for_each(|((x, y), (gain, shift))| group(x, y, gain, shift));
    };
    let (picture, channels) = (s.picture(), s.channels);
    if x.len() == picture {
        one(x, &mut y, gain, shift);
        return y;
    }
    let planes = x.par_chunks_exact(picture).zip(y.par_chunks_exact_mut(picture));
    planes
        .zip(gain.par_chunks_exact(channels))
        .zip(shift.par_chunks_exact(channels))
        .for_each(|(((x, y), gain), shift)| one(x, y, gain, shift));
    y
}

/// Gradients of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradient {
    /// Of the pictures.
    pub x: Vec<f32>,
    /// `[n][channels]`.
    pub gain: Vec<f32>,
    /// `[n][channels]`.
    pub shift: Vec<f32>,
}

/// Gradients of [`forward`]'s arguments from that of its result.
pub fn backward(s: &NormShape, x: &[f32], gain: &[f32], shift: &[f32], dy: &[f32]) -> Gradient {
    let zeros = |n: usize| vec![0f32; n];
    let mut all = Gradient { x: zeros(x.len()), gain: zeros(gain.len()), shift: zeros(gain.len()) };
    let (group, each) = (s.each() * s.plane, s.each());
    let inputs = x.par_chunks_exact(group).zip(dy.par_chunks_exact(group));
    let affine = gain.par_chunks_exact(each).zip(shift.par_chunks_exact(each));
    let outputs = all.x.par_chunks_exact_mut(group);
    let grads = all.gain.par_chunks_exact_mut(each).zip(all.shift.par_chunks_exact_mut(each));
    let jobs = inputs.zip(affine).zip(outputs).zip(grads);
    jobs.with_min_len(s.groups).for_each(|((((x, dy), (gain, shift)), dx), (dgain, dshift))| {
        group_back(&Inner { x, dy, gain, shift }, dx, dgain, dshift);
    });
    all
}

/// Inputs of the backward pass of one group.
#[derive(Clone, Copy)]
struct Inner<'a> {
    x: &'a [f32],
    dy: &'a [f32],
    gain: &'a [f32],
    shift: &'a [f32],
}

widest! {
    fn group(x: &[f32], y: &mut [f32], gain: &[f32], shift: &[f32]) {
        group_body(x, y, gain, shift);
    }
}

widest! {
    fn group_back(g: &Inner, dx: &mut [f32], dgain: &mut [f32], dshift: &mut [f32]) {
        group_back_body(g, dx, dgain, dshift);
    }
}

/// Sum of `f` over two slices of one length.
#[inline(always)]
fn sum(a: &[f32], b: &[f32], f: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [0f32; LANES];
    let (whole, rest) = a.as_chunks::<LANES>();
    let (others, other) = b.as_chunks::<LANES>();
    for (a, b) in whole.iter().zip(others) {
        for i in 0..LANES {
            lanes[i] += f(a[i], b[i]);
        }
    }
    for (i, (a, b)) in rest.iter().zip(other).enumerate() {
        lanes[i] += f(*a, *b);
    }
    lanes.iter().map(|v| *v as f64).sum::<f64>() as f32
}

/// Mean, and one over the deviation.
#[inline(always)]
fn moments(x: &[f32]) -> (f32, f32) {
    let n = x.len() as f32;
    let mean = sum(x, x, |v, _| v) / n;
    let variance = sum(x, x, |v, _| (v - mean) * (v - mean)) / n;
    (mean, 1.0 / (variance + EPSILON).sqrt())
}

#[inline(always)]
fn group_body(x: &[f32], y: &mut [f32], gain: &[f32], shift: &[f32]) {
    let plane = x.len() / gain.len();
    let (mean, scale) = moments(x);
    let planes = x.chunks_exact(plane).zip(y.chunks_exact_mut(plane));
    for ((x, y), (gain, shift)) in planes.zip(gain.iter().zip(shift)) {
        for (y, x) in y.iter_mut().zip(x) {
            let u = (x - mean) * scale * gain + shift;
            *y = u / (1.0 + exp(-u));
        }
    }
}

#[inline(always)]
fn group_back_body(g: &Inner, dx: &mut [f32], dgain: &mut [f32], dshift: &mut [f32]) {
    let plane = g.x.len() / g.gain.len();
    let (mean, scale) = moments(g.x);
    // Gradients through the mean and the deviation of the group.
    let (mut level, mut spread) = (0f32, 0f32);
    for c in 0..g.gain.len() {
        let of = c * plane..(c + 1) * plane;
        let (x, dy, du) = (&g.x[of.clone()], &g.dy[of.clone()], &mut dx[of]);
        let (gain, shift) = (g.gain[c], g.shift[c]);
        for ((du, dy), x) in du.iter_mut().zip(dy).zip(x) {
            let u = (x - mean) * scale * gain + shift;
            let s = 1.0 / (1.0 + exp(-u));
            *du = dy * (s * (1.0 + u * (1.0 - s)));
        }
        dgain[c] = sum(x, du, |x, du| (x - mean) * scale * du);
        dshift[c] = sum(du, du, |du, _| du);
        level += gain * dshift[c];
        spread += gain * dgain[c];
    }
    let n = g.x.len() as f32;
    let (level, spread) = (level / n, spread / n);
    let planes = g.x.chunks_exact(plane).zip(dx.chunks_exact_mut(plane));
    for ((x, dx), gain) in planes.zip(g.gain) {
        for (dx, x) in dx.iter_mut().zip(x) {
            *dx = scale * (*dx * gain - level - (x - mean) * scale * spread);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::normals;
    use world::rng::Rng;
    use world::vectors::Vectors;

    #[test]
    fn the_exponential_is_right_to_the_last_digits() {
        for i in -8600..=8600 {
            let x = i as f32 * 0.01003;
            let exact = libm::exp(x as f64);
            assert!((exp(x) as f64 / exact - 1.0).abs() < 2e-7, "e^{x}: {} for {exact}", exp(x));
        }
        assert!(exp(f32::NAN).is_nan());
        assert!(exp(-1e30) > 0.0 && exp(1e30).is_finite());
    }

    /// The definition in double precision.
    fn slow(s: &NormShape, x: &[f64], gain: &[f64], shift: &[f64]) -> Vec<f64> {
        let group = s.each() * s.plane;
        let value = |i: usize| {
            let all = &x[i / group * group..(i / group + 1) * group];
            let mean = all.iter().sum::<f64>() / group as f64;
            let variance = all.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / group as f64;
            let u =
                (x[i] - mean) / (variance + EPSILON as f64).sqrt() * gain[i / s.plane] + shift[i / s.plane];
            u / (1.0 + (-u).exp())
        };
        (0..x.len()).map(value).collect()
    }

    #[test]
    fn forward_and_backward_agree_with_the_definition_and_its_numeric_gradient() {
        let s = NormShape { channels: 6, groups: 2, plane: 21 };
        let r = Rng::new(4);
        let n = 3 * s.picture();
        let at = |k: u64, n: usize| normals(r.fork(k), n);
        let (x, gain, shift, dy) = (at(0, n), at(1, 18), at(2, 18), at(3, n));
        let wide = |v: &[f32]| v.iter().map(|v| *v as f64).collect::<Vec<f64>>();
        let exact = slow(&s, &wide(&x), &wide(&gain), &wide(&shift));
        assert!(forward(&s, &x, &gain, &shift).iter().zip(&exact).all(|(a, b)| (*a as f64 - b).abs() < 2e-6));
        let found = backward(&s, &x, &gain, &shift, &dy);
        let all = [wide(&x), wide(&gain), wide(&shift)];
        for (part, grad) in [&found.x, &found.gain, &found.shift].into_iter().enumerate() {
            for i in 0..grad.len() {
                let side = |h: f64| {
                    let mut moved = all.clone();
                    moved[part][i] += h;
                    let y = slow(&s, &moved[0], &moved[1], &moved[2]);
                    y.iter().zip(&dy).map(|(y, d)| y * *d as f64).sum::<f64>()
                };
                let numeric = (side(1e-5) - side(-1e-5)) / 2e-5;
                assert!((numeric - grad[i] as f64).abs() < 2e-4, "{part} {i}: {numeric} {}", grad[i]);
            }
        }
    }

    #[test]
    fn every_vector_width_gives_the_same_bits() {
        let at = |k: u64, n: usize| normals(Rng::new(9).fork(k), n);
        let (x, gain, shift, dy) = (at(0, 3 * 49), at(1, 3), at(2, 3), at(3, 3 * 49));
        let s = NormShape { channels: 3, groups: 1, plane: 49 };
        let made = |v: Vectors| {
            v.run(|| (forward(&s, &x, &gain, &shift), backward(&s, &x, &gain, &shift, &dy))).unwrap()
        };
        let plain = made(Vectors::Plain);
        assert!(Vectors::available().all(|v| made(v) == plain));
    }
}
