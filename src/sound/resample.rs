//! Sample-rate conversion by windowed-sinc interpolation (Smith and Gossett 1984). The usual library chooses its
//! arithmetic by processor; here sums have one order, so that the signals a scene gets from a file have the same bits
//! on every machine.

use world::widest;

/// Zero crossings of the sinc on each side.
const ZEROS: f64 = 48.0;
/// Shape of the Kaiser window: aliasing is attenuated by 100 dB.
const BETA: f64 = 10.0;
/// Centre of the transition band, as a share of the narrower Nyquist band.
const PASS: f64 = 0.94;
/// Most polyphase kernels kept; between them coefficients are interpolated linearly.
const MOST: u64 = 1024;
/// Partial sums computed side by side.
const LANES: usize = 16;

/// Converts sound from one sample rate to another, in blocks of any size.
pub struct Resampler {
    /// Rates, divided by their greatest common divisor.
    from: u64,
    to: u64,
    /// Samples on each side of a position.
    reach: usize,
    /// One kernel of `2 · reach` coefficients for each fractional position.
    kernels: Vec<f32>,
    parts: u64,
    /// Samples of each channel still needed; the first has the index `first`, and those before 0 are silence.
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
        // One more than there are parts, to interpolate towards.
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

    /// Takes an interleaved block; appends the frames that are complete to `out`.
    pub fn push(&mut self, block: &[f32], out: &mut Vec<f32>) {
        let channels = self.waiting.len();
        for (c, waiting) in self.waiting.iter_mut().enumerate() {
            waiting.extend(block.chunks_exact(channels).map(|frame| frame[c]));
        }
        self.taken += (block.len() / channels) as u64;
        self.give(u64::MAX, out);
    }

    /// Appends the rest to `out`: in total, output and input have the same duration.
    pub fn end(mut self, out: &mut Vec<f32>) {
        let due = ((self.taken * self.to) as f64 / self.from as f64).round() as u64;
        self.waiting.iter_mut().for_each(|w| w.extend(vec![0.0; 2 * self.reach + 1]));
        self.give(due, out);
    }

    fn give(&mut self, most: u64, out: &mut Vec<f32>) {
        let (window, reach) = (2 * self.reach, self.reach as i64);
        while self.given < most {
            // Position of the next frame: whole samples, and the fraction.
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
                interpolate(
                    &pair[..window],
                    &pair[window..],
                    over as f32 / self.to as f32,
                    &mut self.between,
                );
                &self.between
            };
            out.extend(self.waiting.iter().map(|w| product(&w[at..at + window], kernel)));
            self.given += 1;
        }
        // Only samples that no later frame needs.
        let next = (self.given * self.from / self.to) as i64 - reach + 1;
        let done = ((next - self.first).max(0) as usize).min(self.waiting[0].len());
        if done > 4096 {
            self.waiting.iter_mut().for_each(|w| drop(w.drain(..done)));
            self.first += done as i64;
        }
    }
}

/// Interleaved stereo at another rate.
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

/// Coefficients for a position a fraction `part` (0..1) after the sample at `reach − 1`; they sum to one.
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

/// The Kaiser window (1974) up to a constant factor; 0 beyond ±1.
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
    fn interpolate(a: &[f32], b: &[f32], t: f32, into: &mut [f32]) {
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

    /// A different tone on each side: same level, same phase, and nothing else.
    #[test]
    fn tones_keep_their_pitch_phase_and_level_at_any_rates() {
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
            let (found, wanted) = (resampled(&tone(from), from, to), tone(to));
            assert_eq!(found.len(), wanted.len(), "{from} to {to}");
            // The ends are those of a tone that is cut off.
            let inner = 2 * (to as usize / 10)..wanted.len() - 2 * (to as usize / 10);
            let pairs = found[inner.clone()].iter().zip(&wanted[inner]);
            let most = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(most < 2e-5, "{from} to {to}: off by {most}");
        }
    }

    /// Frequencies above the new Nyquist frequency are removed, not aliased.
    #[test]
    fn frequencies_above_the_new_nyquist_frequency_are_removed() {
        let high: Vec<f32> = (0..96_000)
            .flat_map(|n| [(core::f64::consts::TAU * 26_000.0 * n as f64 / 96_000.0).sin() as f32; 2])
            .collect();
        let found = resampled(&high, 96_000, 48_000);
        assert!(found[4800..91_200].iter().all(|v| v.abs() < 3e-5));
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
    fn an_empty_sound_stays_empty() {
        assert!(resampled(&[], 44_100, 48_000).is_empty());
        assert_eq!(resampled(&[0.5; 2], 48_000, 44_100).len(), 2);
    }
}
