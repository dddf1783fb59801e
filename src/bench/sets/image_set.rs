//! Pictures of one size, with their classes.

use rayon::prelude::*;

use crate::metrics::catalogue::GreyImages;
use crate::metrics::image::Grey;
use data::reduce::SIDE;
use data::resample::resample_bytes;

/// Pictures of one size.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageSet {
    /// 1 (grey) or 3 (RGB).
    pub channels: usize,
    /// Pixels a side.
    pub side: usize,
    /// `side · side · channels` bytes a picture, channels last.
    pub pixels: Vec<Vec<u8>>,
    /// Class names; empty if the set has none.
    pub classes: Vec<String>,
    /// Class of each picture; empty if the set has none.
    pub labels: Vec<usize>,
}

impl ImageSet {
    /// The pictures in grey, with their classes.
    pub fn grey_images(&self) -> GreyImages {
        let grey = |p: &Vec<u8>| match self.channels {
            1 => Grey::from_levels(self.side, self.side, p),
            _ => Grey::from_rgb(self.side, self.side, p),
        };
        // Readers return complete pictures only.
        GreyImages {
            pictures: self.pixels.iter().filter_map(|p| grey(p).ok()).collect(),
            labels: self.labels.clone(),
            classes: self.classes.clone(),
        }
    }

    /// The same in colour at the judge's size, as if read from files.
    pub fn common(&self) -> Self {
        let resized = |p: &Vec<u8>| {
            let own = resample_bytes(p, (self.side, self.side), (SIDE, SIDE), self.channels);
            match self.channels {
                1 => own.iter().flat_map(|v| [*v; 3]).collect(),
                _ => own,
            }
        };
        Self {
            channels: 3,
            side: SIDE,
            pixels: self.pixels.par_iter().map(resized).collect(),
            labels: self.labels.clone(),
            classes: self.classes.clone(),
        }
    }

    /// The pictures at these indices.
    pub fn pick(&self, indices: &[usize]) -> Self {
        Self {
            pixels: indices.iter().map(|&i| self.pixels[i].clone()).collect(),
            labels: indices.iter().filter_map(|&i| self.labels.get(i).copied()).collect(),
            classes: self.classes.clone(),
            ..*self
        }
    }
}
