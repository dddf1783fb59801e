//! The beat.

use world::params::{KnobKind, ParamSpec};

use super::{Command, Fixed, Holds};

static SPEC: ParamSpec =
    ParamSpec::new("bpm", "Tempo.", KnobKind::Real, 120.0, 0.0, 400.0).unit("beats a minute");

/// A beat.
pub static TAP: Fixed =
    Fixed { name: "tempo.tap", about: "A beat is now.", holds: Holds::Trigger(|_, _| Command::Tap) };

/// Beats a minute; a press taps.
pub static BPM: Fixed = Fixed {
    name: "tempo.bpm",
    about: "Tempo in beats a minute; 0 lets the next source take over.",
    holds: Holds::Knob {
        spec: &SPEC,
        read: |state| state.tempo.bpm,
        set: Command::Tempo,
        pressed: Command::Tap,
    },
};
