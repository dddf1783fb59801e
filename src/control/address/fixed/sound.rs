//! All sound of the show, past the show's thread.

use super::{ControlAction, Fixed, Holds};

/// How loud.
pub static VOLUME: Fixed = Fixed {
    name: "master.volume",
    about: "Volume of all sound; acts at once.",
    holds: Holds::Level {
        read: |master| master.volume(),
        set: |volume, master| ControlAction::Volume(volume, master.is_mute()),
    },
};

/// Silent, or not.
pub static MUTE: Fixed = Fixed {
    name: "master.mute",
    about: "No sound; acts at once.",
    holds: Holds::Switch {
        is_on: |_, master| master.is_mute(),
        switch: |on, master| ControlAction::Volume(master.volume(), on),
    },
};
