//! Data sets with masks in memory.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::dataset::{self, LabelledBox, Row, Split};
use super::reduce::{BYTES, SIDE};
use super::{DataError, picture};

/// A frame whose every pixel has a label.
#[derive(Clone, Debug, PartialEq)]
pub struct MaskedFrame {
    /// RGB, row after row, [`SIDE`] pixels a side.
    pub picture: Vec<u8>,
    /// The process of each pixel, as an index into the classes.
    pub mask: Vec<u8>,
    /// The boxes of all bodies.
    pub boxes: Vec<LabelledBox>,
    /// Seeds of its worlds: two frames of one world are nearly the same picture.
    pub seeds: Vec<u64>,
    /// Whether it is composed of several worlds.
    pub is_composed: bool,
}

/// A data set with masks.
#[derive(Clone, Debug)]
pub struct MaskedSet {
    /// Name for the model card: those of the folders.
    pub name: String,
    /// Names of the classes.
    pub classes: Vec<String>,
    /// The training split.
    pub train: Vec<MaskedFrame>,
    /// The test split, of other worlds.
    pub test: Vec<MaskedFrame>,
}

impl MaskedSet {
    /// Hash of the pixels, masks and boxes of the training split.
    pub fn hash(&self) -> u64 {
        let one = |f: &MaskedFrame| {
            let boxes = dataset::truth::boxes_text(&f.boxes);
            dataset::hash(&f.picture)
                ^ dataset::hash(&f.mask).rotate_left(17)
                ^ dataset::hash(boxes.as_bytes())
        };
        self.train.iter().fold(0, |h: u64, f| h.rotate_left(7) ^ one(f))
    }
}

/// Reads data sets with masks of the same classes as one.
///
/// # Errors
/// A folder holds no set with masks, or one of other classes; a file in it is damaged; or there is no training frame.
pub fn read(paths: &[PathBuf]) -> Result<MaskedSet, DataError> {
    let first = paths.first().ok_or_else(|| DataError::Failed("expected a data set with masks".into()))?;
    let names: Vec<String> = paths.iter().map(|p| name(p)).collect();
    let classes = dataset::classes(first)?;
    let mut set = MaskedSet { name: names.join("+"), classes, train: Vec::new(), test: Vec::new() };
    for path in paths {
        if dataset::classes(path)? != set.classes {
            return Err(DataError::input(
                path,
                "the set's masks are of other classes than those of the first",
            ));
        }
        let rows = dataset::rows(path)?;
        let frames: Vec<_> = rows.par_iter().map(|row| frame(row, set.classes.len())).collect();
        for (row, frame) in rows.iter().zip(frames) {
            let into = if row.origin.split == Split::Train { &mut set.train } else { &mut set.test };
            into.push(frame?);
        }
    }
    match set.train.is_empty() {
        true => Err(DataError::input(first, "expected training frames with masks, found none")),
        false => Ok(set),
    }
}

fn name(path: &Path) -> String {
    path.file_name().map_or("data".into(), |n| n.to_string_lossy().into_owned())
}

/// A row's frame with its mask.
///
/// # Errors
/// The row has no mask, or a file is damaged or of another size.
pub fn frame(row: &Row, classes: usize) -> Result<MaskedFrame, DataError> {
    let truth = row.truth.as_ref().ok_or_else(|| DataError::input(&row.path, "the frame has no mask"))?;
    let image = picture::rgb(&row.path, [0; 3])?;
    if image.as_raw().len() != BYTES || image.width() as usize != SIDE {
        let (w, h) = image.dimensions();
        return Err(DataError::input(&row.path, format!("expected {SIDE} × {SIDE} pixels, found {w} × {h}")));
    }
    Ok(MaskedFrame {
        picture: image.into_raw(),
        mask: truth.read_mask(classes)?,
        boxes: truth.boxes.clone(),
        seeds: std::iter::once(&row.origin)
            .chain(truth.parts.iter().map(|p| &p.origin))
            .map(|o| o.seed)
            .collect(),
        is_composed: !truth.parts.is_empty(),
    })
}
