//! Training checkpoints.

use std::path::Path;

use proptest::prelude::*;
use serde_json::json;
use untrained::judge::progress::Progress;
use untrained::learn::checkpoint::Interrupted;

use super::{Opened, changes, cut, cuts, over};

/// A file of bytes with metadata under a key.
fn file(key: &str, said: &serde_json::Value) -> Vec<u8> {
    let head = json!({"__metadata__": {key: said.to_string()}, "network": {"dtype": "U8", "shape": [64], "data_offsets": [0, 64]}});
    let text = head.to_string();
    [&(text.len() as u64).to_le_bytes(), text.as_bytes(), &[7; 64]].concat()
}

fn run(cases: u32) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.training");
    let plan = json!({"epochs": 1, "batch": 2, "rate": 0.1, "clip": 1.0, "patience": 0, "validation": 0.1, "seed": 1});
    let header = json!({"method": "gmm", "channels": 1, "side": 8, "classes": ["a"], "settings": {},
                        "card": untrained::learn::header::ModelCard::default()});
    let progress = json!({"step": 1, "seen": 3, "seconds": 1.0, "history": []});
    let task = json!({"version": "0", "header": header, "data_hash": 1, "plan": plan});
    let learning = Opened::of(
        &file("untrained-learning", &json!({"task": task, "progress": progress})),
        "untrained-learning",
    );
    let judging = json!({"task": {"version": "0", "data_hash": 1, "classes": ["a", "b"],
                         "architecture": {"channels": 1, "side": 8, "classes": 2}}, "step": 0, "sum": 0, "history": []});
    let judging = Opened::of(&file("untrained-training", &judging), "untrained-training");
    over(cases, &(any::<bool>(), changes(), changes(), cuts()), |(which, head, card, cuts)| {
        let opened = if which { &learning } else { &judging };
        std::fs::write(&path, cut(opened.changed(&head, &card), &cuts)).unwrap();
        match which {
            true => drop(Interrupted::load(Path::new(&path))),
            false => drop(Progress::load(&path)),
        }
        Ok(())
    });
}

#[test]
fn two_thousand_damaged_checkpoints() {
    run(2_000);
}

#[test]
#[ignore = "minutes"]
fn fifty_thousand_damaged_checkpoints() {
    run(50_000);
}
