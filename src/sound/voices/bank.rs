//! The instruments of a scene, each with what all have: its level and its reverb send.

use super::instrument::Instrument;
use crate::grain::Grain;
use crate::math::{SmoothedValue, from_db};

/// Smoothing time of level and space, s.
const KNOB: f32 = 0.02;

/// One voice with its level and its reverb send.
struct VoiceSlot {
    /// None for a kind that is not of this catalogue: silent.
    instrument: Option<Box<dyn Instrument>>,
    level: SmoothedValue,
    space: SmoothedValue,
}

/// All voices of a scene.
pub struct VoiceBank {
    slots: Vec<VoiceSlot>,
}

impl VoiceBank {
    /// Instruments with the knobs of their voices, at a sample rate, Hz; none is silent.
    pub(super) fn of<'a>(
        voices: impl Iterator<Item = (Option<Box<dyn Instrument>>, &'a [f64])>,
        rate: f32,
    ) -> Box<Self> {
        let slot = |(instrument, knobs): (Option<Box<dyn Instrument>>, &[f64])| {
            let mut slot = VoiceSlot {
                instrument,
                level: SmoothedValue::new(0.0, KNOB, rate),
                space: SmoothedValue::new(0.0, KNOB, rate),
            };
            knobs.iter().enumerate().for_each(|(k, &v)| slot.knob(k, v as f32));
            slot.level.jump();
            slot.space.jump();
            slot
        };
        Box::new(Self { slots: voices.map(slot).collect() })
    }

    /// Sets a knob of a voice.
    pub fn knob(&mut self, voice: u8, knob: u8, value: f32) {
        if let Some(slot) = self.slots.get_mut(voice as usize) {
            slot.knob(knob as usize, value);
        }
    }

    /// Sets the strength and position of a sustained part of a voice.
    pub fn level(&mut self, voice: u8, part: u8, value: f32, place: f32) {
        if let Some(instrument) = self.instrument(voice) {
            instrument.level(part as usize, value, place);
        }
    }

    /// Starts a grain within a tick of `tick` samples.
    pub fn grain(&mut self, grain: &Grain, tick: u32) {
        if let Some(instrument) = self.instrument(grain.voice) {
            instrument.grain(grain, (grain.at.clamp(0.0, 1.0) * tick as f32) as u32);
        }
    }

    /// Gives a voice more of the sound that it plays.
    pub fn samples(&mut self, voice: u8, pairs: &[[f32; 2]]) {
        if let Some(instrument) = self.instrument(voice) {
            instrument.samples(pairs);
        }
    }

    fn instrument(&mut self, voice: u8) -> Option<&mut Box<dyn Instrument>> {
        self.slots.get_mut(voice as usize)?.instrument.as_mut()
    }

    /// The next sample: dry, and the reverb send.
    #[inline]
    pub fn sample(&mut self) -> ([f32; 2], [f32; 2]) {
        let (mut dry, mut wet) = ([0.0f32; 2], [0.0f32; 2]);
        for slot in &mut self.slots {
            let (level, space) = (slot.level.next(), slot.space.next());
            let Some(instrument) = &mut slot.instrument else { continue };
            let s = instrument.sample();
            for c in 0..2 {
                dry[c] += s[c] * level;
                wet[c] += s[c] * level * space;
            }
        }
        (dry, wet)
    }
}

impl VoiceSlot {
    /// The first three knobs of every kind are level, space and gain; the score applies the gain.
    fn knob(&mut self, knob: usize, value: f32) {
        match knob {
            // The bottom of the fader is silence.
            0 => self.level.to(if value <= -60.0 { 0.0 } else { from_db(value) }),
            1 => self.space.to(value),
            2 => {}
            _ => {
                if let Some(instrument) = &mut self.instrument {
                    instrument.knob(knob, value);
                }
            }
        }
    }
}
