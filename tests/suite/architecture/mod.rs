//! Tests of the code's structure: rooms use only those below them and their own libraries, imports are acyclic, clippy
//! finds code that does not give the same bytes everywhere, files stay small, generated documents and pictures are
//! fresh. That only the program sets the allocator needs no test: with a second one nothing would link.

use std::path::{Path, PathBuf};

mod bytes;
mod circles;
mod examples;
mod names;
mod rooms;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).into()
}

/// Every source file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = entries.partition(|p| p.is_dir());
    let own = files.into_iter().filter(|p| p.extension().is_some_and(|e| e == "rs"));
    own.chain(folders.iter().flat_map(|f| self::files(f))).collect()
}

#[test]
fn files_are_small() {
    let mut sizes = Vec::new();
    for path in files(&root().join("src")) {
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 400, "{} has {lines} lines; the budget is 400", path.display());
        sizes.push(lines);
    }
    sizes.sort();
    assert!(sizes.len() > 300, "every file is looked at");
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
    for source in untrained::cli::load::SceneSource::all() {
        let scene =
            source.load(untrained::CATALOGUE).unwrap_or_else(|_| panic!("{} has problems", source.name()));
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
