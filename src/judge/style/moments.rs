//! Mean products of channels (Gram matrices, Gatys et al. 2015), and their gradients. Sums in one order: the same bits at
//! any vector width.

use learn::net::padded::PaddedImages;
use world::widest;

/// The mean over all pixels of a picture of the products of every two channels, `[channels][channels]`.
pub fn gram(x: &PaddedImages) -> Vec<f32> {
    let channels = x.channels;
    let mut all = vec![0f64; channels * channels];
    let mut sums = vec![0f32; channels * channels];
    for (p, y) in x.rows() {
        sums.fill(0.0);
        products(x.row(p, y), channels, &mut sums);
        all.iter_mut().zip(&sums).for_each(|(a, s)| *a += *s as f64);
    }
    let n = (x.count * x.height * x.width).max(1) as f64;
    let lower = |i: usize, j: usize| (all[i.max(j) * channels + i.min(j)] / n) as f32;
    (0..channels * channels).map(|k| lower(k / channels, k % channels)).collect()
}

/// How far a matrix is from another: the squared norm of the difference over that of the other, 0 if they are the same and
/// 1 if the first is zero.
pub fn distance(found: &[f32], wanted: &[f32]) -> f64 {
    let squares: f64 = found.iter().zip(wanted).map(|(a, b)| *a as f64 - *b as f64).map(|d| d * d).sum();
    squares / norm(wanted)
}

/// Adds the gradient of `weight` times the distance of [`gram`] of `x`, which is `found`, from `wanted`.
pub fn descend(x: &PaddedImages, [found, wanted]: [&[f32]; 2], weight: f64, dx: &mut PaddedImages) {
    let n = (x.count * x.height * x.width).max(1) as f64;
    // Every product occurs twice, and each of its factors changes it.
    let scale = 4.0 * weight / (n * norm(wanted));
    let slope: Vec<f32> =
        found.iter().zip(wanted).map(|(a, b)| ((*a as f64 - *b as f64) * scale) as f32).collect();
    for (p, y) in x.rows() {
        spread(x.row(p, y), x.channels, &slope, dx.row_mut(p, y));
    }
}

/// The squared norm; never zero.
fn norm(matrix: &[f32]) -> f64 {
    matrix.iter().map(|v| *v as f64 * *v as f64).sum::<f64>().max(1e-12)
}

widest! {
    /// Adds the products of every two channels, the second no later than the first, of all pixels of a row.
    fn products(row: &[f32], channels: usize, sums: &mut [f32]) {
        for pixel in row.chunks_exact(channels) {
            for (i, a) in pixel.iter().enumerate() {
                let sums = &mut sums[i * channels..i * channels + i + 1];
                sums.iter_mut().zip(pixel).for_each(|(s, b)| *s += a * b);
            }
        }
    }
}

widest! {
    /// Adds to each pixel of a row its channels times a symmetric matrix.
    fn spread(row: &[f32], channels: usize, matrix: &[f32], into: &mut [f32]) {
        for (pixel, into) in row.chunks_exact(channels).zip(into.chunks_exact_mut(channels)) {
            for (v, line) in pixel.iter().zip(matrix.chunks_exact(channels)) {
                into.iter_mut().zip(line).for_each(|(d, m)| *d += v * m);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;
    use world::vectors::Vectors;

    fn picture(seed: u64) -> PaddedImages {
        let mut x = PaddedImages::bordered(5, 4, 6, 1, 1);
        for y in 0..4 {
            let r = Rng::new(seed).fork(y as u64);
            x.row_mut(0, y).iter_mut().enumerate().for_each(|(i, v)| *v = r.normal(i as u64));
        }
        x
    }

    /// Against the definition, and the same bits at every width.
    #[test]
    fn products_are_means_over_all_pixels() {
        let x = picture(1);
        let at = |v: Vectors| v.run(|| gram(&x)).unwrap();
        let ours = at(Vectors::Plain);
        assert!(Vectors::available().all(|v| at(v) == ours));
        for (i, j) in (0..25).map(|k| (k / 5, k % 5)) {
            let pixels = (0..4).flat_map(|y| x.row(0, y).chunks_exact(5));
            let mean = pixels.map(|p| p[i] as f64 * p[j] as f64).sum::<f64>() / 24.0;
            assert!((ours[i * 5 + j] as f64 - mean).abs() < 1e-6);
        }
        assert_eq!((distance(&ours, &ours), distance(&[0.0; 25], &ours)), (0.0, 1.0));
    }

    #[test]
    fn the_gradient_matches_central_differences_in_double_precision() {
        let (x, wanted) = (picture(1), gram(&picture(2)));
        let loss = |x: &PaddedImages| {
            let mut sum = [0f64; 25];
            for pixel in (0..4).flat_map(|y| x.row(0, y).chunks_exact(5)) {
                (0..25).for_each(|k| sum[k] += pixel[k / 5] as f64 * pixel[k % 5] as f64 / 24.0);
            }
            let square: f64 = wanted.iter().map(|v| *v as f64 * *v as f64).sum();
            sum.iter().zip(&wanted).map(|(s, w)| (s - *w as f64) * (s - *w as f64)).sum::<f64>() / square
        };
        let mut dx = PaddedImages::bordered(5, 4, 6, 1, 0);
        descend(&x, [&gram(&x), &wanted], 3.0, &mut dx);
        for i in 0..120 {
            let at = |by: f32| {
                let mut there = x.clone();
                there.row_mut(0, i / 30)[i % 30] += by;
                loss(&there)
            };
            let numeric = 3.0 * (at(1e-2) - at(-1e-2)) / 2e-2;
            let ours = dx.row(0, i / 30)[i % 30] as f64;
            assert!((ours - numeric).abs() < 2e-3 * (1.0 + numeric.abs()), "{i}: {ours}, {numeric}");
        }
    }
}
