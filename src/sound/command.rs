//! What the score asks of the synth. Everything is of fixed size; what owns memory is boxed and comes back.

use super::voices::VoiceBank;

/// A sound with a beginning: a plucked string, a bubble.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grain {
    /// Which voice, by its place in the scene.
    pub voice: u8,
    /// When within its tick, 0..1.
    pub at: f32,
    /// Its pitch, Hz; of a bubble its radius, metres.
    pub pitch: f32,
    /// How loud, 0..1.
    pub loud: f32,
    /// From left −1 to right 1.
    pub pan: f32,
    /// Address of its randomness.
    pub seed: u32,
}

/// One order.
pub enum SynthCommand {
    /// A knob of a voice stands at a value.
    Knob {
        /// Which voice.
        voice: u8,
        /// Which of its knobs.
        knob: u8,
        /// The value, in the knob's unit.
        value: f32,
    },
    /// A part of a voice that goes on (a tone, a resonator) takes a strength and a place.
    Level {
        /// Which voice.
        voice: u8,
        /// Which part of it.
        part: u8,
        /// Its strength, 0..1.
        value: f32,
        /// Where in its range, 0..1.
        place: f32,
    },
    /// A sound begins.
    Grain(Grain),
    /// The orders of a tick (its number) are complete.
    Tick(u64),
    /// Other voices take over, within so many seconds.
    Bank(Box<VoiceBank>, f32),
}
