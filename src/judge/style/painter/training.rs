//! One step: parts of pictures are painted, and the gradient of the perceptual loss at what was painted, from the judge's
//! own backward pass, goes back through the network. So any judge whose backbone has gradients can teach, and the network
//! alone is differentiated by burn.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use std::collections::BTreeMap;

use burn::tensor::{Tensor, TensorData};
use rayon::prelude::*;

use super::model::PainterModel;
use super::network::mirrored;
use super::{MARGIN, Settings, grain};
use crate::classifier::planar;
use crate::sight::dream::jitter;
use crate::style::perceptual::{JITTER, LossWeights, Losses as Parts, Perceptual, Style, shifted};
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

/// A part of a picture with its [`MARGIN`], perhaps mirrored as a whole; beyond the picture it goes on mirrored.
pub fn part((picture, (height, width)): &ContentPicture, side: usize, rng: Rng) -> Vec<f32> {
    let place = |i: u64, n: usize| rng.below(i, (n - side) as u64 + 1) as usize;
    let (top, left, is_mirrored) = (place(0, *height), place(1, *width), rng.bits(2) & 1 == 1);
    let all = side + 2 * MARGIN;
    let mut out = Vec::with_capacity(all * all * 3);
    for y in top..top + all {
        let row = &picture[mirrored(y, MARGIN, *height) * width * 3..][..width * 3];
        for x in 0..all {
            let x = left + if is_mirrored { all - 1 - x } else { x };
            out.extend_from_slice(&row[mirrored(x, MARGIN, *width) * 3..][..3]);
        }
    }
    out
}

/// The middle of a part that has a margin, channels last.
fn middle(part: &[f32], side: usize) -> Vec<f32> {
    let across = side + 2 * MARGIN;
    let rows = part.chunks_exact(across * 3).skip(MARGIN).take(side);
    rows.flat_map(|row| &row[MARGIN * 3..(MARGIN + side) * 3]).copied().collect()
}

impl PainterTrainer {
    /// The losses of the middle of a painted part, planar in −0.5..0.5, and the gradient there.
    fn judged(&self, part: &[f32], painted: &[f32], rng: Rng) -> (Parts, Vec<f32>) {
        let (plane, side) = (painted.len() / 3, self.inputs.settings.side as usize);
        let across = side + 2 * MARGIN;
        // The judge sees both shifted round the edges, so that neither the grid of its strides nor its borders show.
        let (down, along) = jitter(JITTER, rng);
        let part = shifted(&middle(part, side), [down, along], (side, 3));
        let at = |i: usize| {
            let pixel = (i / 3 + down * side + along) % (side * side);
            i % 3 * plane + (pixel / side + MARGIN) * across + pixel % side + MARGIN
        };
        let free: Vec<f32> = (0..3 * side * side).map(|i| painted[at(i)] + 0.5).collect();
        let seen: Vec<f32> = free.iter().map(|v| v.clamp(0.0, 1.0)).collect();
        let mut perceptual = self.inputs.perceptual.clone();
        let content = perceptual.content_of(&part);
        let (losses, gradient) = perceptual.descend(&seen, (&self.inputs.style, &content), &self.weights);
        let mut planes = vec![0f32; painted.len()];
        for (i, g) in gradient.iter().enumerate() {
            let outside = free[i] - seen[i];
            // Nothing is gained by going further out.
            let inward = if outside * g < 0.0 { 0.0 } else { *g };
            planes[at(i)] = inward + 2.0 * OUTSIDE * outside / (side * side) as f32;
        }
        (losses, planes)
    }
}

impl Trainer for PainterTrainer {
    fn step(&mut self, _: &Batch, context: &StepContext) -> Result<Losses, LearnError> {
        let (inputs, side) = (&self.inputs, self.inputs.settings.side as usize);
        let across = side + 2 * MARGIN;
        let pixels = across * across;
        let cut = |i: usize| {
            let rng = context.rng.named("part").fork(i as u64);
            let which = rng.named("picture").below(0, inputs.pictures.len() as u64) as usize;
            part(&inputs.pictures[which], side, rng)
        };
        let parts: Vec<Vec<f32>> = (0..inputs.batch).map(cut).collect();
        let shape = [parts.len(), 3, across, across];
        let mut planes = vec![0f32; parts.len() * 3 * pixels];
        let each = planes.chunks_exact_mut(3 * pixels).zip(&parts);
        each.for_each(|(planes, part)| planar(part, 3, planes));
        planes.iter_mut().for_each(|v| *v -= 0.5);
        let device = device();
        let grains = (0..parts.len() * pixels).map(|i| grain(i as u64, context.rng.named("grain")));
        let grains = TensorData::new(grains.collect::<Vec<f32>>(), [parts.len(), 1, across, across]);
        let picture = Tensor::from_data(TensorData::new(planes, shape), &device);
        let painted = self.descent.network.forward(picture, Tensor::from_data(grains, &device));
        let values = numbers(painted.clone());
        let judged: Vec<(Parts, Vec<f32>)> = parts
            .par_iter()
            .zip(values.par_chunks_exact(3 * pixels))
            .enumerate()
            .map(|(i, (part, painted))| self.judged(part, painted, context.rng.named("shift").fork(i as u64)))
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
