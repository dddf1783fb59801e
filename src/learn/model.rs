//! The interface of every trained generator.

use rayon::prelude::*;

use world::rng::Rng;

/// Shape of a generator's pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ImageShape {
    /// 1 (grey) or 3 (RGB).
    pub channels: usize,
    /// Pixels a side.
    pub side: usize,
}

impl ImageShape {
    /// Values in a picture.
    pub fn len(self) -> usize {
        self.channels * self.side * self.side
    }
    /// Whether a picture has no pixel.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// A step of sampling, as guidance sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SamplingStep {
    /// Steps done before.
    pub step: usize,
    /// Steps in total.
    pub steps: usize,
    /// Signal rate of the noisy picture, 0..1.
    pub signal: f32,
    /// Noise rate of the noisy picture, 0..1.
    pub noise: f32,
}

/// Changes the predicted clean picture, planes in 0..1.
pub type GuidanceHook<'a> = dyn FnMut(&SamplingStep, &mut [f32]) + 'a;

/// A trained generator. A *point* is all that is random about a picture (a latent vector, noise, codes): the same point
/// and label give the same picture, with the same bits on every machine and at any thread count.
///
/// ```
/// use learn::{ImageShape, Model};
/// use world::rng::Rng;
///
/// /// Uniform grey; a point is its brightness.
/// struct Grey;
///
/// impl Model for Grey {
///     fn shape(&self) -> ImageShape {
///         ImageShape { channels: 1, side: 4 }
///     }
///     fn is_conditional(&self) -> bool {
///         false
///     }
///     fn point(&self, _: Option<usize>, rng: Rng) -> Vec<f32> {
///         vec![rng.unit(0)]
///     }
///     fn between(&self, a: &[f32], b: &[f32], t: f32) -> Vec<f32> {
///         vec![a[0] + (b[0] - a[0]) * t]
///     }
///     fn picture(&self, point: &[f32], _: Option<usize>) -> Vec<f32> {
///         vec![point[0]; self.shape().len()]
///     }
/// }
///
/// assert_eq!(Grey.picture(&Grey.between(&[0.0], &[1.0], 0.5), None), [0.5; 16]);
/// let rng = Rng::new(7);
/// assert_eq!(Grey.samples(&[(None, rng)]), [Grey.sample(None, rng)]);
/// ```
pub trait Model: Send + Sync {
    /// Shape of its pictures.
    fn shape(&self) -> ImageShape;

    /// Whether a label changes the picture.
    fn is_conditional(&self) -> bool;

    /// A point drawn from the sampling prior.
    fn point(&self, label: Option<usize>, rng: Rng) -> Vec<f32>;

    /// Interpolates from `a` to `b` at `t` in 0..1: spherically (slerp, Shoemake 1985), which keeps the length that
    /// normal vectors have. Methods whose points are not normal override it.
    fn between(&self, a: &[f32], b: &[f32], t: f32) -> Vec<f32> {
        slerp(a, b, t)
    }

    /// The picture of a point: `channels · side · side` values in 0..1, as planes. Without a label a conditional
    /// method takes the first class.
    fn picture(&self, point: &[f32], label: Option<usize>) -> Vec<f32>;

    /// The picture of a point, with `hook` called at every step of sampling; `None` if the method samples in one step.
    /// Without a label the method samples unconditionally.
    fn guided(&self, _point: &[f32], _label: Option<usize>, _hook: &mut GuidanceHook) -> Option<Vec<f32>> {
        None
    }

    /// A picture of `side` pixels a side, of a method that makes pictures of any size: as [`Self::picture`], of another
    /// length. `None` of any other.
    fn sized(&self, _side: usize, _rng: Rng) -> Option<Vec<f32>> {
        None
    }

    /// Steps that a picture is sampled in: 1, or more where each costs as much as a picture of other methods.
    fn steps(&self) -> usize {
        1
    }

    /// Step number `done` (from 0) of sampling from a point; returns the picture as predicted so far, which after
    /// [`Self::steps`] of them is [`Self::picture`].
    fn step(&self, state: &mut Vec<f32>, _done: usize, label: Option<usize>) -> Vec<f32> {
        self.picture(state, label)
    }

    /// The picture that a random address samples.
    fn sample(&self, label: Option<usize>, rng: Rng) -> Vec<f32> {
        self.picture(&self.point(label, rng), label)
    }

    /// The pictures that many addresses sample, in their order.
    fn samples(&self, wanted: &[(Option<usize>, Rng)]) -> Vec<Vec<f32>> {
        wanted.par_iter().map(|&(label, rng)| self.sample(label, rng)).collect()
    }
}

/// Spherical interpolation of two points; linear where they are nearly parallel.
pub fn slerp(a: &[f32], b: &[f32], t: f32) -> Vec<f32> {
    let dot = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(x, y)| *x as f64 * *y as f64).sum::<f64>();
    let norm = libm::sqrt(dot(a, a) * dot(b, b));
    let cosine = if norm > 0.0 { (dot(a, b) / norm).clamp(-1.0, 1.0) } else { 1.0 };
    let (angle, t) = (libm::acos(cosine), t as f64);
    let sine = libm::sin(angle);
    let (p, q) = match sine > 1e-6 {
        true => (libm::sin((1.0 - t) * angle) / sine, libm::sin(t * angle) / sine),
        false => (1.0 - t, t),
    };
    a.iter().zip(b).map(|(x, y)| (p * *x as f64 + q * *y as f64) as f32).collect()
}

/// `n` standard normal values at an address.
pub fn normals(rng: Rng, n: usize) -> Vec<f32> {
    (0..n as u64).map(|i| rng.normal(i)).collect()
}

/// A picture of planes in 0..1 as bytes, channels last.
pub fn bytes(picture: &[f32], shape: ImageShape) -> Vec<u8> {
    let plane = shape.side * shape.side;
    let value = |i: usize| picture[i % shape.channels * plane + i / shape.channels];
    (0..shape.len()).map(|i| (value(i).clamp(0.0, 1.0) * 255.0 + 0.5) as u8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use world::rng::Rng;

    proptest! {
        #[test]
        fn slerp_keeps_the_length_and_meets_its_ends(seed: u64, t in 0f32..1.0) {
            let (a, mut b) = (normals(Rng::new(seed), 64), normals(Rng::new(seed).fork(1), 64));
            let length = |x: &[f32]| x.iter().map(|v| (*v as f64).powi(2)).sum::<f64>().sqrt();
            let scale = (length(&a) / length(&b)) as f32;
            b.iter_mut().for_each(|v| *v *= scale);
            prop_assert!((length(&slerp(&a, &b, t)) - length(&a)).abs() < 1e-4);
            for (end, t) in [(&a, 0.0), (&b, 1.0)] {
                prop_assert!(slerp(&a, &b, t).iter().zip(end).all(|(x, y)| (x - y).abs() < 1e-5));
            }
        }
    }

    #[test]
    fn bytes_are_channels_last() {
        let shape = ImageShape { channels: 3, side: 1 };
        assert_eq!(bytes(&[0.0, 0.5, 2.0], shape), [0, 128, 255]);
    }
}
