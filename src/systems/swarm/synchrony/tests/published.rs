//! Values that an independent program computed (DOP853, Euler and RK4 of SciPy), and theory.

use crate::swarm::synchrony::integrate::Method;
use crate::swarm::synchrony::mean::kuramoto_step;
use crate::swarm::synchrony::natural::{Distribution, deviations, quantile, shares};
use crate::swarm::synchrony::observe::order;
use crate::swarm::synchrony::theory::{critical_coupling, order_at};
use crate::swarm::synchrony::waves::Wave;
use world::rng::Rng;

/// Natural frequencies, phases at first, and after 10 units of time exactly, by Euler's method and by RK4.
const OMEGA: [f64; 8] = [-0.531155, 0.492416, 1.114711, 1.913208, -1.350851, -0.720017, -0.929476, -0.321886];
const FIRST: [f64; 8] = [4.59693, 3.621804, 4.908484, 4.156836, 5.273465, 2.760797, 0.974204, 0.941441];
const EXACT: [f64; 8] = [
    1.1313818053548435,
    8.06730199080213,
    14.74103380721657,
    21.644187271054847,
    -5.9180621558806585,
    -5.286730072871866,
    -5.551463460339522,
    -4.924188185336349,
];
const EULER: [f64; 8] = [
    1.105985098703372,
    8.110814197222098,
    14.786878474995941,
    21.693558200825958,
    -5.952261087417326,
    -5.309278775502992,
    -5.585333103658627,
    -4.946902005168423,
];
const RK4: [f64; 8] = [
    1.1313819600210637,
    8.067301890335607,
    14.74103356360647,
    21.644186804583686,
    -5.918061991094246,
    -5.286729916924109,
    -5.551463296587132,
    -4.924188013941332,
];

fn after(steps: usize, method: Method) -> Vec<f64> {
    let mut theta = FIRST.to_vec();
    (0..steps).for_each(|_| kuramoto_step(&mut theta, &OMEGA, 1.5, 10.0 / steps as f64, method));
    theta
}

fn error(theta: &[f64], expected: &[f64; 8]) -> f64 {
    theta.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

#[test]
fn integrators_agree_with_another_program() {
    assert!(error(&after(200, Method::Euler), &EULER) < 1e-10);
    assert!(error(&after(200, Method::Rk4), &RK4) < 1e-10);
    assert!(error(&after(3200, Method::Rk4), &EXACT) < 1e-9);
}

/// Halving the step divides the error of RK4 by 16, that of Euler's method by 2.
#[test]
fn errors_are_of_the_fourth_and_first_order() {
    let ratio = |steps: usize, method: Method| {
        error(&after(steps, method), &EXACT) / error(&after(2 * steps, method), &EXACT)
    };
    let (fourth, first) = (ratio(400, Method::Rk4), ratio(1600, Method::Euler));
    assert!((fourth / 16.0 - 1.0).abs() < 0.1, "{fourth}");
    assert!((first / 2.0 - 1.0).abs() < 0.1, "{first}");
}

#[test]
fn fast_waves_are_sines_and_cosines() {
    let angles: Vec<f32> = (-40_000..40_000).map(|i| i as f32 * 0.0123).collect();
    let (mut sin, mut cos) = (vec![0.0; angles.len()], vec![0.0; angles.len()]);
    f32::waves(&angles, &mut sin, &mut cos);
    for ((angle, s), c) in angles.iter().zip(sin).zip(cos) {
        let (exact_s, exact_c) = libm::sincos(*angle as f64);
        assert!((s as f64 - exact_s).abs() < 3e-7 && (c as f64 - exact_c).abs() < 3e-7, "{angle}: {s} {c}");
    }
    for i in 1..1000 {
        let v = libm::expf(0.03 * (i - 500) as f32);
        assert!(((v.inverse_root() as f64) * (v as f64).sqrt() - 1.0).abs() < 4e-7, "{v}");
    }
}

#[test]
fn the_normal_quantile_is_the_inverse_of_the_distribution() {
    for i in 1..2000 {
        let p = i as f64 / 2000.0;
        let below = 0.5 * libm::erfc(-quantile(Distribution::Gaussian, p) / core::f64::consts::SQRT_2);
        assert!((below - p).abs() < 1e-7, "{p}: {below}");
    }
}

/// Values of the shared reference (adaptive quadrature and root finding of SciPy).
#[test]
fn self_consistency_has_the_known_solutions() {
    let gaussian = [
        (1.7, 0.42536210894086207),
        (2.0, 0.7151739566831834),
        (3.0, 0.9251816861387038),
        (5.0, 0.9783642942105467),
    ];
    for (k, r) in gaussian {
        assert!((order_at(Distribution::Gaussian, k) - r).abs() < 1e-6, "{k}");
    }
    let lorentz = [(1.7, 0.0), (3.0, 0.5773502691896258), (5.0, 0.7745966692414834)];
    for (k, r) in lorentz {
        assert!((order_at(Distribution::Lorentz, k) - r).abs() < 1e-6, "{k}");
    }
    assert!((critical_coupling(Distribution::Gaussian) - 1.5957691216057308).abs() < 1e-12);
    assert!((critical_coupling(Distribution::Lorentz) - 2.0).abs() < 1e-12);
    assert!((critical_coupling(Distribution::Uniform) - 1.2732395447351628).abs() < 1e-12);
}

const MANY: usize = 10_000;

/// Mean r over the second half of a run of so much time.
fn settled(distribution: Distribution, coupling: f32, time: f32, theta: &mut Vec<f32>) -> f64 {
    let omega = deviations(distribution, &shares(MANY, Rng::new(3)));
    let (dt, mut sum, mut count) = (0.05f32, 0.0, 0);
    let steps = (time / dt) as usize;
    for step in 0..steps {
        kuramoto_step(theta, &omega, coupling, dt, Method::Euler);
        theta.iter_mut().for_each(|angle| *angle = crate::swarm::synchrony::flashes::wrapped(*angle));
        if step >= steps / 2 {
            (sum, count) = (sum + order(theta).0, count + 1);
        }
    }
    sum / count as f64
}

fn scattered() -> Vec<f32> {
    (0..MANY as u64).map(|i| core::f32::consts::TAU * Rng::new(8).unit(i)).collect()
}

/// Near the critical coupling r² grows in proportion to the distance from it: the line through r² meets 0 there.
#[test]
fn the_critical_coupling_of_ten_thousand_is_that_of_infinitely_many() {
    for (distribution, couplings) in
        [(Distribution::Gaussian, [1.68f32, 1.76]), (Distribution::Lorentz, [2.2, 2.5])]
    {
        let mut theta = vec![0.0; MANY];
        let squares = couplings.map(|coupling| {
            let r = settled(distribution, coupling, 60.0, &mut theta);
            // Of the Lorentz distribution r² = 1 − Kc/K is a line in 1/K.
            r * r * if distribution == Distribution::Lorentz { coupling as f64 } else { 1.0 }
        });
        let [a, b] = couplings.map(|k| k as f64);
        let critical = a - squares[0] * (b - a) / (squares[1] - squares[0]);
        let theory = critical_coupling(distribution);
        assert!((critical / theory - 1.0).abs() < 0.05, "{distribution:?}: {critical}, {theory}");
    }
}

#[test]
fn order_of_ten_thousand_is_that_of_infinitely_many() {
    let mut theta = scattered();
    assert!(settled(Distribution::Lorentz, 1.4, 20.0, &mut theta) < 0.05, "below");
    // From in step downwards, as the other way takes longer.
    theta.fill(0.0);
    for coupling in [5.0f32, 4.0, 3.0, 2.6] {
        let (r, theory) = (
            settled(Distribution::Lorentz, coupling, 30.0, &mut theta),
            (1.0 - 2.0 / coupling as f64).sqrt(),
        );
        assert!((r - theory).abs() < 0.03, "{coupling}: {r}, {theory}");
    }
    let r = settled(Distribution::Gaussian, 2.0, 30.0, &mut theta);
    assert!((r - order_at(Distribution::Gaussian, 2.0)).abs() < 0.03, "{r}");
}
