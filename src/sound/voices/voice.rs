//! What an author of a kind of voice implements.

use crate::command::SynthCommand;
use crate::grain::Grain;
use crate::sonify::fields::Reader;
use crate::sonify::voice_frame::VoiceFrame;
use world::params::Params;
use world::voice::Reads;

/// A kind of voice: the trait that an author implements.
///
/// ```
/// use sound::sonify::{COARSE, Reader, VoiceFrame};
/// use sound::voices::Voice;
/// use sound::{Grain, SynthCommand};
/// use world::voice::Reads;
///
/// world::params! {
///     /// Knobs of `click`.
///     pub struct Knobs {
///         /// Loudness.
///         level: f32 = -9.0 in -60.0..=12.0, unit "dB";
///         /// Reverb send.
///         space: f32 = 0.25 in 0.0..=1.0;
///         /// Input gain.
///         gain: f32 = 1.0 in 0.05..=50.0, Log;
///     }
/// }
///
/// /// The amplitude of the next sample.
/// struct Click(f32);
///
/// impl Voice for Click {
///     const NAME: &'static str = "click";
///     const ABOUT: &'static str = "A click each tick, as loud as the first cell.";
///     const READS: Reads = Reads::Field;
///     type Knobs = Knobs;
///
///     fn new(_: f32) -> Self {
///         Self(0.0)
///     }
///     fn tune(&mut self, _: &Knobs) {}
///     fn grain(&mut self, grain: &Grain, _: u32) {
///         self.0 = grain.loud;
///     }
///     fn sample(&mut self) -> [f32; 2] {
///         [std::mem::take(&mut self.0); 2]
///     }
///     fn score(knobs: &Knobs, frame: &VoiceFrame, reader: &mut Reader, commands: &mut Vec<SynthCommand>) {
///         let loud = knobs.gain * reader.field(frame, COARSE).values[0];
///         let grain = Grain { voice: frame.voice, at: 0.0, pitch: 0.0, loud, pan: 0.0, seed: 0 };
///         commands.push(SynthCommand::Grain(grain));
///     }
/// }
///
/// let mut click = Click::new(48_000.0);
/// click.grain(&Grain { voice: 0, at: 0.0, pitch: 0.0, loud: 0.5, pan: 0.0, seed: 0 }, 0);
/// assert_eq!([click.sample(), click.sample()], [[0.5; 2], [0.0; 2]]);
/// ```
pub trait Voice: Send + Sized + 'static {
    /// Name in scene files.
    const NAME: &'static str;
    /// One sentence, with the source of the method.
    const ABOUT: &'static str;
    /// What it reads.
    const READS: Reads;
    /// Its knobs, of which the first three are `level`, `space` and `gain`.
    type Knobs: Params;

    /// A silent instrument at a sample rate, Hz. All its memory is allocated here.
    fn new(rate: f32) -> Self;
    /// Sets the knobs. Nothing may jump: the sound follows smoothly within a few hundredths of a second.
    fn tune(&mut self, knobs: &Self::Knobs);
    /// Sets the strength, 0..1, and the position in its range, 0..1, of a sustained part (a tone, a resonator).
    fn level(&mut self, _part: usize, _value: f32, _place: f32) {}
    /// Starts a grain in `wait` samples.
    fn grain(&mut self, _grain: &Grain, _wait: u32) {}
    /// Takes more of the sound that it plays, left and right at [`world::audible::AUDIO_RATE`].
    fn samples(&mut self, _pairs: &[[f32; 2]]) {}
    /// The next sample, left and right, before level and reverb.
    fn sample(&mut self) -> [f32; 2];
    /// Sonification: appends the commands for the tick that the world has just computed.
    fn score(knobs: &Self::Knobs, frame: &VoiceFrame, reader: &mut Reader, commands: &mut Vec<SynthCommand>);
}
