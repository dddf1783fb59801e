//! The cue list.

use show::CueTarget;

use super::{Command, Fixed, Holds};

/// On.
pub static GO: Fixed = Fixed {
    name: "show.go",
    about: "The next cue.",
    holds: Holds::Trigger(|_, _| Command::Cue(CueTarget::Go)),
};

/// Back.
pub static BACK: Fixed = Fixed {
    name: "show.back",
    about: "The cue before.",
    holds: Holds::Trigger(|_, _| Command::Cue(CueTarget::Back)),
};
