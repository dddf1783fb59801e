//! The performance, driven by commands alone.

mod commands;
mod loading;
mod replay;
mod signals;
mod status;
mod taste;

use show::ShowState;

use super::Performance;
use show::ShowDriver;

/// The state that panels read.
fn state(p: &mut Performance) -> ShowState {
    let mut state = ShowState::default();
    p.state(&mut state);
    state
}

const CLOUD: &str = "size = [32, 20]\n[node.cloud]\nsystem = \"noise\"\nspeed = 2\n[[layer]]\nshow = \"cloud.value\"\npalette = \"inferno\"\n";
const CELLS: &str = "size = [32, 20]\n[node.cells]\nsystem = \"life\"\n[[layer]]\nshow = \"cells.alive\"\npalette = \"bone\"\n";

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}
