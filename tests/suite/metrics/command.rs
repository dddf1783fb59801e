//! `untrained metrics` through the program itself.

use super::tool::{answers, cloud, metrics, pictures, refuses};

#[test]
fn clouds_of_points_are_measured_and_the_closer_one_wins() {
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
fn features_of_pictures_are_the_judges_or_pixels() {
    let dir = tempfile::tempdir().unwrap();
    pictures(dir.path(), "a", 8, |_, bits| bits as u8);
    pictures(dir.path(), "b", 8, |_, bits| bits as u8);
    let args = ["--reference", "a", "--candidate", "b", "--k", "3", "--json"];
    let seen = answers(&metrics(dir.path(), &args));
    assert_eq!(seen["reference"]["samples"], 8);
    assert!(seen["features"].as_str().unwrap().contains("judge"));
    let pixels = answers(&metrics(dir.path(), &[&args[..], &["--features", "pixels"]].concat()));
    assert!(pixels["metrics"]["class-score"].is_null());
    assert_ne!(pixels["metrics"]["frechet"]["value"], seen["metrics"]["frechet"]["value"]);
}

/// The ceiling is what pictures of noise score, here other ones, as a candidate.
#[test]
fn the_ceiling_between_folders_is_real_noise() {
    let dir = tempfile::tempdir().unwrap();
    let grey = |_, bits: u64| 100 + (bits as u8) % 40;
    pictures(dir.path(), "real", 40, grey);
    pictures(dir.path(), "near", 40, grey);
    pictures(dir.path(), "noise", 40, |_, bits| bits as u8);
    for features in ["statistics", "judge"] {
        let of = |candidate: &str| {
            let args = ["--reference", "real", "--candidate", candidate, "--features", features, "--json"];
            let metrics = answers(&metrics(dir.path(), &args))["metrics"].clone();
            ["value", "ceiling"].map(|of| metrics["frechet"][of].clone())
        };
        let ([near, ceiling], [noise, _]) = (of("near"), of("noise"));
        let ceiling = ceiling["value"].as_f64().or(ceiling.as_f64()).unwrap();
        let (near, noise) = (near.as_f64().unwrap(), noise.as_f64().unwrap());
        assert!((ceiling / noise - 1.0).abs() < 0.05 && near < 0.2 * ceiling, "{near}, {ceiling}, {noise}");
    }
}

#[test]
fn invalid_measurements_are_reported() {
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
    refuses(at, &against("wide.csv"), &["3 values per sample", "has 4"]);
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
}
