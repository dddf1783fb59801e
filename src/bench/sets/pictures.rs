//! Sets of pictures.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::SetError;
pub use super::extractor::{ExtractedFeatures, FeatureExtractor, PredictedClasses};
use super::image_set::ImageSet;
use data::picture::{ReadOptions, fitted, is_picture};
use data::reduce::SIDE;
use data::walk::{self, DirEntry, Skipped};
use data::{ReadReport, cifar, idx, reader, sample};

/// Part of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subset {
    /// Training pictures, then test pictures.
    All,
    /// Training pictures.
    Train,
    /// Test pictures.
    Test,
}

/// Result of reading pictures.
#[derive(Clone, Debug)]
pub struct Read {
    /// The pictures.
    pub pictures: ImageSet,
    /// What was skipped or assumed, one note a line.
    pub notes: Vec<String>,
}

/// Reads pictures: a set of frames, class folders (with or without splits), IDX files, a folder of images, or an array.
/// Test pictures follow training pictures.
///
/// # Errors
/// There are none, or one is unreadable and `reading` does not allow that.
pub fn read(path: &Path, reading: &ReadOptions) -> Result<Read, SetError> {
    read_part(path, Subset::All, reading)
}

/// Reads a part of a set; a folder of images or an array counts as training pictures. The part may be empty.
///
/// # Errors
/// As [`read`].
pub fn read_part(path: &Path, part: Subset, reading: &ReadOptions) -> Result<Read, SetError> {
    let whole = |read: Read| match part {
        Subset::Test => Read { pictures: read.pictures.pick(&[]), ..read },
        _ => read,
    };
    if !reader::is_set(path) {
        return match super::arrays::read(path, reading.background)? {
            (super::arrays::Content::Pictures(pictures), notes) => Ok(whole(Read { pictures, notes })),
            _ => Err(SetError::input(path, "expected pictures, found another kind of array")),
        };
    }
    let mut notes = Vec::new();
    if let Some(loose) = loose(path, &mut notes)? {
        return Ok(whole(flat(path, &loose, reading, notes)?));
    }
    let data = reader::read_classes(path, 1, reading)?;
    let (mut all, test) = (data.train, data.test);
    match part {
        Subset::Train => {}
        Subset::Test => all = test,
        Subset::All => {
            all.pictures.extend(test.pictures);
            all.labels.extend(test.labels);
        }
    }
    notes.extend(data.notes);
    let sample::Samples { channels, side, classes, pictures, labels, .. } = all;
    Ok(Read { pictures: ImageSet { channels, side, pixels: pictures, classes, labels }, notes })
}

/// The images directly in a folder; none if it has class folders. If it has both loose images and folders of images,
/// the larger number is read, and the others are noted.
fn loose(path: &Path, notes: &mut Vec<String>) -> Result<Option<Vec<PathBuf>>, SetError> {
    let is_set = path.join("manifest.csv").exists() || cifar::is_cifar(path);
    if path.is_file() || is_set || idx::is_idx_folder(path)? {
        return Ok(None);
    }
    let (folders, files): (Vec<DirEntry>, Vec<DirEntry>) =
        walk::entries(path)?.into_iter().partition(|e| e.is_folder);
    let files = files.into_iter().map(|e| e.path);
    let (images, others): (Vec<PathBuf>, Vec<PathBuf>) = files.partition(|f| is_picture(f));
    let note = |what: &str, files: &[PathBuf]| {
        let mut skipped = Skipped::default();
        skipped.extend(files);
        format!("skipped {}: {}", what.replace('#', &skipped.count().to_string()), skipped.names())
    };
    let folders: Vec<PathBuf> = folders.into_iter().map(|e| e.path).collect();
    let within: Vec<PathBuf> = walk::files(&folders)?.into_iter().filter(|f| is_picture(f)).collect();
    if images.len() <= within.len() {
        return Ok(None);
    }
    if !within.is_empty() {
        notes.push(note("# pictures in subfolders", &within));
    }
    if !others.is_empty() {
        notes.push(note("# files that are not readable pictures", &others));
    }
    Ok(Some(images))
}

/// A folder of images.
fn flat(
    path: &Path,
    images: &[PathBuf],
    reading: &ReadOptions,
    mut notes: Vec<String>,
) -> Result<Read, SetError> {
    let read: Vec<_> = images.par_iter().map(|p| fitted(p, SIDE, reading)).collect();
    let mut losses = ReadReport::new(vec![String::new()]);
    let pixels = images.iter().zip(read).filter_map(|(p, read)| losses.keep(0, p, read)).collect();
    notes.extend(losses.settle(path, reading.broken)?);
    let pictures = ImageSet { channels: 3, side: SIDE, pixels, classes: Vec::new(), labels: Vec::new() };
    Ok(Read { pictures, notes })
}

/// Width and height of the files of a folder of pictures: those of the middle one. `None` for other sets.
pub fn native_size(path: &Path) -> Option<(usize, usize)> {
    let of_files = path.is_dir() && !path.join("manifest.csv").exists() && !idx::is_idx_folder(path).ok()?;
    let files = if of_files { walk::files(&[path.to_path_buf()]).ok()? } else { Vec::new() };
    let pictures: Vec<PathBuf> = files.into_iter().filter(|f| is_picture(f)).collect();
    // Not the first: a contact sheet may lie beside the folders of pictures.
    let (w, h) = image::image_dimensions(pictures.get(pictures.len() / 2)?).ok()?;
    Some((w as usize, h as usize))
}

#[cfg(test)]
mod tests {
    use super::*;
    use data::picture::Resampling;

    #[test]
    fn grey_pictures_give_the_same_features_from_arrays_and_files() {
        let dir = tempfile::tempdir().unwrap();
        let drawing =
            |i: u32| image::GrayImage::from_fn(28, 28, |x, y| image::Luma([(x * y * (i + 3)) as u8]));
        let drawings: Vec<image::GrayImage> = (0..5).map(drawing).collect();
        for (i, drawing) in drawings.iter().enumerate() {
            drawing.save(dir.path().join(format!("{i}.png"))).unwrap();
        }
        let pixels = drawings.into_iter().map(image::GrayImage::into_raw).collect();
        let array = ImageSet { channels: 1, side: 28, pixels, classes: Vec::new(), labels: Vec::new() };
        let reading = ReadOptions { resampling: Resampling::Bicubic, ..ReadOptions::default() };
        let files = read(dir.path(), &reading).unwrap().pictures;
        assert_eq!(array.common(), files);
        let features = |p: &ImageSet| FeatureExtractor::Judge.extract(p, dir.path()).unwrap().features;
        assert_eq!(features(&array), features(&files));
        assert_eq!(native_size(dir.path()), Some((28, 28)));
    }
    /// A frame in a file is what the rule that rendered it shows to the bench.
    #[test]
    fn rendered_frames_are_squashed_as_rules_are() {
        use crate::generator::{SampleSpec, fitted};
        use world::frame::{Frame, write_png};
        let dir = tempfile::tempdir().unwrap();
        let mut frame = Frame::new(96, 32);
        let pixels = frame.rgba.as_chunks_mut::<4>().0.iter_mut().enumerate();
        pixels.for_each(|(i, p)| *p = [(i % 96 * 2) as u8, (i / 96 * 7) as u8, (i * 31) as u8, 255]);
        write_png(&dir.path().join("0.png"), &frame).unwrap();
        let reading = ReadOptions { resampling: Resampling::Bicubic, ..ReadOptions::default() };
        let read = read(dir.path(), &reading).unwrap().pictures;
        let spec = SampleSpec { side: SIDE, channels: 3, frames: 1, every: 1, warm_up: 0 };
        assert_eq!(read.pixels, [fitted(&frame.rgba, (96, 32), 4, &spec)]);
    }
}
