//! Fractal measures of shapes: box counting and lacunarity.

use super::Mask;
use super::fit::slope;
use crate::metrics::MetricError;

/// Number of boxes of `side` pixels that contain a lit pixel, on a grid from the upper left corner; boxes cut off by
/// the right and lower borders count.
///
/// # Errors
/// Boxes of no size.
pub fn box_count(mask: &Mask, side: usize) -> Result<usize, MetricError> {
    if side == 0 {
        return Err(MetricError::Unfit { metric: "box counting", why: "boxes of side 0".into() });
    }
    let across = mask.width().div_ceil(side);
    let mut boxes = vec![false; across * mask.height().div_ceil(side)];
    for (y, row) in mask.lit().chunks_exact(mask.width()).enumerate() {
        for (x, _) in row.iter().enumerate().filter(|(_, lit)| **lit) {
            boxes[y / side * across + x / side] = true;
        }
    }
    Ok(boxes.iter().filter(|&&held| held).count())
}

/// Box-counting dimension: the least-squares slope of log count over log 1/side; 0 (points) to 2 (areas). Falconer
/// (2003).
///
/// Exact only where sides are powers of the shape's own scale factor and divide the picture.
///
/// # Errors
/// Nothing lit, boxes of no size, or fewer than two different sizes.
pub fn box_dimension(mask: &Mask, sides: &[usize]) -> Result<f64, MetricError> {
    let metric = "box-counting dimension";
    lit(mask, metric)?;
    let point = |&side: &usize| Ok((-(side as f64).ln(), (box_count(mask, side)? as f64).ln()));
    let points = sides.iter().map(point).collect::<Result<Vec<_>, MetricError>>()?;
    slope(&points).ok_or(MetricError::TooFew {
        metric,
        what: "different box sizes".into(),
        least: 2,
        found: sides.len().min(1),
    })
}

/// Gliding-box lacunarity: the mean square over the squared mean of the number of lit pixels in a box of `side` pixels,
/// over all positions inside the picture; 1 (homogeneous) or more. Allain and Cloitre (1991).
///
/// # Errors
/// Nothing lit, or boxes of no size or larger than the picture.
pub fn lacunarity(mask: &Mask, side: usize) -> Result<f64, MetricError> {
    let metric = "lacunarity";
    lit(mask, metric)?;
    let (w, h) = (mask.width(), mask.height());
    if side == 0 || side > w.min(h) {
        return Err(MetricError::Unfit { metric, why: format!("boxes of side {side} on {w}×{h} pixels") });
    }
    let sums = summed_area(mask);
    let at = |x: usize, y: usize| sums[y * (w + 1) + x];
    let (mut first, mut second) = (0.0, 0.0);
    for y in 0..=h - side {
        for x in 0..=w - side {
            let mass = at(x, y) + at(x + side, y + side) - at(x + side, y) - at(x, y + side);
            first += mass as f64;
            second += (mass * mass) as f64;
        }
    }
    Ok(second * ((w - side + 1) * (h - side + 1)) as f64 / (first * first))
}

/// Summed-area table: lit pixels above and left of every corner of the pixel grid.
fn summed_area(mask: &Mask) -> Vec<u64> {
    let across = mask.width() + 1;
    let mut sums = vec![0; across * (mask.height() + 1)];
    for (y, row) in mask.lit().chunks_exact(mask.width()).enumerate() {
        let mut so_far = 0;
        for (x, &lit) in row.iter().enumerate() {
            so_far += u64::from(lit);
            sums[(y + 1) * across + x + 1] = sums[y * across + x + 1] + so_far;
        }
    }
    sums
}

fn lit(mask: &Mask, metric: &'static str) -> Result<(), MetricError> {
    if mask.lit().contains(&true) {
        return Ok(());
    }
    Err(MetricError::Unfit { metric, why: "nothing is lit".into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn drawn(side: usize, f: impl Fn(usize, usize) -> bool) -> Mask {
        Mask::new(side, side, (0..side * side).map(|i| f(i % side, i / side)).collect()).unwrap()
    }

    fn triangle() -> Mask {
        drawn(64, |x, y| x & y == 0)
    }

    fn carpet() -> Mask {
        drawn(81, |mut x, mut y| {
            while x > 0 || y > 0 {
                if x % 3 == 1 && y % 3 == 1 {
                    return false;
                }
                (x, y) = (x / 3, y / 3);
            }
            true
        })
    }

    #[test]
    fn fractals_have_their_theoretical_dimension() {
        let triangle = box_dimension(&triangle(), &[1, 2, 4, 8, 16, 32, 64]).unwrap();
        assert!((triangle - 3.0_f64.log2()).abs() < 1e-12);
        let carpet = box_dimension(&carpet(), &[1, 3, 9, 27, 81]).unwrap();
        assert!((carpet - 8.0_f64.ln() / 3.0_f64.ln()).abs() < 1e-12);
        let area = box_dimension(&drawn(64, |_, _| true), &[1, 2, 4, 8]).unwrap();
        assert!((area - 2.0).abs() < 1e-12);
    }

    #[test]
    fn cut_boxes_count() {
        assert_eq!(box_count(&drawn(64, |_, _| true), 48), Ok(4));
        assert_eq!(box_count(&drawn(64, |x, _| x == 63), 48), Ok(2));
    }

    #[test]
    fn homogeneous_masks_have_a_lacunarity_of_one() {
        assert_eq!(lacunarity(&drawn(20, |_, _| true), 7), Ok(1.0));
        assert_eq!(lacunarity(&drawn(20, |x, y| (x + y) % 2 == 0), 2), Ok(1.0));
        // One pixel of four in boxes of one: mean ¼, mean square ¼.
        assert_eq!(lacunarity(&drawn(20, |x, y| x % 2 + y % 2 == 0), 1), Ok(4.0));
    }

    #[test]
    fn empty_masks_and_invalid_boxes_are_rejected() {
        let (dark, bright) = (drawn(8, |_, _| false), drawn(8, |_, _| true));
        assert!(box_dimension(&dark, &[1, 2]).is_err() && lacunarity(&dark, 2).is_err());
        assert!(box_dimension(&bright, &[0, 2]).is_err() && lacunarity(&bright, 0).is_err());
        assert!(lacunarity(&bright, 9).is_err());
        for sides in [vec![], vec![4], vec![4, 4]] {
            assert!(matches!(box_dimension(&bright, &sides), Err(MetricError::TooFew { .. })));
        }
    }

    proptest! {
        #[test]
        fn lacunarity_is_at_least_one(lit in prop::collection::vec(any::<bool>(), 63), side in 1usize..8) {
            let mask = Mask::new(9, 7, lit).unwrap();
            if let Ok(lacunarity) = lacunarity(&mask, side) {
                prop_assert!(lacunarity >= 1.0 - 1e-12);
            }
            prop_assert!(box_count(&mask, side).unwrap() <= mask.count());
        }
    }
}
