//! Clips of a flow.

use crate::metrics::MetricError;

/// Planes of a frame: density, velocity to the right, velocity downwards.
pub const PLANES: usize = 3;

/// Frames of density and velocity in time order, on square cells; velocities in cells a step.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    width: usize,
    height: usize,
    values: Vec<f32>,
}

impl Flow {
    /// A clip from values in the order (frame, plane, row, column), the planes being density, u and v.
    ///
    /// # Errors
    /// Fewer than 3 cells a side, an incomplete last frame, or a value that is not finite (its position is named).
    pub fn new(width: usize, height: usize, values: Vec<f32>) -> Result<Self, MetricError> {
        let unfit = |why: String| MetricError::Unfit { metric: "a flow", why };
        if width.min(height) < 3 {
            return Err(unfit(format!("expected at least 3×3 cells, found {width}×{height}")));
        }
        let frame = width * height * PLANES;
        if !values.len().is_multiple_of(frame) {
            return Err(unfit(format!("{} values do not make frames of 3×{height}×{width}", values.len())));
        }
        if let Some(i) = values.iter().position(|v| !v.is_finite()) {
            let plane = ["density", "u", "v"][i % frame / (width * height)];
            let (row, column) = (i % (width * height) / width, i % width);
            let place = format!("frame {}, {plane}, row {row}, column {column}", i / frame);
            return Err(unfit(format!("{} in {place} (counted from 0); expected finite numbers", values[i])));
        }
        Ok(Self { width, height, values })
    }

    /// Cells across and down.
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }
    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.values.len() / (self.width * self.height * PLANES)
    }
    /// Density (0), velocity to the right (1) or downwards (2) of a frame, row-major.
    pub fn plane(&self, frame: usize, which: usize) -> &[f32] {
        let cells = self.width * self.height;
        &self.values[(frame * PLANES + which) * cells..][..cells]
    }
    /// All values, in the order (frame, plane, row, column).
    pub fn values(&self) -> &[f32] {
        &self.values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_follow_the_documented_order() {
        let flow = Flow::new(4, 3, (0..72).map(|i| i as f32).collect()).unwrap();
        assert_eq!((flow.frames(), flow.size()), (2, (4, 3)));
        assert_eq!(flow.plane(1, 2)[5], (36 + 24 + 5) as f32);
    }

    #[test]
    fn invalid_flows_are_reported_with_their_position() {
        let message = |w, h, v| Flow::new(w, h, v).unwrap_err().to_string();
        assert!(message(2, 9, vec![]).contains("at least 3×3 cells, found 2×9"));
        assert!(message(3, 3, vec![0.0; 28]).contains("28 values do not make frames of 3×3×3"));
        let mut bad = vec![0.0; 72];
        bad[36 + 12 + 6] = f32::NAN;
        assert!(message(4, 3, bad).contains("NaN in frame 1, u, row 1, column 2"));
    }
}
