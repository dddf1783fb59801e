//! Adam (Kingma and Ba 2015) on plain slices.

use std::collections::BTreeMap;

use super::stored;
use crate::LearnError;

const EPSILON: f32 = 1e-8;

/// Moving averages of the gradient and of its square.
#[derive(Clone, Debug, PartialEq)]
pub struct Adam {
    first: Vec<f32>,
    second: Vec<f32>,
    decay: [f64; 2],
}

impl Adam {
    /// For so many weights; `decay` is that of either average per step.
    pub fn new(weights: usize, decay: [f64; 2]) -> Self {
        Self { first: vec![0.0; weights], second: vec![0.0; weights], decay }
    }

    /// Moves the weights against a gradient; `done` are the steps before this one.
    pub fn step(&mut self, weights: &mut [f32], gradient: &[f32], rate: f64, done: usize) {
        let correction = self.decay.map(|b| 1.0 - libm::pow(b, (done + 1) as f64));
        let [a, b] = self.decay.map(|b| b as f32);
        let scale = (rate / correction[0]) as f32;
        let unbiased = (1.0 / correction[1]) as f32;
        let moments = self.first.iter_mut().zip(&mut self.second);
        for ((weight, g), (m, v)) in weights.iter_mut().zip(gradient).zip(moments) {
            *m = a * *m + (1.0 - a) * g;
            *v = b * *v + (1.0 - b) * g * g;
            *weight -= scale * *m / ((*v * unbiased).sqrt() + EPSILON);
        }
    }

    /// Adds its state to a checkpoint.
    pub fn save(&self, state: &mut Vec<(String, Vec<u8>)>) {
        state.push(("first moment".into(), stored::bytes(&self.first)));
        state.push(("second moment".into(), stored::bytes(&self.second)));
    }

    /// Restores its state.
    ///
    /// # Errors
    /// A part is missing or of another length.
    pub fn restore(&mut self, state: &BTreeMap<String, Vec<u8>>) -> Result<(), LearnError> {
        stored::restore(state, "first moment", &mut self.first)?;
        stored::restore(state, "second moment", &mut self.second)
    }
}

/// Scales a gradient down to a norm of at most `most`.
pub fn clip(gradient: &mut [f32], most: f32) {
    let norm = gradient.iter().map(|g| f64::from(*g) * f64::from(*g)).sum::<f64>().sqrt();
    if norm > f64::from(most) {
        let scale = (f64::from(most) / norm) as f32;
        gradient.iter_mut().for_each(|g| *g *= scale);
    }
}

/// The learning rate of one cycle (Smith 2018), as a share of its peak: from a 25th up a half cosine for three tenths
/// of the training, then down a half cosine to nothing.
pub fn one_cycle(progress: f64) -> f64 {
    const UP: f64 = 0.3;
    const FIRST: f64 = 0.04;
    let down = |from: f64, t: f64| from * (0.5 + 0.5 * libm::cos(core::f64::consts::PI * t));
    match progress < UP {
        true => 1.0 - down(1.0 - FIRST, progress / UP),
        false => down(1.0, (progress - UP) / (1.0 - UP)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first step is the rate against the sign; a constant gradient keeps that pace.
    #[test]
    fn a_constant_gradient_moves_by_the_rate() {
        let (mut adam, mut weights) = (Adam::new(3, [0.9, 0.999]), [1.0f32, 1.0, 1.0]);
        for done in 0..5 {
            adam.step(&mut weights, &[0.01, -3.0, 0.0], 0.1, done);
        }
        let expected = [0.5, 1.5, 1.0];
        assert!(weights.iter().zip(expected).all(|(w, e)| (w - e).abs() < 1e-4), "{weights:?}");
    }

    #[test]
    fn a_gradient_is_clipped_to_its_norm_only_if_it_is_longer() {
        let mut long = [3.0, -4.0];
        clip(&mut long, 1.0);
        assert!((long[0] - 0.6).abs() < 1e-6 && (long[1] + 0.8).abs() < 1e-6);
        let mut short = [0.3, -0.4];
        clip(&mut short, 1.0);
        assert_eq!(short, [0.3, -0.4]);
    }

    #[test]
    fn one_cycle_goes_up_and_down() {
        let near = |t: f64, v: f64| (one_cycle(t) - v).abs() < 1e-12;
        assert!(near(0.0, 0.04) && near(0.15, 0.52) && near(0.3, 1.0) && near(0.65, 0.5) && near(1.0, 0.0));
    }
}
