//! Sets for which some metrics cannot be computed: each says why, the others are reported all the same, the report says
//! that it is partial, and the exit code is 1.

use std::path::Path;

use serde_json::Value;

use super::tool::{answers, cloud, ends, idx, metrics, pictures, refuses};

/// The partial report on two sets: the metrics in `without` have no value, each for its reason; all others have one.
fn partial(dir: &Path, args: &[&str], without: &[(&str, &str)]) -> Value {
    let names: Vec<&str> = without.iter().map(|w| w.0).collect();
    let text = ends(&metrics(dir, &[args, &["--json"]].concat()), 1, &names);
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["partial"], true);
    for (name, answer) in report["metrics"].as_object().unwrap() {
        match without.iter().find(|w| w.0 == name) {
            Some((_, why)) => {
                let error =
                    answer["error"].as_str().unwrap_or_else(|| panic!("{name} has a figure: {answer}"));
                assert!(error.contains(why), "{name}: {error}");
            }
            None => assert!(answer["value"].is_number(), "{name}: {answer}"),
        }
    }
    let all = report["metrics"].as_object().unwrap();
    without.iter().for_each(|w| assert!(all.contains_key(w.0), "{} is not reported", w.0));
    let table = ends(&metrics(dir, args), 1, &names);
    let summary = format!("partial: {} of {} have no value", without.len(), all.len());
    assert!(table.contains(&summary), "expected `{summary}` in:\n{table}");
    without.iter().for_each(|w| assert!(table.contains(w.1), "expected `{}` in:\n{table}", w.1));
    report
}

#[test]
fn too_few_samples_for_some_metrics() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    for (name, rows, seed) in [("a.csv", 40, 1), ("few.csv", 4, 2), ("two.csv", 2, 3), ("one.csv", 1, 4)] {
        cloud(at, name, rows, 3, 0.0, seed);
    }
    let neighbours = ["precision", "recall", "density", "coverage"];
    let few = "at least 6 samples of the candidate, found 4";
    let args = ["--reference", "a.csv", "--candidate", "few.csv", "--unequal"];
    let report = partial(at, &args, &neighbours.map(|n| (n, few)));
    assert_eq!(report["candidate"]["samples"], 4);
    let args = ["--reference", "a.csv", "--candidate", "one.csv", "--unequal"];
    let one = "at least 2 samples of the candidate, found 1";
    let more = "at least 6 samples of the candidate, found 1";
    let short = [("frechet", one), ("kid", one)].into_iter().chain(neighbours.map(|n| (n, more)));
    partial(at, &args, &short.collect::<Vec<_>>());
    let args = ["--reference", "a.csv", "--candidate", "two.csv", "--unequal", "--metric", "frechet"];
    let half = "the interval of the Fréchet distance needs at least 3 samples of the candidate, found 2";
    partial(at, &args, &[("frechet", half)]);
}

#[test]
fn nans_and_other_columns_among_held_out_samples() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    for (name, columns, seed) in [("a.csv", 3, 1), ("b.csv", 3, 2), ("wide.csv", 4, 3)] {
        cloud(at, name, 30, columns, 0.0, seed);
    }
    std::fs::write(at.join("nan.csv"), "1,2,3\n4,nan,6\n").unwrap();
    let with = |held: &'static str| ["--reference", "a.csv", "--candidate", "b.csv", "--held-out", held];
    partial(at, &with("nan.csv"), &[("memorisation", "nan.csv: features: NaN in row 2, column 2")]);
    partial(at, &with("wide.csv"), &[("memorisation", "expected 4 values per sample, found 3")]);
    refuses(at, &with("nowhere.csv"), &["nowhere.csv", "cannot be read"]);
    // All metrics of reference and candidate are computed, so there is nothing to report there.
    refuses(at, &["--reference", "a.csv", "--candidate", "nan.csv"], &["nan.csv", "row 2, column 2"]);
    let alone =
        ["--reference", "a.csv", "--candidate", "b.csv", "--metric", "memorisation", "--metric", "js"];
    partial(at, &alone, &[("memorisation", "needs held-out samples")]);
}

#[test]
fn pictures_of_one_colour() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    pictures(at, "noise", 6, |_, bits| bits as u8);
    pictures(at, "flat", 6, |i, _| 40 * i as u8);
    let args = ["--reference", "noise", "--candidate", "flat", "--features", "pixels", "--k", "2"];
    let report = partial(
        at,
        &args,
        &[
            ("vendi", "sample 1 has no direction"),
            ("spectrum", "one value throughout"),
            ("dimension", "one level"),
            ("symmetry", "one value throughout"),
        ],
    );
    assert_eq!(report["metrics"]["entropy"]["value"], 0.0);
}

#[test]
fn pictures_of_two_sizes() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    pictures(at, "large", 6, |_, bits| bits as u8);
    idx(at, "small", &[0, 0, 0, 1, 1, 1]);
    let args = ["--reference", "large", "--candidate", "small", "--features", "pixels", "--k", "2"];
    let report = answers(&metrics(at, &[&args[..], &["--json"]].concat()));
    let all = report["metrics"].as_object().unwrap();
    assert!(all.len() > 10 && all.values().all(|answer| answer["value"].is_number()), "{report}");
    assert!(report["metrics"]["entropy"]["value"].as_f64().unwrap() > 7.0);
    let note = "its grey pictures of 28×28 were converted to colour at 64×64, like the other set's";
    assert!(report.to_string().contains(note), "{report}");
    // As if they had been files.
    let drawn = untrained::data::idx::read(&at.join("small"), "small".into()).unwrap().train;
    std::fs::create_dir(at.join("files")).unwrap();
    for (i, picture) in drawn.pictures.into_iter().enumerate() {
        let grey = image::GrayImage::from_raw(28, 28, picture).unwrap();
        grey.save(at.join(format!("files/{i}.png"))).unwrap();
    }
    let args = ["--reference", "large", "--candidate", "files", "--features", "pixels", "--k", "2", "--json"];
    let files = answers(&metrics(at, &args));
    for name in ["frechet", "sliced", "earth-mover", "entropy"] {
        assert_eq!(files["metrics"][name]["value"], report["metrics"][name]["value"], "{name}");
    }
}

#[test]
fn a_class_with_one_picture() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    idx(at, "whole", &[0, 0, 1, 1, 2, 2]);
    idx(at, "gap", &[0, 0, 0, 1, 2, 2]);
    let args = ["--reference", "whole", "--candidate", "gap", "--features", "pixels", "--k", "2"];
    let gap = "needs at least 2 samples of the class `1` of the candidate, found 1";
    partial(at, &args, &[("likeness", gap), ("ms-likeness", gap)]);
}
