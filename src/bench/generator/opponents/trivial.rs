//! What trivial opponents have in common.

use super::super::{Clip, Cost, Generator, GeneratorError, SampleSpec, Stopwatch, fitted, hash_of};
use super::frames::FrameSets;

/// A kind of trivial opponent.
pub struct Trivial {
    /// Name in reports and on the command line.
    pub name: &'static str,
    /// What its pictures are, in a few words.
    pub words: &'static str,
    /// One sentence, with its source.
    pub about: &'static str,
    /// Sets it up from frames.
    pub(super) make: fn(&FrameSets) -> Result<Box<dyn FrameMaker>, String>,
}

/// Makes frames of the size of the training frames.
pub(super) trait FrameMaker: Send + Sync {
    /// Frame `frame` of a seed's clip, as bytes, channels last.
    fn frame(&self, seed: u64, frame: u64) -> Vec<u8>;
}

/// A trivial opponent, as a generator.
pub struct Opponent {
    name: String,
    kind: &'static Trivial,
    sets: FrameSets,
    maker: Box<dyn FrameMaker>,
}

impl Opponent {
    /// An opponent of a kind, made of these frames.
    ///
    /// # Errors
    /// There are too few frames for it.
    pub fn new(name: &str, kind: &'static Trivial, sets: FrameSets) -> Result<Self, GeneratorError> {
        let maker = (kind.make)(&sets).map_err(|e| GeneratorError::input(name, e))?;
        Ok(Self { name: name.into(), kind, sets, maker })
    }
}

impl Generator for Opponent {
    fn name(&self) -> &str {
        &self.name
    }
    fn about(&self) -> String {
        let frames = &self.sets.training;
        format!("{} From {} frames of {}.", self.kind.about, frames.count(), frames.source())
    }
    fn cost(&self) -> Cost {
        let pixels = &self.sets.training.pictures().pixels;
        Cost {
            description_bytes: pixels.iter().map(|p| p.len() as u64).sum(),
            training_seconds: 0.0,
            training_images: pixels.len() as u64,
        }
    }
    fn hash(&self) -> u64 {
        let [training, targets] = [&self.sets.training, &self.sets.targets].map(|f| f.hash().to_le_bytes());
        hash_of([self.kind.name.as_bytes(), &training, &targets])
    }
    fn native_size(&self) -> Option<(usize, usize)> {
        let side = self.sets.training.pictures().side;
        Some((side, side))
    }
    fn is_learned(&self) -> bool {
        false
    }
    fn sample(&self, seed: u64, spec: &SampleSpec) -> Result<Clip, GeneratorError> {
        let mut clock = Stopwatch::start();
        let pictures = self.sets.training.pictures();
        let (size, channels) = ((pictures.side, pictures.side), pictures.channels);
        let mut clip = Clip {
            frames: Vec::new(),
            side: spec.side,
            channels: spec.channels,
            label: None,
            milliseconds: Vec::new(),
        };
        for frame in 0..spec.frames as u64 {
            clip.frames.push(fitted(&self.maker.frame(seed, frame), size, channels, spec));
            clip.milliseconds.push(clock.lap());
        }
        Ok(clip)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::frames::waves;
    use super::super::{TRIVIAL, TrainingFrames};
    use super::*;

    fn sets(channels: usize) -> FrameSets {
        let frames = |seed| -> Arc<TrainingFrames> { Arc::new(waves(9, 16, channels, seed)) };
        FrameSets::new(frames(1), frames(2)).unwrap()
    }

    #[test]
    fn the_same_seed_gives_the_same_clip_at_any_thread_count() {
        for channels in [1, 3] {
            let spec = SampleSpec { side: 16, channels, frames: 3, every: 1, warm_up: 0 };
            for kind in TRIVIAL {
                let clips = |threads| {
                    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                    let opponent = Opponent::new(kind.name, kind, sets(channels)).unwrap();
                    pool.install(|| {
                        (0..5).map(|s| opponent.sample(s, &spec).unwrap().frames).collect::<Vec<_>>()
                    })
                };
                let (one, two) = (clips(1), clips(2));
                assert_eq!(one, two, "{}", kind.name);
                assert!(one.iter().flatten().all(|f| f.len() == 16 * 16 * channels), "{}", kind.name);
                // Nine targets may have the same nearest frame; all others differ from seed to seed.
                assert!(kind.name == "nearest" || one[0] != one[1], "{}", kind.name);
            }
        }
    }

    #[test]
    fn opponents_say_what_they_are_and_what_they_cost() {
        let sets = sets(3);
        let spec = SampleSpec { side: 28, channels: 1, frames: 1, every: 1, warm_up: 0 };
        let mut hashes = Vec::new();
        for kind in TRIVIAL {
            let opponent = Opponent::new(kind.name, kind, sets.clone()).unwrap();
            assert!(!opponent.is_learned() && opponent.about().ends_with("From 9 frames of waves."));
            assert_eq!(opponent.cost().description_bytes, 9 * 16 * 16 * 3);
            assert_eq!(opponent.native_size(), Some((16, 16)));
            assert_eq!(opponent.sample(0, &spec).unwrap().frames[0].len(), 28 * 28, "it is fitted");
            hashes.push(opponent.hash());
        }
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), TRIVIAL.len());
    }
}
