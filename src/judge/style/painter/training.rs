//! One step: parts of pictures are painted, and the gradient of the perceptual loss at what was painted, from the judge's
//! own backward pass, goes back through the network. So any judge whose backbone has gradients can teach, and the network
//! alone is differentiated by burn.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use std::collections::BTreeMap;

use burn::tensor::{Tensor, TensorData};
use rayon::prelude::*;

use super::Settings;
use super::model::PainterModel;
use crate::classifier::planar;
use crate::style::perceptual::{LossWeights, Losses as Parts, Perceptual, Style};
use data::sample::Samples;
use learn::LearnError;
use learn::descent::Descent;
use learn::glue::{device, fresh, numbers};
use learn::net::weights::Weights;
use learn::training::{Batch, Losses, StepContext, Trainer};
use world::rng::Rng;

/// Weight of the squares by which values leave 0..1.
const OUTSIDE: f32 = 1.0;

/// A picture to learn from: values in 0..1, channels last, with its height and width.
pub type ContentPicture = (Vec<f32>, (usize, usize));

/// What a trainer is constructed from.
pub struct PainterInputs {
    /// What it learns to paint, each at least as large as the parts that are cut from it.
    pub pictures: Vec<ContentPicture>,
    /// The judge, for parts of this size.
    pub perceptual: Perceptual,
    /// The style.
    pub style: Style,
    /// Settings.
    pub settings: Settings,
    /// Parts of pictures in a step, and steps of an epoch.
    pub batch: usize,
    /// Steps of an epoch.
    pub rounds: usize,
    /// Seed of the first weights.
    pub seed: u64,
}

struct PainterTrainer {
    inputs: PainterInputs,
    weights: LossWeights,
    descent: Descent<PainterModel>,
}

/// A trainer with fresh weights.
pub fn trainer(inputs: PainterInputs) -> Box<dyn Trainer> {
    let Settings { style, colour, content, smooth, .. } = inputs.settings;
    let weights = LossWeights { style, colour, content, smooth };
    let descent = Descent::new(fresh(inputs.seed, |d| PainterModel::new(&inputs.settings, d)));
    Box::new(PainterTrainer { inputs, weights, descent })
}

/// A part of a picture, perhaps mirrored.
pub fn part((picture, (height, width)): &ContentPicture, side: usize, rng: Rng) -> Vec<f32> {
    let place = |i: u64, n: usize| rng.below(i, (n - side) as u64 + 1) as usize;
    let (top, left, is_mirrored) = (place(0, *height), place(1, *width), rng.bits(2) & 1 == 1);
    let mut out = Vec::with_capacity(side * side * 3);
    for y in top..top + side {
        let row = &picture[(y * width + left) * 3..][..side * 3];
        match is_mirrored {
            false => out.extend_from_slice(row),
            true => row.rchunks_exact(3).for_each(|pixel| out.extend_from_slice(pixel)),
        }
    }
    out
}

impl PainterTrainer {
    /// The losses of a painted part, planar in −0.5..0.5, and the gradient there.
    fn judged(&self, part: &[f32], painted: &[f32]) -> (Parts, Vec<f32>) {
        let plane = painted.len() / 3;
        let at = |i: usize| i % 3 * plane + i / 3;
        let free: Vec<f32> = (0..painted.len()).map(|i| painted[at(i)] + 0.5).collect();
        let seen: Vec<f32> = free.iter().map(|v| v.clamp(0.0, 1.0)).collect();
        let mut perceptual = self.inputs.perceptual.clone();
        let content = perceptual.content_of(part);
        let (losses, gradient) = perceptual.descend(&seen, (&self.inputs.style, &content), &self.weights);
        let mut planes = vec![0f32; painted.len()];
        for (i, g) in gradient.iter().enumerate() {
            let outside = free[i] - seen[i];
            // Nothing is gained by going further out.
            let inward = if outside * g < 0.0 { 0.0 } else { *g };
            planes[at(i)] = inward + 2.0 * OUTSIDE * outside / plane as f32;
        }
        (losses, planes)
    }
}

impl Trainer for PainterTrainer {
    fn step(&mut self, _: &Batch, context: &StepContext) -> Result<Losses, LearnError> {
        let (inputs, side) = (&self.inputs, self.inputs.settings.side as usize);
        let cut = |i: usize| {
            let rng = context.rng.named("part").fork(i as u64);
            let which = rng.named("picture").below(0, inputs.pictures.len() as u64) as usize;
            part(&inputs.pictures[which], side, rng)
        };
        let parts: Vec<Vec<f32>> = (0..inputs.batch).map(cut).collect();
        let shape = [parts.len(), 3, side, side];
        let mut planes = vec![0f32; parts.len() * 3 * side * side];
        let each = planes.chunks_exact_mut(3 * side * side).zip(&parts);
        each.for_each(|(planes, part)| planar(part, 3, planes));
        planes.iter_mut().for_each(|v| *v -= 0.5);
        let device = device();
        let painted =
            self.descent.network.forward(Tensor::from_data(TensorData::new(planes, shape), &device));
        let values = numbers(painted.clone());
        let judged: Vec<(Parts, Vec<f32>)> = parts
            .par_iter()
            .zip(values.par_chunks_exact(3 * side * side))
            .map(|(part, painted)| self.judged(part, painted))
            .collect();
        let n = judged.len() as f64;
        let mean = |f: fn(&Parts) -> f64| judged.iter().map(|j| f(&j.0)).sum::<f64>() / n;
        let total = judged.iter().map(|j| j.0.total(&self.weights)).sum::<f64>() / n;
        let losses = vec![
            ("loss", total),
            ("style", mean(|p| p.style)),
            ("colour", mean(|p| p.colour)),
            ("content", mean(|p| p.content)),
        ];
        let gradient: Vec<f32> = judged.into_iter().flat_map(|j| j.1).map(|g| g / n as f32).collect();
        // Its gradient with respect to what was painted is the one that the judge gave.
        let told = Tensor::<4>::from_data(TensorData::new(gradient, shape), &device);
        let surrogate = (painted * told).sum();
        let decay = self.inputs.settings.average;
        self.descent.step(surrogate, (context.cosine(), context.clip), decay, context.step);
        Ok(losses)
    }

    fn rounds(&self) -> Option<usize> {
        Some(self.inputs.rounds)
    }

    /// It has none: the last epoch is kept.
    fn validate(&self, _: &Samples, _: Rng) -> Option<f64> {
        None
    }

    fn weights(&self) -> Weights {
        self.descent.weights()
    }

    fn state(&self) -> Result<Vec<(String, Vec<u8>)>, LearnError> {
        self.descent.state()
    }

    fn restore(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), LearnError> {
        self.descent.restore(state)
    }
}
