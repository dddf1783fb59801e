//! Onset detection: spectral flux of a logarithmic spectrum against the maximum of neighbouring bands a moment ago
//! (SuperFlux, Böck and Widmer 2013), with an adaptive threshold.

use super::spectrum::Spectrum;

/// Bands of the flux.
const BANDS: usize = 40;
/// Lag of the flux in hops: the length of the short window.
const BACK: usize = 2;
/// History of the threshold in hops (half a second).
const HISTORY: usize = 96;
/// Threshold of an onset: factor on the history, and offset.
const OVER: f32 = 2.2;
const LEAST: f32 = 0.35;
/// Shortest interval between two onsets, s.
const GAP: f32 = 0.05;
/// Time in which the onset signal decays to a third, s.
const DECAY: f32 = 0.1;

/// One onset.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Onset {
    /// Number of onsets so far.
    pub count: u64,
    /// Sample index at which it began.
    pub sample: u64,
    /// Flux over the threshold.
    pub strength: f32,
}

/// Detects onsets.
pub struct Onsets {
    edges: Vec<usize>,
    rows: [[f32; BANDS]; BACK + 1],
    at: usize,
    past: [f32; HISTORY],
    sorted: [f32; HISTORY],
    place: usize,
    last: [f32; 2],
    newest: Onset,
    envelope: f32,
    fall: f32,
    gap: u64,
    hop: usize,
    window: usize,
}

impl Onsets {
    /// For short windows of a size at a sample rate, Hz, a hop apart.
    pub fn new(rate: u32, window: usize, hop: usize) -> Self {
        let hertz = rate as f32 / window as f32;
        let top = (16_000.0f32).min(0.5 * rate as f32);
        let edge = |i: usize| {
            let f = 60.0 * libm::powf(top / 60.0, i as f32 / BANDS as f32);
            (f / hertz) as usize + i.min(2)
        };
        let mut edges: Vec<usize> = (0..=BANDS).map(edge).collect();
        edges.dedup();
        edges.iter_mut().for_each(|e| *e = (*e).clamp(1, window / 2));
        Self {
            edges,
            rows: [[0.0; BANDS]; BACK + 1],
            at: 0,
            past: [0.0; HISTORY],
            sorted: [0.0; HISTORY],
            place: 0,
            last: [0.0; 2],
            newest: Onset::default(),
            envelope: 0.0,
            fall: libm::expf(-(hop as f32) / (DECAY * rate as f32)),
            gap: (GAP * rate as f32) as u64,
            hop,
            window,
        }
    }

    /// Takes the spectrum of the short window that ends with hop `hops`.
    pub fn update(&mut self, spectrum: &Spectrum, hops: u64) {
        let flux = self.flux_of(spectrum.magnitudes());
        self.envelope *= self.fall;
        let [before, top] = self.last;
        let threshold = self.threshold();
        // If the previous hop was a peak, the onset lies within its window.
        let end = hops.saturating_sub(1) * self.hop as u64;
        let sample = end.saturating_sub(self.delay() as u64);
        let free = self.newest.count == 0 || sample >= self.newest.sample + self.gap;
        if top > before && top >= flux && top > threshold && free {
            self.newest = Onset { count: self.newest.count + 1, sample, strength: top / threshold };
            self.envelope = 1.0;
        }
        self.last = [top, flux];
        self.past[self.place] = flux;
        self.place = (self.place + 1) % HISTORY;
    }

    fn flux_of(&mut self, m: &[f32]) -> f32 {
        let mut row = [0.0f32; BANDS];
        let bands = self.edges.len() - 1;
        for (b, v) in row.iter_mut().enumerate().take(bands) {
            let (from, to) = (self.edges[b], self.edges[b + 1].max(self.edges[b] + 1).min(m.len()));
            let sum: f32 = m[from.min(to - 1)..to].iter().sum();
            *v = libm::log10f(1.0 + 1000.0 * sum);
        }
        let old = &self.rows[(self.at + 1) % (BACK + 1)];
        let mut flux = 0.0;
        for b in 0..bands {
            let near = old[b.saturating_sub(1)..(b + 2).min(bands)].iter().fold(0.0f32, |a, v| a.max(*v));
            flux += (row[b] - near).max(0.0);
        }
        self.at = (self.at + 1) % (BACK + 1);
        self.rows[self.at] = row;
        flux / bands as f32 * 10.0
    }

    /// The greater of median and scaled mean of the history, times a factor, plus an offset.
    fn threshold(&mut self) -> f32 {
        self.sorted = self.past;
        self.sorted.sort_unstable_by(f32::total_cmp);
        let mean = self.past.iter().sum::<f32>() / HISTORY as f32;
        LEAST + OVER * self.sorted[HISTORY / 2].max(0.6 * mean)
    }

    /// The newest onset.
    pub fn newest(&self) -> Onset {
        self.newest
    }
    /// The newest flux.
    pub fn flux(&self) -> f32 {
        self.last[1]
    }
    /// 1 at an onset, then decaying.
    pub fn envelope(&self) -> f32 {
        self.envelope
    }
    /// Samples from an onset to the end of the hop with the greatest flux.
    pub fn delay(&self) -> f32 {
        0.62 * self.window as f32
    }
}
