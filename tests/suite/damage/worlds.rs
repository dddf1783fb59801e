//! Learned worlds made from scratch, damaged, and then run.

use std::cell::Cell;
use std::path::Path;

use proptest::prelude::*;
use untrained::learn::dynamics::methods::DYNAMICS;
use untrained::learn::dynamics::trajectories::{KnobRange, WorldSpec};
use untrained::learn::file::File;
use untrained::learn::header::{ModelCard, ModelHeader};
use untrained::learn::net::weights::Weights;
use untrained::world::rng::Rng;

use super::super::learn::{done, untrained};
use super::super::worlds::SOUP;
use super::generators::filled;
use super::{Change, Cut, Opened, changes, cut, cuts, over};

const KEY: &str = "untrained-generator";
/// Cells a side, and frames that a damaged world is run for.
const SIDE: usize = 8;
const FRAMES: usize = 3;
/// Values of a state beyond which a damaged world is not run: it may be as large as the limits allow.
const LARGE: usize = 1 << 16;

/// The smallest world of a method, with weights around zero.
fn least(method: &str) -> File {
    let spec = DYNAMICS.iter().find(|m| m.name == method).unwrap();
    let named = |names: &[&str]| names.iter().map(|n| n.to_string()).collect::<Vec<_>>();
    let knob = KnobRange { name: "gas.drag".into(), low: 0.0, high: 1.0 };
    let velocity: &[&str] = &["gas.velocity.x", "gas.velocity.y"];
    let (state, given, knobs) = match method {
        "flow" => (named(&["picture.red", "picture.green", "picture.blue"]), named(velocity), Vec::new()),
        _ => (named(velocity), named(&["air.level"]), vec![knob]),
    };
    let header = ModelHeader {
        method: method.into(),
        channels: state.len(),
        side: SIDE,
        classes: vec!["world".into()],
        settings: spec.settings.iter().map(|s| (s.name.to_string(), s.lo)).collect(),
        card: ModelCard { version: "0".into(), data: "made".into(), ..ModelCard::default() },
        world: Some(WorldSpec {
            scene: "made".into(),
            width: SIDE,
            height: SIDE,
            periodic: [true; 2],
            every: 1,
            state,
            given,
            knobs,
        }),
    };
    filled(File { header, weights: Weights::default() }, |f| f.open_world(Path::new("x")).map(|_| ()))
}

/// An automaton that was hardly trained.
fn hardly_trained(method: &str) -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("soup.toml"), SOUP).unwrap();
    let mut command =
        untrained(&["learn", method, "soup.toml", "--state", "cells.alive", "--planes", "48x48"]);
    command.args(["--periodic", "both", "--warm-up", "0", "--frames", "4", "--worlds", "4", "--epochs", "1"]);
    command.args(["--set", "rounds=1", "--out", "x.safetensors"]);
    done(command.current_dir(dir.path()));
    std::fs::read(dir.path().join("x.safetensors")).unwrap()
}

/// Runs whatever was read, as the stage does; false if it cannot be opened, or is large.
fn put_to_use(file: &File) -> Result<bool, TestCaseError> {
    let Ok(model) = file.open_world(Path::new("x")) else { return Ok(false) };
    let spec = model.spec();
    let size = spec.state.len() * spec.width * spec.height;
    if size > LARGE {
        return Ok(false);
    }
    let state: Vec<f32> = (0..size as u64).map(|i| Rng::new(1).unit(i)).collect();
    let past = vec![state.as_slice(); model.history()];
    let given = vec![0.5; spec.given.len() * spec.width * spec.height];
    let knobs = vec![0.5; spec.knobs.len()];
    let mut hidden = model.begin(&past);
    for i in 0..FRAMES {
        let next = model.advance(&mut hidden, &past, &given, &knobs, Rng::new(i as u64));
        prop_assert_eq!(next.len(), size);
    }
    Ok(true)
}

/// A small world of each method.
fn all() -> Vec<Opened> {
    let one = |method: &str| match method {
        "cells" | "gates" => hardly_trained(method),
        _ => least(method).to_bytes().unwrap(),
    };
    DYNAMICS.iter().map(|m| Opened::of(&one(m.name), KEY)).collect()
}

type Case = (usize, Vec<Change>, Vec<Change>, Vec<Cut>);

fn run(cases: u32) {
    let all = all();
    let head = prop_oneof![3 => Just(Vec::new()), 1 => changes()];
    let case = (0..all.len(), head, changes(), cuts());
    let ran = Cell::new(0);
    over(cases, &case, |(which, head, card, cuts): Case| {
        let bytes = cut(all[which].changed(&head, &card), &cuts);
        match File::from_bytes(&bytes, Path::new("x")) {
            Ok(file) => {
                ran.set(ran.get() + u32::from(put_to_use(&file)?));
                Ok(())
            }
            Err(e) => {
                prop_assert!(e.is_input() && e.to_string().len() < 20_000);
                Ok(())
            }
        }
    });
    assert!(ran.get() > cases / 20, "only {} of {cases} were run", ran.get());
}

#[test]
fn learned_worlds_as_they_are_run() {
    for opened in all() {
        let file = File::from_bytes(&opened.changed(&[], &[]), Path::new("x")).unwrap();
        assert!(put_to_use(&file).unwrap(), "{}", file.header.method);
    }
}

#[test]
fn two_thousand_damaged_worlds() {
    run(2_000);
}

#[test]
#[ignore = "minutes"]
fn a_hundred_thousand_damaged_worlds() {
    run(100_000);
}
