//! DeepDream (Mordvintsev et al. 2015): a picture is changed until a layer or unit responds more, from coarse octaves to
//! fine ones, so that what the network has learned to see appears at every size.

use super::{Objective, Observer};
use crate::inference::Judge;
use world::rng::Rng;

/// How to dream.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DreamConfig {
    /// Sizes, the largest being the picture's, 1 or more.
    pub octaves: usize,
    /// Ratio of one size to the next, above 1.
    pub ratio: f32,
    /// Steps at each size.
    pub steps: usize,
    /// Mean change of a value in a step; values are in 0..1.
    pub rate: f32,
    /// Pixels by which the picture is shifted at most before a step, so that no grid of strides shows.
    pub jitter: usize,
}

impl DreamConfig {
    /// As in the original, fewer octaves: the judge's pictures are small.
    pub const USUAL: Self = Self { octaves: 4, ratio: 1.4, steps: 12, rate: 0.012, jitter: 12 };
}

/// The least side of an octave, pixels.
const LEAST: usize = 24;

/// A picture, 0..1, channels last, after a dream.
///
/// # Errors
/// The judge's backbone has no gradients at inference, the size is out of range, or the layer or the channel of the
/// objective does not exist.
pub fn dream(
    judge: &Judge,
    (picture, (height, width)): (&[f32], (usize, usize)),
    objective: Objective,
    how: &DreamConfig,
    rng: Rng,
) -> Result<Vec<f32>, String> {
    let mut detail: Option<(Vec<f32>, (usize, usize))> = None;
    let mut result = picture.to_vec();
    for octave in (0..how.octaves.max(1)).rev() {
        let size = octave_size((height, width), how.ratio, octave);
        if octave > 0 && size.0.min(size.1) < LEAST {
            continue;
        }
        let mut observer = Observer::sized(judge, size)?;
        observer.check(objective)?;
        let channels = observer.channels();
        let base = resized(picture, (height, width), size, channels);
        let mut x = base.clone();
        if let Some((detail, from)) = &detail {
            x.iter_mut().zip(resized(detail, *from, size, channels)).for_each(|(x, d)| *x += d);
        }
        for step in 0..how.steps {
            let rng = rng.fork(octave as u64).fork(step as u64);
            observer.excite(&mut x, objective, how.rate, jitter(how.jitter, rng));
        }
        detail = Some((x.iter().zip(&base).map(|(x, b)| x - b).collect(), size));
        result = x;
    }
    Ok(result)
}

/// Size of an octave, 0 being the picture itself.
pub fn octave_size(size: (usize, usize), ratio: f32, octave: usize) -> (usize, usize) {
    let scale = (0..octave).fold(1.0, |s, _| s / ratio.max(1.01));
    let side = |n: usize| ((n as f32 * scale + 0.5) as usize).max(1);
    (side(size.0), side(size.1))
}

/// A shift, rows and columns.
pub fn jitter(most: usize, rng: Rng) -> (usize, usize) {
    let one = |i: u64| rng.below(i, most as u64 + 1) as usize;
    (one(0), one(1))
}

impl Observer {
    /// Whether an objective's layer and channel, or its class, exist.
    ///
    /// # Errors
    /// What was expected and what was found.
    pub fn check(&self, objective: Objective) -> Result<(), String> {
        let within = |what: &str, found: usize, n: usize| match found < n {
            true => Ok(()),
            false => Err(format!("{what}: expected a number below {n}, found {found}")),
        };
        match objective {
            Objective::Class(class) => within("class", class, self.classes()),
            Objective::Layer(layer) => within("layer", layer, self.layers().len()),
            Objective::Unit { layer, channel } => {
                within("layer", layer, self.layers().len())?;
                within("unit", channel, self.layers()[layer].channels)
            }
        }
    }

    /// One step of gradient ascent on a picture that is shifted round its edges: values change by `rate` on average and
    /// stay in 0..1. Returns the objective's value before it.
    pub fn excite(
        &mut self,
        x: &mut [f32],
        objective: Objective,
        rate: f32,
        (down, along): (usize, usize),
    ) -> f32 {
        let ((height, width), channels) = (self.size(), self.channels());
        let across = width * channels;
        let (down, along) = (down % height * across, along % width * channels);
        let turned = |x: &mut [f32], back: bool| {
            for row in x.chunks_exact_mut(across) {
                if back { row.rotate_left(along) } else { row.rotate_right(along) }
            }
            if back { x.rotate_left(down) } else { x.rotate_right(down) }
        };
        turned(x, false);
        let (value, gradient) = self.gradient(x, objective);
        let size = gradient.iter().map(|g| g.abs() as f64).sum::<f64>() / gradient.len() as f64;
        let scale = if size > 0.0 { rate / size as f32 } else { 0.0 };
        for (x, g) in x.iter_mut().zip(&gradient) {
            // A few pixels whose gradient is far above the mean would go to black or white at once.
            *x = (*x + (scale * g).clamp(-4.0 * rate, 4.0 * rate)).clamp(0.0, 1.0);
        }
        turned(x, true);
        value
    }
}

/// Bilinear interpolation of a picture, channels last; where it shrinks, of a picture that was averaged first.
pub fn resized(x: &[f32], from: (usize, usize), to: (usize, usize), channels: usize) -> Vec<f32> {
    if from == to {
        return x.to_vec();
    }
    let columns: Vec<[(usize, f32); 2]> = spans(from.1, to.1);
    let mut out = Vec::with_capacity(to.0 * to.1 * channels);
    for rows in spans(from.0, to.0) {
        for columns in &columns {
            for c in 0..channels {
                let mut sum = 0f32;
                for (y, wy) in rows {
                    for (u, wx) in columns {
                        sum += wy * wx * x[(y * from.1 + u) * channels + c];
                    }
                }
                out.push(sum);
            }
        }
    }
    out
}

/// The two source cells of each target cell along a side, with their shares.
fn spans(from: usize, to: usize) -> Vec<[(usize, f32); 2]> {
    let one = |i: usize| {
        let at = (i as f32 + 0.5) * from as f32 / to as f32 - 0.5;
        let at = at.clamp(0.0, (from - 1) as f32);
        let (low, share) = (at as usize, at - (at as usize) as f32);
        [(low, 1.0 - share), ((low + 1).min(from - 1), share)]
    };
    (0..to).map(one).collect()
}
