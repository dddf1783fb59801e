//! Sets of pictures, and feature extractors.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::SetError;
use super::image_set::ImageSet;
use crate::metrics::{MetricError, SampleMatrix};
use data::picture::{ReadOptions, is_picture, seen};
use data::reduce::SIDE;
use data::walk::{self, DirEntry, Skipped};
use data::{ReadReport, idx, reader, sample};
use judge::Judge;
use judge::calibration::softmax;
use judge::classifier::Outputs;

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
    if path.is_file() || path.join("manifest.csv").exists() || idx::is_idx_folder(path)? {
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
    let read: Vec<_> = images.par_iter().map(|p| seen(p, SIDE, reading.background)).collect();
    let mut losses = ReadReport::new(vec![String::new()]);
    let pixels = images.iter().zip(read).filter_map(|(p, read)| losses.keep(0, p, read)).collect();
    notes.extend(losses.settle(path, reading.broken)?);
    let pictures = ImageSet { channels: 3, side: SIDE, pixels, classes: Vec::new(), labels: Vec::new() };
    Ok(Read { pictures, notes })
}

/// Feature extractor for pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeatureExtractor {
    /// Every pixel's value, 0..1.
    Pixels,
    /// The embedding of the shipped judge.
    Judge,
    /// The embedding of another judge: a file of weights.
    Weights(PathBuf),
}

/// Features extracted from pictures.
#[derive(Clone, Debug)]
pub struct ExtractedFeatures {
    /// One row of features a picture; empty if there is a flaw.
    pub features: SampleMatrix,
    /// One row of class probabilities a picture, if the extractor classifies.
    pub probabilities: Option<SampleMatrix>,
    /// Why there are no features: weights may give values that are not finite.
    pub flaw: Option<MetricError>,
}

impl ExtractedFeatures {
    /// From rows of features and of probabilities, each with its number of columns.
    fn of(
        path: &Path,
        (columns, features): (usize, Vec<f64>),
        (classes, chances): (usize, Vec<f64>),
    ) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let named = |e: MetricError| {
            let why =
                format!("the weights give features that are not finite for the pictures of `{name}`: {e}");
            MetricError::Unfit { metric: "features", why }
        };
        let tables =
            SampleMatrix::new(columns, features).and_then(|f| Ok((f, SampleMatrix::new(classes, chances)?)));
        match tables {
            Ok((features, chances)) => Self { features, probabilities: Some(chances), flaw: None },
            Err(e) => Self { features: SampleMatrix::none(), probabilities: None, flaw: Some(named(e)) },
        }
    }
}

/// Predicted classes of pictures.
#[derive(Clone, Debug, Default)]
pub struct PredictedClasses {
    /// Names of the classes; empty if the extractor does not classify.
    pub classes: Vec<String>,
    /// Whether each picture is out of distribution.
    pub unsure: Vec<bool>,
}

impl FeatureExtractor {
    /// `judge` (the shipped one), `pixels`, or a file of weights.
    pub fn named(word: &str) -> Self {
        match word {
            "judge" => Self::Judge,
            "pixels" => Self::Pixels,
            path => Self::Weights(path.into()),
        }
    }

    /// Name for reports.
    pub fn name(&self) -> String {
        match self {
            Self::Pixels => "raw pixels".into(),
            Self::Judge => "the shipped judge's embedding".into(),
            Self::Weights(path) => format!("the embedding of {}", path.display()),
        }
    }

    /// Extracts the features of every picture; errors name `path`.
    ///
    /// # Errors
    /// No pictures, or weights that cannot be used.
    pub fn extract(&self, pictures: &ImageSet, path: &Path) -> Result<ExtractedFeatures, SetError> {
        Ok(self.extract_and_classify(pictures, path)?.0)
    }

    /// Extracts the features and predicts the class of every picture.
    ///
    /// # Errors
    /// As [`Self::extract`].
    pub fn extract_and_classify(
        &self,
        pictures: &ImageSet,
        path: &Path,
    ) -> Result<(ExtractedFeatures, PredictedClasses), SetError> {
        if pictures.pixels.is_empty() {
            return Err(SetError::input(path, "holds no pictures"));
        }
        if *self == Self::Pixels {
            let values = pictures.pixels.iter().flatten().map(|v| *v as f64 / 255.0).collect();
            let columns = pictures.side * pictures.side * pictures.channels;
            let features = SampleMatrix::new(columns, values).map_err(|e| SetError::table(path, e))?;
            return Ok((
                ExtractedFeatures { features, probabilities: None, flaw: None },
                PredictedClasses::default(),
            ));
        }
        self.judge(pictures, path)
    }

    fn judge(
        &self,
        pictures: &ImageSet,
        path: &Path,
    ) -> Result<(ExtractedFeatures, PredictedClasses), SetError> {
        let judge = match self {
            Self::Weights(file) => Judge::load(file)?,
            _ => Judge::shipped()?,
        };
        let shape = &judge.header.architecture;
        let fitted = fit(pictures, shape.channels, shape.side).ok_or_else(|| {
            let say = |channels: usize, side: usize| {
                format!("{} pictures of {side}×{side}", if channels == 1 { "grey" } else { "coloured" })
            };
            let (wanted, found) = (say(shape.channels, shape.side), say(pictures.channels, pictures.side));
            SetError::input(path, format!("expected {wanted} for these weights, found {found}"))
        })?;
        let samples = sample::Samples {
            pictures: fitted,
            ..sample::Samples::empty(shape.channels, shape.side, Vec::new())
        };
        let Outputs { logits, embeddings } = judge.classifier().samples(&samples);
        let features = embeddings.iter().flatten().map(|v| *v as f64).collect();
        let chances: Vec<Vec<f32>> = logits.iter().map(|l| softmax(l, judge.header.temperature)).collect();
        let doubt = &judge.header.doubt;
        let surest = |p: &[f32]| p.iter().copied().fold(0.0, f32::max);
        let unsure = embeddings.iter().zip(&chances).map(|(e, p)| doubt.is_unsure(e, surest(p))).collect();
        let classes = judge.header.classes.clone();
        let chances = chances.iter().flatten().map(|v| *v as f64).collect();
        let extracted =
            ExtractedFeatures::of(path, (embeddings[0].len(), features), (classes.len(), chances));
        Ok((extracted, PredictedClasses { classes, unsure }))
    }
}

/// The pictures in the input format of a network; they may be converted to colour at the judge's size, nothing else.
fn fit(pictures: &ImageSet, channels: usize, side: usize) -> Option<Vec<Vec<u8>>> {
    match (channels, side) {
        shape if shape == (pictures.channels, pictures.side) => Some(pictures.pixels.clone()),
        (3, SIDE) => Some(pictures.common().pixels),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let files = read(dir.path(), &ReadOptions::default()).unwrap().pictures;
        assert_eq!(array.common(), files);
        let features = |p: &ImageSet| FeatureExtractor::Judge.extract(p, dir.path()).unwrap().features;
        assert_eq!(features(&array), features(&files));
    }

    #[test]
    fn features_are_finite_or_a_flaw_names_the_set() {
        let path = Path::new("some/digits");
        let good = ExtractedFeatures::of(path, (2, vec![1.0, 2.0, 3.0, 4.0]), (1, vec![1.0, 1.0]));
        assert_eq!((good.features.rows(), good.flaw), (2, None));
        for bad in [
            ExtractedFeatures::of(path, (2, vec![1.0, f64::NAN]), (1, vec![1.0])),
            ExtractedFeatures::of(path, (2, vec![1.0; 2]), (1, vec![f64::INFINITY])),
        ] {
            assert_eq!((bad.features.rows(), bad.probabilities), (0, None));
            let flaw = bad.flaw.unwrap().to_string();
            assert!(flaw.contains("pictures of `digits`") && flaw.contains("row 1"), "{flaw}");
        }
    }
}
