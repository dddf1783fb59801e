//! The catalogue of voices as they sound: a file a kind, with its synthesis and its score, and a line in [`CATALOGUE`].
//!
//! A kind is declared where scenes are read ([`world::voice::KINDS`]: name, sentence, what it reads, knobs). Its file here
//! has how it sounds (sample by sample, so that no block size can matter) and what of its world it plays. The program does
//! not compile unless each kind has its line, in the same order: no kind can be without a sound, or play another's.
//!
//! ```text
//!   scene file ─► VoicePlan { kind } ─► CATALOGUE[kind] ─┬─► score: reads the world each tick ──orders──┐
//!                 world::voice::KINDS                    └─► birth: the instrument in the Bank ◄────────┘
//! ```

mod bank;
mod grains;
mod intervals;
mod partials;
#[cfg(test)]
mod tests;
mod water;
mod wind;

use super::command::{Grain, SynthCommand};
use super::sonify::{Reader, VoiceFrame};
use world::params::{ParamSpec, Params};
use world::voice::{KINDS, VoiceKind};

pub use bank::VoiceBank;
pub use water::minnaert;

/// Every voice that sounds, one line a kind, in the order of [`KINDS`].
pub static CATALOGUE: &[Entry] = &[
    Entry::of::<grains::Grains>(),
    Entry::of::<water::Water>(),
    Entry::of::<wind::Wind>(),
    Entry::of::<intervals::Intervals>(),
    Entry::of::<partials::Partials>(),
];

const _: () =
    assert!(covers(), "each row of `world::voice::KINDS` needs its line in `CATALOGUE`, in the same order");

/// A kind of voice: what its file holds. The trait that an author fills.
pub trait Voice: Send + Sized + 'static {
    /// Name in scene files: that of its row in [`KINDS`].
    const NAME: &'static str;
    /// Its knobs: those of its row in [`KINDS`].
    type Knobs: Params;

    /// A silent instrument at a sample rate, Hz. All its memory is taken here.
    fn new(rate: f32) -> Self;
    /// Its knobs stand at these values. Nothing may jump: what is heard follows within a few hundredths of a second.
    fn tune(&mut self, knobs: &Self::Knobs);
    /// A part that goes on (a tone, a resonator) takes a strength 0..1 and a place 0..1.
    fn level(&mut self, _part: usize, _value: f32, _place: f32) {}
    /// A sound with a beginning starts in `wait` samples.
    fn grain(&mut self, _grain: &Grain, _wait: u32) {}
    /// The next sample, left and right, before level and echo.
    fn sample(&mut self) -> [f32; 2];
    /// The score: what it plays of the tick that the world has just made.
    fn score(knobs: &Self::Knobs, moment: &VoiceFrame, reader: &mut Reader, orders: &mut Vec<SynthCommand>);
}

/// An instrument of any kind, as the bank holds it.
pub trait Instrument: Send {
    /// Knob `index` of its kind stands at a value, in the knob's unit.
    fn knob(&mut self, index: usize, value: f32);
    /// As [`Voice::level`].
    fn level(&mut self, part: usize, value: f32, place: f32);
    /// As [`Voice::grain`].
    fn grain(&mut self, grain: &Grain, wait: u32);
    /// As [`Voice::sample`].
    fn sample(&mut self) -> [f32; 2];
}

/// A line of the catalogue.
pub struct Entry {
    name: &'static str,
    knobs: &'static [ParamSpec],
    /// A silent instrument at a sample rate, Hz, its knobs at their defaults.
    pub birth: fn(f32) -> Box<dyn Instrument>,
    /// Adds what it plays of a tick to the orders; knobs in the order of its kind.
    pub score: fn(&[f64], &VoiceFrame, &mut Reader, &mut Vec<SynthCommand>),
}

impl Entry {
    const fn of<V: Voice>() -> Self {
        Self { name: V::NAME, knobs: V::Knobs::SPECS, birth: Held::<V>::birth, score: Held::<V>::score }
    }
}

/// The line of a kind.
pub fn of(kind: &VoiceKind) -> &'static Entry {
    &CATALOGUE[kind.place()]
}

/// The adaptor between [`Voice`] and [`Instrument`].
struct Held<V: Voice> {
    voice: V,
    knobs: V::Knobs,
}

impl<V: Voice> Held<V> {
    fn birth(rate: f32) -> Box<dyn Instrument> {
        Box::new(Self { voice: V::new(rate), knobs: V::Knobs::default() })
    }

    fn score(now: &[f64], moment: &VoiceFrame, reader: &mut Reader, orders: &mut Vec<SynthCommand>) {
        let mut knobs = V::Knobs::default();
        now.iter().enumerate().for_each(|(i, v)| knobs.set(i, *v));
        V::score(&knobs, moment, reader, orders);
    }
}

impl<V: Voice> Instrument for Held<V> {
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
    fn sample(&mut self) -> [f32; 2] {
        self.voice.sample()
    }
}

/// Whether the lines of the catalogue are those of the kinds, with the same names and knobs.
const fn covers() -> bool {
    let mut i = 0;
    let mut same = CATALOGUE.len() == KINDS.len();
    while same && i < KINDS.len() {
        let (line, kind) = (&CATALOGUE[i], &KINDS[i]);
        same = equal(line.name, kind.name) && line.knobs.len() == kind.knobs.len();
        let mut k = 0;
        while same && k < line.knobs.len() {
            same = equal(line.knobs[k].name, kind.knobs[k].name);
            k += 1;
        }
        i += 1;
    }
    same
}

const fn equal(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    i == a.len() && i == b.len()
}
