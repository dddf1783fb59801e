//! Velocity gradients: vorticity and divergence.

use super::rollout::{Layout, Rollout};
use crate::metrics::MetricError;

/// Per cell along one axis: the cells before and after it, and the factor of their difference.
///
/// Central differences; one-sided at a wall. Along an axis of one cell nothing changes.
fn stencil(n: usize, periodic: bool) -> Vec<(usize, usize, f64)> {
    let at = |i: usize| match (i, periodic) {
        _ if n == 1 => (0, 0, 0.0),
        (_, true) => ((i + n - 1) % n, (i + 1) % n, 0.5),
        (0, false) => (0, 1, 1.0),
        _ if i == n - 1 => (n - 2, n - 1, 1.0),
        _ => (i - 1, i + 1, 0.5),
    };
    (0..n).map(at).collect()
}

/// Calls `each` with [∂u/∂x, ∂u/∂y, ∂v/∂x, ∂v/∂y] of every cell of frame `t`, row by row; y points downwards.
///
/// # Errors
/// The frames hold no velocity.
pub(super) fn for_each_gradient(
    rollout: &Rollout,
    t: usize,
    mut each: impl FnMut([f64; 4]),
) -> Result<(), MetricError> {
    let layout = rollout.layout();
    let [u, v] = velocity(layout)?.map(|plane| rollout.plane(t, plane));
    let w = layout.width;
    let (across, down) = (stencil(w, layout.periodic[0]), stencil(layout.height, layout.periodic[1]));
    for (y, &(above, below, dy)) in down.iter().enumerate() {
        for (x, &(left, right, dx)) in across.iter().enumerate() {
            let along = |p: &[f32]| dx * (f64::from(p[y * w + right]) - f64::from(p[y * w + left]));
            let downwards = |p: &[f32]| dy * (f64::from(p[below * w + x]) - f64::from(p[above * w + x]));
            each([along(u), downwards(u), along(v), downwards(v)]);
        }
    }
    Ok(())
}

/// The planes of velocity.
///
/// # Errors
/// There are none.
pub(super) fn velocity(layout: &Layout) -> Result<[usize; 2], MetricError> {
    let why = "the frames hold no velocity".to_string();
    layout.velocity.ok_or(MetricError::Unfit { metric: "velocity gradients", why })
}

/// Vorticity ∂v/∂x − ∂u/∂y of frame `t`, row-major, per step of the velocity; by central differences on the world's
/// own boundary, one-sided at walls. As y points downwards, positive is clockwise on the screen.
///
/// # Errors
/// The frames hold no velocity.
pub fn vorticity(rollout: &Rollout, t: usize) -> Result<Vec<f64>, MetricError> {
    let mut values = Vec::with_capacity(rollout.layout().cells());
    for_each_gradient(rollout, t, |[_, uy, vx, _]| values.push(vx - uy))?;
    Ok(values)
}

/// Divergence ∂u/∂x + ∂v/∂y of frame `t`, as [`vorticity`].
///
/// # Errors
/// The frames hold no velocity.
pub fn divergence(rollout: &Rollout, t: usize) -> Result<Vec<f64>, MetricError> {
    let mut values = Vec::with_capacity(rollout.layout().cells());
    for_each_gradient(rollout, t, |[ux, _, _, vy]| values.push(ux + vy))?;
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::motion::samples::{drawn, flow};
    use std::f64::consts::TAU;

    #[test]
    fn linear_flows_have_known_gradients_up_to_the_walls() {
        let layout = Layout { periodic: [false; 2], ..flow(7, 5) };
        // u = 2x + 3y, v = −4x + 5y.
        let r = drawn(&layout, 1, |x, y, p, _| [2.0 * x + 3.0 * y, 5.0 * y - 4.0 * x, 1.0][p]);
        assert_eq!(vorticity(&r, 0).unwrap(), [-7.0; 35]);
        assert_eq!(divergence(&r, 0).unwrap(), [7.0; 35]);
    }

    #[test]
    fn waves_on_a_torus_have_the_gradients_of_central_differences() {
        let (w, h) = (16, 12);
        let (kx, ky) = (TAU * 2.0 / w as f64, TAU * 3.0 / h as f64);
        let r = drawn(&flow(w, h), 1, |x, y, p, _| [(ky * y).sin(), (kx * x).cos(), 1.0][p]);
        // A central difference turns sin kx into sin k · cos kx.
        for (i, found) in vorticity(&r, 0).unwrap().iter().enumerate() {
            let (x, y) = ((i % w) as f64, (i / w) as f64);
            let expected = -kx.sin() * (kx * x).sin() - ky.sin() * (ky * y).cos();
            assert!((found - expected).abs() < 1e-6, "{found}, expected {expected}");
        }
        assert!(divergence(&r, 0).unwrap().iter().all(|d| d.abs() < 1e-7));
    }

    #[test]
    fn a_world_of_one_column_and_one_without_velocity() {
        for periodic in [[true; 2], [false; 2]] {
            let thin = drawn(&Layout { periodic, ..flow(1, 2) }, 1, |_, y, _, _| y);
            assert_eq!(vorticity(&thin, 0).unwrap().len(), 2);
        }
        let none = drawn(&Layout::torus(4, 4, 2), 1, |x, _, _, _| x);
        assert!(vorticity(&none, 0).unwrap_err().to_string().contains("hold no velocity"));
    }
}
