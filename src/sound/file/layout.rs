//! Channel layouts, and the downmix to stereo.
//!
//! The downmix is that of ITU-R BS.775-4 (table 2): centre and surrounds at −3 dB into their side or sides, left and
//! right unchanged. The standard may drop the low-frequency channel; here it is mixed at −6 dB, so that no channel of a
//! file is lost. Channels without a position alternate between left and right.

/// 1/√2: −3 dB.
const HALF: f32 = std::f32::consts::FRAC_1_SQRT_2;
/// Most channels supported.
pub const MOST: usize = 64;

/// Loudness weight of side channels: 1.5 dB (ITU-R BS.1770-4, table 3).
const SIDE: f64 = 1.41;

/// Channel positions in the order of the bits of WAVE's `dwChannelMask`: left and right gain, and loudness weight
/// (BS.1770-4, table 4).
const PLACES: [([f32; 2], f64); 18] = [
    ([1.0, 0.0], 1.0),
    ([0.0, 1.0], 1.0),
    ([HALF, HALF], 1.0),
    ([0.5, 0.5], 0.0),
    ([HALF, 0.0], SIDE),
    ([0.0, HALF], SIDE),
    ([1.0, 0.0], 1.0),
    ([0.0, 1.0], 1.0),
    ([0.5, 0.5], 1.0),
    ([HALF, 0.0], SIDE),
    ([0.0, HALF], SIDE),
    ([HALF, HALF], 1.0),
    ([HALF, 0.0], 1.0),
    ([0.5, 0.5], 1.0),
    ([0.0, HALF], 1.0),
    ([HALF, 0.0], 1.0),
    ([0.5, 0.5], 1.0),
    ([0.0, HALF], 1.0),
];

/// Default layouts by number of channels, where a file states no more (WAVE, FLAC, Vorbis), as masks.
const USUAL: [u64; 9] = [0, 0x4, 0x3, 0x7, 0x33, 0x37, 0x3f, 0x70f, 0x63f];

/// The channels of a sound, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    gains: Vec<[f32; 2]>,
    loudness: Vec<f64>,
    weights: Vec<f32>,
}

impl Layout {
    /// Left and right.
    pub fn stereo() -> Self {
        Self::new(2, 0x3)
    }

    /// Channels at the positions of a mask, lowest bit first; channels beyond the mask have no position. A mask of 0
    /// selects the default layout.
    pub fn new(channels: usize, mask: u64) -> Self {
        // Mono is played on both sides, whatever its position.
        if channels == 1 {
            return Self::of(vec![[1.0, 1.0]], vec![1.0]);
        }
        let mask = if mask == 0 { USUAL.get(channels).copied().unwrap_or(0) } else { mask };
        let mut bits = (0..64).filter(|b| mask >> b & 1 == 1);
        let place = |n: usize, bit: Option<usize>| match bit.and_then(|b| PLACES.get(b)) {
            Some(place) => *place,
            None if n.is_multiple_of(2) => ([HALF, 0.0], 1.0),
            None => ([0.0, HALF], 1.0),
        };
        let (gains, loudness) = (0..channels).map(|n| place(n, bits.next())).unzip();
        Self::of(gains, loudness)
    }

    fn of(gains: Vec<[f32; 2]>, loudness: Vec<f64>) -> Self {
        let weights = gains.iter().map(|[l, r]| 0.5 * (l * l + r * r)).collect();
        Self { gains, loudness, weights }
    }

    /// Inputs of a sound card, all of equal weight.
    pub fn inputs(channels: usize) -> Self {
        let plain = Self::new(channels, 0);
        let weights = vec![1.0 / channels.max(1) as f32; channels];
        Self { weights, loudness: vec![1.0; channels], ..plain }
    }

    /// Number of channels.
    pub fn channels(&self) -> usize {
        self.gains.len()
    }

    /// Loudness weight of each channel by ITU-R BS.1770.
    pub fn loudness(&self) -> &[f64] {
        &self.loudness
    }

    /// Share of each channel's power in the mean power of left and right: for uncorrelated channels, the weighted sum
    /// is the power of the downmix; correlated ones do not cancel.
    pub fn weights(&self) -> &[f32] {
        &self.weights
    }

    /// Appends the downmix of whole frames to `out`, interleaved stereo.
    pub fn mix(&self, frames: &[f32], out: &mut Vec<f32>) {
        match self.gains.as_slice() {
            [_] => out.extend(frames.iter().flat_map(|v| [*v, *v])),
            [[1.0, 0.0], [0.0, 1.0]] => out.extend(frames),
            gains => out.extend(frames.chunks_exact(gains.len()).flat_map(|frame| {
                let sum = |side: usize| frame.iter().zip(gains).map(|(v, g)| v * g[side]).sum::<f32>();
                [sum(0), sum(1)]
            })),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_channel_of_every_layout_is_mixed_and_weighted() {
        for channels in 1..=MOST {
            for mask in [0, 0x3, 0x3f, 0x60f, 0x3ffff, 1 << 40] {
                let layout = Layout::new(channels, mask);
                for c in 0..channels {
                    let mut frame = vec![0.0; channels];
                    frame[c] = 1.0;
                    let mut out = Vec::new();
                    layout.mix(&frame, &mut out);
                    assert!(out.len() == 2 && out[0].max(out[1]) >= 0.5, "{channels} {mask} {c}: {out:?}");
                    let weight = layout.weights()[c];
                    assert!(
                        (weight - 0.5 * (out[0] * out[0] + out[1] * out[1])).abs() < 1e-6 && weight > 0.1
                    );
                }
            }
        }
    }

    #[test]
    fn surround_is_mixed_by_the_itu_standard() {
        let mut out = Vec::new();
        Layout::new(6, 0x3f).mix(&[0.1, 0.2, 0.3, 0.0, 0.4, 0.5], &mut out);
        let expected = [0.1 + HALF * 0.3 + HALF * 0.4, 0.2 + HALF * 0.3 + HALF * 0.5];
        assert!(out.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{out:?}");
        assert_eq!(Layout::new(6, 0), Layout::new(6, 0x3f));
        assert_eq!(Layout::new(1, 0x1), Layout::new(1, 0));
        let mut same = Vec::new();
        Layout::stereo().mix(&[0.1, -0.7, 0.2, 0.3], &mut same);
        assert_eq!(same, [0.1, -0.7, 0.2, 0.3]);
        assert_eq!(Layout::stereo().weights(), [0.5, 0.5]);
    }
}
