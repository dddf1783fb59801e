//! Flows with known solutions.

use std::f64::consts::TAU;

use untrained::systems::gas::lbm::collide::Relaxation;
use untrained::systems::gas::lbm::edge::{BoundaryCondition, BoundaryConditions};
use untrained::systems::gas::lbm::lattice::Lattice;

/// Ghia, Ghia and Shin (1982), Tables I and II, Re = 100: (y, u at x = 0.5) and (x, v at y = 0.5).
const GHIA_U: [(f64, f64); 15] = [
    (0.9766, 0.84123),
    (0.9688, 0.78871),
    (0.9609, 0.73722),
    (0.9531, 0.68717),
    (0.8516, 0.23151),
    (0.7344, 0.00332),
    (0.6172, -0.13641),
    (0.5, -0.20581),
    (0.4531, -0.2109),
    (0.2813, -0.15662),
    (0.1719, -0.1015),
    (0.1016, -0.06434),
    (0.0703, -0.04775),
    (0.0625, -0.04192),
    (0.0547, -0.03717),
];
const GHIA_V: [(f64, f64); 15] = [
    (0.9688, -0.05906),
    (0.9609, -0.07391),
    (0.9531, -0.08864),
    (0.9453, -0.10313),
    (0.9063, -0.16914),
    (0.8594, -0.22445),
    (0.8047, -0.24533),
    (0.5, 0.05454),
    (0.2344, 0.17527),
    (0.2266, 0.17507),
    (0.1563, 0.16077),
    (0.0938, 0.12317),
    (0.0781, 0.1089),
    (0.0703, 0.10091),
    (0.0625, 0.09233),
];

/// Straight between cell centres, walls half a cell outside.
fn between(values: &[f64], at: f64, first_wall: f64, last_wall: f64) -> f64 {
    let n = values.len() as f64;
    let node = |i: isize| match i {
        -1 => (0.0, first_wall),
        i if i == values.len() as isize => (1.0, last_wall),
        i => ((i as f64 + 0.5) / n, values[i as usize]),
    };
    let i = (at * n - 0.5).floor() as isize;
    let ((a, va), (b, vb)) = (node(i), node(i + 1));
    va + (vb - va) * (at - a) / (b - a)
}

#[test]
fn the_lid_driven_cavity_follows_ghia() {
    const N: usize = 96;
    const LID: f64 = 0.1;
    let wall = BoundaryCondition::Wall;
    let edges = BoundaryConditions {
        left: wall,
        right: wall,
        top: BoundaryCondition::Moving,
        bottom: wall,
        wall_speed: LID as f32,
        inflow: 0.0,
    };
    let mut gas = Lattice::new(N, N, edges);
    gas.run(60_000, Relaxation::trt((LID * N as f64 / 100.0) as f32, 3.0 / 16.0), None);
    let middle = |which: usize, x: usize, y: usize| gas.moment(which, y)[x] as f64 / LID;
    let half = N / 2;
    let u: Vec<f64> = (0..N).rev().map(|y| 0.5 * (middle(1, half - 1, y) + middle(1, half, y))).collect();
    let v: Vec<f64> = (0..N).map(|x| -0.5 * (middle(2, x, half - 1) + middle(2, x, half))).collect();
    let worst = |table: &[(f64, f64)], got: &dyn Fn(f64) -> f64| {
        table.iter().map(|&(at, expected)| (got(at) - expected).abs()).fold(0.0, f64::max)
    };
    let (u, v) =
        (worst(&GHIA_U, &|y| between(&u, y, 0.0, 1.0)), worst(&GHIA_V, &|x| between(&v, x, 0.0, 0.0)));
    println!("largest deviation from Ghia: u {u:.4}, v {v:.4}");
    assert!(u < 0.01 && v < 0.01, "u {u} v {v}");
}

/// Measured over expected decay rate of a Taylor–Green vortex that drifts.
fn decay(viscosity: f64, drift: [f64; 2], relaxation: Relaxation) -> f64 {
    const N: usize = 64;
    let k = TAU / N as f64;
    let size = 0.02;
    let mut gas = Lattice::new(N, N, BoundaryConditions::TORUS);
    gas.fill(|x, y| {
        let (x, y) = (k * (x as f64 + 0.5), k * (y as f64 + 0.5));
        let pressure = -0.25 * size * size * ((2.0 * x).cos() + (2.0 * y).cos());
        let (u, v) = (-size * x.cos() * y.sin(), size * x.sin() * y.cos());
        [(3.0 * pressure) as f32, (u + drift[0]) as f32, (v + drift[1]) as f32]
    });
    let energy = |gas: &Lattice| -> f64 {
        let cell = |x: usize, y: usize| {
            let part = |c: usize| gas.moment(1 + c, y)[x] as f64 - drift[c];
            part(0).powi(2) + part(1).powi(2)
        };
        (0..N * N).map(|i| cell(i % N, i / N)).sum()
    };
    gas.run(200, relaxation, None);
    let before = energy(&gas);
    let steps = (0.5 / (viscosity * k * k)) as usize;
    gas.run(steps, relaxation, None);
    (before / energy(&gas)).ln() / (4.0 * viscosity * k * k * steps as f64)
}

#[test]
fn taylor_green_vortices_decay_as_they_should() {
    for viscosity in [0.005, 0.05] {
        for relaxation in [Relaxation::trt(viscosity, 3.0 / 16.0), Relaxation::bgk(viscosity)] {
            let ratio = decay(viscosity as f64, [0.0, 0.0], relaxation);
            assert!((ratio - 1.0).abs() < 0.01, "{viscosity}: {ratio}");
        }
    }
}

#[test]
fn a_drift_changes_nothing() {
    let relaxation = Relaxation::trt(0.02, 3.0 / 16.0);
    let still = decay(0.02, [0.0, 0.0], relaxation);
    for drift in [[0.05, 0.0], [0.03, -0.04]] {
        let ratio = decay(0.02, drift, relaxation) / still;
        assert!((ratio - 1.0).abs() < 0.01, "{drift:?}: {ratio}");
    }
}

/// Largest deviation from the parabola between walls half-way, as a fraction of the middle speed.
fn poiseuille(relaxation: Relaxation, viscosity: f64, across: bool) -> f64 {
    const N: usize = 15;
    let wall = BoundaryConditions {
        left: BoundaryCondition::Wall,
        right: BoundaryCondition::Wall,
        ..BoundaryConditions::TORUS
    };
    let edges = if across {
        wall
    } else {
        BoundaryConditions {
            top: BoundaryCondition::Wall,
            bottom: BoundaryCondition::Wall,
            ..BoundaryConditions::TORUS
        }
    };
    let (w, h) = if across { (N, 4) } else { (4, N) };
    let mut gas = Lattice::new(w, h, edges);
    let top = 0.05;
    let push = (8.0 * viscosity * top / (N * N) as f64) as f32;
    let (on, off) = (vec![push; 4 * N], vec![0.0; 4 * N]);
    let force: [&[f32]; 2] = if across { [&off, &on] } else { [&on, &off] };
    gas.run((2.0 * (N * N) as f64 / viscosity) as usize, relaxation, Some(force));
    let n = N as f64;
    let expected = |i: usize| top * 4.0 * (i as f64 + 0.5) * (n - i as f64 - 0.5) / (n * n);
    let got = |i: usize| if across { gas.moment(2, 1)[i] } else { gas.moment(1, i)[1] } as f64;
    (0..N).map(|i| (got(i) - expected(i)).abs()).fold(0.0, f64::max) / top
}

#[test]
fn a_channel_has_a_parabolic_profile_and_walls_stay_put_at_any_viscosity() {
    for viscosity in [0.02, 0.1, 0.5] {
        for across in [false, true] {
            let error = poiseuille(Relaxation::trt(viscosity as f32, 3.0 / 16.0), viscosity, across);
            println!("viscosity {viscosity}: deviation {error:.1e}");
            assert!(error < 5e-4, "{viscosity}: {error}");
        }
    }
    let slip = poiseuille(Relaxation::bgk(0.5), 0.5, false);
    assert!(slip > 5e-3, "one relaxation time moves the walls: {slip}");
}

#[test]
fn mass_is_kept_to_rounding() {
    let wall = BoundaryCondition::Wall;
    let lid = BoundaryConditions {
        left: wall,
        right: wall,
        top: BoundaryCondition::Moving,
        bottom: wall,
        wall_speed: 0.1,
        inflow: 0.0,
    };
    for edges in [BoundaryConditions::TORUS, lid] {
        let (w, h) = (100, 70);
        let mut gas = Lattice::new(w, h, edges);
        gas.fill(|x, y| [0.02 * ((x * 7 + y * 3) % 5) as f32, 0.02, -0.01 * (y % 3) as f32]);
        let solid: Vec<u8> = (0..w * h).map(|c| (c % 17 == 3 && c / w % 9 < 4) as u8).collect();
        gas.set_solid(&solid);
        let before = gas.excess();
        for steps in [1, 9_999, 10_000] {
            assert_eq!(gas.run(steps, Relaxation::trt(0.01, 3.0 / 16.0), None), 0);
            let drift = (gas.excess() - before).abs() / (w * h) as f64;
            println!("drift after {steps} more steps: {drift:.1e} a cell");
            assert!(drift < 1e-6, "{drift}");
        }
    }
}

#[test]
fn gas_that_enters_leaves() {
    let edges = BoundaryConditions {
        left: BoundaryCondition::Inflow,
        right: BoundaryCondition::Outflow,
        top: BoundaryCondition::Wall,
        bottom: BoundaryCondition::Wall,
        wall_speed: 0.0,
        inflow: 0.05,
    };
    let (w, h) = (160, 41);
    let mut gas = Lattice::new(w, h, edges);
    gas.run(12_000, Relaxation::trt(0.05, 3.0 / 16.0), None);
    let flux = |x: usize| -> f64 {
        (0..h).map(|y| (1.0 + gas.moment(0, y)[x] as f64) * gas.moment(1, y)[x] as f64).sum()
    };
    for x in [20, 80, 150] {
        let part = flux(x) / (0.05 * h as f64);
        assert!((part - 1.0).abs() < 0.01, "flux at column {x}: {part}");
    }
    // Far from the inlet the profile is Poiseuille's: its middle runs half as fast again as the mean.
    let middle = gas.moment(1, h / 2)[140] as f64 / 0.05;
    assert!((middle - 1.5).abs() < 0.03, "{middle}");
}
