//! Perceptual hashes: alike for pictures that look alike, whatever their size, compression or brightness (pHash, Zauner
//! 2010).

use data::resample::resample;

/// Rows and columns of the picture that is hashed.
const SIDE: usize = 32;
/// Rows and columns of the picture that is correlated: so few that what resizing blurs does not count.
const OUTLINE: usize = 16;
/// Rows and columns of its lowest frequencies.
const LOW: usize = 8;
/// A picture whose levels deviate less than this has no shapes to be hashed.
const FLAT: f32 = 2.0;

/// What is compared of a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct PerceptualHash {
    /// A bit for each of 8 × 8 low frequencies (the constant ones left out): whether it is above their median. None of a
    /// picture without shapes.
    pub bits: Option<u64>,
    /// The luma at 16 × 16, of mean 0 and length 1, for the correlation.
    outline: Vec<f32>,
}

impl PerceptualHash {
    /// Of a picture (bytes, channels last).
    pub fn of(picture: &[u8], side: usize, channels: usize) -> Self {
        let luma: Vec<f32> = picture.chunks_exact(channels).map(luma).collect();
        let (small, deviation) = centred(resample(&luma, (side, side), (SIDE, SIDE), 1));
        let (mut outline, scale) = centred(resample(&luma, (side, side), (OUTLINE, OUTLINE), 1));
        let length = (scale * OUTLINE as f32).max(f32::MIN_POSITIVE);
        outline.iter_mut().for_each(|v| *v /= length);
        Self { bits: (deviation >= FLAT).then(|| bits(&small)), outline }
    }

    /// Correlation of two pictures' luma at 16 × 16, −1..=1.
    pub fn correlation(&self, other: &Self) -> f32 {
        self.outline.iter().zip(&other.outline).map(|(a, b)| a * b).sum()
    }
}

/// Levels less their mean, and their standard deviation.
fn centred(mut levels: Vec<f32>) -> (Vec<f32>, f32) {
    let n = levels.len() as f32;
    let mean = levels.iter().sum::<f32>() / n;
    levels.iter_mut().for_each(|v| *v -= mean);
    let deviation = (levels.iter().map(|v| v * v).sum::<f32>() / n).sqrt();
    (levels, deviation)
}

/// Rec. 709 luma of a grey or RGB pixel, 0..=255.
fn luma(pixel: &[u8]) -> f32 {
    match *pixel {
        [r, g, b] => 0.2126 * f32::from(r) + 0.7152 * f32::from(g) + 0.0722 * f32::from(b),
        _ => f32::from(pixel[0]),
    }
}

/// The signs of the lowest frequencies of a discrete cosine transform (DCT-II) about their median.
fn bits(picture: &[f32]) -> u64 {
    let wave = |k: usize, i: usize| {
        libm::cosf(std::f32::consts::PI / SIDE as f32 * (i as f32 + 0.5) * (k + 1) as f32)
    };
    let waves: Vec<Vec<f32>> = (0..LOW).map(|k| (0..SIDE).map(|i| wave(k, i)).collect()).collect();
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let rows: Vec<Vec<f32>> =
        waves.iter().map(|w| picture.chunks_exact(SIDE).map(|row| dot(row, w)).collect()).collect();
    let low: Vec<f32> = waves.iter().flat_map(|w| rows.iter().map(|row| dot(row, w))).collect();
    let mut sorted = low.clone();
    sorted.sort_by(f32::total_cmp);
    let median = 0.5 * (sorted[LOW * LOW / 2 - 1] + sorted[LOW * LOW / 2]);
    low.iter().enumerate().fold(0, |bits, (i, v)| bits | u64::from(*v > median) << i)
}
