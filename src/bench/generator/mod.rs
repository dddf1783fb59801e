//! Generators: anything that turns a seed into frames. A scene left to run ([`rule`]), existing pictures
//! ([`image_folder`]), noise ([`noise`]), a trained model ([`learned`]), trivial opponents of trained models
//! ([`opponents`]). The same seed gives the same clip, at any thread count.

mod flow;
pub mod image_folder;
pub mod learned;
pub mod noise;
pub mod opponents;
mod prior;
pub mod rule;

use std::time::Duration;

use crate::metrics::gas::Flow;
use crate::price::Profile;
use data::resample::{levels, resample};

pub use flow::FlowSource;
pub use image_folder::ImageFolder;
pub use learned::{IMITATOR, Learned};
pub use noise::Noise;
pub use rule::SceneGenerator;

/// Specification of the frames of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct SampleSpec {
    /// Pixels a side.
    pub side: usize,
    /// 1 (grey, Rec. 709 luma) or 3 (RGB).
    pub channels: usize,
    /// Number of frames.
    pub frames: usize,
    /// Ticks between frames, for generators that have ticks.
    pub every: u64,
    /// Ticks before the first frame, for generators that have ticks.
    pub warm_up: u64,
}

/// Frames of one sample.
#[derive(Clone, Debug)]
pub struct Clip {
    /// `side · side · channels` bytes a frame, channels last.
    pub frames: Vec<Vec<u8>>,
    /// Pixels a side.
    pub side: usize,
    /// 1 or 3.
    pub channels: usize,
    /// Class, as an index into [`Generator::classes`].
    pub label: Option<usize>,
    /// CPU time of the calling thread for each frame, milliseconds; the first includes instantiation and warm-up. Not
    /// determined by the seed.
    pub milliseconds: Vec<f64>,
}

/// What a generator costs before its first frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Cost {
    /// Bytes that describe it: a scene's text, a model's file, the pixels of a folder. The program itself is not
    /// counted.
    pub description_bytes: u64,
    /// CPU time of its training, seconds.
    pub training_seconds: f64,
    /// Number of different training pictures.
    pub training_images: u64,
}

/// Why there is no clip, or no generator.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum GeneratorError {
    /// It cannot be created: invalid input.
    #[error("{name}: {message}")]
    Input {
        /// What was requested.
        name: String,
        /// What was expected, what was found.
        message: String,
    },
    /// It failed to produce a clip for a seed.
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
    /// A generator that cannot be created.
    pub fn input(name: &str, message: impl std::fmt::Display) -> Self {
        Self::Input { name: name.into(), message: message.to_string() }
    }
    /// A seed for which it failed.
    pub fn sample(name: &str, seed: u64, message: impl std::fmt::Display) -> Self {
        Self::Sample { name: name.into(), seed, message: message.to_string() }
    }
}

/// Anything that turns a seed into frames.
///
/// ```
/// use bench::generator::{Clip, Cost, Generator, GeneratorError, SampleSpec};
///
/// /// Uniform grey.
/// struct Grey;
///
/// impl Generator for Grey {
///     fn name(&self) -> &str {
///         "grey"
///     }
///     fn about(&self) -> String {
///         "Grey: every value is the seed modulo 256.".into()
///     }
///     fn cost(&self) -> Cost {
///         Cost::default()
///     }
///     fn hash(&self) -> u64 {
///         1
///     }
///     fn sample(&self, seed: u64, spec: &SampleSpec) -> Result<Clip, GeneratorError> {
///         let frame = vec![seed as u8; spec.side * spec.side * spec.channels];
///         Ok(Clip {
///             frames: vec![frame; spec.frames],
///             side: spec.side,
///             channels: spec.channels,
///             label: None,
///             milliseconds: vec![0.0; spec.frames],
///         })
///     }
/// }
///
/// let spec = SampleSpec { side: 8, channels: 1, frames: 2, every: 1, warm_up: 0 };
/// assert_eq!(Grey.sample(263, &spec)?.frames, [[7; 64]; 2]);
/// # Ok::<(), GeneratorError>(())
/// ```
pub trait Generator: Sync {
    /// A short name for reports.
    fn name(&self) -> &str;
    /// One sentence on what it is, with everything needed to recreate it.
    fn about(&self) -> String;
    /// What it costs before its first frame.
    fn cost(&self) -> Cost;
    /// Hash of everything but the seed that determines its frames.
    fn hash(&self) -> u64;
    /// How far it can be steered, where it runs, and what is known of its training beyond [`Self::cost`].
    fn profile(&self) -> Profile {
        Profile::default()
    }
    /// Number of different samples; `None` if unlimited.
    fn size(&self) -> Option<usize> {
        None
    }
    /// Names of the classes that labels index.
    fn classes(&self) -> &[String] {
        &[]
    }
    /// The class of a seed's frames, if known in advance.
    fn label(&self, _seed: u64) -> Option<usize> {
        None
    }
    /// Width and height of its own pictures, pixels, before they are fitted to a specification; `None` if it makes any
    /// size that is asked for.
    fn native_size(&self) -> Option<(usize, usize)> {
        None
    }
    /// Whether it was trained on pictures, and so has to beat what trivially reuses them.
    fn is_learned(&self) -> bool {
        self.cost().training_images > 0
    }
    /// The same rule on worlds of 1/`factor` of the cells a side; `None` if this is not a rule, or cannot be coarser.
    fn coarser(&self, _factor: usize) -> Option<Box<dyn Generator>> {
        None
    }
    /// The same rule from a slightly different start; `None` if this is not a rule.
    fn perturbed(&self) -> Option<Box<dyn Generator>> {
        None
    }
    /// What the start of each seed's clip hangs on, besides the seed: clips of two generators with the same value begin
    /// with the same world. `None` if its clips begin with nothing that others could share.
    fn start(&self, _spec: &SampleSpec) -> Option<u64> {
        None
    }
    /// What flows in its worlds; `None` if nothing does.
    fn flow_source(&self) -> Option<FlowSource> {
        None
    }
    /// The flow in a seed's clip, on so many cells.
    ///
    /// # Errors
    /// Nothing flows, or it fails for this seed.
    fn flow(&self, seed: u64, _spec: &SampleSpec, _size: (usize, usize)) -> Result<Flow, GeneratorError> {
        Err(GeneratorError::sample(self.name(), seed, "nothing flows in it"))
    }
    /// The still of a seed, as a clip of one frame: the first of its clip, unless that is another's.
    ///
    /// # Errors
    /// It fails for this seed.
    fn still(&self, seed: u64, spec: &SampleSpec) -> Result<Clip, GeneratorError> {
        self.sample(seed, &SampleSpec { frames: 1, ..*spec })
    }
    /// The frames of a seed.
    ///
    /// # Errors
    /// It fails for this seed.
    fn sample(&self, seed: u64, spec: &SampleSpec) -> Result<Clip, GeneratorError>;
}

/// A picture (`channels` 1, 3 or 4, channels last) of any size, fitted to the specification by the bench's resampler
/// ([`data::resample`]) without keeping the aspect ratio. Grey is Rec. 709 luma; alpha is dropped. Rounded once.
pub fn fitted(pixels: &[u8], size: (usize, usize), channels: usize, spec: &SampleSpec) -> Vec<u8> {
    let to = (spec.side, spec.side);
    if size == to && channels == spec.channels {
        return pixels.to_vec();
    }
    let luma = |p: &[u8]| 0.2126 * f32::from(p[0]) + 0.7152 * f32::from(p[1]) + 0.0722 * f32::from(p[2]);
    let values: Vec<f32> = match (channels, spec.channels) {
        (1, 1) => pixels.iter().map(|v| f32::from(*v)).collect(),
        (1, _) => pixels.iter().flat_map(|v| [f32::from(*v); 3]).collect(),
        (n, 1) => pixels.chunks_exact(n).map(luma).collect(),
        (n, _) => pixels.chunks_exact(n).flat_map(|p| [p[0], p[1], p[2]].map(f32::from)).collect(),
    };
    levels(&resample(&values, size, to, spec.channels))
}

/// CPU time of this thread between calls of [`Stopwatch::lap`].
pub(crate) struct Stopwatch(Duration);

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self(thread_time())
    }
    /// CPU time since the last lap, milliseconds.
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

/// FNV-1a hash of concatenated byte slices.
pub(crate) fn hash_of<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> u64 {
    let bytes = pieces.into_iter().flatten();
    bytes.fold(0xcbf2_9ce4_8422_2325, |h: u64, b| (h ^ *b as u64).wrapping_mul(0x100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_converted_to_the_requested_size_and_channels() {
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

    #[test]
    fn small_pictures_are_enlarged_smoothly() {
        let spec = SampleSpec { side: 12, channels: 1, frames: 1, every: 1, warm_up: 0 };
        let ramp: Vec<u8> = (0..16).map(|i| (20 + i % 4 * 60) as u8).collect();
        let large = fitted(&ramp, (4, 4), 1, &spec);
        assert_eq!(large, data::resample::resample_bytes(&ramp, (4, 4), (12, 12), 1));
        // Repeated pixels would come in runs of three.
        assert!(large[..12].windows(2).all(|pair| pair[0] < pair[1]), "{:?}", &large[..12]);
    }
}
