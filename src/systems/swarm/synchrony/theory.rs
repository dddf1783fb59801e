//! What theory says of infinitely many oscillators coupled all to all (Kuramoto 1975; Strogatz 2000).

use core::f64::consts::{FRAC_PI_2, PI};

use super::natural::Distribution;

/// Density of natural frequencies at `omega`, both in units of the spread: standard deviation, half width at half height,
/// half width.
pub fn density(distribution: Distribution, omega: f64) -> f64 {
    match distribution {
        Distribution::Gaussian => libm::exp(-0.5 * omega * omega) / (2.0 * PI).sqrt(),
        Distribution::Lorentz => 1.0 / (PI * (1.0 + omega * omega)),
        Distribution::Uniform => {
            if omega.abs() <= 1.0 {
                0.5
            } else {
                0.0
            }
        }
    }
}

/// The coupling from which on some keep step, in units of the spread: Kc = 2/(π g(0)).
pub fn critical_coupling(distribution: Distribution) -> f64 {
    2.0 / (PI * density(distribution, 0.0))
}

/// The order parameter r at a coupling, in units of the spread, from the self-consistency 1 = K ∫ cos²φ g(K r sin φ) dφ over
/// −π/2..π/2; 0 below the critical coupling.
pub fn order_at(distribution: Distribution, coupling: f64) -> f64 {
    if coupling <= critical_coupling(distribution) {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..50 {
        let r = 0.5 * (low + high);
        let holds = coupling * locked(distribution, coupling * r) > 1.0;
        (low, high) = if holds { (r, high) } else { (low, r) };
    }
    0.5 * (low + high)
}

/// ∫ cos²φ g(a sin φ) dφ by the midpoint rule.
fn locked(distribution: Distribution, a: f64) -> f64 {
    const PARTS: usize = 4000;
    let width = 2.0 * FRAC_PI_2 / PARTS as f64;
    let part = |i: usize| {
        let (sin, cos) = libm::sincos((i as f64 + 0.5) * width - FRAC_PI_2);
        cos * cos * density(distribution, a * sin)
    };
    width * (0..PARTS).map(part).sum::<f64>()
}
