//! Examples in the documents work as they are: every block of TOML in them, and in the docstrings, is parsed by its
//! reader.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use untrained::CATALOGUE;
use untrained::bench::shelf::Card;
use untrained::cli::load::SceneSource;
use untrained::control::keys::Keys;
use untrained::control::surface::map::ControlMap;
use untrained::show::program::ShowProgram;
use untrained::stage::keys;
use untrained::world::scene::Scene;

use crate::promises::assert_shows;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let ends = |e: &str| path.extension().is_some_and(|x| x == e);
        match path.is_dir() {
            true => files(&path, into),
            false if ends("md") || ends("rs") => into.push(path),
            false => {}
        }
    }
}

/// A line of a document; of a source file only its documentation.
fn documented(line: &str, source: bool) -> Option<&str> {
    let line = line.trim_start();
    match source {
        false => Some(line),
        true => {
            line.strip_prefix("//!").or(line.strip_prefix("///")).map(|l| l.strip_prefix(' ').unwrap_or(l))
        }
    }
}

/// Blocks between fences: (file and line, language, text).
fn blocks() -> Vec<(String, String, String)> {
    let mut all: Vec<PathBuf> = std::fs::read_dir(root())
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "md"))
        .collect();
    ["docs", "src"].iter().for_each(|f| files(&root().join(f), &mut all));
    let mut found = Vec::new();
    for path in all {
        let source = path.extension().is_some_and(|e| e == "rs");
        let text = std::fs::read_to_string(&path).unwrap();
        let mut open: Option<(usize, String, String)> = None;
        for (n, line) in text.lines().enumerate() {
            let Some(line) = documented(line, source) else { continue };
            match (line.trim_end().strip_prefix("```"), open.take()) {
                (Some(_), Some((at, language, text))) => {
                    let place = path.strip_prefix(root()).unwrap().display();
                    found.push((format!("{place}:{}", at + 1), language, text));
                }
                (Some(language), None) => open = Some((n, language.trim().to_lowercase(), String::new())),
                (None, Some((at, language, text))) => open = Some((at, language, text + line + "\n")),
                (None, None) => {}
            }
        }
        assert!(open.is_none(), "{}: a block without an end", path.display());
    }
    found
}

/// The kind of file that it is, or part of one, and the errors of its reader.
fn read(text: &str) -> (&'static str, Result<Option<Scene>, String>) {
    let begins = |head: &str| text.lines().any(|l| l.starts_with(head));
    let scene = |text: &str| {
        Scene::parse(text, "example", root(), CATALOGUE).map(Some).map_err(|p| format!("{p:#?}"))
    };
    let layer = "\n[[layer]]\nshow = \"air.speed\"\n";
    if begins("[[cue]]") {
        let missing = |word: &str| SceneSource::find(word).err().map(|e| e.to_string());
        return ("show", ShowProgram::parse(text, missing).map(|_| None).map_err(|p| format!("{p:#?}")));
    }
    if begins("[shelf]") {
        return ("card of the shelf", Card::parse(text, root()).map(|_| None).map_err(|p| format!("{p:#?}")));
    }
    if begins("[[\"") {
        return ("map of controls", ControlMap::parse(text).map(|_| None));
    }
    if begins("[node.") {
        return ("scene", scene(text));
    }
    if begins("[voice.") {
        return ("voice", scene(&format!("[node.air]\nsystem = \"lbm\"\n{text}{layer}")));
    }
    if begins("[[node.ants.") {
        let ants =
            format!("[node.ants]\nsystem = \"subsumption\"\n{text}\n[[layer]]\nshow = \"ants.presence\"\n");
        return ("layers of agents", scene(&ants));
    }
    ("map of keys", Keys::parse(text, &keys::known(false)).map(|_| None))
}

#[test]
fn every_block_of_toml_in_the_documents_is_read_by_its_reader_and_every_scene_shows_a_picture() {
    let mut kinds = BTreeMap::<&str, usize>::new();
    for (place, language, text) in blocks() {
        // A block without a language might be TOML that is never checked.
        assert!(place.starts_with("src/") || !language.is_empty(), "{place}: a block of no language");
        let looks =
            text.lines().any(|l| l.starts_with("[[") || l.starts_with("[node") || l.contains("system = \""));
        assert!(
            !looks || language.starts_with("toml") || place.starts_with("src/"),
            "{place}: TOML as `{language}`"
        );
        if !language.starts_with("toml") {
            continue;
        }
        let (kind, outcome) = read(&text);
        let scene = outcome.unwrap_or_else(|e| panic!("{place}, as a {kind}: {e}"));
        *kinds.entry(kind).or_default() += 1;
        if let (Some(scene), "scene", false) = (scene, kind, place.starts_with("src/")) {
            assert_shows(scene, &place);
        }
    }
    let all =
        ["show", "map of controls", "map of keys", "scene", "voice", "layers of agents", "card of the shelf"];
    for kind in all {
        assert!(kinds.get(kind).is_some_and(|n| *n > 0), "no {kind} among {kinds:?}");
    }
    assert!(kinds["scene"] >= 3 && kinds["show"] >= 2 && kinds["map of keys"] >= 2, "{kinds:?}");
}

/// The scene that a newcomer copies first. Regression: a fifth of it was overexposed to flat yellow within ten seconds.
#[test]
fn the_first_scene_of_the_readme_keeps_its_shades() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let text = readme.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let scene = Scene::parse(text, "first", Path::new("."), CATALOGUE).unwrap();
    let mut engine = untrained::world::engine::Engine::new(scene, None).unwrap();
    let mut frame = untrained::world::frame::Frame::default();
    for _ in 0..2 {
        (0..600).for_each(|_| engine.step(&[]));
        engine.compose(&mut frame);
        let pixels = frame.rgba.as_chunks::<4>().0;
        let burnt = pixels.iter().filter(|p| p[0] > 235 && p[1] > 235).count();
        let dark = pixels.iter().filter(|p| p[..3].iter().all(|v| *v < 3)).count();
        assert!(burnt * 50 < pixels.len() && dark * 2 < pixels.len(), "{burnt} {dark} of {}", pixels.len());
    }
}
