//! Two sides that share the picture (`--versus`).

use show::SplitCommand;

use super::{Command, Fixed, Holds};

/// Places changed.
pub static SWAP: Fixed = Fixed {
    name: "sides.swap",
    about: "Left becomes right.",
    holds: Holds::Trigger(|_, _| Command::Turn(SplitCommand::Swap)),
};

/// Another way to share.
pub static WAY: Fixed = Fixed {
    name: "sides.way",
    about: "The next way for two sides to share the picture.",
    holds: Holds::Trigger(|_, _| Command::Turn(SplitCommand::Way)),
};

/// Less of the right one.
pub static LESS: Fixed = Fixed {
    name: "sides.less",
    about: "Less of the right side.",
    holds: Holds::Trigger(|_, _| Command::Turn(SplitCommand::Back)),
};

/// More of it.
pub static MORE: Fixed = Fixed {
    name: "sides.more",
    about: "More of the right side.",
    holds: Holds::Trigger(|_, _| Command::Turn(SplitCommand::On)),
};
