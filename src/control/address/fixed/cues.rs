//! The cue list.

use show::{Command, CueTarget};

use super::declaration::{Fixed, Holds};

/// Forwards.
pub static GO: Fixed = Fixed {
    name: "show.go",
    about: "Goes to the next cue.",
    holds: Holds::Trigger(|_, _| Command::Cue(CueTarget::Go)),
};

/// Backwards.
pub static BACK: Fixed = Fixed {
    name: "show.back",
    about: "Goes to the previous cue.",
    holds: Holds::Trigger(|_, _| Command::Cue(CueTarget::Back)),
};
