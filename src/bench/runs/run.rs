//! A training whose every epoch is measured on several sets of pictures.

use std::path::Path;

use serde_json::{Value, json};

use super::kept;
use super::record::{EpochRecord, RunRecord};
use super::watch::Watch;
use data::sample::{ImageKind, Samples};
use judge::JudgeError;
use judge::architecture::Architecture;
use judge::calibration::{accuracy, loss};
use judge::classifier::Classifier;
use judge::network::Network;
use judge::progress::{Epoch, Progress};
use judge::training::{InitialState, TrainingCallback, train};
use judge::training_config::TrainingConfig;
use learn::pipeline::processor_seconds;

/// A training.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its name, for its file.
    pub name: String,
    /// Shapes of the weights.
    pub architecture: Architecture,
    /// How it is trained, in each phase; the last epoch counts, whatever its loss.
    pub plan: TrainingConfig,
    /// How pictures are varied.
    pub kind: ImageKind,
    /// What it is trained on, one set after another, each with a schedule of its own; empty ones are skipped.
    pub phases: Vec<Samples>,
    /// What it is measured on after every epoch, by name.
    pub watched: Vec<(String, Samples)>,
}

impl Run {
    /// Steps of all epochs.
    pub fn steps(&self) -> u64 {
        let each = self.phases.iter().map(|p| p.len().div_ceil(self.plan.batch) as u64);
        each.sum::<u64>() * self.plan.epochs as u64
    }

    /// What its result depends on.
    fn key(&self) -> Value {
        let hash = |s: &Samples| format!("{:016x}", s.hash());
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "architecture": self.architecture,
            "plan": self.plan,
            "kind": format!("{:?}", self.kind),
            "phases": self.phases.iter().map(hash).collect::<Vec<_>>(),
            "watched": self.watched.iter().map(|(n, s)| (n, hash(s))).collect::<Vec<_>>(),
        })
    }

    /// Trains, or reads what is kept of it in `folder`; none if it is interrupted.
    ///
    /// # Errors
    /// The loss is not finite, or the folder cannot be read or written.
    pub fn train(&self, folder: &Path, watch: Watch) -> Result<Option<RunRecord>, JudgeError> {
        let (path, key) = (folder.join(format!("{}.json", self.name)), self.key());
        if let Some(kept) = kept::read(&path, &key)? {
            return Ok(Some(kept));
        }
        let record = self.trained(watch)?;
        if let Some(record) = &record {
            kept::write(&path, &key, record)?;
        }
        Ok(record)
    }

    /// Trains, and keeps nothing.
    ///
    /// # Errors
    /// The loss is not finite.
    pub fn trained(&self, watch: Watch) -> Result<Option<RunRecord>, JudgeError> {
        let start = processor_seconds();
        let mut ward = Ward { run: self, watch, epochs: Vec::new(), last: None, logits: Vec::new() };
        for (i, phase) in self.phases.iter().enumerate().filter(|(_, p)| !p.is_empty()) {
            let from = match ward.last.take() {
                None => InitialState::Fresh(self.architecture.clone()),
                Some(network) => InitialState::Weights(network),
            };
            let plan = TrainingConfig {
                patience: usize::MAX,
                seed: self.plan.seed.wrapping_add(i as u64 * 1_000_003),
                ..self.plan.clone()
            };
            // What chooses the best epoch, which is not asked for here.
            let held = phase.pick(&[0]);
            if train(phase, &held, self.kind, &plan, from, watch.stop, &mut ward)?.interrupted {
                return Ok(None);
            }
        }
        Ok(Some(RunRecord {
            sets: self.watched.iter().map(|w| w.0.clone()).collect(),
            epochs: ward.epochs,
            logits: ward.logits,
            labels: self.watched.iter().map(|w| w.1.labels.clone()).collect(),
            seconds: processor_seconds() - start,
        }))
    }
}

/// Measures a network after every epoch, and keeps the last.
struct Ward<'a> {
    run: &'a Run,
    watch: Watch<'a>,
    epochs: Vec<EpochRecord>,
    last: Option<Box<dyn Network>>,
    logits: Vec<Vec<Vec<f32>>>,
}

impl TrainingCallback for Ward<'_> {
    fn step(&mut self, _: usize, _: usize, _: f64) {
        (self.watch.step)(&self.run.name);
    }

    fn epoch(&mut self, _: Epoch) {}

    fn checkpoint(&mut self, progress: &Progress) -> Result<(), JudgeError> {
        let Some(epoch) = progress.history.last() else { return Ok(()) };
        let network = progress.network.valid();
        let classifier =
            Classifier::new(&network.weights(), network.shape(), false).map_err(JudgeError::Failed)?;
        let watched = &self.run.watched;
        self.logits = watched.iter().map(|(_, set)| classifier.samples(set).logits).collect();
        let each = || self.logits.iter().zip(watched);
        self.epochs.push(EpochRecord {
            loss: epoch.loss,
            accuracy: each().map(|(l, (_, set))| accuracy(l, &set.labels)).collect(),
            losses: each().map(|(l, (_, set))| loss(l, &set.labels, 1.0)).collect(),
        });
        self.last = Some(network);
        Ok(())
    }
}
