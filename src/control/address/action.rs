//! Actions on the show.

use show::{Command, Hub};

/// An action on the show.
#[derive(Clone, Debug, PartialEq)]
pub enum ControlAction {
    /// Sends a command to the show.
    Send(Command),
    /// Blackout on or off; at once, bypassing the show's thread.
    Black(bool),
    /// Freezes or unfreezes the picture; at once.
    Freeze(bool),
    /// Fades the master brightness to a level (0..1) within a time in seconds; starts at once.
    Fade(f32, f32),
    /// Master volume (0..1) and mute; at once.
    Volume(f32, bool),
}

impl ControlAction {
    /// Applies it.
    pub fn apply(self, hub: &Hub) {
        match self {
            Self::Send(command) => hub.send(command),
            Self::Black(on) => hub.master().blackout(on),
            Self::Freeze(on) => hub.master().freeze(on),
            Self::Fade(level, seconds) => hub.master().fade(level, seconds),
            Self::Volume(volume, mute) => hub.set_volume(volume, mute),
        }
    }
}
