//! Split-screen comparison (`--versus`).

use show::{Command, SplitCommand};

use super::declaration::{Fixed, Holds};

/// Sides swapped.
pub static SWAP: Fixed = Fixed {
    name: "sides.swap",
    about: "Swaps the left and right side.",
    holds: Holds::Trigger(|_, _| Command::Turn(SplitCommand::Swap)),
};

/// Another split mode.
pub static WAY: Fixed = Fixed {
    name: "sides.way",
    about: "Selects the next split mode.",
    holds: Holds::Trigger(|_, _| Command::Turn(SplitCommand::Way)),
};

/// Less of the right side.
pub static LESS: Fixed = Fixed {
    name: "sides.less",
    about: "Shows less of the right side.",
    holds: Holds::Trigger(|_, _| Command::Turn(SplitCommand::Back)),
};

/// More of the right side.
pub static MORE: Fixed = Fixed {
    name: "sides.more",
    about: "Shows more of the right side.",
    holds: Holds::Trigger(|_, _| Command::Turn(SplitCommand::On)),
};
