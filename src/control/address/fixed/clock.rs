//! The clock of the worlds.

use super::{Command, ControlAction, Fixed, Holds};

/// Standing, or running.
pub static PAUSE: Fixed = Fixed {
    name: "show.pause",
    about: "The clock stands.",
    holds: Holds::Switch {
        is_on: |state, _| state.paused,
        switch: |on, _| ControlAction::Send(Command::Pause(on)),
    },
};

/// One tick.
pub static STEP: Fixed = Fixed {
    name: "show.step",
    about: "One tick while the clock stands.",
    holds: Holds::Trigger(|_, _| Command::Step),
};
