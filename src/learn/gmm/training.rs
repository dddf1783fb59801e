//! One step is one iteration of EM over all pictures.

#![expect(clippy::disallowed_methods, reason = "only in training")]

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::Settings;
use super::data::Principal;
use super::model::{Gaussian, Mixture};
use crate::LearnError;
use crate::data::planar;
use crate::method::settings;
use crate::net::weights::{WeightArray, Weights};
use crate::training::{Batch, Losses, StepContext, Trainer, TrainingInputs};
use ::data::sample::Samples;
use world::rng::Rng;

/// The mixtures of all classes.
struct Gmm {
    principal: Principal,
    classes: Vec<Mixture>,
    /// Components of the training pictures, class by class.
    samples: Vec<Vec<Vec<f64>>>,
    floor: f64,
}

/// A trainer on the principal components of the pictures.
///
/// # Errors
/// Identical pictures, or a class without any.
pub fn trainer(inputs: &TrainingInputs) -> Result<Box<dyn Trainer>, String> {
    let s: Settings = settings(inputs.settings);
    let principal = Principal::of(inputs.samples, s.principal as usize)?;
    let samples = by_class(&principal, inputs.samples);
    let rng = Rng::new(inputs.plan.seed).named("gmm");
    let begin = |(c, x): (usize, &Vec<Vec<f64>>)| {
        Mixture::begin(x, s.gaussians as usize, s.floor, rng.fork(c as u64))
            .map_err(|e| format!("class `{}`: {e}", inputs.samples.classes[c]))
    };
    let classes = samples.iter().enumerate().map(begin).collect::<Result<_, _>>()?;
    Ok(Box::new(Gmm { principal, classes, samples, floor: s.floor }))
}

fn by_class(principal: &Principal, samples: &Samples) -> Vec<Vec<Vec<f64>>> {
    let project = |p: &Vec<u8>| principal.project(&planar(p, samples.channels));
    let all: Vec<Vec<f64>> = samples.pictures.par_iter().map(project).collect();
    let mut classes = vec![Vec::new(); samples.classes.len()];
    all.into_iter().zip(&samples.labels).for_each(|(x, &l)| classes[l].push(x));
    classes
}

impl Trainer for Gmm {
    fn step(&mut self, batch: &Batch, _: &StepContext) -> Result<Losses, LearnError> {
        let floor = self.floor;
        let pairs = self.classes.par_iter_mut().zip(&self.samples);
        let sums: Vec<f64> =
            pairs.map(|(m, x)| m.em_step(x, floor)).collect::<Result<_, _>>().map_err(LearnError::Failed)?;
        Ok(vec![("negative log-likelihood", -sums.iter().sum::<f64>() / batch.len().max(1) as f64)])
    }

    fn validate(&self, held: &Samples, _: Rng) -> Option<f64> {
        let classes = by_class(&self.principal, held);
        let pairs = self.classes.par_iter().zip(&classes);
        let sums: Vec<f64> = pairs.map(|(m, x)| x.iter().map(|x| m.responsibilities(x).0).sum()).collect();
        Some(-sums.iter().sum::<f64>() / held.len() as f64)
    }

    fn weights(&self) -> Weights {
        let d = self.principal.basis.len();
        let k = self.classes.iter().map(|m| m.0.len()).max().unwrap_or(1);
        let all = |of: &dyn Fn(Option<&Gaussian>) -> Vec<f64>, dims: &[usize]| {
            let each = self.classes.iter().flat_map(|m| (0..k).flat_map(|i| of(m.0.get(i))));
            let values = each.map(|v| v as f32).collect();
            WeightArray { dims: [&[self.classes.len(), k], dims].concat(), values }
        };
        let single = |v: &[f64]| v.iter().map(|v| *v as f32).collect::<Vec<f32>>();
        let mut w = Weights::default();
        let numbers = self.principal.mean.len();
        w.insert("mean", WeightArray { dims: vec![numbers], values: single(&self.principal.mean) });
        w.insert(
            "basis",
            WeightArray { dims: vec![d, numbers], values: single(&self.principal.basis.concat()) },
        );
        w.insert("shares", all(&|g| vec![g.map_or(0.0, |g| g.share.exp())], &[]));
        w.insert("means", all(&|g| g.map_or(vec![0.0; d], |g| g.mean.clone()), &[d]));
        w.insert("factors", all(&|g| g.map_or(vec![0.0; d * d], |g| g.factor.clone()), &[d, d]));
        w
    }

    fn state(&self) -> Result<Vec<(String, Vec<u8>)>, LearnError> {
        let part = |(c, m): (usize, &Mixture)| {
            let numbers = m.0.iter().flat_map(|g| std::iter::once(&g.share).chain(&g.mean).chain(&g.factor));
            (format!("class {c}"), numbers.flat_map(|v| v.to_le_bytes()).collect())
        };
        Ok(self.classes.iter().enumerate().map(part).collect())
    }

    fn restore(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), LearnError> {
        let d = self.principal.basis.len();
        for (c, mixture) in self.classes.iter_mut().enumerate() {
            let bytes =
                state.get(&format!("class {c}")).filter(|b| b.len() == mixture.0.len() * 8 * (1 + d + d * d));
            let bytes = bytes.ok_or_else(|| {
                LearnError::Failed(format!("cannot resume: the mixture of class {c} is missing or damaged"))
            })?;
            let numbers: Vec<f64> = bytemuck::pod_collect_to_vec(bytes);
            for (g, n) in mixture.0.iter_mut().zip(numbers.chunks_exact(1 + d + d * d)) {
                *g = Gaussian { share: n[0], mean: n[1..=d].to_vec(), factor: n[1 + d..].to_vec() };
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::METHOD;
    use crate::trials;

    const SMALL: [(&str, f64); 2] = [("principal", 3.0), ("gaussians", 1.0)];

    #[test]
    fn every_size_and_colour_trains_and_samples() {
        trials::every_shape(&METHOD, &SMALL);
    }

    #[test]
    fn resuming_is_exact_to_the_bit() {
        trials::resumes_to_the_bit(&METHOD, &[("principal", 4.0), ("gaussians", 2.0)]);
    }
}
