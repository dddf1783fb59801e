//! The instruments of a scene side by side, each with what all have: its loudness, and its share in the room's echo.

use super::Instrument;
use crate::command::Grain;
use crate::math::{SmoothedValue, from_db};
use world::voice::VoicePlan;

/// Seconds in which level and space follow their knobs.
const KNOB: f32 = 0.02;

/// One voice with what all have.
struct VoiceSlot {
    instrument: Box<dyn Instrument>,
    level: SmoothedValue,
    space: SmoothedValue,
}

/// All voices of a scene.
pub struct VoiceBank {
    slots: Vec<VoiceSlot>,
}

impl VoiceBank {
    /// Voices as a scene declares them, at a sample rate. All memory is taken here.
    pub fn new(plans: &[VoicePlan], rate: f32) -> Box<Self> {
        let slot = |plan: &VoicePlan| {
            let mut slot = VoiceSlot {
                instrument: (super::of(plan.kind).birth)(rate),
                level: SmoothedValue::new(0.0, KNOB, rate),
                space: SmoothedValue::new(0.0, KNOB, rate),
            };
            plan.knobs.iter().enumerate().for_each(|(k, &v)| slot.knob(k, v as f32));
            slot.level.jump();
            slot.space.jump();
            slot
        };
        Box::new(Self { slots: plans.iter().map(slot).collect() })
    }

    /// A knob of a voice stands at a value.
    pub fn knob(&mut self, voice: u8, knob: u8, value: f32) {
        if let Some(slot) = self.slots.get_mut(voice as usize) {
            slot.knob(knob as usize, value);
        }
    }

    /// A part of a voice takes a strength and a place.
    pub fn level(&mut self, voice: u8, part: u8, value: f32, place: f32) {
        if let Some(slot) = self.slots.get_mut(voice as usize) {
            slot.instrument.level(part as usize, value, place);
        }
    }

    /// A grain begins within a tick of `tick` samples.
    pub fn grain(&mut self, grain: &Grain, tick: u32) {
        if let Some(slot) = self.slots.get_mut(grain.voice as usize) {
            slot.instrument.grain(grain, (grain.at.clamp(0.0, 1.0) * tick as f32) as u32);
        }
    }

    /// The next sample: what is heard straight, and what goes into the echo.
    #[inline]
    pub fn sample(&mut self) -> ([f32; 2], [f32; 2]) {
        let (mut dry, mut wet) = ([0.0f32; 2], [0.0f32; 2]);
        for slot in &mut self.slots {
            let (level, space) = (slot.level.next(), slot.space.next());
            let s = slot.instrument.sample();
            for c in 0..2 {
                dry[c] += s[c] * level;
                wet[c] += s[c] * level * space;
            }
        }
        (dry, wet)
    }
}

impl VoiceSlot {
    /// The first three knobs of every kind are level, space and gain; the gain is the score's.
    fn knob(&mut self, knob: usize, value: f32) {
        match knob {
            // The foot of the fader is silence.
            0 => self.level.to(if value <= -60.0 { 0.0 } else { from_db(value) }),
            1 => self.space.to(value),
            2 => {}
            _ => self.instrument.knob(knob, value),
        }
    }
}
