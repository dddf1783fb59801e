//! The whole system: mass, hostile knobs and inputs, equal bits, an hour.

use super::super::foam::WET;
use super::super::{Input, Readout, Water, WaterKnobs};
use std::path::Path;
use world::field::Field;
use world::rng::Rng;
use world::system::{Env, InitContext, Phase, Sounding, System, SystemKind, Texts, Touch};
use world::vectors::Vectors;
use world::view::View;

static WATER: SystemKind = SystemKind::of::<Water>();

fn born(knobs: &WaterKnobs, (width, height): (usize, usize)) -> Water {
    let texts = Texts::default();
    Water::new(knobs, &InitContext { width, height, rng: Rng::new(5), texts: &texts }).unwrap()
}

fn env<'a>(tick: u64, inputs: &'a [Option<&'a Field>], touches: &'a [Touch]) -> Env<'a> {
    Env { tick, dt: 1.0 / 60.0, rng: Rng::new(5).fork(tick), inputs, touches, switches: &[] }
}

/// Nothing comes or goes.
fn closed() -> WaterKnobs {
    WaterKnobs {
        rain: 0.0,
        stones: 0.0,
        springs: 0,
        drains: 0,
        evaporation: 0.0,
        infiltration: 0.0,
        ..WaterKnobs::default()
    }
}

#[test]
fn moving_ground_makes_and_takes_no_water() {
    let knobs = WaterKnobs { settle: 0.05, relief: 25.0, ..closed() };
    let mut water = born(&knobs, (96, 64));
    let ground =
        |t: u64| Field::from_fn(96, 64, |x, y| ((x as u64 / 8 + y as u64 / 8 + t / 5) % 3) as f32 * 0.5);
    let first = ground(0);
    water.step(&knobs, &env(0, &[Some(&first), None, None], &[]));
    let before = water.read(Readout::Volume) as f64;
    for tick in 1..120 {
        let now = ground(tick);
        water.step(&knobs, &env(tick, &[Some(&now), None, None], &[]));
    }
    let after = water.shallow().volume();
    assert!(before > 1000.0 && (after / before - 1.0).abs() < 3e-6, "{before} {after}");
    assert!(water.read(Readout::MaxSpeed) > 5.0, "it is moved");
    let wet = (0..64).flat_map(|y| water.shallow().depth(y)).filter(|&&h| h > WET).count();
    assert!((water.read(Readout::WetShare) - wet as f32 / 6144.0).abs() < 1e-6 && wet > 100);
}

#[test]
fn what_comes_and_goes_adds_up() {
    // Rain and springs by their knobs, over a minute.
    let knobs =
        WaterKnobs { rain: 0.01, springs: 3, spring_flow: 0.02, breeze: 0.0, level: 60.0, ..closed() };
    let mut water = born(&knobs, (80, 60));
    let before = water.shallow().volume();
    (0..600).for_each(|tick| water.step(&knobs, &env(tick, &[None; 3], &[])));
    let gained = (water.shallow().volume() - before) / 4800.0;
    assert!((gained / (10.0 * 0.03) - 1.0).abs() < 0.06, "{gained}");
    // Evaporation is exact, and the source takes as it gives.
    let knobs = WaterKnobs { evaporation: 0.3, source_gain: 1.0, breeze: 0.0, level: 60.0, ..closed() };
    let mut water = born(&knobs, (80, 60));
    let before = water.shallow().volume();
    let half = Field::from_fn(80, 60, |x, _| if x < 40 { 0.5 } else { -0.1 });
    (0..60).for_each(|tick| water.step(&knobs, &env(tick, &[None, Some(&half), None], &[])));
    let gained = (water.shallow().volume() - before) / 4800.0;
    assert!((gained - (0.25 - 0.05 - 0.3)).abs() < 1e-3, "{gained}");
}

#[test]
fn touches_pour_take_and_push() {
    let knobs = WaterKnobs { breeze: 0.0, ..closed() };
    let touch = |strength: f32, phase: Phase, dx: f32| Touch {
        id: 0,
        x: 0.5,
        y: 0.5,
        dx,
        dy: 0.0,
        radius: 0.2,
        strength,
        phase,
    };
    let run = |t: Touch| {
        let mut water = born(&knobs, (64, 48));
        let before = water.shallow().volume();
        water.step(&knobs, &env(0, &[None; 3], &[t]));
        let momentum: f32 = (0..48)
            .flat_map(|y| water.shallow().depth(y).iter().zip(water.shallow().velocity(0, y)))
            .map(|(h, u)| h * u)
            .sum();
        let mut heard = Vec::new();
        water.soundings(&mut heard);
        (water.shallow().volume() - before, momentum, heard)
    };
    let (poured, _, heard) = run(touch(1.0, Phase::Down, 0.0));
    let disc = core::f64::consts::PI / 3.0 * 9.6 * 9.6;
    assert!((poured / (disc * knobs.pour as f64 / 60.0) - 1.0).abs() < 0.05, "{poured}");
    assert!(heard.iter().any(|s| s.kind == 2));
    assert!(run(touch(-1.0, Phase::Move, 0.0)).0 < -0.1);
    assert_eq!(run(touch(1.0, Phase::Up, 0.0)).0, 0.0);
    assert!(run(touch(1.0, Phase::Move, 0.05)).1 > 100.0 && run(touch(1.0, Phase::Move, -0.05)).1 < -100.0);
}

#[test]
fn too_fast_waves_slow_the_water_and_it_says_so() {
    let knobs = WaterKnobs { gravity: 4000.0, level: 200.0, most_steps: 2, ..WaterKnobs::default() };
    let mut water = born(&knobs, (40, 30));
    water.step(&knobs, &env(0, &[None; 3], &[]));
    let said = water.message().unwrap();
    assert!(said.contains("2 steps") && said.contains('%'), "{said}");
    let calm = WaterKnobs::default();
    let mut water = born(&calm, (40, 30));
    water.step(&calm, &env(0, &[None; 3], &[]));
    assert_eq!(water.message(), None);
}

/// Any knobs, any fields, any size: nothing panics, every value is finite, no depth is negative.
#[test]
fn nothing_breaks_it() {
    let texts = Texts::default();
    for (k, size) in [(1, 1), (1, 9), (11, 1), (2, 2), (37, 23), (150, 40)].into_iter().enumerate() {
        for seed in 0..6u64 {
            let r = Rng::new(seed).fork(k as u64);
            let any = |r: Rng| -> Vec<f64> {
                WATER
                    .knobs
                    .iter()
                    .enumerate()
                    .map(|(i, s)| match r.below(i as u64, 4) {
                        0 => s.lo,
                        1 => s.hi,
                        _ => s.value_at(r.fork(9).unit64(i as u64)),
                    })
                    .collect()
            };
            let mut node = (WATER.instantiate)(
                &any(r),
                &InitContext { width: size.0, height: size.1, rng: r, texts: &texts },
            )
            .unwrap();
            for tick in 0..6 {
                let rt = r.fork(100 + tick);
                let value = |i: usize, r: Rng| match r.below(i as u64, 7) {
                    0 => f32::NAN,
                    1 => f32::INFINITY,
                    2 => -1e6,
                    3 => 1e6,
                    _ => r.fork(1).range(i as u64, -2.0, 2.0),
                };
                let field = |planes: usize, r: Rng| {
                    let mut f = Field::new(size.0, size.1, planes);
                    f.data_mut().iter_mut().enumerate().for_each(|(i, v)| *v = value(i, r));
                    f
                };
                let fields = [field(1, rt.fork(1)), field(1, rt.fork(2)), field(2, rt.fork(3))];
                let inputs: Vec<Option<&Field>> = fields
                    .iter()
                    .enumerate()
                    .map(|(i, f)| (rt.below(i as u64, 3) > 0).then_some(f))
                    .collect();
                let touch = Touch {
                    id: 0,
                    x: rt.range(5, -0.2, 1.2),
                    y: rt.unit(6),
                    dx: 0.3,
                    dy: -0.1,
                    radius: rt.unit(7),
                    strength: rt.range(8, -1.0, 1.0),
                    phase: if tick % 2 == 0 { Phase::Down } else { Phase::Move },
                };
                if tick % 2 == 1 {
                    any(rt).iter().enumerate().for_each(|(i, v)| node.set_knob(i, *v));
                }
                node.step(&Env {
                    tick,
                    dt: 1.0 / 60.0,
                    rng: rt,
                    inputs: &inputs,
                    touches: &[touch],
                    switches: &[],
                });
                let mut shown = Field::new(size.0, size.1, 1);
                for port in 0..WATER.outputs.len() {
                    node.show(port, &View::WHOLE, &mut shown);
                    assert!(
                        shown.is_sane(),
                        "{} of {size:?}, seed {seed}, tick {tick}",
                        WATER.outputs[port].name
                    );
                    assert!(WATER.outputs[port].name != "depth" || shown.data().iter().all(|&h| h >= 0.0));
                }
                assert!((0..WATER.readouts.len()).all(|i| node.read(i).is_finite()));
                let mut heard = Vec::new();
                node.soundings(&mut heard);
                assert!(heard.len() <= Sounding::MOST);
            }
        }
    }
    assert!(
        WATER.instantiate_default(5000, 5000, 1, Path::new(".")).err().unwrap().message.contains("16777216")
    );
}

fn bits(threads: usize, vectors: Vectors) -> Vec<u32> {
    let work = || {
        let knobs = WaterKnobs { rain: 0.5, stones: 600.0, ..WaterKnobs::default() };
        let mut water = born(&knobs, (170, 90));
        let wind = Field::from_fn(170, 90, |x, _| (x as f32 * 0.1).fract() - 0.3);
        let mut both = Field::new(170, 90, 2);
        both.plane_mut(0).copy_from_slice(wind.plane(0));
        let touch = Touch {
            id: 0,
            x: 0.4,
            y: 0.5,
            dx: 0.02,
            dy: 0.01,
            radius: 0.1,
            strength: 1.0,
            phase: Phase::Down,
        };
        (0..20).for_each(|tick| water.step(&knobs, &env(tick, &[None, None, Some(&both)], &[touch])));
        let mut all = Vec::new();
        let mut shown = Field::new(170, 90, 1);
        for (i, port) in WATER.outputs.iter().enumerate() {
            shown.reshape(170, 90, port.planes);
            let output = world::ports::Outputs::at(i).unwrap();
            water.show(output, &View::WHOLE, &mut shown);
            all.extend(shown.data().iter().map(|v| v.to_bits()));
        }
        let mut heard = Vec::new();
        water.soundings(&mut heard);
        assert!(!heard.is_empty());
        all.extend(heard.iter().flat_map(|s| [s.at, s.x, s.y, s.size, s.strength].map(f32::to_bits)));
        all.push(water.read(Readout::Volume).to_bits());
        all
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    vectors.run(|| pool.install(work)).unwrap()
}

#[test]
fn threads_and_vectors_change_nothing() {
    let first = bits(1, Vectors::Plain);
    for vectors in Vectors::available() {
        for threads in [1, 2, 5] {
            assert!(bits(threads, vectors) == first, "{threads} threads, {vectors}");
        }
    }
}

/// Seven minutes of a small world: it neither dries out nor fills up, and it keeps moving.
#[test]
fn it_lives_on() {
    let knobs = WaterKnobs::default();
    let mut water = born(&knobs, (48, 27));
    let mut energy = 0.0;
    for tick in 0..24_000 {
        water.step(&knobs, &env(tick, &[None; 3], &[]));
        if tick >= 23_400 {
            energy += water.read(Readout::Energy) / 600.0;
        }
    }
    let share = water.read(Readout::WetShare);
    assert!((0.3..0.98).contains(&share) && energy > 0.01, "{share} {energy}");
    assert!(water.read(Readout::MeanDepth) < 12.0);
}

#[test]
fn coarser_cells_have_shallower_water() {
    let fine: Vec<f64> = WATER.knobs.iter().map(|k| k.default).collect();
    let coarse = (WATER.coarsened)(&fine, 4);
    let knob = |name: &str| coarse[WATER.knobs.iter().position(|k| k.name == name).unwrap()];
    assert!(
        (knob("level") / (13.0 / 4.0) - 1.0).abs() < 1e-6
            && (knob("gravity") / (981.0 / 4.0) - 1.0).abs() < 1e-6
    );
    let names: Vec<&str> = WATER.inputs.iter().map(|p| p.name).collect();
    assert_eq!(names[Input::Wind as usize], "wind");
}
