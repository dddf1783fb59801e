//! Modes of plates: held simply, and free.

use super::super::outline::Rim;
use super::super::skin::Physics;
use super::{displaced, frequency, full};

const PI: f64 = core::f64::consts::PI;

fn physics(stiffness: f64) -> Physics {
    Physics { stiffness, rate: 48_000.0, ..Physics::default() }
}

/// ω = κπ²(m² + n²)/a².
#[test]
fn a_plate_that_is_held_has_its_tones() {
    let n = 48.0;
    for (a, b) in [(1.0, 1.0), (2.0, 1.0), (2.0, 2.0), (3.0, 1.0)] {
        let (mut skin, shape) = displaced(full(48, 48, Rim::Held), Rim::Held, |x, y| {
            libm::sin(a * PI * x / n) * libm::sin(b * PI * y / n)
        });
        let wanted = 9000.0 * PI * PI * (a * a + b * b) / (n * n);
        let found = frequency(&mut skin, &physics(9000.0), &shape, 8);
        assert!((found / wanted - 1.0).abs() < 0.005, "({a}, {b}): {}", found / wanted);
    }
}

/// Frequencies ωa²/κ of a free square plate with ν = 0.3: 13.468, 19.596 and 24.270 (Leissa 1973 gives upper bounds of
/// 13.489, 19.789 and 24.432), whose shapes are near xy, x² − y² and x² + y².
#[test]
fn a_free_plate_has_the_tones_of_leissa() {
    let off = |n: usize, k: usize, wanted: f64| {
        let m = n as f64;
        let (mut skin, shape) = displaced(full(n, n, Rim::Free), Rim::Free, |x, y| {
            let (x, y) = (2.0 * x / m - 1.0, 2.0 * y / m - 1.0);
            match k {
                0 => x * y,
                1 => x * x - y * y,
                // Less its mean, which is no bending.
                _ => x * x + y * y - 2.0 / 3.0,
            }
        });
        frequency(&mut skin, &physics(9000.0), &shape, 6) * m * m / 9000.0 / wanted - 1.0
    };
    for (k, wanted) in [13.468, 19.596, 24.270].into_iter().enumerate() {
        let (coarse, fine) = (off(16, k, wanted), off(40, k, wanted));
        println!("{wanted}: {:.2} % at 16, {:.2} % at 40", 100.0 * coarse, 100.0 * fine);
        assert!(fine.abs() < 0.003 && coarse.abs() < 0.006, "{wanted}: {coarse} at 16, {fine} at 40");
    }
}

/// Neither moving nor tilting bends a plate, and a free edge has no forces: it stays as it is.
#[test]
fn a_free_plate_may_tilt() {
    let (mut skin, _) = displaced(full(20, 14, Rim::Free), Rim::Free, |x, y| 0.3 + 0.01 * x - 0.02 * y);
    let before = skin.displacement().to_vec();
    (0..500).for_each(|_| skin.step(physics(9000.0).factors(), None));
    assert!(skin.displacement().iter().zip(&before).all(|(a, b)| (a - b).abs() < 2e-3));
}
