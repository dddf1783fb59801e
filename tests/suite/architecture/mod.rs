//! The shape of the code is tested: imports point down, rooms keep to their libraries, files stay small, generated
//! documents are fresh.

use std::path::{Path, PathBuf};

mod rules;
mod source;

use source::{Source, module, sources};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).into()
}

#[test]
fn every_room_keeps_its_rules() {
    let src = root().join("src");
    let all = sources(&src);
    let broken: Vec<String> = all
        .iter()
        .flat_map(|(file, source)| {
            let name = file.strip_prefix(&src).unwrap().display().to_string();
            rules::broken(source).into_iter().map(move |what| format!("src/{name}:{what}"))
        })
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    let rooms: Vec<&str> = rules::ORDER.iter().copied().filter(|r| src.join(r).is_dir()).collect();
    let seen = |room: &&str| all.iter().filter(|(f, _)| f.starts_with(src.join(room))).count() > 3;
    assert!(rooms.len() > 8 && rooms.iter().all(seen), "every room is looked at");
    let chosen: Vec<_> = all.iter().filter(|(_, s)| rules::allocates(s)).map(|(f, _)| f).collect();
    assert_eq!(chosen, [&src.join("main.rs")], "only the program says who allocates");
}

/// What the rules find in a file of some name.
fn found(file: &str, text: &str) -> Vec<String> {
    rules::broken(&Source::parse(text, &module(Path::new(file))).unwrap())
}

#[test]
fn every_way_round_the_rules_is_seen() {
    let bad = [
        ("world/a.rs", "fn f(x: f32) -> f32 { x.sin() }", "1: .sin"),
        ("world/a.rs", "fn f(x: f32) -> f32 { x.powi(3) }", ".powi"),
        ("world/a.rs", "fn f(x: (f32, f32)) -> f32 { x.0.hypot(x.1) }", ".hypot"),
        (
            "world/a.rs",
            "fn f(x: &[f32]) -> Vec<f32> { x.iter().copied().map(f32::exp2).collect() }",
            "f32::exp2",
        ),
        ("world/a.rs", "fn f(x: f64) -> f64 { core::primitive::f64::atan2(x, 1.0) }", "f64::atan2"),
        ("world/a.rs", "fn f(x: f64) -> f64 { <f64>::tanh(x) }", ".tanh"),
        ("world/a.rs", "fn f<T: Float>(x: T) -> T { T::cbrt(x) }", "T::cbrt"),
        ("sound/voices/a.rs", "fn f(x: f32) -> f32 { told!(\"{}\", { x.log2() }) }", ".log2"),
        ("control/a.rs", "fn f(x: f32) -> (f32, f32) { x.sin_cos() }", ".sin_cos"),
        ("judge/sight.rs", "fn f(x: f32) -> f32 { x.ln() }", ".ln"),
        // After a test module, or the name of one; beside a test; in the midst of an item.
        ("world/a.rs", "#[cfg(test)]\nmod tests {}\nfn f(x: f32) -> f32 { x.tan() }", "3: .tan"),
        ("world/a.rs", "#[cfg(test)]\nmod tests;\nfn f(x: f32) -> f32 { x.tan() }", "3: .tan"),
        ("world/a.rs", "#[cfg(not(test))] fn f(x: f32) -> f32 { x.tan() }", ".tan"),
        ("world/a.rs", "#[cfg(any(test, unix))] fn f(x: f32) -> f32 { x.tan() }", ".tan"),
        ("world/a.rs", "impl A { #[test] fn t() {} fn f(x: f32) -> f32 { x.tan() } }", ".tan"),
        ("world/a.rs", "mod inner { pub fn f(x: f32) -> f32 { x.tan() } }", ".tan"),
        // Upwards.
        ("world/a.rs", "use crate::stage::gpu;", "uses stage"),
        ("world/a.rs", "use crate::{data::x, world};", "uses data"),
        ("world/a.rs", "use crate::{world, cli::{load, check}};", "uses cli"),
        ("world/a/b.rs", "use super::super::super::judge::x;", "uses judge"),
        ("world/a/mod.rs", "use super::super::{world, judge};", "uses judge"),
        ("world/a.rs", "mod inner { use super::super::super::sound::x; }", "uses sound"),
        ("world/a.rs", "fn f() { crate::cli::main() }", "uses cli"),
        ("world/a.rs", "fn f() { told!(crate::cli::main()) }", "uses cli"),
        ("world/a.rs", "use crate::*;", "whole crate"),
        ("world/a.rs", "use crate as all;", "whole crate"),
        // Libraries, clocks and chance.
        ("world/a.rs", "use burn::tensor::Tensor;", "names burn"),
        ("judge/sight.rs", "use burn::tensor::Tensor;", "burn chooses"),
        ("learn/vae/inference.rs", "use faer::{Mat, Side};", "faer chooses"),
        ("sound/analysis/a.rs", "use rustfft::{Fft, FftPlanner};", "FftPlanner chooses"),
        ("cli/a.rs", "fn f() { macroquad::main() }", "names macroquad"),
        ("systems/a.rs", "use std::{time::Instant, path::Path};", "Instant"),
        ("systems/a.rs", "use std::collections::{BTreeMap, HashMap as Map};", "HashMap"),
        ("show/flash/mod.rs", "fn f() { std::time::SystemTime::now(); }", "SystemTime"),
    ];
    for (file, text, what) in bad {
        let found = found(file, text);
        assert!(found.iter().any(|f| f.contains(what)), "{file}: {text}: {found:?}");
    }
    let good = [
        ("world/a.rs", "fn f(x: f32) -> f32 { libm::sinf(x).sqrt().mul_add(x, x.floor()) }"),
        ("world/a.rs", "/// As `x.sin()`.\n// crate::cli\nfn f(log: f32) -> f32 { \"x.sin()\"; log }"),
        ("world/a.rs", "#[cfg(test)]\nmod tests { fn f(x: f32) -> f32 { x.tan() } use crate::cli; }"),
        ("world/a.rs", "#[cfg(all(test, unix))] fn f(x: f32) -> f32 { x.tan() }"),
        ("world/a.rs", "impl A { #[test] fn t(x: f32) -> f32 { x.tan() } }"),
        ("world/a.rs", "fn f(a: A) -> f32 { a.exp + a.gamma }"),
        ("world/a.rs", "pub(crate) fn f(x: std::ops::Range<f32>) { for i in a..b {} }"),
        ("world/a/b.rs", "use super::super::c; use self::d::{self, e}; use super::*;"),
        ("cli/a.rs", "use crate::{world, stage::gpu};"),
        ("learn/vae/training.rs", "use burn::tensor::Tensor; fn f(x: f32) -> f32 { x.ln() }"),
        ("bench/a.rs", "fn f(x: f32) -> f32 { x.ln() }"),
        ("show/clock.rs", "use std::time::Instant;"),
    ];
    for (file, text) in good {
        assert_eq!(found(file, text), [""; 0], "{file}: {text}");
    }
}

#[test]
fn files_are_small() {
    let mut sizes = Vec::new();
    for path in source::files(&root().join("src")) {
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 400, "{} has {lines} lines; the budget is 400", path.display());
        sizes.push(lines);
    }
    sizes.sort();
    assert!(sizes[sizes.len() / 2] <= 200, "the median file has {} lines", sizes[sizes.len() / 2]);
}

#[test]
fn generated_documents_are_fresh() {
    let docs = [
        ("systems.md", untrained::cli::manual::systems()),
        ("commands.md", untrained::cli::manual::commands()),
        ("addresses.md", untrained::cli::manual::addresses()),
        ("scenes.md", untrained::cli::manual::scenes()),
        ("sound.md", untrained::cli::manual::sound()),
    ];
    for (name, fresh) in docs {
        let path = root().join("docs").join(name);
        if std::env::var_os("UNTRAINED_MINT").is_some() {
            std::fs::write(&path, &fresh).unwrap();
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            found == fresh,
            "docs/{name} is stale; mint it with UNTRAINED_MINT=1 and look at the difference"
        );
    }
}

#[test]
fn every_scene_has_a_picture_of_the_scene_as_it_is() {
    for source in untrained::cli::load::Source::all() {
        let scene = source
            .load(untrained::systems::CATALOGUE)
            .unwrap_or_else(|_| panic!("{} has problems", source.name()));
        let path = root().join("docs/scenes").join(source.name()).with_extension("png");
        let from = untrained::world::frame::read_provenance(&path).unwrap();
        assert_eq!(
            (from.scene, from.scene_hash),
            (scene.name, scene.hash),
            "{} shows another state of the scene; `script/pictures` renders it anew",
            path.display()
        );
    }
}
