//! Dependencies in the manifests: rooms use those below them, and libraries only occur in their rooms.

use std::collections::BTreeMap;
use std::path::Path;

use toml_edit::{DocumentMut, Item, TableLike};

/// Rooms from the bottom up: a room may use those before it.
const ORDER: &[&str] = &[
    "world",
    "data",
    "learn",
    "judge",
    "systems",
    "output",
    "bench",
    "verify",
    "show",
    "sound",
    "control",
    "performance",
    "stage",
];

/// Libraries, by prefix of their names, and the rooms that may use them outside tests.
const HOMES: &[(&str, &[&str])] = &[
    ("burn", &["judge", "learn"]),
    ("macroquad", &["stage"]),
    ("miniquad", &["stage"]),
    ("egui", &["stage"]),
    ("cpal", &["sound"]),
    ("rodio", &["sound"]),
    ("rosc", &["control"]),
    ("midir", &["control"]),
    ("faer", &["learn", "bench"]),
    // Their arithmetic depends on the processor.
    ("rubato", &[]),
    ("realfft", &[]),
    ("ebur128", &[]),
];

fn manifest(folder: &Path) -> DocumentMut {
    std::fs::read_to_string(folder.join("Cargo.toml")).unwrap().parse().unwrap()
}

/// The package behind a renamed dependency.
fn renamed(dependency: &Item) -> Option<&str> {
    dependency.get("package").and_then(Item::as_str)
}

/// Packages that a package is built with, by their own names, for any platform; without dev-dependencies.
fn used(manifest: &DocumentMut, shared: &dyn TableLike) -> Vec<String> {
    let platforms = manifest.get("target").and_then(Item::as_table_like);
    let platforms = platforms.into_iter().flat_map(|t| t.iter()).filter_map(|(_, t)| t.as_table_like());
    let mut all = Vec::new();
    for table in std::iter::once(manifest.as_table() as &dyn TableLike).chain(platforms) {
        for kind in ["dependencies", "build-dependencies"] {
            let listed = table.get(kind).and_then(Item::as_table_like);
            for (name, dependency) in listed.into_iter().flat_map(|t| t.iter()) {
                let own = renamed(dependency).or_else(|| renamed(shared.get(name)?));
                all.push(own.unwrap_or(name).to_string());
            }
        }
    }
    all
}

/// What is wrong with what a room uses.
fn broken(room: &str, used: &[String]) -> Vec<String> {
    let place = |room: &str| ORDER.iter().position(|r| *r == room);
    let Some(own) = place(room) else { return vec![format!("nobody says where {room} lies")] };
    let above = used.iter().filter_map(|u| u.strip_prefix("untrained-")).filter(|u| place(u) >= Some(own));
    let mut found: Vec<String> = above.map(|u| format!("{room} uses {u}, which lies above it")).collect();
    for library in used {
        let is = |(home, rooms): &&(&str, &[&str])| {
            let of = library == home || library.starts_with(&format!("{home}-"));
            of && !rooms.contains(&room)
        };
        found.extend(
            HOMES.iter().find(is).map(|_| format!("{room} uses {library}, which has its home elsewhere")),
        );
    }
    found
}

#[test]
fn rooms_use_those_below_them_and_libraries_stay_in_their_rooms() {
    let root = super::root();
    let whole = manifest(&root);
    let shared = whole["workspace"]["dependencies"].as_table_like().unwrap();
    let folders = std::fs::read_dir(root.join("src")).unwrap().map(|e| e.unwrap().path());
    let rooms: BTreeMap<String, Vec<String>> = folders
        .filter(|f| f.join("Cargo.toml").is_file())
        .map(|f| (f.file_name().unwrap().to_string_lossy().into_owned(), used(&manifest(&f), shared)))
        .collect();
    let found: Vec<String> = rooms.iter().flat_map(|(room, used)| broken(room, used)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert_eq!(rooms.len(), ORDER.len(), "every room is looked at");
    let has = |room: &str, library: &str| rooms[room].iter().any(|u| u == library);
    assert!(has("stage", "egui-macroquad") && has("control", "midir") && has("learn", "untrained-data"));
    // The command line names libraries of rooms in its tests only.
    let own = used(&whole, shared);
    let strays: Vec<_> = own.iter().filter(|u| HOMES.iter().any(|h| u.starts_with(h.0))).collect();
    assert!(strays.is_empty(), "the command line uses {strays:?}");
}

#[test]
fn every_way_around_the_manifests_is_detected() {
    let shared = "fire = { package = \"burn\" }\nworld = { package = \"untrained-world\" }"
        .parse::<DocumentMut>()
        .unwrap();
    let found =
        |room: &str, text: &str| broken(room, &used(&text.parse().unwrap(), shared.as_table())).join("; ");
    let bad = [
        ("world", "[dependencies]\nuntrained-stage.workspace = true", "world uses stage"),
        ("world", "[dependencies]\nw = { path = \".\", package = \"untrained-world\" }", "world uses world"),
        ("systems", "[target.'cfg(unix)'.dependencies]\nuntrained-show = \"*\"", "systems uses show"),
        ("show", "[dependencies]\nfire.workspace = true", "show uses burn"),
        ("show", "[dependencies.a]\npackage = \"burn-tensor\"", "show uses burn-tensor"),
        ("show", "[build-dependencies]\negui-macroquad = \"1\"", "show uses egui-macroquad"),
        (
            "sound",
            "[target.'cfg(unix)'.dependencies]\nebur128 = { version = \"1\", optional = true }",
            "ebur128",
        ),
        ("cellar", "", "nobody says where cellar lies"),
    ];
    for (room, text, what) in bad {
        assert!(found(room, text).contains(what), "{room}: {text}: {}", found(room, text));
    }
    let good = [
        ("learn", "[dependencies]\nfire.workspace = true\nworld.workspace = true"),
        ("world", "[dev-dependencies]\nfaer.workspace = true\nuntrained-stage = \"1\""),
    ];
    for (room, text) in good {
        assert_eq!(found(room, text), "", "{room}: {text}");
    }
}
