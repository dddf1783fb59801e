//! What the network reads: hashed words of the question; embedding and colours of the picture.

use data::questions::normalised;
use world::rng::Rng;

use crate::verdict::EMBEDDING;

/// Numbers into which words and pairs of words are hashed (Weinberger et al. 2009).
pub const BUCKETS: usize = 1024;
/// Fields along a side in which colours are taken.
const FIELDS: usize = 4;
/// Numbers of a picture: the embedding of the judge, which was taught to look past colours, places and mirror images; and of
/// 16 fields the mean colour and the deviation of its levels, which tell where something is.
pub const PICTURE: usize = EMBEDDING + 4 * FIELDS * FIELDS;

/// A question as a sparse vector of length 1: each word, and each pair of neighbours, adds ±1 to its bucket. The order of
/// words beyond pairs is lost.
pub fn question(text: &str) -> Vec<(usize, f32)> {
    let plain = normalised(text);
    let words: Vec<&str> = plain.split_whitespace().collect();
    let pairs = words.windows(2).map(|pair| pair.join(" "));
    let mut sums: Vec<(usize, f32)> = Vec::new();
    for term in words.iter().map(|w| w.to_string()).chain(pairs) {
        let address = Rng::new(0).named(&term);
        let bucket = address.below(0, BUCKETS as u64) as usize;
        let sign = if address.below(1, 2) == 0 { -1.0 } else { 1.0 };
        match sums.iter_mut().find(|s| s.0 == bucket) {
            Some(sum) => sum.1 += sign,
            None => sums.push((bucket, sign)),
        }
    }
    let length = sums.iter().map(|s| s.1 * s.1).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    sums.into_iter().map(|(bucket, v)| (bucket, v / length)).collect()
}

/// A picture (`side`², in 0..1, channels last) and its embedding as numbers.
pub fn picture(pixels: &[f32], side: usize, channels: usize, embedding: &[f32; EMBEDDING]) -> Vec<f32> {
    let mut fields = [Field::default(); FIELDS * FIELDS];
    for (i, pixel) in pixels.chunks_exact(channels).enumerate() {
        fields[i / side * FIELDS / side * FIELDS + i % side * FIELDS / side].add(pixel);
    }
    embedding.iter().copied().chain(fields.iter().flat_map(Field::numbers)).collect()
}

/// Sums over a part of a picture.
#[derive(Clone, Copy, Default)]
struct Field {
    count: f32,
    colours: [f32; 3],
    squares: f32,
}

impl Field {
    fn add(&mut self, pixel: &[f32]) {
        let colour = [0, 1, 2].map(|c| pixel[c % pixel.len()]);
        let level = colour.iter().sum::<f32>() / 3.0;
        self.count += 1.0;
        (0..3).for_each(|c| self.colours[c] += colour[c]);
        self.squares += level * level;
    }

    /// Mean colour, and deviation of the levels.
    fn numbers(&self) -> [f32; 4] {
        let n = self.count.max(1.0);
        let [r, g, b] = self.colours.map(|sum| sum / n);
        let level = (r + g + b) / 3.0;
        [r, g, b, (self.squares / n - level * level).max(0.0).sqrt()]
    }
}
