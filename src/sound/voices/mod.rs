//! The voices of a scene as they sound: each takes orders and gives stereo samples one by one, so that no block size
//! can matter.

mod bubbles;
mod strings;
mod tones;
mod wind;

use super::math::{Glide, from_db};
use super::order::Grain;
use world::params::Spec;
use world::voice::VoicePlan;

pub use bubbles::{Bubbles, minnaert};
pub use strings::Strings;
pub use tones::{CHORDS, Intervals, PARTIALS, Partials};
pub use wind::{REGIONS, Wind};

/// What makes one voice's sound.
pub trait Sounding: Send {
    /// A knob stands at a value. The first three (level, space, gain) never arrive here.
    fn knob(&mut self, name: &'static str, value: f32);
    /// A part takes a strength 0..1 and a place 0..1.
    fn level(&mut self, _part: usize, _value: f32, _place: f32) {}
    /// A grain begins in `wait` samples.
    fn grain(&mut self, _grain: &Grain, _wait: u32) {}
    /// The next sample, left and right.
    fn sample(&mut self) -> [f32; 2];
}

/// One voice with what all have.
struct Slot {
    sounding: Box<dyn Sounding>,
    knobs: &'static [Spec],
    level: Glide,
    space: Glide,
}

/// All voices of a scene.
pub struct Bank {
    slots: Vec<Slot>,
}

/// Seconds in which level and space follow their knobs.
const KNOB: f32 = 0.02;

impl Bank {
    /// Voices as a scene declares them, at a sample rate. All memory is taken here.
    pub fn new(plans: &[VoicePlan], rate: f32) -> Box<Self> {
        let slot = |plan: &VoicePlan| {
            let mut slot = Slot {
                sounding: sounding(plan.kind.name, rate),
                knobs: plan.kind.knobs,
                level: Glide::new(0.0, KNOB, rate),
                space: Glide::new(0.0, KNOB, rate),
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
            slot.sounding.level(part as usize, value, place);
        }
    }

    /// A grain begins within a tick of `tick` samples.
    pub fn grain(&mut self, grain: &Grain, tick: u32) {
        if let Some(slot) = self.slots.get_mut(grain.voice as usize) {
            slot.sounding.grain(grain, (grain.at.clamp(0.0, 1.0) * tick as f32) as u32);
        }
    }

    /// The next sample: what is heard straight, and what goes into the echo.
    #[inline]
    pub fn sample(&mut self) -> ([f32; 2], [f32; 2]) {
        let (mut dry, mut wet) = ([0.0f32; 2], [0.0f32; 2]);
        for slot in &mut self.slots {
            let (level, space) = (slot.level.next(), slot.space.next());
            let s = slot.sounding.sample();
            for c in 0..2 {
                dry[c] += s[c] * level;
                wet[c] += s[c] * level * space;
            }
        }
        (dry, wet)
    }
}

impl Slot {
    fn knob(&mut self, knob: usize, value: f32) {
        match knob {
            // The foot of the fader is silence.
            0 => self.level.to(if value <= -60.0 { 0.0 } else { from_db(value) }),
            1 => self.space.to(value),
            2 => {}
            _ => {
                if let Some(spec) = self.knobs.get(knob) {
                    self.sounding.knob(spec.name, value);
                }
            }
        }
    }
}

fn sounding(kind: &str, rate: f32) -> Box<dyn Sounding> {
    match kind {
        "grains" => Box::new(Strings::new(rate)),
        "water" => Box::new(Bubbles::new(rate)),
        "wind" => Box::new(Wind::new(rate)),
        "intervals" => Box::new(Intervals::new(rate)),
        _ => Box::new(Partials::new(rate)),
    }
}
