//! Steps against the gradient: Adam (Kingma and Ba 2015) on gradients of unit length, array by array, without which
//! the gradient of many steps is too uneven to learn from (Mordvintsev et al. 2020; Niklasson et al. 2021).

use super::rule::CellRule;
use crate::LearnError;

const DECAY: [f64; 2] = [0.9, 0.999];
const EPSILON: f64 = 1e-8;

/// The moments of every weight.
#[derive(Clone, Debug, PartialEq)]
pub struct Adam {
    steps: u64,
    /// Running mean and running mean square of the gradient, in the order of [`CellRule::parts`].
    moments: [Vec<f32>; 2],
}

impl Adam {
    /// For a rule of that shape.
    pub fn new(rule: &CellRule) -> Self {
        let n = rule.parts().iter().map(|p| p.len()).sum();
        Self { steps: 0, moments: [vec![0.0; n], vec![0.0; n]] }
    }

    /// Moves the weights; `gradient` is scaled to unit length in each array. An array without a gradient stays, but for
    /// its momentum.
    pub fn step(&mut self, rule: &mut CellRule, mut gradient: CellRule, rate: f64) {
        self.steps += 1;
        let corrected = DECAY.map(|d| 1.0 - libm::pow(d, self.steps as f64));
        let [mut means, mut squares] = self.moments.each_mut().map(Vec::as_mut_slice);
        for (weights, gradient) in rule.parts_mut().into_iter().zip(gradient.parts_mut()) {
            normalise(gradient);
            let (mean, rest) = std::mem::take(&mut means).split_at_mut(weights.len());
            means = rest;
            let (square, rest) = std::mem::take(&mut squares).split_at_mut(weights.len());
            squares = rest;
            for (((w, g), m), s) in weights.iter_mut().zip(gradient).zip(mean).zip(square) {
                let g = f64::from(*g);
                let decayed = |old: f32, new: f64, d: f64| (d * f64::from(old) + (1.0 - d) * new) as f32;
                (*m, *s) = (decayed(*m, g, DECAY[0]), decayed(*s, g * g, DECAY[1]));
                let (m, s) = (f64::from(*m) / corrected[0], f64::from(*s) / corrected[1]);
                *w -= (rate * m / (libm::sqrt(s) + EPSILON)) as f32;
            }
        }
    }

    /// As bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let values = self.moments.iter().flatten().flat_map(|v| v.to_le_bytes());
        self.steps.to_le_bytes().into_iter().chain(values).collect()
    }

    /// Restores from bytes.
    ///
    /// # Errors
    /// Their number does not match the weights.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<(), LearnError> {
        let n = self.moments[0].len();
        let (steps, values) = match bytes.split_first_chunk::<8>() {
            Some((steps, values)) if values.len() == 8 * n => (u64::from_le_bytes(*steps), values),
            _ => {
                let (want, found) = (8 * n + 8, bytes.len());
                return Err(LearnError::Failed(format!(
                    "cannot resume: expected {want} bytes of an optimizer, found {found}"
                )));
            }
        };
        let (mean, square) = values.split_at(4 * n);
        self.steps = steps;
        self.moments = [mean, square].map(numbers);
        Ok(())
    }
}

/// Numbers from little-endian bytes.
pub fn numbers(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect()
}

/// Scales to unit length, unless all are zero.
fn normalise(values: &mut [f32]) {
    let length = libm::sqrt(values.iter().map(|v| f64::from(*v) * f64::from(*v)).sum());
    if length > 0.0 {
        values.iter_mut().for_each(|v| *v = (f64::from(*v) / length) as f32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nca::cells::rule::CellShape;
    use world::rng::Rng;

    const SHAPE: CellShape = CellShape { channels: 3, given: 0, hidden: 4, far: 0 };

    /// The first step of Adam is the rate against each sign, however large the gradient.
    #[test]
    fn the_first_step_goes_against_each_sign() {
        let start = CellRule::fresh(SHAPE, Rng::new(1));
        for size in [1e-6, 1.0, 1e6] {
            let mut rule = start.clone();
            let mut gradient = CellRule::fresh(SHAPE, Rng::new(2));
            gradient.parts_mut().into_iter().flatten().for_each(|g| *g *= size);
            gradient.bias = vec![size, -size, 0.0, 2.0 * size];
            Adam::new(&rule).step(&mut rule, gradient.clone(), 0.01);
            for ((before, after), g) in start.parts().into_iter().zip(rule.parts()).zip(gradient.parts()) {
                for ((b, a), g) in before.iter().zip(after).zip(g) {
                    let expected = if *g == 0.0 { 0.0 } else { -0.01 * g.signum() };
                    assert!((a - b - expected).abs() < 1e-5, "{g}: {b} to {a}");
                }
            }
        }
    }

    /// It finds the least of ½ Σ (w − goal)², and resumes in the middle to the same bits.
    #[test]
    fn it_descends_and_resumes() {
        let goal = CellRule::fresh(SHAPE, Rng::new(5));
        let gradient = |rule: &CellRule| {
            let mut g = rule.clone();
            for (g, goal) in g.parts_mut().into_iter().zip(goal.parts()) {
                g.iter_mut().zip(goal).for_each(|(g, t)| *g -= t);
            }
            g
        };
        let mut rule = CellRule::fresh(SHAPE, Rng::new(6));
        let mut adam = Adam::new(&rule);
        let mut kept = None;
        for t in 0..600 {
            if t == 300 {
                kept = Some((rule.clone(), adam.bytes()));
            }
            let g = gradient(&rule);
            adam.step(&mut rule, g, 0.02 * (1.0 - t as f64 / 600.0));
        }
        let far = gradient(&rule).parts().into_iter().flatten().fold(0f32, |m, v| m.max(v.abs()));
        assert!(far < 0.02, "{far}");
        let (mut resumed, bytes) = kept.unwrap();
        let mut other = Adam::new(&resumed);
        other.restore(&bytes).unwrap();
        for t in 300..600 {
            let g = gradient(&resumed);
            other.step(&mut resumed, g, 0.02 * (1.0 - t as f64 / 600.0));
        }
        assert_eq!((resumed, other), (rule, adam));
        assert!(Adam::new(&goal).restore(&bytes[1..]).is_err());
    }
}
