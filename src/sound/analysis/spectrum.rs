//! Magnitude spectrum of a window.

use std::sync::Arc;

use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlannerScalar};

/// Magnitude spectrum under a Hann window.
pub struct Spectrum {
    fft: Arc<dyn Fft<f32>>,
    window: Vec<f32>,
    data: Vec<Complex32>,
    scratch: Vec<Complex32>,
    power: Vec<f32>,
    magnitudes: Vec<f32>,
}

impl Spectrum {
    /// For windows of `size` samples. The scalar transform gives the same bits on every machine.
    pub fn new(size: usize) -> Self {
        let fft = FftPlannerScalar::new().plan_fft_forward(size);
        let scratch = vec![Complex32::default(); fft.get_inplace_scratch_len()];
        let turn = |i: usize| core::f64::consts::TAU * i as f64 / size as f64;
        let window = (0..size).map(|i| (0.5 - 0.5 * libm::cos(turn(i))) as f32).collect();
        let data = vec![Complex32::default(); size];
        let half = vec![0.0; size / 2];
        Self { fft, window, data, scratch, power: half.clone(), magnitudes: half }
    }

    /// Takes a window of each channel with its weight; the weighted power spectra are summed. A sine of amplitude 1 in
    /// a channel of weight 1 gives a peak of 1.
    pub fn update<'a>(&mut self, channels: impl Iterator<Item = (&'a [f32], f32)>) {
        self.power.fill(0.0);
        for (samples, weight) in channels {
            for ((to, s), w) in self.data.iter_mut().zip(samples).zip(&self.window) {
                *to = Complex32::new(s * w, 0.0);
            }
            self.fft.process_with_scratch(&mut self.data, &mut self.scratch);
            for (p, c) in self.power.iter_mut().zip(&self.data) {
                *p += weight * (c.re * c.re + c.im * c.im);
            }
        }
        let scale = 4.0 / self.window.len() as f32;
        for (m, p) in self.magnitudes.iter_mut().zip(&self.power) {
            *m = libm::sqrtf(*p) * scale;
        }
    }

    /// Amplitude of each bin, from 0 Hz to below the Nyquist frequency.
    pub fn magnitudes(&self) -> &[f32] {
        &self.magnitudes
    }
}

#[cfg(test)]
mod tests {
    /// The library computes its twiddle factors with the platform's sine, in double precision. All of them are so far
    /// from a rounding boundary of single precision that an error in the last digits changes none.
    #[test]
    fn no_twiddle_factor_depends_on_the_last_digits_of_a_sine() {
        for size in (1..=16).map(|e| 1usize << e) {
            let step = -2.0 * core::f64::consts::PI / size as f64;
            for value in (1..size).map(|k| step * k as f64).flat_map(|a| [libm::sin(a), libm::cos(a)]) {
                let bits = value.to_bits();
                let [below, above] = [bits - 4, bits + 4].map(|b| f64::from_bits(b) as f32);
                assert!(value == 0.0 || below.to_bits() == above.to_bits(), "{size}: {value:e}");
            }
        }
    }
}
