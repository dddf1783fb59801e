//! Instruments of any kind.

use crate::grain::Grain;

/// An instrument of any kind, as the bank holds it.
///
/// ```
/// use sound::Grain;
/// use sound::voices::CATALOGUE;
///
/// let water = CATALOGUE.iter().find(|entry| entry.kind.name == "water").unwrap();
/// let mut instrument = (water.create)(48_000.0);
/// // A bubble of three millimetres, in ten samples.
/// let bubble = Grain { voice: 0, at: 0.0, pitch: 0.003, loud: 1.0, pan: 0.0, seed: 0 };
/// instrument.grain(&bubble, 10);
/// let played: Vec<[f32; 2]> = (0..480).map(|_| instrument.sample()).collect();
/// assert!(played[..10].iter().all(|pair| *pair == [0.0; 2]));
/// assert!(played[10..].iter().any(|pair| pair[0] > 0.1));
/// ```
pub trait Instrument: Send {
    /// Sets knob `index` of its kind, in the knob's unit.
    fn knob(&mut self, index: usize, value: f32);
    /// As [`Voice::level`](super::Voice::level).
    fn level(&mut self, part: usize, value: f32, place: f32);
    /// As [`Voice::grain`](super::Voice::grain).
    fn grain(&mut self, grain: &Grain, wait: u32);
    /// As [`Voice::samples`](super::Voice::samples).
    fn samples(&mut self, pairs: &[[f32; 2]]);
    /// As [`Voice::sample`](super::Voice::sample).
    fn sample(&mut self) -> [f32; 2];
}
