//! Where the judge looks.

use show::Command;

use super::declaration::{Fixed, Holds};
use crate::address::action::ControlAction;

/// Shown or hidden.
pub static GAZE: Fixed = Fixed {
    name: "show.gaze",
    about: "Shows over the picture where the judge looks.",
    holds: Holds::Switch {
        is_on: |state, _| state.looking,
        switch: |on, _| ControlAction::Send(Command::Look(on)),
    },
};
