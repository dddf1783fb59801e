//! Flows from a scene to `untrained metrics`.

use std::path::Path;

use serde_json::Value;

use super::tool::{answers, ends, metrics, refuses, run};

/// A gas left to itself in a world that wraps.
fn scene(dir: &Path, name: &str, viscosity: f64) {
    let text = format!(
        "title = \"Swirls\"\nsize = [64, 48]\nseed = 3\n[node.gas]\nsystem = \"lbm\"\nsize = [64, 48]\nleft = \
         \"periodic\"\nright = \"periodic\"\nstart = \"swirls\"\nviscosity = {viscosity}\ndisc = 0\n[[layer]]\nshow = \
         \"gas.speed\"\n"
    );
    std::fs::write(dir.join(name), text).unwrap();
}

fn render(dir: &Path, scene: &str, seed: &str, out: &str) {
    let fields = ["--fields", "gas.density,gas.velocity", "--seconds", "0.5", "--fps", "60"];
    let args = ["render", scene, "--seed", seed, "--out", out, "--only", "--no-judge"];
    let said = ends(&run(dir, &[&args[..], &fields].concat()), 0, &[]);
    assert!(said.contains("30 frames"), "{said}");
}

fn figure(answers: &Value, metric: &str) -> f64 {
    answers["metrics"][metric]["value"].as_f64().unwrap()
}

#[test]
fn gases_are_written_read_and_compared() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    scene(at, "thin.toml", 0.01);
    scene(at, "thick.toml", 0.3);
    for (scene, seed, out) in
        [("thin.toml", "1", "run.npy"), ("thin.toml", "2", "like.npy"), ("thick.toml", "1", "unlike.npy")]
    {
        render(at, scene, seed, out);
    }
    render(at, "thin.toml", "1", "again.npy");
    assert_eq!(std::fs::read(at.join("run.npy")).unwrap(), std::fs::read(at.join("again.npy")).unwrap());
    let against = |c: &str| answers(&metrics(at, &["--reference", "run.npy", "--candidate", c, "--json"]));
    let (same, like, unlike) = (against("again.npy"), against("like.npy"), against("unlike.npy"));
    assert_eq!(figure(&same, "energy-spectrum"), 0.0);
    assert!(figure(&unlike, "energy-spectrum") > 1.5 * figure(&like, "energy-spectrum"), "{like} {unlike}");
    for answer in [&same, &like, &unlike] {
        assert!(figure(answer, "mass-drift") < 2e-6, "{answer}");
        assert!(figure(answer, "divergence") < 0.1, "{answer}");
        assert_eq!((&answer["reference"]["frames"], &answer["partial"]), (&30.into(), &false.into()));
    }
    let table = ends(&metrics(at, &["--reference", "run.npy", "--candidate", "like.npy"]), 0, &[]);
    for name in ["divergence", "mass-drift", "energy-spectrum", "30 frames"] {
        assert!(table.contains(name), "{table}");
    }
}

#[test]
fn incompatible_clips_are_reported() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    scene(at, "gas.toml", 0.01);
    render(at, "gas.toml", "1", "run.npy");
    std::fs::write(at.join("a.csv"), "1,2\n3,4\n").unwrap();
    refuses(
        at,
        &["--reference", "run.npy", "--candidate", "a.csv"],
        &["a.csv", "(frames, 3, height, width)"],
    );
    let same = ["--reference", "run.npy", "--candidate", "run.npy", "--metric"];
    refuses(
        at,
        &[&same[..], &["kid"]].concat(),
        &["run.npy: expected pictures of numbers 0..1", "mass-drift"],
    );
    refuses(at, &[&same[..], &["kid", "--metric", "divergence"]].concat(), &["no flow metric `kid`"]);
    let few = ["--reference", "run.npy", "--candidate", "run.npy", "--samples", "3"];
    refuses(at, &few, &["--samples is for sets of samples"]);
    // Three frames are too few for an interval: reported per metric.
    let args = ["render", "gas.toml", "--seconds", "0.05", "--fps", "60", "--only", "--no-judge", "--fields"];
    let with =
        |fields: &'static str, out: &'static str| run(at, &[&args[..], &[fields, "--out", out]].concat());
    ends(&with("gas.density,gas.velocity", "short.npy"), 0, &[]);
    let unequal = ["--reference", "run.npy", "--candidate", "short.npy"];
    refuses(at, &unequal, &["30 frames", "has 3", "--unequal"]);
    let text = ends(&metrics(at, &[&unequal[..], &["--unequal"]].concat()), 1, &["mass-drift", "divergence"]);
    assert!(text.contains("at least 4 samples of the candidate's frames, found 3"), "{text}");
    assert!(text.contains("partial: 4 of 4"), "{text}");
    ends(&with("gas.density", "run.gif"), 2, &["--out to end in .npy", "run.gif"]);
    ends(&with("gas.densty", "x.npy"), 2, &["no field `gas.densty`", "did you mean `gas.density`?"]);
    ends(&with("gas.density", "thin.npy"), 0, &[]);
    refuses(
        at,
        &["--reference", "thin.npy", "--candidate", "run.npy"],
        &["thin.npy", "density, u and v, found [3, 1, 48, 64]"],
    );
    let plain = run(at, &["render", "gas.toml", "--out", "y.npy", "--no-judge"]);
    ends(&plain, 2, &["y.npy", "--fields"]);
}
