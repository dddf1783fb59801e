//! Video recording.

use show::Command;

use super::declaration::{Fixed, Holds};
use crate::address::action::ControlAction;

/// Recording, on or off.
pub static RECORD: Fixed = Fixed {
    name: "master.record",
    about: "Records the picture.",
    holds: Holds::Switch {
        is_on: |state, _| state.record.is_some(),
        switch: |on, _| ControlAction::Send(Command::Record(on)),
    },
};
