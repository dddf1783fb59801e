//! Random features: fixed random convolutions at three scales, untrained. Random filters tell textures apart nearly as
//! well as trained ones (Ustyuzhaninov et al. 2016), and know no classes that they could mistake for others.

use rayon::prelude::*;

use crate::metrics::{MetricError, SampleMatrix};
use crate::sets::image_set::ImageSet;
use world::rng::Rng;
use world::widest;

/// Filters of each scale.
const FILTERS: usize = 64;
/// Rows and columns of a filter.
const TAPS: usize = 5;
/// Scales: each halves the picture.
const SCALES: usize = 3;
/// Smallest side of a picture: the last scale has room for one filter.
pub const LEAST: usize = TAPS << (SCALES - 1);

/// Filters of one scale, `[filter][channel][row][column]`, each of length one. Every other filter sums to zero in every
/// channel, and so sees structure only.
fn filters(scale: usize, channels: usize) -> Vec<Vec<f32>> {
    let one = |f: usize| {
        let rng = Rng::new(0).named("random eye").fork(scale as u64).fork(f as u64);
        let mut weights: Vec<f32> = (0..channels * TAPS * TAPS).map(|i| rng.normal(i as u64)).collect();
        if f.is_multiple_of(2) {
            for plane in weights.chunks_exact_mut(TAPS * TAPS) {
                let mean = plane.iter().sum::<f32>() / plane.len() as f32;
                plane.iter_mut().for_each(|w| *w -= mean);
            }
        }
        let length = weights.iter().map(|w| w * w).sum::<f32>().sqrt();
        weights.iter_mut().for_each(|w| *w /= length);
        weights
    };
    (0..FILTERS).map(one).collect()
}

widest! {
    /// Responses of one filter wherever it lies within the picture: planes of `side`² values in, (`side` − 4)² out.
    fn respond(planes: &[f32], side: usize, weights: &[f32], out: &mut [f32]) {
        let wide = side + 1 - TAPS;
        out.fill(0.0);
        for (y, row) in out.chunks_exact_mut(wide).enumerate() {
            for (k, taps) in weights.chunks_exact(TAPS).enumerate() {
                let (channel, down) = (k / TAPS, k % TAPS);
                let from = &planes[(channel * side + y + down) * side..][..side];
                for (across, w) in taps.iter().enumerate() {
                    for (o, v) in row.iter_mut().zip(&from[across..across + wide]) {
                        *o += w * v;
                    }
                }
            }
        }
    }
}

/// Planes at half the side, by means of four pixels.
fn halved(planes: &[f32], side: usize) -> Vec<f32> {
    let half = side / 2;
    let one = |plane: &[f32]| -> Vec<f32> {
        let mean = |i: usize| {
            let at = i / half * 2 * side + i % half * 2;
            0.25 * (plane[at] + plane[at + 1] + plane[at + side] + plane[at + side + 1])
        };
        (0..half * half).map(mean).collect()
    };
    planes.chunks_exact(side * side).flat_map(one).collect()
}

/// Mean and standard deviation of absolute values.
fn mean_and_deviation(values: &[f32]) -> [f64; 2] {
    let [sum, squares] = values.iter().fold([0.0f64; 2], |[s, q], v| {
        let v = f64::from(v.abs());
        [s + v, q + v * v]
    });
    let n = values.len() as f64;
    let mean = sum / n;
    [mean, (squares / n - mean * mean).max(0.0).sqrt()]
}

fn of_picture(picture: &[u8], channels: usize, side: usize, filters: &[Vec<Vec<f32>>]) -> Vec<f64> {
    let plane = |c: usize| picture.iter().skip(c).step_by(channels).map(|v| f32::from(*v) / 255.0);
    let mut planes: Vec<f32> = (0..channels).flat_map(plane).collect();
    let (mut side, mut features) = (side, Vec::with_capacity(SCALES * FILTERS * 2));
    for (scale, filters) in filters.iter().enumerate() {
        if scale > 0 {
            planes = halved(&planes, side);
            side /= 2;
        }
        let mut out = vec![0.0; (side + 1 - TAPS) * (side + 1 - TAPS)];
        for weights in filters {
            respond(&planes, side, weights, &mut out);
            features.extend(mean_and_deviation(&out));
        }
    }
    features
}

/// Features of pictures, a row each: for each scale and filter the mean and the standard deviation of the absolute
/// responses over the picture, 384 numbers.
///
/// # Errors
/// Pictures of less than [`LEAST`] pixels a side.
pub fn features(pictures: &ImageSet) -> Result<SampleMatrix, MetricError> {
    let (channels, side) = (pictures.channels, pictures.side);
    if side < LEAST {
        let why = format!("expected pictures of at least {LEAST} pixels a side, found {side}");
        return Err(MetricError::Unfit { metric: "random features", why });
    }
    let filters: Vec<Vec<Vec<f32>>> = (0..SCALES).map(|s| filters(s, channels)).collect();
    let rows: Vec<Vec<f64>> =
        pictures.pixels.par_iter().map(|p| of_picture(p, channels, side, &filters)).collect();
    SampleMatrix::new(SCALES * FILTERS * 2, rows.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(n: usize, side: usize, channels: usize) -> ImageSet {
        let picture = |i: usize| {
            let rng = Rng::new(3).fork(i as u64);
            (0..side * side * channels).map(|k| (rng.bits(k as u64) >> 56) as u8).collect()
        };
        let pixels = (0..n).map(picture).collect();
        ImageSet { channels, side, pixels, classes: Vec::new(), labels: Vec::new() }
    }

    #[test]
    fn features_are_those_of_the_definition() {
        for (side, channels) in [(28, 1), (33, 3)] {
            let pictures = noise(2, side, channels);
            let found = features(&pictures).unwrap();
            assert_eq!((found.rows(), found.columns()), (2, 384));
            // The first scale by direct sums in double precision.
            let filters = filters(0, channels);
            let value = |c: usize, y: usize, x: usize| {
                f64::from(pictures.pixels[1][(y * side + x) * channels + c]) / 255.0
            };
            for (f, weights) in filters.iter().enumerate().step_by(13) {
                let response = |y: usize, x: usize| {
                    let taps = weights.iter().enumerate();
                    let sum: f64 =
                        taps.map(|(i, w)| f64::from(*w) * value(i / 25, y + i / 5 % 5, x + i % 5)).sum();
                    sum.abs()
                };
                let all: Vec<f64> = (0..side - 4)
                    .flat_map(|y| (0..side - 4).map(move |x| (y, x)))
                    .map(|(y, x)| response(y, x))
                    .collect();
                let mean = all.iter().sum::<f64>() / all.len() as f64;
                let variance = all.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / all.len() as f64;
                assert!((found.row(1)[2 * f] - mean).abs() < 1e-5, "filter {f}");
                assert!((found.row(1)[2 * f + 1] - variance.sqrt()).abs() < 1e-4, "filter {f}");
            }
        }
    }

    #[test]
    fn filters_have_length_one_and_every_other_ignores_brightness() {
        for (f, weights) in filters(1, 3).iter().enumerate() {
            assert!((weights.iter().map(|w| w * w).sum::<f32>() - 1.0).abs() < 1e-5);
            let sums: Vec<f32> = weights.chunks(25).map(|p| p.iter().sum::<f32>().abs()).collect();
            assert_eq!(sums.iter().all(|s| *s < 1e-5), f % 2 == 0, "filter {f}: {sums:?}");
        }
    }

    #[test]
    fn small_pictures_are_rejected_and_threads_do_not_matter() {
        assert!(
            features(&noise(1, 19, 1))
                .unwrap_err()
                .to_string()
                .contains("at least 20 pixels a side, found 19")
        );
        let pictures = noise(5, 20, 3);
        let at = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| features(&pictures).unwrap())
        };
        assert_eq!(at(1), at(3));
    }
}
