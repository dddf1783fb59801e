//! Mean and spread of pictures, pixel by pixel.

use rayon::prelude::*;

use crate::sets::image_set::ImageSet;

/// Mean and standard deviation of pictures, pixel by pixel, each as a picture (channels last).
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
    /// How many pictures.
    pub count: usize,
    /// The mean, 0..=255.
    pub mean: Vec<u8>,
    /// Twice the standard deviation, which is 127.5 at most.
    pub spread: Vec<u8>,
}

impl Moments {
    fn of<'a>(pictures: impl Iterator<Item = &'a Vec<u8>>, length: usize) -> Self {
        let (mut count, mut sums) = (0u64, vec![[0u64; 2]; length]);
        for picture in pictures {
            count += 1;
            for ([sum, squares], v) in sums.iter_mut().zip(picture) {
                let v = u64::from(*v);
                *sum += v;
                *squares += v * v;
            }
        }
        let n = count.max(1) as f64;
        let mean = |s: u64| s as f64 / n;
        let spread = |[s, q]: [u64; 2]| 2.0 * (mean(q) - mean(s) * mean(s)).max(0.0).sqrt();
        Self {
            count: count as usize,
            mean: sums.iter().map(|s| mean(s[0]).round() as u8).collect(),
            spread: sums.iter().map(|s| spread(*s).round() as u8).collect(),
        }
    }
}

/// Of all pictures, then of each class.
pub fn all(set: &ImageSet) -> Vec<Moments> {
    let length = set.side * set.side * set.channels;
    let of = |class: Option<usize>| {
        let labelled = set.pixels.iter().zip(&set.labels);
        let chosen = labelled.filter(|(_, l)| class.is_none_or(|c| c == **l)).map(|(p, _)| p);
        Moments::of(chosen, length)
    };
    let classes: Vec<Option<usize>> = std::iter::once(None).chain((0..set.classes.len()).map(Some)).collect();
    classes.into_par_iter().map(of).collect()
}
