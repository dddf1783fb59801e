//! Surface tension and contact angles.

use super::super::observe::bulk_pressure;
use super::super::params::DropsKnobs;
use super::{disc, fastest, filled, knobs, laws, sum};

/// Pressure jump of a drop, its radius, and the largest speed left.
fn drop(radius: f32, knobs: &DropsKnobs) -> [f64; 3] {
    let n = 3 * radius as usize;
    let middle = 0.5 * n as f32;
    // Walls that neither wet nor repel do not change the vapour beside them.
    let knobs = &DropsKnobs { contact_angle: 90.0, ..knobs.clone() };
    let mut fluid = filled((n, n), true, |x, y| disc(x, y, [middle; 2], radius));
    assert_eq!(fluid.run(5000, &laws(knobs)), 0);
    let energy = knobs.energy();
    let (inner, outer) = (fluid.density(n / 2)[n / 2], fluid.density(0)[0]);
    let jump = [inner, outer].map(|rho| bulk_pressure(&energy, energy.depth, rho) as f64);
    let area = sum(&fluid, |_, _, rho| (rho - outer as f64) / (inner - outer) as f64);
    [jump[0] - jump[1], libm::sqrt(area / core::f64::consts::PI), fastest(&fluid) as f64]
}

/// Slope of the straight line through the origin that fits best, and how far points are from it, at most, as a share.
fn line(points: &[[f64; 2]]) -> (f64, f64) {
    let sum = |f: &dyn Fn(&[f64; 2]) -> f64| points.iter().map(f).sum::<f64>();
    let slope = sum(&|p| p[0] * p[1]) / sum(&|p| p[0] * p[0]);
    (slope, points.iter().fold(0.0, |most, p| f64::max(most, (p[1] / (slope * p[0]) - 1.0).abs())))
}

#[test]
fn laplace_pressure_is_tension_over_radius_and_a_drop_at_rest_is_at_rest() {
    let mut points = Vec::new();
    for radius in [10.0, 12.0, 16.0, 22.0, 30.0] {
        let [jump, radius, fastest] = drop(radius, &knobs());
        points.push([1.0 / radius, jump]);
        assert!(fastest < 5e-6, "spurious currents of {fastest:e} at radius {radius}");
    }
    let (tension, off) = line(&points);
    println!("tension {tension}, off the line by {off}");
    assert!(off < 0.02, "{off} off the line: {points:?}");
    assert!((tension / 0.01 - 1.0).abs() < 0.02, "tension {tension}");
}

#[test]
fn tension_is_that_of_the_knob_and_falls_with_temperature() {
    // Mean field: as (1 − T)^1.5; the interface widens, so the drop is large.
    for (tension, temperature) in [(0.003, 0.8), (0.02, 0.76), (0.012, 0.86)] {
        let [jump, radius, _] = drop(22.0, &DropsKnobs { tension, temperature, ..knobs() });
        let wanted = tension as f64 * libm::pow((1.0 - temperature as f64) / 0.2, 1.5);
        println!("{tension} {temperature}: {}", jump * radius / wanted);
        assert!(
            (jump * radius / wanted - 1.0).abs() < 0.02,
            "{} at {temperature}, not {wanted}",
            jump * radius
        );
    }
}

/// Highest row, from the top, in which a column crosses the middle density, between rows.
fn crossing(values: &[f32]) -> f32 {
    let at = values.windows(2).rposition(|v| (v[0] - 0.55) * (v[1] - 0.55) < 0.0).expect("a surface");
    at as f32 + (values[at] - 0.55) / (values[at] - values[at + 1])
}

/// Contact angle of a drop on the floor (or, turned, on the left wall): of the circle through its top and its flank.
fn angle(knobs: &DropsKnobs, on_side: bool) -> f32 {
    let (along, up) = (90, 44);
    let size = if on_side { (up, along) } else { (along, up) };
    let mut fluid = filled(size, !on_side, |x, y| {
        let (a, b) = if on_side { (y, x) } else { (x, up as f32 - y) };
        disc(a, b, [0.5 * along as f32, 4.0], 15.0)
    });
    fluid.run(7000, &laws(knobs));
    let at = |a: usize, b: usize| if on_side { fluid.density(a)[b] } else { fluid.density(up - 1 - b)[a] };
    let profile: Vec<f32> = (0..up).map(|b| 0.5 * (at(along / 2, b) + at(along / 2 - 1, b))).collect();
    let height = crossing(&profile) + 0.5;
    let level = 3;
    let flank: Vec<f32> = (along / 2..along).map(|a| at(a, level)).collect();
    let (half, rise) = (crossing(&flank) + 0.5, height - level as f32 - 0.5);
    let radius = (half * half + rise * rise) / (2.0 * rise);
    libm::acosf((radius - height) / radius).to_degrees()
}

#[test]
fn liquid_meets_walls_at_the_angle_of_the_knob() {
    for (wanted, on_side) in [
        (30.0, false),
        (45.0, true),
        (65.0, true),
        (90.0, false),
        (115.0, true),
        (140.0, false),
        (150.0, false),
    ] {
        let found = angle(&DropsKnobs { contact_angle: wanted, ..knobs() }, on_side);
        println!("angle {wanted}: {found}");
        assert!((found - wanted).abs() < 2.5, "contact angle {found}, not {wanted}");
    }
}
