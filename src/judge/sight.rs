//! Looking: what a network says of pictures, each seen once or, where its mirror images mean the same, four ways.
//!
//! The same network as [`model`](super) trains, on plain slices: one order of sums, fused where it says so, and so the
//! same bits on every machine and at any thread count, as a verdict that goes back into the world must have.

use rayon::prelude::*;

use super::augment::plain;
use super::verdict::EMBEDDING;
use data::sample::Samples;
use learn::net::bordered::{Bordered, Rectified};
use learn::net::layers::{Conv3, Dense, relu};
use learn::net::weights::Weights;
use world::limits;

/// What decides the shapes of the weights.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Architecture {
    /// 1 or 3.
    pub channels: usize,
    /// Pixels a side.
    pub side: usize,
    /// How many classes.
    pub classes: usize,
}

impl Architecture {
    /// Whether there can be such a network; what a header says is believed only after this.
    ///
    /// # Errors
    /// What was expected of which field, and what was found.
    pub fn check(&self) -> Result<(), String> {
        if ![1, 3].contains(&self.channels) {
            return Err(format!("channels: expected 1 or 3, found {}", self.channels));
        }
        limits::within("side", self.side, limits::SEEN)?;
        limits::within("classes", self.classes, 1..=limits::CLASSES).map(drop)
    }
}

/// Channels of the last two layers, which the embedding sees.
pub const SEEN: [usize; 2] = [96, 128];
/// Least and greatest side: below, the last layer has no pixel; above, nobody has trained one.
const SIDES: std::ops::RangeInclusive<usize> = 8..=1024;

impl Architecture {
    /// Whether it keeps its pictures' size at first and pools, where others stride.
    pub fn is_small(&self) -> bool {
        self.side < 48
    }

    /// The five convolutions: (name, channels in, channels out, stride).
    pub fn layers(&self) -> [(&'static str, usize, usize, usize); 5] {
        let (one, stride) = if self.is_small() { (32, 1) } else { (24, 2) };
        [
            ("first", self.channels, one, stride),
            ("second", one, 48, stride),
            ("third", 48, 64, 1),
            ("fourth", 64, SEEN[0], 1),
            ("fifth", SEEN[0], SEEN[1], 1),
        ]
    }
}

/// What the network says of pictures.
pub struct Outputs {
    /// One row of logits a picture.
    pub logits: Vec<Vec<f32>>,
    /// One embedding a picture.
    pub embeddings: Vec<[f32; EMBEDDING]>,
}

/// A network that looks.
pub struct Sight {
    shape: Architecture,
    looks: usize,
    layers: Vec<Rectified>,
    /// Pictures between the layers, the input first.
    blank: Vec<Bordered>,
    /// Whether what a layer gives is halved before the next.
    pooled: [bool; 5],
    embed: Dense,
    head: Dense,
}

/// What one thread needs to look.
pub struct Desk(Vec<Bordered>);

impl Sight {
    /// A network of these weights. `mirrored`: whether it looks at a picture, its mirror image, and both upside down, and
    /// takes the mean of what it sees.
    ///
    /// # Errors
    /// Weights are missing or of another shape, or there is no such architecture.
    pub fn new(weights: &Weights, shape: &Architecture, mirrored: bool) -> Result<Self, String> {
        if !SIDES.contains(&shape.side) || ![1, 3].contains(&shape.channels) || shape.classes == 0 {
            let wanted =
                format!("1 or 3 channels, a side of {} to {}, and classes", SIDES.start(), SIDES.end());
            return Err(format!("expected {wanted}; found {shape:?}"));
        }
        let looks = if mirrored { 4 } else { 1 };
        let pooled = [shape.is_small(), false, true, true, false];
        let mut blank = vec![Bordered::new(shape.channels, shape.side, shape.side, looks)];
        let mut layers = Vec::new();
        for ((name, from, to, stride), pool) in shape.layers().into_iter().zip(pooled) {
            let conv = Conv3::of(weights, &format!("{name}.conv"), from, to, stride)?;
            let conv = conv.with_norm(weights, &format!("{name}.norm"))?;
            let x = &blank[blank.len() - 1];
            let (h, w) = conv.out(x.height, x.width);
            let y = Bordered::new(to, h, w, looks);
            layers.push(Rectified::new(&conv, x, &y)?);
            blank.push(y);
            if pool {
                blank.push(Bordered::new(to, h / 2, w / 2, looks));
            }
        }
        let embed = Dense::of(weights, "embed", 2 * (SEEN[0] + SEEN[1]), EMBEDDING)?;
        let head = Dense::of(weights, "head", EMBEDDING, shape.classes)?;
        Ok(Self { shape: shape.clone(), looks, layers, blank, pooled, embed, head })
    }

    /// What a thread needs for [`Self::look`].
    pub fn desk(&self) -> Desk {
        Desk(self.blank.clone())
    }

    /// Looks at pictures of a data set as they are.
    pub fn samples(&self, data: &Samples) -> Outputs {
        let all = data.pictures.par_iter().map_init(|| self.desk(), |desk, p| self.look(&plain(p), desk));
        Outputs::of(all.collect())
    }

    /// Looks at pictures in 0..1, channels last.
    pub fn pictures(&self, pictures: &[Vec<f32>]) -> Outputs {
        let all = pictures.par_iter().map_init(|| self.desk(), |desk, p| self.look(p, desk));
        Outputs::of(all.collect())
    }

    /// Looks at a picture in 0..1, channels last, on this thread alone: its logits and its embedding.
    pub fn look(&self, picture: &[f32], desk: &mut Desk) -> (Vec<f32>, [f32; EMBEDDING]) {
        let Desk(between) = desk;
        self.begin(picture, &mut between[0]);
        let (mut at, mut seen) = (0, Vec::new());
        for (layer, pool) in self.layers.iter().zip(self.pooled) {
            let (before, after) = between.split_at_mut(at + 1);
            layer.apply(&before[at], &mut after[0]);
            seen.push(at + 1);
            at += 1;
            if pool {
                let (before, after) = between.split_at_mut(at + 1);
                before[at].pool(&mut after[0]);
                at += 1;
            }
        }
        let mut features = Vec::new();
        for look in 0..self.looks {
            seen[3..].iter().for_each(|&layer| between[layer].mean_and_most(look, &mut features));
        }
        let embeddings = self.embed.apply_rows(&features);
        let mut rectified = embeddings.clone();
        relu(&mut rectified);
        let logits = means(&self.head.apply_rows(&rectified), self.looks);
        let embedding = means(&embeddings, self.looks);
        (logits, std::array::from_fn(|i| embedding[i]))
    }

    /// The picture as the first layer takes it, once for each look.
    fn begin(&self, picture: &[f32], into: &mut Bordered) {
        let (side, channels) = (self.shape.side, self.shape.channels);
        let picture = standardised(picture, channels);
        for (look, y) in (0..self.looks).flat_map(|look| (0..side).map(move |y| (look, y))) {
            let from = if look & 2 == 0 { y } else { side - 1 - y };
            let row = &picture[from * side * channels..][..side * channels];
            let into = into.row_mut(look, y);
            match look & 1 == 0 {
                true => into.copy_from_slice(row),
                false => {
                    let pixels = into.chunks_exact_mut(channels).zip(row.rchunks_exact(channels));
                    pixels.for_each(|(to, from)| to.copy_from_slice(from));
                }
            }
        }
    }
}

impl Outputs {
    fn of(all: Vec<(Vec<f32>, [f32; EMBEDDING])>) -> Self {
        let (logits, embeddings) = all.into_iter().unzip();
        Self { logits, embeddings }
    }
}

/// Each channel less its mean, over the deviation of the whole picture (Ulyanov et al. 2016, instance normalisation;
/// one deviation for all channels keeps what colour there is). What is nearly of one colour stays nearly nothing.
fn standardised(picture: &[f32], channels: usize) -> Vec<f32> {
    let n = (picture.len() / channels) as f64;
    let mut sums = vec![0f64; channels];
    for pixel in picture.chunks_exact(channels) {
        sums.iter_mut().zip(pixel).for_each(|(s, v)| *s += *v as f64);
    }
    let means: Vec<f32> = sums.iter().map(|s| (s / n) as f32).collect();
    let mut squares = vec![0f64; channels];
    let mut out = picture.to_vec();
    for pixel in out.chunks_exact_mut(channels) {
        for ((v, mean), square) in pixel.iter_mut().zip(&means).zip(&mut squares) {
            *v -= mean;
            *square += *v as f64 * *v as f64;
        }
    }
    let deviation = libm::sqrt(squares.iter().sum::<f64>() / picture.len() as f64) as f32;
    out.iter_mut().for_each(|v| *v /= deviation + FAINT);
    out
}

/// Deviation that counts as none.
pub const FAINT: f32 = 0.02;

/// The mean of `n` rows.
fn means(rows: &[f32], n: usize) -> Vec<f32> {
    let width = rows.len() / n;
    (0..width).map(|c| rows.iter().skip(c).step_by(width).sum::<f32>() / n as f32).collect()
}

/// Channels last to channels first.
pub fn planar(picture: &[f32], channels: usize, out: &mut [f32]) {
    let n = picture.len() / channels;
    for (c, plane) in out.chunks_exact_mut(n).enumerate() {
        plane.iter_mut().enumerate().for_each(|(i, v)| *v = picture[i * channels + c]);
    }
}

#[cfg(test)]
mod tests;
