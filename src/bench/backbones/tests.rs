//! The comparison on a tiny set: what it measures, what it keeps, and what the page says.

use std::cell::Cell;

use super::footprint::half_area;
use super::run::check;
use super::*;
use crate::runs::Watch;
use data::sample::{Data, ImageKind, Samples};
use judge::training_config::TrainingConfig;
use world::rng::Rng;

const SIDE: usize = 12;

/// Bright above or below, in noise.
fn halves(n: usize, seed: u64) -> Samples {
    let mut all = Samples::empty(1, SIDE, vec!["above".into(), "below".into()]);
    for i in 0..n {
        let (class, rng) = (i % 2, Rng::new(seed).fork(i as u64));
        let value = |k: usize| {
            60 * rng.below(k as u64, 3) as u8 + 100 * ((k < SIDE * SIDE / 2) == (class == 0)) as u8
        };
        all.push((0..SIDE * SIDE).map(value).collect(), class, None);
    }
    all
}

fn data() -> Data {
    let notes = Vec::new();
    Data { name: "halves".into(), kind: ImageKind::Glyphs, train: halves(64, 1), test: halves(32, 2), notes }
}

fn setup(backbones: &[&str]) -> BackbonesSetup {
    BackbonesSetup {
        backbones: backbones.iter().map(|b| b.to_string()).collect(),
        plan: TrainingConfig { epochs: 3, batch: 16, patience: 9, ..TrainingConfig::default() },
        validation: 0.2,
        seeds: 2,
    }
}

#[test]
fn what_is_finished_is_kept_and_an_interruption_ends_one_training() {
    let folder = tempfile::tempdir().unwrap();
    let (data, setup) = (data(), setup(&["compact", "vit"]));
    let steps = Cell::new(0);
    let train = |of: (&str, u64), last: usize| {
        steps.set(0);
        let watch =
            Watch { stop: &|| steps.get() >= last, plan: &|_| {}, step: &|_| steps.set(steps.get() + 1) };
        run(&data, &setup, of, folder.path(), watch).unwrap()
    };
    assert!(train(("compact", 0), 5).is_none(), "interrupted");
    let mut all = Vec::new();
    for (name, seed) in [("compact", 0), ("compact", 1), ("vit", 0), ("vit", 1)] {
        let first = train((name, seed), usize::MAX).unwrap();
        assert_eq!(steps.get() as u64 * 4, setup.steps(64), "three epochs of 52 pictures");
        let again = train((name, seed), 0).unwrap();
        assert_eq!(
            (steps.get(), again.history, again.milliseconds),
            (0, first.history.clone(), first.milliseconds)
        );
        assert!(folder.path().join(format!("{name}-{}.safetensors", seed + 1)).exists());
        all.push(first);
    }
    assert_ne!(all[0].history, all[1].history, "seeds differ");
    let other = BackbonesSetup { plan: TrainingConfig { epochs: 2, ..setup.plan.clone() }, ..setup.clone() };
    let watch = Watch { stop: &|| true, ..Watch::SILENT };
    assert!(
        run(&data, &other, ("vit", 0), folder.path(), watch).unwrap().is_none(),
        "another plan is another training"
    );

    for r in &all {
        assert_eq!(r.reliability.iter().map(|b| b.pictures).sum::<usize>(), 32);
        let right = r.reliability.iter().map(|b| b.right).sum::<usize>() as f64 / 32.0;
        assert!((right - r.accuracy).abs() < 1e-9 && r.milliseconds > 0.0);
        let most = r.footprint.iter().copied().fold(0.0, f32::max);
        assert!(r.footprint.len() == SIDE * SIDE && most == 1.0 && r.footprint.iter().all(|v| *v >= 0.0));
    }
    let report = BackbonesReport::of(&data, setup, all);
    let page = report.html("untrained backbones halves");
    for words in ["What was seen", "compact", "vit", "reliability", "untrained backbones halves"] {
        assert!(page.contains(words), "{words}");
    }
    let json = report.json();
    assert_eq!(json["backbones"].as_array().unwrap().len(), 2);
    assert_eq!(json["backbones"][0]["accuracy"]["seeds"], 2);
}

/// A footprint of which two pixels hold more than half.
#[test]
fn the_half_area_counts_the_strongest_pixels() {
    let mut footprint = vec![0.1f32; 16];
    (footprint[3], footprint[9]) = (1.0, 0.9);
    assert_eq!(half_area(&footprint), 2, "1.9 of 3.3");
    assert_eq!(half_area(&[1.0; 16]), 8);
}

#[test]
fn test_pictures_are_held_out_by_origin_where_there_are_none() {
    let mut train = halves(60, 3);
    train.origins.iter_mut().enumerate().for_each(|(i, o)| *o = i as u64 / 3);
    let bare = Data { train, test: halves(0, 3), ..data() };
    let found = limited(bare, 1000, 1);
    assert_eq!((found.train.len(), found.test.len()), (48, 12));
    assert!(found.test.origins.iter().all(|o| !found.train.origins.contains(o)));
    let few = limited(data(), 10, 1);
    assert_eq!((few.train.len(), few.test.len()), (10, 10));
    assert_eq!(limited(data(), 10, 1).train.pictures, few.train.pictures);
    assert_ne!(limited(data(), 10, 2).train.pictures, few.train.pictures);
}

#[test]
fn a_backbone_that_does_not_fit_is_refused_before_anything_is_trained() {
    let big = Data { train: Samples { side: 256, ..halves(2, 1) }, ..data() };
    assert!(check(&big, "vit").is_err_and(|e| e.starts_with("vit: side")), "{:?}", check(&big, "vit"));
    assert_eq!(check(&big, "vgg"), Ok(()));
}
