//! One step of training: windows of trajectories, noise on what is seen, one step or several unrolled.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use std::collections::BTreeMap;

use burn::tensor::{Tensor, TensorData};

use super::Settings;
use super::config::{LIMITS, RANGE, StepConfig};
use super::inference::LearnedStep;
use super::model::{StepNet, Stepper};
use crate::LearnError;
use crate::descent::Descent;
use crate::dynamics::WorldModel;
use crate::dynamics::method::WorldTrainingInputs;
use crate::dynamics::projection::Projection;
use crate::dynamics::trajectories::{Moment, Scales, Trajectories, Trajectory};
use crate::glue::{device, fresh, number};
use crate::method::settings;
use crate::net::weights::{WeightArray, Weights};
use crate::training::{Batch, Losses, StepContext, Trainer, noise};
use ::data::sample::Samples;
use rayon::prelude::*;
use world::rng::Rng;

/// Frames that validation rolls out, and the maximum number of its roll-outs.
const HORIZON: usize = 24;
const ROLLOUTS: usize = 8;
/// One frame in so many is measured for the limits of energy.
const MEASURED: usize = 4;
/// Initial conditions that a file carries.
const STARTS: usize = 4;

struct Dynamics {
    settings: Settings,
    data: Trajectories,
    held: Trajectories,
    /// The worlds' frames in normalised units.
    worlds: Vec<Vec<Moment>>,
    batch: usize,
    /// Most energy of each shell of wavenumbers, if the velocity is projected.
    limits: Vec<f32>,
    range: Vec<f32>,
    stepper: Stepper,
    descent: Descent<StepNet>,
}

/// A trainer with fresh weights.
///
/// # Errors
/// Frames that the patches do not tile, no velocity to project, or worlds shorter than what is unrolled.
pub fn trainer(inputs: WorldTrainingInputs) -> Result<Box<dyn Trainer>, String> {
    let s: Settings = settings(inputs.settings);
    let WorldTrainingInputs { data, held, plan, .. } = inputs;
    let config = StepConfig::of(&s, &data.spec)?;
    let unrolled = if s.single < 1.0 && s.refinements == 0 { s.unroll as usize } else { 1 };
    let needed = config.history + unrolled;
    if let Some(short) = data.worlds.iter().find(|w| w.frames.len() < needed) {
        return Err(format!(
            "expected worlds of at least {needed} frames (history and unrolled steps), found {} of seed {}",
            short.frames.len(),
            short.seed
        ));
    }
    if data.worlds.is_empty() {
        return Err("expected at least one world to learn from, found none".into());
    }
    let mut scales = Scales::of(&data);
    if let Some(planes) = config.velocity {
        scales = scales.shared(planes);
    }
    let normal = |m: &Moment| Moment {
        state: Scales::normalised(&scales.state, &m.state),
        given: Scales::normalised(&scales.given, &m.given),
        knobs: m.knobs.clone(),
    };
    let worlds = data.worlds.iter().map(|w| w.frames.iter().map(normal).collect()).collect();
    let descent = Descent::new(fresh(plan.seed, |d| StepNet::new(&config, d)));
    let stepper = Stepper::new(config, scales, s.cutoff);
    let batch = plan.batch.max(1);
    let limits = limits(&data, &stepper.config, s.cutoff);
    let range = if limits.is_empty() { range(&data) } else { Vec::new() };
    Ok(Box::new(Dynamics { settings: s, data, held, worlds, batch, limits, range, stepper, descent }))
}

/// The lowest and highest value of each plane in any frame, with a tenth of what is between them on either side.
fn range(data: &Trajectories) -> Vec<f32> {
    let plane = data.spec.plane();
    let of = |i: usize| {
        let frames = data.worlds.iter().flat_map(|w| &w.frames);
        let values = frames.flat_map(|m| &m.state[i * plane..(i + 1) * plane]);
        let (low, high) = values.fold((f32::MAX, f32::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
        let margin = 0.1 * (high - low);
        [low - margin, high + margin]
    };
    (0..data.spec.state.len()).flat_map(of).collect()
}

/// 1.2 times the most energy that each shell of wavenumbers has in any frame; none without a velocity that is
/// projected.
fn limits(data: &Trajectories, config: &StepConfig, cutoff: f64) -> Vec<f32> {
    let Some([a, b]) = config.velocity else { return Vec::new() };
    let (spec, plane) = (&data.spec, data.spec.plane());
    let projection = Projection::new(spec.height, spec.width, cutoff);
    let of = |w: &Trajectory| {
        let mut most = vec![0f64; projection.shells()];
        for m in w.frames.iter().step_by(MEASURED) {
            let found = projection.spectrum(&m.state[a * plane..][..plane], &m.state[b * plane..][..plane]);
            most.iter_mut().zip(found).for_each(|(m, f)| *m = m.max(f));
        }
        most
    };
    let all: Vec<Vec<f64>> = data.worlds.par_iter().map(of).collect();
    let most = |shell: usize| all.iter().map(|w| w[shell]).fold(0.0, f64::max);
    (0..projection.shells()).map(|shell| (1.2 * most(shell)) as f32).collect()
}

/// Where a window of a world begins.
#[derive(Clone, Copy)]
struct Window {
    world: usize,
    first: usize,
}

impl Dynamics {
    /// Windows of so many frames, drawn at random.
    fn windows(&self, n: usize, frames: usize, rng: Rng) -> Vec<Window> {
        let one = |i: usize| {
            let rng = rng.fork(i as u64);
            let world = rng.below(0, self.worlds.len() as u64) as usize;
            let room = self.worlds[world].len() + 1 - frames;
            Window { world, first: rng.below(1, room as u64) as usize }
        };
        (0..n).map(one).collect()
    }

    fn moment(&self, w: &Window, frame: usize) -> &Moment {
        &self.worlds[w.world][w.first + frame]
    }

    fn tensor(&self, planes: usize, values: Vec<f32>) -> Tensor<4> {
        let spec = &self.data.spec;
        let n = values.len() / (planes * spec.plane()).max(1);
        Tensor::from_data(TensorData::new(values, [n, planes, spec.height, spec.width]), &device())
    }

    fn state(&self, windows: &[Window], frame: usize) -> Tensor<4> {
        let values = windows.iter().flat_map(|w| self.moment(w, frame).state.iter().copied());
        self.tensor(self.data.spec.state.len(), values.collect())
    }

    /// What the network sees besides the states: the planes given while a frame comes about.
    fn given(&self, windows: &[Window], frame: usize) -> Option<Tensor<4>> {
        let planes = self.data.spec.given.len();
        let values = || windows.iter().flat_map(|w| self.moment(w, frame).given.iter().copied()).collect();
        (planes > 0).then(|| self.tensor(planes, values()))
    }

    fn knobs(&self, windows: &[Window], frame: usize) -> Vec<Vec<f32>> {
        windows.iter().map(|w| self.moment(w, frame).knobs.clone()).collect()
    }

    /// States with normal noise of so many deviations of the change.
    fn noisy(&self, state: Tensor<4>, deviations: f32, rng: Rng) -> Tensor<4> {
        if deviations == 0.0 {
            return state;
        }
        let ratios = self.stepper.scales.ratios();
        let (dims, plane) = (state.dims(), self.data.spec.plane());
        let mut values = noise(rng, dims.iter().product());
        for (i, plane) in values.chunks_exact_mut(plane).enumerate() {
            let deviation = deviations * ratios[i % ratios.len()];
            plane.iter_mut().for_each(|v| *v *= deviation);
        }
        state + Tensor::from_data(TensorData::new(values, dims), &device())
    }

    /// The mean squared error of `steps` steps, in deviations of the change.
    fn rollout_loss(&self, steps: usize, batch: usize, rng: Rng) -> Tensor<1> {
        let history = self.stepper.config.history;
        let windows = self.windows(batch, history + steps, rng.named("windows"));
        let still = vec![0; batch];
        let mut past: Vec<Tensor<4>> = (0..history).map(|i| self.state(&windows, i)).collect();
        for (i, state) in past.iter_mut().enumerate() {
            *state = self.noisy(state.clone(), self.settings.noise, rng.named("noise").fork(i as u64));
        }
        let mut losses = Vec::with_capacity(steps);
        for step in 0..steps {
            let frame = history + step;
            let state = past[past.len() - 1].clone();
            let features = self.stepper.features(&state, &self.knobs(&windows, frame), &still);
            let seen = past[past.len() - history..].iter().cloned().chain(self.given(&windows, frame));
            let change = self.descent.network.forward(Tensor::cat(seen.collect(), 1), features);
            let next = self.stepper.next(state, change);
            losses.push(self.stepper.error(next.clone(), self.state(&windows, frame)).powi_scalar(2).mean());
            past.push(if self.settings.through { next } else { next.detach() });
        }
        Tensor::cat(losses, 0).mean()
    }

    /// The error of one refinement, drawn for each world (Lippe et al. 2023, algorithm 1).
    fn refinement_loss(&self, rng: Rng) -> Tensor<1> {
        let config = &self.stepper.config;
        let windows = self.windows(self.batch, config.history + 1, rng.named("windows"));
        let past: Vec<Tensor<4>> = (0..config.history).map(|i| self.state(&windows, i)).collect();
        let state = past[past.len() - 1].clone();
        let change = self.stepper.error(self.state(&windows, config.history), state.clone());
        let dims = change.dims();
        let each: usize = dims[1..].iter().product();
        let steps: Vec<usize> = (0..dims[0] as u64)
            .map(|i| rng.named("step").below(i, config.refinements as u64 + 1) as usize)
            .collect();
        let normal = noise(rng.named("noise"), dims.iter().product());
        // The first step sees nothing of the change and predicts it; the others see it with noise and predict that.
        let rows = |f: &dyn Fn(usize) -> [f32; 2]| {
            let pairs = steps.iter().map(|k| f(*k));
            let [a, b]: [Vec<f32>; 2] = [0, 1].map(|i| pairs.clone().map(|p| p[i]).collect());
            [a, b].map(|v| {
                Tensor::<1>::from_data(TensorData::new(v, [dims[0]]), &device()).reshape([dims[0], 1, 1, 1])
            })
        };
        let normal = Tensor::<4>::from_data(TensorData::new(normal, dims), &device());
        debug_assert_eq!(each * dims[0], dims.iter().product::<usize>());
        let [kept, sigma] = rows(&|k| if k == 0 { [0.0, 0.0] } else { [1.0, config.noise(k)] });
        let [of_change, of_noise] = rows(&|k| if k == 0 { [1.0, 0.0] } else { [0.0, 1.0] });
        let noisy = change.clone() * kept + normal.clone() * sigma;
        let target = change * of_change + normal * of_noise;
        let features = self.stepper.features(&state, &self.knobs(&windows, config.history), &steps);
        let seen = past.into_iter().chain(self.given(&windows, config.history)).chain([noisy]);
        (self.descent.network.forward(Tensor::cat(seen.collect(), 1), features) - target)
            .powi_scalar(2)
            .mean()
    }

    fn all_weights(&self) -> Weights {
        let mut all = self.descent.weights();
        for (name, array) in self.stepper.scales.weights().iter() {
            all.insert(name, array.clone());
        }
        if !self.limits.is_empty() {
            let dims = vec![self.limits.len()];
            all.insert(LIMITS, WeightArray { dims, values: self.limits.clone() });
        }
        if !self.range.is_empty() {
            let dims = vec![self.range.len() / 2, 2];
            all.insert(RANGE, WeightArray { dims, values: self.range.clone() });
        }
        self.starts().into_iter().enumerate().for_each(|(i, start)| all.insert(format!("start.{i}"), start));
        all
    }

    /// Initial conditions for whoever runs the world without the rule: pasts from the middle of some worlds.
    fn starts(&self) -> Vec<WeightArray> {
        let (spec, history) = (&self.data.spec, self.stepper.config.history);
        let one = |w: &Trajectory| {
            let from = (w.frames.len() - history) / 2;
            let past = w.frames[from..from + history].iter();
            WeightArray {
                dims: vec![history, spec.state.len(), spec.height, spec.width],
                values: past.flat_map(|m| m.state.iter().copied()).collect(),
            }
        };
        self.data.worlds.iter().take(STARTS).map(one).collect()
    }
}

impl Trainer for Dynamics {
    fn step(&mut self, _: &Batch, context: &StepContext) -> Result<Losses, LearnError> {
        let s = &self.settings;
        let single = context.progress() < s.single;
        let (loss, rate) = match (s.refinements > 0, single) {
            (true, _) => (self.refinement_loss(context.rng), 1.0),
            (false, true) => (self.rollout_loss(1, self.batch, context.rng), 1.0),
            (false, false) => {
                let batch = s.unrolled_batch as usize;
                (self.rollout_loss(s.unroll as usize, batch, context.rng), s.unrolled_rate)
            }
        };
        let value = number(loss.clone());
        let rate = context.cosine() * rate;
        self.descent.step(loss, (rate, context.clip), self.settings.average, context.step);
        Ok(vec![("loss", value)])
    }

    fn rounds(&self) -> Option<usize> {
        Some(self.settings.rounds as usize)
    }

    fn seen(&self, [done, all]: [usize; 2], batch: usize) -> u64 {
        let s = &self.settings;
        let is_single = |step: &usize| s.refinements > 0 || (*step as f64 / all.max(1) as f64) < s.single;
        let single = (0..done).filter(is_single).count() as u64;
        single * batch as u64 + (done as u64 - single) * (s.unrolled_batch * s.unroll) as u64
    }

    fn has_held_out(&self) -> bool {
        !self.held.worlds.is_empty()
    }

    /// Root mean square error over [`HORIZON`] frames of roll-outs on held-out worlds, in deviations of the state.
    fn validate(&self, _: &Samples, rng: Rng) -> Option<f64> {
        let model = LearnedStep::of(&self.settings, &self.data.spec, &self.all_weights()).ok()?;
        let history = model.history();
        let starts = self.held.worlds.iter().flat_map(|w| w.frames.chunks_exact(history + HORIZON));
        let (mut sum, mut n) = (0f64, 0usize);
        for window in starts.take(ROLLOUTS) {
            let made = model.rollout(&window[..history], &window[history..], rng);
            for (made, truth) in made.iter().zip(&window[history..]) {
                let [a, b] = [made, &truth.state].map(|s| Scales::normalised(&self.stepper.scales.state, s));
                let squares = a.iter().zip(&b).map(|(a, b)| f64::from(a - b) * f64::from(a - b));
                sum += squares.sum::<f64>();
                n += a.len();
            }
        }
        (n > 0).then(|| (sum / n as f64).sqrt())
    }

    fn weights(&self) -> Weights {
        self.all_weights()
    }

    fn state(&self) -> Result<Vec<(String, Vec<u8>)>, LearnError> {
        self.descent.state()
    }

    fn restore(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), LearnError> {
        self.descent.restore(state)
    }
}
