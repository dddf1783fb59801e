//! Frames with true labels: anyone with a row of the manifest can make the frame again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use untrained::data::dataset::{Row, Split, hash, rows};
use untrained::data::reduce::reduce;
use untrained::judge::Judge;
use untrained::systems::CATALOGUE;
use untrained::world::engine::Engine;
use untrained::world::frame::Frame;
use untrained::world::scene::Scene;

fn made(folder: &Path, more: &[&str]) -> Vec<Row> {
    let mut program = Command::new(env!("CARGO_BIN_EXE_untrained"));
    let out = program.arg("dataset").arg("--out").arg(folder).args(more).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    rows(folder).unwrap()
}

/// The pixels that a row of a manifest says that its frame has.
fn remade(row: &Row) -> Vec<u8> {
    let scene = Scene::parse(&row.origin.scene, "again", Path::new("."), CATALOGUE).unwrap();
    assert_eq!(scene.hash, row.origin.scene_hash);
    let kinds: Vec<&str> = scene.nodes.iter().map(|n| n.kind.name).collect();
    assert_eq!(kinds, [row.origin.label.as_str()], "one system, and it is the label");
    let mut engine = Engine::new(scene, Some(row.origin.seed)).unwrap();
    (0..row.origin.tick).for_each(|_| engine.step(&[]));
    let mut frame = Frame::default();
    engine.compose(&mut frame);
    reduce(&frame.rgba, frame.width, frame.height, 4)
}

#[test]
fn every_row_of_a_manifest_makes_its_frame_again() {
    let folder = tempfile::tempdir().unwrap();
    // Worlds that need long to form are rendered once.
    let slow = ["drops", "membrane", "smoke"];
    let names: Vec<&str> =
        untrained::systems::rules().map(|s| s.name).filter(|n| !slow.contains(n)).collect();
    let set = |name: &str, each: &str, only: &str| {
        let options = ["--each", each, "--test", "0.5", "--seed", "3", "--only", only];
        made(&folder.path().join(name), &options)
    };
    let mut all = set("twice", "2", &names.join(","));
    assert_eq!(all.len(), 2 * names.len());
    all.extend(set("once", "1", &slow.join(",")));
    assert_eq!(all.len(), 2 * names.len() + slow.len());
    for row in &all {
        let picture = remade(row);
        assert_eq!(hash(&picture), row.hash, "{}", row.path.display());
        assert_eq!(image::open(&row.path).unwrap().to_rgb8().into_raw(), picture);
    }
}

/// A world looked at in several ways is one world: what it is does not change, its part neither, each picture can be made
/// again, and the first look is what there would have been without the others.
#[test]
fn looks_are_pictures_of_the_same_worlds() {
    let folder = tempfile::tempdir().unwrap();
    let set = |name: &str, more: &[&str]| {
        let options =
            ["--per-world", "2", "--test", "0.4", "--seed", "8", "--only", "escape,gray_scott,life,noise"];
        made(&folder.path().join(name), &[&options[..], more].concat())
    };
    let (plain, many) = (set("plain", &["--each", "4"]), set("many", &["--each", "24", "--looks", "6"]));
    let node = |row: &Row| {
        let world = row.origin.scene.split_once("[node.it]").unwrap().1;
        world.split_once("[[layer]]").unwrap().0.to_string()
    };
    let mut worlds: BTreeMap<u64, Vec<&Row>> = BTreeMap::new();
    many.iter().for_each(|row| worlds.entry(row.origin.seed).or_default().push(row));
    for rows in worlds.values() {
        let first = rows[0];
        assert!(rows.len() <= 12 && rows.iter().all(|r| node(r) == node(first)));
        assert!(
            rows.iter()
                .all(|r| (&r.origin.label, r.origin.split) == (&first.origin.label, first.origin.split))
        );
        let ticks: BTreeSet<u64> = rows.iter().map(|r| r.origin.tick).collect();
        assert!(ticks.len() <= 2);
    }
    let ways: BTreeSet<&str> = many.iter().map(|r| r.origin.scene.as_str()).collect();
    assert!(ways.len() * 4 > many.len() * 3, "{} scenes for {} frames", ways.len(), many.len());
    let kept = |row: &&Row| many.iter().any(|r| (r.hash, &r.origin) == (row.hash, &row.origin));
    assert!(plain.iter().filter(kept).count() >= plain.len() / 2, "first looks are as before");
    for row in many.iter().step_by(7) {
        assert_eq!(hash(&remade(row)), row.hash, "{}", row.path.display());
    }
    std::fs::write(folder.path().join("many/manifest.csv"), "").unwrap();
    let again = set("many", &["--each", "24", "--looks", "6", "--resume"]);
    assert!(again.iter().map(|r| (r.hash, &r.origin)).eq(many.iter().map(|r| (r.hash, &r.origin))));
}

#[test]
fn the_same_seed_makes_the_same_set_and_no_world_is_in_both_parts() {
    let folder = tempfile::tempdir().unwrap();
    let only = "escape,gray_scott,lbm,life,noise,subsumption";
    let options = ["--each", "3", "--test", "0.4", "--seed", "8", "--only", only];
    let [a, b] = ["a", "b"].map(|name| made(&folder.path().join(name), &options));
    let marks = |rows: &[Row]| rows.iter().map(|r| (r.hash, r.origin.clone())).collect::<Vec<_>>();
    assert_eq!(marks(&a), marks(&b));
    let c = made(&folder.path().join("c"), &["--each", "3", "--test", "0.4", "--seed", "9", "--only", only]);
    assert!(c.iter().all(|row| a.iter().all(|r| r.origin.seed != row.origin.seed && r.hash != row.hash)));
    for row in &a {
        let twins = a.iter().filter(|other| other.origin.seed == row.origin.seed);
        assert!(twins.into_iter().all(|other| other.origin.split == row.origin.split));
    }
}

#[test]
fn only_the_systems_that_are_named_are_rendered_and_their_frames_stay_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let more = ["--each", "2", "--seed", "4", "--only", "escape,noise,life,noise"];
    let all = made(&folder.path().join("all"), &more);
    assert_eq!(all.len(), 6);
    let some = made(&folder.path().join("some"), &["--each", "2", "--seed", "4", "--only", "noise,life"]);
    let kept = all.iter().filter(|row| ["life", "noise"].contains(&row.origin.label.as_str()));
    assert!(kept.map(|row| (row.hash, &row.origin)).eq(some.iter().map(|row| (row.hash, &row.origin))));
    assert_eq!(some.len(), 4);
}

/// An interrupted set is completed to what it would have been, frame by frame.
#[test]
fn an_interrupted_set_is_completed() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, cut] = ["whole", "cut"].map(|name| folder.path().join(name));
    let options = ["--each", "6", "--per-world", "2", "--seed", "4", "--only", "noise,life,escape"];
    let all = made(&whole, &options);
    made(&cut, &options);
    let manifest = std::fs::read_to_string(cut.join("manifest.csv")).unwrap();
    for frames in [1, 7, 12] {
        // Its worlds' scenes have line breaks: a row begins with the name of its file.
        let end = manifest.find(&format!("\nframes/{frames:08}.png")).unwrap();
        std::fs::write(cut.join("manifest.csv"), &manifest[..=end]).unwrap();
        assert_eq!(rows(&cut).unwrap().len(), frames);
        let again = made(&cut, &[&options[..], &["--resume"]].concat());
        let marks = |rows: &[Row]| rows.iter().map(|r| (r.hash, r.origin.clone())).collect::<Vec<_>>();
        assert_eq!(marks(&again), marks(&all), "after {frames} frames");
    }
}

/// Both parts exist, of about the requested size, with every system; no world, scene or picture is in both.
#[test]
fn the_parts_have_the_requested_sizes_and_share_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let only = ["escape", "gray_scott", "lbm", "life", "noise", "subsumption"];
    let options =
        ["--each", "24", "--per-world", "2", "--test", "0.3", "--seed", "5", "--only", &only.join(",")];
    let all = made(folder.path(), &options);
    let of = |split: Split| all.iter().filter(|r| r.origin.split == split).collect::<Vec<&Row>>();
    let (train, test) = (of(Split::Train), of(Split::Test));
    let share = test.len() as f64 / all.len() as f64;
    assert!(train.len() + test.len() == all.len() && (0.2..0.4).contains(&share), "{share}");
    for name in only {
        let mine = |rows: &[&Row]| rows.iter().filter(|r| r.origin.label == name).count();
        let (train, test) = (mine(&train), mine(&test));
        assert!(train + test == 24 && train > 8 && test > 1, "{name}: {train} and {test}");
    }
    for t in &test {
        let shares = |r: &&&Row| {
            r.origin.seed == t.origin.seed || r.origin.scene_hash == t.origin.scene_hash || r.hash == t.hash
        };
        assert!(!train.iter().any(|r| shares(&r)), "{} is in both", t.path.display());
    }
    // A world gives two frames, at two ticks.
    for row in &all {
        let twins: Vec<&Row> = all.iter().filter(|r| r.origin.seed == row.origin.seed).collect();
        assert!(twins.len() <= 2 && twins.iter().all(|t| t.origin.label == row.origin.label));
        assert!(twins.len() == 1 || twins[0].origin.tick != twins[1].origin.tick);
    }
    let mut files: Vec<_> = all.iter().map(|r| r.path.clone()).collect();
    files.sort();
    files.dedup();
    let there = std::fs::read_dir(folder.path().join("frames")).unwrap().count();
    assert_eq!((files.len(), there), (all.len(), all.len()), "one file a row, and no other");
}

/// The claims of the shipped judge's model card hold on newly made frames, of unseen worlds.
#[test]
fn the_shipped_judge_is_as_good_as_its_card_says() {
    let folder = tempfile::tempdir().unwrap();
    let card = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/judge.json");
    let card: serde_json::Value = serde_json::from_slice(&std::fs::read(card).unwrap()).unwrap();
    let mut judge = Judge::shipped().unwrap();
    let classes: Vec<&str> =
        card["classes"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
    assert_eq!(judge.header.classes, classes);
    let only = classes.join(",");
    let options = ["--each", "100", "--per-world", "1", "--test", "0", "--seed", "977", "--only", &only];
    let all = made(folder.path(), &options);
    let kinds: BTreeSet<&str> = all.iter().map(|r| r.origin.label.as_str()).collect();
    assert!(kinds.into_iter().eq(classes), "every class of the judge is still a system");
    let (mut right, mut sure, mut recall) = (0, 0, BTreeMap::<&str, usize>::new());
    for row in &all {
        let picture = image::open(&row.path).unwrap().to_rgb8();
        let verdict = judge.classify_reduced(picture.as_raw(), 0);
        let hit = verdict.name() == row.origin.label;
        right += hit as usize;
        sure += !verdict.unsure as usize;
        *recall.entry(&row.origin.label).or_default() += hit as usize;
    }
    let share = |n: usize| n as f64 / all.len() as f64;
    println!("right {}, sure {}, of a hundred each {recall:?}", share(right), share(sure));
    let [accuracy, unsure] = ["accuracy", "unsure"].map(|k| card[k].as_f64().unwrap());
    // Five hundred frames have a standard deviation of 0.8 %; their canvases and worlds vary more than the card's.
    assert!(share(right) > accuracy - 0.03, "{} right, the card says {}", share(right), accuracy);
    assert!(share(sure) > 1.0 - unsure - 0.04, "{} sure, the card says {}", share(sure), 1.0 - unsure);
    assert!(recall.values().all(|n| *n >= 85), "of a hundred each: {recall:?}");
}
