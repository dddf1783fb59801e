//! The networks at inference: no library, the same bits everywhere.

use std::path::Path;

use data::reduce::SIDE;

use super::precision::Detection;
use super::targets::{PLANE, detections};
use super::{CONDITIONING, Contrast, Settings, Task, network_input};
use crate::LearnError;
use crate::file::File;
use crate::method::settings;
use crate::net::modulation::exp;
use crate::unet::network::Network;

/// Views of a frame: as it is, its mirror images, and both.
pub const VIEWS: usize = 4;

/// A network that says something of every pixel of a frame.
pub struct PixelNetwork {
    /// What it says.
    pub task: Task,
    /// Names of its classes.
    pub classes: Vec<String>,
    contrast: Contrast,
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
        Ok(Self { task, classes: header.classes.clone(), contrast: values.contrast, network })
    }

    /// Planes `[outputs][SIDE][SIDE]` of a frame (RGB, row after row, [`SIDE`] pixels a side).
    pub fn planes(&self, picture: &[u8]) -> Vec<f32> {
        self.network.apply(&network_input(picture, self.contrast), &CONDITIONING)
    }

    /// Of segmentation: the probability of each class at each pixel, `[classes][SIDE][SIDE]`; the mean over the first `views`
    /// (1 to [`VIEWS`]) of the frame, its mirror images, and both.
    pub fn probabilities(&self, picture: &[u8], views: usize) -> Vec<f32> {
        let views = views.clamp(1, VIEWS);
        let mut sums = vec![0f32; self.classes.len() * PLANE];
        for view in 0..views {
            let moved: Vec<u8> = (0..PLANE).flat_map(|i| at(picture, mirrored(i, view))).collect();
            let mut planes = self.planes(&moved);
            softmax_planes(&mut planes);
            for (sums, plane) in sums.chunks_exact_mut(PLANE).zip(planes.chunks_exact(PLANE)) {
                plane.iter().enumerate().for_each(|(i, p)| sums[mirrored(i, view)] += p / views as f32);
            }
        }
        sums
    }

    /// Of segmentation: the likeliest class of each pixel; of equal ones the first.
    pub fn mask(&self, picture: &[u8]) -> Vec<u8> {
        likeliest(&self.probabilities(picture, VIEWS))
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

/// Probabilities of the classes at each pixel, from logits `[classes][pixels]`.
fn softmax_planes(logits: &mut [f32]) {
    let mut most = [f32::NEG_INFINITY; PLANE];
    for plane in logits.chunks_exact(PLANE) {
        most.iter_mut().zip(plane).for_each(|(m, v)| *m = m.max(*v));
    }
    let mut sums = [0f32; PLANE];
    for plane in logits.chunks_exact_mut(PLANE) {
        for ((v, most), sum) in plane.iter_mut().zip(&most).zip(&mut sums) {
            *v = exp(*v - most);
            *sum += *v;
        }
    }
    for plane in logits.chunks_exact_mut(PLANE) {
        plane.iter_mut().zip(&sums).for_each(|(v, sum)| *v /= sum);
    }
}

fn at(picture: &[u8], place: usize) -> [u8; 3] {
    [picture[3 * place], picture[3 * place + 1], picture[3 * place + 2]]
}

/// The pixel at a place of one of four views: bit 0 mirrors left and right, bit 1 up and down.
fn mirrored(place: usize, view: usize) -> usize {
    let turned = |v: usize, is: bool| if is { SIDE - 1 - v } else { v };
    turned(place / SIDE, view & 2 != 0) * SIDE + turned(place % SIDE, view & 1 != 0)
}
