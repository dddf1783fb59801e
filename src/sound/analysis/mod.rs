//! What is heard, as signals: loudness, bands, brightness, onsets, tempo and beat, pitch and chroma. Pure: the same
//! samples give the same numbers on every machine, in blocks of any size. Every value is about the middle of the
//! newest window, so all come with one fixed delay, [`Analyser::latency`].

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

pub use onset::Onset;

/// One signal that the analysis gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Signal {
    /// Name without `sound.`.
    pub name: &'static str,
    /// One sentence, with the unit.
    pub about: &'static str,
    /// Usual range.
    pub range: [f64; 2],
}

const fn signal(name: &'static str, about: &'static str, lo: f64, hi: f64) -> Signal {
    Signal { name, about, range: [lo, hi] }
}

/// Every signal, in the order of [`Analyser::signals`].
pub static SIGNALS: [Signal; 51] = [
    signal("rms", "Root mean square of the last 43 ms, full scale 1.", 0.0, 1.0),
    signal("level", "Loudness by the room's own measure: 1 is as loud as it was lately.", 0.0, 1.0),
    signal(
        "lufs",
        "Short-term loudness of the last three seconds (EBU R 128, 2020), LUFS; −70 is silence.",
        -70.0,
        0.0,
    ),
    signal("low", "Below 250 Hz, by its own measure of the last ten seconds.", 0.0, 1.0),
    signal("mid", "250 to 2500 Hz, by its own measure of the last ten seconds.", 0.0, 1.0),
    signal("high", "Above 2500 Hz, by its own measure of the last ten seconds.", 0.0, 1.0),
    signal("centroid", "Spectral centroid, Hz: where the middle of the sound lies.", 0.0, 8000.0),
    signal("flatness", "Spectral flatness: 0 is a tone, 1 is noise.", 0.0, 1.0),
    signal("onset", "1 when something begins, falling to a third within 100 ms.", 0.0, 1.0),
    signal("bpm", "Tempo, beats a minute; 0 while there is none.", 60.0, 200.0),
    signal("beat", "Place within the beat, 0 to 1.", 0.0, 1.0),
    signal("confidence", "How clear the beat is.", 0.0, 1.0),
    signal("pitch", "The last clear pitch, Hz.", 50.0, 2000.0),
    signal("clarity", "How clear the pitch is now.", 0.0, 1.0),
    signal("band.0", "0 to 100 Hz, by its own measure of the last ten seconds.", 0.0, 1.0),
    signal("band.1", "100 to 200 Hz.", 0.0, 1.0),
    signal("band.2", "200 to 300 Hz.", 0.0, 1.0),
    signal("band.3", "300 to 400 Hz.", 0.0, 1.0),
    signal("band.4", "400 to 510 Hz.", 0.0, 1.0),
    signal("band.5", "510 to 630 Hz.", 0.0, 1.0),
    signal("band.6", "630 to 770 Hz.", 0.0, 1.0),
    signal("band.7", "770 to 920 Hz.", 0.0, 1.0),
    signal("band.8", "920 to 1080 Hz.", 0.0, 1.0),
    signal("band.9", "1080 to 1270 Hz.", 0.0, 1.0),
    signal("band.10", "1270 to 1480 Hz.", 0.0, 1.0),
    signal("band.11", "1480 to 1720 Hz.", 0.0, 1.0),
    signal("band.12", "1720 to 2000 Hz.", 0.0, 1.0),
    signal("band.13", "2000 to 2320 Hz.", 0.0, 1.0),
    signal("band.14", "2320 to 2700 Hz.", 0.0, 1.0),
    signal("band.15", "2700 to 3150 Hz.", 0.0, 1.0),
    signal("band.16", "3150 to 3700 Hz.", 0.0, 1.0),
    signal("band.17", "3700 to 4400 Hz.", 0.0, 1.0),
    signal("band.18", "4400 to 5300 Hz.", 0.0, 1.0),
    signal("band.19", "5300 to 6400 Hz.", 0.0, 1.0),
    signal("band.20", "6400 to 7700 Hz.", 0.0, 1.0),
    signal("band.21", "7700 to 9500 Hz.", 0.0, 1.0),
    signal("band.22", "9500 to 12000 Hz.", 0.0, 1.0),
    signal("band.23", "12000 to 15500 Hz.", 0.0, 1.0),
    signal(
        "chroma.c",
        "How much of the sound is a C, in any octave; the strongest of the twelve is 1.",
        0.0,
        1.0,
    ),
    signal("chroma.cs", "C sharp.", 0.0, 1.0),
    signal("chroma.d", "D.", 0.0, 1.0),
    signal("chroma.ds", "D sharp.", 0.0, 1.0),
    signal("chroma.e", "E.", 0.0, 1.0),
    signal("chroma.f", "F.", 0.0, 1.0),
    signal("chroma.fs", "F sharp.", 0.0, 1.0),
    signal("chroma.g", "G.", 0.0, 1.0),
    signal("chroma.gs", "G sharp.", 0.0, 1.0),
    signal("chroma.a", "A.", 0.0, 1.0),
    signal("chroma.as", "A sharp.", 0.0, 1.0),
    signal("chroma.b", "B.", 0.0, 1.0),
    signal("hops", "Windows looked at so far.", 0.0, 1e9),
];

/// Place of a signal in [`SIGNALS`].
pub fn place(name: &str) -> Option<usize> {
    SIGNALS.iter().position(|s| s.name == name)
}

/// Below this (−80 dB) all is silence.
const FLOOR: f32 = 1e-4;

/// Listens to one channel.
pub struct Analyser {
    rate: u32,
    hop: usize,
    past: Vec<f32>,
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
    /// For sound of a sample rate, 8000 to 192000 Hz (others are taken as the nearest of these). All memory is taken
    /// here.
    pub fn new(rate: u32) -> Self {
        let rate = rate.clamp(8000, 192_000);
        let most = (0.0465 * rate as f64) as usize;
        let window = 1 << most.ilog2();
        let hop = window / 8;
        let hops = rate as f32 / hop as f32;
        Self {
            rate,
            hop,
            past: vec![0.0; window],
            filled: 0,
            hops: 0,
            long: Spectrum::new(window),
            short: Spectrum::new(window / 4),
            bands: Bands::new(rate, window, hops),
            onsets: Onsets::new(rate, window / 4, hop),
            beats: Beats::new(hops),
            pitch: Pitch::new(rate, window),
            chroma: [0.0; 12],
            loudness: Loudness::new(rate, hop),
            lufs: SILENCE,
            level: bands::AutoGain::new(hops),
            values: vec![0.0; SIGNALS.len()],
        }
    }

    /// Samples a second.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// Seconds between a sound and the values that are about it: half a window and a hop.
    pub fn latency(&self) -> f64 {
        (self.past.len() / 2 + self.hop) as f64 / self.rate as f64
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

    /// Takes more of the sound: full scale ±1. What is no number is silence.
    pub fn push(&mut self, mut samples: &[f32]) {
        let window = self.past.len();
        while !samples.is_empty() {
            let n = samples.len().min(self.hop - self.filled);
            let (now, later) = samples.split_at(n);
            let from = window - self.hop + self.filled;
            for (to, v) in self.past[from..from + n].iter_mut().zip(now) {
                *to = if v.is_finite() { v.clamp(-8.0, 8.0) } else { 0.0 };
            }
            (self.filled, samples) = (self.filled + n, later);
            if self.filled == self.hop {
                self.look();
                self.past.copy_within(self.hop.., 0);
                self.filled = 0;
            }
        }
    }

    /// One hop is full.
    fn look(&mut self) {
        self.hops += 1;
        let window = self.past.len();
        let power = self.past.iter().map(|v| v * v).sum::<f32>() / window as f32;
        let rms = libm::sqrtf(power);
        self.long.look(&self.past);
        self.short.look(&self.past[window - window / 4..]);
        self.bands.look(&self.long, rms);
        self.onsets.look(&self.short, self.hops);
        self.beats.look(self.onsets.flux(), self.onsets.delay() / self.hop as f32);
        if self.hops.is_multiple_of(2) {
            self.pitch.look(&self.past, rms);
            chroma::look(&self.long, self.rate, rms, &mut self.chroma);
        }
        self.listen_loudness();
        self.write(rms);
    }

    fn listen_loudness(&mut self) {
        self.loudness.push(&self.past[self.past.len() - self.hop..]);
        // The three seconds are summed anew each time: ten times a second is what the standard asks for.
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
            self.onsets.glow(),
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
