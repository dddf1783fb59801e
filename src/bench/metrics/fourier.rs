//! Two-dimensional discrete Fourier transform.

use rustfft::{FftPlannerScalar, num_complex::Complex};

/// Transforms a plane of `width` columns in place: row-major, zero frequency first, unnormalised.
pub fn transform(width: usize, values: &mut [Complex<f64>]) {
    let height = values.len() / width.max(1);
    let mut planner = FftPlannerScalar::new();
    planner.plan_fft_forward(width).process(values);
    let down = planner.plan_fft_forward(height);
    let mut column = vec![Complex::default(); height];
    for x in 0..width {
        column.iter_mut().zip(values[x..].iter().step_by(width)).for_each(|(c, v)| *c = *v);
        down.process(&mut column);
        values[x..].iter_mut().step_by(width).zip(&column).for_each(|(v, c)| *v = *c);
    }
}

/// Radial wavenumber of index `i` of a transformed plane of (width, height), in periods along the shorter side; an
/// integer on the axes of square planes.
pub fn wavenumber(i: usize, (width, height): (usize, usize)) -> f64 {
    let short = width.min(height);
    let periods = |i: usize, n: usize| (i.min(n - i) * short) as f64 / n as f64;
    (periods(i % width, width).powi(2) + periods(i / width, height).powi(2)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_agrees_with_the_definition() {
        let (w, h) = (6, 5);
        let given: Vec<Complex<f64>> =
            (0..w * h).map(|i| Complex::new(((i * i) % 7) as f64, ((3 * i) % 5) as f64)).collect();
        let mut found = given.clone();
        transform(w, &mut found);
        for (k, f) in found.iter().enumerate() {
            let turn = |i: usize| {
                let t = (k % w * (i % w)) as f64 / w as f64 + (k / w * (i / w)) as f64 / h as f64;
                Complex::from_polar(1.0, -std::f64::consts::TAU * t)
            };
            let sum: Complex<f64> = given.iter().enumerate().map(|(i, v)| v * turn(i)).sum();
            assert!((sum - f).norm() < 1e-9);
        }
    }

    #[test]
    fn wavenumbers_are_periods_along_the_shorter_side() {
        assert_eq!(wavenumber(0, (8, 4)), 0.0);
        // Two periods along eight cells are one along four.
        assert_eq!(wavenumber(2, (8, 4)), 1.0);
        assert_eq!((wavenumber(7, (8, 4)), wavenumber(8, (8, 4))), (0.5, 1.0));
        assert_eq!(wavenumber(3 * 8 + 1, (8, 8)), 10f64.sqrt());
    }
}
