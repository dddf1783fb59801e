//! The judge's verdict on a frame.

use std::sync::Arc;

/// Dimensions of the embedding of a frame.
pub const EMBEDDING: usize = 64;

/// The verdict on one frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Class names, in the order of `probabilities`.
    pub classes: Arc<[String]>,
    /// Calibrated probabilities; they sum to one.
    pub probabilities: Vec<f32>,
    /// Probability of the most likely class.
    pub confidence: f32,
    /// Shannon entropy of the probabilities over its maximum, 0..1.
    pub entropy: f32,
    /// Embedding of the frame.
    pub embedding: [f32; EMBEDDING],
    /// Distance from the frames of the last minutes: 0 the same, 1 unlike any of them.
    pub novelty: f32,
    /// Whether the frame is out of distribution.
    pub unsure: bool,
    /// Tick of the frame.
    pub tick: u64,
}

impl Verdict {
    /// Classes with their probabilities, the most likely first.
    pub fn ranking(&self) -> Vec<(&str, f32)> {
        let mut all: Vec<(&str, f32)> =
            self.classes.iter().map(String::as_str).zip(self.probabilities.iter().copied()).collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1));
        all
    }

    /// The most likely class.
    pub fn name(&self) -> &str {
        self.ranking().first().map_or("", |r| r.0)
    }

    /// The verdict as signals of the world: `judge.<class>`, `judge.confidence`, `judge.entropy`,
    /// `judge.novelty`, `judge.unsure`.
    pub fn signals(&self) -> Vec<(String, f64)> {
        let classes = self.classes.iter().zip(&self.probabilities);
        let mut all: Vec<(String, f64)> = classes.map(|(c, p)| (format!("judge.{c}"), *p as f64)).collect();
        let scalars = [("confidence", self.confidence), ("entropy", self.entropy), ("novelty", self.novelty)];
        all.extend(scalars.map(|(n, v)| (format!("judge.{n}"), v as f64)));
        all.push(("judge.unsure".into(), self.unsure as u8 as f64));
        all
    }
}

/// Shannon entropy of probabilities over its maximum, 0..1.
pub fn entropy(probabilities: &[f32]) -> f32 {
    if probabilities.len() < 2 {
        return 0.0;
    }
    let sum: f32 = probabilities.iter().filter(|p| **p > 0.0).map(|p| -p * libm::logf(*p)).sum();
    (sum / libm::logf(probabilities.len() as f32)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_one_if_uniform_and_zero_if_certain() {
        assert!((entropy(&[0.25; 4]) - 1.0).abs() < 1e-6);
        assert_eq!(entropy(&[0.0, 1.0, 0.0]), 0.0);
        assert!((entropy(&[0.5, 0.5, 0.0, 0.0]) - 0.5).abs() < 1e-6);
    }
}
