//! Hands on the show: MIDI, OSC, touch, keys, pads, the web remote. All of them move things by one [`address`] space,
//! send commands to the [`Hub`](show::Hub), and read its newest state; none waits for the show, nor the show for
//! them.

#![allow(clippy::disallowed_types, reason = "hands come when they come, and act at a tick")]
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

/// Where a reading is told: at its address, or below it where something that can be moved has the same one. Else a surface
/// would show now one and now the other, and what it sends back of the reading would move the knob.
pub fn reading(address: String, is_moved: impl Fn(&str) -> bool) -> String {
    if is_moved(&address) { address + "/now" } else { address }
}
