//! New classes for a trained judge, from frames of the new classes alone.
//!
//! The convolutions stay. The last two layers get an output for each new class and are trained on the features of the new
//! frames and, so that nothing is forgotten, on features drawn from the Gaussian that the judge's detector keeps of each
//! class (pseudo-rehearsal: Robins 1995), of which what the old layers say is wanted (distillation: Li and Hoiem 2016).
//! The detector gets a Gaussian for each new class.

mod perceptron;
#[cfg(test)]
mod tests;

use rayon::prelude::*;

use crate::calibration::{self, OodDetector, best};
use crate::classifier::Observation;
use crate::inference::JudgeHeader;
use crate::open_set::{self, observed};
use crate::verdict::EMBEDDING;
use crate::{Judge, JudgeError};
use data::sample::{Data, Samples};
use perceptron::{Perceptron, Targets};
use world::limits;
use world::rng::Rng;

/// How a judge grows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GrowConfig {
    /// Features drawn for each class that was known.
    pub replay: usize,
    /// Random seed of these.
    pub seed: u64,
}

impl Default for GrowConfig {
    fn default() -> Self {
        Self { replay: 1500, seed: 1 }
    }
}

/// Wanted of a new frame besides its own class, spread over all: the smoothing with which judges are trained, so that
/// new logits have the scale of the old.
const SMOOTHING: f32 = 0.05;
/// Pictures of a new class, at least: a Gaussian of fewer says nothing.
const LEAST: usize = 20;

/// What growing did.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct GrowCard {
    /// Version of the program.
    pub version: String,
    /// About the judge that it grew from.
    pub from: String,
    /// Name of the data, and the hash of its training pictures.
    pub data: [String; 2],
    /// The new classes.
    pub new_classes: Vec<String>,
    /// Training and test pictures of the new classes.
    pub pictures: [usize; 2],
    /// Features drawn for each class that was known.
    pub replay: usize,
    /// Random seed.
    pub seed: u64,
    /// Share of the test pictures of each new class that get its name; none without test pictures.
    pub recall: Vec<Option<f64>>,
    /// Share of them that are called unsure, before (when the class was not known) and after.
    pub unsure: [f64; 2],
    /// Test pictures of classes that were known, if a set of them was given: how many; the share named rightly before and
    /// after; the share called unsure before and after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known: Option<Known>,
}

/// What became of what was known.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Known {
    /// Test pictures.
    pub pictures: usize,
    /// Share named rightly, before and after.
    pub accuracy: [f64; 2],
    /// Expected calibration error, before and after.
    pub calibration_error: [f64; 2],
    /// Share called unsure, before and after.
    pub unsure: [f64; 2],
}

/// A judge that knows the classes of `data` that `judge` does not, besides its own. `known`: pictures of classes it knew, to
/// measure what was kept; nothing is learned from them.
///
/// # Errors
/// The data have no new class, too few pictures of one, or pictures of another size or number of channels.
pub fn grow(
    judge: &Judge,
    data: &Data,
    known: Option<&Samples>,
    config: &GrowConfig,
) -> Result<(Judge, GrowCard), JudgeError> {
    let wrong = |e: String| JudgeError::input(std::path::Path::new(&data.name), e);
    check(judge, &data.train).map_err(wrong)?;
    let old = &judge.header.classes;
    let new: Vec<String> = data.train.classes.iter().filter(|c| !old.contains(c)).cloned().collect();
    if new.is_empty() {
        return Err(wrong(format!("expected frames of a class besides {}, found none", old.join(", "))));
    }
    let classes: Vec<String> = old.iter().chain(&new).cloned().collect();
    limits::within("classes", classes.len(), 1..=limits::CLASSES).map_err(wrong)?;
    let (train, test) = (of_classes(&data.train, &new), of_classes(&data.test, &new));
    for (i, name) in new.iter().enumerate() {
        let found = train.labels.iter().filter(|y| **y == i).count();
        if found < LEAST {
            return Err(wrong(format!("{name}: expected at least {LEAST} training pictures, found {found}")));
        }
    }
    let seen = observed(judge, &train);
    let made = Grown::of(judge, &seen, &train.labels, new.len(), config).map_err(wrong)?;
    let mut weights = judge.weights().clone();
    made.layers.store(&mut weights);
    let mut header = JudgeHeader { classes: classes.clone(), ..judge.header.clone() };
    header.architecture.classes = classes.len();
    if let Some(open_set) = &mut header.open_set {
        let statistics: Vec<&[f32]> = seen.iter().map(|o| &o.statistics[..]).collect();
        *open_set = open_set::fit::extended(open_set, &statistics, &train.labels, new.len(), &mut weights)
            .map_err(wrong)?;
    }
    header.about = format!("{}; grown by {}", judge.header.about, new.join(", "));
    let mut grown = Judge::of(weights, header).map_err(JudgeError::Failed)?;
    grown.header.doubt = made.doubt(&judge.header.doubt, &observed(&grown, &train), &train.labels, new.len());
    let seen = [observed(judge, &test), observed(&grown, &test)];
    let card = GrowCard {
        version: env!("CARGO_PKG_VERSION").into(),
        from: judge.header.about.clone(),
        data: [data.name.clone(), format!("{:016x}", data.train.hash())],
        pictures: [train.len(), test.len()],
        replay: config.replay,
        seed: config.seed,
        recall: recall(&seen[1], &test.labels, old.len(), new.len()),
        unsure: [open_set::report::unsure(judge, &seen[0]), open_set::report::unsure(&grown, &seen[1])],
        known: known.map(|samples| kept([judge, &grown], samples)).transpose().map_err(wrong)?,
        new_classes: new,
    };
    Ok((grown, card))
}

fn check(judge: &Judge, samples: &Samples) -> Result<(), String> {
    let shape = &judge.header.architecture;
    match (samples.side, samples.channels) == (shape.side, shape.channels) {
        true => Ok(()),
        false => Err(format!(
            "expected pictures of {0}×{0} in {1} channels, as the judge sees them, found {2}×{2} in {3}",
            shape.side, shape.channels, samples.side, samples.channels
        )),
    }
}

/// The pictures of these classes, labelled by their order.
fn of_classes(samples: &Samples, classes: &[String]) -> Samples {
    let places: Vec<Option<usize>> =
        samples.classes.iter().map(|c| classes.iter().position(|k| k == c)).collect();
    let mine: Vec<usize> = (0..samples.len()).filter(|i| places[samples.labels[*i]].is_some()).collect();
    let mut picked = samples.pick(&mine);
    picked.labels = picked.labels.iter().filter_map(|y| places[*y]).collect();
    picked.classes = classes.to_vec();
    picked
}

/// The last two layers, trained on the new pictures and on what the detector remembers of the classes that were known.
struct Grown {
    layers: Perceptron,
    /// Features drawn for each class that was known.
    replayed: Vec<Vec<Vec<f32>>>,
}

impl Grown {
    fn of(
        judge: &Judge,
        seen: &[Observation],
        labels: &[usize],
        new: usize,
        config: &GrowConfig,
    ) -> Result<Self, String> {
        let (old, classifier) = (judge.header.classes.len(), judge.classifier());
        let memory = judge.open_set().ok_or("the judge has no detector, whose memory of its classes is needed: `untrained open-set --fit` fits one")?;
        let places = classifier.feature_places().ok_or_else(|| {
            let backbone = &judge.header.architecture.backbone;
            format!("{backbone}: expected a backbone whose features are means and maxima of layers")
        })?;
        let features = |statistics: Vec<f32>| places.iter().map(|p| statistics[*p]).collect::<Vec<f32>>();
        let rng = Rng::new(config.seed).named("replay");
        let draw = |class: usize| {
            let r = rng.fork(class as u64);
            (0..config.replay as u64)
                .into_par_iter()
                .map(|i| features(memory.drawn(class, r.fork(i))))
                .collect()
        };
        let replayed: Vec<Vec<Vec<f32>>> = (0..old).map(draw).collect();
        let (embed, head) = classifier.last_layers();
        let before = Perceptron::of(embed, head, 0);
        let (mut targets, classes) = (Targets::default(), old + new);
        for (o, y) in seen.iter().zip(labels) {
            let mut wanted = vec![SMOOTHING / classes as f32; classes];
            wanted[old + y] += 1.0 - SMOOTHING;
            let count = labels.iter().filter(|l| *l == y).count();
            // Through the same components as what is remembered: else the new would be told by what these leave out.
            let row = features(memory.reconstructed(&o.statistics));
            targets.push(row, wanted, config.replay as f32 / count as f32);
        }
        for row in replayed.iter().flatten() {
            let mut wanted = before.probabilities(row);
            wanted.iter_mut().for_each(|p| *p *= 1.0 - SMOOTHING * new as f32 / classes as f32);
            wanted.resize(classes, SMOOTHING / classes as f32);
            targets.push(row.clone(), wanted, 1.0);
        }
        Ok(Self { layers: Perceptron::of(embed, head, new).fitted(&targets, rng.named("order")), replayed })
    }

    /// Means and variances of the embedding.
    fn doubt(&self, old: &OodDetector, seen: &[Observation], labels: &[usize], new: usize) -> OodDetector {
        let embedded = |rows: &[Vec<f32>]| rows.iter().map(|r| self.layers.embedding(r)).collect::<Vec<_>>();
        let mut all: Vec<Vec<Vec<f32>>> = self.replayed.iter().map(|rows| embedded(rows)).collect();
        for class in 0..new {
            let mine = seen.iter().zip(labels).filter(|(_, y)| **y == class);
            all.push(mine.map(|(o, _)| o.embedding.to_vec()).collect());
        }
        let mean = |rows: &Vec<Vec<f32>>| -> Vec<f32> {
            (0..EMBEDDING).map(|j| rows.iter().map(|r| r[j]).sum::<f32>() / rows.len() as f32).collect()
        };
        let means: Vec<Vec<f32>> = all.iter().map(mean).collect();
        let count = all.iter().map(Vec::len).sum::<usize>() as f32;
        let variance = |j: usize| {
            let squares = all
                .iter()
                .zip(&means)
                .flat_map(|(rows, m)| rows.iter().map(move |r| (r[j] - m[j]) * (r[j] - m[j])));
            (squares.sum::<f32>() / count).max(1e-6)
        };
        let variance = (0..EMBEDDING).map(variance).collect();
        OodDetector { scale: calibration::spread(&means), means, variance, ..old.clone() }
    }
}

fn recall(seen: &[Observation], labels: &[usize], old: usize, new: usize) -> Vec<Option<f64>> {
    let of = |class: usize| {
        let mine = seen.iter().zip(labels).filter(|(_, y)| **y == class);
        let (right, all) = mine.fold((0, 0), |(right, all), (o, _)| {
            (right + (best(&o.logits) == old + class) as usize, all + 1)
        });
        (all > 0).then(|| right as f64 / all as f64)
    };
    (0..new).map(of).collect()
}

/// Measures both judges on pictures of the classes of the first.
fn kept(judges: [&Judge; 2], samples: &Samples) -> Result<Known, String> {
    check(judges[0], samples)?;
    let mine = of_classes(samples, &judges[0].header.classes);
    if mine.is_empty() {
        return Err(format!("expected pictures of {}, found none", judges[0].header.classes.join(", ")));
    }
    let figures = judges.map(|judge| {
        let seen = observed(judge, &mine);
        let logits: Vec<Vec<f32>> = seen.iter().map(|o| o.logits.clone()).collect();
        let accuracy = calibration::accuracy(&logits, &mine.labels);
        let error = calibration::calibration_error(&logits, &mine.labels, judge.header.temperature);
        (accuracy, error, open_set::report::unsure(judge, &seen))
    });
    let [a, b] = figures;
    let pair = |f: fn((f64, f64, f64)) -> f64| [f(a), f(b)];
    Ok(Known {
        pictures: mine.len(),
        accuracy: pair(|f| f.0),
        calibration_error: pair(|f| f.1),
        unsure: pair(|f| f.2),
    })
}
