//! The clock of the worlds.

use show::Command;

use super::declaration::{Fixed, Holds};
use crate::address::action::ControlAction;

/// Paused or running.
pub static PAUSE: Fixed = Fixed {
    name: "show.pause",
    about: "Pauses the clock.",
    holds: Holds::Switch {
        is_on: |state, _| state.paused,
        switch: |on, _| ControlAction::Send(Command::Pause(on)),
    },
};

/// One tick.
pub static STEP: Fixed = Fixed {
    name: "show.step",
    about: "Advances the paused clock by one tick.",
    holds: Holds::Trigger(|_, _| Command::Step),
};
