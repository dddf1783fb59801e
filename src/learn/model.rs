//! What every trained generator can do.

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
    /// Numbers in a picture.
    pub fn len(self) -> usize {
        self.channels * self.side * self.side
    }
    /// Whether a picture has no pixel.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// Where in its making a picture is, for those who guide it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SamplingStep {
    /// Steps done before.
    pub step: usize,
    /// Steps of all.
    pub steps: usize,
    /// Part of the picture in what there is, 0..1.
    pub signal: f32,
    /// Part of the noise in it, 0..1.
    pub noise: f32,
}

/// Changes the clean picture that is believed in, pixels in 0..1, plane after plane.
pub type GuidanceHook<'a> = dyn FnMut(&SamplingStep, &mut [f32]) + 'a;

/// A trained generator. A *point* is all that is random about a picture (a latent vector, noise, codes): the same point
/// and label give the same picture, with the same bits on every machine and at any thread count.
pub trait Model: Send + Sync {
    /// Shape of its pictures.
    fn shape(&self) -> ImageShape;

    /// Whether a label changes the picture.
    fn is_conditional(&self) -> bool;

    /// A point drawn at an address.
    fn point(&self, label: Option<usize>, rng: Rng) -> Vec<f32>;

    /// The point a part `t` (0..1) of the way from `a` to `b`: along a great circle, which keeps the length that normal
    /// numbers have (Shoemake 1985). A method whose points are not normal does it in its own way.
    fn between(&self, a: &[f32], b: &[f32], t: f32) -> Vec<f32> {
        slerp(a, b, t)
    }

    /// The picture of a point: `channels · side · side` numbers in 0..1, plane after plane. Without a label a conditional
    /// method takes the first class.
    fn picture(&self, point: &[f32], label: Option<usize>) -> Vec<f32>;

    /// The picture of a point, with a hand in every step of its making; `None` if the method makes pictures in one go.
    /// Without a label the method's own idea of the class is left out.
    fn guided(&self, _point: &[f32], _label: Option<usize>, _hook: &mut GuidanceHook) -> Option<Vec<f32>> {
        None
    }

    /// Steps that a picture is made in: 1, or more where each costs as much as a picture of other methods.
    fn steps(&self) -> usize {
        1
    }

    /// Step number `done` (from 0) of a picture that began as a point; gives what can be seen of it by now, which after
    /// [`Self::steps`] of them is [`Self::picture`].
    fn step(&self, state: &mut Vec<f32>, _done: usize, label: Option<usize>) -> Vec<f32> {
        self.picture(state, label)
    }

    /// The picture at an address.
    fn sample(&self, label: Option<usize>, rng: Rng) -> Vec<f32> {
        self.picture(&self.point(label, rng), label)
    }

    /// The pictures at many addresses, in their order.
    fn samples(&self, wanted: &[(Option<usize>, Rng)]) -> Vec<Vec<f32>> {
        wanted.par_iter().map(|&(label, rng)| self.sample(label, rng)).collect()
    }
}

/// Between two points along a great circle; along a line where they are nearly parallel.
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

/// `n` standard normal numbers at an address.
pub fn normals(rng: Rng, n: usize) -> Vec<f32> {
    (0..n as u64).map(|i| rng.normal(i)).collect()
}

/// A picture in 0..1, plane after plane, as bytes with channels last.
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
        fn a_great_circle_keeps_the_length_and_meets_its_ends(seed: u64, t in 0f32..1.0) {
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
