//! The flash limiter.

use super::{Command, ControlAction, Fixed, Holds};

/// Holding flashes back, or not.
pub static LIMITER: Fixed = Fixed {
    name: "master.limiter",
    about: "The flash limiter; switching it off is written to the log.",
    holds: Holds::Switch {
        is_on: |state, _| state.limiter.on,
        switch: |on, _| ControlAction::Send(Command::Limiter(on)),
    },
};
