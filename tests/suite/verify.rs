//! `untrained verify`: the cases of the reference folder, and folders that are changed, damaged or empty.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// Runs `untrained verify`.
fn verify(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_untrained"));
    command
        .arg("verify")
        .args(args)
        .current_dir(dir)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// Its standard output; it ends with this code and a message with all of these.
#[track_caller]
fn ends(output: &Output, code: i32, words: &[&str]) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let message = text.split_whitespace().filter(|w| *w != "│").collect::<Vec<_>>().join(" ");
    let told = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{message}\n{told}");
    words.iter().for_each(|word| assert!(message.contains(word), "expected `{word}` in: {message}"));
    told
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(|e| e.unwrap()).filter(|e| e.path().is_file()) {
        fs::write(to.join(entry.file_name()), fs::read(entry.path()).unwrap()).unwrap();
    }
}

#[test]
fn the_reference_folder_is_verified_family_by_family() {
    let Some(shared) = crate::skip::shared() else { return };
    let at = shared.join("reference");
    let told = ends(&verify(&at, &["lattice_gas"]), 0, &[]);
    let row: Vec<&str> = told.lines().nth(1).unwrap().split_whitespace().collect();
    assert_eq!(row[..5], ["lattice_gas", "15", "15", "0", "0"], "{told}");
    // The whole folder: what is asked for of it, and what it has besides.
    let told = ends(&verify(&at, &[".", "--only", "water", "--only", "lattice_gas", "--json"]), 0, &[]);
    let report: Value = serde_json::from_str(&told).unwrap();
    let names: Vec<&str> =
        report["families"].as_array().unwrap().iter().map(|f| f["family"].as_str().unwrap()).collect();
    assert_eq!((names, &report["passed"]), (vec!["lattice_gas", "water"], &Value::from(true)));
    assert!(report["folders_not_covered"].as_array().unwrap().iter().any(|f| f == "flame"));
    for family in report["families"].as_array().unwrap() {
        let count = |key: &str| family[key].as_u64().unwrap();
        assert_eq!(count("cases"), count("passed") + count("failed") + count("not_covered"));
        for case in family["results"].as_array().unwrap().iter().filter(|c| c["status"] == "passed") {
            let (deviation, tolerance) =
                (case["deviation"].as_f64().unwrap(), case["tolerance"].as_f64().unwrap());
            assert!(deviation <= tolerance && case["seconds"].as_f64().unwrap() >= 0.0, "{case}");
        }
    }
    let told = ends(
        &verify(
            &at,
            &[
                ".",
                "--case",
                "hard_discs/g1*",
                "--case",
                "gun-p165mwss.rle, B3/S23, generation 100",
                "--json",
            ],
        ),
        0,
        &[],
    );
    let report: Value = serde_json::from_str(&told).unwrap();
    let cases = report["families"].as_array().unwrap().iter().flat_map(|f| f["results"].as_array().unwrap());
    let names: Vec<&str> = cases.map(|c| c["name"].as_str().unwrap()).collect();
    assert!(names.len() >= 2 && names.contains(&"g1, 8 discs, 30 collisions"), "{names:?}");
}

#[test]
fn one_wrong_number_fails_its_case_and_the_command() {
    let Some(shared) = crate::skip::shared() else { return };
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("my numbers");
    copy(&shared.join("reference/lattice_gas"), &folder);
    // The folder has another name: its files tell what it is.
    let told = ends(&verify(dir.path(), &["my numbers"]), 0, &[]);
    assert!(told.contains("lattice_gas (my numbers)"), "{told}");
    let table = folder.join("table_FHP-I.csv");
    let text = fs::read_to_string(&table).unwrap();
    let wrong = text.replacen("\n9,36,", "\n9,37,", 1);
    assert_ne!(text, wrong);
    fs::write(&table, wrong).unwrap();
    let told = ends(&verify(dir.path(), &["my numbers"]), 1, &["1 of 15 cases failed"]);
    let place = "table_FHP-I.csv: entries of out_chirality0, first in line 11: 63 of 64 agree";
    assert!(told.contains(place), "{told}");
    fs::write(&table, text.replacen("\n9,36,", "\n9,x,", 1)).unwrap();
    let told = ends(&verify(dir.path(), &["my numbers"]), 1, &["1 of 16 cases failed"]);
    let place = "my numbers/table_FHP-I.csv: line 11, out_chirality0: expected a whole number from 0 to 63, found \"x\"";
    assert!(told.contains(place), "{told}");
    fs::write(&table, &text).unwrap();
    fs::write(folder.join("evolution_16x16.json"), "[{\"id\": \"g0\"").unwrap();
    let told = ends(&verify(dir.path(), &["my numbers", "--json"]), 1, &["1 of 7 cases failed"]);
    let report: Value = serde_json::from_str(&told).unwrap();
    let wrong = report["families"][0]["results"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["status"] == "mistake")
        .unwrap();
    let reason = wrong["reason"].as_str().unwrap();
    assert!(reason.starts_with("my numbers/evolution_16x16.json: expected JSON: EOF"), "{reason}");
    // It is told whichever cases are wanted: which they would have been, nobody knows.
    let told = ends(&verify(dir.path(), &["my numbers", "--case", "g0"]), 1, &["1 of 1 cases failed"]);
    assert!(told.contains("evolution_16x16.json: expected JSON"), "{told}");
}

#[test]
fn what_is_not_there_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    ends(&verify(at, &["nowhere"]), 2, &["cannot read the folder nowhere"]);
    ends(&verify(at, &["."]), 2, &["has no cases; expected the folder of a family", "lattice_gas", "golly"]);
    ends(&verify(at, &[]), 2, &["<DIR>"]);
    fs::create_dir(at.join("golly")).unwrap();
    fs::write(at.join("file"), "").unwrap();
    ends(&verify(at, &["file"]), 2, &["cannot read the folder file"]);
    ends(&verify(at, &[".", "--only", "gollly"]), 2, &["there is no family `gollly`", "golly"]);
    ends(&verify(at, &[".", "--only", "water"]), 2, &["has no cases of water"]);
    let told = ends(&verify(at, &["."]), 1, &["nothing was checked"]);
    assert!(told.contains("the file is not there"), "{told}");
    ends(&verify(at, &[".", "--case", "no such"]), 2, &["no case is called no such"]);
    let told = ends(&verify(at, &["--list"]), 0, &[]);
    assert!(["golly", "lattice_gas", "hard_discs", "metrics"].iter().all(|f| told.contains(f)), "{told}");
}
