//! Swarms and turmites: what is expected counts, number by number, and mistakes are told with their place.

use std::fs;

use serde_json::Value;

use super::changed::{all_leaves, fails};
use super::folders::{copy, results};
use crate::case::Status;

/// Of each file: cases to run, what is expected in it, and of how many such numbers one is changed.
const EXPECTED: &[(&str, &str, &[&str], usize)] = &[
    ("automata/turmites.json", "automata/", &["/0/checkpoints/", "/6/checkpoints/", "/6/table/"], 3),
    ("swarm/boids.json", "boids, 30", &["/0/counts/", "/0/steering/", "/0/neighbours/", "/1/pairs"], 17),
    ("swarm/vicsek.json", "vicsek", &["/after1/", "/after10/", "/order_parameter"], 11),
    ("swarm/vicsek.json", "random directions", &["/random_phase_order/"], 1),
    ("swarm/physarum.json", "physarum", &["/0/states/"], 41),
    ("swarm/particle_life.json", "particle life", &["/states/", "/first_acceleration/", "/values/4/1"], 13),
    (
        "swarm/kuramoto.json",
        "oscillators",
        &["/cases/0/exact", "/cases/0/euler", "/cases/0/rk4", "/cases/0/r_"],
        3,
    ),
    ("swarm/kuramoto.json", "critical coupling", &["Kc"], 1),
];

/// A number that is off, and still one that may stand there: a mistake would be the answer to another case.
fn other(v: f64) -> Value {
    match v.fract() == 0.0 {
        true if v <= 0.0 => Value::from(v as i64 + 1),
        true => Value::from(v as i64 - (v as i64 / 10).max(1)),
        false => Value::from(0.9 * v),
    }
}

#[test]
fn each_number_that_is_expected_counts() {
    for (file, cases, parts, every) in EXPECTED {
        let Some(dir) = copy(file.split('/').next().unwrap()) else { return };
        let path = dir.path().join(file);
        let expected: Vec<String> =
            all_leaves(&path).into_iter().filter(|l| parts.iter().any(|p| l.contains(p))).collect();
        let some: Vec<&String> = expected.iter().step_by(*every).collect();
        assert!(!some.is_empty(), "{file}: {parts:?}");
        for pointer in some {
            assert!(!fails(&path, pointer, cases, other).is_empty(), "{file}{pointer} does not count");
        }
    }
}

/// A JSON file with something else at a pointer, and the mistakes that are told of it.
fn told(file: &str, pointer: &str, value: Value) -> Option<Vec<String>> {
    let family = file.split('/').next().unwrap();
    let dir = copy(family)?;
    let path = dir.path().join(file);
    let mut all: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    *all.pointer_mut(pointer).unwrap_or_else(|| panic!("nothing at {pointer}")) = value;
    fs::write(&path, serde_json::to_string(&all).unwrap()).unwrap();
    // Names of runs of very many, which take long, begin otherwise.
    let short = ["automata", "boids", "vicsek", "physarum", "particle", "json", "case", "]"];
    let all = short.iter().flat_map(|case| results(dir.path(), case)).collect::<Vec<_>>();
    let mistakes = all.iter().filter(|r| r.status() == Status::Mistake);
    Some(mistakes.map(|r| r.answer.as_ref().unwrap_err().to_string()).collect())
}

#[test]
fn mistakes_are_told_with_their_place() {
    for (file, pointer, value, part) in [
        (
            "automata/turmites.json",
            "/0/table/0/1",
            Value::from("R"),
            "[0].table[0][1]: expected [colour, turn, state]",
        ),
        ("automata/turmites.json", "/0/table/0/0/1", Value::from("8"), "expected one of R, L, N, U"),
        ("automata/turmites.json", "/0/table/0/0/2", Value::from(1), "there is no state 1"),
        (
            "automata/turmites.json",
            "/0/checkpoints/0/step",
            Value::from(1e12),
            "whole number from 0 to 20000000",
        ),
        (
            "automata/turmites.json",
            "/0/checkpoints/0/dir",
            Value::from("up"),
            "one of N, E, S, W, found \"up\"",
        ),
        (
            "automata/turmites.json",
            "/0/checkpoints",
            Value::Array(Vec::new()),
            "expected checkpoints, found none",
        ),
        ("swarm/boids.json", "/0/radius", Value::from(6), "[0].radius: expected a number from"),
        ("swarm/boids.json", "/0/N", Value::from(1e9), "[0].N: expected a whole number from 1 to 1000000"),
        ("swarm/boids.json", "/0/neighbours/3/0", Value::from(30), "from 0 to 29"),
        ("swarm/physarum.json", "/0/random_bits", Value::Array(Vec::new()), "expected the bits of"),
        (
            "swarm/physarum.json",
            "/0/W",
            Value::from(1u64 << 40),
            "[0].W: expected a whole number from 1 to 2048",
        ),
        (
            "swarm/particle_life.json",
            "/case/matrix/1",
            Value::from("x"),
            "case.matrix[1]: expected a list of",
        ),
        (
            "swarm/particle_life.json",
            "/case/kinds/0",
            Value::from(9),
            "case.kinds[0]: expected a whole number",
        ),
        ("swarm/vicsek.json", "/cases/0/r", Value::from(0), "cases[0].r: expected a number from"),
        ("swarm/vicsek.json", "/cases/0/noise", Value::Array(Vec::new()), "expected the noise of"),
    ] {
        let Some(told) = told(file, pointer, value) else { return };
        assert!(told.iter().any(|t| t.starts_with(file) && t.contains(part)), "{file}{pointer}: {told:?}");
    }
}
