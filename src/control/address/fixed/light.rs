//! The light of the whole picture, past the show's thread.

use super::{ControlAction, Fixed, Holds};

/// Seconds that the light takes to follow a fader: longer than the gap between two steps of one, shorter than a wait.
const FADER: f32 = 0.15;

/// Black, or not.
pub static BLACKOUT: Fixed = Fixed {
    name: "master.blackout",
    about: "The picture is black; acts at once, also while the engine hangs.",
    holds: Holds::Switch { is_on: |_, master| master.is_black(), switch: |on, _| ControlAction::Black(on) },
};

/// Still, or not.
pub static FREEZE: Fixed = Fixed {
    name: "master.freeze",
    about: "The picture stands still; acts at once.",
    holds: Holds::Switch { is_on: |_, master| master.is_frozen(), switch: |on, _| ControlAction::Freeze(on) },
};

/// How much light.
pub static FADE: Fixed = Fixed {
    name: "master.fade",
    about: "Light of the whole picture; acts at once.",
    holds: Holds::Level { read: |master| master.goal().0, set: |level, _| ControlAction::Fade(level, FADER) },
};
