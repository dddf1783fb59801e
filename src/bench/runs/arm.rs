//! Arms of an experiment: trainings that differ in one thing, each over several seeds.

use std::path::Path;

use super::record::{EpochRecord, RunRecord};
use super::run::Run;
use super::watch::Watch;
use crate::collapse::statistics::Band;
use judge::JudgeError;

/// An arm: its name, and its training with a seed.
pub struct Arm<'a> {
    /// What it is called.
    pub name: String,
    /// Its training with a seed.
    pub run: Box<dyn Fn(u64) -> Run + 'a>,
}

impl<'a> Arm<'a> {
    /// An arm.
    pub fn new(name: impl Into<String>, run: impl Fn(u64) -> Run + 'a) -> Self {
        Self { name: name.into(), run: Box::new(run) }
    }
}

/// The finished trainings of an arm.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// One a seed.
    pub records: Vec<RunRecord>,
}

/// Points of a curve: (x, mean, interval).
pub type Curve = Vec<(f64, f64, [f64; 2])>;

impl Group {
    /// A quantity over the seeds, none where it is not known.
    pub fn band(&self, of: impl Fn(&RunRecord) -> Option<f64>, range: [f64; 2]) -> Option<Band> {
        Band::of(&self.records.iter().filter_map(of).collect::<Vec<_>>(), range)
    }

    /// Accuracy on a watched set after the last epoch.
    pub fn accuracy(&self, set: &str) -> Option<Band> {
        self.band(|r| r.accuracy(set), [0.0, 1.0])
    }

    /// Its mean; NaN where it is not known.
    pub fn mean(&self, set: &str) -> f64 {
        self.accuracy(set).map_or(f64::NAN, |b| b.mean)
    }

    /// A quantity by epoch, from 1.
    pub fn curve(&self, of: impl Fn(&EpochRecord) -> Option<f64>, range: [f64; 2]) -> Curve {
        let longest = self.records.iter().map(|r| r.epochs.len()).max().unwrap_or(0);
        let at = |epoch: usize| {
            let values = self.records.iter().filter_map(|r| of(r.epochs.get(epoch)?));
            let band = Band::of(&values.collect::<Vec<_>>(), range)?;
            Some(((epoch + 1) as f64, band.mean, [band.low, band.high]))
        };
        (0..longest).filter_map(at).collect()
    }

    /// Accuracy on a watched set by epoch.
    pub fn accuracies(&self, set: &str) -> Curve {
        let at = self.records.first().and_then(|r| r.set(set));
        at.map_or(Vec::new(), |at| self.curve(|e| e.accuracy.get(at).copied(), [0.0, 1.0]))
    }

    /// CPU seconds of all its trainings.
    pub fn seconds(&self) -> f64 {
        self.records.iter().map(|r| r.seconds).sum()
    }
}

/// Runs every arm with every seed; finished trainings are kept in `folder`. After an interruption the groups have what is
/// finished; none if an arm has nothing.
///
/// # Errors
/// As [`Run::train`], or the folder cannot be made.
pub fn run_all(
    arms: &[Arm],
    seeds: std::ops::Range<u64>,
    folder: &Path,
    watch: Watch,
) -> Result<Option<Vec<Group>>, JudgeError> {
    std::fs::create_dir_all(folder).map_err(|e| JudgeError::io("write", folder, e))?;
    let first = seeds.start;
    let steps: u64 = arms.iter().map(|a| (a.run)(first).steps()).sum();
    (watch.plan)(steps * (seeds.end - first));
    let mut groups: Vec<Group> =
        arms.iter().map(|a| Group { name: a.name.clone(), records: Vec::new() }).collect();
    // Seed by seed, so that after an interruption there is something of every arm.
    'all: for seed in seeds {
        for (arm, group) in arms.iter().zip(&mut groups) {
            let Some(record) = (arm.run)(seed).train(folder, watch)? else { break 'all };
            group.records.push(record);
        }
    }
    Ok(groups.iter().all(|g| !g.records.is_empty()).then_some(groups))
}
