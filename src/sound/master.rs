//! The master bus: reverb, volume, feedback suppression, and a look-ahead limiter, so that nothing clips.

use fundsp::prelude32::{AudioUnit, dcblock_hz, limiter_stereo, reverb_stereo};

use super::math::{SmoothedValue, keeping_denormals};

/// Reverb: room size, m; decay time to −60 dB, s; damping of high frequencies.
const ROOM: (f32, f32, f32) = (12.0, 2.4, 0.45);
/// Limiter: look-ahead and release, s.
const LIMITER: (f32, f32) = (0.005, 0.25);
/// Nothing is louder than this: 0.1 dB below full scale.
pub const CEILING: f32 = 0.988_553;
/// Added to the reverb input so that its tail never becomes denormal, which differs between processors…
const BIAS: f32 = 1e-18;
/// …and far below this (−240 dB), which counts as silence.
const SILENT: f32 = 1e-12;
/// Smoothing time of the volume, s.
const VOLUME: f32 = 0.03;

/// The master bus.
pub struct MasterBus {
    reverb: Box<dyn AudioUnit>,
    block: [fundsp::combinator::An<fundsp::filter::DCBlock<f32>>; 2],
    limiter: Box<dyn AudioUnit>,
    volume: SmoothedValue,
    bias: f32,
    clipped: u64,
}

impl MasterBus {
    /// At a sample rate, Hz; silent until the volume is set. All memory is allocated here.
    pub fn new(rate: f32) -> Self {
        let ready = |mut unit: Box<dyn AudioUnit>| {
            unit.set_sample_rate(rate as f64);
            unit.allocate();
            unit
        };
        let block = || {
            let mut block = dcblock_hz(12.0);
            block.set_sample_rate(rate as f64);
            block
        };
        let mut master = Self {
            reverb: ready(Box::new(reverb_stereo(ROOM.0, ROOM.1, ROOM.2))),
            block: [block(), block()],
            limiter: ready(Box::new(limiter_stereo(LIMITER.0, LIMITER.1))),
            volume: SmoothedValue::new(0.0, VOLUME, rate),
            bias: BIAS,
            clipped: 0,
        };
        // The limiter outputs nothing until its look-ahead is full, so it is filled here.
        for _ in 0..(2.0 * LIMITER.0 * rate) as usize {
            master.sample([0.0; 2], [0.0; 2]);
        }
        master
    }

    /// Sets the volume, feedback suppression included.
    pub fn volume(&mut self, volume: f32) {
        self.volume.to(volume);
    }

    /// Whether the volume has faded to silence.
    pub fn is_silent(&self) -> bool {
        self.volume.is_silent()
    }

    /// Samples above the ceiling after the limiter, which were clipped.
    pub fn clipped(&self) -> u64 {
        self.clipped
    }

    /// The next sample.
    #[inline]
    pub fn sample(&mut self, dry: [f32; 2], wet: [f32; 2]) -> [f32; 2] {
        let (mut reverb, mut out) = ([0.0f32; 2], [0.0f32; 2]);
        self.bias = -self.bias;
        // The reverb sets flush-to-zero on the processors where it can.
        keeping_denormals(|| self.reverb.tick(&[wet[0] + self.bias, wet[1] - self.bias], &mut reverb));
        let volume = self.volume.next();
        let mut sum = [0.0f32; 2];
        for c in 0..2 {
            sum[c] = self.block[c].tick(&[dry[c] + reverb[c]].into())[0] * volume;
        }
        self.limiter.tick(&sum, &mut out);
        for v in &mut out {
            if v.abs() < SILENT {
                *v = 0.0;
            }
            if v.abs() > CEILING {
                *v = v.clamp(-CEILING, CEILING);
                self.clipped += 1;
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::sine;

    #[test]
    fn the_loudest_input_is_limited_below_full_scale_without_clipping() {
        let mut m = MasterBus::new(48_000.0);
        m.volume(1.0);
        let mut peak = 0.0f32;
        for n in 0..48_000 {
            let loud = if (n / 6000) % 2 == 0 { 8.0 } else { 0.01 };
            let x = loud * sine(n as f32 * 0.0131);
            let out = m.sample([x, -x], [0.0; 2]);
            peak = out.iter().fold(peak, |p, v| p.max(v.abs()));
        }
        assert!(peak <= CEILING && peak > 0.7, "{peak}");
        assert!(m.clipped() < 48, "{} of 96000 samples were clipped", m.clipped());
    }

    /// No output is denormal, and the processor's denormal mode is unchanged afterwards.
    #[test]
    fn a_reverb_tail_has_no_denormals_and_keeps_the_mode_of_the_processor() {
        let half = || std::hint::black_box(f32::MIN_POSITIVE) * 0.5;
        let mut m = MasterBus::new(48_000.0);
        m.volume(1.0);
        let mut loud = false;
        for n in 0..60 * 48_000 {
            let x = if n < 4800 { 0.5 * sine(n as f32 * 0.0131) } else { 0.0 };
            let out = m.sample([x, -x], [x; 2]);
            loud |= n > 9600 && out[0].abs() > 1e-4;
            assert!(out.iter().all(|v| !v.is_subnormal()), "{out:?}");
            assert!(half().is_subnormal());
            if n > 59 * 48_000 {
                assert_eq!(out, [0.0; 2], "silence is silence");
            }
        }
        assert!(loud, "the reverb is audible");
    }

    #[test]
    fn a_soft_sound_passes_unchanged() {
        let mut m = MasterBus::new(48_000.0);
        m.volume(1.0);
        let out: Vec<f32> =
            (0..48_000).map(|n| m.sample([0.1 * sine(n as f32 / 48.0); 2], [0.0; 2])[0]).collect();
        let peak = out[24_000..].iter().fold(0.0f32, |p, v| p.max(v.abs()));
        assert!((peak - 0.1).abs() < 2e-3, "{peak}");
    }

    /// Noise of a spectrum and a level that leap: nothing a voice makes is worse.
    #[test]
    fn loud_noise_never_comes_out_above_the_ceiling() {
        for (rate, loud) in [(44_100.0, 1.5), (48_000.0, 4.0), (48_000.0, 100.0), (96_000.0, 8.0)] {
            let rng = world::rng::Rng::new(7);
            let mut m = MasterBus::new(rate);
            m.volume(1.0);
            let (mut peak, mut held) = (0.0f32, 0u64);
            for n in 0..rate as u64 {
                let level = if rng.unit(n / 2000) < 0.5 { loud } else { 0.01 };
                let noise =
                    |k: u64| level * (2.0 * rng.unit(1_000_000 + (n / (1 + n / 9000 % 5)) * 4 + k) - 1.0);
                let out = m.sample([noise(0), noise(1)], [noise(2), noise(3)]);
                assert!(out.iter().all(|v| v.abs() <= CEILING && v.is_finite()), "{out:?} at {n}");
                peak = out.iter().fold(peak, |p, v| p.max(v.abs()));
                held += out.iter().any(|v| v.abs() == CEILING) as u64;
            }
            assert!(peak > 0.5, "it is still loud: {peak}");
            assert!(m.clipped() >= held && m.clipped() < rate as u64 / 20, "{} of {rate}", m.clipped());
        }
    }

    /// Below the ceiling the sound is only delayed, to the last bits.
    #[test]
    fn a_sound_below_the_ceiling_is_only_delayed() {
        let (mut m, delay) = (MasterBus::new(48_000.0), (LIMITER.0 * 48_000.0) as usize);
        m.volume(1.0);
        let wave = |n: usize| 0.4 * sine(n as f32 * 0.021) + 0.2 * sine(n as f32 * 0.0575 + 0.3);
        let out: Vec<[f32; 2]> = (0..48_000).map(|n| m.sample([wave(n), -0.5 * wave(n)], [0.0; 2])).collect();
        let off = |late: usize| {
            let pairs = out.iter().enumerate().skip(24_000);
            pairs
                .map(|(n, o)| (o[0] - wave(n - late)).abs().max((o[1] + 0.5 * wave(n - late)).abs()))
                .fold(0.0, f32::max)
        };
        let (late, least) =
            (0..2 * delay).map(|late| (late, off(late))).min_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
        // The DC blocker shifts the phase of these tones by a few thousandths.
        assert!(least < 0.02 && late.abs_diff(delay) <= 2, "{least} off, {late} samples late");
        assert_eq!(m.clipped(), 0);
    }

    #[test]
    fn the_volume_fades_to_silence_and_back() {
        let mut m = MasterBus::new(48_000.0);
        assert!(m.is_silent(), "it starts silent");
        let peak = |m: &mut MasterBus, volume: f32| {
            m.volume(volume);
            let out = (0..48_000).map(|n| m.sample([0.5 * sine(n as f32 * 0.05); 2], [0.0; 2])[0]);
            out.skip(24_000).fold(0.0f32, |p, v| p.max(v.abs()))
        };
        assert!((peak(&mut m, 0.5) - 0.25).abs() < 0.01 && !m.is_silent());
        assert!(peak(&mut m, 0.0) < 1e-6 && m.is_silent());
        assert!((peak(&mut m, 1.0) - 0.5).abs() < 0.01);
    }
}
