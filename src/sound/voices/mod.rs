//! The catalogue of voices: one file per kind and one line in [`CATALOGUE`].
//!
//! The file of a kind declares its name, sentence, input and knobs, and implements its synthesis (sample by sample, so
//! that the block size cannot matter) and its sonification (what it plays of the world). Scenes are checked against
//! [`KINDS`], which is handed to the parser ([`world::scene::Catalogue`]): `world` knows no kind by name.
//!
//! ```text
//!   KINDS ─► scene file ─► VoicePlan { kind } ─► of(kind) ─┬─► score: reads the world each tick ──commands──┐
//!                                                          └─► create: the instrument in the VoiceBank ◄────┘
//! ```

mod aeolian;
pub(crate) mod bank;
mod bubbles;
mod grains;
mod instrument;
mod intervals;
mod membrane;
mod partials;
mod strikes;
#[cfg(test)]
mod tests;
mod voice;
mod water;
mod wind;

use super::command::SynthCommand;
use super::grain::Grain;
use super::sonify::fields::Reader;
use super::sonify::voice_frame::VoiceFrame;
use world::params::Params;
use world::voice::{VoiceKind, VoicePlan};

pub use bank::VoiceBank;
pub use instrument::Instrument;
pub use voice::Voice;
pub use water::minnaert;

/// Every kind of voice, one line each, in the order of the manual.
pub const CATALOGUE: &[Entry] = &[
    Entry::of::<grains::Grains>(),
    Entry::of::<water::Water>(),
    Entry::of::<wind::Wind>(),
    Entry::of::<intervals::Intervals>(),
    Entry::of::<partials::Partials>(),
    Entry::of::<bubbles::Bubbles>(),
    Entry::of::<strikes::Strikes>(),
    Entry::of::<membrane::Membrane>(),
    Entry::of::<aeolian::Aeolian>(),
];

/// The kinds that scenes may name, in the order of [`CATALOGUE`].
pub const KINDS: &[VoiceKind] = &kinds();

/// A line of the catalogue.
pub struct Entry {
    /// What scenes declare.
    pub kind: VoiceKind,
    /// A silent instrument at a sample rate, Hz, its knobs at their defaults.
    pub create: fn(f32) -> Box<dyn Instrument>,
    /// Appends the commands of a tick; knobs in the order of the kind.
    pub score: fn(&[f64], &VoiceFrame, &mut Reader, &mut Vec<SynthCommand>),
}

impl Entry {
    const fn of<V: Voice>() -> Self {
        let kind = VoiceKind::of::<V::Knobs>(V::NAME, V::ABOUT, V::READS);
        Self { kind, create: Adapter::<V>::create, score: Adapter::<V>::score }
    }
}

/// The line of a kind; none for a kind that is not of this catalogue, which is silent.
pub fn of(kind: &VoiceKind) -> Option<&'static Entry> {
    CATALOGUE.iter().find(|e| e.kind == *kind)
}

const fn kinds() -> [VoiceKind; CATALOGUE.len()] {
    let mut all = [CATALOGUE[0].kind; CATALOGUE.len()];
    let mut i = 1;
    while i < all.len() {
        all[i] = CATALOGUE[i].kind;
        i += 1;
    }
    all
}

impl VoiceBank {
    /// Voices as a scene declares them, at a sample rate, Hz. All memory is allocated here.
    pub fn new(plans: &[VoicePlan], rate: f32) -> Box<Self> {
        let instrument = |plan: &VoicePlan| of(plan.kind).map(|entry| (entry.create)(rate));
        Self::of(plans.iter().map(|plan| (instrument(plan), &plan.knobs[..])), rate)
    }
}

/// Adapts a [`Voice`] to [`Instrument`].
struct Adapter<V: Voice> {
    voice: V,
    knobs: V::Knobs,
}

impl<V: Voice> Adapter<V> {
    fn create(rate: f32) -> Box<dyn Instrument> {
        Box::new(Self { voice: V::new(rate), knobs: V::Knobs::default() })
    }

    fn score(now: &[f64], frame: &VoiceFrame, reader: &mut Reader, commands: &mut Vec<SynthCommand>) {
        let mut knobs = V::Knobs::default();
        now.iter().enumerate().for_each(|(i, v)| knobs.set(i, *v));
        V::score(&knobs, frame, reader, commands);
    }
}

impl<V: Voice> Instrument for Adapter<V> {
    fn knob(&mut self, index: usize, value: f32) {
        self.knobs.set(index, value as f64);
        self.voice.tune(&self.knobs);
    }
    fn level(&mut self, part: usize, value: f32, place: f32) {
        self.voice.level(part, value, place);
    }
    fn grain(&mut self, grain: &Grain, wait: u32) {
        self.voice.grain(grain, wait);
    }
    fn samples(&mut self, pairs: &[[f32; 2]]) {
        self.voice.samples(pairs);
    }
    fn sample(&mut self) -> [f32; 2] {
        self.voice.sample()
    }
}
