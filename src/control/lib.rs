//! Controllers of the show: MIDI, OSC, touch, keyboard, gamepads, the web remote. All use one [`address`] space, send
//! commands to the [`Hub`](show::Hub) and read its newest state; none waits for the show, nor the show for them.

#![allow(clippy::disallowed_types, reason = "control input is asynchronous, and acts at a tick")]
#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests may measure"))]

pub mod address;
pub mod keys;
#[cfg(feature = "midi")]
pub mod midi;
#[cfg(feature = "network")]
pub mod osc;
#[cfg(feature = "pad")]
pub mod pad;
#[cfg(test)]
mod sample;
#[cfg(test)]
#[allow(dead_code, reason = "other crates' tests use it too")]
#[path = "../../tests/suite/skip.rs"]
mod skip;
pub mod surface;
pub mod touch;
#[cfg(feature = "network")]
pub mod tuio;
#[cfg(feature = "network")]
pub mod udp;
#[cfg(feature = "network")]
pub mod web;

/// The address at which a readout is sent: its own, or `/now` below it where a knob or switch has the same one.
/// Otherwise a controller would show the two in turn, and its echo of the readout would move the knob.
pub fn reading(address: String, is_control: impl Fn(&str) -> bool) -> String {
    if is_control(&address) { address + "/now" } else { address }
}
