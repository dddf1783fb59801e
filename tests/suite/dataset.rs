//! Frames with true labels: whoever holds a row of the manifest can make the frame again.

use std::path::Path;
use std::process::Command;

use untrained::data::dataset::{Row, hash, rows};
use untrained::data::reduce::reduce;
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

#[test]
fn every_row_of_a_manifest_makes_its_frame_again() {
    let folder = tempfile::tempdir().unwrap();
    let all = made(folder.path(), &["--each", "4", "--test", "0.5", "--seed", "3"]);
    assert_eq!(all.len(), 4 * untrained::systems::rules().count());
    for row in &all {
        let scene = Scene::parse(&row.origin.scene, "again", Path::new("."), CATALOGUE).unwrap();
        assert_eq!(scene.hash, row.origin.scene_hash);
        assert!(scene.nodes.iter().any(|n| n.kind.name == row.origin.label));
        let mut engine = Engine::new(scene, Some(row.origin.seed)).unwrap();
        (0..row.origin.tick).for_each(|_| engine.step(&[]));
        let mut frame = Frame::default();
        engine.compose(&mut frame);
        let picture = reduce(&frame.rgba, frame.width, frame.height, 4);
        assert_eq!(hash(&picture), row.hash, "{}", row.path.display());
        assert_eq!(image::open(&row.path).unwrap().to_rgb8().into_raw(), picture);
    }
}

#[test]
fn the_same_seed_makes_the_same_set_and_no_world_is_in_both_parts() {
    let folder = tempfile::tempdir().unwrap();
    let options = ["--each", "6", "--test", "0.4", "--seed", "8"];
    let [a, b] = ["a", "b"].map(|name| made(&folder.path().join(name), &options));
    let marks = |rows: &[Row]| rows.iter().map(|r| (r.hash, r.origin.clone())).collect::<Vec<_>>();
    assert_eq!(marks(&a), marks(&b));
    for row in &a {
        let twins = a.iter().filter(|other| other.origin.seed == row.origin.seed);
        assert!(twins.into_iter().all(|other| other.origin.split == row.origin.split));
    }
}
