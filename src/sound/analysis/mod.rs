//! Audio analysis: loudness, bands, brightness, onsets, tempo and beat, pitch and chroma, as signals. Pure: the same
//! samples give the same values on every machine, in blocks of any size. Every value refers to the middle of the newest
//! window, so all have one fixed delay, [`Analyser::latency`].
//!
//! Channels are analysed one by one, and their powers added, never their samples: sound in the centre only, or in
//! opposite phase on both sides, is measured as it is heard.

mod bands;
mod chroma;
mod loudness;
mod onset;
mod pitch;
mod spectrum;
mod tempo;
#[cfg(test)]
mod tests;

use bands::{BARK, Bands};
use loudness::{Loudness, SILENCE};
use onset::Onsets;
use pitch::Pitch;
use spectrum::Spectrum;
use tempo::Beats;

use super::file::Layout;

pub use onset::Onset;
pub use world::audio_signals::{SIGNALS, Signal, place, silence};

/// The newest window of a channel.
struct Past {
    samples: Vec<f32>,
    /// Weight of its power in the sum; of identical channels, the first has the weight of all and the others none.
    weight: f32,
}

/// Analyses one channel or more.
pub struct Analyser {
    rate: u32,
    hop: usize,
    layout: Layout,
    past: Vec<Past>,
    window: usize,
    filled: usize,
    hops: u64,
    long: Spectrum,
    short: Spectrum,
    bands: Bands,
    onsets: Onsets,
    beats: Beats,
    pitch: Pitch,
    chroma: [f32; 12],
    loudness: Loudness,
    lufs: f64,
    level: bands::AutoGain,
    values: Vec<f64>,
}

impl Analyser {
    /// At a sample rate, clamped to 8000 to 192000 Hz; mono until [`Self::process`] gets another layout. All memory is
    /// allocated here, and where the number of channels changes.
    pub fn new(rate: u32) -> Self {
        let rate = rate.clamp(8000, 192_000);
        let most = (0.0465 * rate as f64) as usize;
        let window = 1 << most.ilog2();
        let hop = window / 8;
        let hops = rate as f32 / hop as f32;
        Self {
            rate,
            hop,
            layout: Layout::new(1, 0),
            past: vec![Past { samples: vec![0.0; window], weight: 1.0 }],
            window,
            filled: 0,
            hops: 0,
            long: Spectrum::new(window),
            short: Spectrum::new(window / 4),
            bands: Bands::new(rate, window, hops),
            onsets: Onsets::new(rate, window / 4, hop),
            beats: Beats::new(hops),
            pitch: Pitch::new(rate, window),
            chroma: [0.0; 12],
            loudness: Loudness::new(rate, hop, &[1.0]),
            lufs: SILENCE,
            level: bands::AutoGain::new(hops),
            values: silence(),
        }
    }

    /// Sample rate, Hz.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// Latency between a sound and the values that refer to it, s: half a window and a hop.
    pub fn latency(&self) -> f64 {
        (self.window / 2 + self.hop) as f64 / self.rate as f64
    }

    /// Every signal, in the order of [`SIGNALS`].
    pub fn signals(&self) -> &[f64] {
        &self.values
    }

    /// A signal by name; 0 if there is none.
    pub fn get(&self, name: &str) -> f64 {
        place(name).map_or(0.0, |i| self.values[i])
    }

    /// The newest onset.
    pub fn onset(&self) -> Onset {
        self.onsets.newest()
    }

    /// Analyses interleaved samples of a layout, which may change at any time.
    pub fn process(&mut self, layout: &Layout, frames: &[f32]) {
        if self.layout != *layout {
            self.layout = layout.clone();
            let past = || Past { samples: vec![0.0; self.window], weight: 0.0 };
            self.past.resize_with(layout.channels(), past);
            self.loudness = Loudness::new(self.rate, self.hop, layout.loudness());
        }
        self.push(frames);
    }

    /// Analyses interleaved samples, full scale ±1, in the current layout. NaN and infinities count as 0.
    pub fn push(&mut self, mut samples: &[f32]) {
        let channels = self.past.len();
        while samples.len() >= channels {
            let n = (samples.len() / channels).min(self.hop - self.filled);
            let (now, later) = samples.split_at(n * channels);
            let from = self.window - self.hop + self.filled;
            for (c, past) in self.past.iter_mut().enumerate() {
                let own = now.iter().skip(c).step_by(channels);
                for (to, v) in past.samples[from..from + n].iter_mut().zip(own) {
                    *to = if v.is_finite() { v.clamp(-8.0, 8.0) } else { 0.0 };
                }
            }
            (self.filled, samples) = (self.filled + n, later);
            if self.filled == self.hop {
                self.analyse();
                self.past.iter_mut().for_each(|p| p.samples.copy_within(self.hop.., 0));
                self.filled = 0;
            }
        }
    }

    /// Analyses the window once a hop is complete.
    fn analyse(&mut self) {
        self.hops += 1;
        let window = self.window;
        self.weigh();
        let power = |p: &Past| p.weight * (p.samples.iter().map(|v| v * v).sum::<f32>() / window as f32);
        let rms = libm::sqrtf(self.past.iter().map(power).sum());
        let audible = || self.past.iter().filter(|p| p.weight > 0.0);
        self.long.update(audible().map(|p| (&p.samples[..], p.weight)));
        self.short.update(audible().map(|p| (&p.samples[window - window / 4..], p.weight)));
        self.bands.update(&self.long, rms);
        self.onsets.update(&self.short, self.hops);
        self.beats.update(self.onsets.flux(), self.onsets.delay() / self.hop as f32);
        if self.hops.is_multiple_of(2) {
            self.pitch.update(audible().map(|p| (&p.samples[..], p.weight)), rms);
            chroma::update(&self.long, self.rate, rms, &mut self.chroma);
        }
        self.update_loudness();
        self.write(rms);
    }

    /// Sets the weight of each channel. Identical channels, as in most stereo of one microphone, are analysed once,
    /// silent ones not at all.
    fn weigh(&mut self) {
        for (c, weight) in self.layout.weights().iter().enumerate() {
            let (before, now) = self.past.split_at_mut(c);
            now[0].weight = if now[0].samples.iter().all(|v| *v == 0.0) { 0.0 } else { *weight };
            if now[0].weight > 0.0
                && let Some(same) = before.iter_mut().find(|b| b.weight > 0.0 && b.samples == now[0].samples)
            {
                same.weight += std::mem::take(&mut now[0].weight);
            }
        }
    }

    fn update_loudness(&mut self) {
        let hop = self.past.iter().map(|p| &p.samples[self.window - self.hop..]);
        self.loudness.push(hop);
        // The three seconds are summed again each time: the standard requires ten updates a second.
        if self.hops.is_multiple_of((0.1 * self.rate as f32 / self.hop as f32) as u64) {
            self.lufs = self.loudness.short_term();
        }
    }

    fn write(&mut self, rms: f32) {
        let level = self.level.next(rms);
        let beat = self.beats.beat();
        let head = [
            rms,
            level,
            self.lufs as f32,
            self.bands.three()[0],
            self.bands.three()[1],
            self.bands.three()[2],
            self.bands.centroid(),
            self.bands.flatness(),
            self.onsets.envelope(),
            beat.bpm,
            beat.phase,
            beat.confidence,
            self.pitch.hertz(),
            self.pitch.clarity(),
        ];
        let all = head.iter().chain(self.bands.bark()).chain(&self.chroma);
        self.values.iter_mut().zip(all).for_each(|(to, v)| *to = *v as f64);
        debug_assert_eq!(head.len() + BARK + 12 + 1, SIGNALS.len());
        self.values[SIGNALS.len() - 1] = self.hops as f64;
    }
}
