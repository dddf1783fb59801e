//! The control: a rule that is run anew, from other seeds, for every generation. It learns nothing, so it has nothing to
//! forget; what its curves do is chance.

use std::path::Path;

use rayon::prelude::*;

use super::measure::{Reading, read};
use crate::generator::{Brief, Generator};
use crate::sets::Eye;
use crate::sets::pictures::{Looked, Pictures};
use world::rng::Rng;

/// Samples of each generation at most: rules are simulated, and a control needs no more.
pub const MOST: usize = 200;

/// A rule, its samples and who looks at them.
pub struct Control<'a> {
    /// The rule.
    pub rule: &'a dyn Generator,
    /// What is asked of it; one frame.
    pub brief: Brief,
    /// Samples of each generation.
    pub samples: usize,
    /// Everything random hangs on this.
    pub seed: u64,
    /// What looks.
    pub eye: &'a Eye,
}

impl Control<'_> {
    /// Readings of generations 1 to `generations`, against generation 0. Ends early when asked to stop.
    ///
    /// # Errors
    /// A sample fails, or what was seen cannot be measured; named.
    pub fn run(&self, generations: usize, stop: &dyn Fn() -> bool) -> Result<Vec<Reading>, String> {
        let reference = self.generation(0)?;
        let going = (1..=generations).take_while(|_| !stop());
        going.map(|n| read(&reference, &self.generation(n)?, n).map_err(|e| self.named(e))).collect()
    }

    fn named(&self, e: impl std::fmt::Display) -> String {
        format!("the control {}: {e}", self.rule.name())
    }

    fn generation(&self, n: usize) -> Result<Looked, String> {
        let rng = Rng::new(self.seed).named("control").fork(n as u64);
        let one = |i: usize| self.rule.sample(rng.bits(i as u64) >> 1, &self.brief);
        let clips: Result<Vec<_>, _> = (0..self.samples).into_par_iter().map(one).collect();
        let pictures = Pictures {
            channels: self.brief.channels,
            side: self.brief.side,
            pixels: clips.map_err(|e| self.named(e))?.into_iter().flat_map(|c| c.frames).collect(),
            classes: Vec::new(),
            labels: Vec::new(),
        };
        self.eye.look(&pictures, Path::new(self.rule.name())).map_err(|e| self.named(e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generator::{Clip, Cost, GeneratorError};

    /// Pictures of normal noise: every generation is the same distribution.
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
        fn sample(&self, seed: u64, brief: &Brief) -> Result<Clip, GeneratorError> {
            if seed % 50 == 7 && brief.warm_up == 1 {
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
        let brief = Brief { side: 4, channels: 1, frames: 1, every: 1, warm_up };
        Control { rule: &Noise, brief, samples: 400, seed: 3, eye: &Eye::Pixels }
    }

    #[test]
    fn a_rule_forgets_nothing() {
        let readings = control(0).run(12, &|| false).unwrap();
        assert_eq!(readings.len(), 12);
        // Sixteen independent variances of 400: the sum's relative deviation is √(2/(16·400)), of a ratio √2 of that.
        assert!(readings.iter().all(|r| (r.variance - 1.0).abs() < 4.0 * 0.025), "{readings:?}");
        assert!(readings.iter().all(|r| r.coverage > 0.8), "{readings:?}");
    }

    #[test]
    fn it_stops_when_asked_and_names_itself_when_it_fails() {
        assert!(control(0).run(5, &|| true).unwrap().is_empty());
        let e = control(1).run(5, &|| false).unwrap_err();
        assert!(e.contains("grain") && e.contains("worn out"), "{e}");
    }
}
