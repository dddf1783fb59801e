//! The lattice gases against the reference cases: collision tables, and evolutions bit for bit.

use std::path::{Path, PathBuf};

use serde_json::Value;
use untrained::systems::gas::lattice_gas::chirality::Chirality;
use untrained::systems::gas::lattice_gas::circuit;
use untrained::systems::gas::lattice_gas::gas::Gas;
use untrained::systems::gas::lattice_gas::model::Model;

fn folder() -> Option<PathBuf> {
    Some(crate::skip::shared()?.join("reference/lattice_gas"))
}

fn model(name: &str) -> Model {
    match name {
        "HPP" => Model::Hpp,
        "FHP-I" => Model::FhpOne,
        "FHP-II" => Model::FhpTwo,
        "FHP-III" => Model::FhpThree,
        other => panic!("no model {other}"),
    }
}

/// The circuits are the tables, entry by entry.
#[test]
fn collisions_are_those_of_the_tables() {
    let Some(folder) = folder() else { return };
    for (name, entries) in [("FHP-I", 64), ("FHP-II", 128), ("FHP-III", 128)] {
        let text = std::fs::read_to_string(folder.join(format!("table_{name}.csv"))).unwrap();
        let mut seen = 0;
        for line in text.lines().skip(1) {
            let row: Vec<i64> = line.split(',').map(|v| v.trim().parse().unwrap()).collect();
            for chirality in [false, true] {
                let after = circuit::collide(model(name), row[0] as u8, chirality);
                assert_eq!(after as i64, row[1 + chirality as usize], "{name}: {} {chirality}", row[0]);
            }
            seen += 1;
        }
        assert_eq!(seen, entries, "{name}");
    }
}

/// Rows of cells, one hexadecimal digit each for HPP, two for FHP.
fn cells(state: &Value, digits: usize) -> Vec<Vec<u8>> {
    let row = |row: &Value| -> Vec<u8> {
        let text = row.as_str().unwrap();
        (0..text.len() / digits)
            .map(|x| u8::from_str_radix(&text[x * digits..][..digits], 16).unwrap())
            .collect()
    };
    state.as_array().unwrap().iter().map(row).collect()
}

fn found(gas: &Gas) -> Vec<Vec<u8>> {
    let (w, h) = gas.size();
    (0..h).map(|y| (0..w).map(|x| gas.cell(x, y)).collect()).collect()
}

/// States by step, in order.
fn states(case: &Value, digits: usize) -> Vec<(usize, Vec<Vec<u8>>)> {
    let all = case["states"].as_object().unwrap().iter();
    let mut states: Vec<_> = all.map(|(t, s)| (t.parse().unwrap(), cells(s, digits))).collect();
    states.sort_by_key(|s: &(usize, _)| s.0);
    states
}

fn cases(folder: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join("evolution_16x16.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Every given state of every case; particles and momentum at each; and back to the first.
#[test]
fn evolutions_are_those_given_bit_for_bit_and_can_be_taken_back() {
    let Some(folder) = folder() else { return };
    let cases = cases(&folder);
    assert_eq!(cases.len(), 9);
    for case in &cases {
        let (id, model) = (&case["id"], model(case["model"].as_str().unwrap()));
        let states = states(case, if model == Model::Hpp { 1 } else { 2 });
        let first = &states[0].1;
        let salt = case["salt"].as_u64().unwrap() as u32;
        let mut gas = Gas::new(model, first[0].len(), first.len(), Chirality::PerCell { salt });
        for (y, row) in first.iter().enumerate() {
            row.iter().enumerate().for_each(|(x, state)| gas.set_cell(x, y, *state));
        }
        let mut done = 0;
        for (step, expected) in &states {
            gas.run(step - done);
            done = *step;
            assert_eq!(found(&gas), *expected, "{id}: step {step}");
            let conserved = &case["conserved"];
            assert_eq!(gas.particles(), conserved["particles"].as_u64().unwrap(), "{id}: step {step}");
            let named = |a: &str, b: &str| [conserved[a].as_i64(), conserved[b].as_i64()].map(Option::unwrap);
            let momentum = if model == Model::Hpp { named("px", "py_down") } else { named("p_e0", "p_e1") };
            assert_eq!(gas.whole_momentum(), momentum, "{id}: step {step}");
        }
        gas.turn_round();
        gas.run(done);
        gas.turn_round();
        assert_eq!(found(&gas), *first, "{id}: back to the start");
    }
}

/// The chirality bits of the first steps, one word per row, column 0 highest.
#[test]
fn chirality_bits_are_those_given() {
    let Some(folder) = folder() else { return };
    let mut seen = 0;
    for case in cases(&folder) {
        let Some(steps) = case["chirality_first_steps"].as_object() else { continue };
        let chirality = Chirality::PerCell { salt: case["salt"].as_u64().unwrap() as u32 };
        let layout = Gas::new(Model::FhpOne, 16, 16, chirality).layout();
        let mut row = vec![0; layout.stride * 8];
        for (step, rows) in steps {
            for (y, expected) in rows.as_array().unwrap().iter().enumerate() {
                assert_eq!(chirality.row(step.parse().unwrap(), y, false, &layout, &mut row), None);
                let bit = |x: usize| {
                    let (i, bit) = layout.place(x);
                    (row[i] >> bit & 1) as u32
                };
                let word = (0..16).fold(0, |word, x| word << 1 | bit(x));
                assert_eq!(
                    word,
                    u32::from_str_radix(expected.as_str().unwrap(), 16).unwrap(),
                    "step {step} row {y}"
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 200);
}
