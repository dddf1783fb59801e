//! Converts blocks of any sample rate to one: the output device may change in the middle of a recording, and files have
//! rates of their own.

use crate::resample::Resampler;

/// Converts blocks to a sample rate.
pub struct RateAdapter {
    rate: u32,
    channels: usize,
    /// The resampler in use, and the rate that it converts from.
    resampling: Option<(u32, Resampler)>,
}

impl RateAdapter {
    /// Stereo, to a sample rate in Hz.
    pub fn new(rate: u32) -> Self {
        Self::of(rate, 2)
    }

    /// With a number of channels, to a sample rate in Hz.
    pub fn of(rate: u32, channels: usize) -> Self {
        Self { rate, channels, resampling: None }
    }

    /// Converts a block of the rate `from`; appends the frames that are complete to `out`.
    pub fn push(&mut self, block: &[f32], from: u32, out: &mut Vec<f32>) {
        if self.resampling.as_ref().is_some_and(|b| b.0 != from) {
            self.flush(out);
        }
        if from == self.rate {
            return out.extend(block);
        }
        let resampling =
            self.resampling.get_or_insert_with(|| (from, Resampler::new(from, self.rate, self.channels)));
        resampling.1.push(block, out);
    }

    /// Appends the rest.
    pub fn flush(&mut self, out: &mut Vec<f32>) {
        if let Some((_, resampler)) = self.resampling.take() {
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

    /// The sine in a sound: its delay against [`tone`], in samples, and the greatest residual.
    fn sine_in(left: &[f64], rate: u32) -> (f64, f64) {
        let turn = 1000.0 * std::f64::consts::TAU / rate as f64;
        // Over whole periods sine and cosine are orthogonal.
        let whole = 10 * rate as usize / 1000;
        let inner = || (rate as usize / 10..).take(whole * 70);
        let part = |f: fn(f64) -> f64| {
            inner().map(|i| left[i] * f(i as f64 * turn)).sum::<f64>() * 2.0 / (whole * 70) as f64
        };
        let (sine, cosine) = (part(f64::sin), part(f64::cos));
        let residual = |i: usize| left[i] - sine * (i as f64 * turn).sin() - cosine * (i as f64 * turn).cos();
        (-cosine.atan2(sine) / turn, inner().map(|i| residual(i).abs()).fold(0.0, f64::max))
    }

    /// The tone keeps its pitch, its phase (to half a sample, the delay of a filter of even length) and its length,
    /// whatever the rates and block sizes.
    #[test]
    fn a_tone_keeps_its_pitch_phase_and_length() {
        for (from, to) in [(44_100, 48_000), (48_000, 44_100), (96_000, 48_000), (22_050, 48_000)] {
            for cut in [2, 96, 4096, 1 << 20] {
                let (mut adapter, mut out) = (RateAdapter::new(to), Vec::new());
                tone(1.0, from).chunks(cut).for_each(|b| adapter.push(b, from, &mut out));
                adapter.flush(&mut out);
                assert_eq!(out.len(), tone(1.0, to).len(), "{from} to {to} in {cut}");
                let left: Vec<f64> = out.iter().step_by(2).map(|v| *v as f64).collect();
                let (delay, residual) = sine_in(&left, to);
                let half = 0.51 * (to as f64 / from as f64).max(1.0);
                assert!(
                    delay.abs() < half && residual < 1e-3,
                    "{from} to {to} in {cut}: {delay}, {residual}"
                );
            }
        }
    }

    #[test]
    fn changing_rates_loses_no_frame() {
        let (mut adapter, mut out) = (RateAdapter::new(48_000), Vec::new());
        for rate in [48_000, 44_100, 96_000, 48_000, 44_100] {
            adapter.push(&tone(0.5, rate), rate, &mut out);
        }
        adapter.flush(&mut out);
        assert_eq!(out.len(), 2 * 5 * 24_000);
    }
}
