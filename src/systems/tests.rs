//! What every system of the catalogue promises: what a touch means (`world::brush`), and that it never slows down.

use std::path::Path;

use crate::{CATALOGUE, rules};
use world::field::Field;
use world::params::ParamSpec;
use world::rng::Rng;
use world::system::{Env, InitContext, Phase, SystemKind, Texts, Touch};
use world::view::View;

const SIZE: (usize, usize) = (96, 64);
/// Ticks before the touches begin, so that there is something to take away.
const BEFORE: usize = 6;

fn touch(strength: f32, phase: Phase) -> Touch {
    Touch { id: 0, x: 0.4, y: 0.6, dx: 0.03, dy: -0.02, radius: 0.15, strength, phase }
}

/// All outputs and readouts of a system, to the bit, after these touches, one per tick.
fn felt(kind: &'static SystemKind, touches: &[Option<Touch>]) -> Vec<u32> {
    let mut node = kind.instantiate_default(SIZE.0, SIZE.1, 11, Path::new(".")).unwrap();
    let switches = vec![true; (kind.switches)(&Texts::default()).len()];
    let inputs = vec![None; kind.inputs.len()];
    for (tick, touch) in std::iter::repeat_n(&None, BEFORE).chain(touches).enumerate() {
        let (tick, touches) = (tick as u64, touch.as_slice());
        let rng = Rng::new(1).fork(tick);
        node.step(&Env { tick, dt: 1.0 / 60.0, rng, inputs: &inputs, touches, switches: &switches });
    }
    let mut bits: Vec<u32> = (0..kind.readouts.len()).map(|r| node.read(r).to_bits()).collect();
    for port in 0..kind.outputs.len() {
        let mut shown = Field::new(SIZE.0, SIZE.1, 1);
        node.show(port, &View::WHOLE, &mut shown);
        bits.extend(shown.data().iter().map(|v| v.to_bits()));
    }
    bits
}

/// Put down and moved.
fn stroke(strength: f32) -> [Option<Touch>; 6] {
    std::array::from_fn(|i| Some(touch(strength, if i == 0 { Phase::Down } else { Phase::Move })))
}

#[test]
fn a_lifted_touch_does_nothing_nor_does_one_of_no_strength() {
    for kind in CATALOGUE {
        let untouched = felt(kind, &[None; 6]);
        for strength in [1.0, -1.0] {
            let leaving = felt(kind, &[Some(touch(strength, Phase::Up)); 6]);
            assert!(leaving == untouched, "{}: {strength}", kind.name);
        }
        assert!(felt(kind, &stroke(0.0)) == untouched, "{}: no strength", kind.name);
    }
}

/// Where something was given, giving more, taking it away and leaving it alone have three different results.
#[test]
fn giving_and_taking_away_differ() {
    for kind in CATALOGUE {
        let then = |rest: [Option<Touch>; 6]| felt(kind, &[stroke(1.0), rest].concat());
        let (nothing, more, away) = (then([None; 6]), then(stroke(1.0)), then(stroke(-1.0)));
        assert!(felt(kind, &stroke(1.0)) != felt(kind, &[None; 6]), "{}: giving does nothing", kind.name);
        assert!(more != nothing, "{}: giving more does nothing", kind.name);
        assert!(away != nothing, "{}: taking away does nothing", kind.name);
        assert!(away != more, "{}: both are one", kind.name);
    }
}

/// Subnormals are slow, on some processors a hundred times as slow as other numbers: a world that fades into them slows
/// down for the rest of a night. After 5,000 steps, with each rate at its default, its minimum and its maximum, no
/// output has any.
#[test]
fn no_world_fades_into_subnormals() {
    // A field of this size is not worth sharing among threads.
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    for kind in rules() {
        let has_rates = kind.knobs.iter().any(is_rate);
        let cases = [("default", None), ("minimum", Some(0.0)), ("maximum", Some(1.0))];
        for (name, place) in cases.into_iter().take(if has_rates { 3 } else { 1 }) {
            let slow = alone.install(|| subnormals(kind, place));
            assert!(slow.is_empty(), "{}: {slow:?} with rates at their {name}", kind.name);
        }
    }
}

fn is_rate(knob: &ParamSpec) -> bool {
    knob.unit.contains("step") || knob.unit == "1/s"
}

/// Outputs with subnormals after 5,000 steps, with rates at a place of their range or at their defaults.
fn subnormals(kind: &'static SystemKind, place: Option<f64>) -> Vec<&'static str> {
    let (w, h) = (24, 16);
    // A crowd of 20,000 would take minutes.
    let counts = ["agents", "boids", "number", "particles"];
    let few = |knob: &ParamSpec| if counts.contains(&knob.name) { 200.0 } else { knob.default };
    let (knobs, texts): (Vec<f64>, Texts) = (kind.knobs.iter().map(few).collect(), Texts::default());
    let context = InitContext { width: w, height: h, rng: Rng::new(11), texts: &texts };
    let mut node = (kind.instantiate)(&knobs, &context).unwrap();
    for (i, knob) in kind.knobs.iter().enumerate().filter(|(_, k)| is_rate(k)) {
        let value = place.map_or(knob.default, |place| knob.lo + place * (knob.hi - knob.lo));
        // One step a tick: none would prove nothing, and 64 take a minute.
        node.set_knob(i, if knob.unit == "steps/tick" { 1.0 } else { value });
    }
    let switches = vec![true; (kind.switches)(&Texts::default()).len()];
    let (inputs, touched) = (vec![None; kind.inputs.len()], [touch(1.0, Phase::Move)]);
    for tick in 0..5000 {
        let touches = if tick < 6 { &touched[..] } else { &[] };
        let rng = Rng::new(1).fork(tick);
        node.step(&Env { tick, dt: 1.0 / 60.0, rng, inputs: &inputs, touches, switches: &switches });
    }
    let has_some = |port: usize| {
        let mut shown = Field::new(w, h, 1);
        node.show(port, &View::WHOLE, &mut shown);
        shown.data().iter().any(|v| v.is_subnormal())
    };
    kind.outputs.iter().enumerate().filter(|(i, _)| has_some(*i)).map(|(_, output)| output.name).collect()
}
