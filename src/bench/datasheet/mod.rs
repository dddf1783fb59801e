//! Datasheets of data sets (after Gebru et al. 2021): what is in a set of labelled pictures, what in it repeats or looks
//! wrong, and what its folder says about who made and labelled it.

pub mod augmentation;
pub mod balance;
pub mod documents;
pub mod duplicates;
pub mod hierarchy;
pub mod labels;
pub mod moments;
pub mod page;
pub mod perceptual;
mod report;
pub mod sizes;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use crate::sets::SetError;
use crate::sets::extractor::FeatureExtractor;
use crate::sets::image_set::ImageSet;
use augmentation::AugmentationSheet;
use balance::ClassBalance;
use data::augment::Augmentations;
use data::reader;
use data::sample::{Data, ImageKind, Samples};
use data::tree::LabelTree;
use documents::Document;
use duplicates::Duplicates;
use hierarchy::Hierarchy;
use labels::LabelCheck;
use moments::Moments;
use sizes::FileSizes;

/// What is examined.
#[derive(Clone, Debug)]
pub struct DatasheetSetup {
    /// Features by which labels are held against those of similar pictures: of several those that agree best with the
    /// labels.
    pub extractors: Vec<FeatureExtractor>,
    /// Pictures whose labels are checked at most: a random part of a larger set.
    pub checked: usize,
    /// A tree of its classes.
    pub tree: Option<LabelTree>,
    /// Augmentations that are drawn.
    pub augment: Option<Augmentations>,
}

/// What a set of labelled pictures is like.
#[derive(Clone, Debug)]
pub struct Datasheet {
    /// Name of the set.
    pub name: String,
    /// Where it was read from.
    pub path: PathBuf,
    /// All pictures, those of training first.
    pub pictures: ImageSet,
    /// What each is called: its file, or its split and its place in it.
    pub names: Vec<String>,
    /// How many of them are of the training split.
    pub training: usize,
    /// Whether its labels are the processes that rendered the pictures (`untrained dataset`).
    pub is_rendered: bool,
    /// Where its labels come from, in a sentence.
    pub label_source: String,
    /// Pictures by class and split.
    pub balance: ClassBalance,
    /// Sizes and formats of the files, where each picture has its own.
    pub files: Option<FileSizes>,
    /// Mean and spread of all, then of each class.
    pub moments: Vec<Moments>,
    /// Pictures that repeat.
    pub duplicates: Duplicates,
    /// Labels that similar pictures contradict; none where there are too few pictures.
    pub labels: Option<LabelCheck>,
    /// Its classes in their label tree.
    pub hierarchy: Option<Hierarchy>,
    /// Augmentations of one of its pictures.
    pub augmentation: Option<AugmentationSheet>,
    /// What the folder says about itself.
    pub documents: Vec<Document>,
    /// What was skipped or assumed in reading.
    pub notes: Vec<String>,
}

/// Examines a data set.
///
/// # Errors
/// It holds no pictures, its folder cannot be read, or the extractor cannot be used for it.
pub fn datasheet(data: Data, path: &Path, setup: &DatasheetSetup) -> Result<Datasheet, SetError> {
    let Data { name, kind, train, test, notes } = data;
    let balance = ClassBalance::of(&train, &test);
    let training = train.len();
    let names = named("train", &train).chain(named("test", &test)).collect();
    let pictures = joined(train, test);
    if pictures.pixels.is_empty() {
        return Err(SetError::input(path, "holds no pictures"));
    }
    let labels = labels::check(&pictures, path, &setup.extractors, setup.checked)?;
    Ok(Datasheet {
        hierarchy: setup.tree.as_ref().map(|tree| Hierarchy::of(tree, &balance, labels.as_ref())),
        label_source: reader::label_source(path)?,
        balance,
        files: FileSizes::of(path)?,
        moments: moments::all(&pictures),
        duplicates: Duplicates::of(&pictures, training),
        labels,
        augmentation: setup.augment.as_ref().map(|list| AugmentationSheet::of(&pictures, list)),
        documents: documents::of(path)?,
        name,
        path: path.into(),
        pictures,
        names,
        training,
        is_rendered: kind == ImageKind::Frames,
        notes,
    })
}

/// What the pictures of a split are called.
fn named<'a>(split: &'a str, samples: &'a Samples) -> impl Iterator<Item = String> + 'a {
    (0..samples.len()).map(move |i| samples.names.get(i).cloned().unwrap_or_else(|| format!("{split} {i}")))
}

/// The pictures of both splits, those of training first.
fn joined(train: Samples, test: Samples) -> ImageSet {
    ImageSet {
        channels: train.channels,
        side: train.side,
        classes: train.classes,
        pixels: train.pictures.into_iter().chain(test.pictures).collect(),
        labels: train.labels.into_iter().chain(test.labels).collect(),
    }
}
