//! Commands to the synth. All are of fixed size; what owns memory is boxed, and returned to be dropped.

use super::grain::Grain;
use super::voices::bank::VoiceBank;

/// Most samples in one command.
pub const SAMPLES: usize = 8;

/// A command.
pub enum SynthCommand {
    /// Sets a knob of a voice.
    Knob {
        /// Which voice.
        voice: u8,
        /// Which of its knobs.
        knob: u8,
        /// The value, in the knob's unit.
        value: f32,
    },
    /// Sets the strength and position of a sustained part of a voice (a tone, a resonator).
    Level {
        /// Which voice.
        voice: u8,
        /// Which part of it.
        part: u8,
        /// Its strength, 0..1.
        value: f32,
        /// Its position in its range, 0..1.
        place: f32,
    },
    /// More sound of a voice that plays a world's own, left and right at [`world::audible::AUDIO_RATE`].
    Samples {
        /// Which voice.
        voice: u8,
        /// How many of `pairs` count.
        count: u8,
        /// The samples.
        pairs: [[f32; 2]; SAMPLES],
    },
    /// Starts a grain.
    Grain(Grain),
    /// The commands of a tick (its number) are complete.
    Tick(u64),
    /// Crossfades to other voices; the duration, s.
    Bank(Box<VoiceBank>, f32),
}
