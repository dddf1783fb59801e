//! Tools for authors, through the program itself: `check`, `measure`, `docs`, `new-system`, and what `play` shows first.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn untrained(args: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_untrained"));
    command.args(args).current_dir(folder).env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

/// Exit code, standard output, and standard error on one line.
fn run(args: &[&str], folder: &Path) -> (i32, String, String) {
    let Output { status, stdout, stderr } = untrained(args, folder).output().unwrap();
    let errors = String::from_utf8_lossy(&stderr).into_owned();
    assert!(!errors.contains("panicked"), "{errors}");
    let errors = errors.split_whitespace().filter(|w| *w != "│").collect::<Vec<_>>().join(" ");
    (status.code().unwrap(), String::from_utf8_lossy(&stdout).into_owned(), errors)
}

const BROKEN: &str = r#"size = [64, 36]
[node.cells]
system = "liffe"
[node.air]
system = "lbm"
obstacle = "cells.alive"
inflow = 9
[[link]]
from = "judge.lifee"
to = "cells.density"
[[layer]]
show = "cells.age"
palete = "bone"
"#;

#[test]
fn check_reports_everything_besides_an_unknown_system_and_unknown_classes() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("s.toml"), BROKEN).unwrap();
    let (code, printed, errors) = run(&["check", "s.toml"], dir.path());
    assert_eq!(code, 2);
    assert!(errors.contains("3 problems in s.toml"), "{errors}");
    for words in ["s.toml:3: there is no system `liffe`; did you mean `life`?", "s.toml:7:", "s.toml:13:"] {
        assert!(errors.contains(words), "{words}: {errors}");
    }
    assert!(printed.starts_with(
        "s.toml:9: the judge has no class `lifee`, so `judge.lifee` stays 0; did you mean `life`?"
    ));
}

#[test]
fn measure_prints_a_table_or_json_and_refuses_what_makes_no_sense() {
    let dir = tempfile::tempdir().unwrap();
    let scene = "size = [64, 36]\n[node.it]\nsystem = \"noise\"\n[[layer]]\nshow = \"it.value\"\n";
    std::fs::write(dir.path().join("s.toml"), scene).unwrap();
    let (code, printed, _) = run(&["measure", "s.toml", "--seconds", "0.5"], dir.path());
    assert!(code == 0 && printed.contains("it.value") && printed.contains("64×36"), "{printed}");
    let args = ["measure", "s.toml", "--seconds", "0.5", "--threads", "1", "--size", "32x18", "--json"];
    let (code, printed, _) = run(&args, dir.path());
    let json: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!((code, &json["threads"], &json["ticks"]), (0, &1.into(), &30.into()));
    assert_eq!(json["nodes"][0]["size"], serde_json::json!([32, 18]));
    for (args, words) in [
        (&["measure", "s.toml", "--seconds", "0"][..], "expected --seconds in 0..86400, found 0"),
        (&["measure", "t.toml"], "there is no scene file `t.toml`"),
        (&["measure", "s.toml", "--threads", "0"], "--threads"),
    ] {
        let (code, _, errors) = run(args, dir.path());
        assert!(code == 2 && errors.contains(words), "{args:?}: {errors}");
    }
}

#[test]
fn the_manual_is_in_the_program() {
    let dir = tempfile::tempdir().unwrap();
    let (code, list, _) = run(&["docs"], dir.path());
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    assert_eq!(code, 0);
    for line in list.lines() {
        let (name, about) = line.split_once(' ').unwrap();
        let page = std::fs::read_to_string(docs.join(name).with_extension("md")).unwrap();
        assert!(about.trim().ends_with('.'), "{line}");
        assert_eq!(run(&["docs", name], dir.path()).1, page);
    }
    let (_, all, _) = run(&["docs", "all"], dir.path());
    assert_eq!(all.matches("\n# ").count() + 1, list.lines().count());
    let (code, _, errors) = run(&["docs", "exakt"], dir.path());
    assert!(code == 2 && errors.contains("there is no page `exakt`; did you mean `exact`?"), "{errors}");
}

#[test]
fn a_new_system_is_written_into_a_source_tree_only() {
    let dir = tempfile::tempdir().unwrap();
    let (code, _, errors) = run(&["new-system", "frost"], dir.path());
    assert!(code == 2 && errors.contains(". is not the source tree of untrained"), "{errors}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn the_first_scene_is_the_one_reported_without_a_display() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = untrained(&["play", "--no-judge"], dir.path());
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let first = untrained::cli::load::SceneSource::all()[0].load(untrained::CATALOGUE).unwrap();
    assert_eq!(first.order, Some(1));
    assert!(line.contains(&format!("rendering 10 s of {} to out/{}", first.name, first.name)), "{line}");
}
