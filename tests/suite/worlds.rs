//! Learned worlds from the command line: `learn step`, `learn cells`, and `forecast`.

use std::path::Path;

use serde_json::Value;

use super::learn::{done, rejected, untrained};

/// A small gas that nothing stirs.
pub const GAS: &str = "size = [64, 64]\n[node.air]\nsystem = \"lbm\"\nsize = [32, 32]\nstart = \"swirls\"\n\
    viscosity = 0.01\nsteps = 4\ndisc = 0\nstripes = 0\nleft = \"periodic\"\nright = \"periodic\"\n\
    top = \"periodic\"\nbottom = \"periodic\"\n[[layer]]\nshow = \"air.vorticity\"\n";

/// A soup of Life.
pub const SOUP: &str = "size = [48, 48]\n[node.cells]\nsystem = \"life\"\nsize = [48, 48]\ndensity = 0.3\nspark = 0\n\
    [[layer]]\nshow = \"cells.alive\"\npalette = \"#000 #fff\"\nhigh = 1\n";

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}

/// The message of a command that was rejected for its input.
fn coded((code, message): (Option<i32>, String)) -> String {
    assert_eq!(code, Some(2), "{message}");
    message
}

fn learn_gas(folder: &Path) {
    write(folder, "gas.toml", GAS);
    let mut command =
        untrained(&["learn", "step", "gas.toml", "--state", "air.velocity", "--planes", "32x32"]);
    command.args([
        "--periodic",
        "both",
        "--frames",
        "12",
        "--worlds",
        "3",
        "--warm-up",
        "0",
        "--epochs",
        "1",
    ]);
    command.args(["--set", "rounds=6", "--set", "first=8", "--set", "width=8", "--set", "levels=2"]);
    command.args(["--set", "unroll=2", "--set", "project=true", "--half", "--out", "gas.safetensors"]);
    done(command.current_dir(folder));
}

#[test]
fn a_world_is_learned_and_held_against_its_rule() {
    let dir = tempfile::tempdir().unwrap();
    learn_gas(dir.path());
    let mut forecast =
        untrained(&["forecast", "gas.safetensors", "--frames", "24", "--worlds", "3", "--out", "page"]);
    done(forecast.current_dir(dir.path()));
    let page = std::fs::read_to_string(dir.path().join("page/index.html")).unwrap();
    assert!(page.contains("Verdict") && page.contains("the rule at 1/2") && page.contains("data:image/png"));
    let json: Value =
        serde_json::from_slice(&std::fs::read(dir.path().join("page/report.json")).unwrap()).unwrap();
    assert_eq!(json["verdict"].as_array().unwrap().len(), 3);
    let curve = |name: &str| -> Vec<f64> {
        let rivals = json["rivals"].as_array().unwrap();
        let rival =
            rivals.iter().find(|r| r["name"] == name).unwrap_or_else(|| panic!("no {name}: {json:#}"));
        rival["correlation"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
    };
    let named = ["gas", "persistence", "the rule, start touched", "the rule at 1/2", "the rule at 1/4"];
    let [learned, still, touched, half, quarter] = named.map(curve);
    // Whoever starts with the rule's own frame starts with the rule.
    for all in [&learned, &still, &touched] {
        assert!(all.len() == 25 && (all[0] - 1.0).abs() < 1e-6, "{all:?}");
    }
    // A touch of one cell is less than nothing happening at all, and half the cells are better than a quarter.
    assert!(touched[24] > still[24] && half[24] > quarter[24], "{touched:?} {still:?} {half:?} {quarter:?}");
    assert!(still.windows(2).filter(|w| w[1] < w[0]).count() > 18, "{still:?}");
}

#[test]
fn a_world_of_pictures_is_compared_and_one_of_fields_is_sent_to_forecast() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "gas.toml", GAS);
    let mut command = untrained(&["learn", "step", "gas.toml", "--state", "picture", "--planes", "32x32"]);
    command.args(["--periodic", "both", "--frames", "12", "--worlds", "3", "--warm-up", "0", "--every", "2"]);
    command.args(["--epochs", "1", "--set", "rounds=6", "--set", "first=8", "--set", "width=8"]);
    command.args(["--set", "levels=2", "--set", "unroll=2", "--half", "--out", "picture.safetensors"]);
    done(command.current_dir(dir.path()));
    let compare = |world: &str, every: &str| {
        let mut command =
            untrained(&["compare", world, "--reference", "gas.toml?warm-up=20..40", "--n", "8"]);
        command.args(["--clips", "2", "--frames", "9", "--every", every, "--film", "10", "--side", "32"]);
        command.args(["--metric", "frechet", "--no-opponents", "--out", "page"]).current_dir(dir.path());
        command
    };
    done(&mut compare("picture.safetensors", "4"));
    let json: Value =
        serde_json::from_slice(&std::fs::read(dir.path().join("page/report.json")).unwrap()).unwrap();
    let film = &json["motion"]["films"]["picture"];
    assert!(json["generators"][0]["learned"] == true && film["starts_alike"] == true, "{json:#}");
    assert!(film["metrics"]["correlation-time-80"]["value"].is_number(), "{film:#}");
    // It begins with the rule's own frame, and its stills are others.
    let curves = std::fs::read_to_string(dir.path().join("page/motion.csv")).unwrap();
    let first = curves.lines().find(|l| l.starts_with("picture,correlation,0,")).unwrap();
    let correlation: f64 = first.split(',').nth(4).unwrap().parse().unwrap();
    assert!((correlation - 1.0).abs() < 1e-6, "{first}");
    let page = std::fs::read_to_string(dir.path().join("page/index.html")).unwrap();
    assert!(page.contains("As moving pictures") && page.contains("same start") && page.contains("--n:11;"));
    let said = coded(rejected(&mut compare("picture.safetensors", "5")));
    assert!(said.contains("a step of it is 2 ticks") && said.contains("--every"), "{said}");
    let gas = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/gas.safetensors");
    let said = coded(rejected(&mut compare(gas.to_str().unwrap(), "4")));
    assert!(said.contains("learned fields of stirred") && said.contains("untrained forecast"), "{said}");
}

#[test]
fn an_automaton_is_learned_and_proved() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "soup.toml", SOUP);
    let mut command =
        untrained(&["learn", "cells", "soup.toml", "--state", "cells.alive", "--planes", "48x48"]);
    command.args(["--periodic", "both", "--warm-up", "0", "--frames", "50", "--worlds", "24"]);
    let said = command.args(["--out", "life.safetensors"]).current_dir(dir.path()).output().unwrap();
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.contains("all 512 neighbourhoods") && said.contains("B3/S23"), "{said}");
}

#[test]
fn what_cannot_be_learned_or_held_is_named() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "gas.toml", GAS);
    let step = |more: &[&str]| {
        let mut command = untrained(&["learn", "step", "gas.toml", "--worlds", "2", "--frames", "12"]);
        command.args(more).current_dir(dir.path());
        coded(rejected(&mut command))
    };
    assert!(step(&["--state", "air.velocty"]).contains("did you mean `velocity`"));
    assert!(step(&["--state", "wind.velocity"]).contains("there is no node `wind`"));
    assert!(step(&["--planes", "64x32"]).contains("a square size"));
    assert!(step(&["--state", "air.velocity", "--set", "project=true"]).contains("found walls"));
    let ink = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/ink.safetensors");
    let mut command = untrained(&["forecast"]);
    let said = coded(rejected(command.arg(ink).current_dir(dir.path())));
    assert!(said.contains("expected a learned world, found a generator of pictures"), "{said}");
}
