//! Inference: the network's outputs for pictures, each evaluated once or, where its mirror images mean the same,
//! averaged over four views (test-time augmentation).
//!
//! The same network as [`model`](super) trains, on plain slices. Sums run in one fixed order, so the bits are the
//! same on every machine and at any thread count, which verdicts need because they feed back into the world.

use rayon::prelude::*;

use super::architecture::Architecture;
use super::augment::plain;
use super::backbone::{self, FeatureNetwork, Workspace};
use super::standardise::standardised;
use super::verdict::EMBEDDING;
use super::views;
use data::sample::Samples;
use learn::net::layers::{Dense, relu};
use learn::net::padded::PaddedImages;
use learn::net::weights::Weights;
use world::limits;

impl Architecture {
    /// Validates the fields; nothing in a header is trusted before this.
    ///
    /// # Errors
    /// The field, what was expected and what was found.
    pub fn check(&self) -> Result<(), String> {
        if ![1, 3].contains(&self.channels) {
            return Err(format!("channels: expected 1 or 3, found {}", self.channels));
        }
        limits::within("side", self.side, limits::SEEN)?;
        limits::within("classes", self.classes, 1..=limits::CLASSES)?;
        backbone::find(&self.backbone)?.check(self)
    }
}

/// Outputs of the network for several pictures.
pub struct Outputs {
    /// Logits of each picture.
    pub logits: Vec<Vec<f32>>,
    /// Embedding of each picture.
    pub embeddings: Vec<[f32; EMBEDDING]>,
}

/// What the network makes of a picture.
#[derive(Clone, Debug)]
pub struct Observation {
    /// Logit of each class.
    pub logits: Vec<f32>,
    /// The embedding.
    pub embedding: [f32; EMBEDDING],
    /// Statistics of the layers ([`Classifier::statistics`]).
    pub statistics: Vec<f32>,
}

/// The network at inference.
pub struct Classifier {
    shape: Architecture,
    views: usize,
    body: Box<dyn FeatureNetwork>,
    embed: Dense,
    head: Dense,
}

impl Classifier {
    /// A network with these weights. `mirrored`: whether outputs are averaged over a picture, its mirror image, and
    /// both upside down.
    ///
    /// # Errors
    /// Weights are missing or of another shape, or the architecture is invalid.
    pub fn new(weights: &Weights, shape: &Architecture, mirrored: bool) -> Result<Self, String> {
        shape.check()?;
        let views = if mirrored { 4 } else { 1 };
        let backbone = backbone::find(&shape.backbone)?;
        let body = backbone.open(weights, shape, views)?;
        let embed = Dense::of(weights, "embed", backbone.features(shape), EMBEDDING)?;
        let head = Dense::of(weights, "head", EMBEDDING, shape.classes)?;
        Ok(Self { shape: shape.clone(), views, body, embed, head })
    }

    /// The last two layers: from the features to the embedding, and from that, rectified, to the logits.
    pub fn last_layers(&self) -> (&Dense, &Dense) {
        (&self.embed, &self.head)
    }

    /// The place of each feature among the [`Self::statistics`]; none if some feature is no statistic of a layer.
    pub fn feature_places(&self) -> Option<Vec<usize>> {
        let r = world::rng::Rng::new(1).named("probe");
        let numbers = self.shape.side * self.shape.side * self.shape.channels;
        let probes = (0..3).map(|i| {
            let picture: Vec<f32> = (0..numbers).map(|k| r.fork(i).unit((k >> (2 * i)) as u64)).collect();
            let mut workspace = self.workspace();
            views::write(&standardised(&picture, self.shape.channels), &mut workspace.0[0]);
            let features = means(&self.body.features(&mut workspace), self.views);
            (features, self.statistics(&workspace))
        });
        let probes: Vec<(Vec<f32>, Vec<f32>)> = probes.collect();
        let (features, statistics) = (self.embed.from, probes[0].1.len());
        let agrees = |i: usize, j: usize| {
            j < statistics && probes.iter().all(|(f, s)| (f[i] - s[j]).abs() <= 1e-5 * f[i].abs().max(0.1))
        };
        // A silent channel agrees with every other: the one behind the last is asked first.
        let mut places: Vec<usize> = Vec::with_capacity(features);
        for i in 0..features {
            let next = places.last().map_or(0, |last| last + 1);
            let place = if agrees(i, next) { Some(next) } else { (0..statistics).find(|j| agrees(i, *j)) };
            places.push(place?);
        }
        Some(places)
    }

    /// Scratch memory of one thread for [`Self::forward`].
    pub fn workspace(&self) -> Workspace {
        self.body.workspace()
    }

    /// Evaluates the pictures of a data set, without augmentation.
    pub fn samples(&self, data: &Samples) -> Outputs {
        let all = data
            .pictures
            .par_iter()
            .map_init(|| self.workspace(), |workspace, p| self.forward(&plain(p), workspace));
        Outputs::of(all.collect())
    }

    /// Evaluates pictures in 0..1, channels last.
    pub fn pictures(&self, pictures: &[Vec<f32>]) -> Outputs {
        let all =
            pictures.par_iter().map_init(|| self.workspace(), |workspace, p| self.forward(p, workspace));
        Outputs::of(all.collect())
    }

    /// Evaluates a picture in 0..1, channels last, on this thread alone: its logits and its embedding.
    pub fn forward(&self, picture: &[f32], workspace: &mut Workspace) -> (Vec<f32>, [f32; EMBEDDING]) {
        views::write(&standardised(picture, self.shape.channels), &mut workspace.0[0]);
        let features = self.body.features(workspace);
        let embeddings = self.embed.apply_rows(&features);
        let mut rectified = embeddings.clone();
        relu(&mut rectified);
        let logits = means(&self.head.apply_rows(&rectified), self.views);
        let embedding = means(&embeddings, self.views);
        (logits, std::array::from_fn(|i| embedding[i]))
    }

    /// Means and maxima of the last layer of each size, over the views of the picture that was evaluated last with this
    /// memory.
    pub fn statistics(&self, workspace: &Workspace) -> Vec<f32> {
        // A transformer's scratch memory is no layer.
        let layers: Vec<&PaddedImages> = workspace.0[1..].iter().filter(|l| l.count == self.views).collect();
        let is_last = |i: &usize| layers.get(i + 1).is_none_or(|next| next.height != layers[*i].height);
        let mut all = Vec::new();
        for i in (0..layers.len()).filter(is_last) {
            // Of each view, first the means and then the maxima.
            let views: Vec<(Vec<f32>, Vec<f32>)> =
                (0..self.views).map(|view| layers[i].mean_and_max(view)).collect();
            let rows: Vec<f32> = views.into_iter().flat_map(|(a, b)| a.into_iter().chain(b)).collect();
            all.extend(means(&rows, self.views));
        }
        all
    }

    /// How many [`Self::statistics`] there are.
    pub fn statistics_count(&self) -> usize {
        self.statistics(&self.workspace()).len()
    }

    /// What is known of pictures in 0..1, channels last.
    pub fn observe(&self, pictures: &[Vec<f32>]) -> Vec<Observation> {
        let one = |workspace: &mut Workspace, picture: &Vec<f32>| {
            let (logits, embedding) = self.forward(picture, workspace);
            Observation { logits, embedding, statistics: self.statistics(workspace) }
        };
        pictures.par_iter().map_init(|| self.workspace(), one).collect()
    }
}

impl Outputs {
    fn of(all: Vec<(Vec<f32>, [f32; EMBEDDING])>) -> Self {
        let (logits, embeddings) = all.into_iter().unzip();
        Self { logits, embeddings }
    }
}

/// The mean of `n` rows.
pub(crate) fn means(rows: &[f32], n: usize) -> Vec<f32> {
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
