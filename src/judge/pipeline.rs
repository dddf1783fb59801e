//! From a data set to a judge with its model card: split, train, calibrate, evaluate.

#![expect(clippy::disallowed_types, reason = "training runs on burn, and reports how long it takes")]

use std::collections::BTreeSet;
use std::time::Instant;

use burn::tensor::Device;

use super::JudgeError;
use super::architecture::Architecture;
use super::calibration::{self, OodDetector, best, softmax};
use super::classifier::{Classifier, Outputs};
use super::inference::{Judge, JudgeHeader};
use super::layer_options::LayerOptions;
use super::model_card::ModelCard;
use super::ood::ood_sample;
use super::open_set::{self, Outliers, observed};
use super::progress::{Progress, Task};
use super::training::{self, InitialState, TrainingCallback};
use super::training_config::TrainingConfig;
use data::sample::{Data, ImageKind, Samples, shuffled};
use learn::pipeline::processor_seconds;
use world::rng::Rng;

/// Where training starts from.
pub enum TrainingStart {
    /// Fresh weights.
    Fresh,
    /// The weights of a judge.
    FineTune(Box<Judge>),
    /// A checkpoint of the same task.
    Resume(Box<Progress>),
}

/// The task of training a judge with this backbone and these of its layers on these data.
pub fn task(
    data: &Data,
    (backbone, layers): (&str, LayerOptions),
    plan: &TrainingConfig,
    validation: f64,
    learns_on: bool,
) -> Task {
    let train = &data.train;
    Task {
        version: env!("CARGO_PKG_VERSION").into(),
        data_hash: train.hash(),
        classes: train.classes.clone(),
        architecture: Architecture {
            channels: train.channels,
            side: train.side,
            classes: train.classes.len(),
            backbone: backbone.into(),
            layers,
        },
        plan: plan.clone(),
        validation,
        learns_on,
    }
}

/// Trains a judge on a data set; `None` if it is interrupted before the first epoch ends.
///
/// # Errors
/// Too few pictures, a judge of another architecture to start from, a loss that is not finite, or `watch` cannot save a
/// checkpoint.
pub fn train_judge(
    data: &Data,
    task: &Task,
    from: TrainingStart,
    stop: &dyn Fn() -> bool,
    watch: &mut impl TrainingCallback,
) -> Result<Option<(Judge, ModelCard)>, JudgeError> {
    let (clock, plan) = (Instant::now(), &task.plan);
    let cpu = processor_seconds();
    let (train, held) = split(&data.train, task.validation, plan.seed, task.learns_on)?;
    let shape = task.architecture.clone();
    shape.check().map_err(|e| JudgeError::input(std::path::Path::new(&data.name), e))?;
    let start = start(from, &shape, &train.classes)?;
    let trained = training::train(&train, &held, data.kind, plan, start, stop, watch)?;
    let Some(network) = trained.network else { return Ok(None) };
    // A mirrored frame is still of the same process; a mirrored letter is no letter.
    let mirrored = data.kind == ImageKind::Frames;
    let weights = network.weights();
    let classifier = Classifier::new(&weights, &shape, mirrored).map_err(JudgeError::Failed)?;
    let outputs = classifier.samples(&held);
    let temperature = calibration::temperature(&outputs.logits, &held.labels);
    let some = thinned(&train);
    let doubt = fit_detector(&classifier.samples(&some), &some, &outputs, temperature);
    let header = JudgeHeader {
        architecture: shape.clone(),
        mirrored,
        classes: train.classes.clone(),
        temperature,
        doubt,
        open_set: None,
        about: String::new(),
    };
    let mut judge = Judge::of(weights, header).map_err(JudgeError::Failed)?;
    let outliers = match data.kind {
        ImageKind::Frames => Outliers::synthetic(&some, plan.seed),
        _ => Outliers::default(),
    };
    judge = judge.with_open_set((&some, &held), &outliers).map_err(JudgeError::Failed)?;
    let (measured_on, outputs, measured) = match data.test.is_empty() {
        true => ("validation", outputs, &held),
        false => ("test", classifier.samples(&data.test), &data.test),
    };
    let classes = train.classes.len();
    let confusion = calibration::confusion(&outputs.logits, &measured.labels, classes);
    let share = |row: usize| confusion[row][row] as f64 / confusion[row].iter().sum::<usize>().max(1) as f64;
    let error = |t| calibration::calibration_error(&outputs.logits, &measured.labels, t);
    let card = ModelCard {
        version: env!("CARGO_PKG_VERSION").into(),
        data: data.name.clone(),
        data_hash: format!("{:016x}", data.train.hash()),
        classes: train.classes.clone(),
        pictures: [train.len(), held.len(), data.test.len()],
        input: [train.channels, train.side],
        backbone: shape.backbone.clone(),
        layers: shape.layers,
        weights: network.count(),
        plan: plan.clone(),
        history: trained.history,
        interrupted: trained.interrupted,
        measured_on: measured_on.into(),
        accuracy: calibration::accuracy(&outputs.logits, &measured.labels),
        recall: (0..classes).map(share).collect(),
        confusion,
        tree: None,
        temperature,
        calibration_error: [error(1.0), error(temperature)],
        unsure: open_set::report::unsure(&judge, &observed(&judge, measured)),
        unsure_strangers: (data.kind == ImageKind::Frames).then(|| unsure_on_ood(&judge)),
        seconds: [clock.elapsed().as_secs_f64(), processor_seconds() - cpu],
    };
    let about = format!(
        "{} weights, {:.2} % right on {} {measured_on} pictures of {}",
        card.weights,
        100.0 * card.accuracy,
        measured.len(),
        card.data
    );
    judge.header.about = about;
    Ok(Some((judge, card)))
}

fn start(from: TrainingStart, shape: &Architecture, classes: &[String]) -> Result<InitialState, JudgeError> {
    let judge = match from {
        TrainingStart::Fresh => return Ok(InitialState::Fresh(shape.clone())),
        TrainingStart::Resume(progress) => return Ok(InitialState::Resume(progress)),
        TrainingStart::FineTune(judge) => judge,
    };
    if judge.header.architecture == *shape && judge.header.classes == classes {
        return Ok(InitialState::Weights(judge.network(&Device::flex())?));
    }
    let (old, new) = (&judge.header.architecture.backbone, &shape.backbone);
    if old != new {
        return Err(JudgeError::Input {
            path: "--resume".into(),
            message: format!("the judge's backbone is {old}, but --backbone is {new}"),
        });
    }
    if judge.header.architecture.layers != shape.layers {
        return Err(JudgeError::Input {
            path: "--resume".into(),
            message: "the judge has other layers: give the same --pooling, --norm, --activation and --global, or none"
                .into(),
        });
    }
    let describe = |a: &Architecture, classes: &[String]| {
        let colour = if a.channels == 1 { "grey" } else { "coloured" };
        format!("{colour} pictures of {0}×{0} in the classes {1}", a.side, classes.join(", "))
    };
    Err(JudgeError::Input {
        path: "--resume".into(),
        message: format!(
            "the judge was trained on {}, but the data are {}",
            describe(&judge.header.architecture, &judge.header.classes),
            describe(shape, classes)
        ),
    })
}

/// Validation split: a fraction of every class, by whole origins, so that no world is on both sides.
fn split(samples: &Samples, share: f64, seed: u64, resumed: bool) -> Result<(Samples, Samples), JudgeError> {
    let (mut train, mut held) = (Vec::new(), Vec::new());
    for class in 0..samples.classes.len() {
        let all: Vec<usize> = (0..samples.len()).filter(|&i| samples.labels[i] == class).collect();
        // Data for fine-tuning may lack some of the judge's classes.
        if all.is_empty() && resumed {
            continue;
        }
        let mut origins: Vec<u64> = all.iter().map(|&i| samples.origins[i]).collect();
        origins.sort();
        origins.dedup();
        let keep = ((origins.len() as f64 * share).round() as usize).max(1);
        if keep >= origins.len() {
            let (name, n) = (&samples.classes[class], origins.len());
            return Err(JudgeError::Failed(format!(
                "the class `{name}` has training pictures of {n} origins, too few for a validation split"
            )));
        }
        let order = shuffled(origins.len(), Rng::new(seed).named("split").fork(class as u64));
        let back: BTreeSet<u64> = order[..keep].iter().map(|&i| origins[i]).collect();
        let (h, t): (Vec<usize>, Vec<usize>) = all.iter().partition(|&&i| back.contains(&samples.origins[i]));
        held.extend(h);
        train.extend(t);
    }
    train.sort();
    held.sort();
    Ok((samples.pick(&train), samples.pick(&held)))
}

/// At most about 5,000 pictures: enough for means and variances.
fn thinned(samples: &Samples) -> Samples {
    let every = samples.len().div_ceil(5000).max(1);
    samples.pick(&(0..samples.len()).step_by(every).collect::<Vec<_>>())
}

fn fit_detector(train: &Outputs, samples: &Samples, held: &Outputs, temperature: f64) -> OodDetector {
    let confidence = |l: &Vec<f32>| {
        let p = softmax(l, temperature);
        p[best(&p)]
    };
    let confidences: Vec<f32> = held.logits.iter().map(confidence).collect();
    OodDetector::fit(
        (&train.embeddings, &samples.labels),
        (&held.embeddings, &confidences),
        samples.classes.len(),
    )
}

/// Fraction of out-of-distribution samples, none of them seen in training, that are called unsure.
fn unsure_on_ood(judge: &Judge) -> f64 {
    let r = Rng::new(0).named("unseen strangers");
    let pictures: Vec<Vec<f32>> = (0..1000).map(|i| ood_sample(r.fork(i))).collect();
    open_set::report::unsure(judge, &judge.classifier().observe(&pictures))
}
