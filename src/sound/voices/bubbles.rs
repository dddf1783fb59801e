//! `bubbles`: each bubble that a world reports rings at its own resonance, where and when it was entrained.

use super::Voice;
use super::water::Water;
use crate::command::SynthCommand;
use crate::grain::Grain;
use crate::sonify::fields::Reader;
use crate::sonify::voice_frame::VoiceFrame;
use world::voice::Reads;

world::params! {
    /// Knobs of `bubbles`.
    pub struct BubbleKnobs {
        /// Loudness.
        level: f32 = -9.0 in -60.0..=12.0, unit "dB";
        /// Reverb send.
        space: f32 = 0.25 in 0.0..=1.0;
        /// Input gain: the strength of each bubble is multiplied by this.
        gain: f32 = 1.0 in 0.05..=50.0, Log;
        /// Length of a cell of the world; a bubble's radius in cells times this is its real one.
        cell: f32 = 2.0 in 0.1..=100.0, Log, unit "mm";
        /// How much a bubble's pitch rises as it nears the surface.
        rise: f32 = 0.1 in 0.0..=1.0;
    }
}

/// Radii that are played, m: those that are heard.
const AUDIBLE: (f32, f32) = (2e-4, 0.05);

/// The voice `bubbles`.
pub struct Bubbles(Water);

impl Voice for Bubbles {
    const NAME: &'static str = "bubbles";
    const ABOUT: &'static str = "Each bubble that a world entrains rings at the resonance of its own radius, with its own damping \
                                 (Minnaert 1933, van den Doel 2005).";
    const READS: Reads = Reads::Soundings;
    type Knobs = BubbleKnobs;

    fn new(rate: f32) -> Self {
        Self(Water::new(rate))
    }
    fn tune(&mut self, knobs: &BubbleKnobs) {
        self.0.set_rise(knobs.rise);
    }
    fn grain(&mut self, grain: &Grain, wait: u32) {
        self.0.grain(grain, wait);
    }
    fn sample(&mut self) -> [f32; 2] {
        self.0.sample()
    }

    fn score(k: &BubbleKnobs, frame: &VoiceFrame, reader: &mut Reader, commands: &mut Vec<SynthCommand>) {
        for event in reader.soundings(frame) {
            let radius = (event.size * k.cell * 1e-3).clamp(AUDIBLE.0, AUDIBLE.1);
            commands.push(SynthCommand::Grain(Grain {
                voice: frame.voice,
                at: event.at,
                pitch: radius,
                // Amplitude grows with the root of the radius, as in `water`.
                loud: (event.strength * k.gain).min(1.0) * (0.35 * libm::sqrtf(radius / 0.003)).min(0.8),
                pan: (2.0 * event.x - 1.0) * 0.9,
                seed: event.kind as u32,
            }));
        }
    }
}
