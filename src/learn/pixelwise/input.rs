//! What the network is given of a picture: colours by their contrast, and the contrast of every pixel with those around it.
//! A palette says nothing about the process, and a dark part of a composed frame is as clear as a bright one.
//!
//! Sums are of whole numbers, so they are exact.

use super::settings::Contrast;
use data::reduce::SIDE;

/// Pixels from the middle of the window of local contrast to its edges.
const REACH: usize = 4;
/// Added to deviations, so that nearly uniform areas are not amplified; of 255.
const EPSILON: f32 = 6.0;

impl Contrast {
    /// Planes that the network is given.
    pub fn planes(self) -> usize {
        match self {
            Self::None | Self::Picture => 3,
            Self::Local => 4,
        }
    }
}

/// A frame's bytes (RGB, row after row, [`SIDE`] pixels a side) as the planes that the network is given.
pub fn network_input(picture: &[u8], contrast: Contrast) -> Vec<f32> {
    match contrast {
        Contrast::None => planar(picture, |_, v| v as f32 / 127.5 - 1.0),
        Contrast::Picture => standardised(picture),
        Contrast::Local => {
            let mut planes = standardised(picture);
            planes.extend(local(picture));
            planes
        }
    }
}

fn planar(picture: &[u8], value: impl Fn(usize, u8) -> f32) -> Vec<f32> {
    (0..3)
        .flat_map(|c| picture.iter().skip(c).step_by(3).map(|v| value(c, *v)).collect::<Vec<f32>>())
        .collect()
}

/// Each channel minus its mean, divided by the deviation of the whole picture (instance normalisation, Ulyanov et al. 2016).
fn standardised(picture: &[u8]) -> Vec<f32> {
    let n = (picture.len() / 3) as f64;
    let (mut sums, mut squares) = ([0u64; 3], [0u64; 3]);
    for pixel in picture.as_chunks::<3>().0 {
        for c in 0..3 {
            let v = pixel[c] as u64;
            sums[c] += v;
            squares[c] += v * v;
        }
    }
    let means = sums.map(|s| s as f64 / n);
    let variance: f64 = (0..3).map(|c| squares[c] as f64 / n - means[c] * means[c]).sum::<f64>() / 3.0;
    let scale = 1.0 / (libm::sqrt(variance.max(0.0)) as f32 + EPSILON);
    let means = means.map(|m| m as f32);
    planar(picture, |c, v| (v as f32 - means[c]) * scale)
}

/// The brightness of each pixel minus the mean around it, divided by the deviation around it (local contrast normalisation,
/// Jarrett et al. 2009). Windows end at the border of the picture.
fn local(picture: &[u8]) -> Vec<f32> {
    let bright: Vec<u64> =
        picture.as_chunks::<3>().0.iter().map(|p| p.iter().map(|v| *v as u64).sum()).collect();
    let sums = Sums::of(&bright);
    let squares = Sums::of(&bright.iter().map(|v| v * v).collect::<Vec<u64>>());
    let one = |i: usize| {
        let near = |v: usize| v.saturating_sub(REACH)..(v + REACH + 1).min(SIDE);
        let (columns, rows) = (near(i % SIDE), near(i / SIDE));
        let n = (columns.len() * rows.len()) as f64;
        let mean = sums.within(&columns, &rows) as f64 / n;
        let variance = squares.within(&columns, &rows) as f64 / n - mean * mean;
        ((bright[i] as f64 - mean) / (libm::sqrt(variance.max(0.0)) + 3.0 * EPSILON as f64)) as f32
    };
    (0..bright.len()).map(one).collect()
}

/// Sums over all rectangles that begin at the upper left corner.
struct Sums(Vec<u64>);

impl Sums {
    fn of(values: &[u64]) -> Self {
        const LINE: usize = SIDE + 1;
        let mut all = vec![0u64; LINE * LINE];
        for (y, row) in values.chunks_exact(SIDE).enumerate() {
            let mut sum = 0;
            for (x, v) in row.iter().enumerate() {
                sum += v;
                all[(y + 1) * LINE + x + 1] = all[y * LINE + x + 1] + sum;
            }
        }
        Self(all)
    }

    fn within(&self, columns: &std::ops::Range<usize>, rows: &std::ops::Range<usize>) -> u64 {
        let at = |x: usize, y: usize| self.0[y * (SIDE + 1) + x];
        at(columns.end, rows.end) + at(columns.start, rows.start)
            - at(columns.end, rows.start)
            - at(columns.start, rows.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;

    fn noise(seed: u64) -> Vec<u8> {
        (0..3 * SIDE * SIDE).map(|i| (Rng::new(seed).bits(i as u64) % 156) as u8).collect()
    }

    /// Against windows that are summed one by one.
    #[test]
    fn local_contrast_is_that_of_the_window() {
        let picture = noise(3);
        let planes = network_input(&picture, Contrast::Local);
        assert_eq!(planes.len(), Contrast::Local.planes() * SIDE * SIDE);
        let bright = |x: usize, y: usize| -> f64 {
            picture[3 * (y * SIDE + x)..][..3].iter().map(|v| *v as f64).sum()
        };
        for (x, y) in [(0, 0), (63, 63), (3, 20), (30, 31), (60, 2)] {
            let near = |v: usize| (v as i64 - 4).max(0) as usize..=(v + 4).min(SIDE - 1);
            let all: Vec<f64> = near(y).flat_map(|y| near(x).map(move |x| bright(x, y))).collect();
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            let spread = all.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / all.len() as f64;
            let expected = (bright(x, y) - mean) / (spread.sqrt() + 18.0);
            let found = planes[3 * SIDE * SIDE + y * SIDE + x] as f64;
            assert!((found - expected).abs() < 1e-5, "{x} {y}: {found} {expected}");
        }
    }

    /// A picture that is half as bright and half as rich in contrast, but for what is added to the deviation, is the same.
    #[test]
    fn brightness_and_contrast_of_the_whole_picture_do_not_count() {
        let picture: Vec<u8> = noise(4).into_iter().map(|v| v / 2 * 2).collect();
        let other: Vec<u8> = picture.iter().map(|v| v / 2 + 90).collect();
        let [a, b] = [&picture, &other].map(|p| network_input(p, Contrast::Picture));
        let ratio = b.iter().zip(&a).filter(|(_, a)| a.abs() > 0.1).map(|(b, a)| b / a);
        assert!(ratio.into_iter().all(|r| (0.8..1.0).contains(&r)));
        let means: Vec<f32> = a.chunks(SIDE * SIDE).map(|p| p.iter().sum::<f32>() / p.len() as f32).collect();
        assert!(means.iter().all(|m| m.abs() < 1e-4), "{means:?}");
        let flat = network_input(&[77; 3 * SIDE * SIDE], Contrast::Local);
        assert!(flat.iter().all(|v| *v == 0.0));
    }
}
