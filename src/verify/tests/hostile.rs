//! Files that hold anything: each mistake is told once, with its place, and the rest is run.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::folders::{copy, failed, results};
use crate::case::{CaseResult, Status};
use crate::fault::Fault;

/// What is told of mistakes.
fn mistakes(dir: &Path) -> Vec<String> {
    let all = results(dir, "");
    let of =
        |r: &CaseResult| (r.status() == Status::Mistake).then(|| r.answer.as_ref().unwrap_err().to_string());
    all.iter().filter_map(of).collect()
}

fn with(dir: &Path, file: &str, pointer: &str, value: Value, told: &str) {
    let path = dir.join(file);
    let before = fs::read(&path).unwrap();
    let mut all: Value = serde_json::from_slice(&before).unwrap();
    *all.pointer_mut(pointer).unwrap_or_else(|| panic!("nothing at {pointer}")) = value;
    fs::write(&path, serde_json::to_string(&all).unwrap()).unwrap();
    assert_eq!(mistakes(dir), [format!("{file}: {told}")], "{pointer}");
    fs::write(&path, before).unwrap();
}

#[test]
fn mistakes_are_told_with_file_and_field_and_the_rest_goes_on() {
    let Some(dir) = copy("lattice_gas") else { return };
    let (at, file) = (dir.path(), "lattice_gas/evolution_16x16.json");
    let text = |t: &str| Value::from(t);
    with(
        at,
        file,
        "/1/salt",
        text("x"),
        r#"[1].salt: expected a whole number from 0 to 4294967295, found "x""#,
    );
    with(
        at,
        file,
        "/1/salt",
        Value::from(-1),
        "[1].salt: expected a whole number from 0 to 4294967295, found -1",
    );
    with(
        at,
        file,
        "/0/model",
        text("LBM"),
        r#"[0].model: expected one of HPP, FHP-I, FHP-II, FHP-III, found "LBM""#,
    );
    with(
        at,
        file,
        "/0/states/1/3",
        text("zz"),
        r#"[0].states.1[3]: expected 16 cells of 1 hexadecimal digits, found "zz""#,
    );
    with(at, file, "/0/states/1/3", Value::Null, "[0].states.1[3]: expected a text, found null");
    with(
        at,
        file,
        "/3/states/0/0",
        text(&"7f".repeat(16)),
        r#"[3].states.0[0]: expected states below 64, found "7f""#,
    );
    with(
        at,
        file,
        "/0/states/2",
        Value::from(vec![text("0"); 3]),
        "[0].states.2: expected a list of 16, found a list of 3",
    );
    with(
        at,
        file,
        "/0/conserved",
        Value::from(3),
        "[0].conserved.particles: expected a whole number from -1000000000 to 1000000000, found nothing",
    );
    // All other cases are run.
    let mut all: Value = serde_json::from_slice(&fs::read(at.join(file)).unwrap()).unwrap();
    all[2]["id"] = Value::from(7);
    fs::write(at.join(file), serde_json::to_string(&all).unwrap()).unwrap();
    let passed = results(at, "").iter().filter(|r| r.status() == Status::Passed).count();
    assert_eq!((mistakes(at).len(), passed), (1, 14));
    for (content, told) in [
        (&b"[{\"id\": "[..], "expected JSON: EOF while parsing a value at line 1 column 8"),
        (b"[1, \xff]", "cannot be read: expected UTF-8 text, found an invalid byte at 4"),
        (b"", "expected JSON: EOF while parsing a value at line 1 column 0"),
        (b"{}", "expected a list, found an object"),
    ] {
        fs::write(at.join(file), content).unwrap();
        assert_eq!(mistakes(at), [format!("{file}: {told}")]);
    }
    fs::remove_file(at.join(file)).unwrap();
    fs::create_dir(at.join(file)).unwrap();
    assert_eq!(mistakes(at), [format!("{file}: expected a file, found something else")]);
}

#[test]
fn discs_that_make_no_sense_are_refused() {
    let Some(dir) = copy("hard_discs") else { return };
    let at = dir.path();
    for other in ["equilibrium.json", "md_check.json"] {
        fs::remove_file(at.join("hard_discs").join(other)).unwrap();
    }
    let file = "hard_discs/collisions.json";
    let text = |t: &str| Value::from(t);
    with(at, file, "/1/positions/3", text("x"), r#"[1].positions[3]: expected two numbers, found "x""#);
    with(at, file, "/1/positions/3/0", text("nan"), r#"[1].positions[3][0]: expected a number, found "nan""#);
    with(
        at,
        file,
        "/0/N",
        Value::from(1u64 << 40),
        "[0].N: expected a whole number from 1 to 2000, found 1099511627776",
    );
    with(at, file, "/0/N", Value::from(9), "[0].masses: expected a list of 9, found a list of 8");
    with(at, file, "/0/box", Value::from(0), "[0].box: expected a number from 0.001 to 1000000, found 0");
    with(
        at,
        file,
        "/0/diameter",
        Value::from(6.0),
        "[0].diameter: expected a number from 0.001 to 5, found 6.0",
    );
    with(
        at,
        file,
        "/2/masses/0",
        Value::from(0.0),
        "[2].masses[0]: expected a number from 0.000001 to 1000000, found 0.0",
    );
    with(
        at,
        file,
        "/2/velocities/0/1",
        Value::from(1e300),
        "[2].velocities[0]: expected two numbers from -1000000 to 1000000, found [-1.627, 1e300]",
    );
    with(
        at,
        file,
        "/0/collisions/4/i",
        Value::from(8),
        "[0].collisions[4].i: expected a whole number from 0 to 7, found 8",
    );
    with(
        at,
        file,
        "/0/collisions",
        Value::from(Vec::<i32>::new()),
        "[0].collisions: expected collisions, found none",
    );
    let mut all: Value = serde_json::from_slice(&fs::read(at.join(file)).unwrap()).unwrap();
    all[0]["positions"][1] = all[0]["positions"][0].clone();
    fs::write(at.join(file), serde_json::to_string(&all).unwrap()).unwrap();
    let told = mistakes(at);
    assert_eq!(
        told,
        [format!("{file}: [0].positions[1]: expected discs that do not overlap, found [0] 0 away")]
    );
    // Files that are not there are neither mistakes nor passed.
    let gone = results(at, "").iter().filter(|r| r.status() == Status::NotCovered).count();
    assert_eq!(gone, 2);
}

#[test]
fn lists_of_patterns_may_be_wrong_in_any_line() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path().join("golly");
    fs::create_dir_all(at.join("patterns")).unwrap();
    fs::write(at.join("patterns/glider.rle"), "bo$2bo$3o!").unwrap();
    fs::write(at.join("patterns/broken.rle"), "x = 3, y = 3\nbo$2bo$3k!").unwrap();
    fs::write(at.join("patterns/other.mc"), "[M2] (golly 2.0)\n").unwrap();
    fs::create_dir(at.join("patterns/folder.rle")).unwrap();
    let lines = [
        "1,glider.rle,B3/S23,4,5,\"\"",
        "2,glider.rle,B3/S23,x,5,",
        "3,glider.rle,B3/S23,4,-5,",
        "4,../../secret,B3/S23,4,5,",
        "5,nowhere.rle,B3/S23,4,5,",
        "6,broken.rle,B3/S23,4,5,",
        "7,other.mc,B3/S23,4,5,",
        "8,glider.rle,,4,5,",
        "9,glider.rle,B3/S23,4",
        "10,folder.rle,B3/S23,4,5,",
        "11,glider.rle,B3/S23:T2,4,5,",
        "12,glider.rle,B3/S23,18446744073709551616,5,",
        "13,glider.rle,B3/S23,40,340282366920938463463374607431768211456,",
        "14,glider.rle,B3/S23,400,6,",
    ];
    fs::write(
        at.join("cases.csv"),
        format!("id,file,rule,generation,population,algo\n{}\n", lines.join("\n")),
    )
    .unwrap();
    let told = mistakes(dir.path());
    let expected = [
        r#"cases.csv: line 3, generation: expected a whole number from 0 to 18446744073709551615, found "x""#,
        r#"cases.csv: line 4, population: expected a whole number from 0 to 85070591730234615865843651857942052863, found "-5""#,
        r#"cases.csv: line 5, file: expected the name of a file in this folder, found "../../secret""#,
        "cases.csv: line 9, rule: expected a rule, found nothing",
        "cases.csv: line 10: expected 6 fields, found 4",
        r#"cases.csv: line 13, generation: expected a whole number from 0 to 18446744073709551615, found "18446744073709551616""#,
        r#"cases.csv: line 14, population: expected a whole number from 0 to 85070591730234615865843651857942052863, found "340282366920938463463374607431768211456""#,
        "patterns/nowhere.rle: cannot be read: No such file or directory (os error 2)",
        "patterns/broken.rle: is not an RLE pattern: line 2, column 9: `k` is neither a state, $ nor !",
        "patterns/folder.rle: expected a file, found something else",
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (told, expected) in told.iter().zip(expected) {
        let same = told
            .strip_prefix("golly/")
            .is_some_and(|t| t == expected || expected.contains("RLE") && t.contains("line 2, column 9"));
        assert!(same, "{told}\n{expected}");
    }
    let all = results(dir.path(), "");
    let status =
        |s: Status| all.iter().filter(|r| r.status() == s).map(|r| r.name.as_str()).collect::<Vec<_>>();
    assert_eq!(status(Status::Passed), ["1 glider.rle, B3/S23, generation 4"]);
    assert_eq!(status(Status::Failed), ["14 glider.rle, B3/S23, generation 400"]);
    assert_eq!(status(Status::NotCovered).len(), 2);
}

#[test]
fn a_pattern_is_that_of_its_case() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path().join("golly");
    fs::create_dir_all(at.join("patterns")).unwrap();
    fs::write(at.join("patterns/glider.rle"), "bo$2bo$3o!").unwrap();
    // By coreutils' sha256sum.
    let digest = "1f7b13ab9f2684a998e6ea0a5ec522778ace419aac106935433085554c265ba7";
    for (given, right) in
        [(digest.to_string(), true), (digest.to_uppercase(), true), (digest.replace('a', "b"), false)]
    {
        let line = format!("1,glider.rle,{given},B3/S23,4,5");
        fs::write(at.join("cases.csv"), format!("id,file,sha256,rule,generation,population\n{line}\n"))
            .unwrap();
        let told = mistakes(dir.path());
        assert_eq!(told.is_empty(), right, "{told:?}");
        assert!(
            told.iter().all(|t| t.starts_with("golly/patterns/glider.rle: expected SHA-256 ")),
            "{told:?}"
        );
    }
}

#[test]
fn a_table_with_a_mistake_is_told_once_and_what_needs_it_is_not_covered() {
    let Some(dir) = copy("metrics") else { return };
    let table = dir.path().join("metrics/gaussB_500x64.csv");
    let text = fs::read_to_string(&table).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let broken = |line: &str| [&lines[..6], &[line], &lines[7..]].concat().join("\n");
    for (content, told) in [
        (broken(&lines[6].replacen(',', ",x", 1)), "line 7, column 2: expected a number, found \"x"),
        (broken("1,2"), "line 7: expected 64 numbers, found 2"),
        (
            broken(&format!("{},inf", &lines[6][..lines[6].rfind(',').unwrap()])),
            "line 7, column 64: expected a number, found \"inf\"",
        ),
        (String::new(), "expected rows of numbers, found nothing"),
    ] {
        fs::write(&table, content).unwrap();
        let all = results(dir.path(), "gaussB");
        let told_of: Vec<String> = failed(&all);
        assert!(told_of.len() == 1 && told_of[0].contains(told), "{told_of:?}");
        let needs = all.iter().find(|r| r.name == "gaussA_vs_gaussB").unwrap();
        assert_eq!(
            needs.answer,
            Err(Fault::NotCovered("needs gaussB_500x64.csv, which cannot be used".into()))
        );
    }
    let picture = dir.path().join("metrics/images/camera256_ref.pgm");
    fs::write(&picture, &fs::read(&picture).unwrap()[..1000]).unwrap();
    let told = failed(&results(dir.path(), "camera256_ref"));
    assert!(told.iter().any(|t| t.contains("camera256_ref.pgm: expected 65536 bytes of pixels")), "{told:?}");
}

#[test]
fn a_file_without_cases_is_a_mistake() {
    let dir = tempfile::tempdir().unwrap();
    for (file, content) in [
        ("golly/cases.csv", "id,file,rule,generation,population\n"),
        ("lattice_gas/evolution_16x16.json", "[]"),
        ("lattice_gas/table_checks.json", "{}"),
        ("hard_discs/collisions.json", "[]"),
        ("hard_discs/md_check.json", "[]"),
        ("stable_fluids/zalesak.json", "[]"),
        ("water/water_waves.json", "{}"),
        ("rayleigh_benard/rayleigh_benard.json", "{}"),
        ("swarm/boids.json", "[]"),
        ("swarm/vicsek.json", "{}"),
        ("swarm/physarum.json", "[]"),
        ("swarm/particle_life.json", "{}"),
        ("swarm/kuramoto.json", "{}"),
        ("automata/turmites.json", "[]"),
        #[cfg(feature = "judge")]
        ("nn/nn_reference.json", "{}"),
        ("metrics/feature_metrics.json", "{}"),
        ("metrics/image_metrics.json", "{\"other\": 1}"),
    ] {
        let path = dir.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        assert_eq!(mistakes(path.parent().unwrap()), [format!("{file}: expected cases, found none")]);
        fs::remove_file(path).unwrap();
    }
}
