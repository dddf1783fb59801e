//! Sound at another sample rate, by a windowed sinc between the samples (Smith and Gossett 1984). The library for it
//! chooses its arithmetic by processor; here the sums have one order, so that what a scene hears in a file has the same
//! bits on every machine.

use world::widest;

/// Zeros of the sinc on each side.
const ZEROS: f64 = 48.0;
/// Shape of Kaiser's window: what is folded back is 100 dB down.
const BETA: f64 = 10.0;
/// Share of the narrower band that the middle of the slope lies at.
const PASS: f64 = 0.94;
/// Most kernels that are kept; between them it goes in straight lines.
const MOST: u64 = 1024;
/// Sums that run beside each other.
const LANES: usize = 16;

/// Brings sound from one sample rate to another, in blocks of any size.
pub struct Resampler {
    /// Rates over their greatest common divisor.
    from: u64,
    to: u64,
    /// Samples on each side of a place.
    reach: usize,
    /// One kernel of `2 · reach` numbers for each part of a sample.
    kernels: Vec<f32>,
    parts: u64,
    /// Samples of each channel not yet done with; the first is number `first`, and those before 0 are silence.
    waiting: Vec<Vec<f32>>,
    first: i64,
    taken: u64,
    given: u64,
    between: Vec<f32>,
}

impl Resampler {
    /// From one rate to another, both in Hz and at least 1, of one channel or more.
    pub fn new(from: u32, to: u32, channels: usize) -> Self {
        let common = common(from.max(1) as u64, to.max(1) as u64);
        let (from, to) = (from.max(1) as u64 / common, to.max(1) as u64 / common);
        let band = PASS * (to as f64 / from as f64).min(1.0);
        let reach = (ZEROS / band).ceil() as usize;
        let parts = to.min(MOST);
        // One more than there are parts, to go straight to.
        let kernels = (0..=parts).flat_map(|p| kernel(p as f64 / parts as f64, band, reach)).collect();
        Self {
            from,
            to,
            reach,
            kernels,
            parts,
            waiting: vec![vec![0.0; reach]; channels.max(1)],
            first: -(reach as i64),
            taken: 0,
            given: 0,
            between: vec![0.0; 2 * reach],
        }
    }

    /// Takes a block, channels in turn, and adds to `out` what can be given by now.
    pub fn push(&mut self, block: &[f32], out: &mut Vec<f32>) {
        let channels = self.waiting.len();
        for (c, waiting) in self.waiting.iter_mut().enumerate() {
            waiting.extend(block.chunks_exact(channels).map(|frame| frame[c]));
        }
        self.taken += (block.len() / channels) as u64;
        self.give(u64::MAX, out);
    }

    /// Adds to `out` what is still to come: all in all as many frames as last as long as what was taken.
    pub fn end(mut self, out: &mut Vec<f32>) {
        let due = ((self.taken * self.to) as f64 / self.from as f64).round() as u64;
        self.waiting.iter_mut().for_each(|w| w.extend(vec![0.0; 2 * self.reach + 1]));
        self.give(due, out);
    }

    fn give(&mut self, most: u64, out: &mut Vec<f32>) {
        let (window, reach) = (2 * self.reach, self.reach as i64);
        while self.given < most {
            // The place of the next frame among the samples, and what is left of a sample.
            let (sample, rest) = (self.given * self.from / self.to, self.given * self.from % self.to);
            let at = (sample as i64 - reach + 1 - self.first) as usize;
            if at + window > self.waiting[0].len() {
                break;
            }
            let kernel = if self.parts == self.to {
                &self.kernels[rest as usize * window..][..window]
            } else {
                let (part, over) = (rest * self.parts / self.to, rest * self.parts % self.to);
                let pair = &self.kernels[part as usize * window..][..2 * window];
                straight(&pair[..window], &pair[window..], over as f32 / self.to as f32, &mut self.between);
                &self.between
            };
            out.extend(self.waiting.iter().map(|w| product(&w[at..at + window], kernel)));
            self.given += 1;
        }
        // Only what no later frame looks back at.
        let next = (self.given * self.from / self.to) as i64 - reach + 1;
        let done = ((next - self.first).max(0) as usize).min(self.waiting[0].len());
        if done > 4096 {
            self.waiting.iter_mut().for_each(|w| drop(w.drain(..done)));
            self.first += done as i64;
        }
    }
}

/// Stereo sound, left and right in turn, at another rate.
pub fn resampled(stereo: &[f32], from: u32, to: u32) -> Vec<f32> {
    let frames = stereo.len() as f64 / 2.0 * to as f64 / from.max(1) as f64;
    let mut out = Vec::with_capacity(2 * frames as usize + 2);
    let mut resampler = Resampler::new(from, to, 2);
    stereo.chunks(1 << 16).for_each(|block| resampler.push(block, &mut out));
    resampler.end(&mut out);
    out
}

fn common(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common(b, a % b) }
}

/// What each sample gives to a place `part` (0..1) of a sample after the one at `reach − 1`; the numbers sum to one.
fn kernel(part: f64, band: f64, reach: usize) -> Vec<f32> {
    let value = |i: usize| {
        let x = i as f64 - (reach as f64 - 1.0) - part;
        sinc(band * x) * kaiser(x / reach as f64)
    };
    let values: Vec<f64> = (0..2 * reach).map(value).collect();
    let sum: f64 = values.iter().sum();
    values.iter().map(|v| (v / sum) as f32).collect()
}

fn sinc(x: f64) -> f64 {
    let x = core::f64::consts::PI * x;
    if x.abs() < 1e-9 { 1.0 } else { libm::sin(x) / x }
}

/// Kaiser's window (1974), 1 in the middle, 0 beyond ±1, but for its constant factor.
fn kaiser(x: f64) -> f64 {
    let inside = 1.0 - x * x;
    if inside <= 0.0 { 0.0 } else { bessel(BETA * inside.sqrt()) }
}

/// The modified Bessel function of order zero, by its series.
fn bessel(x: f64) -> f64 {
    let (mut term, mut sum, mut k) = (1.0, 1.0, 1.0);
    while term > 1e-17 * sum {
        term *= (x / (2.0 * k)) * (x / (2.0 * k));
        sum += term;
        k += 1.0;
    }
    sum
}

widest! {
    fn product(a: &[f32], b: &[f32]) -> f32 {
        let (mut sums, (a, rest), (b, others)) = ([0f32; LANES], a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
        for (a, b) in a.iter().zip(b) {
            for i in 0..LANES {
                sums[i] += a[i] * b[i];
            }
        }
        for (i, (a, b)) in rest.iter().zip(others).enumerate() {
            sums[i] += a * b;
        }
        let mut half = LANES / 2;
        while half > 0 {
            for i in 0..half {
                sums[i] += sums[i + half];
            }
            half /= 2;
        }
        sums[0]
    }
}

widest! {
    fn straight(a: &[f32], b: &[f32], t: f32, into: &mut [f32]) {
        for ((into, a), b) in into.iter_mut().zip(a).zip(b) {
            *into = a + (b - a) * t;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;
    use world::vectors::Vectors;

    /// Two tones of one's own on left and right, as loud as they were, at their place, and nothing else beside them.
    #[test]
    fn tones_keep_their_pitch_place_and_loudness_at_any_rates() {
        let tone = |rate: u32| -> Vec<f32> {
            let turn = core::f64::consts::TAU / rate as f64;
            let frame =
                |n: usize| [0.5 * (1000.0 * turn * n as f64).sin(), 0.25 * (337.0 * turn * n as f64).cos()];
            (0..rate as usize).flat_map(frame).map(|v| v as f32).collect()
        };
        for (from, to) in [
            (44_100, 48_000),
            (48_000, 44_100),
            (96_000, 48_000),
            (22_050, 48_000),
            (8_000, 48_000),
            (47_999, 48_000),
            (192_000, 44_100),
            (11_025, 96_000),
            (768_000, 8_000),
        ] {
            let (heard, wanted) = (resampled(&tone(from), from, to), tone(to));
            assert_eq!(heard.len(), wanted.len(), "{from} to {to}");
            // The ends are cut off of a tone that goes on.
            let inner = 2 * (to as usize / 10)..wanted.len() - 2 * (to as usize / 10);
            let pairs = heard[inner.clone()].iter().zip(&wanted[inner]);
            let most = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(most < 2e-5, "{from} to {to}: off by {most}");
        }
    }

    /// What the new rate cannot hold is gone, not folded back.
    #[test]
    fn what_is_too_high_for_the_new_rate_is_silent() {
        let high: Vec<f32> = (0..96_000)
            .flat_map(|n| [(core::f64::consts::TAU * 26_000.0 * n as f64 / 96_000.0).sin() as f32; 2])
            .collect();
        let heard = resampled(&high, 96_000, 48_000);
        assert!(heard[4800..91_200].iter().all(|v| v.abs() < 3e-5));
    }

    #[test]
    fn blocks_and_vectors_of_any_size_give_the_same_bits() {
        let rng = Rng::new(4);
        let noise: Vec<f32> = (0..30_000).map(|i| rng.range(i, -1.0, 1.0)).collect();
        for (from, to) in [(44_100, 48_000), (47_999, 48_000), (96_000, 22_050)] {
            let whole = Vectors::Plain.run(|| resampled(&noise, from, to)).unwrap();
            for v in Vectors::available() {
                let mut at = 0;
                let (mut out, mut resampler) = (Vec::new(), Resampler::new(from, to, 2));
                v.run(|| {
                    while at < noise.len() {
                        let n = (2 * rng.below(at as u64, 900) as usize).min(noise.len() - at);
                        resampler.push(&noise[at..at + n], &mut out);
                        at += n.max(2);
                        if n == 0 {
                            resampler.push(&noise[at - 2..at], &mut out);
                        }
                    }
                    resampler.end(&mut out);
                })
                .unwrap();
                assert!(out == whole, "{from} to {to}, {v}");
            }
        }
    }

    #[test]
    fn nothing_is_nothing() {
        assert!(resampled(&[], 44_100, 48_000).is_empty());
        assert_eq!(resampled(&[0.5; 2], 48_000, 44_100).len(), 2);
    }
}
