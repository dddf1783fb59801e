//! The shape of the code is tested: imports point down, rooms keep to their libraries, files stay small, generated
//! documents are fresh.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Rooms from the bottom up: a room may use those before it.
const ORDER: &[&str] = &[
    "world", "data", "learn", "systems", "output", "judge", "bench", "search", "show", "sound", "control",
    "stage", "cli",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).into()
}

fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            all.push((path, text));
        }
    }
    all
}

fn room(path: &Path) -> String {
    let inside = path.strip_prefix(root().join("src")).unwrap();
    inside.components().next().unwrap().as_os_str().to_string_lossy().trim_end_matches(".rs").to_string()
}

/// The code of a file without its test modules, which may look upwards.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap()
}

#[test]
fn imports_point_down() {
    for (path, text) in sources(&root().join("src")) {
        let Some(own) = ORDER.iter().position(|r| *r == room(&path)) else { continue };
        for above in &ORDER[own + 1..] {
            let used = code(&text).contains(&format!("crate::{above}::"));
            assert!(!used, "{} uses {above}, which lies above {}", path.display(), ORDER[own]);
        }
    }
}

#[test]
fn libraries_stay_in_their_rooms() {
    let homes: &[(&str, &[&str])] = &[
        ("burn::", &["judge", "learn"]),
        ("macroquad", &["stage"]),
        ("egui", &["stage"]),
        ("rodio", &["sound"]),
        ("rosc::", &["control"]),
    ];
    for (path, text) in sources(&root().join("src")) {
        for (library, rooms) in homes {
            let used = code(&text).lines().any(|l| !l.trim_start().starts_with("//") && l.contains(library));
            assert!(!used || rooms.contains(&room(&path).as_str()), "{} names {library}", path.display());
        }
    }
}

/// What makes pictures, on stage or off it, and not what only trains.
fn makes_pictures(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_string_lossy();
    match room(path).as_str() {
        "world" | "systems" => name != "tests.rs",
        "learn" => path.components().any(|c| c.as_os_str() == "net") || name == "inference.rs",
        _ => false,
    }
}

#[test]
fn state_uses_no_clock_no_unordered_map_and_no_platform_mathematics() {
    let banned =
        ["Instant::now", "SystemTime", "HashMap", "HashSet", ".sin()", ".cos()", ".exp()", ".ln()", ".powf("];
    let mut rooms = BTreeSet::new();
    for (path, text) in sources(&root().join("src")).into_iter().filter(|(p, _)| makes_pictures(p)) {
        rooms.insert(room(&path));
        for (i, line) in code(&text).lines().enumerate().filter(|(_, l)| !l.trim_start().starts_with("//")) {
            for word in banned {
                assert!(!line.contains(word), "{}:{}: {word}", path.display(), i + 1);
            }
            let trains = room(&path) == "learn" && line.contains("burn::");
            assert!(
                !trains,
                "{}:{}: what runs without the `judge` feature names burn",
                path.display(),
                i + 1
            );
        }
    }
    assert_eq!(rooms.len(), 3);
}

#[test]
fn files_are_small() {
    let mut sizes = Vec::new();
    for (path, text) in sources(&root().join("src")) {
        let lines = text.lines().count();
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
        let scene = source.load().unwrap_or_else(|_| panic!("{} has problems", source.name()));
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
