//! When something begins: the rise of a logarithmic spectrum against the strongest of its neighbours a moment ago
//! (SuperFlux, Böck and Widmer 2013), and a threshold that follows what is usual.

use super::spectrum::Spectrum;

/// Bands of the flux.
const BANDS: usize = 40;
/// Looks back that a rise is measured over: the length of the short window.
const BACK: usize = 2;
/// Looks of the past that the threshold knows (half a second).
const USUAL: usize = 96;
/// How far above the usual an onset must stand.
const OVER: f32 = 2.2;
const LEAST: f32 = 0.35;
/// Least seconds between two onsets.
const GAP: f32 = 0.05;
/// Seconds in which the glow of an onset falls to a third.
const GLOW: f32 = 0.1;

/// One onset.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Onset {
    /// How many there were so far.
    pub count: u64,
    /// Sample, from the first on, at which it began.
    pub sample: u64,
    /// How much stronger than the threshold.
    pub strength: f32,
}

/// Watches for onsets.
pub struct Onsets {
    edges: Vec<usize>,
    rows: [[f32; BANDS]; BACK + 1],
    at: usize,
    past: [f32; USUAL],
    sorted: [f32; USUAL],
    place: usize,
    last: [f32; 2],
    newest: Onset,
    glow: f32,
    fall: f32,
    gap: u64,
    hop: usize,
    window: usize,
}

impl Onsets {
    /// For short windows of a size at a sample rate, a hop apart.
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
            past: [0.0; USUAL],
            sorted: [0.0; USUAL],
            place: 0,
            last: [0.0; 2],
            newest: Onset::default(),
            glow: 0.0,
            fall: libm::expf(-(hop as f32) / (GLOW * rate as f32)),
            gap: (GAP * rate as f32) as u64,
            hop,
            window,
        }
    }

    /// Looks at the spectrum of the short window that ends with hop `hops`.
    pub fn look(&mut self, spectrum: &Spectrum, hops: u64) {
        let flux = self.rise(spectrum.magnitudes());
        self.glow *= self.fall;
        let [before, top] = self.last;
        let threshold = self.threshold();
        // The look before this one was a peak: what it saw began within its window.
        let end = hops.saturating_sub(1) * self.hop as u64;
        let sample = end.saturating_sub(self.delay() as u64);
        let free = self.newest.count == 0 || sample >= self.newest.sample + self.gap;
        if top > before && top >= flux && top > threshold && free {
            self.newest = Onset { count: self.newest.count + 1, sample, strength: top / threshold };
            self.glow = 1.0;
        }
        self.last = [top, flux];
        self.past[self.place] = flux;
        self.place = (self.place + 1) % USUAL;
    }

    fn rise(&mut self, m: &[f32]) -> f32 {
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

    /// The middle of the usual and its mean, times a factor.
    fn threshold(&mut self) -> f32 {
        self.sorted = self.past;
        self.sorted.sort_unstable_by(f32::total_cmp);
        let mean = self.past.iter().sum::<f32>() / USUAL as f32;
        LEAST + OVER * self.sorted[USUAL / 2].max(0.6 * mean)
    }

    /// The newest onset.
    pub fn newest(&self) -> Onset {
        self.newest
    }
    /// The rise at the newest look.
    pub fn flux(&self) -> f32 {
        self.last[1]
    }
    /// 1 at an onset, then falling.
    pub fn glow(&self) -> f32 {
        self.glow
    }
    /// Samples from a beginning to the end of the look whose rise is the greatest.
    pub fn delay(&self) -> f32 {
        0.62 * self.window as f32
    }
}
