//! The command against a copy of the parts of this tree that it reads.

use std::path::Path;

use super::*;
use crate::systems::CATALOGUE;
use crate::world::scene::Scene;

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(|e| e.unwrap().path()) {
        let to = to.join(entry.file_name().unwrap());
        if entry.is_dir() { copy(&entry, &to) } else { _ = std::fs::copy(&entry, &to).unwrap() }
    }
}

fn tree() -> tempfile::TempDir {
    let (root, dir) = (Path::new(env!("CARGO_MANIFEST_DIR")), tempfile::tempdir().unwrap());
    ["src/systems", "scenes"].iter().for_each(|f| copy(&root.join(f), &dir.path().join(f)));
    dir
}

fn args(name: &str, family: &str, dir: &Path) -> Args {
    Args { name: name.into(), family: family.into(), dir: dir.into() }
}

/// Every file below a folder with its text.
fn files(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut all = Vec::new();
    for path in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
        match path.is_dir() {
            true => all.extend(files(&path)),
            false => all.push((path.clone(), String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into())),
        }
    }
    all.sort();
    all
}

#[test]
fn a_system_is_written_with_its_module_its_line_and_its_scene_and_nothing_else_changes() {
    let dir = tree();
    let before = files(dir.path());
    run(&args("slow_frost", "automata", dir.path())).unwrap();
    run(&args("aspen", "swarm", dir.path())).unwrap();
    let read = |place: &str| std::fs::read_to_string(dir.path().join(place)).unwrap();
    let after = files(dir.path());
    let same = after.iter().filter(|f| before.contains(f)).count();
    assert_eq!((same, after.len()), (before.len() - 3, before.len() + 4));
    let modules = read("src/systems/automata/mod.rs");
    assert!(modules.contains("pub mod life;\npub mod slow_frost;\n"), "{modules}");
    let modules = read("src/systems/swarm/mod.rs");
    assert!(modules.contains("pub mod aspen;\npub mod bins;\n"), "{modules}");
    let catalogue = read("src/systems/lib.rs");
    let families: Vec<&str> =
        catalogue.lines().filter_map(|l| l.strip_prefix("    SystemKind::of::<")).collect();
    let place =
        |what: &str| families.iter().position(|l| *l == what).unwrap_or_else(|| panic!("{families:?}"));
    assert!(place("automata::slow_frost::SlowFrost>(),") < place("gas::lbm::Lbm>(),"));
    assert!(place("swarm::aspen::Aspen>(),") == place("swarm::turmites::Turmites>(),") + 1);
    assert_eq!(families.len(), CATALOGUE.len() + 2);
}

#[test]
fn the_system_is_formatted_rust_and_the_scene_has_no_other_problem() {
    let dir = tree();
    run(&args("slow_frost", "gas", dir.path())).unwrap();
    let text = std::fs::read_to_string(dir.path().join("src/systems/gas/slow_frost.rs")).unwrap();
    syn::parse_file(&text).unwrap();
    assert!(!text.contains("prout") && !text.contains("nursery"), "a placeholder is left");
    assert!(text.contains("pub struct SlowFrost {") && text.contains("FAMILY: &'static str = \"gas\""));
    assert!(text.lines().all(|l| l.chars().count() <= 120) && text.lines().count() < 200);
    let scene = std::fs::read_to_string(dir.path().join("scenes/slow_frost.toml")).unwrap();
    assert!(!scene.contains("prout") && scene.starts_with("title = \"Slow frost\"\n"));
    let (read, problems) = Scene::survey(&scene, "slow_frost", Path::new("."), crate::CATALOGUE);
    let found: Vec<&str> = problems.iter().map(|p| p.message.as_str()).collect();
    assert!(found.len() == 1 && found[0].starts_with("there is no system `slow_frost`"), "{found:?}");
    assert!(read.unwrap().poster.is_some());
}

#[test]
fn invalid_or_taken_names_unknown_families_and_other_folders_are_rejected() {
    let dir = tree();
    std::fs::write(dir.path().join("scenes/thaw.toml"), "").unwrap();
    let before = files(dir.path());
    let rejected = |name: &str, family: &str, dir: &Path, words: &str| {
        let failure = run(&args(name, family, dir)).unwrap_err();
        let message = failure.report.to_string();
        assert!(failure.code == 2 && message.contains(words), "{name}: {message}");
    };
    for name in
        ["", "Frost", "2frost", "_frost", "frost_", "a__b", "fröst", "frost-er", "../frost", &"a".repeat(41)]
    {
        rejected(name, "automata", dir.path(), "expected up to 40 lower-case letters");
    }
    rejected("loop", "automata", dir.path(), "a keyword of Rust");
    rejected("novelty", "automata", dir.path(), "`judge.novelty` is already a signal");
    for name in ["field", "system", "knobs", "output", "vec", "ok"] {
        let words = format!("its code uses `{}`", names::camel(name));
        rejected(name, "automata", dir.path(), &words);
    }
    for taken in ["life", "lbm", "noise", "gas"] {
        rejected(
            taken,
            "automata",
            dir.path(),
            &format!("the name `{taken}` is taken: there is src/systems/"),
        );
    }
    rejected("thaw", "automata", dir.path(), "there is scenes/thaw.toml");
    rejected("frost", "automatta", dir.path(), "did you mean `automata`?");
    rejected("frost", "..", dir.path(), "there is no family `..`");
    rejected("frost", "automata", &dir.path().join("scenes"), "is not the source tree of untrained");
    assert!(files(dir.path()) == before, "a rejected name changes nothing");
    run(&args("frost", "automata", dir.path())).unwrap();
    rejected("frost", "gas", dir.path(), "the name `frost` is taken: there is src/systems/automata/frost.rs");
}

#[test]
fn files_are_written_all_or_none() {
    let dir = tree();
    std::fs::remove_dir_all(dir.path().join("scenes")).unwrap();
    std::fs::write(dir.path().join("scenes"), "no folder").unwrap();
    let before = files(dir.path());
    let failure = run(&args("frost", "automata", dir.path())).unwrap_err();
    assert!(failure.code == 1 && failure.report.to_string().contains("scenes/frost.toml"));
    assert!(files(dir.path()) == before);
}

#[test]
fn a_name_that_holds_a_word_of_the_template_is_written_once() {
    let dir = tree();
    for (name, kind) in [("beansprout", "Beansprout"), ("nursery", "Nursery"), ("one", "One")] {
        run(&args(name, "gas", dir.path())).unwrap();
        let text = std::fs::read_to_string(dir.path().join(format!("src/systems/gas/{name}.rs"))).unwrap();
        assert!(text.contains(&format!("pub struct {kind} {{")), "{name}");
        assert!(text.contains(&format!("const NAME: &'static str = \"{name}\";")), "{name}");
        assert!(text.contains("const FAMILY: &'static str = \"gas\";"), "{name}");
    }
}
