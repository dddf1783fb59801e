//! Points of the Mandelbrot set that are known to be inside without iterating.

/// Safety margin inside the exact border, in the units of the two inequalities. Within it, the rounding of an iteration
/// in f32 could carry an orbit across, so the iteration itself must decide.
const MARGIN: f64 = 1e-5;

/// Whether z² + c from 0 is known to stay bounded: c is well inside the main cardioid or the disc of period 2.
#[inline(always)]
pub fn certain(x: f64, y: f64) -> bool {
    let y2 = y * y;
    let u = x - 0.25;
    let q = u * u + y2;
    let disc = (x + 1.0) * (x + 1.0) + y2 - 0.0625;
    (q * (q + u) - 0.25 * y2 < -MARGIN) | (disc < -MARGIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_share_of_the_plane_is_the_area_of_cardioid_and_disc() {
        let n = 4000;
        let h = 3.0 / n as f64;
        let at = |i: usize| (i as f64 + 0.5) * h;
        let inside = (0..n * n).filter(|k| certain(at(k % n) - 2.0, at(k / n) - 1.5)).count() as f64 * h * h;
        let exact = core::f64::consts::PI * (3.0 / 8.0 + 1.0 / 16.0);
        assert!(inside < exact && exact - inside < 1e-3, "{inside} of {exact}");
    }
}
