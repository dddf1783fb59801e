//! What a comparison of backbones amounts to, as figures and in sentences.

use serde_json::{Value, json};

use super::footprint::half_area;
use super::run::BackboneRun;
use super::setup::BackbonesSetup;
use crate::collapse::statistics::Band;
use crate::report::shell::number;
use data::sample::Data;
use judge::architecture::Architecture;
use judge::backbone;
use judge::layer_options::LayerOptions;

/// One backbone over its seeds.
#[derive(Clone, Debug)]
pub struct BackboneSummary {
    /// Its name.
    pub name: String,
    /// What it is.
    pub about: &'static str,
    /// Number of weights.
    pub weights: usize,
    /// Multiplications with a sum for a picture.
    pub multiply_adds: u64,
    /// Receptive field, pixels a side, as it follows from the layers.
    pub field: usize,
    /// Pixels that hold half of what moves the middle of the last layer, mean over the seeds.
    pub half_area: f64,
    /// Fraction of the test pictures classified correctly.
    pub accuracy: Band,
    /// Expected calibration error, before and after the temperature.
    pub calibration: [Band; 2],
    /// CPU time of a training, seconds.
    pub seconds: Band,
    /// CPU time of a verdict, milliseconds, the least of the seeds.
    pub milliseconds: f64,
    /// Every seed.
    pub runs: Vec<BackboneRun>,
}

/// A comparison of backbones.
#[derive(Clone, Debug)]
pub struct BackbonesReport {
    /// Name of the data.
    pub data: String,
    /// Training pictures, validation pictures among them, and test pictures.
    pub pictures: [usize; 2],
    /// Channels, side and classes of the pictures.
    pub shape: [usize; 3],
    /// A test picture.
    pub sample: Vec<u8>,
    /// How they were trained.
    pub setup: BackbonesSetup,
    /// Those of which at least one seed is finished.
    pub backbones: Vec<BackboneSummary>,
    /// What was skipped or assumed in reading the data.
    pub notes: Vec<String>,
}

impl BackboneSummary {
    fn of(shape: &Architecture, runs: Vec<BackboneRun>) -> Option<Self> {
        let own = backbone::find(&shape.backbone).ok()?;
        let band = |of: &dyn Fn(&BackboneRun) -> f64, most: f64| {
            Band::of(&runs.iter().map(of).collect::<Vec<_>>(), [0.0, most])
        };
        let areas: Vec<f64> = runs.iter().map(|r| half_area(&r.footprint) as f64).collect();
        Some(Self {
            name: shape.backbone.clone(),
            about: own.about,
            weights: runs.first()?.weights,
            multiply_adds: own.multiply_adds(shape),
            field: own.field(shape),
            half_area: crate::metrics::mean(&areas),
            accuracy: band(&|r| r.accuracy, 1.0)?,
            calibration: [band(&|r| r.calibration_error[0], 1.0)?, band(&|r| r.calibration_error[1], 1.0)?],
            seconds: band(&|r| r.seconds, f64::INFINITY)?,
            milliseconds: runs.iter().map(|r| r.milliseconds).fold(f64::INFINITY, f64::min),
            runs,
        })
    }
}

/// A share in per cent.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

impl BackbonesReport {
    /// From the finished trainings.
    pub fn of(data: &Data, setup: BackbonesSetup, runs: Vec<BackboneRun>) -> Self {
        let (channels, side, classes) = (data.train.channels, data.train.side, data.train.classes.len());
        let summary = |name: &String| {
            let layers = LayerOptions::default();
            let shape = Architecture { channels, side, classes, backbone: name.clone(), layers };
            let own = runs.iter().filter(|r| r.backbone == *name).cloned().collect();
            BackboneSummary::of(&shape, own)
        };
        Self {
            data: data.name.clone(),
            pictures: [data.train.len(), data.test.len()],
            shape: [channels, side, classes],
            sample: data.test.pictures.first().cloned().unwrap_or_default(),
            backbones: setup.backbones.iter().filter_map(summary).collect(),
            notes: data.notes.clone(),
            setup,
        }
    }

    /// The backbones, the most accurate first.
    fn ranking(&self) -> Vec<&BackboneSummary> {
        let mut all: Vec<&BackboneSummary> = self.backbones.iter().collect();
        all.sort_by(|a, b| b.accuracy.mean.total_cmp(&a.accuracy.mean));
        all
    }

    /// What was seen, a sentence each.
    pub fn sentences(&self) -> Vec<String> {
        let ranking = self.ranking();
        let (Some(best), Some(last)) = (ranking.first(), ranking.last()) else {
            return vec!["No training is finished yet.".into()];
        };
        let mut said = vec![format!(
            "Of {} backbones, {} is the most often right on {} test pictures: {} ({}).",
            ranking.len(),
            best.name,
            self.pictures[1],
            percent(best.accuracy.mean),
            interval(&best.accuracy)
        )];
        if ranking.len() > 1 {
            said.push(format!(
                "{} is the least often right: {} ({}).",
                last.name,
                percent(last.accuracy.mean),
                interval(&last.accuracy)
            ));
            let near = ranking.iter().skip(1).filter(|b| b.accuracy.high >= best.accuracy.low);
            let near: Vec<&str> = near.map(|b| b.name.as_str()).collect();
            said.push(match near[..] {
                [] => format!("No other interval reaches that of {}.", best.name),
                _ => format!(
                    "The intervals of {} reach that of {}: after so short a training on so few pictures they cannot be told apart.",
                    near.join(", "),
                    best.name
                ),
            });
            said.extend(self.costs());
        }
        let errors = |i: usize| self.backbones.iter().map(move |b| b.calibration[i].mean);
        let range = |i: usize| {
            let (low, high) = errors(i).fold((f64::INFINITY, 0f64), |(l, h), v| (l.min(v), h.max(v)));
            format!("{} to {}", number(low), number(high))
        };
        said.push(format!(
            "The expected calibration error is {} as trained, and {} after a temperature is fitted on the validation pictures.",
            range(0),
            range(1)
        ));
        said.extend(self.fields());
        said
    }

    fn costs(&self) -> Option<String> {
        let by_time = |a: &&BackboneSummary, b: &&BackboneSummary| a.milliseconds.total_cmp(&b.milliseconds);
        let (fast, slow) = (self.backbones.iter().min_by(by_time)?, self.backbones.iter().max_by(by_time)?);
        Some(format!(
            "A verdict of {} takes {} ms on one thread, the least of all; one of {} {} times as much.",
            fast.name,
            number(fast.milliseconds),
            slow.name,
            number(slow.milliseconds / fast.milliseconds)
        ))
    }

    fn fields(&self) -> Option<String> {
        let side = self.shape[1];
        let whole = self.backbones.iter().filter(|b| b.field >= side).count();
        let by_area = |a: &&BackboneSummary, b: &&BackboneSummary| a.half_area.total_cmp(&b.half_area);
        let (least, most) = (self.backbones.iter().min_by(by_area)?, self.backbones.iter().max_by(by_area)?);
        Some(format!(
            "By their layers, {whole} of {} could see the whole picture from the middle of their last layer; measured, half of what moves that place lies in {:.0} of {} pixels ({}) to {:.0} ({}).",
            self.backbones.len(),
            least.half_area,
            side * side,
            least.name,
            most.half_area,
            most.name
        ))
    }

    /// All figures.
    pub fn json(&self) -> Value {
        let one = |b: &BackboneSummary| {
            json!({
                "backbone": b.name,
                "weights": b.weights,
                "multiply_adds": b.multiply_adds,
                "receptive_field": b.field,
                "half_area": b.half_area,
                "accuracy": b.accuracy,
                "calibration_error": b.calibration,
                "training_cpu_seconds": b.seconds,
                "verdict_milliseconds": b.milliseconds,
                "runs": b.runs,
            })
        };
        json!({
            "data": self.data,
            "pictures": { "training": self.pictures[0], "test": self.pictures[1] },
            "input": { "channels": self.shape[0], "side": self.shape[1], "classes": self.shape[2] },
            "plan": self.setup.plan,
            "validation": self.setup.validation,
            "seeds": self.setup.seeds,
            "said": self.sentences(),
            "backbones": self.backbones.iter().map(one).collect::<Vec<_>>(),
            "notes": self.notes,
        })
    }
}

/// An interval in words.
pub fn interval(band: &Band) -> String {
    match band.seeds {
        1 => "one seed".into(),
        2 => format!("{} to {} of two seeds", percent(band.low), percent(band.high)),
        n => format!("95 % interval {} to {} over {n} seeds", percent(band.low), percent(band.high)),
    }
}
