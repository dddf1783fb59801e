//! Looking: what a network says of pictures, each seen once or, where its mirror images mean the same, four ways.
//!
//! The same network as [`model`](super) trains, on plain slices: one order of sums, fused where it says so, and so the
//! same bits on every machine and at any thread count, as a verdict that goes back into the world must have.

use rayon::prelude::*;

use super::augment::plain;
use super::backbone::{self, Looking, Workspace};
use super::verdict::EMBEDDING;
use data::sample::Samples;
use learn::net::layers::{Dense, relu};
use learn::net::padded::PaddedImages;
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
    /// Name of the backbone.
    #[serde(default = "backbone::unnamed")]
    pub backbone: String,
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
        limits::within("side", self.side, backbone::find(&self.backbone)?.sides.clone())?;
        limits::within("classes", self.classes, 1..=limits::CLASSES).map(drop)
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
pub struct Classifier {
    shape: Architecture,
    looks: usize,
    body: Box<dyn Looking>,
    embed: Dense,
    head: Dense,
}

impl Classifier {
    /// A network of these weights. `mirrored`: whether it looks at a picture, its mirror image, and both upside down, and
    /// takes the mean of what it sees.
    ///
    /// # Errors
    /// Weights are missing or of another shape, or there is no such architecture.
    pub fn new(weights: &Weights, shape: &Architecture, mirrored: bool) -> Result<Self, String> {
        shape.check()?;
        let looks = if mirrored { 4 } else { 1 };
        let backbone = backbone::find(&shape.backbone)?;
        let body = (backbone.open)(weights, shape, looks)?;
        let embed = Dense::of(weights, "embed", (backbone.features)(shape), EMBEDDING)?;
        let head = Dense::of(weights, "head", EMBEDDING, shape.classes)?;
        Ok(Self { shape: shape.clone(), looks, body, embed, head })
    }

    /// What a thread needs for [`Self::look`].
    pub fn workspace(&self) -> Workspace {
        self.body.workspace()
    }

    /// Looks at pictures of a data set as they are.
    pub fn samples(&self, data: &Samples) -> Outputs {
        let all = data
            .pictures
            .par_iter()
            .map_init(|| self.workspace(), |workspace, p| self.look(&plain(p), workspace));
        Outputs::of(all.collect())
    }

    /// Looks at pictures in 0..1, channels last.
    pub fn pictures(&self, pictures: &[Vec<f32>]) -> Outputs {
        let all = pictures.par_iter().map_init(|| self.workspace(), |workspace, p| self.look(p, workspace));
        Outputs::of(all.collect())
    }

    /// Looks at a picture in 0..1, channels last, on this thread alone: its logits and its embedding.
    pub fn look(&self, picture: &[f32], workspace: &mut Workspace) -> (Vec<f32>, [f32; EMBEDDING]) {
        self.begin(picture, &mut workspace.0[0]);
        let features = self.body.features(workspace);
        let embeddings = self.embed.apply_rows(&features);
        let mut rectified = embeddings.clone();
        relu(&mut rectified);
        let logits = means(&self.head.apply_rows(&rectified), self.looks);
        let embedding = means(&embeddings, self.looks);
        (logits, std::array::from_fn(|i| embedding[i]))
    }

    /// The picture as the first layer takes it, once for each look.
    fn begin(&self, picture: &[f32], into: &mut PaddedImages) {
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
