//! The flash limiter.

use show::Command;

use super::declaration::{Fixed, Holds};
use crate::address::action::ControlAction;

/// Limiting flashes, on or off.
pub static LIMITER: Fixed = Fixed {
    name: "master.limiter",
    about: "The flash limiter; switching it off is logged.",
    holds: Holds::Switch {
        is_on: |state, _| state.limiter.on,
        switch: |on, _| ControlAction::Send(Command::Limiter(on)),
    },
};
