//! True colour to 256 colours: median cut (Heckbert 1982), refined by Lloyd's iterations, with ordered dithering.
//!
//! The palette stays from frame to frame while it still fits, so that still parts of a picture do not flicker.

#![expect(clippy::disallowed_types, reason = "looked up in, never iterated over")]

use std::collections::HashMap;

use world::frame::Frame;

/// Histogram bins a channel, 5 bits.
const BINS: usize = 32 * 32 * 32;
/// Bits a channel by which a pixel looks up its colour.
const KEY_BITS: u32 = 6;
/// Error growth at which a new palette is computed.
const MAX_ERROR_GROWTH: f64 = 1.25;

/// 4 × 4 ordered dither, −7.5..=7.5 (Bayer 1973).
const BAYER: [[i32; 4]; 4] = [[-15, 1, -11, 5], [9, -7, 13, -3], [-9, 7, -13, 3], [15, -1, 11, -5]];

/// Maps frames to a palette that follows them.
#[derive(Default)]
pub struct Quantiser {
    palette: Vec<[u8; 3]>,
    /// Nearest palette entry by colour key, filled on demand; `u16::MAX` if not yet known.
    nearest: Vec<u16>,
    /// Mean distance of a channel to its palette entry when the palette was made.
    error: f64,
}

/// A frame in at most 256 colours.
pub struct Indexed {
    /// Palette, red green blue.
    pub palette: Vec<u8>,
    /// One index a pixel.
    pub pixels: Vec<u8>,
}

impl Quantiser {
    /// The frame in this palette, or in a new one if it no longer fits.
    pub fn index(&mut self, frame: &Frame) -> Indexed {
        if let Some(indexed) = exact(frame) {
            return indexed;
        }
        let bins = histogram(frame);
        if self.palette.is_empty() || mean_error(&bins, &self.palette) > self.error * MAX_ERROR_GROWTH + 0.25
        {
            self.palette = palette_of(&bins);
            self.error = mean_error(&bins, &self.palette);
            self.nearest = vec![u16::MAX; 1 << (3 * KEY_BITS)];
        }
        let spread = (self.error * 2.0).min(16.0);
        let offsets = BAYER.map(|row| row.map(|b| (b as f64 * spread / 16.0).round() as i32));
        let mut pixels = Vec::with_capacity(frame.width * frame.height);
        for (i, p) in frame.rgba.chunks_exact(4).enumerate() {
            let offset = offsets[i / frame.width % 4][i % frame.width % 4];
            let [r, g, b] = [p[0], p[1], p[2]].map(|v| (v as i32 + offset).clamp(0, 255) as usize);
            let shift = 8 - KEY_BITS;
            let key = (r >> shift) << (2 * KEY_BITS) | (g >> shift) << KEY_BITS | b >> shift;
            if self.nearest[key] == u16::MAX {
                self.nearest[key] = nearest(&self.palette, centre_of(key)) as u16;
            }
            pixels.push(self.nearest[key] as u8);
        }
        Indexed { palette: self.palette.iter().flatten().copied().collect(), pixels }
    }
}

/// A frame of at most 256 colours as it is.
fn exact(frame: &Frame) -> Option<Indexed> {
    let mut indices = HashMap::new();
    let mut indexed = Indexed { palette: Vec::new(), pixels: Vec::with_capacity(frame.width * frame.height) };
    let (mut last, mut last_index) = ([0; 4], None);
    for &p in frame.rgba.as_chunks::<4>().0 {
        if last_index.is_none() || p != last {
            let next = indices.len();
            let index = *indices.entry(p).or_insert(next);
            if index == next {
                indexed.palette.extend_from_slice(&p[..3]);
            }
            (last, last_index) = (p, Some(u8::try_from(index).ok()?));
        }
        indexed.pixels.push(last_index?);
    }
    Some(indexed)
}

/// Centre of the colours that share a key.
fn centre_of(key: usize) -> [f32; 3] {
    let mask = (1 << KEY_BITS) - 1;
    let step = (1 << (8 - KEY_BITS)) as f32;
    [key >> (2 * KEY_BITS), key >> KEY_BITS & mask, key & mask].map(|k| k as f32 * step + (step - 1.0) / 2.0)
}

/// A bin's pixels: how many, and the sum of their colours. A frame of 16384² has 2.7 · 10⁸ pixels of up to 255: 32 bits
/// hold a sixteenth of that.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Bin {
    count: u64,
    sum: [u64; 3],
}

impl Bin {
    /// Adds `times` pixels of a colour.
    fn add(&mut self, rgb: [u8; 3], times: u64) {
        self.count += times;
        (0..3).for_each(|c| self.sum[c] += rgb[c] as u64 * times);
    }

    fn mean(&self) -> [f32; 3] {
        self.sum.map(|s| s as f32 / self.count.max(1) as f32)
    }
}

/// The occupied bins.
fn histogram(frame: &Frame) -> Vec<Bin> {
    let mut bins = vec![Bin::default(); BINS];
    for p in frame.rgba.chunks_exact(4) {
        let key = (p[0] as usize >> 3) << 10 | (p[1] as usize >> 3) << 5 | p[2] as usize >> 3;
        bins[key].add([p[0], p[1], p[2]], 1);
    }
    bins.retain(|b| b.count > 0);
    bins
}

fn distance(a: [f32; 3], b: [f32; 3]) -> f32 {
    // Rough perceptual weights of red, green and blue.
    (0..3).map(|c| [2.0, 4.0, 1.5][c] * (a[c] - b[c]) * (a[c] - b[c])).sum()
}

fn nearest(palette: &[[u8; 3]], colour: [f32; 3]) -> usize {
    let mut best = (f32::INFINITY, 0);
    for (i, entry) in palette.iter().enumerate() {
        let d = distance(entry.map(f32::from), colour);
        if d < best.0 {
            best = (d, i);
        }
    }
    best.1
}

/// Mean absolute error of a channel under a palette.
fn mean_error(bins: &[Bin], palette: &[[u8; 3]]) -> f64 {
    let (mut error, mut count) = (0.0, 0.0);
    for bin in bins {
        let (mean, n) = (bin.mean(), bin.count as f64);
        let entry = palette[nearest(palette, mean)];
        error += n * (0..3).map(|c| (mean[c] - entry[c] as f32).abs() as f64).sum::<f64>() / 3.0;
        count += n;
    }
    error / count.max(1.0)
}

/// At most 256 colours for these pixels.
fn palette_of(bins: &[Bin]) -> Vec<[u8; 3]> {
    let mut boxes = vec![bins.to_vec()];
    while boxes.len() < 256 {
        let spreads = boxes.iter().map(|b| widest(b));
        let widest = spreads.enumerate().max_by(|a, b| a.1.1.total_cmp(&b.1.1));
        let Some((at, (channel, spread))) = widest else { break };
        if spread <= 0.0 {
            break;
        }
        let halves = cut(boxes.swap_remove(at), channel);
        boxes.extend(halves);
    }
    let mean = |members: &[Bin]| {
        let n: u64 = members.iter().map(|b| b.count).sum();
        std::array::from_fn(|c| {
            let sum: u64 = members.iter().map(|b| b.sum[c]).sum();
            ((sum + n / 2) / n.max(1)) as u8
        })
    };
    let mut palette: Vec<[u8; 3]> = boxes.iter().map(|b| mean(b)).collect();
    for _ in 0..2 {
        let mut members = vec![Vec::new(); palette.len()];
        bins.iter().for_each(|b| members[nearest(&palette, b.mean())].push(*b));
        let settled = members.iter().zip(&palette).map(|(m, &old)| if m.is_empty() { old } else { mean(m) });
        palette = settled.collect();
    }
    palette
}

/// The channel along which a box is widest, and how much a cut would gain: pixels · width².
fn widest(members: &[Bin]) -> (usize, f64) {
    let n: f64 = members.iter().map(|b| b.count as f64).sum();
    let width = |c: usize| {
        let values = members.iter().map(|b| b.mean()[c]);
        let (lo, hi) = values.fold((f32::MAX, f32::MIN), |(lo, hi), v| (lo.min(v), hi.max(v)));
        (hi - lo) as f64 * [1.4, 2.0, 1.2][c]
    };
    let (channel, width) = (0..3).map(|c| (c, width(c))).fold((0, 0.0), |a, b| if b.1 > a.1 { b } else { a });
    // The square root keeps a large flat background from taking all colours.
    (channel, n.sqrt() * width * width)
}

/// Two boxes with about equal numbers of pixels.
fn cut(mut members: Vec<Bin>, channel: usize) -> [Vec<Bin>; 2] {
    members.sort_by(|a, b| a.mean()[channel].total_cmp(&b.mean()[channel]));
    let half = members.iter().map(|b| b.count).sum::<u64>() / 2;
    let mut below = 0;
    let at = members.iter().position(|b| {
        below += b.count;
        below > half
    });
    let right = members.split_off(at.unwrap_or(1).clamp(1, members.len() - 1));
    [members, right]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(indexed: &Indexed) -> Vec<[u8; 3]> {
        indexed.pixels.iter().map(|&i| std::array::from_fn(|c| indexed.palette[i as usize * 3 + c])).collect()
    }

    #[test]
    fn few_colours_come_through_unchanged_and_undithered() {
        let mut frame = Frame::new(64, 32);
        let colours = [[0, 0, 0], [255, 255, 255], [200, 30, 40], [17, 30, 41]];
        frame
            .rgba
            .chunks_exact_mut(4)
            .enumerate()
            .for_each(|(i, p)| p[..3].copy_from_slice(&colours[i / 7 % 4]));
        let indexed = Quantiser::default().index(&frame);
        for (i, colour) in shown(&indexed).into_iter().enumerate() {
            assert_eq!(colour, colours[i / 7 % 4]);
        }
    }

    #[test]
    fn the_largest_frame_has_the_palette_of_a_small_one() {
        // As many pixels as the largest frame, and as the largest GIF, nearly all of two bright colours.
        let colours = [[250u8, 255, 251], [255, 250, 255], [3, 200, 90], [90, 3, 200]];
        let bins = |pixels: u64| -> Vec<Bin> {
            let bin = |(i, c): (usize, &[u8; 3])| {
                let mut bin = Bin::default();
                bin.add(*c, if i < 2 { pixels / 2 - 5 } else { 5 });
                bin
            };
            colours.iter().enumerate().map(bin).collect()
        };
        let mut wanted = palette_of(&bins(1000));
        wanted.sort();
        for pixels in [16384 * 16384, 65535 * 65535] {
            let large = bins(pixels);
            assert_eq!(large[0].mean(), [250.0, 255.0, 251.0]);
            let mut palette = palette_of(&large);
            palette.sort();
            assert_eq!(palette, wanted);
            assert!(mean_error(&large, &palette) < 1e-6);
        }
    }

    #[test]
    fn a_full_picture_stays_close_in_the_mean() {
        let mut frame = Frame::new(128, 128);
        for (i, p) in frame.rgba.chunks_exact_mut(4).enumerate() {
            let (x, y) = (i % 128, i / 128);
            p[..3].copy_from_slice(&[2 * x as u8, 2 * y as u8, (x + y) as u8]);
        }
        let indexed = Quantiser::default().index(&frame);
        assert!(indexed.palette.len() <= 768);
        let shown = shown(&indexed);
        // Means over 8 × 8 blocks, where dithering compensates for the error of single pixels.
        let mut worst = 0f64;
        for block in 0..256 {
            let cells = (0..64).map(|k| (block / 16 * 8 + k / 8) * 128 + block % 16 * 8 + k % 8);
            let mut off = [0.0; 3];
            for i in cells {
                let pairs = shown[i].iter().zip(&frame.rgba[i * 4..]);
                off.iter_mut().zip(pairs).for_each(|(sum, (a, b))| *sum += f64::from(*a) - f64::from(*b));
            }
            worst = off.iter().fold(worst, |w, o| w.max((o / 64.0).abs()));
        }
        assert!(worst < 12.0, "{worst}");
    }

    #[test]
    fn the_palette_stays_while_it_fits() {
        let mut quantiser = Quantiser::default();
        let ramp = |tint: u8| {
            let mut f = Frame::new(256, 8);
            f.rgba
                .chunks_exact_mut(4)
                .enumerate()
                .for_each(|(i, p)| p[..3].copy_from_slice(&[i as u8, 0, tint]));
            f
        };
        let first = quantiser.index(&ramp(0)).palette;
        assert_eq!(quantiser.index(&ramp(0)).palette, first);
        assert_ne!(quantiser.index(&ramp(90)).palette, first);
    }

    /// Soft noise over gradients, with more colours than a palette holds.
    fn noise(w: usize, h: usize, seed: u64) -> Frame {
        let rng = world::rng::Rng::new(seed);
        let mut frame = Frame::new(w, h);
        for (i, p) in frame.rgba.chunks_exact_mut(4).enumerate() {
            let (x, y) = ((i % w) as f32 / w as f32, (i / w) as f32 / h as f32);
            let n = rng.unit(i as u64) * 30.0;
            p.copy_from_slice(&[
                (200.0 * x + n) as u8,
                (200.0 * y + n) as u8,
                (120.0 * (1.0 - x) + n) as u8,
                255,
            ]);
        }
        frame
    }

    #[test]
    fn palette_colours_are_about_as_near_to_the_picture_as_256_can_be() {
        for seed in 0..3 {
            let frame = noise(160, 120, seed);
            let indexed = Quantiser::default().index(&frame);
            let palette: Vec<[u8; 3]> = indexed.palette.as_chunks::<3>().0.to_vec();
            assert_eq!(palette.len(), 256, "it uses all 256");
            let off = |a: [u8; 3], p: &[u8]| (0..3).map(|c| a[c].abs_diff(p[c]) as f64).sum::<f64>() / 3.0;
            let (mut near, mut shown_off, mut worst) = (0.0, 0.0, 0f64);
            for (p, s) in frame.rgba.chunks_exact(4).zip(shown(&indexed)) {
                let best = palette.iter().map(|e| off(*e, p)).fold(f64::MAX, f64::min);
                (near, shown_off, worst) = (near + best, shown_off + off(s, p), worst.max(best));
            }
            let n = (frame.width * frame.height) as f64;
            // A cube of this picture's colours cut into 256 has cells of 9 to 14 levels: a mean of 4 is what they
            // allow.
            assert!(near / n < 5.0 && worst < 24.0, "seed {seed}: {} and {worst}", near / n);
            assert!(shown_off / n < 9.0, "seed {seed}, dithered: {}", shown_off / n);
            // And each colour of the palette is one of the picture's, but for a few levels.
            let far = palette
                .iter()
                .map(|e| frame.rgba.chunks_exact(4).map(|p| off(*e, p)).fold(f64::MAX, f64::min));
            assert!(far.fold(0.0, f64::max) < 6.0);
        }
    }

    /// Sixteen bits would wrap 70,000 to 4464.
    #[test]
    fn more_pixels_of_one_colour_than_sixteen_bits_hold_are_all_counted() {
        let mut frame = noise(300, 300, 5);
        frame.rgba.chunks_exact_mut(4).take(70_000).for_each(|p| p[..3].copy_from_slice(&[9, 250, 130]));
        let bins = histogram(&frame);
        assert_eq!(bins.iter().map(|b| b.count).sum::<u64>(), 90_000);
        let flat = bins.iter().find(|b| b.mean() == [9.0, 250.0, 130.0]).unwrap();
        assert_eq!((flat.count, flat.sum), (70_000, [630_000, 17_500_000, 9_100_000]));
        let indexed = Quantiser::default().index(&frame);
        let exact = shown(&indexed).into_iter().take(70_000).filter(|c| *c == [9, 250, 130]).count();
        assert!(exact > 60_000, "{exact} of 70000 have their own colour");
    }

    #[test]
    fn two_hundred_and_fifty_six_colours_are_kept_as_they_are_and_one_more_is_not() {
        let of = |colours: usize| {
            let mut frame = Frame::new(64, 64);
            frame.rgba.chunks_exact_mut(4).enumerate().for_each(|(i, p)| {
                let c = i % colours;
                p.copy_from_slice(&[c as u8, (c / 256) as u8 * 90, (c * 7) as u8, 255]);
            });
            (exact(&frame), frame)
        };
        let (Some(indexed), frame) = of(256) else { panic!("they fit") };
        assert_eq!(indexed.palette.len(), 768);
        assert!(shown(&indexed).iter().zip(frame.rgba.chunks_exact(4)).all(|(s, p)| s == &p[..3]));
        assert!(of(257).0.is_none());
    }

    #[test]
    fn keys_bins_boxes_and_distances_are_what_they_say() {
        assert_eq!(centre_of(0), [1.5; 3]);
        assert_eq!(centre_of(63 << 12 | 1 << 6 | 2), [253.5, 5.5, 9.5]);
        assert_eq!(distance([1.0, 2.0, 3.0], [3.0, 5.0, 7.0]), 2.0 * 4.0 + 4.0 * 9.0 + 1.5 * 16.0);
        assert_eq!(nearest(&[[0; 3], [10, 0, 0], [10, 0, 0], [0, 0, 12]], [9.0, 0.0, 1.0]), 1);
        let bin = |rgb: [u8; 3], times: u64| {
            let mut bin = Bin::default();
            bin.add(rgb, times);
            bin
        };
        // Pixels · width², the square root of the pixels, in the perceptually widest channel.
        let members = [bin([0, 0, 0], 9), bin([10, 8, 20], 7)];
        assert_eq!(widest(&members), (2, 4.0 * 24.0 * 24.0));
        let halves = cut(vec![bin([9, 0, 0], 1), bin([1, 0, 0], 4), bin([5, 0, 0], 3), bin([7, 0, 0], 2)], 0);
        let reds = halves.map(|h| h.iter().map(|b| b.mean()[0]).collect::<Vec<_>>());
        assert_eq!(reds, [vec![1.0], vec![5.0, 7.0, 9.0]]);
        assert!(
            (mean_error(&[bin([3, 6, 9], 3), bin([30, 30, 30], 1)], &[[0; 3], [30; 3]]) - 4.5).abs() < 1e-6
        );
    }
}
