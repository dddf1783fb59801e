//! The examples run, and do what they say.

#[path = "../../examples/performance.rs"]
mod performance;

use untrained::world::frame::read_provenance;

#[test]
fn ten_lines_play_a_scene_and_save_its_picture() {
    performance::main().unwrap();
    let from = read_provenance(&std::env::temp_dir().join("untrained-performance.png")).unwrap();
    assert_eq!((from.scene.as_str(), from.tick), ("julia", 60));
    assert!(from.knobs.contains("set.zoom="), "{}", from.knobs);
}
