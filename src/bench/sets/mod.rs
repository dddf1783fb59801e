//! Sets of samples: arrays of features, or pictures and what is seen in them, or clips of a gas.

pub mod arrays;
mod error;
pub mod flows;
pub mod pictures;

use std::path::Path;

pub use error::SetError;
pub use pictures::Eye;

use super::metrics::interval::shuffled;
use super::metrics::{MetricError, Table};
use crate::world::rng::Rng;

/// Samples that metrics can be taken of.
#[derive(Clone, Debug)]
pub struct Set {
    /// Name for reports: the file's or folder's own.
    pub name: String,
    /// One row of features a sample; none at all if there is a flaw.
    pub features: Table,
    /// Why what was seen in the pictures is no features.
    pub flaw: Option<MetricError>,
    /// What the features are, for reports.
    pub seen_by: String,
    /// The pictures, if the set is of pictures.
    pub pictures: Option<pictures::Pictures>,
    /// Class probabilities of each sample, if the eye names classes.
    pub probabilities: Option<Table>,
    /// Hash of all features.
    pub hash: u64,
}

impl Set {
    /// How many samples it holds.
    pub fn samples(&self) -> usize {
        self.pictures.as_ref().map_or(self.features.rows(), |p| p.pixels.len())
    }
}

/// How many samples to draw from a set, and by which address.
#[derive(Clone, Copy, Debug)]
pub struct Draw {
    /// Samples.
    pub samples: usize,
    /// Where the draw comes from.
    pub rng: Rng,
}

impl Draw {
    /// Places among `n`, each at most once, in order.
    fn places(&self, n: usize, path: &Path) -> Result<Vec<usize>, SetError> {
        if n < self.samples {
            return Err(SetError::input(
                path,
                format!("expected at least {} samples, found {n}", self.samples),
            ));
        }
        let mut places = shuffled(n, self.rng);
        places.truncate(self.samples);
        places.sort_unstable();
        Ok(places)
    }
}

/// Reads a set: a CSV or `.npy` file of features, or a folder of frames, images or IDX files, which `eye` looks at; all
/// of it or, with `draw`, some.
///
/// # Errors
/// The file or folder is none of these, something in it is damaged, or it has too few samples; the message names it.
pub fn read(path: &Path, eye: &Eye, draw: Option<Draw>) -> Result<Set, SetError> {
    let name = path.file_name().map_or("set".into(), |n| n.to_string_lossy().into_owned());
    if path.is_dir() {
        let mut pictures = pictures::read(path)?;
        if let Some(draw) = draw {
            pictures = pictures.pick(&draw.places(pictures.pixels.len(), path)?);
        }
        let looked = eye.look(&pictures, path)?;
        let pictures::Looked { features, probabilities, flaw } = looked;
        let hash = hash(&features);
        return Ok(Set {
            name,
            features,
            flaw,
            seen_by: eye.name(),
            pictures: Some(pictures),
            probabilities,
            hash,
        });
    }
    let mut features = arrays::read(path)?;
    if let Some(draw) = draw {
        features = features.pick(&draw.places(features.rows(), path)?);
    }
    let hash = hash(&features);
    let seen_by = "the arrays given".into();
    Ok(Set { name, features, flaw: None, seen_by, pictures: None, probabilities: None, hash })
}

fn hash(table: &Table) -> u64 {
    let bytes = table.values().iter().flat_map(|v| v.to_bits().to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |h: u64, b| (h ^ b as u64).wrapping_mul(0x100_0000_01b3))
}
