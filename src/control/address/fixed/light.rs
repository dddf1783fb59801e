//! Master brightness, blackout and freeze, bypassing the show's thread.

use super::declaration::{Fixed, Holds};
use crate::address::action::ControlAction;

/// Smoothing time of the fader, s: longer than the gap between two of its steps, too short to feel like a delay.
const FADER: f32 = 0.15;

/// Blackout, on or off.
pub static BLACKOUT: Fixed = Fixed {
    name: "master.blackout",
    about: "Blacks out the picture; acts at once, also while the engine hangs.",
    holds: Holds::Switch { is_on: |_, master| master.is_black(), switch: |on, _| ControlAction::Black(on) },
};

/// Freeze, on or off.
pub static FREEZE: Fixed = Fixed {
    name: "master.freeze",
    about: "Freezes the picture; acts at once.",
    holds: Holds::Switch { is_on: |_, master| master.is_frozen(), switch: |on, _| ControlAction::Freeze(on) },
};

/// Master brightness.
pub static FADE: Fixed = Fixed {
    name: "master.fade",
    about: "Master brightness; acts at once.",
    holds: Holds::Level { read: |master| master.goal().0, set: |level, _| ControlAction::Fade(level, FADER) },
};
