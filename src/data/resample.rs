//! The bench's resampler: bicubic and anti-aliased, for pictures of any size and any number of channels.
//!
//! The convolution is Keys's (1981, a = −½), widened by the factor of reduction where a picture shrinks, so that nothing
//! aliases. Everything is computed in floating point, and rounded and clamped once, at the end: other ways to resize
//! change a Fréchet distance by more than many generators differ (Parmar, Zhang and Zhu 2022, "On aliased resizing").
//! Values agree with those of Pillow's `Image.resize` with `BICUBIC` in mode `F`.
//!
//! Bytes are resampled as they are, gamma-encoded, as image files hold them. What the judge sees is made by
//! [`reduce`](crate::reduce::reduce) instead, the area average that it was trained on.

/// Radius of the kernel, in cells of the coarser of the two pictures.
const SUPPORT: f64 = 2.0;

/// Keys's cubic convolution kernel (1981) with a = −½.
fn keys(x: f64) -> f64 {
    const A: f64 = -0.5;
    match x.abs() {
        x if x < 1.0 => ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0,
        x if x < 2.0 => (((x - 5.0) * x + 8.0) * x - 4.0) * A,
        _ => 0.0,
    }
}

/// The source cells behind one target cell along one axis, from `first` on, with weights that sum to one.
struct Taps {
    first: usize,
    weights: Vec<f64>,
}

impl Taps {
    /// Those of every target cell. At the border the kernel is cut off and its weights are scaled up.
    fn all(from: usize, to: usize) -> Vec<Self> {
        let scale = from as f64 / to as f64;
        let wide = scale.max(1.0);
        let one = |i: usize| {
            let centre = (i as f64 + 0.5) * scale;
            // The casts cut off below zero.
            let first = (centre - SUPPORT * wide + 0.5) as usize;
            let end = ((centre + SUPPORT * wide + 0.5) as usize).min(from);
            let raw: Vec<f64> = (first..end).map(|j| keys((j as f64 - centre + 0.5) / wide)).collect();
            let sum: f64 = raw.iter().sum();
            Self { first, weights: raw.iter().map(|w| w / sum).collect() }
        };
        (0..to).map(one).collect()
    }
}

/// Resamples along columns: `stride` values a row.
fn down(values: &[f32], stride: usize, taps: &[Taps]) -> Vec<f32> {
    let mut sums = vec![0f64; stride];
    let mut out = Vec::with_capacity(stride * taps.len());
    for tap in taps {
        sums.fill(0.0);
        for (row, w) in values[tap.first * stride..].chunks_exact(stride).zip(&tap.weights) {
            sums.iter_mut().zip(row).for_each(|(s, v)| *s += w * f64::from(*v));
        }
        out.extend(sums.iter().map(|s| *s as f32));
    }
    out
}

/// Resamples along rows of `width` pixels.
fn across(values: &[f32], width: usize, channels: usize, taps: &[Taps]) -> Vec<f32> {
    let mut sums = vec![0f64; channels];
    let mut out = Vec::with_capacity(values.len() / width * taps.len());
    for row in values.chunks_exact(width * channels) {
        for tap in taps {
            sums.fill(0.0);
            for (pixel, w) in row[tap.first * channels..].chunks_exact(channels).zip(&tap.weights) {
                sums.iter_mut().zip(pixel).for_each(|(s, v)| *s += w * f64::from(*v));
            }
            out.extend(sums.iter().map(|s| *s as f32));
        }
    }
    out
}

/// A picture at another size, without keeping the aspect ratio: `width · height · channels` values, row after row,
/// channels last, for sizes (width, height). Values may lie beyond the range of the source's, as a cubic overshoots;
/// at the same size they are the source's. Empty if either size has no pixel.
pub fn resample(values: &[f32], from: (usize, usize), to: (usize, usize), channels: usize) -> Vec<f32> {
    if [from.0, from.1, to.0, to.1, channels].contains(&0) {
        return Vec::new();
    }
    // Rows first: fewer are left for the pass that is not contiguous.
    let rows = match from.1 == to.1 {
        true => values.to_vec(),
        false => down(values, from.0 * channels, &Taps::all(from.1, to.1)),
    };
    match from.0 == to.0 {
        true => rows,
        false => across(&rows, from.0, channels, &Taps::all(from.0, to.0)),
    }
}

/// Values rounded to 0..=255; halves are rounded up.
pub fn levels(values: &[f32]) -> Vec<u8> {
    // The cast clamps.
    values.iter().map(|v| (v + 0.5) as u8).collect()
}

/// As [`resample`], from bytes to bytes.
pub fn resample_bytes(pixels: &[u8], from: (usize, usize), to: (usize, usize), channels: usize) -> Vec<u8> {
    if from == to {
        return pixels.to_vec();
    }
    let values: Vec<f32> = pixels.iter().map(|v| f32::from(*v)).collect();
    levels(&resample(&values, from, to, channels))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// From size, to size, values.
    type Published = ((usize, usize), (usize, usize), &'static [f32]);

    /// Values of Pillow 13.0: `Image.fromarray(picture).resize(to, Image.BICUBIC)`, where `picture` holds the float32
    /// values of [`pattern`]; reduction, enlargement, and both at once.
    const PILLOW: &[Published] = &[
        (
            (9, 7),
            (4, 3),
            &[
                102.1273, 103.3889, 119.6259, 121.4757, 137.276, 124.4323, 125.7748, 105.4038, 104.2648,
                74.4529, 96.0605, 114.6929,
            ],
        ),
        (
            (5, 4),
            (7, 6),
            &[
                3.0609, 15.4983, 73.2324, 162.8816, 110.0803, 83.2283, 87.8795, 44.1668, 88.9907, 132.1609,
                134.7059, 95.9801, 93.1934, 111.799, 116.34, 163.0459, 166.3979, 87.2037, 74.9191, 109.143,
                149.61, 198.8132, 136.8054, 65.6144, 36.0185, 58.3015, 123.8423, 183.0016, 108.7487,
                133.1454, 152.5927, 141.8235, 78.8078, 129.5996, 220.8127, 4.543, 137.0305, 258.7599,
                250.9605, 101.9382, 130.436, 244.7321,
            ],
        ),
        (
            (9, 2),
            (3, 5),
            &[
                63.9587, 118.1338, 55.9411, 74.1972, 115.2086, 72.4127, 101.22, 107.488, 115.8867, 128.2428,
                99.7673, 159.3606, 138.4813, 96.8421, 175.8323,
            ],
        ),
        ((4, 9), (4, 2), &[99.2389, 127.1224, 134.7063, 76.2862, 138.7611, 96.8776, 107.2977, 51.7138]),
    ];

    fn pattern(x: usize, y: usize) -> f32 {
        ((37 * x * x + 91 * y + 53 * x * y + 11) % 256) as f32
    }

    fn picture(size: (usize, usize), f: impl Fn(usize, usize) -> f32) -> Vec<f32> {
        (0..size.0 * size.1).map(|i| f(i % size.0, i / size.0)).collect()
    }

    #[test]
    fn values_agree_with_pillow() {
        for (from, to, expected) in PILLOW {
            let found = resample(&picture(*from, pattern), *from, *to, 1);
            assert_eq!(found.len(), expected.len());
            for (i, (a, b)) in found.iter().zip(*expected).enumerate() {
                assert!((a - b).abs() < 2e-4, "{from:?} to {to:?}, value {i}: {a}, expected {b}");
            }
        }
    }

    #[test]
    fn bytes_are_clamped_and_rounded_once() {
        let from = (5, 4);
        let bytes: Vec<u8> = picture(from, pattern).iter().map(|v| *v as u8).collect();
        let (_, to, expected) = PILLOW[1];
        let found = resample_bytes(&bytes, from, to, 1);
        // One value of the table is above 255.
        assert!(expected.iter().any(|v| *v > 255.5));
        for (a, b) in found.iter().zip(expected) {
            assert!((f32::from(*a) - b.clamp(0.0, 255.0)).abs() <= 0.5002, "{a} {b}");
        }
        assert_eq!(levels(&[-3.0, 0.49, 0.5, 254.5, 300.0]), [0, 0, 1, 255, 255]);
        assert!(
            resample(&[], (0, 3), (4, 4), 1).is_empty() && resample(&[1.0], (1, 1), (0, 2), 1).is_empty()
        );
    }

    proptest! {
        #[test]
        fn a_plain_colour_stays(
            (w, h) in (1usize..70, 1usize..70), to in (1usize..70, 1usize..70),
            colour in prop::collection::vec(any::<u8>(), 1..5),
        ) {
            let found = resample_bytes(&colour.repeat(w * h), (w, h), to, colour.len());
            prop_assert_eq!(found, colour.repeat(to.0 * to.1));
        }

        /// The channels of a picture do not mix, and its columns and rows can be exchanged.
        #[test]
        fn channels_and_axes_are_alike(from in (1usize..20, 1usize..20), to in (1usize..20, 1usize..20), seed: u8) {
            let value = |x: usize, y: usize, c: usize| ((x * 7 + y * 31 + c * 90) as u8 ^ seed) as f32;
            let mixed: Vec<f32> = (0..from.0 * from.1 * 3)
                .map(|i| value(i / 3 % from.0, i / 3 / from.0, i % 3))
                .collect();
            let mixed = resample(&mixed, from, to, 3);
            for c in 0..3 {
                let turned = picture((from.1, from.0), |y, x| value(x, y, c));
                let turned = resample(&turned, (from.1, from.0), (to.1, to.0), 1);
                for (i, v) in turned.iter().enumerate() {
                    let (y, x) = (i % to.1, i / to.1);
                    prop_assert!((mixed[(y * to.0 + x) * 3 + c] - v).abs() < 1e-3);
                }
            }
        }

        /// A kernel that is sampled at whole steps, or at whole fractions of a step, reproduces linear functions.
        #[test]
        fn a_ramp_stays_a_ramp_within(n in 8usize..40, k in 1usize..6, larger in 8usize..90, a in -3f64..3.0) {
            let whole = (n * k, n);
            let enlarged = (n, larger.max(n));
            for (from, to) in [whole, enlarged] {
                let ramp: Vec<f32> = (0..from).map(|x| (a * x as f64 + 40.0) as f32).collect();
                let found = resample(&ramp, (from, 1), (to, 1), 1);
                let scale = from as f64 / to as f64;
                let reach = SUPPORT * scale.max(1.0);
                for (i, v) in found.iter().enumerate() {
                    let at = (i as f64 + 0.5) * scale;
                    if at >= reach && at + reach <= from as f64 {
                        prop_assert!((f64::from(*v) - (a * (at - 0.5) + 40.0)).abs() < 1e-3, "{i}: {v}");
                    }
                }
            }
        }

        /// At any other factor a ramp bends by less than a twentieth of a step.
        #[test]
        fn a_ramp_hardly_bends_at_any_factor(from in 8usize..60, to in 3usize..60) {
            let ramp: Vec<f32> = (0..from).map(|x| x as f32).collect();
            let found = resample(&ramp, (1, from), (1, to), 1);
            let scale = from as f64 / to as f64;
            let reach = SUPPORT * scale.max(1.0);
            for (i, v) in found.iter().enumerate() {
                let at = (i as f64 + 0.5) * scale;
                if at >= reach && at + reach <= from as f64 {
                    prop_assert!((f64::from(*v) - (at - 0.5)).abs() < 0.05, "{i}: {v}");
                }
            }
        }

        /// Where nothing but the background reaches the border, where the kernel is cut off.
        #[test]
        fn the_mean_stays(
            k in 2usize..5, w in 10usize..16, h in 10usize..16, ground: u8, seed: u8, shrink: bool,
        ) {
            let (from, to, margin) = match shrink {
                true => ((w * k, h * k), (w, h), 4 * k),
                false => ((w, h), (w * k, h * k), 4),
            };
            let within = |v: usize, n: usize| (margin..n - margin).contains(&v);
            let value = |x: usize, y: usize| match within(x, from.0) && within(y, from.1) {
                true => f32::from((x * 31 + y * 73) as u8 ^ seed),
                false => f32::from(ground),
            };
            let mean = |v: &[f32]| v.iter().map(|v| f64::from(*v)).sum::<f64>() / v.len() as f64;
            let source = picture(from, value);
            let found = resample(&source, from, to, 1);
            prop_assert!((mean(&found) - mean(&source)).abs() < 1e-3, "{} {}", mean(&found), mean(&source));
        }

        /// At most one wave across: away from the border at most three levels are lost.
        #[test]
        fn smooth_pictures_survive_enlargement_and_reduction(
            k in 2usize..5, w in 8usize..20, h in 8usize..20, fx in 0f32..1.0, fy in 0f32..1.0, phase in 0f32..6.3,
        ) {
            let wave = |x: usize, y: usize| {
                let turn = fx * x as f32 / w as f32 + fy * y as f32 / h as f32;
                128.0 + 100.0 * (core::f32::consts::TAU * turn + phase).sin()
            };
            let source = levels(&picture((w, h), wave));
            let large = resample_bytes(&source, (w, h), (w * k, h * k), 1);
            let again = resample_bytes(&large, (w * k, h * k), (w, h), 1);
            for (i, (a, b)) in source.iter().zip(&again).enumerate() {
                let inner = (2..w - 2).contains(&(i % w)) && (2..h - 2).contains(&(i / w));
                prop_assert!(a.abs_diff(*b) <= if inner { 3 } else { 16 }, "{i}: {a} {b}");
            }
        }
    }
}
