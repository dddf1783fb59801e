//! Conservation of mass.

use super::Flow;
use crate::metrics::MetricError;

/// Sum of the density over a frame; a world at rest has 1 a cell.
pub fn mass(flow: &Flow, frame: usize) -> f64 {
    // Relative to 1, so that a gas near rest loses no precision.
    let density = flow.plane(frame, 0);
    density.iter().map(|d| f64::from(*d) - 1.0).sum::<f64>() + density.len() as f64
}

/// For each frame but the first, the change of mass since the previous frame, relative to the mass of the first.
///
/// # Errors
/// The first frame has no mass.
pub fn mass_drift(flow: &Flow) -> Result<Vec<f64>, MetricError> {
    let all: Vec<f64> = (0..flow.frames()).map(|f| mass(flow, f)).collect();
    match all.first() {
        Some(first) if *first <= 0.0 => Err(MetricError::Unfit {
            metric: "mass-drift",
            why: format!("the first frame has a mass of {first}; expected more than 0"),
        }),
        first => Ok(all.windows(2).map(|m| (m[1] - m[0]) / first.copied().unwrap_or(1.0)).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::gas::samples::{drawn, taylor_green};

    #[test]
    fn a_leak_is_measured_at_its_size() {
        let leak = drawn(8, 6, 5, |_, _, t| [1.0 - 0.25 * t as f64, 0.0, 0.0]);
        assert_eq!(mass_drift(&leak).unwrap(), [-0.25; 4]);
        assert_eq!((mass(&leak, 0), mass(&leak, 2)), (48.0, 24.0));
    }

    #[test]
    fn advection_conserves_mass() {
        // A density wave on a periodic world.
        let wave = drawn(32, 8, 6, |x, _, t| {
            [1.0 + 0.1 * (std::f64::consts::TAU * (x + t as f64) / 32.0).sin(), 0.0, 0.0]
        });
        assert!(mass_drift(&wave).unwrap().iter().all(|d| d.abs() < 1e-8));
        assert_eq!(mass_drift(&taylor_green(16, 16, 1, 0.1)), Ok(vec![]));
    }

    #[test]
    fn an_empty_world_has_no_drift() {
        let e = mass_drift(&drawn(4, 4, 2, |_, _, _| [0.0; 3])).unwrap_err().to_string();
        assert!(e.contains("mass of 0"), "{e}");
    }
}
