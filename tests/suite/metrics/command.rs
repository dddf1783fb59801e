//! `untrained metrics` through the program itself.

use std::path::Path;
use std::process::{Command, Output, Stdio};

fn metrics(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_untrained"));
    command.arg("metrics").args(args).current_dir(dir).env("NO_COLOR", "1").stdin(Stdio::null());
    command.output().unwrap()
}

/// The program refuses with exit code 2 and says all of these; what it prints on the way is returned.
fn refuses(dir: &Path, args: &[&str], words: &[&str]) -> String {
    let output = metrics(dir, args);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let told = text.split_whitespace().filter(|w| *w != "│").collect::<Vec<_>>().join(" ");
    assert_eq!(output.status.code(), Some(2), "{args:?}: {told}");
    for word in words {
        assert!(told.contains(word), "{args:?}: expected `{word}` in: {told}");
    }
    String::from_utf8(output.stdout).unwrap()
}

fn answers(output: &Output) -> serde_json::Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A cloud of points about a place, as CSV.
fn cloud(dir: &Path, name: &str, rows: usize, columns: usize, at: f64, seed: u64) {
    let r = untrained::world::rng::Rng::new(seed);
    let value = |i: usize| (r.normal(i as u64) as f64 + at).to_string();
    let line = |y: usize| (0..columns).map(|x| value(y * columns + x)).collect::<Vec<_>>().join(",");
    let text: String = (0..rows).map(|y| line(y) + "\n").collect();
    std::fs::write(dir.join(name), text).unwrap();
}

#[test]
fn clouds_of_points_are_measured_and_the_nearer_one_wins() {
    let dir = tempfile::tempdir().unwrap();
    for (name, at, seed) in
        [("real.csv", 0.0, 1), ("near.csv", 0.2, 2), ("far.csv", 1.0, 3), ("held.csv", 0.0, 4)]
    {
        cloud(dir.path(), name, 120, 5, at, seed);
    }
    let of = |candidate: &str| {
        let args = ["--reference", "real.csv", "--candidate", candidate, "--held-out", "held.csv", "--json"];
        answers(&metrics(dir.path(), &args))
    };
    let (near, far) = (of("near.csv"), of("far.csv"));
    let value = |a: &serde_json::Value, m: &str| a["metrics"][m]["value"].as_f64().unwrap();
    for metric in ["frechet", "kid"] {
        assert!(value(&near, metric) < value(&far, metric), "{metric}");
    }
    for metric in ["precision", "recall", "density", "coverage"] {
        assert!(value(&near, metric) > value(&far, metric), "{metric}");
    }
    assert_eq!(near["partial"], false);
    assert_eq!(of("real.csv")["metrics"]["memorisation"]["value"], 1.0);
    assert_eq!(of("near.csv"), near, "the same question has the same answer");
    let table =
        metrics(dir.path(), &["--reference", "real.csv", "--candidate", "far.csv", "--metric", "frechet"]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(
        table.contains("frechet") && !table.contains("recall") && table.contains("not comparable"),
        "{table}"
    );
}

#[test]
fn pictures_are_seen_by_the_judge_or_as_pixels() {
    let dir = tempfile::tempdir().unwrap();
    for (folder, seed) in [("a", 1u64), ("b", 2)] {
        let r = untrained::world::rng::Rng::new(seed);
        std::fs::create_dir(dir.path().join(folder)).unwrap();
        for i in 0..8u64 {
            let pixel = |x: u32, y: u32| {
                image::Rgb([0, 8, 16].map(|c| (r.fork(i).bits((y * 64 + x) as u64) >> c) as u8))
            };
            image::RgbImage::from_fn(64, 64, pixel)
                .save(dir.path().join(folder).join(format!("{i}.png")))
                .unwrap();
        }
    }
    let args = ["--reference", "a", "--candidate", "b", "--k", "3", "--json"];
    let seen = answers(&metrics(dir.path(), &args));
    assert_eq!(seen["reference"]["samples"], 8);
    assert!(seen["features"].as_str().unwrap().contains("judge"));
    assert!(seen["metrics"]["class-score"]["value"].as_f64().unwrap() >= 1.0);
    let pixels = answers(&metrics(dir.path(), &[&args[..], &["--features", "pixels"]].concat()));
    assert!(pixels["metrics"]["class-score"].is_null());
    assert_ne!(pixels["metrics"]["frechet"]["value"], seen["metrics"]["frechet"]["value"]);
}

#[test]
fn what_cannot_be_measured_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    cloud(at, "a.csv", 40, 3, 0.0, 1);
    cloud(at, "few.csv", 4, 3, 0.0, 2);
    cloud(at, "wide.csv", 40, 4, 0.0, 3);
    std::fs::write(at.join("nan.csv"), "1,2,3\n4,nan,6\n").unwrap();
    std::fs::write(at.join("ragged.csv"), "1,2,3\n4,5\n").unwrap();
    std::fs::create_dir(at.join("empty")).unwrap();
    let against = |b: &'static str| ["--reference", "a.csv", "--candidate", b];
    refuses(at, &against("nowhere.csv"), &["nowhere.csv", "cannot be read"]);
    refuses(at, &against("wide.csv"), &["3 numbers a sample", "has 4"]);
    refuses(at, &against("few.csv"), &["40 samples", "has 4", "--unequal"]);
    refuses(
        at,
        &[&against("few.csv")[..], &["--samples", "9"]].concat(),
        &["few.csv", "at least 9 samples, found 4"],
    );
    assert!(
        metrics(at, &[&against("few.csv")[..], &["--samples", "4", "--k", "2"]].concat()).status.success()
    );
    refuses(at, &against("nan.csv"), &["nan.csv", "row 2, column 2"]);
    refuses(at, &against("ragged.csv"), &["ragged.csv", "line 2: expected 3 numbers, found 2"]);
    refuses(at, &["--reference", "empty", "--candidate", "empty"], &["empty"]);
    refuses(
        at,
        &[&against("a.csv")[..], &["--metric", "nonsense"]].concat(),
        &["no metric `nonsense`", "frechet"],
    );
    refuses(at, &[&against("a.csv")[..], &["--metric", "memorisation"]].concat(), &["memorisation"]);
    // The other figures come all the same, and the report says that it is not whole.
    let out = refuses(at, &[&against("few.csv")[..], &["--unequal", "--json"]].concat(), &["precision"]);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["partial"], true);
    assert!(report["metrics"]["frechet"]["value"].is_number());
    assert!(
        report["metrics"]["precision"]["error"]
            .as_str()
            .unwrap()
            .contains("at least 6 samples of the candidate, found 4")
    );
}
