//! What is kept: volume, angular momentum, colour.

use super::*;

const WALLS: [Edge; 4] = [Edge::Closed; 4];

#[test]
fn a_thousand_steps_of_sloshing_keep_the_volume() {
    let mut tank = tank((128, 72), WALLS, |_, y| y > 40.0);
    let before = volume(&tank);
    let (mut worst, mut steps) = (0.0f64, 0);
    for i in 0..500 {
        // A tank that is tilted to and fro, at its own period.
        let t = i as f32 / 60.0;
        let push = 45.0 * libm::sinf(t * 2.2);
        let forces = Acceleration { gravity: [push, 200.0], field: Vec::new() };
        for _ in 0..2 {
            tank.step(&WATER, &forces, 1.0 / 120.0);
            steps += 1;
        }
        worst = worst.max((volume(&tank) / before - 1.0).abs());
    }
    let waves = (0..128).map(|x| column(&tank, x)).fold((1e9f64, 0f64), |(a, b), c| (a.min(c), b.max(c)));
    println!(
        "{steps} steps: worst change of volume {:.3} %, last {:+.3} %, surface {waves:?}",
        worst * 100.0,
        (volume(&tank) / before - 1.0) * 100.0
    );
    assert!(worst < 0.01, "{worst}");
    assert!(waves.1 - waves.0 > 4.0, "it does slosh: {waves:?}");
}

/// Angular momentum of the particles about the middle.
fn spin(tank: &Tank, middle: [f64; 2]) -> f64 {
    let of = |p: &Particle| {
        let (x, y) = (p.at[0] as f64 - middle[0], p.at[1] as f64 - middle[1]);
        x * p.velocity[1] as f64 - y * p.velocity[0] as f64
    };
    tank.sorted.all().iter().map(of).sum()
}

/// What is left of the angular momentum of a ball after half a turn; later what it throws off by
/// its spin meets the walls.
fn spun(affinity: f32) -> f64 {
    let (middle, r, rate) = ([48.0f32, 48.0], 20.0f32, 3.0f32);
    let mut tank = tank((96, 96), WALLS, |x, y| {
        let (dx, dy) = (x - middle[0], y - middle[1]);
        dx * dx + dy * dy < r * r
    });
    for p in tank.sorted.all_mut() {
        p.velocity = [-rate * (p.at[1] - middle[1]), rate * (p.at[0] - middle[0])];
        p.affine = [0.0, -rate, rate, 0.0].map(|c| c * affinity);
    }
    let about = middle.map(|v| v as f64);
    let before = spin(&tank, about);
    let rules = Rules { affinity, ..WATER };
    (0..125).for_each(|_| {
        tank.step(&rules, &down(0.0), 1.0 / 120.0);
    });
    let far = tank.sorted.all().iter().map(|p| libm::hypotf(p.at[0] - middle[0], p.at[1] - middle[1]));
    assert!(far.fold(0.0, f32::max) < middle[0], "no wall has slowed it");
    spin(&tank, about) / before
}

/// The point of the affine velocities: without them the same ball loses its spin.
#[test]
fn a_ball_keeps_its_angular_momentum() {
    let (with, without) = (spun(1.0), spun(0.0));
    println!(
        "half a turn: {:.4} of the angular momentum is left, without affine velocities {without:.4}",
        with
    );
    assert!((with - 1.0).abs() < 0.02, "{with}");
    assert!(without < 0.87, "{without}");
}

#[test]
fn colours_mix_to_their_mean_and_none_is_lost() {
    let mut tank = tank((24, 24), WALLS, |_, _| true);
    for p in tank.sorted.all_mut() {
        p.paint = if p.at[0] < 12.0 { [1.0, 0.0, 0.2, 0.0] } else { [0.0, 0.5, 0.2, 0.0] };
    }
    let mut colours = super::super::colours::Colours::new(&tank.grid);
    let total = |tank: &Tank, c: usize| tank.sorted.all().iter().map(|p| p.paint[c] as f64).sum::<f64>();
    let before = [0, 1, 2].map(|c| total(&tank, c));
    for _ in 0..3000 {
        colours.collect(&tank.grid, &tank.sorted, &tank.cells, &tank.solids);
        colours.mix(&tank.grid, tank.sorted.all_mut(), 0.9);
    }
    for (c, before) in before.into_iter().enumerate() {
        let now = total(&tank, c);
        assert!((now / before - 1.0).abs() < 1e-3, "{c}: {now} {before}");
    }
    let red = tank.sorted.all().iter().map(|p| p.paint[0]);
    let (low, high) = red.fold((1.0f32, 0.0f32), |(a, b), v| (a.min(v), b.max(v)));
    assert!(low > 0.3 && high < 0.7, "red is everywhere between: {low} {high}");
}

#[test]
fn a_falling_ball_falls_freely() {
    let mut tank = tank((48, 160), WALLS, |x, y| libm::hypotf(x - 24.0, y - 20.0) < 10.0);
    let mean = |tank: &Tank| {
        let all = tank.sorted.all();
        all.iter().map(|p| p.at[1] as f64).sum::<f64>() / all.len() as f64
    };
    let start = mean(&tank);
    (0..120).for_each(|_| {
        tank.step(&WATER, &down(160.0), 1.0 / 120.0);
    });
    let fallen = mean(&tank) - start;
    assert!((fallen / 80.0 - 1.0).abs() < 0.02, "{fallen}");
}
