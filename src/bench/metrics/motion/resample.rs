//! Confidence intervals over worlds.
//!
//! The frames of a roll-out depend on one another; worlds do not. So worlds are resampled, each with all its frames, as
//! Kochkov et al. (2021) do for the time until a correlation is lost. There are few of them (4 to 32), where percentiles
//! of the bootstrap are too narrow; they are widened to what Student's t makes of so few samples (Hesterberg 2015).

use rayon::prelude::*;

use crate::metrics::interval::{DRAWS, Estimate, by_halves, quantile};
use crate::metrics::{MetricError, mean};
use world::proportion::NORMAL;
pub use world::proportion::wilson;
use world::rng::Rng;

/// 97.5 % quantile of Student's t distribution with so many degrees of freedom, at least 1, to at least five digits.
pub fn student(freedom: usize) -> f64 {
    const FEW: [f64; 10] = [
        12.706_205, 4.302_653, 3.182_446, 2.776_445, 2.570_582, 2.446_912, 2.364_624, 2.306_004, 2.262_157,
        2.228_139,
    ];
    if let Some(exact) = freedom.checked_sub(1).and_then(|i| FEW.get(i)) {
        return *exact;
    }
    // Abramowitz and Stegun (1964), 26.7.5.
    let (n, z) = (freedom as f64, NORMAL);
    let s = z * z;
    let terms = [
        (s + 1.0) / 4.0,
        ((5.0 * s + 16.0) * s + 3.0) / 96.0,
        (((3.0 * s + 19.0) * s + 17.0) * s - 15.0) / 384.0,
        ((((79.0 * s + 776.0) * s + 1482.0) * s - 1920.0) * s - 945.0) / 92_160.0,
    ];
    z * (1.0 + terms.iter().rev().fold(0.0, |sum, term| (sum + term) / n))
}

/// A statistic of worlds with its 95 % interval by the bootstrap (Efron 1979). `figure` takes indices of worlds: all of
/// them, then as many drawn with replacement; so truth and candidate stay paired by world.
///
/// Of the resamples only the spread is used, as statistics are biased on repeated worlds. With a single world, or if a
/// resample has no finite value, the interval is unbounded.
///
/// # Errors
/// Those of `figure`.
pub fn over_worlds(
    worlds: usize,
    rng: Rng,
    figure: impl Fn(&[usize]) -> Result<f64, MetricError> + Sync,
) -> Result<Estimate, MetricError> {
    let value = figure(&(0..worlds).collect::<Vec<_>>())?;
    if worlds < 2 {
        return Ok(Estimate::point(value));
    }
    let draw = |b: usize| {
        let r = rng.fork(b as u64);
        let picked: Vec<usize> = (0..worlds as u64).map(|i| r.below(i, worlds as u64) as usize).collect();
        figure(&picked)
    };
    let draws: Result<Vec<f64>, MetricError> = (0..DRAWS).into_par_iter().map(draw).collect();
    let mut draws = draws?;
    if draws.iter().any(|d| !d.is_finite()) {
        return Ok(Estimate::point(value));
    }
    draws.sort_by(f64::total_cmp);
    // The variance of n samples about their own mean is too small by (n − 1)/n.
    let n = worlds as f64;
    let (centre, by) = (mean(&draws), (n / (n - 1.0)).sqrt() * student(worlds - 1) / NORMAL);
    let [lo, hi] = [0.025, 0.975].map(|q| value + by * (quantile(&draws, q) - centre));
    // A few stray draws can move their mean beyond a quantile.
    Ok(Estimate { value, interval: [lo.min(value), hi.max(value)] })
}

/// The same by halves of the worlds without replacement ([`by_halves`]), for statistics that repeated samples distort.
///
/// # Errors
/// Those of `figure` on all worlds, or on a half.
pub fn over_halves(
    worlds: usize,
    draws: usize,
    rng: Rng,
    figure: impl Fn(&[usize]) -> Result<f64, MetricError> + Sync,
) -> Result<Estimate, MetricError> {
    if worlds < 2 {
        return figure(&(0..worlds).collect::<Vec<_>>()).map(Estimate::point);
    }
    let plain = by_halves([worlds, 0], draws, rng, |picked, _| figure(picked))?;
    let by = student(worlds - 1) / NORMAL;
    let interval = plain.interval.map(|end| plain.value + by * (end - plain.value));
    Ok(Estimate { value: plain.value, interval })
}

/// Mean over some worlds of a curve each, frame by frame; as long as the shortest.
pub fn mean_curve(curves: &[Vec<f64>], worlds: &[usize]) -> Vec<f64> {
    let picked: Vec<&[f64]> = worlds.iter().map(|w| &curves[*w][..]).collect();
    let length = picked.iter().map(|c| c.len()).min().unwrap_or(0);
    (0..length).map(|t| picked.iter().map(|c| c[t]).sum::<f64>() / picked.len() as f64).collect()
}

/// Mean over all worlds of a curve each, with its interval frame by frame.
pub fn mean_curve_with_interval(curves: &[Vec<f64>], rng: Rng) -> Vec<Estimate> {
    let length = curves.iter().map(Vec::len).min().unwrap_or(0);
    let at = |t: usize| {
        let figure = |w: &[usize]| Ok(w.iter().map(|w| curves[*w][t]).sum::<f64>() / w.len() as f64);
        // The figure has no errors.
        over_worlds(curves.len(), rng, figure).unwrap_or_else(|_| Estimate::point(f64::NAN))
    };
    (0..length).map(at).collect()
}

/// Quantiles over worlds of a curve each, frame by frame.
pub fn quantile_bands<const N: usize>(curves: &[Vec<f64>], levels: [f64; N]) -> Vec<[f64; N]> {
    let length = curves.iter().map(Vec::len).min().unwrap_or(0);
    let at = |t: usize| {
        let mut values: Vec<f64> = curves.iter().map(|c| c[t]).collect();
        values.sort_by(f64::total_cmp);
        levels.map(|q| quantile(&values, q))
    };
    (0..length).map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::normal;

    #[test]
    fn the_quantiles_of_student_leave_two_and_a_half_percent() {
        for freedom in (1..=40).chain([100, 1000]) {
            let n = freedom as f64;
            let log = libm::lgamma(0.5 * (n + 1.0)) - libm::lgamma(0.5 * n);
            let scale = libm::exp(log) / (n * std::f64::consts::PI).sqrt();
            let density = |t: f64| scale * libm::pow(1.0 + t * t / n, -0.5 * (n + 1.0));
            // Simpson's rule from 0.
            let (end, steps) = (student(freedom), 4000);
            let weight = |i: usize| if i == 0 || i == steps { 1.0 } else { 2.0 + 2.0 * (i % 2) as f64 };
            let sum: f64 = (0..=steps).map(|i| weight(i) * density(end * i as f64 / steps as f64)).sum();
            let area = sum * end / (3 * steps) as f64;
            assert!((area - 0.475).abs() < 2e-6, "{freedom}: {area}");
        }
    }

    /// In how many of 400 sets of so many worlds the interval of the mean contains the true one.
    fn hits(worlds: usize, of: impl Fn(&[f64], u64) -> Estimate) -> usize {
        let hit = |s: u64| {
            let estimate = of(normal(worlds, 1, s, 0.3).values(), s);
            estimate.interval[0] <= 0.3 && 0.3 <= estimate.interval[1]
        };
        (0..400).filter(|s| hit(*s)).count()
    }

    fn mean_of(values: &[f64], worlds: &[usize]) -> Result<f64, MetricError> {
        Ok(mean(&worlds.iter().map(|w| values[*w]).collect::<Vec<_>>()))
    }

    #[test]
    fn intervals_over_few_worlds_have_nominal_coverage() {
        for worlds in [4, 6, 12, 30] {
            let n = hits(worlds, |v, s| over_worlds(v.len(), Rng::new(s), |w| mean_of(v, w)).unwrap());
            assert!((364..=396).contains(&n), "{worlds} worlds: {n} of 400");
        }
        let n = hits(10, |v, s| over_halves(v.len(), 200, Rng::new(s), |w| mean_of(v, w)).unwrap());
        assert!((364..=396).contains(&n), "by halves: {n} of 400");
        // Unwidened percentiles are too narrow.
        let plain = hits(4, |v, s| crate::metrics::interval::of_mean("m", v, Rng::new(s)).unwrap());
        assert!(plain < 350, "{plain} of 400");
    }

    #[test]
    fn one_world_tells_nothing_of_the_spread() {
        for of in [over_worlds(1, Rng::new(1), |_| Ok(4.0)), over_halves(1, 9, Rng::new(1), |_| Ok(4.0))] {
            assert_eq!(of, Ok(Estimate::point(4.0)));
        }
        let wild = |w: &[usize]| Ok(if w == [0, 1, 2] { 1.0 } else { f64::INFINITY });
        assert_eq!(over_worlds(3, Rng::new(1), wild), Ok(Estimate::point(1.0)));
        let none = MetricError::Unfit { metric: "m", why: "no".into() };
        assert_eq!(over_worlds(3, Rng::new(1), |_| Err(none.clone())), Err(none.clone()));
    }

    #[test]
    fn curves_are_averaged_frame_by_frame() {
        let curves = [vec![1.0, 2.0, 9.0], vec![3.0, 6.0, 9.0], vec![5.0, 1.0]];
        assert_eq!(mean_curve(&curves, &[0, 1]), [2.0, 4.0, 9.0]);
        assert_eq!(mean_curve(&curves, &[0, 1, 2, 2]), [3.5, 2.5]);
        assert_eq!(quantile_bands(&curves, [0.0, 0.5, 1.0]), [[1.0, 3.0, 5.0], [1.0, 2.0, 6.0]]);
        let with = mean_curve_with_interval(&curves, Rng::new(1));
        assert_eq!(with.iter().map(|e| e.value).collect::<Vec<_>>(), [3.0, 3.0]);
        assert!(with.iter().all(|e| e.interval[0] < e.value && e.value < e.interval[1]));
        assert!(mean_curve(&[], &[]).is_empty());
    }
}
