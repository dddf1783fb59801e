//! Undo and redo of knob moves.

use show::Command;

use super::declaration::{Fixed, Holds};

/// Undo.
pub static UNDO: Fixed = Fixed {
    name: "show.undo",
    about: "Undoes the last move of a knob.",
    holds: Holds::Trigger(|_, _| Command::Undo),
};

/// Redo.
pub static REDO: Fixed = Fixed {
    name: "show.redo",
    about: "Redoes the move that was undone last.",
    holds: Holds::Trigger(|_, _| Command::Redo),
};
