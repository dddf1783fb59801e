//! One training of a backbone, and what came of it.

#![allow(clippy::disallowed_types, reason = "it measures time")]

use std::path::Path;

use cpu_time::ThreadTime;
use serde_json::{Value, json};

use super::footprint::footprint;
use super::reliability::{ReliabilityBin, bins};
use super::setup::BackbonesSetup;
use crate::runs::kept;
use crate::runs::watch::{Steps, Watch};
use data::sample::Data;
use judge::augment::plain;
use judge::calibration::{accuracy, calibration_error};
use judge::layer_options::LayerOptions;
use judge::pipeline::{TrainingStart, task, train_judge};
use judge::progress::{Epoch, Task};
use judge::{Judge, JudgeError, backbone};

/// Verdicts that are timed.
const TIMED: usize = 50;

/// What came of a training.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct BackboneRun {
    /// Name of the backbone.
    pub backbone: String,
    /// Seed of the training.
    pub seed: u64,
    /// Every epoch, measured on the validation pictures.
    pub history: Vec<Epoch>,
    /// Number of weights.
    pub weights: usize,
    /// Fraction of the test pictures classified correctly.
    pub accuracy: f64,
    /// Expected calibration error on them, before and after the temperature.
    pub calibration_error: [f64; 2],
    /// The temperature, fitted on the validation pictures.
    pub temperature: f64,
    /// Their reliability at temperature 1.
    pub reliability: Vec<ReliabilityBin>,
    /// CPU time of the training, seconds.
    pub seconds: f64,
    /// CPU time of a verdict, milliseconds: the median of some, on one thread.
    pub milliseconds: f64,
    /// How much each pixel moves the middle of the last layer (`side` × `side`, the greatest is 1).
    pub footprint: Vec<f32>,
}

/// Trains a backbone on data with test pictures, or reads what is kept of it in `folder`; none if it is interrupted.
///
/// # Errors
/// The data cannot be learned from, or the folder cannot be read or written.
pub fn run(
    data: &Data,
    setup: &BackbonesSetup,
    (backbone, seed): (&str, u64),
    folder: &Path,
    watch: Watch,
) -> Result<Option<BackboneRun>, JudgeError> {
    let plan = setup.plan(seed);
    let task = task(data, (backbone, LayerOptions::default()), &plan, setup.validation, false);
    let name = format!("{backbone}-{}", plan.seed);
    let path = folder.join(format!("{name}.json"));
    if let Some(kept) = kept::read(&path, &key(&task, data))? {
        return Ok(Some(kept));
    }
    let mut steps = Steps { name: &name, watch };
    let trained = train_judge(data, &task, TrainingStart::Fresh, watch.stop, &mut steps)?;
    let Some((judge, card)) = trained.filter(|(_, card)| !card.interrupted) else { return Ok(None) };
    judge.save(&folder.join(format!("{name}.safetensors")))?;
    let measured = &data.test;
    let outputs = judge.classifier().samples(measured);
    let found = BackboneRun {
        backbone: backbone.into(),
        seed: plan.seed,
        history: card.history,
        weights: card.weights,
        accuracy: accuracy(&outputs.logits, &measured.labels),
        calibration_error: [1.0, card.temperature]
            .map(|t| calibration_error(&outputs.logits, &measured.labels, t)),
        temperature: card.temperature,
        reliability: bins(&outputs.logits, &measured.labels, 1.0),
        seconds: card.seconds[1],
        milliseconds: milliseconds(&judge, &measured.pictures),
        footprint: footprint(&judge, &measured.pictures).map_err(JudgeError::Failed)?,
    };
    kept::write(&path, &key(&task, data), &found)?;
    Ok(Some(found))
}

/// What the result of a training depends on.
fn key(task: &Task, data: &Data) -> Value {
    json!({ "task": task, "test": format!("{:016x}", data.test.hash()) })
}

/// Median CPU time of a verdict on this thread.
fn milliseconds(judge: &Judge, pictures: &[Vec<u8>]) -> f64 {
    let classifier = judge.classifier();
    let mut workspace = classifier.workspace();
    let pictures: Vec<Vec<f32>> = pictures.iter().take(TIMED).map(|p| plain(p)).collect();
    let mut times: Vec<f64> = (0..TIMED)
        .filter_map(|i| pictures.get(i % pictures.len().max(1)))
        .map(|picture| {
            let start = ThreadTime::now();
            std::hint::black_box(classifier.forward(picture, &mut workspace));
            1e3 * start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Whether a backbone can be trained on these pictures.
///
/// # Errors
/// It cannot; the message says why.
pub fn check(data: &Data, name: &str) -> Result<(), String> {
    let found = backbone::find(name)?;
    let train = &data.train;
    let shape = judge::architecture::Architecture {
        channels: train.channels,
        side: train.side,
        classes: train.classes.len(),
        backbone: name.into(),
        layers: LayerOptions::default(),
    };
    found.check(&shape).map_err(|e| format!("{name}: {e}"))
}
