//! The frames that trivial opponents are made of.

use std::sync::Arc;

use super::super::{GeneratorError, hash_of};
use crate::sets::image_set::ImageSet;
use data::sample::shuffled;
use world::rng::Rng;

/// Training frames, in a fixed shuffled order.
#[derive(Clone, Debug)]
pub struct TrainingFrames {
    source: String,
    pictures: ImageSet,
    order: Vec<usize>,
    hash: u64,
}

impl TrainingFrames {
    /// Frames of a `source`, which is named in reports.
    ///
    /// # Errors
    /// There are none.
    pub fn new(source: &str, pictures: ImageSet) -> Result<Self, GeneratorError> {
        if pictures.pixels.is_empty() {
            return Err(GeneratorError::input(source, "expected training frames, found none"));
        }
        let order = shuffled(pictures.pixels.len(), Rng::new(0).named("training frames"));
        let hash = hash_of(pictures.pixels.iter().map(Vec::as_slice));
        Ok(Self { source: source.into(), pictures, order, hash })
    }

    /// What made them.
    pub fn source(&self) -> &str {
        &self.source
    }
    /// The frames.
    pub fn pictures(&self) -> &ImageSet {
        &self.pictures
    }
    /// Hash of all pixels.
    pub fn hash(&self) -> u64 {
        self.hash
    }
    /// How many.
    pub(super) fn count(&self) -> usize {
        self.order.len()
    }

    /// Frame `frame` of a seed's clip: the first is the seed's own, so that as many consecutive seeds as there are frames
    /// give each once; later ones are other frames at random.
    pub(super) fn at(&self, seed: u64, frame: u64) -> &[u8] {
        let n = self.order.len() as u64;
        let place = match frame {
            0 => seed % n,
            _ => Rng::new(seed).named("training frames").below(frame, n),
        };
        &self.pictures.pixels[self.order[place as usize]]
    }
}

/// The frames that an opponent is made of, all of one size.
#[derive(Clone, Debug)]
pub struct FrameSets {
    /// Training frames.
    pub training: Arc<TrainingFrames>,
    /// Frames of the reference, whose nearest training frames are looked for.
    pub targets: Arc<TrainingFrames>,
}

impl FrameSets {
    /// Both sets.
    ///
    /// # Errors
    /// Their pictures differ in size or channels.
    pub fn new(training: Arc<TrainingFrames>, targets: Arc<TrainingFrames>) -> Result<Self, GeneratorError> {
        let shape = |f: &TrainingFrames| (f.pictures.side, f.pictures.channels);
        if shape(&training) != shape(&targets) {
            let say =
                |(side, channels): (usize, usize)| format!("{side}×{side} pixels of {channels} channels");
            let message =
                format!("expected frames of {}, found {}", say(shape(&targets)), say(shape(&training)));
            return Err(GeneratorError::input(&training.source, message));
        }
        Ok(Self { training, targets })
    }
}

/// Frames for tests: `n` pictures of smooth waves with some noise.
#[cfg(test)]
pub(super) fn waves(n: usize, side: usize, channels: usize, seed: u64) -> TrainingFrames {
    let picture = |i: usize| {
        let rng = Rng::new(seed).fork(i as u64);
        let (fx, fy) = (rng.range(0, 0.5, 3.0), rng.range(1, 0.5, 3.0));
        let value = |k: usize| {
            let (x, y, c) = (k / channels % side, k / channels / side, k % channels);
            let turn = (fx * x as f32 + fy * y as f32) / side as f32 + 0.2 * c as f32 + rng.unit(2);
            let noise = 10.0 * (rng.fork(9).unit(k as u64) - 0.5);
            (128.0 + 70.0 * (std::f32::consts::TAU * turn).sin() + noise) as u8
        };
        (0..side * side * channels).map(value).collect()
    };
    let pixels = (0..n).map(picture).collect();
    let pictures = ImageSet { channels, side, pixels, classes: Vec::new(), labels: Vec::new() };
    TrainingFrames::new("waves", pictures).expect("frames")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consecutive_seeds_give_each_frame_once() {
        let frames = waves(13, 4, 1, 1);
        for first in [0u64, 7] {
            let mut all: Vec<&[u8]> = (first..first + 13).map(|s| frames.at(s, 0)).collect();
            all.sort();
            let mut expected: Vec<&[u8]> = frames.pictures().pixels.iter().map(Vec::as_slice).collect();
            expected.sort();
            assert_eq!(all, expected);
        }
    }

    #[test]
    fn sets_without_frames_or_of_two_sizes_are_rejected() {
        let nothing = waves(2, 4, 1, 1).pictures().pick(&[]);
        assert!(TrainingFrames::new("nowhere", nothing).unwrap_err().to_string().contains("found none"));
        let sets = FrameSets::new(Arc::new(waves(2, 4, 1, 1)), Arc::new(waves(2, 4, 3, 1)));
        let message = sets.unwrap_err().to_string();
        assert!(message.contains("of 3 channels, found 4×4 pixels of 1 channels"), "{message}");
    }
}
