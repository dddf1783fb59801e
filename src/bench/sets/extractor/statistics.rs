//! Raw statistics: what can be said of a picture's levels, spectrum, edges and colours without any model. Each number is
//! scaled to a range of about one, so that none rules a distance alone.

use rayon::prelude::*;

use crate::metrics::image::{Grey, radial_power};
use crate::metrics::{MetricError, SampleMatrix};
use crate::sets::image_set::ImageSet;

/// Smallest side of a picture: every band of the spectrum has a ring.
pub const LEAST: usize = 20;
/// Bins of the histogram of levels.
const BINS: usize = 8;
/// Bands of the spectrum, of equal width in logarithmic frequency.
const BANDS: usize = 6;
/// Distances of the autocorrelation, pixels.
const LAGS: [usize; 4] = [1, 2, 4, 8];
/// Numbers for each colour.
const OF_PLANE: usize = 4 + BINS + BANDS + 4 + 2 + 2 * LAGS.len();
/// Least power of a band that is told from none.
const DARK: f64 = 1e-6;
/// Least deviation that is told from none.
const FLAT: f64 = 1e-9;

/// Mean, standard deviation, skewness and excess kurtosis; the last two by asinh, as they have no bound.
fn moments(values: &[f64]) -> [f64; 4] {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let [second, third, fourth] = values.iter().fold([0.0; 3], |[a, b, c], v| {
        let d = v - mean;
        [a + d * d, b + d * d * d, c + d * d * d * d]
    });
    let deviation = (second / n).sqrt();
    if deviation < FLAT {
        return [mean, 0.0, 0.0, 0.0];
    }
    let square = deviation * deviation;
    let (skewness, kurtosis) = (third / n / (square * deviation), fourth / n / (square * square) - 3.0);
    [mean, deviation, libm::asinh(skewness) / 3.0, libm::asinh(kurtosis) / 5.0]
}

fn histogram(values: &[f64]) -> [f64; BINS] {
    let mut shares = [0.0; BINS];
    for v in values {
        shares[((v * BINS as f64) as usize).min(BINS - 1)] += 1.0 / values.len() as f64;
    }
    shares
}

/// Mean power of each band in decades; bands reach from one period a picture to half the pixels' frequency.
fn bands(values: &[f64], side: usize) -> Result<[f64; BANDS], MetricError> {
    let power = radial_power(&Grey::new(side, side, values.to_vec())?)?;
    let edge = |i: usize| libm::pow(power.len() as f64, i as f64 / BANDS as f64);
    let band = |i: usize| {
        let within = |k: &usize| (edge(i)..edge(i + 1)).contains(&(*k as f64));
        let rings: Vec<f64> = (1..power.len()).filter(within).map(|k| power[k]).collect();
        let mean = rings.iter().sum::<f64>() / rings.len().max(1) as f64;
        libm::log10(mean / (side * side) as f64 + DARK) / 6.0
    };
    Ok(std::array::from_fn(band))
}

/// Moments of the gradient's magnitude, by differences of neighbours.
fn gradient(values: &[f64], side: usize) -> [f64; 4] {
    let last = side - 1;
    let one = |i: usize| {
        let at = i / last * side + i % last;
        let (dx, dy) = (values[at + 1] - values[at], values[at + side] - values[at]);
        (dx * dx + dy * dy).sqrt()
    };
    moments(&(0..last * last).map(one).collect::<Vec<f64>>())
}

/// Mean and standard deviation of the Laplacian's magnitude.
fn laplacian(values: &[f64], side: usize) -> [f64; 2] {
    let inner = side - 2;
    let one = |i: usize| {
        let at = (i / inner + 1) * side + i % inner + 1;
        let around = values[at - 1] + values[at + 1] + values[at - side] + values[at + side];
        (around / 4.0 - values[at]).abs()
    };
    let [mean, deviation, ..] = moments(&(0..inner * inner).map(one).collect::<Vec<f64>>());
    [mean, deviation]
}

/// Correlation of two lists; `same` if either is constant.
fn correlation(a: &[f64], b: &[f64], same: f64) -> f64 {
    let ([ma, sa, ..], [mb, sb, ..]) = (moments(a), moments(b));
    if sa < FLAT || sb < FLAT {
        return same;
    }
    let sum: f64 = a.iter().zip(b).map(|(a, b)| (a - ma) * (b - mb)).sum();
    sum / a.len() as f64 / (sa * sb)
}

/// Correlation of the plane with itself moved across, then down.
fn autocorrelation(values: &[f64], side: usize) -> Vec<f64> {
    let moved = |lag: usize, down: bool| {
        let kept = side - lag;
        let (wide, step) = if down { (side, lag * side) } else { (kept, lag) };
        let rows = if down { kept } else { side };
        let places = (0..rows).flat_map(|y| (0..wide).map(move |x| y * side + x));
        let (a, b): (Vec<f64>, Vec<f64>) = places.map(|at| (values[at], values[at + step])).unzip();
        correlation(&a, &b, 1.0)
    };
    [false, true].into_iter().flat_map(|down| LAGS.map(|lag| moved(lag, down))).collect()
}

fn of_picture(picture: &[u8], channels: usize, side: usize) -> Result<Vec<f64>, MetricError> {
    let plane = |c: usize| picture.iter().skip(c).step_by(channels).map(|v| f64::from(*v) / 255.0).collect();
    let planes: Vec<Vec<f64>> = (0..channels).map(plane).collect();
    let mut all = Vec::new();
    for values in &planes {
        all.extend(moments(values));
        all.extend(histogram(values));
        all.extend(bands(values, side)?);
        all.extend(gradient(values, side));
        all.extend(laplacian(values, side));
        all.extend(autocorrelation(values, side));
    }
    for (i, a) in planes.iter().enumerate() {
        all.extend(planes[..i].iter().map(|b| correlation(a, b, 0.0)));
    }
    Ok(all)
}

/// Statistics of pictures, a row each: for each colour the moments and the histogram of its levels, its spectrum in
/// bands, the gradient's moments, the Laplacian's, and autocorrelations; then the correlations of the colours. 99
/// numbers in colour, 32 in grey.
///
/// # Errors
/// Pictures of less than [`LEAST`] pixels a side.
pub fn features(pictures: &ImageSet) -> Result<SampleMatrix, MetricError> {
    let (channels, side) = (pictures.channels, pictures.side);
    if side < LEAST {
        let why = format!("expected pictures of at least {LEAST} pixels a side, found {side}");
        return Err(MetricError::Unfit { metric: "raw statistics", why });
    }
    let one = |p: &Vec<u8>| of_picture(p, channels, side);
    let rows = pictures.pixels.par_iter().map(one).collect::<Result<Vec<_>, _>>()?;
    let columns = OF_PLANE * channels + channels * channels.saturating_sub(1) / 2;
    SampleMatrix::new(columns, rows.concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;

    const SIDE: usize = 32;

    fn row(channels: usize, value: impl Fn(usize, usize, usize) -> f64) -> Vec<f64> {
        let place = |i: usize| (i / channels % SIDE, i / channels / SIDE, i % channels);
        let level = |i: usize| {
            let (x, y, c) = place(i);
            (255.0 * value(x, y, c)).round() as u8
        };
        let pixels = vec![(0..SIDE * SIDE * channels).map(level).collect()];
        let pictures = ImageSet { channels, side: SIDE, pixels, classes: Vec::new(), labels: Vec::new() };
        let found = features(&pictures).unwrap();
        assert_eq!(found.columns(), if channels == 3 { 99 } else { 32 });
        found.row(0).to_vec()
    }

    #[test]
    fn a_plain_picture_has_levels_and_nothing_else() {
        let plain = row(3, |_, _, c| [0.2, 0.4, 1.0][c]);
        for (c, level) in [(0, 0.2), (1, 0.4), (2, 1.0)] {
            let own = &plain[c * OF_PLANE..(c + 1) * OF_PLANE];
            assert!((own[0] - level).abs() < 1e-9 && own[1..4] == [0.0; 3], "{own:?}");
            let bin = ((level * 8.0) as usize).min(7);
            assert!((own[4 + bin] - 1.0).abs() < 1e-9, "{own:?}");
            // Log₁₀ 10⁻⁶ is −6; neither edges nor anything that is not itself a step away.
            assert!(own[12..18].iter().all(|b| (b + 1.0).abs() < 1e-6), "{own:?}");
            assert!(own[18..24].iter().all(|v| v.abs() < 1e-9) && own[24..] == [1.0; 8], "{own:?}");
        }
        assert_eq!(plain[96..], [0.0; 3]);
    }

    #[test]
    fn a_wave_has_the_moments_the_band_and_the_correlations_of_a_wave() {
        let turn = |x: usize| std::f64::consts::TAU * 5.0 * x as f64 / SIDE as f64;
        let wave = row(1, |x, _, _| 0.5 + 0.4 * turn(x).sin());
        assert!((wave[0] - 0.5).abs() < 1e-2 && (wave[1] - 0.4 / 2f64.sqrt()).abs() < 1e-2, "{wave:?}");
        assert!(wave[2].abs() < 1e-2 && (wave[3] - libm::asinh(-1.5) / 5.0).abs() < 1e-2, "{wave:?}");
        // Sixteen rings in six bands: 16^(3/6) = 4, 16^(4/6) = 6.35.
        let strongest = (0..BANDS).max_by(|a, b| wave[12 + a].total_cmp(&wave[12 + b]));
        assert_eq!(strongest, Some(3), "{wave:?}");
        // Overlaps of whole periods are needed for the cosine exactly.
        assert!((wave[24] - turn(1).cos()).abs() < 0.05, "{wave:?}");
        assert!(wave[28..32].iter().all(|r| (r - 1.0).abs() < 1e-9), "down it is constant: {wave:?}");
    }

    #[test]
    fn colours_that_move_together_correlate() {
        let random = |x: usize, y: usize, c: u64| Rng::new(1).fork(c).unit64((y * SIDE + x) as u64);
        let own = row(3, |x, y, c| [random(x, y, 0), 1.0 - random(x, y, 0), random(x, y, 1)][c]);
        // Green with red, blue with red, blue with green.
        assert!(
            (own[96] + 1.0).abs() < 1e-3 && own[97].abs() < 0.15 && own[98].abs() < 0.15,
            "{:?}",
            &own[96..]
        );
        // Uniform noise: deviation 1/√12, kurtosis −6/5, no correlation of neighbours, a flat spectrum of power 1/12.
        assert!((own[1] - (1.0f64 / 12.0).sqrt()).abs() < 0.02 && own[24].abs() < 0.15);
        assert!(
            own[15..18].iter().all(|b| (b * 6.0 - (1.0f64 / 12.0).log10()).abs() < 0.25),
            "{:?}",
            &own[12..18]
        );
    }

    #[test]
    fn small_pictures_are_rejected() {
        let pictures =
            ImageSet { channels: 1, side: 8, pixels: vec![vec![0; 64]], classes: vec![], labels: vec![] };
        assert!(features(&pictures).unwrap_err().to_string().contains("at least 20 pixels a side, found 8"));
    }
}
