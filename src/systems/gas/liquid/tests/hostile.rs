//! Any size, any knob, any input.

use proptest::prelude::*;
use world::field::Field;
use world::params::Params as _;
use world::ports::{Inputs as _, Outputs as _, Readouts as _};
use world::rng::Rng;
use world::system::{Env, InitContext, Phase, System, Texts, Touch};
use world::view::View;

use super::super::*;

fn env<'a>(tick: u64, inputs: &'a [Option<&'a Field>], touches: &'a [Touch]) -> Env<'a> {
    Env { tick, dt: 1.0 / 60.0, rng: Rng::new(8).fork(tick), inputs, touches, switches: &[] }
}

fn liquid(knobs: &LiquidKnobs, (width, height): (usize, usize)) -> Liquid {
    let texts = Texts::default();
    Liquid::new(knobs, &InitContext { width, height, rng: Rng::new(2), texts: &texts }).unwrap()
}

fn any_knobs(r: Rng) -> LiquidKnobs {
    let mut knobs = LiquidKnobs::default();
    for (i, spec) in LiquidKnobs::SPECS.iter().enumerate() {
        let value = match r.below(i as u64, 4) {
            0 => spec.lo,
            1 => spec.hi,
            2 => spec.default,
            _ => spec.value_at(r.fork(1).unit64(i as u64)),
        };
        knobs.set(i, value);
    }
    knobs
}

fn hostile(size: (usize, usize), planes: usize, r: Rng) -> Field {
    let mut field = Field::new(size.0, size.1, planes);
    for (i, v) in field.data_mut().iter_mut().enumerate() {
        *v = match r.below(i as u64, 6) {
            0 => 1e6,
            1 => -1e6,
            2 => 1e-39,
            3 => 0.0,
            _ => r.fork(1).range(i as u64, -3.0, 3.0),
        };
    }
    field
}

fn torture(size: (usize, usize), seed: u64, ticks: u64) {
    let r = Rng::new(seed);
    let mut knobs = any_knobs(r);
    let mut liquid = liquid(&knobs, size);
    for tick in 0..ticks {
        let rt = r.fork(tick);
        let fields: Vec<Option<Field>> = Input::PORTS
            .iter()
            .enumerate()
            .map(|(i, p)| (rt.below(i as u64, 3) > 0).then(|| hostile(size, p.planes, rt.fork(i as u64))))
            .collect();
        let inputs: Vec<Option<&Field>> = fields.iter().map(Option::as_ref).collect();
        let touch = Touch {
            id: 1,
            x: rt.range(50, -0.2, 1.2),
            y: rt.range(51, -0.2, 1.2),
            dx: 0.3,
            dy: -0.1,
            radius: 0.2,
            strength: rt.range(52, -1.0, 1.0),
            phase: Phase::Move,
        };
        if tick % 3 == 1 {
            knobs = any_knobs(rt);
        }
        liquid.step(&knobs, &env(tick, &inputs, &[touch]));
        let (w, h) = (size.0 as f32, size.1 as f32);
        for p in liquid.tank().sorted.all() {
            assert!(
                (0.0..w).contains(&p.at[0]) && (0.0..h).contains(&p.at[1]),
                "{p:?} {:?}",
                liquid.tank().grid
            );
            assert!(p.velocity.iter().all(|v| v.is_finite()), "{p:?}");
        }
        let views =
            [View::WHOLE, View { zoom: 3.7, angle: 0.1, x: 0.9, y: -0.4 }, View { zoom: 0.3, ..View::WHOLE }];
        for i in 0..Output::PORTS.len() {
            let mut shown = Field::new(size.0, size.1, Output::PORTS[i].planes);
            liquid.show(Output::at(i).unwrap(), &views[rt.below(60 + i as u64, 3) as usize], &mut shown);
            assert!(shown.is_sane(), "{} at {size:?}, seed {seed}, tick {tick}", Output::PORTS[i].name);
        }
        for i in 0..Readout::ROWS.len() {
            assert!(liquid.read(Readout::at(i).unwrap()).is_finite());
        }
        assert!(liquid.tank().sorted.all().len() <= 200_000);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn nothing_breaks_it(w in 1usize..90, h in 1usize..60, seed: u64) {
        torture((w, h), seed, 6);
    }
}

#[test]
fn no_size_breaks_it() {
    for size in [(1, 1), (1, 9), (9, 1), (2, 2), (63, 5), (64, 5), (65, 5), (1, 300), (300, 1)] {
        (0..4).for_each(|seed| torture(size, seed, 5));
    }
}

#[test]
fn a_world_that_is_all_solid_does_no_harm() {
    let knobs = LiquidKnobs { fountain: 2.0, ..Default::default() };
    let mut liquid = liquid(&knobs, (60, 40));
    let before = liquid.read(Readout::Particles);
    let solid = Field::from_fn(60, 40, |_, _| 1.0);
    let touch =
        Touch { id: 0, x: 0.5, y: 0.5, dx: 0.0, dy: 0.0, radius: 0.2, strength: 1.0, phase: Phase::Move };
    for tick in 0..30 {
        let inputs = [(tick < 20).then_some(&solid), None, None, None, None];
        let touches = [touch];
        liquid.step(&knobs, &env(tick, &inputs, if tick < 20 { &touches } else { &[] }));
        assert!(liquid.tank().top_speed().is_finite());
        if tick < 20 {
            assert_eq!(liquid.read(Readout::Particles), before, "nothing is poured into a solid");
        }
    }
}

#[test]
fn what_does_not_fit_is_not_poured_and_said() {
    let knobs = LiquidKnobs { particles: 2000, start: params::Start::Pool, ..Default::default() };
    let mut liquid = liquid(&knobs, (80, 45));
    let said = liquid.message().unwrap();
    assert!(said.contains("5184") && said.contains("2000") && said.contains("0.360"), "{said}");
    assert!(liquid.read(Readout::Particles) <= 2000.0 && liquid.read(Readout::Particles) > 1900.0);
    let source = Field::from_fn(80, 45, |_, _| 1.0);
    for tick in 0..30 {
        liquid.step(&knobs, &env(tick, &[None, None, Some(&source), None, None], &[]));
    }
    assert!(liquid.read(Readout::Particles) == 2000.0);
    assert!(liquid.message().unwrap().contains("2000"), "{:?}", liquid.message());
}

#[test]
fn touches_pour_and_take() {
    let knobs = LiquidKnobs { sway: 0.0, ..Default::default() };
    let after = |strength: f32, y: f32| {
        let mut liquid = liquid(&knobs, (80, 45));
        let touch = Touch { id: 0, x: 0.8, y, dx: 0.0, dy: 0.0, radius: 0.2, strength, phase: Phase::Move };
        (0..20).for_each(|tick| liquid.step(&knobs, &env(tick, &[None; 5], &[touch])));
        liquid.read(Readout::Particles)
    };
    let (before, x) = (after(0.0, 0.3), 100.0);
    assert!(after(1.0, 0.3) > before + x);
    let mut taken = liquid(&knobs, (80, 45));
    let start = taken.read(Readout::Particles);
    let touch =
        Touch { id: 0, x: 0.1, y: 0.8, dx: 0.0, dy: 0.0, radius: 0.2, strength: -1.0, phase: Phase::Move };
    (0..20).for_each(|tick| taken.step(&knobs, &env(tick, &[None; 5], &[touch])));
    assert!(taken.read(Readout::Particles) < start - x);
}

#[test]
fn a_drain_empties_a_pool_and_a_fountain_fills_it() {
    let pool =
        LiquidKnobs { start: params::Start::Pool, level: 0.3, drain: 0.2, sway: 0.0, ..Default::default() };
    let mut emptied = liquid(&pool, (80, 45));
    let before = emptied.read(Readout::Volume);
    (0..300).for_each(|tick| emptied.step(&pool, &env(tick, &[None; 5], &[])));
    assert!(emptied.read(Readout::Volume) < 0.5 * before, "{}", emptied.read(Readout::Volume));
    let jet = LiquidKnobs {
        start: params::Start::Empty,
        fountain: 1.0,
        fountain_width: 0.1,
        sway: 0.0,
        ..Default::default()
    };
    let mut filled = liquid(&jet, (80, 45));
    (0..300).for_each(|tick| filled.step(&jet, &env(tick, &[None; 5], &[])));
    // Five seconds of a jet as wide as the knob says.
    let expected = 5.0 * jet.fountain * jet.fountain_width * 45.0 / 80.0;
    println!(
        "drained to {}, filled {} of {expected}",
        emptied.read(Readout::Volume) / before,
        filled.read(Readout::Volume)
    );
    let share = filled.read(Readout::Volume) / expected;
    assert!((0.7..1.4).contains(&share), "{share}");
}

#[test]
fn what_does_not_fit_into_memory_is_refused() {
    let texts = Texts::default();
    for (width, height) in [(1 << 13, 1 << 12), (usize::MAX, 2)] {
        let context = InitContext { width, height, rng: Rng::new(2), texts: &texts };
        let fault = Liquid::new(&LiquidKnobs::default(), &context).err().unwrap();
        assert_eq!(fault.at, "size");
        assert!(
            fault.message.contains(&width.to_string()) && fault.message.contains("16777216"),
            "{fault:?}"
        );
    }
}

/// A breaking dam folds over air and throws drops; that is heard, and not before it reaches the far wall.
#[test]
fn trapped_air_rings() {
    assert_eq!(Liquid::SOUNDINGS[sound::BUBBLE as usize], "bubble");
    assert_eq!(Liquid::SOUNDINGS[sound::DRIP as usize], "drip");
    let knobs = LiquidKnobs::default();
    let mut dam = liquid(&knobs, (160, 90));
    let (mut bubbles, mut drips, mut first) = (0, 0, u64::MAX);
    for tick in 0..300 {
        dam.step(&knobs, &env(tick, &[None; 5], &[]));
        let mut heard = Vec::new();
        dam.soundings(&mut heard);
        assert!(heard.len() <= Sounding::MOST && heard.windows(2).all(|w| w[0].at <= w[1].at));
        for s in heard {
            assert!(
                (0.0..=1.0).contains(&s.strength) && (0.0..=1.0).contains(&s.x) && (0.0..=1.0).contains(&s.y)
            );
            match s.kind {
                sound::BUBBLE => {
                    bubbles += 1;
                    first = first.min(tick);
                    assert!(s.size > 0.7 && s.size < 20.0);
                }
                _ => drips += 1,
            }
        }
    }
    println!("{bubbles} bubbles from tick {first}, {drips} drips");
    assert!(bubbles > 10 && drips > 20, "{bubbles} {drips}");
    assert!(first > 30, "a dam that slides over a dry floor traps no air");
}
