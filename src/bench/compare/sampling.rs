//! Samples of one generator, drawn in parallel, in seed order.

use std::ops::Range;

use rayon::prelude::*;

use super::progress::ProgressObserver;
use crate::generator::{Clip, Generator, GeneratorError, SampleSpec, hash_of};
use crate::sets::image_set::ImageSet;

/// Samples, in the order of their seeds.
#[derive(Clone, Debug)]
pub struct DrawnSamples {
    /// The seed of each sample.
    pub seeds: Vec<u64>,
    /// Their pictures.
    pub pictures: ImageSet,
    /// Hash of all pixels.
    pub hash: u64,
    /// Why there are fewer than requested.
    pub failure: Option<String>,
}

impl DrawnSamples {
    /// Keeps the first `count` samples.
    pub fn truncate(&mut self, count: usize) {
        self.seeds.truncate(count);
        self.pictures.pixels.truncate(count);
        self.pictures.labels.truncate(count);
        self.hash = hash_of(self.pictures.pixels.iter().map(Vec::as_slice));
    }
}

/// Seeds drawn at once; none are drawn after a failed batch.
const BATCH: usize = 16;

/// The still of every seed.
pub fn draw_samples(
    generator: &dyn Generator,
    seeds: Range<u64>,
    spec: &SampleSpec,
    watch: &dyn ProgressObserver,
) -> DrawnSamples {
    let spec = SampleSpec { frames: 1, ..*spec };
    draw(generator, seeds, &spec, watch, &|seed| still(generator, seed, &spec))
}

/// Every frame of every seed.
pub fn draw_frames(
    generator: &dyn Generator,
    seeds: Range<u64>,
    spec: &SampleSpec,
    watch: &dyn ProgressObserver,
) -> DrawnSamples {
    draw(generator, seeds, spec, watch, &|seed| one(generator, seed, spec))
}

/// The frames of a seed, or why there are none.
type Made = Result<Clip, GeneratorError>;

fn draw(
    generator: &dyn Generator,
    seeds: Range<u64>,
    spec: &SampleSpec,
    watch: &dyn ProgressObserver,
    make: &(dyn Fn(u64) -> Made + Sync),
) -> DrawnSamples {
    let pixels = ImageSet {
        channels: spec.channels,
        side: spec.side,
        pixels: Vec::new(),
        classes: generator.classes().to_vec(),
        labels: Vec::new(),
    };
    let mut drawn = DrawnSamples { seeds: Vec::new(), pictures: pixels, hash: 0, failure: None };
    let requested = (seeds.end - seeds.start) as usize * spec.frames;
    watch.begin(&format!("{}: samples", generator.name()), requested);
    let all: Vec<u64> = seeds.collect();
    for batch in all.chunks(BATCH) {
        if watch.stopped() {
            drawn.failure = Some(format!("interrupted after {} of {requested} samples", drawn.seeds.len()));
            break;
        }
        let clips: Vec<Made> = batch.par_iter().map(|seed| make(*seed)).collect();
        for (seed, clip) in batch.iter().zip(clips) {
            match clip {
                Ok(mut clip) => {
                    drawn.seeds.extend(std::iter::repeat_n(*seed, clip.frames.len()));
                    drawn.pictures.labels.extend(clip.label.iter().cycle().take(clip.frames.len()));
                    drawn.pictures.pixels.append(&mut clip.frames);
                }
                Err(e) if drawn.failure.is_none() => drawn.failure = Some(e.to_string()),
                Err(_) => {}
            }
        }
        watch.done(batch.len() * spec.frames);
        if drawn.failure.is_some() {
            break;
        }
    }
    if let Some(failure) = drawn.failure.take_if(|_| drawn.seeds.len() < requested) {
        drawn.failure = Some(format!("{failure} ({} of {requested} samples)", drawn.seeds.len()));
    }
    if drawn.pictures.labels.len() < drawn.seeds.len() {
        drawn.pictures.labels.clear();
    }
    drawn.hash = hash_of(drawn.pictures.pixels.iter().map(Vec::as_slice));
    drawn
}

/// The frames of a seed, checked against the specification.
pub(super) fn one(generator: &dyn Generator, seed: u64, spec: &SampleSpec) -> Made {
    checked(generator, seed, spec, generator.sample(seed, spec)?)
}

/// The still of a seed, checked as well.
fn still(generator: &dyn Generator, seed: u64, spec: &SampleSpec) -> Made {
    checked(generator, seed, spec, generator.still(seed, spec)?)
}

fn checked(generator: &dyn Generator, seed: u64, spec: &SampleSpec, clip: Clip) -> Made {
    let bytes = spec.side * spec.side * spec.channels;
    let same = (clip.side, clip.channels, clip.frames.len()) == (spec.side, spec.channels, spec.frames);
    if !same || clip.frames.iter().any(|f| f.len() != bytes) {
        let message = format!(
            "expected {} frames of {}×{} and {} channels, found {} of {}×{} and {}",
            spec.frames,
            spec.side,
            spec.side,
            spec.channels,
            clip.frames.len(),
            clip.side,
            clip.side,
            clip.channels
        );
        return Err(GeneratorError::sample(generator.name(), seed, message));
    }
    Ok(clip)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generator::{Cost, Noise};

    struct NoProgress;
    impl ProgressObserver for NoProgress {}

    /// Noise that fails at one seed.
    struct FailingNoise(u64);
    impl Generator for FailingNoise {
        fn name(&self) -> &str {
            "frail"
        }
        fn about(&self) -> String {
            "It fails.".into()
        }
        fn cost(&self) -> Cost {
            Cost::default()
        }
        fn hash(&self) -> u64 {
            0
        }
        fn sample(&self, seed: u64, spec: &SampleSpec) -> Result<Clip, GeneratorError> {
            match seed == self.0 {
                true => Err(GeneratorError::sample("frail", seed, String::from("on purpose"))),
                false => Noise.sample(seed, spec),
            }
        }
    }

    #[test]
    fn a_failure_half_way_keeps_the_samples_so_far_and_reports_their_number() {
        let spec = SampleSpec { side: 8, channels: 1, frames: 3, every: 1, warm_up: 0 };
        let whole = draw_samples(&Noise, 10..60, &spec, &NoProgress);
        assert_eq!((whole.seeds.len(), whole.failure), (50, None));
        let half = draw_samples(&FailingNoise(30), 10..60, &spec, &NoProgress);
        // The batch that failed is completed, except for the failed seed.
        let expected: Vec<u64> = (10..42).filter(|s| *s != 30).collect();
        assert_eq!(half.seeds, expected);
        assert_eq!(half.pictures.pixels.len(), expected.len());
        assert_eq!(half.pictures.pixels[21], whole.pictures.pixels[22], "each picture stays with its seed");
        let failure = half.failure.unwrap();
        assert!(failure.contains("on purpose") && failure.contains("31 of 50"), "{failure}");
        let mut clips = draw_frames(&Noise, 10..12, &spec, &NoProgress);
        assert_eq!((&clips.seeds[..], clips.pictures.pixels.len()), (&[10, 10, 10, 11, 11, 11][..], 6));
        assert_eq!(
            clips.pictures.pixels[3], whole.pictures.pixels[1],
            "a clip begins with the seed's sample"
        );
        let hash = clips.hash;
        clips.truncate(4);
        assert!(clips.seeds == [10, 10, 10, 11] && clips.pictures.pixels.len() == 4 && clips.hash != hash);
    }
}
