//! A judge's detector, fitted to its training pictures and to outliers.

use super::fit::{KnownPictures, fit};
use crate::Judge;
use crate::augment::plain;
use crate::calibration::{best, softmax};
use crate::classifier::Observation;
use crate::ood::{ood_sample, writing};
use data::reduce::resized;
use data::sample::Samples;
use world::rng::Rng;

/// Synthetic outliers that a detector is fitted to, and frames with writing over them.
const SYNTHETIC: u64 = 3000;
const WRITTEN: usize = 1000;

/// What a judge sees of the pictures of a set.
pub fn observed(judge: &Judge, samples: &Samples) -> Vec<Observation> {
    let pictures: Vec<Vec<f32>> = samples.pictures.iter().map(|p| plain(p)).collect();
    judge.classifier().observe(&pictures)
}

/// Pictures of no class, and the names of their sets.
#[derive(Clone, Debug, Default)]
pub struct Outliers {
    /// In 0..1, channels last, of the judge's size.
    pub pictures: Vec<Vec<f32>>,
    /// Where they come from.
    pub names: Vec<String>,
}

impl Outliers {
    /// Synthetic ones ([`crate::ood`]), and frames with writing over them.
    pub fn synthetic(frames: &Samples, seed: u64) -> Self {
        let r = Rng::new(seed).named("outliers");
        let mut pictures: Vec<Vec<f32>> = (0..SYNTHETIC).map(|i| ood_sample(r.fork(i))).collect();
        let every = frames.len().div_ceil(WRITTEN).max(1);
        let written = frames.pictures.iter().step_by(every).enumerate();
        pictures.extend(written.map(|(i, p)| writing::over(plain(p), r.named("writing").fork(i as u64))));
        Self { pictures, names: vec!["synthetic pictures".into(), "frames with writing".into()] }
    }

    /// The pictures of a set, brought to a size (side, channels).
    pub fn add(&mut self, name: &str, samples: &Samples, to: (usize, usize)) {
        let from = (samples.side, samples.channels);
        self.pictures.extend(samples.pictures.iter().map(|p| plain(&resized(p, from, to))));
        self.names.push(name.into());
    }
}

impl Judge {
    /// The judge with a detector of pictures of no known class, fitted to training and validation pictures and to
    /// outliers.
    ///
    /// # Errors
    /// A class without pictures, or pictures that are identical.
    pub fn with_open_set(
        self,
        (train, held): (&Samples, &Samples),
        outliers: &Outliers,
    ) -> Result<Self, String> {
        let (seen, validation) = (observed(&self, train), observed(&self, held));
        let statistics =
            |all: Vec<Observation>| all.into_iter().map(|o| o.statistics).collect::<Vec<Vec<f32>>>();
        let confidence = |o: &Observation| {
            let probabilities = softmax(&o.logits, self.header.temperature);
            probabilities[best(&probabilities)]
        };
        let confidences: Vec<f32> = validation.iter().map(confidence).collect();
        let foreign = statistics(self.classifier().observe(&outliers.pictures));
        let known = KnownPictures {
            statistics: &statistics(seen),
            labels: &train.labels,
            validation: (&validation, &confidences),
        };
        let (mut header, mut weights) = (self.header.clone(), self.weights().clone());
        let shown = (&foreign[..], outliers.names.clone());
        let made = fit(&known, header.classes.len(), shown, &mut weights)?;
        header.open_set = Some(made.header);
        Self::of(weights, header)
    }
}
