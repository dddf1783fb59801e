//! The performance, driven by commands alone.

mod hands;
mod whole;

use crate::show::State;

use super::Performance;
use crate::show::World;

/// What panels may know.
fn state(p: &mut Performance) -> State {
    let mut state = State::default();
    p.state(&mut state);
    state
}
