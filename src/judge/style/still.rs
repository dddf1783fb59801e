//! Style transfer by descent (Gatys et al. 2015): a picture is changed until the judge sees the content of one picture in
//! the style of another, from a coarse size to the finest (Gatys et al. 2017), by Adam (Kingma and Ba 2015).

use super::palette::transferred;
use super::perceptual::{JITTER, LossWeights, Losses, Perceptual, shifted};
use crate::inference::Judge;
use crate::sight::dream::{jitter, octave_size, resized};
use world::rng::Rng;

/// How to paint.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StillConfig {
    /// Sizes, each half of the next, the largest being the content's; 1 or more.
    pub scales: usize,
    /// Steps at each size.
    pub steps: usize,
    /// Change of a value in a step, of the range 0..1.
    pub rate: f32,
    /// How much each part counts.
    pub weights: LossWeights,
}

impl StillConfig {
    /// Enough for a picture of some hundred pixels.
    pub const USUAL: Self = Self { scales: 3, steps: 120, rate: 0.02, weights: LossWeights::USUAL };
}

/// Deviation of the noise that a picture starts with. Where it is flat, nothing else tells one pixel from the next, so that
/// no texture could begin.
const NOISE: f32 = 0.1;
/// The least side of a size, pixels.
const LEAST: usize = 32;

/// A picture in 0..1, channels last, with its height and width.
pub type SizedPicture<'a> = (&'a [f32], (usize, usize));

/// The content of a picture in the style of another. After each step `watch` is told how many are done of how many, and
/// the losses; once it says false, what has been painted so far is returned.
///
/// # Errors
/// The judge's backbone has no gradients at inference, or a size is out of range.
pub fn paint(
    judge: &Judge,
    [content, style]: [SizedPicture; 2],
    how: &StillConfig,
    watch: &mut dyn FnMut([usize; 2], &Losses) -> bool,
) -> Result<Vec<f32>, String> {
    let channels = judge.header.architecture.channels;
    let is_used = |scale: &usize| {
        let size = octave_size(content.1, 2.0, *scale);
        *scale == 0 || size.0.min(size.1) >= LEAST
    };
    let scales: Vec<usize> = (0..how.scales.max(1)).rev().filter(is_used).collect();
    let all = scales.len() * how.steps;
    let recoloured = transferred(content.0, style.0, channels);
    let content = (&recoloured[..], content.1);
    let (mut x, mut from) = (recoloured.clone(), content.1);
    let rng = Rng::new(0).named("style");
    'sizes: for (i, scale) in scales.iter().enumerate() {
        let (wanted, size) = halved(content, *scale, channels);
        let (model, model_size) = halved(style, *scale, channels);
        let model = Perceptual::new(judge, model_size)?.style(&model);
        let mut loss = Perceptual::new(judge, size)?;
        x = if i == 0 {
            stirred(&wanted, channels, rng.named("start"))
        } else {
            resized(&x, from, size, channels)
        };
        from = size;
        let mut descent = Adam::of(x.len(), how.rate);
        for step in 0..how.steps {
            // Shifted round the edges by some pixels, so that no grid of strides shows.
            let (down, along) = jitter(JITTER, rng.fork(*scale as u64).fork(step as u64));
            let turned = |x: &[f32]| shifted(x, [down, along], (size.1, channels));
            let goal = loss.content_of(&turned(&wanted));
            let (losses, mut gradient) = loss.descend(&turned(&x), (&model, &goal), &how.weights);
            gradient.rotate_right((down * size.1 + along) * channels % x.len());
            descent.step(&mut x, &gradient);
            if !watch([i * how.steps + step + 1, all], &losses) {
                break 'sizes;
            }
        }
    }
    Ok(resized(&x, from, content.1, channels))
}

/// A picture with grey noise.
fn stirred(picture: &[f32], channels: usize, rng: Rng) -> Vec<f32> {
    let one = |(i, v): (usize, &f32)| (v + NOISE * rng.normal((i / channels) as u64)).clamp(0.0, 1.0);
    picture.iter().enumerate().map(one).collect()
}

/// A picture halved so many times, but no smaller than a network can take.
fn halved((picture, size): SizedPicture, times: usize, channels: usize) -> (Vec<f32>, (usize, usize)) {
    (0..times).fold((picture.to_vec(), size), |(x, from), _| {
        let to = (from.0.div_ceil(2).max(LEAST), from.1.div_ceil(2).max(LEAST));
        (resized(&x, from, to, channels), to)
    })
}

/// Adam on the values of a picture, which stay in 0..1.
struct Adam {
    rate: f32,
    /// Powers of the two decays.
    powers: [f64; 2],
    means: Vec<f32>,
    squares: Vec<f32>,
}

/// Decay of the mean gradient and of its mean square.
const DECAYS: [f32; 2] = [0.9, 0.99];

impl Adam {
    fn of(values: usize, rate: f32) -> Self {
        Self { rate, powers: [1.0; 2], means: vec![0.0; values], squares: vec![0.0; values] }
    }

    fn step(&mut self, x: &mut [f32], gradient: &[f32]) {
        let [a, b] = DECAYS;
        self.powers = [self.powers[0] * a as f64, self.powers[1] * b as f64];
        let [mean, square] = self.powers.map(|p| (1.0 / (1.0 - p)) as f32);
        let moments = self.means.iter_mut().zip(&mut self.squares);
        for ((v, g), (m, s)) in x.iter_mut().zip(gradient).zip(moments) {
            *m = a * *m + (1.0 - a) * g;
            *s = b * *s + (1.0 - b) * g * g;
            let step = self.rate * (*m * mean) / ((*s * square).sqrt() + 1e-8);
            *v = (*v - step).clamp(0.0, 1.0);
        }
    }
}
