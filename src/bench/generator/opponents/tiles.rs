//! Tiles: patches of training frames, quilted on a grid.

use std::sync::Arc;

use super::frames::TrainingFrames;
use super::trivial::{FrameMaker, Trivial};
use world::rng::Rng;

/// Tiles a side.
const TILES: usize = 4;

/// The opponent.
pub const TRIVIAL: Trivial = Trivial {
    name: "tiles",
    words: "tiles of training frames",
    about: "Tiles: a grid of 4×4 patches, each from the same place of a random training frame, with seams (after Efros and Freeman 2001).",
    make: |sets| Ok(Box::new(Tiles(Arc::clone(&sets.training)))),
};

struct Tiles(Arc<TrainingFrames>);

/// Side of a tile in pixels; the last tiles may be smaller.
fn tile(side: usize) -> usize {
    side.div_ceil(TILES).max(1)
}

impl FrameMaker for Tiles {
    fn frame(&self, seed: u64, frame: u64) -> Vec<u8> {
        let pictures = self.0.pictures();
        let (side, channels, edge) = (pictures.side, pictures.channels, tile(pictures.side));
        let rng = Rng::new(seed).named("tiles").fork(frame);
        let mut out = Vec::with_capacity(side * side * channels);
        for y in 0..side {
            for first in (0..side).step_by(edge) {
                let place = (y / edge * TILES + first / edge) as u64;
                let from = &pictures.pixels[rng.below(place, pictures.pixels.len() as u64) as usize];
                let end = (first + edge).min(side);
                out.extend_from_slice(&from[(y * side + first) * channels..(y * side + end) * channels]);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::super::frames::waves;
    use super::*;

    #[test]
    fn every_patch_occurs_verbatim_in_a_training_frame() {
        for (side, channels) in [(16, 3), (28, 1), (13, 1)] {
            let frames = Arc::new(waves(11, side, channels, 7));
            let tiles = Tiles(Arc::clone(&frames));
            let edge = tile(side);
            let patch = |picture: &[u8], x: usize, y: usize| -> Vec<u8> {
                let rows = y..(y + edge).min(side);
                let end = (x + edge).min(side);
                rows.flat_map(|r| picture[(r * side + x) * channels..(r * side + end) * channels].to_vec())
                    .collect()
            };
            let mut sources = Vec::new();
            for seed in 0..8 {
                let made = tiles.frame(seed, 0);
                assert_eq!(made.len(), side * side * channels);
                for (x, y) in
                    (0..side).step_by(edge).flat_map(|y| (0..side).step_by(edge).map(move |x| (x, y)))
                {
                    let wanted = patch(&made, x, y);
                    let from = frames.pictures().pixels.iter().position(|p| patch(p, x, y) == wanted);
                    sources.push(
                        from.unwrap_or_else(|| panic!("seed {seed}: the patch at {x}, {y} is of no frame")),
                    );
                }
                assert!(!frames.pictures().pixels.contains(&made), "a quilt is no copy");
            }
            sources.sort_unstable();
            sources.dedup();
            assert_eq!(sources.len(), 11, "patches are from all frames");
        }
    }
}
