//! Persistence: the last frame that was seen, kept.

use std::sync::Arc;

use super::frames::TrainingFrames;
use super::trivial::{FrameMaker, Trivial};

/// The opponent.
pub const TRIVIAL: Trivial = Trivial {
    name: "persistence",
    words: "training frames as they are",
    about: "Persistence: a training frame, kept throughout a clip.",
    make: |sets| Ok(Box::new(Persistence(Arc::clone(&sets.training)))),
};

struct Persistence(Arc<TrainingFrames>);

impl FrameMaker for Persistence {
    fn frame(&self, seed: u64, _: u64) -> Vec<u8> {
        self.0.at(seed, 0).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::super::frames::waves;
    use super::*;

    #[test]
    fn a_frame_of_the_training_set_stays() {
        let frames = Arc::new(waves(6, 8, 3, 4));
        let persistence = Persistence(Arc::clone(&frames));
        for seed in 0..12 {
            let first = persistence.frame(seed, 0);
            assert!(frames.pictures().pixels.contains(&first));
            assert!((1..5).all(|i| persistence.frame(seed, i) == first));
        }
    }
}
