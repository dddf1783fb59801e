//! Sets of samples: arrays of features, or pictures and what is seen in them, or clips of a gas.

pub mod arrays;
pub mod csv;
mod error;
pub mod flows;
pub mod npy;
pub mod pictures;
pub mod stacks;

use std::collections::BTreeSet;
use std::path::Path;

pub use error::SetError;
pub use pictures::FeatureExtractor;

use rand::seq::index;

use super::metrics::frechet::Statistics;
use super::metrics::{MetricError, SampleMatrix};
use arrays::Content;
use data::picture::ReadOptions;
use data::reduce::SIDE;
use data::sample;
use pictures::{ExtractedFeatures, ImageSet};
use world::rng::Rng;

/// Samples that metrics can be taken of.
#[derive(Clone, Debug)]
pub struct Set {
    /// Name for reports: the file's or folder's own.
    pub name: String,
    /// One row of features a sample; none at all if there is a flaw.
    pub features: SampleMatrix,
    /// Why what was seen in the pictures is no features.
    pub flaw: Option<MetricError>,
    /// What the features are, for reports.
    pub seen_by: String,
    /// The pictures, if the set is of pictures.
    pub pictures: Option<pictures::ImageSet>,
    /// Class probabilities of each sample, if the eye names classes.
    pub probabilities: Option<SampleMatrix>,
    /// Mean and covariance, where they are all that is known.
    pub statistics: Option<Statistics>,
    /// Hash of all features.
    pub hash: u64,
    /// What was left out or taken for granted, a line each.
    pub notes: Vec<String>,
}

impl Set {
    fn of(name: String, features: SampleMatrix) -> Self {
        let hash = hash(features.values());
        let (flaw, pictures, probabilities, statistics, notes) = (None, None, None, None, Vec::new());
        let seen_by = "the arrays given".into();
        Self { name, features, flaw, seen_by, pictures, probabilities, statistics, hash, notes }
    }

    /// How many samples it holds.
    pub fn samples(&self) -> usize {
        self.pictures.as_ref().map_or(self.features.rows(), |p| p.pixels.len())
    }
}

/// How many samples to draw from a set, and by which address.
#[derive(Clone, Copy, Debug)]
pub struct Subsample {
    /// Samples.
    pub samples: usize,
    /// Where the draw comes from.
    pub rng: Rng,
}

impl Subsample {
    /// Places among `n`, each at most once, in order.
    fn places(&self, n: usize, path: &Path) -> Result<Vec<usize>, SetError> {
        if n < self.samples {
            return Err(SetError::input(
                path,
                format!("expected at least {} samples, found {n}", self.samples),
            ));
        }
        let mut places = index::sample(&mut self.rng.sequence(), n, self.samples).into_vec();
        places.sort_unstable();
        Ok(places)
    }
}

/// Reads a set: features in a text or an array, or pictures (a folder of frames, images or IDX files, or an array),
/// which `eye` looks at; all of it or, with `draw`, some.
///
/// # Errors
/// The file or folder is none of these, something in it is damaged, or it has too few samples; the message names it.
pub fn read(
    path: &Path,
    eye: &FeatureExtractor,
    draw: Option<Subsample>,
    reading: &ReadOptions,
) -> Result<Set, SetError> {
    let name = path.file_name().map_or("set".into(), |n| n.to_string_lossy().into_owned());
    if sample::is_set(path) {
        let pictures::Read { pictures, notes } = pictures::read(path, reading)?;
        return seen(name, path, pictures, notes, eye, draw);
    }
    match arrays::read(path, reading.background)? {
        (Content::Pictures(pictures), notes) => seen(name, path, pictures, notes, eye, draw),
        (Content::Table(mut features), notes) => {
            if let Some(draw) = draw {
                features = features.pick(&draw.places(features.rows(), path)?);
            }
            Ok(Set { notes, ..Set::of(name, features) })
        }
        (Content::Statistics(statistics), notes) => {
            let hash = hash(statistics.mean().iter().chain(&statistics.covariance().values));
            Ok(Set { statistics: Some(statistics), hash, notes, ..Set::of(name, SampleMatrix::none()) })
        }
    }
}

/// Sets of pictures of several sizes or colours become one kind where each pixel counts, or a number of one would be held
/// against a number of another place; told with the set.
///
/// # Errors
/// As [`FeatureExtractor::look`].
pub fn align(sets: &mut [&mut Set], eye: &FeatureExtractor) -> Result<(), SetError> {
    let shapes = sets.iter().filter_map(|s| s.pictures.as_ref()).map(|p| (p.channels, p.side));
    let shapes: BTreeSet<(usize, usize)> = shapes.collect();
    if *eye != FeatureExtractor::Pixels || shapes.len() < 2 {
        return Ok(());
    }
    for set in sets {
        let Some(old) = set.pictures.as_ref().filter(|p| (p.channels, p.side) != (3, SIDE)) else { continue };
        let pictures = old.common();
        let ExtractedFeatures { features, flaw, .. } = eye.look(&pictures, Path::new(&set.name))?;
        let colour = if old.channels == 1 { "grey" } else { "coloured" };
        set.notes.push(format!(
            "its {colour} pictures of {0}×{0} were taken in colour at {SIDE}×{SIDE}, as the other set's",
            old.side
        ));
        (set.hash, set.flaw, set.pictures) = (hash(features.values()), flaw, Some(pictures));
        set.features = features;
    }
    Ok(())
}

/// Pictures as an eye sees them.
fn seen(
    name: String,
    path: &Path,
    mut pictures: ImageSet,
    notes: Vec<String>,
    eye: &FeatureExtractor,
    draw: Option<Subsample>,
) -> Result<Set, SetError> {
    if let Some(draw) = draw {
        pictures = pictures.pick(&draw.places(pictures.pixels.len(), path)?);
    }
    let ExtractedFeatures { features, probabilities, flaw } = eye.look(&pictures, path)?;
    let (seen_by, pictures) = (eye.name(), Some(pictures));
    Ok(Set { flaw, seen_by, pictures, probabilities, notes, ..Set::of(name, features) })
}

fn hash<'a>(values: impl IntoIterator<Item = &'a f64>) -> u64 {
    let bytes = values.into_iter().flat_map(|v| v.to_bits().to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |h: u64, b| (h ^ b as u64).wrapping_mul(0x100_0000_01b3))
}
