//! The networks at inference: no library, the same bits everywhere.

use std::path::Path;

use data::reduce::SIDE;

use super::precision::Detection;
use super::targets::{PLANE, detections};
use super::{CONDITIONING, Settings, Task, network_input};
use crate::LearnError;
use crate::file::File;
use crate::method::settings;
use crate::net::layers::softmax;
use crate::unet::network::Network;

/// A network that says something of every pixel of a frame.
pub struct PixelNetwork {
    /// What it says.
    pub task: Task,
    /// Names of its classes.
    pub classes: Vec<String>,
    network: Network,
}

impl PixelNetwork {
    /// A network from a file.
    ///
    /// # Errors
    /// It cannot be read, or holds none.
    pub fn load(path: &Path) -> Result<Self, LearnError> {
        Self::open(&File::load(path)?, path)
    }

    /// The network of a file that was read; errors name `path`.
    ///
    /// # Errors
    /// It holds something else, or weights of another architecture.
    pub fn open(file: &File, path: &Path) -> Result<Self, LearnError> {
        let header = &file.header;
        let wrong = |message: String| LearnError::input(path, message);
        let task = Task::named(&header.method).filter(|_| header.world.is_none()).ok_or_else(|| {
            wrong(format!(
                "expected a network of `untrained train --task segment` or `detect`, found `{}`",
                header.method
            ))
        })?;
        if (header.side, header.channels) != (SIDE, 3) {
            return Err(wrong(format!(
                "expected coloured frames of {SIDE} pixels a side, found {}",
                header.side
            )));
        }
        let values: Settings = settings(&header.settings);
        let config = task.network(&values, header.classes.len()).map_err(wrong)?;
        let network = Network::of(&file.weights, "", config).map_err(wrong)?;
        Ok(Self { task, classes: header.classes.clone(), network })
    }

    /// Planes `[outputs][SIDE][SIDE]` of a frame (RGB, row after row, [`SIDE`] pixels a side).
    pub fn planes(&self, picture: &[u8]) -> Vec<f32> {
        self.network.apply(&network_input(picture), &CONDITIONING)
    }

    /// Of segmentation: the probability of each class at each pixel, `[classes][SIDE][SIDE]`; the mean over the frame, its
    /// mirror images, and both.
    pub fn probabilities(&self, picture: &[u8]) -> Vec<f32> {
        let classes = self.classes.len();
        let mut sums = vec![0f32; classes * PLANE];
        for view in 0..4 {
            let moved: Vec<u8> = (0..PLANE).flat_map(|i| at(picture, mirrored(i, view))).collect();
            let logits = self.planes(&moved);
            for i in 0..PLANE {
                let column: Vec<f32> = (0..classes).map(|c| logits[c * PLANE + i]).collect();
                let place = mirrored(i, view);
                softmax(&column).iter().enumerate().for_each(|(c, p)| sums[c * PLANE + place] += 0.25 * p);
            }
        }
        sums
    }

    /// Of segmentation: the likeliest class of each pixel; of equal ones the first.
    pub fn mask(&self, picture: &[u8]) -> Vec<u8> {
        likeliest(&self.probabilities(picture))
    }

    /// Of detection: the boxes in a frame, the surest first.
    pub fn detections(&self, picture: &[u8]) -> Vec<Detection> {
        detections(&self.planes(picture), self.classes.len())
    }
}

/// The likeliest class of each pixel, of probabilities `[classes][SIDE][SIDE]`; of equal ones the first.
pub fn likeliest(probabilities: &[f32]) -> Vec<u8> {
    let classes = probabilities.len() / PLANE;
    let value = |c: usize, i: usize| probabilities[c * PLANE + i];
    let best = |i: usize| (1..classes).fold(0, |best, c| if value(c, i) > value(best, i) { c } else { best });
    (0..PLANE).map(|i| best(i) as u8).collect()
}

fn at(picture: &[u8], place: usize) -> [u8; 3] {
    [picture[3 * place], picture[3 * place + 1], picture[3 * place + 2]]
}

/// The pixel at a place of one of four views: bit 0 mirrors left and right, bit 1 up and down.
fn mirrored(place: usize, view: usize) -> usize {
    let turned = |v: usize, is: bool| if is { SIDE - 1 - v } else { v };
    turned(place / SIDE, view & 2 != 0) * SIDE + turned(place % SIDE, view & 1 != 0)
}
