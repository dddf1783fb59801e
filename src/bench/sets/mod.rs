//! Sets of samples: feature arrays, pictures with extracted features, or flow clips.

pub mod arrays;
pub mod csv;
mod error;
pub mod extractor;
pub mod flows;
pub mod image_set;
pub mod noise;
pub mod npy;
pub mod pictures;
pub mod stacks;

use std::collections::BTreeSet;
use std::path::Path;

pub use error::SetError;
pub use extractor::FeatureExtractor;

use rand::seq::index;

use super::metrics::frechet::Statistics;
use super::metrics::{MetricError, SampleMatrix};
use arrays::Content;
use data::picture::ReadOptions;
use data::reader;
use data::reduce::SIDE;

use extractor::ExtractedFeatures;
use image_set::ImageSet;
use world::rng::Rng;

/// Samples that metrics can be computed from.
#[derive(Clone, Debug)]
pub struct Set {
    /// Name for reports: the file's or folder's own.
    pub name: String,
    /// One row of features a sample; empty if there is a flaw.
    pub features: SampleMatrix,
    /// Why the extracted features are unusable.
    pub flaw: Option<MetricError>,
    /// Name of the feature extractor, for reports.
    pub extractor: String,
    /// The pictures, if the set is of pictures.
    pub pictures: Option<ImageSet>,
    /// Class probabilities of each sample, if the extractor classifies.
    pub probabilities: Option<SampleMatrix>,
    /// Mean and covariance, if only these are known.
    pub statistics: Option<Statistics>,
    /// Hash of all features.
    pub hash: u64,
    /// What was skipped or assumed, one note a line.
    pub notes: Vec<String>,
}

impl Set {
    fn of(name: String, features: SampleMatrix) -> Self {
        let hash = hash(features.values());
        let (flaw, pictures, probabilities, statistics, notes) = (None, None, None, None, Vec::new());
        let extractor = "the arrays given".into();
        Self { name, features, flaw, extractor, pictures, probabilities, statistics, hash, notes }
    }

    /// Number of samples.
    pub fn samples(&self) -> usize {
        self.pictures.as_ref().map_or(self.features.rows(), |p| p.pixels.len())
    }
}

/// A random subsample of a set.
#[derive(Clone, Copy, Debug)]
pub struct Subsample {
    /// Number of samples.
    pub samples: usize,
    /// Random stream.
    pub rng: Rng,
}

impl Subsample {
    /// Distinct indices below `n`, in ascending order.
    fn indices(&self, n: usize, path: &Path) -> Result<Vec<usize>, SetError> {
        if n < self.samples {
            return Err(SetError::input(
                path,
                format!("expected at least {} samples, found {n}", self.samples),
            ));
        }
        let mut indices = index::sample(&mut self.rng.sequence(), n, self.samples).into_vec();
        indices.sort_unstable();
        Ok(indices)
    }
}

/// Reads a set: features in a text or an array, or pictures (a folder of frames, images or IDX files, or an array),
/// from which `extractor` extracts features; all of it or, with `draw`, a subsample.
///
/// # Errors
/// The file or folder is none of these, is damaged, or has too few samples; the message names it.
pub fn read(
    path: &Path,
    extractor: &FeatureExtractor,
    draw: Option<Subsample>,
    reading: &ReadOptions,
) -> Result<Set, SetError> {
    let name = path.file_name().map_or("set".into(), |n| n.to_string_lossy().into_owned());
    if reader::is_set(path) {
        let pictures::Read { pictures, notes } = pictures::read(path, reading)?;
        return extracted(name, path, pictures, notes, extractor, draw);
    }
    match arrays::read(path, reading.background)? {
        (Content::Pictures(pictures), notes) => extracted(name, path, pictures, notes, extractor, draw),
        (Content::Table(mut features), notes) => {
            if let Some(draw) = draw {
                features = features.pick(&draw.indices(features.rows(), path)?);
            }
            Ok(Set { notes, ..Set::of(name, features) })
        }
        (Content::Statistics(statistics), notes) => {
            let hash = hash(statistics.mean().iter().chain(&statistics.covariance().values));
            Ok(Set { statistics: Some(statistics), hash, notes, ..Set::of(name, SampleMatrix::none()) })
        }
    }
}

/// Converts sets of pictures of different sizes or channels to a common format for raw pixels, where corresponding
/// values must be of the same pixel; noted in each set.
///
/// # Errors
/// As [`FeatureExtractor::extract`].
pub fn align(sets: &mut [&mut Set], extractor: &FeatureExtractor) -> Result<(), SetError> {
    let shapes = sets.iter().filter_map(|s| s.pictures.as_ref()).map(|p| (p.channels, p.side));
    let shapes: BTreeSet<(usize, usize)> = shapes.collect();
    if *extractor != FeatureExtractor::Pixels || shapes.len() < 2 {
        return Ok(());
    }
    for set in sets {
        let Some(old) = set.pictures.as_ref().filter(|p| (p.channels, p.side) != (3, SIDE)) else { continue };
        let pictures = old.common();
        let ExtractedFeatures { features, flaw, .. } = extractor.extract(&pictures, Path::new(&set.name))?;
        let colour = if old.channels == 1 { "grey" } else { "coloured" };
        set.notes.push(format!(
            "its {colour} pictures of {0}×{0} were converted to colour at {SIDE}×{SIDE}, like the other set's",
            old.side
        ));
        (set.hash, set.flaw, set.pictures) = (hash(features.values()), flaw, Some(pictures));
        set.features = features;
    }
    Ok(())
}

/// A set of pictures with their features.
fn extracted(
    name: String,
    path: &Path,
    mut pictures: ImageSet,
    notes: Vec<String>,
    extractor: &FeatureExtractor,
    draw: Option<Subsample>,
) -> Result<Set, SetError> {
    if let Some(draw) = draw {
        pictures = pictures.pick(&draw.indices(pictures.pixels.len(), path)?);
    }
    let ExtractedFeatures { features, probabilities, flaw } = extractor.extract(&pictures, path)?;
    let (extractor, pictures) = (extractor.name(), Some(pictures));
    Ok(Set { flaw, extractor, pictures, probabilities, notes, ..Set::of(name, features) })
}

fn hash<'a>(values: impl IntoIterator<Item = &'a f64>) -> u64 {
    let bytes = values.into_iter().flat_map(|v| v.to_bits().to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |h: u64, b| (h ^ b as u64).wrapping_mul(0x100_0000_01b3))
}
