//! The recorder.

use super::{Command, ControlAction, Fixed, Holds};

/// Recording, or not.
pub static RECORD: Fixed = Fixed {
    name: "master.record",
    about: "Records the picture.",
    holds: Holds::Switch {
        is_on: |state, _| state.record.is_some(),
        switch: |on, _| ControlAction::Send(Command::Record(on)),
    },
};
