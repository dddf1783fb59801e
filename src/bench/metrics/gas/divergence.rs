//! Divergence error: how far a flow is from incompressible.

use super::Flow;

/// Sums over the interior cells of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gradients {
    /// Σ (∂u/∂x + ∂v/∂y)².
    pub divergence: f64,
    /// Σ of the squares of all four derivatives.
    pub gradient: f64,
}

impl Gradients {
    /// RMS divergence over RMS velocity gradient; 0 for incompressible flow, 1/√2 for white noise, √2 for a pure
    /// source, 0 for a frame at rest.
    pub fn error(&self) -> f64 {
        if self.gradient > 0.0 { (self.divergence / self.gradient).sqrt() } else { 0.0 }
    }
    /// Sums over two frames.
    pub fn and(self, other: Self) -> Self {
        Self { divergence: self.divergence + other.divergence, gradient: self.gradient + other.gradient }
    }
}

/// Squared divergence and gradient of a frame, by central differences. Boundary cells are skipped, so that the result
/// does not depend on the boundary condition.
pub fn gradients(flow: &Flow, frame: usize) -> Gradients {
    let (w, h) = flow.size();
    let (u, v) = (flow.plane(frame, 1), flow.plane(frame, 2));
    let mut all = Gradients::default();
    for y in 1..h - 1 {
        for x in 1..w - 1 {
            let i = y * w + x;
            let across = |p: &[f32]| 0.5 * (f64::from(p[i + 1]) - f64::from(p[i - 1]));
            let down = |p: &[f32]| 0.5 * (f64::from(p[i + w]) - f64::from(p[i - w]));
            let (ux, uy, vx, vy) = (across(u), down(u), across(v), down(v));
            all.divergence += (ux + vy) * (ux + vy);
            all.gradient += ux * ux + uy * uy + vx * vx + vy * vy;
        }
    }
    all
}

/// Divergence error of a frame, 0 to √2: see [`Gradients::error`].
pub fn divergence_error(flow: &Flow, frame: usize) -> f64 {
    gradients(flow, frame).error()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::gas::samples::{drawn, noise, taylor_green};

    #[test]
    fn a_taylor_green_vortex_has_no_divergence() {
        // Central differences of its two terms cancel to rounding, here that of single precision.
        assert!(divergence_error(&taylor_green(32, 32, 1, 0.05), 0) < 1e-6);
        assert!(divergence_error(&taylor_green(48, 48, 5, 0.05), 0) < 1e-5);
    }

    #[test]
    fn linear_flows_have_known_errors() {
        let of = |f: fn(f64, f64) -> (f64, f64)| {
            let flow = drawn(9, 7, 1, |x, y, _| {
                let (u, v) = f(x, y);
                [1.0, u, v]
            });
            divergence_error(&flow, 0)
        };
        let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-6, "{found}");
        near(of(|x, y| (x, y)), 2f64.sqrt());
        near(of(|x, y| (x, -y)), 0.0);
        near(of(|x, y| (-y, x)), 0.0);
        near(of(|x, _| (x, 0.0)), 1.0);
        near(of(|_, y| (y, 0.0)), 0.0);
        // (x, 3y): 4² of 1 + 9.
        near(of(|x, y| (x, 3.0 * y)), 1.6f64.sqrt());
        near(of(|_, _| (0.3, -0.2)), 0.0);
    }

    #[test]
    fn a_potential_flow_of_waves_is_all_divergence() {
        // u = ∇(cos ax · cos ay): the divergence is that of ∇²φ, and |∇∇φ|² has the mean of (∇²φ)².
        let k = std::f64::consts::TAU * 3.0 / 64.0;
        let flow =
            drawn(66, 66, 1, |x, y, _| [1.0, -(k * x).sin() * (k * y).cos(), -(k * x).cos() * (k * y).sin()]);
        assert!((divergence_error(&flow, 0) - 1.0).abs() < 1e-5);
    }

    #[test]
    fn white_noise_has_half_the_square() {
        let e = divergence_error(&noise(96, 96, 1, 4), 0);
        assert!((e - 0.5f64.sqrt()).abs() < 0.02, "{e}");
    }
}
