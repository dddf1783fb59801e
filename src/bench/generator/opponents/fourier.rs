//! Two-dimensional Fourier transform of a square plane, with arithmetic that does not depend on the processor: pictures
//! are made with it.

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftDirection, FftPlannerScalar};

/// Transforms every row, and swaps rows and columns.
fn pass(side: usize, fft: &dyn Fft<f64>, values: &mut Vec<Complex<f64>>) {
    fft.process(values);
    *values = (0..side * side).map(|i| values[i % side * side + i / side]).collect();
}

/// The transform of a plane of `side` rows and columns in either direction, unnormalised, zero frequency first.
pub fn transform(side: usize, direction: FftDirection, values: &mut Vec<Complex<f64>>) {
    if side == 0 {
        return;
    }
    let fft = FftPlannerScalar::new().plan_fft(side, direction);
    pass(side, &*fft, values);
    pass(side, &*fft, values);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_agrees_with_the_definition_and_can_be_undone() {
        let side = 6;
        let given: Vec<Complex<f64>> =
            (0..36).map(|i| Complex::new(((i * i) % 7) as f64, ((3 * i) % 5) as f64)).collect();
        let mut found = given.clone();
        transform(side, FftDirection::Forward, &mut found);
        for (k, f) in found.iter().enumerate() {
            let turn = |i: usize| {
                let t = (k % side * (i % side) + k / side * (i / side)) as f64 / side as f64;
                Complex::from_polar(1.0, -std::f64::consts::TAU * t)
            };
            let sum: Complex<f64> = given.iter().enumerate().map(|(i, v)| v * turn(i)).sum();
            assert!((sum - f).norm() < 1e-9);
        }
        transform(side, FftDirection::Inverse, &mut found);
        assert!(found.iter().zip(&given).all(|(f, g)| (f / 36.0 - g).norm() < 1e-12));
    }
}
