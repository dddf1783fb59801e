//! Sets of samples: arrays of features, or pictures and what is seen in them.

pub mod arrays;
mod error;
pub mod pictures;

use std::path::Path;

pub use error::SetError;
pub use pictures::Eye;

use super::metrics::Table;

/// Samples that metrics can be taken of.
#[derive(Clone, Debug)]
pub struct Set {
    /// Name for reports: the file's or folder's own.
    pub name: String,
    /// One row of features a sample.
    pub features: Table,
    /// What the features are, for reports.
    pub seen_by: String,
    /// The pictures, if the set is of pictures.
    pub pictures: Option<pictures::Pictures>,
    /// Class probabilities of each sample, if the eye names classes.
    pub probabilities: Option<Table>,
    /// Hash of all features.
    pub hash: u64,
}

/// Reads a set: a CSV or `.npy` file of features, or a folder of frames, images or IDX files, which `eye` looks at.
///
/// # Errors
/// The file or folder is none of these, or something in it is damaged; the message names it.
pub fn read(path: &Path, eye: &Eye) -> Result<Set, SetError> {
    let name = path.file_name().map_or("set".into(), |n| n.to_string_lossy().into_owned());
    if path.is_dir() {
        let pictures = pictures::read(path)?;
        let looked = eye.look(&pictures, path)?;
        let hash = hash(&looked.features);
        let (features, probabilities) = (looked.features, looked.probabilities);
        return Ok(Set {
            name,
            features,
            seen_by: eye.name(),
            pictures: Some(pictures),
            probabilities,
            hash,
        });
    }
    let features = arrays::read(path)?;
    let hash = hash(&features);
    let seen_by = "the arrays given".into();
    Ok(Set { name, features, seen_by, pictures: None, probabilities: None, hash })
}

fn hash(table: &Table) -> u64 {
    let bytes = table.values().iter().flat_map(|v| v.to_bits().to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |h: u64, b| (h ^ b as u64).wrapping_mul(0x100_0000_01b3))
}
