//! Levels of frequency bands, each normalised to its recent maximum; spectral centroid and flatness.

use super::spectrum::Spectrum;

/// Level below which all is silence (−80 dB).
pub const FLOOR: f32 = 1e-4;
/// Critical bands (Zwicker 1961).
pub const BARK: usize = 24;
const EDGES: [f32; BARK + 1] = [
    0.0, 100.0, 200.0, 300.0, 400.0, 510.0, 630.0, 770.0, 920.0, 1080.0, 1270.0, 1480.0, 1720.0, 2000.0,
    2320.0, 2700.0, 3150.0, 3700.0, 4400.0, 5300.0, 6400.0, 7700.0, 9500.0, 12000.0, 15500.0,
];
/// Crossover frequencies of low, mid and high, Hz.
const THREE: [f32; 2] = [250.0, 2500.0];
/// Time in which the maximum of a band decays to a third, s.
const MEMORY: f32 = 10.0;

/// A level 0..1, normalised to the decaying maximum of about the last ten seconds; silence is always 0.
#[derive(Clone, Copy, Debug)]
pub struct AutoGain {
    most: f32,
    fall: f32,
}

impl AutoGain {
    /// For `rate` values a second.
    pub fn new(rate: f32) -> Self {
        Self { most: 10.0 * FLOOR, fall: libm::expf(-1.0 / (MEMORY * rate)) }
    }

    /// The level of an amplitude.
    pub fn next(&mut self, amplitude: f32) -> f32 {
        self.most = (self.most * self.fall).max(10.0 * FLOOR).max(amplitude);
        if amplitude < FLOOR { 0.0 } else { (amplitude / self.most).min(1.0) }
    }
}

/// The bands of a spectrum.
pub struct Bands {
    hertz: f32,
    bark: [f32; BARK],
    bark_gain: [AutoGain; BARK],
    three: [f32; 3],
    three_gain: [AutoGain; 3],
    centroid: f32,
    flatness: f32,
}

impl Bands {
    /// For windows of a size at a sample rate, Hz, `updates` a second.
    pub fn new(rate: u32, window: usize, updates: f32) -> Self {
        Self {
            hertz: rate as f32 / window as f32,
            bark: [0.0; BARK],
            bark_gain: [AutoGain::new(updates); BARK],
            three: [0.0; 3],
            three_gain: [AutoGain::new(updates); 3],
            centroid: 0.0,
            flatness: 0.0,
        }
    }

    /// Measures a spectrum.
    pub fn update(&mut self, spectrum: &Spectrum, rms: f32) {
        let m = spectrum.magnitudes();
        let (mut bark, mut three) = ([0.0f32; BARK], [0.0f32; 3]);
        let (mut sum, mut moment, mut logs, mut power) = (0.0f32, 0.0f32, 0.0f32, 0.0f32);
        let mut band = 0;
        for (i, a) in m.iter().enumerate().skip(1) {
            let (f, p) = (i as f32 * self.hertz, a * a);
            while band < BARK && f >= EDGES[band + 1] {
                band += 1;
            }
            if band < BARK {
                bark[band] += p;
            }
            three[(f >= THREE[0]) as usize + (f >= THREE[1]) as usize] += p;
            sum += a;
            moment += a * f;
            power += p;
            logs += libm::logf(p + 1e-14);
        }
        for (b, p) in bark.iter().enumerate() {
            self.bark[b] = self.bark_gain[b].next(libm::sqrtf(*p));
        }
        for (b, p) in three.iter().enumerate() {
            self.three[b] = self.three_gain[b].next(libm::sqrtf(*p));
        }
        let n = (m.len() - 1) as f32;
        if rms < FLOOR {
            (self.centroid, self.flatness) = (0.0, 0.0);
        } else {
            self.centroid = moment / sum.max(1e-9);
            self.flatness = (libm::expf(logs / n) / (power / n).max(1e-14)).min(1.0);
        }
    }

    /// Critical bands, 0..1.
    pub fn bark(&self) -> &[f32; BARK] {
        &self.bark
    }
    /// Low, mid, high, 0..1.
    pub fn three(&self) -> [f32; 3] {
        self.three
    }
    /// Spectral centroid, Hz.
    pub fn centroid(&self) -> f32 {
        self.centroid
    }
    /// Spectral flatness, 0..1.
    pub fn flatness(&self) -> f32 {
        self.flatness
    }
}
