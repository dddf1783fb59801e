//! One step of the student: states of trajectories, and the velocities that lead on to the next.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use std::collections::BTreeMap;

use burn::tensor::{Tensor, TensorData};
use rayon::prelude::*;

use super::Settings;
use super::student::StudentInputs;
use super::trajectories::{Trajectory, velocity};
use crate::descent::Descent;
use crate::diffusion::data::{DenoiserConfig, FEATURES, features, time};
use crate::diffusion::inference::Diffusion;
use crate::diffusion::model::Network;
use crate::glue::{device, fresh, loaded, number, one_hot};
use crate::header::ModelHeader;
use crate::method::settings;
use crate::net::weights::Weights;
use crate::training::{Batch, Losses, StepContext, Trainer};
use crate::{LearnError, Model};
use ::data::sample::Samples;
use world::rng::Rng;

struct Student {
    settings: Settings,
    header: ModelHeader,
    sizes: DenoiserConfig,
    /// Whether the teacher learned pictures and their mirror images alike.
    mirror: bool,
    data: Vec<Trajectory>,
    held: Vec<Trajectory>,
    batch: usize,
    descent: Descent<Network>,
}

/// A trainer whose weights are the teacher's.
///
/// # Errors
/// Weights of another architecture.
pub fn trainer(inputs: StudentInputs) -> Result<Box<dyn Trainer>, LearnError> {
    let header = inputs.student.clone();
    let own: crate::diffusion::Settings = settings(&header.settings);
    let sizes = DenoiserConfig::of(&own, header.shape(), header.classes.len()).map_err(LearnError::Failed)?;
    let network = fresh(inputs.plan.seed, |d| Network::new(&sizes, d));
    let network = loaded(network, &inputs.teacher.weights).map_err(LearnError::Failed)?;
    let batch = if inputs.plan.batch == 0 { inputs.data.len() } else { inputs.plan.batch };
    Ok(Box::new(Student {
        settings: inputs.settings,
        header,
        sizes,
        mirror: own.mirror,
        data: inputs.data,
        held: inputs.held,
        batch,
        descent: Descent::new(network),
    }))
}

impl Student {
    fn steps(&self) -> usize {
        self.settings.steps as usize
    }

    /// Places of a batch: a trajectory each, and the step, evenly spread.
    fn places(&self, rng: Rng) -> Vec<[usize; 2]> {
        let first = rng.below(0, self.steps() as u64) as usize;
        let one = |i: usize| {
            let trajectory = rng.fork(i as u64).below(0, self.data.len() as u64) as usize;
            [trajectory, (first + i) % self.steps()]
        };
        (0..self.batch).map(one).collect()
    }

    fn loss(&self, places: &[[usize; 2]], rng: Rng) -> Tensor<1> {
        let (n, shape, steps) = (places.len(), self.sizes.shape, self.steps());
        let (mut states, mut goals, mut times, mut rows) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (i, [trajectory, step]) in places.iter().enumerate() {
            let Trajectory { label, states: all } = &self.data[*trajectory];
            let mut state = all[*step].clone();
            let mut goal = velocity(&state, &all[step + 1], *step, steps);
            if self.mirror && rng.unit(i as u64) < 0.5 {
                for planes in [&mut state, &mut goal] {
                    planes.chunks_exact_mut(shape.side).for_each(<[f32]>::reverse);
                }
            }
            states.extend(state);
            goals.extend(goal);
            times.extend(features(time(*step, steps)));
            rows.push(if self.sizes.is_conditional() { *label } else { self.sizes.null_class() });
        }
        let device = device();
        let dims = [n, shape.channels, shape.side, shape.side];
        let planes = |values: Vec<f32>| Tensor::<4>::from_data(TensorData::new(values, dims), &device);
        let times = Tensor::<2>::from_data(TensorData::new(times, [n, FEATURES]), &device);
        let classes = one_hot(&rows, self.sizes.classes + 1, &device);
        let found = self.descent.network.forward(planes(states), times, classes);
        (found - planes(goals)).powi_scalar(2).mean()
    }
}

impl Trainer for Student {
    fn step(&mut self, _: &Batch, context: &StepContext) -> Result<Losses, LearnError> {
        let places = self.places(context.rng.named("places"));
        let loss = self.loss(&places, context.rng.named("mirror"));
        let value = number(loss.clone());
        self.descent.step(loss, (context.cosine(), context.clip), self.settings.average, context.step);
        Ok(vec![("loss", value)])
    }

    fn rounds(&self) -> Option<usize> {
        Some((self.data.len() * self.steps() / self.batch).max(1))
    }

    fn seen(&self, [done, _]: [usize; 2], _: usize) -> u64 {
        (done * self.batch) as u64
    }

    fn has_held_out(&self) -> bool {
        !self.held.is_empty()
    }

    /// Root mean square difference, in 0..1 units, of the student's pictures from the teacher's of the same noise.
    fn validate(&self, _: &Samples, _: Rng) -> Option<f64> {
        let model = Diffusion::of(&self.header, &self.weights()).ok()?;
        let error = |t: &Trajectory| {
            let picture = model.picture(t.states.first()?, Some(t.label));
            let pairs = picture.iter().zip(t.states.last()?);
            let off = pairs.map(|(p, q)| f64::from(p - (q * 0.5 + 0.5)));
            Some(off.map(|d| d * d).sum::<f64>())
        };
        let errors: Option<Vec<f64>> = self.held.par_iter().map(error).collect();
        let errors = errors?;
        Some((errors.iter().sum::<f64>() / (errors.len() * self.sizes.shape.len()) as f64).sqrt())
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
