//! Blocks of sound of any sample rate, brought to one: a device that plays may become another in the midst of a recording,
//! and a file has the rate it has.

use crate::resample::Resampler;

/// Brings blocks to a sample rate.
pub struct RateAdapter {
    rate: u32,
    channels: usize,
    /// Sound of another rate on its way, and that rate.
    bent: Option<(u32, Resampler)>,
}

impl RateAdapter {
    /// Stereo to a sample rate, in Hz.
    pub fn new(rate: u32) -> Self {
        Self::of(rate, 2)
    }

    /// So many channels to a sample rate.
    pub fn of(rate: u32, channels: usize) -> Self {
        Self { rate, channels, bent: None }
    }

    /// Adds to `out` what can be given of a block of the rate `from`.
    pub fn bring(&mut self, block: &[f32], from: u32, out: &mut Vec<f32>) {
        if self.bent.as_ref().is_some_and(|b| b.0 != from) {
            self.end(out);
        }
        if from == self.rate {
            return out.extend(block);
        }
        let bent = self.bent.get_or_insert_with(|| (from, Resampler::new(from, self.rate, self.channels)));
        bent.1.push(block, out);
    }

    /// Adds what is still on its way.
    pub fn end(&mut self, out: &mut Vec<f32>) {
        if let Some((_, resampler)) = self.bent.take() {
            resampler.end(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(seconds: f64, rate: u32) -> Vec<f32> {
        let turn = 1000.0 * std::f64::consts::TAU / rate as f64;
        let frames = (seconds * rate as f64).round() as usize;
        (0..frames).flat_map(|i| [0.5 * (i as f64 * turn).sin() as f32; 2]).collect()
    }

    /// The sine that lies in a sound: how much later it is than [`tone`], in samples, and the most that is beside it.
    fn sine_in(left: &[f64], rate: u32) -> (f64, f64) {
        let turn = 1000.0 * std::f64::consts::TAU / rate as f64;
        // Over whole periods sine and cosine are orthogonal.
        let whole = 10 * rate as usize / 1000;
        let inner = || (rate as usize / 10..).take(whole * 70);
        let part = |f: fn(f64) -> f64| {
            inner().map(|i| left[i] * f(i as f64 * turn)).sum::<f64>() * 2.0 / (whole * 70) as f64
        };
        let (sine, cosine) = (part(f64::sin), part(f64::cos));
        let beside = |i: usize| left[i] - sine * (i as f64 * turn).sin() - cosine * (i as f64 * turn).cos();
        (-cosine.atan2(sine) / turn, inner().map(|i| beside(i).abs()).fold(0.0, f64::max))
    }

    /// The tone keeps its pitch, its place (to half a sample, which is what the filter of even length has) and its
    /// length, whatever rates it comes in and however it is cut.
    #[test]
    fn a_tone_is_the_same_after_it() {
        for (from, to) in [(44_100, 48_000), (48_000, 44_100), (96_000, 48_000), (22_050, 48_000)] {
            for cut in [2, 96, 4096, 1 << 20] {
                let (mut bridge, mut out) = (RateAdapter::new(to), Vec::new());
                tone(1.0, from).chunks(cut).for_each(|b| bridge.bring(b, from, &mut out));
                bridge.end(&mut out);
                assert_eq!(out.len(), tone(1.0, to).len(), "{from} to {to} in {cut}");
                let left: Vec<f64> = out.iter().step_by(2).map(|v| *v as f64).collect();
                let (late, beside) = sine_in(&left, to);
                let half = 0.51 * (to as f64 / from as f64).max(1.0);
                assert!(late.abs() < half && beside < 1e-3, "{from} to {to} in {cut}: {late}, {beside}");
            }
        }
    }

    #[test]
    fn rates_follow_one_another_without_a_frame_lost() {
        let (mut bridge, mut out) = (RateAdapter::new(48_000), Vec::new());
        for rate in [48_000, 44_100, 96_000, 48_000, 44_100] {
            bridge.bring(&tone(0.5, rate), rate, &mut out);
        }
        bridge.end(&mut out);
        assert_eq!(out.len(), 2 * 5 * 24_000);
    }
}
