//! Tempo and beat: autocorrelation of the onset curve of the last eight seconds, with a comb over four beats and a
//! prior around 120 beats a minute (after Scheirer 1998 and Ellis 2007), and a phase-locked beat without jumps.

use std::sync::Arc;

use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlannerScalar};

/// Window of the onset curve, s.
const SPAN: f32 = 8.0;
/// Shortest curve before a tempo is estimated, s.
const LEAST: f32 = 3.0;
/// Range of tempi, beats a minute.
const RANGE: [f32; 2] = [60.0, 200.0];
/// Penalty on a tempo for a beat between its beats.
const BETWEEN: f32 = 0.3;
/// Share of the phase error corrected by one estimate.
const PULL: f32 = 0.25;

/// The beat estimate.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Beat {
    /// Beats a minute; 0 while there is none.
    pub bpm: f32,
    /// Phase of the beat, 0..1.
    pub phase: f32,
    /// Periodicity of the curve, 0..1.
    pub confidence: f32,
}

/// Tracks the beat.
pub struct Beats {
    rate: f32,
    past: Vec<f32>,
    at: usize,
    seen: usize,
    every: usize,
    forward: Arc<dyn Fft<f32>>,
    back: Arc<dyn Fft<f32>>,
    data: Vec<Complex32>,
    scratch: Vec<Complex32>,
    curve: Vec<f32>,
    correlation: Vec<f32>,
    beat: Beat,
}

impl Beats {
    /// For `rate` hops a second.
    pub fn new(rate: f32) -> Self {
        let span = (SPAN * rate) as usize;
        let size = (2 * span).next_power_of_two();
        let mut planner = FftPlannerScalar::new();
        let (forward, back) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
        let scratch = forward.get_inplace_scratch_len().max(back.get_inplace_scratch_len());
        Self {
            rate,
            past: vec![0.0; span],
            at: 0,
            seen: 0,
            every: (rate / 4.0) as usize,
            forward,
            back,
            data: vec![Complex32::default(); size],
            scratch: vec![Complex32::default(); scratch],
            curve: vec![0.0; span],
            correlation: vec![0.0; span],
            beat: Beat::default(),
        }
    }

    /// Takes the next point of the onset curve; `delay` is its age in hops.
    pub fn update(&mut self, flux: f32, delay: f32) {
        self.past[self.at] = flux;
        self.at = (self.at + 1) % self.past.len();
        self.seen += 1;
        if self.beat.bpm > 0.0 {
            self.beat.phase = fract(self.beat.phase + self.beat.bpm / 60.0 / self.rate);
        }
        if self.seen.is_multiple_of(self.every) && self.seen as f32 > LEAST * self.rate {
            self.estimate(delay);
        }
    }

    /// The current beat.
    pub fn beat(&self) -> Beat {
        self.beat
    }

    fn estimate(&mut self, delay: f32) {
        self.prepare();
        self.autocorrelate();
        let Some((lag, confidence)) = self.tempo() else {
            self.beat = Beat { confidence: 0.0, ..self.beat };
            if self.curve.iter().all(|v| v.abs() < 1e-6) {
                self.beat.bpm = 0.0;
            }
            return;
        };
        let bpm = 60.0 * self.rate / lag;
        let measured = fract((self.newest_beat(lag) + delay) / lag);
        let first = self.beat.bpm == 0.0;
        let off = fract(measured - self.beat.phase + 0.5) - 0.5;
        let phase = if first { measured } else { fract(self.beat.phase + PULL * off) };
        self.beat = Beat { bpm, phase, confidence };
    }

    /// Unrolls the curve from the oldest to the newest point, smooths it and removes its mean.
    fn prepare(&mut self) {
        let n = self.past.len();
        let value = |i: usize| self.past[(self.at + i) % n].min(4.0);
        for i in 0..n {
            let (a, b) = (value(i.saturating_sub(1)), value((i + 1).min(n - 1)));
            self.curve[i] = 0.25 * a + 0.5 * value(i) + 0.25 * b;
        }
        let known = self.seen.min(n);
        let mean = self.curve[n - known..].iter().sum::<f32>() / known as f32;
        self.curve[..n - known].fill(0.0);
        self.curve[n - known..].iter_mut().for_each(|v| *v -= mean);
    }

    /// Unbiased autocorrelation, 1 at lag 0.
    fn autocorrelate(&mut self) {
        let n = self.curve.len();
        self.data.fill(Complex32::default());
        self.data.iter_mut().zip(&self.curve).for_each(|(d, c)| d.re = *c);
        self.forward.process_with_scratch(&mut self.data, &mut self.scratch);
        self.data.iter_mut().for_each(|d| *d = Complex32::new(d.re * d.re + d.im * d.im, 0.0));
        self.back.process_with_scratch(&mut self.data, &mut self.scratch);
        let known = self.seen.min(n) as f32;
        let whole = self.data[0].re.max(1e-9) / known;
        for (lag, a) in self.correlation.iter_mut().enumerate() {
            let products = known - lag as f32;
            *a = if products > 0.2 * known { self.data[lag].re / (products * whole) } else { 0.0 };
        }
    }

    fn at_lag(&self, lag: f32) -> f32 {
        let i = lag as usize;
        if i + 1 >= self.correlation.len() {
            return 0.0;
        }
        let t = lag - i as f32;
        self.correlation[i] * (1.0 - t) + self.correlation[i + 1] * t
    }

    /// The maximum within a few hops.
    fn near(&self, lag: f32, reach: f32) -> f32 {
        (-2..=2).map(|d| self.at_lag((lag + d as f32 * 0.5 * reach).max(0.0))).fold(f32::MIN, f32::max)
    }

    /// Beat period in hops, and periodicity.
    fn tempo(&self) -> Option<(f32, f32)> {
        let (from, to) = (60.0 * self.rate / RANGE[1], 60.0 * self.rate / RANGE[0]);
        let steps = (2.0 * (to - from)) as usize;
        let mut best: Option<(f32, f32)> = None;
        for s in 0..=steps {
            let lag = from + 0.5 * s as f32;
            let octaves = libm::log2f(60.0 * self.rate / lag / 120.0);
            let prior = libm::expf(-0.5 * octaves * octaves);
            let comb: f32 = (1..=4).map(|m| self.near(m as f32 * lag, 1.0 + 0.5 * m as f32)).sum();
            let score = prior * (0.25 * comb - BETWEEN * self.near(0.5 * lag, 1.0).max(0.0));
            if best.is_none_or(|b| score > b.1) {
                best = Some((lag, score));
            }
        }
        let (lag, _) = best.filter(|b| b.1 > 0.08)?;
        Some((self.refined(lag), self.near(lag, 1.0).clamp(0.0, 1.0)))
    }

    /// Refines the period by a parabola at four beats (or as many as fit), where an error matters least.
    fn refined(&self, lag: f32) -> f32 {
        let mut lag = lag;
        for m in [1.0f32, 2.0, 4.0] {
            let centre = (m * lag) as usize;
            let reach = 3 + m as usize;
            if centre + reach + 1 >= self.correlation.len() || centre <= reach {
                break;
            }
            let top = (centre - reach..=centre + reach)
                .max_by(|&a, &b| self.correlation[a].total_cmp(&self.correlation[b]));
            let Some(top) = top else { break };
            let [a, b, c] = [self.correlation[top - 1], self.correlation[top], self.correlation[top + 1]];
            let curve = a - 2.0 * b + c;
            let off = if curve < -1e-9 { (0.5 * (a - c) / curve).clamp(-1.0, 1.0) } else { 0.0 };
            lag = (top as f32 + off) / m;
        }
        lag
    }

    /// Hops since the newest beat: where a pulse train correlates best with the curve.
    fn newest_beat(&self, lag: f32) -> f32 {
        let n = self.curve.len();
        let pulses = |age: f32| {
            let mut sum = 0.0;
            for k in 0..8 {
                let back = age + k as f32 * lag;
                let i = n as f32 - 1.0 - back;
                if i < 1.0 {
                    break;
                }
                let (at, t) = (i as usize, fract(i));
                let later = self.curve[(at + 1).min(n - 1)];
                sum += (self.curve[at] * (1.0 - t) + later * t) * libm::powf(0.9, k as f32);
            }
            sum
        };
        let steps = (2.0 * lag) as usize;
        let ages = (0..steps).map(|s| 0.5 * s as f32);
        ages.map(|a| (a, pulses(a))).fold((0.0, f32::MIN), |b, x| if x.1 > b.1 { x } else { b }).0
    }
}

fn fract(v: f32) -> f32 {
    v - libm::floorf(v)
}
