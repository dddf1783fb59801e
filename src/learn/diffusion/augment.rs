//! Pictures as the network sees them in training: mirrored and rolled, where the world they show looks the same so.

use std::borrow::Cow;

use super::Settings;
use crate::training::Batch;
use world::rng::Rng;

/// The batch, each picture mirrored with a probability of one half and rolled by a uniform number of columns, if the
/// settings say so.
pub fn augment<'a>(batch: &'a Batch, s: &Settings, rng: Rng) -> Cow<'a, Batch> {
    if !s.mirror && !s.roll {
        return Cow::Borrowed(batch);
    }
    let side = batch.shape.side;
    let mut pixels = batch.pixels.clone();
    for (i, picture) in pixels.chunks_exact_mut(batch.shape.len()).enumerate() {
        let rng = rng.fork(i as u64);
        let mirrored = s.mirror && rng.unit(0) < 0.5;
        let by = if s.roll { (rng.unit(1) * side as f32) as usize % side } else { 0 };
        for row in picture.chunks_exact_mut(side) {
            if mirrored {
                row.reverse();
            }
            row.rotate_right(by);
        }
    }
    Cow::Owned(Batch { pixels, labels: batch.labels.clone(), shape: batch.shape })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ImageShape;

    fn batch() -> Batch {
        let shape = ImageShape { channels: 3, side: 28 };
        let pixels = (0..8 * shape.len()).map(|i| (i % 28) as f32 + (i / 28) as f32 * 100.0).collect();
        Batch { pixels, labels: vec![0; 8], shape }
    }

    /// Every row is a rotation of itself or of its mirror image, the same for all rows of a picture.
    #[test]
    fn rows_are_rolled_and_mirrored_together() {
        let (batch, s) = (batch(), Settings { mirror: true, roll: true, ..Settings::default() });
        let moved = augment(&batch, &s, Rng::new(4));
        let mut seen = std::collections::BTreeSet::new();
        for (old, new) in batch.pixels.chunks(3 * 784).zip(moved.pixels.chunks(3 * 784)) {
            let first: Vec<usize> = new[..28].iter().map(|v| (v - old[0]) as usize).collect();
            let step = (first[1] + 28 - first[0]) % 28;
            assert!(step == 1 || step == 27);
            seen.insert((step, first[0]));
            for (row, new) in old.chunks(28).zip(new.chunks(28)) {
                new.iter().zip(&first).for_each(|(v, at)| assert_eq!(*v, row[*at]));
            }
        }
        assert!(seen.len() > 5 && seen.iter().any(|s| s.0 == 1) && seen.iter().any(|s| s.0 == 27));
    }

    #[test]
    fn nothing_moves_unless_asked() {
        let batch = batch();
        assert!(matches!(augment(&batch, &Settings::default(), Rng::new(4)), Cow::Borrowed(_)));
    }
}
