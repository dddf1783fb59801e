//! Hands on the show: MIDI, OSC, touch, pads, the web remote. All of them move things by one [`address`] space, send
//! commands to the [`Hub`](crate::show::Hub), and read its newest state; none waits for the show, nor the show for them.

pub mod address;
#[cfg(feature = "midi")]
pub mod midi;
#[cfg(feature = "network")]
pub mod osc;
#[cfg(test)]
mod sample;
#[cfg(feature = "network")]
pub mod web;
