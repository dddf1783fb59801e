//! The performance, driven by commands alone.

mod births;
mod hands;
mod senses;
mod whole;
mod words;

use show::State;

use super::Performance;
use show::World;

/// What panels may know.
fn state(p: &mut Performance) -> State {
    let mut state = State::default();
    p.state(&mut state);
    state
}

const CLOUD: &str = "size = [32, 20]\n[node.cloud]\nsystem = \"noise\"\nspeed = 2\n[[layer]]\nshow = \"cloud.value\"\npalette = \"inferno\"\n";
const CELLS: &str = "size = [32, 20]\n[node.cells]\nsystem = \"life\"\n[[layer]]\nshow = \"cells.alive\"\npalette = \"bone\"\n";

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}
