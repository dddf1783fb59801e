//! Maps of controls and of keys: damaged, read, listed, merged and written.

use proptest::prelude::*;
use untrained::control::keys::{Keys, StageKey};
use untrained::control::surface::map::{ControlMap, ControlSource};

use super::{cut, over};
use crate::fuzz::{cuts, damaged};

const MAP: &str = "# Of the set in May.\n[[nano]]\ncontrol = 16\nto = \"air.inflow\" # the big one\nrange = [0, 0.5]\n\n[[pads]]\nnote = \
                   36\nchannel = 10\nto = \"show.go\"\n[[\"box\"]]\naxis = \"left_x\"\nto = \"a.b\"\nrelative = true\n";

const KEYS: &str =
    "q = \"cue.1\"\nw = { to = \"gas.inflow\", step = -0.05 }\nb = { to = \"a.b\", instead = true }\n";

const KNOWN: &[StageKey] = &[("Q", None), ("W", None), ("B", Some("blackout")), ("Up", None)];

/// Tokens of such files.
const WORDS: &[&str] = &["[[x]]\n", "note = 3\n", "range = []\n", "control = 128\n"];

fn maps(cases: u32) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("m.toml");
    let whole = ControlMap::parse(MAP).unwrap();
    over(cases, &cuts(WORDS), |cuts| {
        let text = damaged(MAP, &cuts);
        let Ok(map) = ControlMap::parse(&text) else { return Ok(()) };
        // A written map reads back the same, over any text.
        let sorted = |m: &ControlMap| {
            let mut all: Vec<String> = m.entries.iter().map(|e| format!("{e:?}")).collect();
            all.sort();
            all
        };
        let again = ControlMap::parse(&map.print_over(&text)).map_err(TestCaseError::fail)?;
        prop_assert_eq!(sorted(&again), sorted(&map));
        std::fs::write(&path, &text).unwrap();
        let mut merged = whole.clone();
        merged.merge(&whole.entries, &path).map_err(|e| TestCaseError::fail(e.to_string()))?;
        merged.learn("nano", ControlSource::Control(0, 16), "x.y", false);
        merged.forget("show.go");
        prop_assert!(ControlMap::parse(&merged.print_over(&text)).is_ok());
        Ok(())
    });
}

fn keys(cases: u32) {
    over(cases, &(cuts(WORDS), super::cuts()), |(cuts, bytes)| {
        let text = String::from_utf8_lossy(&cut(damaged(KEYS, &cuts).into_bytes(), &bytes)).into_owned();
        match Keys::parse(&text, KNOWN) {
            Ok(keys) => prop_assert!(keys.entries().iter().all(|e| keys.has(e.key))),
            Err(e) => prop_assert!(e.contains("line ") || e.contains("expected"), "{}", e),
        }
        Ok(())
    });
}

#[test]
fn twenty_thousand_damaged_maps() {
    maps(20_000);
}

#[test]
fn twenty_thousand_damaged_maps_of_keys() {
    keys(20_000);
}

#[test]
#[ignore = "ten minutes"]
fn two_hundred_thousand_damaged_maps() {
    maps(100_000);
    keys(100_000);
}
