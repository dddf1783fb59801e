//! `membrane`: what the listening points of a world hear, as it is: the world is the instrument.

use super::Voice;
use crate::command::{SAMPLES, SynthCommand};
use crate::sonify::fields::Reader;
use crate::sonify::voice_frame::VoiceFrame;
use world::audible::AUDIO_RATE;
use world::voice::Reads;

world::params! {
    /// Knobs of `membrane`.
    pub struct MembraneKnobs {
        /// Loudness.
        level: f32 = -6.0 in -60.0..=12.0, unit "dB";
        /// Reverb send.
        space: f32 = 0.15 in 0.0..=1.0;
        /// Input gain.
        gain: f32 = 1.0 in 0.05..=50.0, Log;
    }
}

/// Room for samples that wait.
const ROOM: usize = 8192;
/// Samples that wait at most, five ticks at 60 ticks/s: of more, half are dropped.
const MOST: usize = 4096;
/// Samples of silence before the first, for the interpolation to look ahead and for ticks that are not whole samples.
const AHEAD: usize = 8;
/// Fade where sound is missing or was dropped, s.
const FADE: f32 = 0.002;

/// The voice `membrane`.
pub struct Membrane {
    ring: Vec<[f32; 2]>,
    /// Where the next sample is read, and how many wait from there.
    from: usize,
    waiting: usize,
    /// Position between two samples, 0..1, and its growth per output sample.
    between: f64,
    step: f64,
    level: f32,
    fade: f32,
    /// Fading out, to drop what is too much.
    skipping: bool,
}

impl Membrane {
    fn at(&self, i: usize) -> [f32; 2] {
        self.ring[(self.from + i) % ROOM]
    }

    fn drop_oldest(&mut self, count: usize) {
        self.from = (self.from + count) % ROOM;
        self.waiting -= count;
    }
}

impl Voice for Membrane {
    const NAME: &'static str = "membrane";
    const ABOUT: &'static str =
        "The sound that a world makes itself, sample by sample: what its listening points hear.";
    const READS: Reads = Reads::Audio;
    type Knobs = MembraneKnobs;

    fn new(rate: f32) -> Self {
        Self {
            ring: vec![[0.0; 2]; ROOM],
            from: 0,
            waiting: AHEAD,
            between: 0.0,
            step: AUDIO_RATE as f64 / rate as f64,
            level: 0.0,
            fade: 1.0 / (FADE * rate),
            skipping: false,
        }
    }
    fn tune(&mut self, _: &MembraneKnobs) {}

    fn samples(&mut self, pairs: &[[f32; 2]]) {
        self.skipping |= self.waiting + pairs.len() > MOST;
        for pair in pairs.iter().take(ROOM - self.waiting) {
            let at = (self.from + self.waiting) % ROOM;
            self.ring[at] = *pair;
            self.waiting += 1;
        }
    }

    /// The cubic through four samples (Catmull and Rom 1974); a sample itself where the rates are the same.
    fn sample(&mut self) -> [f32; 2] {
        let missing = self.waiting < 4;
        self.level =
            (self.level + if missing || self.skipping { -self.fade } else { self.fade }).clamp(0.0, 1.0);
        if self.skipping && self.level == 0.0 {
            self.drop_oldest(self.waiting.saturating_sub(MOST / 2));
            self.skipping = false;
        }
        if self.waiting < 3 {
            return [0.0; 2];
        }
        let t = self.between as f32;
        let p = [self.at(0), self.at(1), self.at(2), if missing { self.at(2) } else { self.at(3) }];
        let out = [0, 1].map(|c| {
            let [a, b, d, e] = p.map(|pair| pair[c]);
            let slope = [0.5 * (d - a), 0.5 * (e - b)];
            let cubic = 2.0 * (b - d) + slope[0] + slope[1];
            let square = 3.0 * (d - b) - 2.0 * slope[0] - slope[1];
            (((cubic * t + square) * t + slope[0]) * t + b) * self.level
        });
        if !missing {
            self.between += self.step;
            let whole = (self.between as usize).min(self.waiting - 3);
            self.between -= self.between.floor();
            self.drop_oldest(whole);
        }
        out
    }

    fn score(k: &MembraneKnobs, frame: &VoiceFrame, reader: &mut Reader, commands: &mut Vec<SynthCommand>) {
        for part in reader.audio(frame).chunks(SAMPLES) {
            let mut pairs = [[0.0; 2]; SAMPLES];
            pairs.iter_mut().zip(part).for_each(|(to, from)| *to = from.map(|v| v * k.gain));
            commands.push(SynthCommand::Samples { voice: frame.voice, count: part.len() as u8, pairs });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(i: usize) -> f32 {
        (std::f64::consts::TAU * 441.0 * i as f64 / 48_000.0).sin() as f32
    }

    /// A second of ticks of a tone, played at a rate.
    fn played(rate: usize, ticks: usize) -> Vec<f32> {
        let mut voice = Membrane::new(rate as f32);
        let mut out = Vec::new();
        for tick in 0..ticks {
            let block: Vec<[f32; 2]> = (0..800).map(|i| [tone(tick * 800 + i); 2]).collect();
            block.chunks(8).for_each(|c| voice.samples(c));
            out.extend((0..rate / 60).map(|_| voice.sample()[0]));
        }
        out
    }

    #[test]
    fn at_the_same_rate_samples_are_played_as_they_are() {
        let out = played(48_000, 60);
        let late = AHEAD - 1;
        for (i, v) in out.iter().enumerate().skip(1000) {
            assert_eq!(*v, tone(i - late), "{i}");
        }
    }

    #[test]
    fn at_another_rate_the_pitch_is_the_same() {
        for rate in [44_100, 96_000] {
            let out = played(rate, 60);
            for (i, v) in out.iter().enumerate().skip(rate / 10) {
                let at = i as f64 * 48_000.0 / rate as f64 - (AHEAD - 1) as f64;
                let wanted = (std::f64::consts::TAU * 441.0 * at / 48_000.0).sin() as f32;
                assert!((v - wanted).abs() < 1e-3, "{rate}: {i}: {v} {wanted}");
            }
        }
    }

    #[test]
    fn too_much_and_too_little_sound_fade_instead_of_clicking() {
        let mut voice = Membrane::new(48_000.0);
        let (mut last, mut step) = (0.0f32, 0.0f32);
        for tick in 0..200 {
            // Now and then none, now and then three at once.
            let blocks = [1, 1, 1, 0, 0, 3, 3, 3][tick % 8];
            for _ in 0..blocks {
                let block = [[0.5f32; 2]; 800];
                block.chunks(8).for_each(|c| voice.samples(c));
            }
            for _ in 0..800 {
                let x = voice.sample()[0];
                // It begins in the middle of a sound.
                step = if tick == 0 { 0.0 } else { step.max((x - last).abs()) };
                last = x;
            }
        }
        assert!(step < 0.5 * 1.5 / (FADE * 48_000.0), "{step}");
        assert!(voice.waiting <= MOST, "{}", voice.waiting);
    }
}
