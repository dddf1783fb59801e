//! What a touch means to every system (`world::brush`).

use std::path::Path;

use crate::CATALOGUE;
use world::field::Field;
use world::rng::Rng;
use world::system::{Env, Phase, SystemKind, Texts, Touch};
use world::view::View;

const SIZE: (usize, usize) = (96, 64);
/// Ticks before the touches begin, so that there is something to take away.
const BEFORE: usize = 6;

fn touch(strength: f32, phase: Phase) -> Touch {
    Touch { id: 0, x: 0.4, y: 0.6, dx: 0.03, dy: -0.02, radius: 0.15, strength, phase }
}

/// All that a system shows and reports, to the bit, after these touches, one a tick.
fn felt(kind: &'static SystemKind, touches: &[Option<Touch>]) -> Vec<u32> {
    let mut node = kind.born(SIZE.0, SIZE.1, 11, Path::new(".")).unwrap();
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
fn a_finger_that_leaves_does_nothing_nor_does_one_of_no_strength() {
    for kind in CATALOGUE {
        let untouched = felt(kind, &[None; 6]);
        for strength in [1.0, -1.0] {
            let leaving = felt(kind, &[Some(touch(strength, Phase::Up)); 6]);
            assert!(leaving == untouched, "{}: {strength}", kind.name);
        }
        assert!(felt(kind, &stroke(0.0)) == untouched, "{}: no strength", kind.name);
    }
}

/// Where something was given, giving more, taking it away and leaving it alone are three things.
#[test]
fn giving_and_taking_away_are_two_things() {
    for kind in CATALOGUE {
        let then = |rest: [Option<Touch>; 6]| felt(kind, &[stroke(1.0), rest].concat());
        let (nothing, more, away) = (then([None; 6]), then(stroke(1.0)), then(stroke(-1.0)));
        assert!(felt(kind, &stroke(1.0)) != felt(kind, &[None; 6]), "{}: giving does nothing", kind.name);
        assert!(more != nothing, "{}: giving more does nothing", kind.name);
        assert!(away != nothing, "{}: taking away does nothing", kind.name);
        assert!(away != more, "{}: both are one", kind.name);
    }
}
