use proptest::prelude::*;
use world::params::Params;
use world::rng::Rng;
use world::system::{Phase, Texts, Touch};

use super::*;

fn born(params: &GrayScottKnobs, w: usize, h: usize) -> GrayScott {
    let texts = Texts::default();
    GrayScott::new(params, &InitContext { width: w, height: h, rng: Rng::new(3), texts: &texts }).unwrap()
}

fn env<'a>(tick: u64, inputs: &'a [Option<&'a Field>], touches: &'a [Touch]) -> Env<'a> {
    Env { tick, dt: 1.0 / 60.0, rng: Rng::new(5).fork(tick), inputs, touches, switches: &[] }
}

fn run(world: &mut GrayScott, params: &GrayScottKnobs, ticks: u64) {
    (0..ticks).for_each(|t| world.step(params, &env(t, &[None, None], &[])));
}

/// Fields of another program in double precision, from a known initial condition.
#[test]
fn it_agrees_with_another_implementation() {
    let Some(file) = crate::skip::shared().map(|d| d.join("reference/reaction/gray_scott.json")) else {
        return;
    };
    let cases: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let cases = cases.as_array().unwrap();
    assert!(cases.len() >= 3);
    for case in cases {
        let number = |name: &str| case[name].as_f64().unwrap();
        let five = case["laplacian"] == "5-point";
        let diffusion = |name: &str| (number(name) * if five { 1.0 } else { 0.3 }) as f32;
        assert_eq!(number("dt"), 1.0);
        let params = GrayScottKnobs {
            feed: number("F") as f32,
            kill: number("k") as f32,
            diffusion_u: diffusion("Du"),
            diffusion_v: diffusion("Dv"),
            laplacian: if five { Laplacian::Five } else { Laplacian::Nine },
            steps: 1,
            ..GrayScottKnobs::default()
        };
        let (w, h) = (number("W") as usize, number("H") as usize);
        let mut world = born(&params, w, h);
        world.now = reference_start(w, h);
        for steps in 1..=2000u64 {
            run(&mut world, &params, 1);
            let state = &case["states"][steps.to_string()];
            for (name, plane) in [("u", U), ("v", V)] {
                let rows = state[name].as_array().or_else(|| state["fields"][name].as_array());
                for (y, row) in rows.into_iter().flatten().enumerate() {
                    for (x, wanted) in row.as_array().unwrap().iter().enumerate() {
                        let (found, wanted) = (world.now.at(plane, x, y) as f64, wanted.as_f64().unwrap());
                        assert!(
                            (found - wanted).abs() < 1e-3,
                            "{name} after {steps} at {x} {y}: {found} {wanted}"
                        );
                    }
                }
            }
        }
    }
}

fn reference_start(w: usize, h: usize) -> Field {
    let mut field = Field::new(w, h, 2);
    field.fill_rows(|plane, y, row| {
        for (x, value) in row.iter_mut().enumerate() {
            let inside = x.abs_diff(w / 2) <= 4 && y.abs_diff(h / 2) <= 3;
            let (fx, fy) = (x as f64 / w as f64, y as f64 / h as f64);
            let turn = std::f64::consts::TAU;
            let (u, v) = if inside { (0.5, 0.25) } else { (1.0, 0.0) };
            let u = u + 0.01 * (turn * (3.0 * fx + 2.0 * fy)).sin();
            let v = v + 0.01 * (1.0 + (turn * (2.0 * fx - fy)).cos());
            *value = [u, v][plane] as f32;
        }
    });
    field
}

proptest! {
    /// Neither fed nor killed, U only turns into V: their total is conserved, on a torus and between walls.
    #[test]
    fn what_is_neither_fed_nor_killed_is_conserved(
        seed: u64, w in 3usize..70, h in 3usize..40, walls: bool, five: bool,
    ) {
        let mut params = GrayScottKnobs { feed: 0.0, steps: 1, ..GrayScottKnobs::default() };
        params.kill = 0.0;
        params.border = if walls { Border::Walls } else { Border::Torus };
        params.laplacian = if five { Laplacian::Five } else { Laplacian::Nine };
        let mut world = born(&params, w, h);
        world.now.fill_rows(|p, y, row| {
            let drawn = |x: usize| Rng::new(seed).fork(p as u64).unit((y * w + x) as u64);
            row.iter_mut().enumerate().for_each(|(x, v)| *v = [0.3, 0.0][p] + 0.4 * drawn(x));
        });
        let all = |world: &GrayScott| world.now.sum(U) + world.now.sum(V);
        let before = all(&world);
        run(&mut world, &params, 5);
        prop_assert!((all(&world) - before).abs() < 1e-5 * before, "{} {}", before, all(&world));
    }
}

#[test]
fn without_v_nothing_happens_and_a_touch_starts_it() {
    let params = GrayScottKnobs { drops: 0.0, ..GrayScottKnobs::default() };
    let mut world = born(&params, 96, 64);
    run(&mut world, &params, 3);
    assert!(world.now.plane(U).iter().all(|u| *u == 1.0) && world.now.plane(V).iter().all(|v| *v == 0.0));
    let touch = |strength| Touch {
        id: 0,
        x: 0.5,
        y: 0.5,
        dx: 0.0,
        dy: 0.0,
        radius: 0.15,
        strength,
        phase: Phase::Down,
    };
    world.step(&params, &env(0, &[None, None], &[touch(1.0)]));
    run(&mut world, &params, 250);
    let grown = world.read(Readout::Mean);
    assert!(grown > 0.01 && world.read(Readout::Activity) > 0.0, "{grown}");
    let still = GrayScottKnobs { steps: 0, ..params };
    (0..40).for_each(|t| world.step(&still, &env(t, &[None, None], &[touch(-1.0)])));
    let (u, v) = (world.now.at(U, 48, 32), world.now.at(V, 48, 32));
    assert!(u == 1.0 && v == 0.0, "a touch that takes leaves it clear: {u} {v}");
    assert!(world.read(Readout::Mean) < grown);
}

#[test]
fn the_nutrient_field_feeds_and_the_seed_field_seeds() {
    let params = GrayScottKnobs { drops: 30.0, ..GrayScottKnobs::default() };
    let half = Field::from_fn(128, 64, |x, _| (x >= 64) as u32 as f32);
    let mut world = born(&params, 128, 64);
    (0..300).for_each(|t| world.step(&params, &env(t, &[Some(&half), None], &[])));
    let side = |range: std::ops::Range<usize>| range.map(|x| world.now.at(V, x, 32) as f64).sum::<f64>();
    assert!(side(72..120) > 10.0 * side(8..56), "{} {}", side(72..120), side(8..56));
    let empty = GrayScottKnobs { drops: 0.0, fertile: 1.0, steps: 0, ..params };
    let mut world = born(&empty, 128, 64);
    world.step(&empty, &env(0, &[None, Some(&half)], &[]));
    assert!((0..128).all(|x| world.now.at(V, x, 9) == if x >= 64 { DROP[1] } else { 0.0 }));
}

/// A reaction that dies out leaves zeros, not subnormals, with which each step takes a hundred times as long.
#[test]
fn a_world_that_dies_is_at_rest() {
    let params = GrayScottKnobs { feed: 0.02, kill: 0.08, steps: 10, ..GrayScottKnobs::default() };
    let mut world = born(&params, 80, 60);
    for tick in 0..500 {
        run(&mut world, &params, 1);
        assert!(world.now.data().iter().all(|v| !v.is_subnormal()), "tick {tick}");
    }
    assert!(world.now.plane(V).iter().all(|v| *v == 0.0));
}

#[test]
fn every_knob_and_any_field_leave_it_finite() {
    let wild = Field::from_fn(33, 21, |x, y| [1e6, -1e6, 0.0, 1.0][(x + y) % 4]);
    for corner in 0..1 << GrayScottKnobs::SPECS.len() {
        let mut params = GrayScottKnobs::default();
        for (i, spec) in GrayScottKnobs::SPECS.iter().enumerate() {
            params.set(i, if corner >> i & 1 == 1 { spec.hi } else { spec.lo });
        }
        params.steps = params.steps.min(4);
        let mut world = born(&params, 33, 21);
        (0..4).for_each(|t| world.step(&params, &env(t, &[Some(&wild), Some(&wild)], &[])));
        assert!(world.now.data().iter().all(|v| (0.0..=MOST).contains(v)), "corner {corner}");
    }
}

/// U is fed towards 1 and only ever used up: more of it would be an explicit scheme that is unstable.
#[test]
fn every_pair_of_diffusions_is_stable_with_both_stencils() {
    for laplacian in [Laplacian::Five, Laplacian::Nine] {
        for (diffusion_u, diffusion_v) in [(0.3, 0.01), (0.3, 0.3), (0.02, 0.3), (0.24, 0.1)] {
            let params = GrayScottKnobs {
                laplacian,
                diffusion_u,
                diffusion_v,
                drops: 40.0,
                ..GrayScottKnobs::default()
            };
            let mut world = born(&params, 48, 32);
            for tick in 0..100 {
                run(&mut world, &params, 1);
                let most = world.now.extent(U).1;
                assert!(most <= 1.0001, "{laplacian:?} {diffusion_u} {diffusion_v}: {most} at tick {tick}");
            }
        }
    }
}
