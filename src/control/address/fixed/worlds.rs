//! All worlds of the scene at once.

use show::{Command, ShowState};
use world::tape::Event;

use super::declaration::{Fixed, Holds};

/// As in the scene file.
pub static RESET: Fixed = Fixed {
    name: "show.reset",
    about: "Resets everything to the scene file and restores the light.",
    holds: Holds::Trigger(|_, _| Command::Reset),
};

/// From another seed.
pub static RESEED: Fixed = Fixed {
    name: "show.reseed",
    about: "Restarts all worlds from the next seed, or from a given one.",
    holds: Holds::Trigger(reseed),
};

/// A number up to 1 is the value of a button, not a seed.
fn reseed(given: Option<f64>, state: &ShowState) -> Command {
    let seed = given.filter(|&v| v > 1.0).map_or(state.seed.wrapping_add(1), |v| v as u64);
    Command::Event(Event::Reseed(seed))
}
