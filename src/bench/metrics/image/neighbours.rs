//! Pixel connectivity.

/// Which pixels are neighbours. Borders do not wrap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Neighbours {
    /// Those that share a side (rook moves, connectivity 1).
    Four,
    /// Those that share a side or a corner (queen moves, connectivity 2).
    Eight,
}

/// Offsets (right, down) to half of the neighbours; the other half are their negatives. They are the directions 0°,
/// 45°, 90° and 135° of grey-level co-occurrence, with angles counted downwards.
pub(super) const STEPS: [(isize, usize); 4] = [(1, 0), (1, 1), (0, 1), (-1, 1)];

impl Neighbours {
    /// Every pair of neighbours once, as row-major indices.
    pub(super) fn pairs(self, width: usize, height: usize) -> impl Iterator<Item = (usize, usize)> {
        let every = if self == Self::Four { 2 } else { 1 };
        STEPS.into_iter().step_by(every).flat_map(move |step| pairs(width, height, step))
    }
}

/// Every pair of pixels one offset apart.
pub(super) fn pairs(
    width: usize,
    height: usize,
    (dx, dy): (isize, usize),
) -> impl Iterator<Item = (usize, usize)> {
    let columns = dx.min(0).unsigned_abs()..width.saturating_sub(dx.max(0).unsigned_abs());
    (0..height.saturating_sub(dy)).flat_map(move |y| {
        let apart = (dy * width).wrapping_add_signed(dx);
        columns.clone().map(move |x| (y * width + x, y * width + x + apart))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_occurs_once() {
        for (w, h) in [(1, 1), (1, 4), (5, 1), (2, 2), (4, 3)] {
            let four = h * (w - 1) + w * (h - 1);
            let found: Vec<_> = Neighbours::Four.pairs(w, h).collect();
            assert_eq!(found.len(), four);
            let mut eight: Vec<_> = Neighbours::Eight.pairs(w, h).collect();
            eight.sort();
            eight.dedup();
            assert_eq!(eight.len(), four + 2 * (w - 1) * (h - 1));
            for (a, b) in eight {
                assert!((a % w).abs_diff(b % w) <= 1 && (a / w).abs_diff(b / w) <= 1 && a < b);
            }
        }
    }
}
