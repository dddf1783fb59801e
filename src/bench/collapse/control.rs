//! The control: a rule rerun with fresh seeds for every generation. It does not learn, so it cannot collapse; any
//! change in its curves is chance.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::measure::{GenerationMetrics, read};
use crate::generator::{Generator, SampleSpec};
use crate::sets::FeatureExtractor;
use crate::sets::image_set::ImageSet;
use crate::sets::pictures::ExtractedFeatures;
use world::limits;
use world::rng::Rng;

/// Maximum samples a generation: rules are simulated, and a control needs no more.
pub const MOST: usize = 200;

/// A rule, how it is sampled, and the feature extractor.
pub struct Control<'a> {
    /// The rule.
    pub rule: &'a dyn Generator,
    /// What each sample is; one frame.
    pub spec: SampleSpec,
    /// Samples of each generation.
    pub samples: usize,
    /// Random seed.
    pub seed: u64,
    /// Feature extractor.
    pub extractor: &'a FeatureExtractor,
}

/// A control that was run, in `control.json`, and how.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct SavedControl {
    /// All that determines it but the number of generations.
    pub what: String,
    /// Name of the rule.
    pub name: String,
    /// What it is.
    pub about: String,
    /// Metrics of its generations, against its own first one.
    pub readings: Vec<GenerationMetrics>,
}

impl SavedControl {
    /// Path of the file in a folder of experiments.
    pub fn path(out: &Path) -> PathBuf {
        out.join("control.json")
    }

    /// The control of a folder, if there is one.
    pub fn read(out: &Path) -> Option<Self> {
        serde_json::from_str(&limits::read_text(&Self::path(out)).ok()?).ok()
    }
}

impl Control<'_> {
    /// Metrics of generations 1 to `generations`, against generation 0. Ends early if `stop` says so.
    ///
    /// # Errors
    /// A sample fails, or its features cannot be measured; the message names the control.
    pub fn run(&self, generations: usize, stop: &dyn Fn() -> bool) -> Result<Vec<GenerationMetrics>, String> {
        let reference = self.generation(0)?;
        let running = (1..=generations).take_while(|_| !stop());
        running.map(|n| read(&reference, &self.generation(n)?, n).map_err(|e| self.named(e))).collect()
    }

    fn named(&self, e: impl std::fmt::Display) -> String {
        format!("the control {}: {e}", self.rule.name())
    }

    fn generation(&self, n: usize) -> Result<ExtractedFeatures, String> {
        let rng = Rng::new(self.seed).named("control").fork(n as u64);
        let one = |i: usize| self.rule.sample(rng.bits(i as u64) >> 1, &self.spec);
        let clips: Result<Vec<_>, _> = (0..self.samples).into_par_iter().map(one).collect();
        let pictures = ImageSet {
            channels: self.spec.channels,
            side: self.spec.side,
            pixels: clips.map_err(|e| self.named(e))?.into_iter().flat_map(|c| c.frames).collect(),
            classes: Vec::new(),
            labels: Vec::new(),
        };
        self.extractor.extract(&pictures, Path::new(self.rule.name())).map_err(|e| self.named(e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generator::{Clip, Cost, GeneratorError};

    /// Pictures of Gaussian noise: every generation has the same distribution.
    struct Noise;

    impl Generator for Noise {
        fn name(&self) -> &str {
            "grain"
        }
        fn about(&self) -> String {
            String::new()
        }
        fn cost(&self) -> Cost {
            Cost::default()
        }
        fn hash(&self) -> u64 {
            0
        }
        fn sample(&self, seed: u64, spec: &SampleSpec) -> Result<Clip, GeneratorError> {
            if seed % 50 == 7 && spec.warm_up == 1 {
                return Err(GeneratorError::sample("grain", seed, "worn out"));
            }
            let frame = (0..16).map(|i| (128.0 + 30.0 * Rng::new(seed).normal(i)).clamp(0.0, 255.0) as u8);
            Ok(Clip {
                frames: vec![frame.collect()],
                side: 4,
                channels: 1,
                label: None,
                milliseconds: vec![0.0],
            })
        }
    }

    fn control(warm_up: u64) -> Control<'static> {
        let spec = SampleSpec { side: 4, channels: 1, frames: 1, every: 1, warm_up };
        Control { rule: &Noise, spec, samples: 400, seed: 3, extractor: &FeatureExtractor::Pixels }
    }

    #[test]
    fn a_rule_does_not_collapse() {
        let readings = control(0).run(12, &|| false).unwrap();
        assert_eq!(readings.len(), 12);
        // Sixteen independent variances of 400: the sum has a relative deviation of √(2/(16·400)), a ratio √2 times
        // that.
        assert!(readings.iter().all(|r| (r.variance - 1.0).abs() < 4.0 * 0.025), "{readings:?}");
        assert!(readings.iter().all(|r| r.coverage > 0.8), "{readings:?}");
    }

    #[test]
    fn it_stops_when_asked_and_names_itself_when_it_fails() {
        assert!(control(0).run(5, &|| true).unwrap().is_empty());
        let e = control(1).run(5, &|| false).unwrap_err();
        assert!(e.starts_with("the control grain: ") && e.contains("worn out"), "{e}");
        assert_eq!(e.matches("the control").count(), 1, "{e}");
    }
}
