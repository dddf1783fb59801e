//! What the network reads: hashed words of the question; embedding and colours of the picture.

use data::questions::normalised;
use world::rng::Rng;

use crate::verdict::EMBEDDING;

/// Numbers into which words and pairs of words are hashed (Weinberger et al. 2009).
pub const BUCKETS: usize = 1024;
/// Fields along a side in which mean colours are taken.
const FIELDS: usize = 4;
/// Numbers of a picture: the embedding of the judge, which was taught to look past colours, and 16 mean colours.
pub const PICTURE: usize = EMBEDDING + 3 * FIELDS * FIELDS;

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
    let mut sums = [[0f32; 4]; FIELDS * FIELDS];
    for (i, pixel) in pixels.chunks_exact(channels).enumerate() {
        let field = &mut sums[i / side * FIELDS / side * FIELDS + i % side * FIELDS / side];
        (0..3).for_each(|c| field[c] += pixel[c % channels]);
        field[3] += 1.0;
    }
    let colours = sums.iter().flat_map(|s| [0, 1, 2].map(|c| s[c] / s[3].max(1.0)));
    embedding.iter().copied().chain(colours).collect()
}
