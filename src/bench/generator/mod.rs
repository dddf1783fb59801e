//! Generators: anything that answers a seed with frames. A scene left to run ([`rule`]), pictures on a shelf
//! ([`image_folder`]), noise ([`noise`]), a trained model ([`learned`]). The same seed gives the same clip, at any thread count.

pub mod image_folder;
pub mod learned;
pub mod noise;
mod prior;
pub mod rule;

use std::time::Duration;

use data::reduce::{reduce_to, resized};

pub use image_folder::ImageFolder;
pub use learned::{IMITATOR, Learned};
pub use noise::Noise;
pub use rule::SceneGenerator;

/// What frames are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct SampleSpec {
    /// Pixels a side.
    pub side: usize,
    /// 1 (grey, Rec. 709 luma) or 3 (RGB).
    pub channels: usize,
    /// Frames.
    pub frames: usize,
    /// Ticks between frames, for what has ticks.
    pub every: u64,
    /// Ticks before the first frame, for what has ticks.
    pub warm_up: u64,
}

/// What a generator answers.
#[derive(Clone, Debug)]
pub struct Clip {
    /// `side · side · channels` bytes a frame, channels last.
    pub frames: Vec<Vec<u8>>,
    /// Pixels a side.
    pub side: usize,
    /// 1 or 3.
    pub channels: usize,
    /// Class, by place in [`Generator::classes`].
    pub label: Option<usize>,
    /// Processor milliseconds of the calling thread, a frame; the first has birth and warm-up in it. Not part of what a
    /// seed decides.
    pub milliseconds: Vec<f64>,
}

/// What a generator costs before its first frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Cost {
    /// Bytes that describe it: a scene's text, a model's file, a shelf's pixels. The program itself is not counted.
    pub description_bytes: u64,
    /// Processor seconds of its training.
    pub training_seconds: f64,
    /// Different pictures that it was trained on.
    pub training_images: u64,
}

/// Why there is no clip, or no generator.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum GeneratorError {
    /// It cannot be made: bad input.
    #[error("{name}: {message}")]
    Input {
        /// What was asked for.
        name: String,
        /// What was expected, what was found.
        message: String,
    },
    /// It has no clip for a seed.
    #[error("{name} failed at seed {seed}: {message}")]
    Sample {
        /// Which generator.
        name: String,
        /// The seed.
        seed: u64,
        /// What went wrong.
        message: String,
    },
}

impl GeneratorError {
    /// A generator that cannot be made.
    pub fn input(name: &str, message: impl std::fmt::Display) -> Self {
        Self::Input { name: name.into(), message: message.to_string() }
    }
    /// A seed that has no clip.
    pub fn sample(name: &str, seed: u64, message: impl std::fmt::Display) -> Self {
        Self::Sample { name: name.into(), seed, message: message.to_string() }
    }
}

/// Anything that answers a seed with frames.
pub trait Generator: Sync {
    /// A short name for reports.
    fn name(&self) -> &str;
    /// One sentence on what it is, with all that is needed to make it again.
    fn about(&self) -> String;
    /// What it costs before its first frame.
    fn cost(&self) -> Cost;
    /// A number for all that decides its frames beside the seed.
    fn hash(&self) -> u64;
    /// How many different samples it has; `None` if there is no end to them.
    fn size(&self) -> Option<usize> {
        None
    }
    /// Names of the classes that labels index.
    fn classes(&self) -> &[String] {
        &[]
    }
    /// The class that a seed's frames have, if it is known before they are made.
    fn label(&self, _seed: u64) -> Option<usize> {
        None
    }
    /// The frames of a seed.
    ///
    /// # Errors
    /// It has none for this seed.
    fn sample(&self, seed: u64, spec: &SampleSpec) -> Result<Clip, GeneratorError>;
}

/// A picture (`channels` 1, 3 or 4, channels last) of any size as the brief wants it: squashed by area means. A small square
/// one becomes larger as one from a file does.
pub fn fitted(pixels: &[u8], size: (usize, usize), channels: usize, spec: &SampleSpec) -> Vec<u8> {
    if size == (spec.side, spec.side) && channels == spec.channels {
        return pixels.to_vec();
    }
    let coloured: Vec<u8>;
    let (pixels, channels) = match channels {
        1 => {
            coloured = pixels.iter().flat_map(|v| [*v; 3]).collect();
            (&coloured[..], 3)
        }
        n => (pixels, n),
    };
    if channels == 3 && size.0 == size.1 && size.0 < spec.side {
        return resized(pixels, (size.0, 3), (spec.side, spec.channels));
    }
    let rgb = reduce_to(spec.side, pixels, size.0, size.1, channels);
    let luma = |p: &[u8]| (0.2126 * p[0] as f32 + 0.7152 * p[1] as f32 + 0.0722 * p[2] as f32 + 0.5) as u8;
    match spec.channels {
        1 => rgb.chunks_exact(3).map(luma).collect(),
        _ => rgb,
    }
}

/// Processor time of this thread since the last call of [`Stopwatch::lap`].
pub(crate) struct Stopwatch(Duration);

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self(thread_time())
    }
    /// Milliseconds.
    pub(crate) fn lap(&mut self) -> f64 {
        let now = thread_time();
        let lap = now.saturating_sub(self.0);
        self.0 = now;
        lap.as_secs_f64() * 1e3
    }
}

fn thread_time() -> Duration {
    cpu_time::ThreadTime::try_now().map_or(Duration::ZERO, |t| t.as_duration())
}

/// FNV-1a over pieces of bytes.
pub(crate) fn hash_of<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> u64 {
    let bytes = pieces.into_iter().flatten();
    bytes.fold(0xcbf2_9ce4_8422_2325, |h: u64, b| (h ^ *b as u64).wrapping_mul(0x100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_take_the_size_and_colours_asked_for() {
        let spec = |side, channels| SampleSpec { side, channels, frames: 1, every: 1, warm_up: 0 };
        let red = [200u8, 10, 0, 255].repeat(12 * 7);
        let rgb = fitted(&red, (12, 7), 4, &spec(5, 3));
        assert!(rgb.len() == 75 && rgb.chunks(3).all(|p| p == [200, 10, 0]));
        // Rec. 709: 0.2126 · 200 + 0.7152 · 10 = 49.67.
        assert_eq!(fitted(&red, (12, 7), 4, &spec(5, 1)), [50; 25]);
        let grey = [7u8; 64];
        assert_eq!(fitted(&grey, (8, 8), 1, &spec(8, 1)), grey);
        assert_eq!(fitted(&grey, (8, 8), 1, &spec(3, 3)), [7; 27]);
    }
}
