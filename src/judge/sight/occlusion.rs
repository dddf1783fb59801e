//! Occlusion: how much a class's logit falls when a patch of the picture is covered (Zeiler and Fergus 2013).

use rayon::prelude::*;

use super::Observer;
use super::map::SaliencyMap;

/// A covering patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patch {
    /// Pixels a side.
    pub side: usize,
    /// Pixels between its places.
    pub stride: usize,
}

impl Patch {
    /// An eighth of a side in steps of half of it, for pictures of this side.
    pub fn usual(side: usize) -> Self {
        let patch = (side / 8).max(2);
        Self { side: patch, stride: (patch / 2).max(1) }
    }
}

/// Mean fall of a class's logit over all patches that cover a pixel; the patch has the picture's mean colour, which the
/// network's standardisation makes zero.
pub fn occlusion(observer: &Observer, picture: &[f32], class: usize, patch: Patch) -> SaliencyMap {
    let (height, width) = observer.size();
    let channels = observer.channels();
    let n = (height * width) as f64;
    let mean =
        |c: usize| (picture.iter().skip(c).step_by(channels).map(|v| *v as f64).sum::<f64>() / n) as f32;
    let colour: Vec<f32> = (0..channels).map(mean).collect();
    let whole = observer.clone().look(picture).logits[class];
    let tops = places(height, patch);
    let lefts = places(width, patch);
    let all: Vec<(usize, usize)> = tops.iter().flat_map(|y| lefts.iter().map(|x| (*y, *x))).collect();
    let falls: Vec<f32> = all
        .par_iter()
        .map_init(
            || observer.clone(),
            |observer, (top, left)| {
                let mut covered = picture.to_vec();
                for y in *top..(top + patch.side).min(height) {
                    let row = &mut covered[(y * width + left) * channels..];
                    let pixels = row.chunks_exact_mut(channels).take(patch.side.min(width - left));
                    pixels.for_each(|pixel| pixel.copy_from_slice(&colour));
                }
                whole - observer.look(&covered).logits[class]
            },
        )
        .collect();
    let (mut values, mut counts) = (vec![0f32; height * width], vec![0f32; height * width]);
    for ((top, left), fall) in all.iter().zip(&falls) {
        for y in *top..(top + patch.side).min(height) {
            for x in *left..(left + patch.side).min(width) {
                values[y * width + x] += fall;
                counts[y * width + x] += 1.0;
            }
        }
    }
    values.iter_mut().zip(&counts).for_each(|(v, n)| *v /= n.max(1.0));
    SaliencyMap { height, width, values }
}

/// Where patches begin along a side, so that the last one ends with it.
fn places(side: usize, patch: Patch) -> Vec<usize> {
    let last = side.saturating_sub(patch.side);
    let mut all: Vec<usize> = (0..last).step_by(patch.stride.max(1)).collect();
    all.push(last);
    all
}
