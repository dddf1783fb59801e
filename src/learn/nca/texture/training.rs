//! Learning a texture: worlds from the pool run on, are compared with the pictures, and go back.
//!
//! Plain code on kernels of this crate, so training has the same bits on every machine.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::loss::{TextureLoss, TexturePictures, add};
use crate::LearnError;
use crate::data::planar;
use crate::nca::cells::learner::{Learner, reseeded};
use crate::nca::cells::overflow::overflow;
use crate::nca::cells::pool::Pool;
use crate::nca::cells::rule::CellRule;
use crate::nca::cells::unrolled::Tape;
use crate::nca::data;
use crate::nca::settings::Settings;
use crate::net::weights::Weights;
use crate::training::{Batch, Losses, StepContext, Trainer, TrainingInputs};
use ::data::sample::Samples;
use world::rng::Rng;

struct TextureTrainer {
    learner: Learner,
    loss: TextureLoss,
    visible: usize,
    side: usize,
    settings: Settings,
}

/// A trainer with fresh weights.
///
/// # Errors
/// Pictures that are too small.
pub fn trainer(inputs: &TrainingInputs, settings: Settings) -> Result<Box<dyn Trainer>, String> {
    let (picture, seed) = (inputs.shape(), Rng::new(inputs.plan.seed));
    let side = (settings.crop as usize).min(picture.side);
    let planes = |i: usize| planar(&inputs.samples.pictures[i], picture.channels);
    let pictures = TexturePictures {
        count: inputs.samples.len(),
        size: (picture.side, picture.side),
        channels: picture.channels,
        picture: &planes,
    };
    let worlds = (settings.worlds as usize, (side, side));
    let loss = TextureLoss::new(&pictures, worlds, settings.scales as usize, seed.named("texture"))?;
    let shape = settings.shape();
    let fresh = |i: u64| data::noise(shape.channels, side, seed.named("worlds").fork(i));
    let pool = Pool::new(settings.pool.max(settings.worlds) as usize, fresh);
    let learner = Learner::new(CellRule::fresh(shape, seed.named("rule")), pool);
    Ok(Box::new(TextureTrainer { learner, loss, visible: picture.channels, side, settings }))
}

impl Trainer for TextureTrainer {
    fn step(&mut self, _: &Batch, context: &StepContext) -> Result<Losses, LearnError> {
        let (rng, rule) = (context.rng, &self.learner.rule);
        let (size, cells) = ((self.side, self.side), self.side * self.side);
        let rollout = self.settings.rollout as usize;
        let steps = rollout / 2 + rng.named("steps").below(0, rollout as u64 + 1) as usize;
        let (places, states) = self.learner.drawn(self.settings.worlds as usize, self.side, rng);
        let worlds = states.len();
        let run = |(i, state): (usize, &Vec<f32>)| {
            rule.unroll(state, &[], size, (steps, self.settings.fire), rng.named("fire").fork(i as u64))
        };
        let made: Vec<(Vec<f32>, Tape)> = states.par_iter().enumerate().map(run).collect();
        let shown: Vec<Vec<f32>> =
            made.iter().map(|m| m.0[..self.visible * cells].iter().map(|v| v + 0.5).collect()).collect();
        let texture = self.loss.distance(&shown, rng.named("directions"));
        let back = |(i, (state, tape)): (usize, &(Vec<f32>, Tape))| {
            let (excess, mut of_state) = overflow(state, self.visible, cells, worlds);
            add(&mut of_state, &texture.gradient[i]);
            let mut gradient = CellRule::zeros(rule.shape);
            rule.unrolled_gradient(tape, &of_state, &mut gradient);
            (excess, gradient)
        };
        let (excess, gradients): (Vec<f64>, Vec<CellRule>) =
            made.par_iter().enumerate().map(back).collect::<Vec<_>>().into_iter().unzip();
        let excess: f64 = excess.iter().sum();
        self.learner.descend(&gradients, context.cosine());
        let (channels, side) = (self.settings.channels as usize, self.side);
        let fresh = |i: usize| data::noise(channels, side, rng.named("fresh").fork(i as u64));
        let states: Vec<&[f32]> = made.iter().map(|m| &m.0[..]).collect();
        self.learner.put_back(&places, &states, reseeded(&texture.each, context.step), &fresh);
        Ok(vec![("loss", texture.mean + excess), ("texture", texture.mean), ("overflow", excess)])
    }

    fn rounds(&self) -> Option<usize> {
        Some(self.settings.rounds as usize)
    }

    fn validate(&self, _: &Samples, _: Rng) -> Option<f64> {
        None
    }

    fn weights(&self) -> Weights {
        self.learner.rule.weights()
    }

    fn state(&self) -> Result<Vec<(String, Vec<u8>)>, LearnError> {
        Ok(self.learner.state())
    }

    fn restore(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), LearnError> {
        self.learner.restore(state)
    }
}
