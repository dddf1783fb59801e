//! Pictures to learn from: any data set the program reads, at the size and in the colours asked for.

use std::path::{Path, PathBuf};

use image::imageops::{FilterType, resize};
use rayon::prelude::*;

use super::{LearnError, Shape};
use crate::data::picture::{self, Reading};
use crate::data::sample::{self, Samples};

/// Sizes that generators are made for, pixels a side.
pub const SIDES: [usize; 3] = [28, 32, 64];

/// Pictures to learn from, with their classes.
#[derive(Clone, Debug)]
pub struct Pictures {
    /// Name for the card.
    pub name: String,
    /// Training pictures, channels last.
    pub train: Samples,
    /// Held out by the data set itself; may be empty.
    pub test: Samples,
    /// What was left out or taken for granted, a line each.
    pub notes: Vec<String>,
}

impl Pictures {
    /// Shape of every picture.
    pub fn shape(&self) -> Shape {
        Shape { channels: self.train.channels, side: self.train.side }
    }
}

/// Reads a data set (frames, image folders, IDX files) or one image file. Without `side` or `grey` the pictures keep what
/// they have; IDX files of another size than [`SIDES`] go to the next one.
///
/// # Errors
/// The data cannot be read, or `side` is none of [`SIDES`].
pub fn read(
    paths: &[PathBuf],
    side: Option<usize>,
    grey: bool,
    reading: &Reading,
) -> Result<Pictures, LearnError> {
    let first = paths.first().ok_or_else(|| LearnError::Failed("expected pictures to learn from".into()))?;
    let data = match paths {
        [one] if one.is_file() && !sample::is_set(one) => {
            return single(one, side.unwrap_or(64), grey, reading);
        }
        [one] => sample::read(one, reading)?.learnable(),
        many => sample::read_all(many, None, reading)?,
    };
    let side = side.unwrap_or_else(|| SIDES.into_iter().find(|s| *s >= data.train.side).unwrap_or(64));
    allowed(side, first)?;
    let channels = if grey { 1 } else { data.train.channels };
    Ok(Pictures {
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

/// One picture: all that some methods need.
fn single(path: &Path, side: usize, grey: bool, reading: &Reading) -> Result<Pictures, LearnError> {
    allowed(side, path)?;
    let image = picture::rgb(path, reading.background)?;
    let image = resize(&image, side as u32, side as u32, FilterType::Triangle);
    let name = path.file_stem().map_or("picture".into(), |n| n.to_string_lossy().into_owned());
    let mut train = Samples::empty(3, side, vec![name.clone()]);
    train.push(image.into_raw(), 0, None);
    let test = Samples::empty(3, side, train.classes.clone());
    let channels = if grey { 1 } else { 3 };
    let (train, test) = (shaped(train, side, channels), shaped(test, side, channels));
    Ok(Pictures { name, train, test, notes: Vec::new() })
}

fn shaped(samples: Samples, side: usize, channels: usize) -> Samples {
    if (samples.side, samples.channels) == (side, channels) {
        return samples;
    }
    let (old, from) = (samples.side, samples.channels);
    let one = |p: &Vec<u8>| resized(p, (old, from), (side, channels));
    Samples { side, channels, pictures: samples.pictures.par_iter().map(one).collect(), ..samples }
}

/// A picture (channels last) of one `(side, channels)` at another; shrinking takes means. Grey is Rec. 709 luma.
pub fn resized(picture: &[u8], from: (usize, usize), to: (usize, usize)) -> Vec<u8> {
    let rgb: Vec<u8> = match from.1 {
        1 => picture.iter().flat_map(|v| [*v; 3]).collect(),
        _ => picture.to_vec(),
    };
    let (old, new) = (from.0 as u32, to.0 as u32);
    let rgb = match (from.0 == to.0, image::RgbImage::from_raw(old, old, rgb.clone())) {
        (false, Some(image)) => resize(&image, new, new, FilterType::Triangle).into_raw(),
        _ => rgb,
    };
    let luma = |p: &[u8]| (0.2126 * p[0] as f32 + 0.7152 * p[1] as f32 + 0.0722 * p[2] as f32 + 0.5) as u8;
    match to.1 {
        1 => rgb.chunks_exact(3).map(luma).collect(),
        _ => rgb,
    }
}

/// A picture (bytes, channels last) in 0..1, plane after plane.
pub fn planar(picture: &[u8], channels: usize) -> Vec<f32> {
    let at = |c: usize| picture.iter().skip(c).step_by(channels).map(|v| *v as f32 / 255.0);
    (0..channels).flat_map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::model::bytes;

    #[test]
    fn planes_and_bytes_are_inverse() {
        let picture: Vec<u8> = (0..28 * 28 * 3).map(|i| (i * 7) as u8).collect();
        assert_eq!(bytes(&planar(&picture, 3), Shape { channels: 3, side: 28 }), picture);
    }

    #[test]
    fn sizes_and_colours_change_as_asked() {
        let flat = resized(&[200; 28 * 28], (28, 1), (32, 3));
        assert_eq!(flat, vec![200; 32 * 32 * 3]);
        let halves: Vec<u8> = (0..64 * 64 * 3).map(|i| if i / 3 % 64 < 32 { 0 } else { 250 }).collect();
        let small = resized(&halves, (64, 3), (32, 1));
        assert_eq!((small[5], small[26]), (0, 250));
        let mean = small.iter().map(|v| *v as f64).sum::<f64>() / 1024.0;
        assert!((mean - 125.0).abs() < 2.0, "{mean}");
    }
}
