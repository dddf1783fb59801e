//! Training pictures: any data set the program reads, at the requested size and in the requested colours.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{ImageShape, LearnError};
use ::data::picture::{self, ReadOptions};
use ::data::reader;
use ::data::reduce::resized;
use ::data::sample::Samples;

/// Sizes that generators are made for, pixels a side.
pub const SIDES: [usize; 3] = [28, 32, 64];

/// Training pictures with their classes.
#[derive(Clone, Debug)]
pub struct TrainingImages {
    /// Name for the card.
    pub name: String,
    /// Training pictures, channels last.
    pub train: Samples,
    /// Held out by the data set itself; may be empty.
    pub test: Samples,
    /// What was skipped or assumed, one line each.
    pub notes: Vec<String>,
}

impl TrainingImages {
    /// Shape of every picture.
    pub fn shape(&self) -> ImageShape {
        ImageShape { channels: self.train.channels, side: self.train.side }
    }
}

/// Reads a data set (frames, image folders, IDX files) or one image file. Without `side` or `grey` the pictures keep
/// their size and colours; a size that is none of [`SIDES`] becomes the next larger one, at most 64.
///
/// # Errors
/// The data cannot be read, or `side` is none of [`SIDES`].
pub fn read(
    paths: &[PathBuf],
    side: Option<usize>,
    grey: bool,
    reading: &ReadOptions,
) -> Result<TrainingImages, LearnError> {
    let first = paths.first().ok_or_else(|| LearnError::Failed("expected pictures to learn from".into()))?;
    let data = match paths {
        [one] if one.is_file() && !reader::is_set(one) => {
            return single(one, side.unwrap_or(64), grey, reading);
        }
        [one] => reader::read(one, reading)?.learnable(),
        many => reader::read_all(many, None, reading)?,
    };
    let side = side.unwrap_or_else(|| SIDES.into_iter().find(|s| *s >= data.train.side).unwrap_or(64));
    allowed(side, first)?;
    let channels = if grey { 1 } else { data.train.channels };
    Ok(TrainingImages {
        name: data.name,
        train: shaped(data.train, side, channels),
        test: shaped(data.test, side, channels),
        notes: data.notes,
    })
}

fn allowed(side: usize, path: &Path) -> Result<(), LearnError> {
    match SIDES.contains(&side) {
        true => Ok(()),
        false => Err(LearnError::input(
            path,
            format!("expected pictures of 28, 32 or 64 pixels a side, found {side}"),
        )),
    }
}

/// A single picture, which is all that some methods need.
fn single(path: &Path, side: usize, grey: bool, reading: &ReadOptions) -> Result<TrainingImages, LearnError> {
    allowed(side, path)?;
    let picture = picture::seen(path, side, reading.background)?;
    let name = path.file_stem().map_or("picture".into(), |n| n.to_string_lossy().into_owned());
    let mut train = Samples::empty(3, side, vec![name.clone()]);
    train.push(picture, 0, None);
    let test = Samples::empty(3, side, train.classes.clone());
    let channels = if grey { 1 } else { 3 };
    let (train, test) = (shaped(train, side, channels), shaped(test, side, channels));
    Ok(TrainingImages { name, train, test, notes: Vec::new() })
}

fn shaped(samples: Samples, side: usize, channels: usize) -> Samples {
    if (samples.side, samples.channels) == (side, channels) {
        return samples;
    }
    let (old, from) = (samples.side, samples.channels);
    let one = |p: &Vec<u8>| resized(p, (old, from), (side, channels));
    Samples { side, channels, pictures: samples.pictures.par_iter().map(one).collect(), ..samples }
}

/// A picture (bytes, channels last) as planes in 0..1.
pub fn planar(picture: &[u8], channels: usize) -> Vec<f32> {
    let at = |c: usize| picture.iter().skip(c).step_by(channels).map(|v| *v as f32 / 255.0);
    (0..channels).flat_map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bytes;

    #[test]
    fn planes_and_bytes_are_inverse() {
        let picture: Vec<u8> = (0..28 * 28 * 3).map(|i| (i * 7) as u8).collect();
        assert_eq!(bytes(&planar(&picture, 3), ImageShape { channels: 3, side: 28 }), picture);
    }
}
