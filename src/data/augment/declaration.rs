//! What an augmentation declares.

use std::ops::RangeInclusive;

use super::image::Image;
use world::rng::Rng;

/// A way to vary pictures.
#[derive(Debug)]
pub struct Augmentation {
    /// Its name in lists.
    pub name: &'static str,
    /// What it does, with its source.
    pub about: &'static str,
    /// How strong it may be.
    pub strength: Strength,
    /// How it is done.
    pub effect: Effect,
}

/// The strength of an augmentation.
#[derive(Clone, Debug)]
pub struct Strength {
    /// What the number is, with its unit.
    pub meaning: &'static str,
    /// What is valid; it begins at 0, which changes nothing.
    pub range: RangeInclusive<f32>,
    /// Where none is given.
    pub default: f32,
}

impl Strength {
    pub(super) const fn new(meaning: &'static str, most: f32, default: f32) -> Self {
        Self { meaning, range: RangeInclusive::new(0.0, most), default }
    }
}

/// How an augmentation is done: picture, strength and address in, picture out.
#[derive(Clone, Copy, Debug)]
pub enum Effect {
    /// On the picture alone; its label stays.
    Alone(fn(Image, f32, Rng) -> Image),
    /// With a second picture of the same size; also returns the share of the first, 0..=1, which is its part of the
    /// label.
    Mix(fn(Image, &Image, f32, Rng) -> (Image, f32)),
}
