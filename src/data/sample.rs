//! Labelled pictures in memory, from any source.

use rand::seq::SliceRandom;

use super::dataset;
use world::rng::Rng;

/// Kind of pictures, which decides the data augmentation in training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageKind {
    /// Frames of worlds: any rotation or reflection is valid.
    Frames,
    /// Digits and letters: small shifts only, as a mirrored 3 is not a 3.
    Glyphs,
    /// Objects: small shifts and horizontal flips.
    Things,
    /// Pictures whose every pixel counts: none at all.
    Fixed,
}

/// Pictures of one size with labels.
#[derive(Clone, Debug)]
pub struct Samples {
    /// 1 (grey) or 3 (RGB).
    pub channels: usize,
    /// Pixels a side.
    pub side: usize,
    /// Class names; labels index them.
    pub classes: Vec<String>,
    /// `side · side · channels` bytes a picture, channels last.
    pub pictures: Vec<Vec<u8>>,
    /// Class of each picture.
    pub labels: Vec<usize>,
    /// Origin of each picture: the seed of its world, or its index in the set. Validation holds out whole
    /// origins, since two frames of one world are nearly the same picture.
    pub origins: Vec<u64>,
    /// The file of each picture, relative to the set's folder; empty if pictures have no files of their own.
    pub names: Vec<String>,
}

/// A data set: its training and test splits.
#[derive(Clone, Debug)]
pub struct Data {
    /// Name for the model card: the folder's own.
    pub name: String,
    /// Kind of pictures.
    pub kind: ImageKind,
    /// The training split.
    pub train: Samples,
    /// The test split; empty if the source has none.
    pub test: Samples,
    /// What was skipped or assumed, a line each.
    pub notes: Vec<String>,
}

impl Data {
    /// Without the classes that have no training pictures.
    pub fn learnable(self) -> Self {
        let Self { name, kind, train, test, mut notes } = self;
        let names = train.classes.clone();
        let kept: Vec<usize> = (0..names.len()).filter(|c| train.labels.contains(c)).collect();
        if kept.len() == names.len() {
            return Self { name, kind, train, test, notes };
        }
        let lost = (0..names.len()).filter(|c| !kept.contains(c)).map(|c| names[c].as_str());
        notes.push(format!(
            "skipped the classes without training pictures: {}",
            lost.collect::<Vec<_>>().join(", ")
        ));
        let only = |s: Samples| {
            let places: Vec<usize> = (0..s.len()).filter(|i| kept.contains(&s.labels[*i])).collect();
            let mut s = s.pick(&places);
            s.labels.iter_mut().for_each(|l| *l = kept.partition_point(|k| k < l));
            s.classes = kept.iter().map(|c| names[*c].clone()).collect();
            s
        };
        Self { name, kind, train: only(train), test: only(test), notes }
    }
}

impl Samples {
    /// No pictures yet.
    pub fn empty(channels: usize, side: usize, classes: Vec<String>) -> Self {
        Self {
            channels,
            side,
            classes,
            pictures: Vec::new(),
            labels: Vec::new(),
            origins: Vec::new(),
            names: Vec::new(),
        }
    }
    /// Adds a picture; without an origin it is its own.
    pub fn push(&mut self, picture: Vec<u8>, label: usize, origin: Option<u64>) {
        self.origins.push(origin.unwrap_or(self.labels.len() as u64));
        self.pictures.push(picture);
        self.labels.push(label);
    }
    /// How many pictures.
    pub fn len(&self) -> usize {
        self.labels.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }
    /// The pictures at these indices.
    pub fn pick(&self, places: &[usize]) -> Self {
        Self {
            pictures: places.iter().map(|&i| self.pictures[i].clone()).collect(),
            labels: places.iter().map(|&i| self.labels[i]).collect(),
            origins: places.iter().map(|&i| self.origins[i]).collect(),
            names: places.iter().filter_map(|&i| self.names.get(i).cloned()).collect(),
            ..Self::empty(self.channels, self.side, self.classes.clone())
        }
    }
    /// Hash of pixels and labels.
    pub fn hash(&self) -> u64 {
        let all = self.pictures.iter().zip(&self.labels);
        all.fold(0, |h: u64, (p, l)| h.rotate_left(7) ^ dataset::hash(p) ^ *l as u64)
    }
}

/// A random permutation of 0..n.
pub fn shuffled(n: usize, r: Rng) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    order.shuffle(&mut r.sequence());
    order
}
