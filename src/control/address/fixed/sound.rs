//! Master volume and mute, bypassing the show's thread.

use super::declaration::{Fixed, Holds};
use crate::address::action::ControlAction;

/// Master volume.
pub static VOLUME: Fixed = Fixed {
    name: "master.volume",
    about: "Master volume; acts at once.",
    holds: Holds::Level {
        read: |master| master.volume(),
        set: |volume, master| ControlAction::Volume(volume, master.is_mute()),
    },
};

/// Mute, on or off.
pub static MUTE: Fixed = Fixed {
    name: "master.mute",
    about: "Mutes all sound; acts at once.",
    holds: Holds::Switch {
        is_on: |_, master| master.is_mute(),
        switch: |on, master| ControlAction::Volume(master.volume(), on),
    },
};
