//! `untrained collapse` on tiny sets: finished generations stay, and the same command resumes.

use std::collections::BTreeMap;
use std::time::SystemTime;

use super::learn::{done, rejected, set, untrained};

#[test]
fn finished_generations_stay_and_only_the_others_are_run_again() {
    let dir = tempfile::tempdir().unwrap();
    let (data, out) = (set(dir.path(), 300), dir.path().join("out"));
    let run = || {
        let mut command = untrained(&["collapse", "gmm", "--generations", "3", "--samples", "160"]);
        command
            .args(["--measured", "60", "--runs", "50", "--side", "28", "--epochs", "5"])
            .arg("--data")
            .arg(&data);
        command.args(["--control", "garden?canvas=48x27,cells=48x27,warm-up=3", "--out"]).arg(&out);
        done(&mut command)
    };
    run();
    let json = || -> serde_json::Value {
        serde_json::from_slice(&std::fs::read(out.join("collapse.json")).unwrap()).unwrap()
    };
    let first = json();
    let chains = first["chains"].as_array().unwrap();
    assert_eq!(chains.len(), 3);
    assert!(chains.iter().all(|c| c["readings"].as_array().unwrap().len() == 3 && c["partial"] == false));
    assert_eq!(first["control"]["readings"].as_array().unwrap().len(), 3);
    let variance = |g: usize| chains[0]["readings"][g]["variance"].as_f64().unwrap();
    assert!(variance(2) < variance(0) && variance(0) < 1.3, "{first}");
    // The state that a program stopped during the last generation would leave.
    let file = |name: &str| out.join("gmm-replace-1").join(name);
    let written = |folder: &str| -> BTreeMap<String, SystemTime> {
        let all = std::fs::read_dir(out.join(folder)).unwrap().map(|e| e.unwrap());
        all.map(|e| (e.file_name().into_string().unwrap(), e.metadata().unwrap().modified().unwrap()))
            .collect()
    };
    let folders = ["gmm-accumulate-1", "gmm-keep10-1", "gmm-replace-1"];
    let before: Vec<_> = folders.iter().map(|f| written(f)).collect();
    std::fs::remove_file(file("003.json")).unwrap();
    run();
    for (folder, before) in folders.iter().zip(before) {
        for (name, when) in written(folder) {
            let again = *folder == "gmm-replace-1" && name.starts_with("003");
            assert_eq!(before[&name] != when, again, "{folder}/{name}");
        }
    }
    let seconds_apart = |mut v: serde_json::Value| {
        for chain in v["chains"].as_array_mut().unwrap() {
            chain["readings"].as_array_mut().unwrap().iter_mut().for_each(|r| r["seconds"] = 0.into());
        }
        v["control"]["readings"].as_array_mut().unwrap().iter_mut().for_each(|r| r["seconds"] = 0.into());
        v
    };
    assert_eq!(seconds_apart(json()), seconds_apart(first));
    let page = std::fs::read_to_string(out.join("index.html")).unwrap();
    for words in ["only the previous generation's output", "median σ", "the rule garden", "data:image/png"] {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn invalid_experiments_are_reported() {
    let dir = tempfile::tempdir().unwrap();
    let data = set(dir.path(), 64);
    let cases: [(&[&str], &str); 4] = [
        (&["gmm"], "--data"),
        (&["gmm", "--regime", "replays"], "found `replays`"),
        (&["gmm", "--data", data.to_str().unwrap(), "--samples", "9000"], "found 64"),
        (&["mmg", "--data", data.to_str().unwrap()], "invalid value 'mmg'"),
    ];
    for (more, words) in cases {
        let mut command = untrained(&["collapse", "--runs", "10", "--out"]);
        let (code, said) = rejected(command.arg(dir.path().join("o")).args(more));
        assert!(code == Some(2) && said.contains(words), "{more:?}: {code:?} {said}");
    }
}
