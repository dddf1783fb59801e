//! The tempo.

use show::Command;
use world::params::{KnobKind, ParamSpec};

use super::declaration::{Fixed, Holds};

static SPEC: ParamSpec =
    ParamSpec::new("bpm", "Tempo.", KnobKind::Real, 120.0, 0.0, 400.0).unit("beats a minute");

/// Tap tempo.
pub static TAP: Fixed =
    Fixed { name: "tempo.tap", about: "Taps the tempo.", holds: Holds::Trigger(|_, _| Command::Tap) };

/// Beats a minute; a press taps.
pub static BPM: Fixed = Fixed {
    name: "tempo.bpm",
    about: "Tempo in beats a minute; 0 hands over to the next source.",
    holds: Holds::Knob {
        spec: &SPEC,
        read: |state| state.tempo.bpm,
        set: Command::Tempo,
        pressed: Command::Tap,
    },
};
