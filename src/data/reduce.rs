//! Downscaling of a picture of any size to the judge's 64 × 64, the same for the data set, the stage and files: by area
//! averages, which the shipped judge was trained on. What the bench compares is made by [`resample`](crate::resample)
//! instead.

use image::imageops::{FilterType, resize};

/// Side of the judge's picture, pixels.
pub const SIDE: usize = 64;

/// Bytes of one reduced picture: RGB, row after row.
pub const BYTES: usize = SIDE * SIDE * 3;

/// Area average of an RGBA or RGB picture (`channels` 4 or 3) squashed to [`SIDE`] × [`SIDE`] RGB. The mean is
/// taken over sRGB bytes, which is what image files hold and what the judge was trained on.
pub fn reduce(pixels: &[u8], width: usize, height: usize, channels: usize) -> Vec<u8> {
    reduce_to(SIDE, pixels, width, height, channels)
}

/// The same at any `side`; one larger than the picture's repeats pixels.
pub fn reduce_to(side: usize, pixels: &[u8], width: usize, height: usize, channels: usize) -> Vec<u8> {
    let columns: Vec<Span> = (0..side).map(|i| Span::of(i, width, side)).collect();
    let mut out = vec![0u8; side * side * 3];
    let mut sums = vec![[0f32; 3]; side];
    for (y, row) in out.chunks_exact_mut(side * 3).enumerate() {
        let rows = Span::of(y, height, side);
        sums.fill([0.0; 3]);
        for (sy, wy) in rows.cells() {
            let line = &pixels[sy * width * channels..(sy + 1) * width * channels];
            for (sum, column) in sums.iter_mut().zip(&columns) {
                for (sx, wx) in column.cells() {
                    let p = &line[sx * channels..sx * channels + 3];
                    (0..3).for_each(|c| sum[c] += wx * wy * p[c] as f32);
                }
            }
        }
        for (pixel, sum) in row.chunks_exact_mut(3).zip(&sums) {
            (0..3).for_each(|c| pixel[c] = (sum[c] + 0.5) as u8);
        }
    }
    out
}

/// Converts a picture (channels last) from one `(side, channels)` to another; shrinking takes means. Grey is Rec. 709
/// luma.
pub fn resized(picture: &[u8], from: (usize, usize), to: (usize, usize)) -> Vec<u8> {
    let rgb: Vec<u8> = match from.1 {
        1 => picture.iter().flat_map(|v| [*v; 3]).collect(),
        _ => picture.to_vec(),
    };
    let (old, new) = (from.0 as u32, to.0 as u32);
    let rgb = match (from.0 == to.0, image::RgbImage::from_raw(old, old, rgb.clone())) {
        (false, Some(image)) => resize(&image, new, new, FilterType::Triangle).into_raw(),
        _ => rgb,
    };
    let luma = |p: &[u8]| (0.2126 * p[0] as f32 + 0.7152 * p[1] as f32 + 0.0722 * p[2] as f32 + 0.5) as u8;
    match to.1 {
        1 => rgb.chunks_exact(3).map(luma).collect(),
        _ => rgb,
    }
}

/// The source cells behind one target cell along one axis, with their shares, which sum to one.
struct Span {
    first: usize,
    last: usize,
    head: f32,
    body: f32,
    tail: f32,
}

impl Span {
    fn of(target: usize, sources: usize, targets: usize) -> Self {
        let scale = sources as f64 / targets as f64;
        let (lo, hi) = (target as f64 * scale, (target + 1) as f64 * scale);
        let first = (lo as usize).min(sources - 1);
        let last = (hi.ceil() as usize).max(1).min(sources) - 1;
        let share = |i: usize| ((hi.min((i + 1) as f64) - lo.max(i as f64)).max(0.0) / scale) as f32;
        match first >= last {
            true => Self { first, last: first, head: 1.0, body: 0.0, tail: 0.0 },
            false => Self { first, last, head: share(first), body: (1.0 / scale) as f32, tail: share(last) },
        }
    }

    fn cells(&self) -> impl Iterator<Item = (usize, f32)> + '_ {
        (self.first..=self.last).map(|i| match i {
            i if i == self.first => (i, self.head),
            i if i == self.last => (i, self.tail),
            i => (i, self.body),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sizes_and_channels_change_as_requested() {
        let flat = resized(&[200; 28 * 28], (28, 1), (32, 3));
        assert_eq!(flat, vec![200; 32 * 32 * 3]);
        let halves: Vec<u8> = (0..64 * 64 * 3).map(|i| if i / 3 % 64 < 32 { 0 } else { 250 }).collect();
        let small = resized(&halves, (64, 3), (32, 1));
        assert_eq!((small[5], small[26]), (0, 250));
        let mean = small.iter().map(|v| *v as f64).sum::<f64>() / 1024.0;
        assert!((mean - 125.0).abs() < 2.0, "{mean}");
    }

    proptest! {
        #[test]
        fn whole_factors_give_block_means(k in 1usize..5, m in 1usize..4, seed: u8) {
            let (w, h) = (SIDE * k, SIDE * m);
            let pixels: Vec<u8> = (0..w * h * 4).map(|i| (i as u8).wrapping_mul(31) ^ seed).collect();
            let out = reduce(&pixels, w, h, 4);
            for (x, y, c) in [(0, 0, 0), (5, 9, 1), (63, 63, 2), (17, 40, 0)] {
                let block = (0..k * m).map(|i| pixels[((y * m + i / k) * w + x * k + i % k) * 4 + c] as f32);
                let mean = block.sum::<f32>() / (k * m) as f32;
                prop_assert!((out[(y * SIDE + x) * 3 + c] as f32 - mean).abs() <= 0.51);
            }
        }

        #[test]
        fn a_plain_colour_stays_at_any_size(w in 1usize..200, h in 1usize..200, r: u8, g: u8, b: u8) {
            let pixels = [r, g, b].repeat(w * h);
            prop_assert!(reduce(&pixels, w, h, 3).chunks(3).all(|p| p == [r, g, b]));
        }

        #[test]
        fn the_mean_stays_at_any_side(side in 1usize..80, w in 1usize..90, h in 1usize..90, seed: u8) {
            let pixels: Vec<u8> = (0..w * h * 3).map(|i| (i as u8).wrapping_mul(73) ^ seed).collect();
            let mean = |p: &[u8]| p.iter().map(|v| *v as f64).sum::<f64>() / p.len() as f64;
            let out = reduce_to(side, &pixels, w, h, 3);
            prop_assert_eq!(out.len(), side * side * 3);
            prop_assert!((mean(&out) - mean(&pixels)).abs() < 0.6, "{} {}", mean(&out), mean(&pixels));
        }
    }
}
