//! Learning a carried texture: worlds from the pool run for some frames under velocities of the scene, which carry
//! their cells; at the end they must have its texture, and in the second half of the frames each picture must be the
//! one before, carried.
//!
//! Plain code on kernels of this crate, so training has the same bits on every machine.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::data::{self, Window, pixels};
use super::settings::FlowSettings;
use crate::LearnError;
use crate::dynamics::Trajectories;
use crate::dynamics::method::WorldTrainingInputs;
use crate::dynamics::trajectories::Scales;
use crate::method::settings;
use crate::nca::cells::learner::{Learner, reseeded};
use crate::nca::cells::overflow::overflow;
use crate::nca::cells::pool::Pool;
use crate::nca::cells::rule::{CellRule, CellShape};
use crate::nca::cells::unrolled::Tape;
use crate::nca::data::noise;
use crate::nca::motion::advection::Advection;
use crate::nca::motion::loss::{Carried, carried};
use crate::nca::motion::scale::MotionScale;
use crate::nca::texture::loss::{TextureLoss, TexturePictures, add};
use crate::net::weights::Weights;
use crate::training::{Batch, Losses, StepContext, Trainer};
use ::data::sample::Samples;
use world::rng::Rng;

/// Worlds that validation runs, and how many times the frames of a training step.
const VALIDATED: (u64, usize) = (4, 3);

struct FlowTrainer {
    learner: Learner,
    texture: TextureLoss,
    motion: MotionScale,
    data: Trajectories,
    held: Trajectories,
    settings: FlowSettings,
    visible: usize,
    side: usize,
    worlds: usize,
    scales: Scales,
    /// Mean deviation of the pictures' planes: the unit of the motion's error.
    contrast: f64,
}

/// A trainer with fresh weights.
///
/// # Errors
/// Frames without one picture and one velocity, pictures that do not move with it, worlds that are too short or too
/// small.
pub fn trainer(inputs: WorldTrainingInputs) -> Result<Box<dyn Trainer>, String> {
    Ok(Box::new(prepared(inputs)?))
}

fn prepared(inputs: WorldTrainingInputs) -> Result<FlowTrainer, String> {
    let settings: FlowSettings = settings(inputs.settings);
    let WorldTrainingInputs { data, held, plan, .. } = inputs;
    let spec = &data.spec;
    let visible = pixels(spec)?;
    data::check(&data, settings.frames as usize + 1)?;
    if (settings.channels as usize) < visible + 2 {
        return Err(format!("expected the setting `channels` to be at least {}", visible + 2));
    }
    let motion = data::motion(&data, settings.cells)?;
    let (side, worlds) = ((settings.crop as usize).min(spec.width).min(spec.height), plan.batch.max(1));
    let seed = Rng::new(plan.seed);
    let frames: Vec<&[f32]> = data.worlds.iter().flat_map(|w| &w.frames).map(|f| &f.state[..]).collect();
    let pictures = TexturePictures {
        count: frames.len(),
        size: (spec.height, spec.width),
        channels: visible,
        picture: &|i: usize| frames[i].to_vec(),
    };
    let texture =
        TextureLoss::new(&pictures, (worlds, (side, side)), settings.scales as usize, seed.named("texture"))?;
    let shape = settings.shape();
    let fresh = |i: u64| begin(&data, shape, side, seed.named("worlds").fork(i));
    let pool = Pool::new((settings.pool as usize).max(worlds), fresh);
    let learner = Learner::new(CellRule::fresh(shape, seed.named("rule")), pool);
    let scales = Scales::of(&data);
    let contrast = scales.state.iter().map(|s| f64::from(s[1])).sum::<f64>() / visible as f64;
    Ok(FlowTrainer {
        learner,
        texture,
        motion,
        data,
        held,
        settings,
        visible,
        side,
        worlds,
        scales,
        contrast,
    })
}

/// A world as it begins: noise, or every second time a frame without anything hidden.
fn begin(data: &Trajectories, shape: CellShape, side: usize, rng: Rng) -> Vec<f32> {
    if rng.bits(0) & 1 == 0 {
        return noise(shape.channels, side, rng.named("noise"));
    }
    let window = Window::drawn(data, 1, side, rng.named("window"));
    begun(&window, data, shape.channels)
}

/// A world that shows a frame, without anything hidden.
fn begun(window: &Window, data: &Trajectories, channels: usize) -> Vec<f32> {
    let picture = window.of(&window.moment(data, 0).state, &data.spec);
    let mut state: Vec<f32> = picture.iter().map(|v| v - 0.5).collect();
    state.resize(channels * window.side * window.side, 0.0);
    state
}

/// What a world is under during one frame.
struct FlowFrame {
    /// What its cells are given.
    told: Vec<f32>,
    /// Where its picture should go.
    flow: Advection,
}

/// A world after some frames.
struct Run {
    /// States from the first to the last.
    states: Vec<Vec<f32>>,
    tapes: Vec<Tape>,
}

impl Run {
    fn last(&self) -> &[f32] {
        &self.states[self.states.len() - 1]
    }
}

impl FlowTrainer {
    /// The velocities of a window of a scene, at some speed, frame by frame.
    fn course(&self, data: &Trajectories, frames: usize, speed: f32, rng: Rng) -> Vec<FlowFrame> {
        let window = Window::drawn(data, frames + 1, self.side, rng);
        let frame = |i: usize| {
            let velocity = window.of(&window.moment(data, i + 1).given, &data.spec);
            let mut moved = self.motion.displacement(&velocity);
            moved.iter_mut().for_each(|d| *d *= speed);
            let flow = Advection::new(&moved, (self.side, self.side));
            FlowFrame { told: self.motion.told(&moved), flow }
        };
        (0..frames).map(frame).collect()
    }

    fn run(&self, start: Vec<f32>, course: &[FlowFrame], rng: Rng) -> Run {
        let (size, s) = ((self.side, self.side), &self.settings);
        let mut run = Run { states: vec![start], tapes: Vec::with_capacity(course.len()) };
        for (i, frame) in course.iter().enumerate() {
            let state = &run.states[i];
            let carried = s.transport.then(|| frame.flow.apply(state));
            let (next, tape) = self.learner.rule.unroll(
                carried.as_ref().unwrap_or(state),
                &frame.told,
                size,
                (s.steps as usize, s.fire),
                rng.fork(i as u64),
            );
            run.states.push(next);
            run.tapes.push(tape);
        }
        run
    }

    /// Values of a picture.
    fn pixels(&self) -> usize {
        self.visible * self.side * self.side
    }

    fn carried(&self, run: &Run, course: &[FlowFrame], frame: usize) -> Carried {
        let [before, after] = [frame, frame + 1].map(|i| &run.states[i][..self.pixels()]);
        carried(before, after, &course[frame].flow, (self.side, self.side))
    }

    fn pictures(&self, runs: &[Run]) -> Vec<Vec<f32>> {
        runs.iter().map(|r| r.last()[..self.pixels()].iter().map(|v| v + 0.5).collect()).collect()
    }

    /// Gradient of the rule from one world, with what it is out of bounds, off its way and off it if it stood still.
    fn gradient(&self, run: &Run, course: &[FlowFrame], of_texture: &[f32]) -> (CellRule, [f64; 3]) {
        let (cells, frames) = (self.side * self.side, course.len());
        let first = frames / 2;
        let share = 1.0 / (self.worlds * (frames - first)) as f64 / self.contrast;
        let weight = (f64::from(self.settings.motion) * share) as f32;
        let (excess, mut of_state) = overflow(&run.states[frames], self.visible, cells, self.worlds);
        add(&mut of_state, of_texture);
        let mut gradient = CellRule::zeros(self.learner.rule.shape);
        let mut parts = [excess, 0.0, 0.0];
        for i in (0..frames).rev() {
            let moved = (i >= first).then(|| self.carried(run, course, i));
            let weighed = |g: &[f32]| g.iter().map(|v| v * weight).collect::<Vec<f32>>();
            if let Some(moved) = &moved {
                parts = [excess, parts[1] + share * moved.error, parts[2] + share * moved.still];
                add(&mut of_state, &weighed(&moved.after));
            }
            of_state = self.learner.rule.unrolled_gradient(&run.tapes[i], &of_state, &mut gradient);
            if self.settings.transport {
                of_state = course[i].flow.gradient(&of_state);
            }
            if let Some(moved) = &moved {
                add(&mut of_state, &weighed(&moved.before));
            }
        }
        (gradient, parts)
    }
}

impl Trainer for FlowTrainer {
    fn step(&mut self, _: &Batch, context: &StepContext) -> Result<Losses, LearnError> {
        let rng = context.rng;
        let (places, states) = self.learner.drawn(self.worlds, self.side, rng);
        let run = |(i, state): (usize, Vec<f32>)| {
            let rng = rng.named("world").fork(i as u64);
            let speed = self.settings.faster * rng.unit(0);
            let course = self.course(&self.data, self.settings.frames as usize, speed, rng.named("course"));
            (self.run(state, &course, rng.named("fire")), course)
        };
        let (runs, courses): (Vec<Run>, Vec<Vec<FlowFrame>>) =
            states.into_par_iter().enumerate().map(run).collect::<Vec<_>>().into_iter().unzip();
        let texture = self.texture.distance(&self.pictures(&runs), rng.named("directions"));
        let back = |i: usize| self.gradient(&runs[i], &courses[i], &texture.gradient[i]);
        let (gradients, parts): (Vec<CellRule>, Vec<[f64; 3]>) =
            (0..runs.len()).into_par_iter().map(back).collect::<Vec<_>>().into_iter().unzip();
        let [excess, error, still] = [0, 1, 2].map(|k| parts.iter().map(|p| p[k]).sum::<f64>());
        self.learner.descend(&gradients, context.cosine());
        let (data, shape, side) = (&self.data, self.learner.rule.shape, self.side);
        let fresh = |i: usize| begin(data, shape, side, rng.named("fresh").fork(i as u64));
        let states: Vec<&[f32]> = runs.iter().map(Run::last).collect();
        self.learner.put_back(&places, &states, reseeded(&texture.each, context.step), &fresh);
        let loss = texture.mean + f64::from(self.settings.motion) * error + excess;
        let missed = error / still.max(1e-9);
        Ok(vec![("loss", loss), ("texture", texture.mean), ("missed", missed), ("overflow", excess)])
    }

    fn rounds(&self) -> Option<usize> {
        Some(self.settings.rounds as usize)
    }

    fn has_held_out(&self) -> bool {
        data::check(&self.held, VALIDATED.1 * self.settings.frames as usize + 1).is_ok()
    }

    /// Distance of the texture, plus the share of the motion that is missed, of worlds that ran from a frame on under
    /// velocities of held-out worlds.
    fn validate(&self, _: &Samples, rng: Rng) -> Option<f64> {
        let frames = VALIDATED.1 * self.settings.frames as usize;
        let each = |i: u64| {
            let rng = rng.fork(i);
            let course = self.course(&self.held, frames, 1.0, rng.named("course"));
            let window = Window::drawn(&self.held, 1, self.side, rng.named("start"));
            let start = begun(&window, &self.held, self.learner.rule.shape.channels);
            let run = self.run(start, &course, rng.named("fire"));
            let later = (frames / 2..frames).map(|f| self.carried(&run, &course, f));
            let sums = later.fold([0.0; 2], |s, c| [s[0] + c.error, s[1] + c.still]);
            (run, sums)
        };
        let (runs, sums): (Vec<Run>, Vec<[f64; 2]>) = (0..VALIDATED.0).map(each).unzip();
        let [error, still] = [0, 1].map(|k| sums.iter().map(|s| s[k]).sum::<f64>());
        Some(self.texture.distance(&self.pictures(&runs), rng).mean + error / still.max(1e-9))
    }

    fn weights(&self) -> Weights {
        let mut all = self.learner.rule.weights();
        for part in [self.motion.weights(), self.scales.weights()] {
            part.iter().for_each(|(name, array)| all.insert(name, array.clone()));
        }
        all
    }

    fn state(&self) -> Result<Vec<(String, Vec<u8>)>, LearnError> {
        Ok(self.learner.state())
    }

    fn restore(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), LearnError> {
        self.learner.restore(state)
    }
}

#[cfg(test)]
mod tests;
