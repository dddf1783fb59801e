//! Chroma: the energy of the spectral peaks in each of the twelve pitch classes (Gómez 2006).

use super::bands::FLOOR;
use super::spectrum::Spectrum;

/// Frequency range of the peaks, Hz.
const RANGE: [f32; 2] = [200.0, 5000.0];
/// Smoothing: share of the old value kept at each update.
const SMOOTHING: f32 = 0.8;

/// Updates the classes, C first, from a spectrum; the strongest is 1, silence is 0.
pub fn update(spectrum: &Spectrum, rate: u32, rms: f32, classes: &mut [f32; 12]) {
    let m = spectrum.magnitudes();
    let hertz = rate as f32 / (2 * m.len()) as f32;
    let (from, to) = ((RANGE[0] / hertz) as usize, ((RANGE[1] / hertz) as usize).min(m.len() - 2));
    let mut now = [0.0f32; 12];
    let loudest = m[from..to].iter().fold(0.0f32, |a, b| a.max(*b));
    for i in from.max(1)..to {
        let [a, b, c] = [m[i - 1], m[i], m[i + 1]];
        if b <= a || b < c || b < 0.02 * loudest || b < FLOOR {
            continue;
        }
        // A parabola through the logarithms finds the peak of the main lobe of the Hann window.
        let [a, l, c] = [a, b, c].map(|v| libm::logf(v.max(1e-12)));
        let off = 0.5 * (a - c) / (a - 2.0 * l + c).min(-1e-9);
        let f = (i as f32 + off) * hertz;
        let semitones = 12.0 * libm::log2f(f / 261.625_58);
        now[(libm::roundf(semitones) as i32).rem_euclid(12) as usize] += b * b;
    }
    let most = now.iter().fold(0.0f32, |a, b| a.max(*b));
    for (c, n) in classes.iter_mut().zip(now) {
        let value = if rms < FLOOR || most <= 0.0 { 0.0 } else { libm::sqrtf(n / most) };
        *c = SMOOTHING * *c + (1.0 - SMOOTHING) * value;
        *c = if *c < 1e-4 { 0.0 } else { *c };
    }
}
