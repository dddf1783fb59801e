//! The law against its formula, sums over cells against sums over all, and what the law implies.

use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

use super::super::crowd::{Space, number_of};
use super::super::force::{Law, force};
use super::super::particles::Particles;
use crate::swarm::bins::nearest;
use ::world::rng::Rng;

const KINDS: u64 = 5;

fn law(r_max: f64, seed: u64) -> Law<f64> {
    let r = Rng::new(seed);
    let value = |i: u64, j: u64| 2.0 * r.fork(i).unit64(j) - 1.0;
    let matrix = std::array::from_fn(|i| std::array::from_fn(|j| value(i as u64, j as u64)));
    Law { r_max, beta: 0.1 + 0.5 * r.unit64(7), factor: 5.0, matrix }
}

type World = (Vec<[f64; 2]>, Vec<[f64; 2]>, Vec<u8>);

fn any(n: usize, extent: [f64; 2], seed: u64) -> World {
    let all = |f: &dyn Fn(Rng) -> [f64; 2]| (0..n as u64).map(|i| f(Rng::new(seed).fork(i))).collect();
    let kinds = (0..n as u64).map(|i| Rng::new(seed).fork(i).below(9, KINDS) as u8).collect();
    let places = all(&|r| [r.unit64(0) * extent[0], r.unit64(1) * extent[1]]);
    (places, all(&|r| [r.unit64(2) - 0.5, r.unit64(3) - 0.5]), kinds)
}

/// The formula as it is written in the reference, without anything of the system.
fn written(r: f64, a: f64, beta: f64) -> f64 {
    if r < beta {
        r / beta - 1.0
    } else if r < 1.0 {
        a * (1.0 - (2.0 * r - 1.0 - beta).abs() / (1.0 - beta))
    } else {
        0.0
    }
}

/// Accelerations by their numbers: every pair.
fn brute((places, _, kinds): &World, law: &Law<f64>, space: &Space<f64>) -> Vec<[f64; 2]> {
    let pull = |i: usize, j: usize| {
        let d = [0, 1].map(|k| {
            let d = places[j][k] - places[i][k];
            if space.wraps[k] { nearest(d, space.extent[k]) } else { d }
        });
        let r = (d[0] * d[0] + d[1] * d[1]).sqrt();
        let f = written(r / law.r_max, law.matrix[kinds[i] as usize][kinds[j] as usize], law.beta);
        if i == j { [0.0; 2] } else { d.map(|d| law.factor * law.r_max * f * d / r) }
    };
    let all = |i: usize| (0..places.len()).map(move |j| pull(i, j));
    (0..places.len()).map(|i| all(i).fold([0.0; 2], |s, p| [s[0] + p[0], s[1] + p[1]])).collect()
}

fn felt(particles: &Particles<f64>) -> Vec<[f64; 2]> {
    let mut all = vec![[0.0; 2]; particles.crowd.len()];
    for (i, name) in particles.crowd.name.iter().enumerate() {
        all[number_of(*name)] = [particles.pull[0][i], particles.pull[1][i]];
    }
    all
}

proptest! {
    #[test]
    fn the_force_is_that_of_the_formula(r in 0.0f64..1.3, a in -10.0f64..10.0, beta in 0.01f64..0.99) {
        prop_assert!((force(r, a, beta) - written(r, a, beta)).abs() < 1e-12);
        prop_assert!((force(r as f32, a as f32, beta as f32) as f64 - written(r, a, beta)).abs() < 1e-3);
    }

    /// Narrow worlds too, in which a particle's neighbours are on both sides of it.
    #[test]
    fn sums_over_cells_are_sums_over_all(
        n in 1usize..150, w in 0.2f64..6.0, h in 0.2f64..6.0, reach in 0.05f64..2.0, across: bool, down: bool, seed: u64,
    ) {
        let (space, law) = (Space { extent: [w, h], wraps: [across, down] }, law(reach, seed));
        let world = any(n, space.extent, seed);
        let mut particles = Particles::new(&world.0, &world.1, &world.2);
        particles.feel(&law, &space);
        for (fast, slow) in felt(&particles).iter().zip(brute(&world, &law, &space)) {
            prop_assert!((0..2).all(|k| (fast[k] - slow[k]).abs() < 1e-9), "{fast:?} {slow:?}");
        }
    }

    /// To the bit.
    #[test]
    fn it_does_not_depend_on_how_particles_are_stored(n in 2usize..120, seed: u64, narrow: bool) {
        let (space, law) = (Space { extent: [2.0, if narrow { 0.5 } else { 1.5 }], wraps: [true; 2] }, law(0.3, seed));
        let world = any(n, space.extent, seed);
        let run = |shuffled: bool| {
            let mut particles = Particles::new(&world.0, &world.1, &world.2);
            if shuffled {
                let crowd = &mut particles.crowd;
                let mut order: Vec<usize> = (0..n).collect();
                order.sort_by_key(|&i| Rng::new(seed).named("order").bits(i as u64));
                for row in [&mut crowd.x, &mut crowd.y, &mut crowd.vx, &mut crowd.vy] {
                    *row = order.iter().map(|&i| row[i]).collect();
                }
                crowd.name = order.iter().map(|&i| crowd.name[i]).collect();
            }
            (0..4).for_each(|_| particles.step(&law, 0.9, 0.02, &space));
            particles.crowd.by_number().concat().into_iter().map(f64::to_bits).collect::<Vec<_>>()
        };
        prop_assert_eq!(run(true), run(false));
    }

    #[test]
    fn walls_contain(n in 1usize..60, seed: u64, speed in 0.0f64..1e4) {
        let (space, law) = (Space { extent: [1.5, 0.4], wraps: [false; 2] }, law(0.5, seed));
        let mut world = any(n, space.extent, seed);
        world.1.iter_mut().for_each(|v| *v = v.map(|v| v * speed));
        let mut particles = Particles::new(&world.0, &world.1, &world.2);
        for _ in 0..20 {
            particles.step(&law, 1.0, 0.02, &space);
            let inside = |row: &[f64], k: usize| row.iter().all(|v| (0.0..=space.extent[k]).contains(v));
            prop_assert!(inside(&particles.crowd.x, 0) && inside(&particles.crowd.y, 1));
        }
    }
}

/// If all likes are mutual, no friction and nothing from outside.
#[test]
fn mutual_forces_keep_the_momentum() {
    let (space, mut law) = (Space { extent: [2.0, 1.0], wraps: [true; 2] }, law(0.3, 3));
    let upper = law.matrix;
    let mutual = |i: usize, j: usize| upper[i.min(j)][i.max(j)];
    law.matrix = std::array::from_fn(|i| std::array::from_fn(|j| mutual(i, j)));
    let (places, velocities, kinds) = any(300, space.extent, 5);
    let mut particles = Particles::new(&places, &velocities, &kinds);
    let momentum = |p: &Particles<f64>| [p.crowd.vx.iter().sum::<f64>(), p.crowd.vy.iter().sum::<f64>()];
    let (before, mut change) = (momentum(&particles), 0.0f64);
    for _ in 0..100 {
        let old = particles.crowd.by_number();
        particles.step(&law, 1.0, 0.01, &space);
        let new = particles.crowd.by_number();
        change = change.max(old.iter().zip(&new).map(|(a, b)| (a[2] - b[2]).abs()).fold(0.0, f64::max));
    }
    let after = momentum(&particles);
    assert!(
        change > 0.1 && (0..2).all(|k| (after[k] - before[k]).abs() < 1e-10),
        "{before:?} {after:?} {change}"
    );
}

#[test]
fn a_particle_left_alone_loses_half_of_its_speed_in_a_half_life() {
    let space = Space { extent: [1.0; 2], wraps: [true; 2] };
    let mut one = Particles::new(&[[0.5; 2]], &[[0.3, -0.1]], &[0]);
    let keeps = libm::exp2(-0.01 / 0.2);
    (0..20).for_each(|_| one.step(&law(0.1, 1), keeps, 0.01, &space));
    assert!((one.crowd.vx[0] - 0.15).abs() < 1e-12 && (one.crowd.vy[0] + 0.05).abs() < 1e-12);
}

/// With too many pairs each particle feels a sample, which stands for all.
#[test]
fn a_sample_stands_for_all() {
    let (space, law) = (Space { extent: [2.0, 1.0], wraps: [true; 2] }, law(0.1, 2));
    let (places, velocities, kinds) = any(20_000, space.extent, 8);
    let mut particles = Particles::new(&places, &velocities, &kinds);
    particles.feel(&law, &space);
    assert!(!particles.sampled);
    let exact = felt(&particles);
    particles.budget = Some(5_000_000);
    particles.feel(&law, &space);
    assert!(particles.sampled);
    let size = |all: &[[f64; 2]]| all.iter().map(|a| a[0] * a[0] + a[1] * a[1]).sum::<f64>();
    let apart: Vec<[f64; 2]> =
        felt(&particles).iter().zip(&exact).map(|(a, b)| [a[0] - b[0], a[1] - b[1]]).collect();
    let (few, all) = (size(&felt(&particles)), size(&exact));
    // Along what they feel of all, samples are neither weaker nor stronger.
    let along = 0.5 * (few + all - size(&apart)) / all;
    assert!((along - 1.0).abs() < 0.15, "{along}");
}

#[test]
fn walls_reflect() {
    let space = Space { extent: [1.5, 1.0], wraps: [false; 2] };
    for (x, v, expected) in [(1.45, 10.0, 1.35), (0.05, -10.0, 0.15), (1.0, 10.0, 1.2)] {
        let mut one = Particles::new(&[[x, 0.5]], &[[v, 0.0]], &[0]);
        one.step(&law(0.1, 1), 1.0, 0.02, &space);
        let turned = if expected == 1.2 { v } else { -v };
        assert!((one.crowd.x[0] - expected).abs() < 1e-12 && one.crowd.vx[0] == turned, "{x} {v}");
    }
}
