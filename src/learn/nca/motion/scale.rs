//! How far a velocity moves a picture, and what a rule is told of it.

use crate::net::weights::{WeightArray, Weights};

/// Greatest displacement that a rule is told, in deviations.
const LIMIT: f32 = 4.0;

/// The units of a rule's motion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MotionScale {
    /// Cells a frame, to the right and down, that a velocity of one moves a picture.
    pub cells: [f32; 2],
    /// Root mean square of the displacement in training, in cells a frame along either axis.
    pub deviation: f32,
}

impl MotionScale {
    /// Displacement in cells a frame, `[2][…]`, of a velocity `[2][…]`; a velocity that is not finite moves nothing.
    pub fn displacement(&self, velocity: &[f32]) -> Vec<f32> {
        let n = velocity.len() / 2;
        let moved = |(i, v): (usize, &f32)| {
            let d = v * self.cells[(i >= n) as usize];
            if d.is_finite() { d } else { 0.0 }
        };
        velocity.iter().enumerate().map(moved).collect()
    }

    /// What a rule is given of a displacement in cells a frame.
    pub fn told(&self, displacement: &[f32]) -> Vec<f32> {
        displacement.iter().map(|d| (d / self.deviation).clamp(-LIMIT, LIMIT)).collect()
    }

    /// As arrays of a file.
    pub fn weights(&self) -> Weights {
        let mut w = Weights::default();
        w.insert("motion.cells", WeightArray { dims: vec![2], values: self.cells.to_vec() });
        w.insert("motion.deviation", WeightArray { dims: vec![1], values: vec![self.deviation] });
        w
    }

    /// From the arrays of a file.
    ///
    /// # Errors
    /// One is missing, of another shape, or the deviation is not above zero.
    pub fn of(w: &Weights) -> Result<Self, String> {
        let (cells, deviation) = (w.get("motion.cells", &[2])?, w.get("motion.deviation", &[1])?[0]);
        match deviation > 0.0 {
            true => Ok(Self { cells: [cells[0], cells[1]], deviation }),
            false => Err(format!("expected a deviation above zero in `motion.deviation`, found {deviation}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_velocity_is_told_in_deviations_within_limits() {
        let scale = MotionScale { cells: [2.0, 4.0], deviation: 0.5 };
        let moved = scale.displacement(&[0.1, -3.0, 0.2, 0.0]);
        assert_eq!(moved, [0.2, -6.0, 0.8, 0.0]);
        assert_eq!(scale.displacement(&[f32::NAN, 3e38, f32::INFINITY, -0.1]), [0.0, 0.0, 0.0, -0.4]);
        assert_eq!(scale.told(&moved), [0.4, -4.0, 1.6, 0.0]);
        assert_eq!(MotionScale::of(&scale.weights()), Ok(scale));
        let nothing = MotionScale { deviation: 0.0, ..scale };
        assert!(MotionScale::of(&nothing.weights()).is_err_and(|e| e.contains("motion.deviation")));
    }
}
