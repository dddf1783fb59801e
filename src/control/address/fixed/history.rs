//! Moves of knobs, taken back and done again.

use super::{Command, Fixed, Holds};

/// Back.
pub static UNDO: Fixed = Fixed {
    name: "show.undo",
    about: "Takes the last move of a knob back.",
    holds: Holds::Trigger(|_, _| Command::Undo),
};

/// Again.
pub static REDO: Fixed = Fixed {
    name: "show.redo",
    about: "Does again what was taken back last.",
    holds: Holds::Trigger(|_, _| Command::Redo),
};
