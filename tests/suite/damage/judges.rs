//! Judges, and training checkpoints.

use std::path::Path;

use proptest::prelude::*;
use untrained::judge::architecture::Architecture;
use untrained::judge::calibration::OodDetector;
use untrained::judge::fresh::fresh;
use untrained::judge::inference::JudgeHeader;
use untrained::judge::layer_options::LayerOptions;
use untrained::judge::verdict::EMBEDDING;
use untrained::judge::{Judge, backbone};

use super::{Opened, changes, cut, cuts, over};

/// A judge of two classes of grey pictures of 8 × 8, or the smallest that its backbone takes.
fn least(backbone: &str) -> Vec<u8> {
    let side = *backbone::find(backbone).unwrap().sides.start();
    let layers = LayerOptions::default();
    let architecture = Architecture { channels: 1, side, classes: 2, backbone: backbone.into(), layers };
    let doubt = OodDetector {
        means: vec![vec![0.0; EMBEDDING], vec![1.0; EMBEDDING]],
        variance: vec![1.0; EMBEDDING],
        least_confidence: 0.1,
        greatest_distance: 10.0,
        scale: 1.0,
    };
    let header = JudgeHeader {
        architecture: architecture.clone(),
        mirrored: false,
        classes: vec!["a".into(), "b".into()],
        temperature: 1.0,
        doubt,
        open_set: None,
        about: "made".into(),
    };
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("j.safetensors");
    let network = fresh(&architecture, &burn::tensor::Device::flex()).unwrap();
    Judge::of(network.weights(), header).unwrap().save(&path).unwrap();
    std::fs::read(path).unwrap()
}

fn put_to_use(mut judge: Judge) -> Result<(), TestCaseError> {
    let shape = judge.header.architecture.clone();
    let picture = vec![90u8; shape.side * shape.side * shape.channels];
    for tick in [0, 7200] {
        let verdict = judge.classify_reduced(&picture, tick);
        prop_assert_eq!(verdict.probabilities.len(), judge.header.classes.len());
        prop_assert!(verdict.signals().iter().all(|(_, v)| v.is_finite()), "{:?}", verdict);
        prop_assert!(!verdict.ranking().is_empty());
    }
    Ok(())
}

/// How many of so many damaged judges were refused with a message, or could be used.
fn run(cases: u32) -> u32 {
    let all: Vec<Opened> =
        backbone::names().map(|name| Opened::of(&least(name), "untrained-judge")).collect();
    let head = prop_oneof![3 => Just(Vec::new()), 1 => changes()];
    over(cases, &(0..all.len(), head, changes(), cuts()), |(which, head, card, cuts)| {
        let bytes = cut(all[which].changed(&head, &card), &cuts);
        match Judge::from_bytes(bytes, Path::new("x")) {
            Ok(judge) => put_to_use(judge),
            Err(e) => {
                prop_assert!(e.is_input() && e.to_string().len() < 20_000, "{}", e);
                Ok(())
            }
        }
    })
}

#[test]
fn a_thousand_damaged_judges() {
    for name in backbone::names() {
        let whole = Judge::from_bytes(least(name), Path::new("x")).unwrap();
        assert!(put_to_use(whole).is_ok(), "{name}");
    }
    assert_eq!(run(1_000), 1_000);
}

#[test]
#[ignore = "half an hour"]
fn fifty_thousand_damaged_judges() {
    assert_eq!(run(50_000), 50_000);
}
