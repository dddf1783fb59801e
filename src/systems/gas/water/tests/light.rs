//! Light, foam and bubbles.

use super::super::optics::{Sun, caustics, refract};
use super::super::plane::{Side, Sides};
use super::super::shallow::{Physics, Shallow};
use super::super::sound::bubble;
use world::rng::Rng;

const SUN: Sun = Sun { at: [0.48, -0.36, 0.8], lens: 3.0 };

fn lens(sides: Sides, surface: impl Fn(usize, usize) -> f32 + Sync) -> Shallow {
    let mut water =
        Shallow::new(90, 70, sides, Physics { gravity: 981.0, cell: 1.0, dry: 1e-3, manning: 0.0 });
    water.fill(|x, y| [surface(x, y), 0.0, 0.0]);
    water
}

#[test]
fn rays_obey_snell() {
    // From 30°, 60° and straight above into level water: sin of the angle over 1.333.
    for angle in [0.0f32, 0.5, 1.0] {
        let (sin, cos) = (libm::sinf(angle), libm::cosf(angle));
        let aside = refract([sin, 0.0, cos], [0.0; 2]);
        let inner = libm::asinf(sin / 1.333);
        assert!((aside[0] + libm::tanf(inner)).abs() < 1e-5 && aside[1].abs() < 1e-6, "{aside:?}");
    }
    // A tilted surface is the same, turned: a ray along its normal goes straight on.
    let (sin, cos) = (0.28f32, 0.96f32);
    let aside = refract([-sin, 0.0, cos], [sin / cos, 0.0]);
    assert!((aside[0] - sin / cos).abs() < 1e-5, "{aside:?}");
}

#[test]
fn no_light_is_lost_and_level_water_is_lit_evenly() {
    let torus = Sides { across: [Side::Periodic; 2], down: [Side::Periodic; 2] };
    let rng = Rng::new(3);
    for sides in [torus, Sides::WALLS] {
        let rough = lens(sides, |x, y| 5.0 + rng.unit((y * 90 + x) as u64));
        let light = caustics(&rough, SUN);
        let sum: f64 = light.iter().map(|&v| v as f64).sum();
        assert!(light.iter().any(|&v| v > 1.5) && light.iter().all(|&v| v >= 0.0));
        match sides == torus {
            true => assert!((sum / 6300.0 - 1.0).abs() < 1e-5, "{sum}"),
            false => assert!(sum <= 6300.1 && sum > 5800.0, "{sum}"),
        }
        let level = caustics(&lens(sides, |_, _| 7.0), SUN);
        assert!(level.iter().enumerate().all(|(i, v)| {
            let inside = (1..69).contains(&(i / 90)) && (1..89).contains(&(i % 90));
            !inside && sides != torus || (v - 1.0).abs() < 1e-5
        }));
    }
}

/// A bump of water is a lens: under its middle it is brighter by the change of area of its bundle of rays.
#[test]
fn a_bump_focuses_light() {
    let sun = Sun { at: [0.0, 0.0, 1.0], lens: 1.0 };
    let (depth, curve) = (10.0f32, 0.02f32);
    let bump = lens(Sides::WALLS, |x, y| {
        let (dx, dy) = (x as f32 - 45.0, y as f32 - 35.0);
        depth + 2.0 - 0.5 * curve * (dx * dx + dy * dy).min(200.0)
    });
    let found = caustics(&bump, sun)[35 * 90 + 45];
    let shrink = 1.0 - (1.0 - 1.0 / 1.333) * (depth + 2.0) * curve;
    assert!((found * shrink * shrink - 1.0).abs() < 0.01, "{found}, not {}", 1.0 / (shrink * shrink));
}

#[test]
fn bubbles_have_the_sizes_that_were_measured_in_breaking_waves() {
    let n = 200_000;
    let sizes: Vec<f32> = (0..n).map(|i| bubble((i as f32 + 0.5) / n as f32)).collect();
    assert!(sizes.windows(2).all(|w| w[0] <= w[1]) && sizes[0] < 0.1001 && sizes[n - 1] > 3.5);
    // Densities on either side of Hinze's radius: −3/2 and −10/3.
    let count = |lo: f32, hi: f32| sizes.iter().filter(|s| (lo..hi).contains(s)).count() as f32;
    let slope = |r: f32| {
        libm::logf(count(r * 1.4, r * 1.54) / (1.1 * count(r, r * 1.1)) * 1.1 / 1.4) / libm::logf(1.4)
    };
    assert!((slope(0.4) + 1.5).abs() < 0.1, "{}", slope(0.4));
    assert!((slope(1.2) + 10.0 / 3.0).abs() < 0.15, "{}", slope(1.2));
}
