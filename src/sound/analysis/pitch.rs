//! Pitch by the normalised square difference function (McLeod and Wyvill 2005), of all channels together.

use std::sync::Arc;

use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlannerScalar};

/// Threshold for the first peak, as a share of the highest.
const KEY: f32 = 0.9;
/// Clarity above which a pitch is accepted.
const CLEAR: f32 = 0.8;
/// Level below which no pitch is detected (−60 dB).
const LOUD: f32 = 1e-3;

/// Detects the pitch of a window.
pub struct Pitch {
    rate: f32,
    window: usize,
    forward: Arc<dyn Fft<f32>>,
    back: Arc<dyn Fft<f32>>,
    data: Vec<Complex32>,
    scratch: Vec<Complex32>,
    power: Vec<f32>,
    nsdf: Vec<f32>,
    hertz: f32,
    clarity: f32,
}

impl Pitch {
    /// For windows of a size at a sample rate, Hz; periods of up to half a window are detected.
    pub fn new(rate: u32, window: usize) -> Self {
        let mut planner = FftPlannerScalar::new();
        let size = 2 * window;
        let (forward, back) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
        let scratch = forward.get_inplace_scratch_len().max(back.get_inplace_scratch_len());
        Self {
            rate: rate as f32,
            window,
            forward,
            back,
            data: vec![Complex32::default(); size],
            scratch: vec![Complex32::default(); scratch],
            power: vec![0.0; size],
            nsdf: vec![0.0; window / 2],
            hertz: 0.0,
            clarity: 0.0,
        }
    }

    /// Takes a window of each channel with its weight.
    pub fn update<'a>(&mut self, channels: impl Iterator<Item = (&'a [f32], f32)>, rms: f32) {
        if rms < LOUD {
            self.clarity = 0.0;
            return;
        }
        self.correlate(channels);
        match self.peak() {
            Some((lag, clarity)) => {
                self.clarity = clarity.clamp(0.0, 1.0);
                if clarity > CLEAR {
                    self.hertz = self.rate / self.refined(lag);
                }
            }
            None => self.clarity = 0.0,
        }
    }

    /// The last clear pitch, Hz.
    pub fn hertz(&self) -> f32 {
        self.hertz
    }
    /// Clarity, 0..1.
    pub fn clarity(&self) -> f32 {
        self.clarity
    }

    fn correlate<'a>(&mut self, channels: impl Iterator<Item = (&'a [f32], f32)>) {
        self.nsdf.fill(0.0);
        self.power.fill(0.0);
        for (samples, weight) in channels {
            let mean = samples.iter().sum::<f32>() / self.window as f32;
            self.data.fill(Complex32::default());
            self.data.iter_mut().zip(samples).for_each(|(d, s)| d.re = s - mean);
            let square = |d: &Complex32| (d.re * d.re) as f64;
            let mut both: f64 = 2.0 * self.data[..self.window].iter().map(square).sum::<f64>();
            // m(τ) loses a term at each end with every step; computed before the transform, which overwrites the
            // samples.
            for lag in 0..self.nsdf.len() {
                self.nsdf[lag] += weight * both as f32;
                both -= square(&self.data[lag]) + square(&self.data[self.window - 1 - lag]);
            }
            self.forward.process_with_scratch(&mut self.data, &mut self.scratch);
            for (p, d) in self.power.iter_mut().zip(&self.data) {
                *p += weight * (d.re * d.re + d.im * d.im);
            }
        }
        self.data.iter_mut().zip(&self.power).for_each(|(d, p)| *d = Complex32::new(*p, 0.0));
        self.back.process_with_scratch(&mut self.data, &mut self.scratch);
        let scale = 2.0 / self.data.len() as f32;
        for (n, d) in self.nsdf.iter_mut().zip(&self.data) {
            *n = d.re * scale / n.max(1e-9);
        }
    }

    /// The first key maximum between zero crossings: (lag, height).
    fn peak(&self) -> Option<(usize, f32)> {
        let high = self.peaks().map(|p| p.1).fold(0.0f32, f32::max);
        self.peaks().find(|p| p.1 >= KEY * high && p.1 > 0.0)
    }

    fn peaks(&self) -> impl Iterator<Item = (usize, f32)> + '_ {
        let n = self.nsdf.len();
        let mut i = self.nsdf.iter().position(|v| *v <= 0.0).unwrap_or(n);
        std::iter::from_fn(move || {
            while i < n && self.nsdf[i] <= 0.0 {
                i += 1;
            }
            let from = i;
            while i < n && self.nsdf[i] > 0.0 {
                i += 1;
            }
            // A lobe that the window cuts off has no maximum, unless it already falls again.
            let part = &self.nsdf[from..i];
            let top = part.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
            (from + top.0 + 1 < n).then_some((from + top.0, *top.1))
        })
    }

    /// Refines the period at the largest multiple that fits: the error is smaller by that factor.
    fn refined(&self, lag: usize) -> f32 {
        let mut period = self.top(lag as f32).unwrap_or(lag as f32);
        let mut times = 2.0;
        while times * period + 2.0 < self.nsdf.len() as f32 {
            if let Some(top) = self.top(times * period) {
                period = top / times;
            }
            times *= 2.0;
        }
        period
    }

    fn top(&self, near: f32) -> Option<f32> {
        let centre = near as usize;
        let reach = 2 + (0.02 * near) as usize;
        if centre < reach + 1 || centre + reach + 1 >= self.nsdf.len() {
            return None;
        }
        let top = (centre - reach..=centre + reach).max_by(|&a, &b| self.nsdf[a].total_cmp(&self.nsdf[b]))?;
        let [a, b, c] = [self.nsdf[top - 1], self.nsdf[top], self.nsdf[top + 1]];
        let curve = a - 2.0 * b + c;
        (curve < -1e-9).then(|| top as f32 + (0.5 * (a - c) / curve).clamp(-1.0, 1.0))
    }
}
