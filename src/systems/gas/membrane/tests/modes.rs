//! Modes of membranes.

use super::super::outline::{Outline, Rim};
use super::super::skin::{Physics, Skin};
use super::{displaced, frequency, full};
use crate::skip::shared;

const PI: f64 = core::f64::consts::PI;
const RATE: f64 = 48_000.0;

fn physics(speed: f64) -> Physics {
    Physics { speed, rate: RATE, ..Physics::default() }
}

#[test]
fn a_square_has_the_tones_of_a_square() {
    let n = 64.0;
    for (a, b) in [(1.0, 1.0), (1.0, 2.0), (2.0, 2.0), (3.0, 1.0), (3.0, 3.0), (4.0, 2.0)] {
        let (mut skin, shape) = displaced(full(64, 64, Rim::Held), Rim::Held, |x, y| {
            libm::sin(a * PI * x / n) * libm::sin(b * PI * y / n)
        });
        for speed in [9000.0, 30_000.0] {
            let wanted = speed * PI * libm::sqrt(a * a + b * b) / n;
            let found = frequency(&mut skin, &physics(speed), &shape, 12);
            assert!((found / wanted - 1.0).abs() < 0.005, "({a}, {b}) at {speed}: {}", found / wanted);
        }
    }
}

/// Zeros of Bessel functions: order, which one, value.
const ZEROS: [(i32, f64); 7] = [
    (0, 2.404_825_557_695_773),
    (1, 3.831_705_970_207_512),
    (2, 5.135_622_301_840_683),
    (0, 5.520_078_110_286_311),
    (3, 6.380_161_895_923_984),
    (1, 7.015_586_669_815_619),
    (0, 8.653_727_912_911_013),
];

/// The tones of a disc of this radius whose rim is the zero of `level`; the worst relative error.
fn disc_error(radius: f64, level: impl Fn(f64) -> f64) -> f64 {
    let outline = Outline::new((64, 64), Rim::Held, |x, y| {
        let (dx, dy) = (x as f64 - 31.5, y as f64 - 31.5);
        level(libm::sqrt(dx * dx + dy * dy)) as f32
    });
    let mut worst = 0f64;
    for (order, zero) in ZEROS {
        let (mut skin, shape) = displaced(outline.clone(), Rim::Held, |x, y| {
            let (dx, dy) = (x - 32.0, y - 32.0);
            let r = libm::sqrt(dx * dx + dy * dy);
            if r < radius {
                libm::jn(order, zero * r / radius) * libm::cos(order as f64 * libm::atan2(dy, dx))
            } else {
                0.0
            }
        });
        let wanted = zero * 20_000.0 / radius;
        let off = frequency(&mut skin, &physics(20_000.0), &shape, 12) / wanted - 1.0;
        println!("radius {radius}, order {order}, zero {zero:.2}: {:.3} %", 100.0 * off);
        worst = worst.max(off.abs());
    }
    worst
}

#[test]
fn a_disc_has_the_tones_of_a_disc() {
    for radius in [31.0, 30.4, 27.77] {
        let worst = disc_error(radius, |r| radius - r);
        assert!(worst < 0.005, "radius {radius}: {worst}");
    }
}

/// Any field that is zero on the circle will do.
#[test]
fn a_field_outlines_a_disc_as_well() {
    let worst = disc_error(29.3, |r| 0.5 * (1.0 - r * r / (29.3 * 29.3)));
    assert!(worst < 0.005, "{worst}");
}

/// Rows of cells left out singly would be off by half a cell, five per cent of this disc's tones.
#[test]
fn the_rim_lies_between_cells() {
    let tone = |radius: f64| {
        let outline = Outline::new((24, 24), Rim::Held, |x, y| {
            let (dx, dy) = (x as f64 - 11.5, y as f64 - 11.5);
            (radius - libm::sqrt(dx * dx + dy * dy)) as f32
        });
        let (mut skin, shape) = displaced(outline, Rim::Held, |x, y| {
            let (dx, dy) = (x - 12.0, y - 12.0);
            libm::jn(0, 2.4048 * libm::sqrt(dx * dx + dy * dy).min(radius) / radius)
        });
        frequency(&mut skin, &physics(20_000.0), &shape, 8) * radius
    };
    for radius in [9.0, 9.2, 9.4, 9.6, 9.8, 10.0, 10.2] {
        let off = tone(radius) / (2.404_825_557_7 * 20_000.0) - 1.0;
        assert!(off.abs() < 0.006, "{radius}: {off}");
    }
}

/// Steps of the reference on a torus: a free rim mirrors, so that the same waves stand between its sides.
#[test]
fn steps_are_those_of_the_reference() {
    let Some(shared) = shared() else { return };
    let text = std::fs::read_to_string(shared.join("reference/water/water_waves.json")).unwrap();
    let all: serde_json::Value = serde_json::from_str(&text).unwrap();
    for case in all["leapfrog_2d"].as_array().unwrap() {
        let number = |v: &serde_json::Value| v.as_f64().unwrap();
        let (w, h) = (number(&case["W"]) as usize, number(&case["H"]) as usize);
        let (kx, ky) =
            (2.0 * PI * number(&case["mode"][0]) / w as f64, 2.0 * PI * number(&case["mode"][1]) / h as f64);
        let courant = number(&case["courant"]);
        let physics = Physics { speed: courant * RATE, rate: RATE, ..Physics::default() };
        let shape = |x: usize, y: usize| libm::cos(kx * (x as f64 + 0.5)) * libm::cos(ky * (y as f64 + 0.5));
        let mut skin = Skin::new(full(w, h, Rim::Free), Rim::Free);
        let omega = number(&case["omega_dt_discrete"]);
        // Displacement now is that of step 1.
        skin.fill(|x, y| [(shape(x, y) * libm::cos(omega)) as f32, shape(x, y) as f32]);
        let steps = number(&case["steps"]) as usize;
        (1..steps).for_each(|_| skin.step(physics.factors(), None));
        let wanted = number(&case["amplitude_after"]);
        for (y, x) in (0..h).flat_map(|y| (0..w).map(move |x| (y, x))) {
            let found = skin.displacement()[skin.outline().at(x, y)] as f64;
            assert!((found - wanted * shape(x, y)).abs() < 3e-4, "{case}: {found} at {x}, {y}");
        }
    }
}
