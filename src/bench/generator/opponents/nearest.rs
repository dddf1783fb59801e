//! Nearest: the training frame nearest to a frame of the reference, a copy that looks as if it fitted.

use super::frames::FrameSets;
use super::trivial::{FrameMaker, Trivial};

/// The opponent.
pub const TRIVIAL: Trivial = Trivial {
    name: "nearest",
    words: "the nearest training frames",
    about: "Nearest: the training frame with the least squared difference from a frame of the reference, a copy.",
    make: |sets| Ok(Box::new(Nearest(sets.clone()))),
};

struct Nearest(FrameSets);

/// Sum of squared differences, exact.
fn difference(a: &[u8], b: &[u8]) -> u64 {
    a.iter().zip(b).map(|(a, b)| u64::from(a.abs_diff(*b)).pow(2)).sum()
}

impl FrameMaker for Nearest {
    fn frame(&self, seed: u64, frame: u64) -> Vec<u8> {
        let target = self.0.targets.at(seed, frame);
        let all = self.0.training.pictures().pixels.iter();
        // The first of several.
        all.min_by_key(|p| difference(p, target)).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::frames::waves;
    use super::*;

    #[test]
    fn no_training_frame_is_nearer() {
        let sets = FrameSets::new(Arc::new(waves(40, 8, 3, 1)), Arc::new(waves(15, 8, 3, 2))).unwrap();
        let nearest = Nearest(sets.clone());
        for seed in 0..15 {
            let (target, found) = (sets.targets.at(seed, 0), nearest.frame(seed, 0));
            let far = |p: &[u8]| -> f64 {
                p.iter().zip(target).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum::<f64>().sqrt()
            };
            let pixels = &sets.training.pictures().pixels;
            assert!(pixels.contains(&found));
            assert!(pixels.iter().all(|p| far(p) >= far(&found)), "seed {seed}");
        }
    }
}
