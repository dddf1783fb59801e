//! All worlds of the scene at once.

use world::tape::Event;

use super::{Command, Fixed, Holds, ShowState};

/// As the file says.
pub static RESET: Fixed = Fixed {
    name: "show.reset",
    about: "Everything as the scene's file says, with the light back.",
    holds: Holds::Trigger(|_, _| Command::Reset),
};

/// From another seed.
pub static RESEED: Fixed = Fixed {
    name: "show.reseed",
    about: "All worlds are born anew from the next seed, or from the one given.",
    holds: Holds::Trigger(reseed),
};

/// A number up to 1 is what a button sends, and no seed.
fn reseed(given: Option<f64>, state: &ShowState) -> Command {
    let seed = given.filter(|&v| v > 1.0).map_or(state.seed.wrapping_add(1), |v| v as u64);
    Command::Event(Event::Reseed(seed))
}
