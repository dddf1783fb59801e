//! Shapes above a threshold: components, holes and perimeter.

use super::{Grey, Mask, Neighbours};
use crate::metrics::MetricError;
use std::f64::consts::SQRT_2;

/// Otsu's threshold: the first 8-bit level that maximises the between-class variance of the pixels up to it and those
/// above it. Otsu (1979).
///
/// # Errors
/// A picture of a single level.
pub fn otsu(picture: &Grey) -> Result<u8, MetricError> {
    let mut counts = [0u64; 256];
    picture.levels().iter().for_each(|&v| counts[usize::from(v)] += 1);
    let all: u64 = counts.iter().sum();
    let weight: u64 = counts.iter().zip(0..).map(|(n, v): (&u64, u64)| n * v).sum();
    let (mut below, mut weight_below) = (0, 0);
    let mut best = (0.0, None);
    for (level, n) in (0..=255u8).zip(counts) {
        below += n;
        weight_below += n * u64::from(level);
        if below == 0 || below == all {
            continue;
        }
        let (low, high) = (below as f64, (all - below) as f64);
        let apart = weight_below as f64 / low - (weight - weight_below) as f64 / high;
        let between = low * high * apart * apart;
        if between > best.0 {
            best = (between, Some(level));
        }
    }
    best.1.ok_or_else(|| MetricError::Unfit {
        metric: "Otsu",
        why: "the picture is of one level throughout".into(),
    })
}

/// Number of connected components of lit pixels.
pub fn components(mask: &Mask, neighbours: Neighbours) -> usize {
    let mut parent: Vec<usize> = (0..mask.lit().len()).collect();
    let mut shapes = mask.count();
    for (a, b) in neighbours.pairs(mask.width(), mask.height()) {
        if mask.lit()[a] && mask.lit()[b] {
            let (a, b) = (root(&mut parent, a), root(&mut parent, b));
            shapes -= usize::from(a != b);
            parent[a.max(b)] = a.min(b);
        }
    }
    shapes
}

fn root(parent: &mut [usize], mut i: usize) -> usize {
    while parent[i] != i {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    i
}

/// Euler number, components minus holes, from the 2×2 windows with one, three or two diagonal lit pixels; unlit pixels
/// have the complementary connectivity (4 where lit ones have 8). Gray (1971).
pub fn euler_number(mask: &Mask, neighbours: Neighbours) -> i64 {
    let (mut ones, mut threes, mut diagonals) = (0i64, 0i64, 0i64);
    for y in 0..=mask.height() as isize {
        for x in 0..=mask.width() as isize {
            let [a, b, c, d] = [(1, 1), (0, 1), (1, 0), (0, 0)].map(|(dx, dy)| mask.at(x - dx, y - dy));
            match [a, b, c, d].iter().filter(|&&lit| lit).count() {
                1 => ones += 1,
                3 => threes += 1,
                2 if a == d => diagonals += 1,
                _ => {}
            }
        }
    }
    let joined = if neighbours == Neighbours::Four { 2 } else { -2 };
    (ones - threes + joined * diagonals) / 4
}

/// Perimeter in pixels: every lit pixel with an unlit 4-neighbour (or the border) counts by the direction of the
/// outline there, straight (1), diagonal (√2) or turning between the two (half of both). Benkrid, Crookes and Benkrid
/// (2000).
pub fn perimeter(mask: &Mask) -> f64 {
    let outline = outline(mask);
    let (mut straight, mut diagonal, mut turning) = (0, 0, 0);
    for y in 0..mask.height() as isize {
        for x in (0..mask.width() as isize).filter(|&x| outline.at(x, y)) {
            let count =
                |steps: [(isize, isize); 4]| steps.iter().filter(|s| outline.at(x + s.0, y + s.1)).count();
            match (count([(1, 0), (0, 1), (-1, 0), (0, -1)]), count([(1, 1), (-1, 1), (-1, -1), (1, -1)])) {
                (2 | 3, 0..=2) => straight += 1,
                (0, 2) | (1, 3) => diagonal += 1,
                (1, 1 | 2) => turning += 1,
                _ => {}
            }
        }
    }
    f64::from(straight) + SQRT_2 * f64::from(diagonal) + (1.0 + SQRT_2) / 2.0 * f64::from(turning)
}

/// Lit pixels with an unlit 4-neighbour.
fn outline(mask: &Mask) -> Mask {
    let mut lit = Vec::with_capacity(mask.lit().len());
    for y in 0..mask.height() as isize {
        for x in 0..mask.width() as isize {
            let surrounded = [(1, 0), (0, 1), (-1, 0), (0, -1)].iter().all(|s| mask.at(x + s.0, y + s.1));
            lit.push(mask.at(x, y) && !surrounded);
        }
    }
    Mask::filled(mask.width(), mask.height(), lit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::image::samples::{checkerboard, drawn, levels, noise};
    use Neighbours::{Eight, Four};
    use proptest::prelude::*;

    fn mask(rows: &[&str]) -> Mask {
        let lit = rows.iter().flat_map(|row| row.chars().map(|c| c == '#')).collect();
        Mask::new(rows[0].len(), rows.len(), lit).unwrap()
    }

    fn inverse(mask: &Mask) -> Mask {
        let (w, h) = (mask.width() as isize, mask.height() as isize);
        let lit = (0..(w + 2) * (h + 2)).map(|i| !mask.at(i % (w + 2) - 1, i / (w + 2) - 1));
        Mask::new(mask.width() + 2, mask.height() + 2, lit.collect()).unwrap()
    }

    #[test]
    fn otsu_separates_two_levels_and_rejects_one() {
        assert_eq!(otsu(&checkerboard(4, 4)), Ok(0));
        assert_eq!(otsu(&drawn(4, 1, |x, _| [10.0, 12.0, 200.0, 210.0][x])), Ok(12));
        assert!(matches!(otsu(&drawn(4, 4, |_, _| 7.0)), Err(MetricError::Unfit { .. })));
    }

    #[test]
    fn known_shapes_have_known_euler_numbers() {
        let ring = mask(&["###", "#.#", "###"]);
        assert_eq!((euler_number(&ring, Four), euler_number(&ring, Eight)), (0, 0));
        let corners = mask(&["#.", ".#"]);
        assert_eq!((components(&corners, Four), components(&corners, Eight)), (2, 1));
        assert_eq!((euler_number(&corners, Four), euler_number(&corners, Eight)), (2, 1));
        let diamond = mask(&[".#.", "#.#", ".#."]);
        assert_eq!((euler_number(&diamond, Four), euler_number(&diamond, Eight)), (4, 0));
        let none = mask(&["...", "..."]);
        assert_eq!((components(&none, Eight), euler_number(&none, Four), perimeter(&none)), (0, 0, 0.0));
    }

    #[test]
    fn a_spiral_is_one_component() {
        let spiral = mask(&["#####.", "....#.", "###.#.", "#.#.#.", "#...#.", "#####."]);
        assert_eq!((components(&spiral, Four), euler_number(&spiral, Four)), (1, 1));
    }

    #[test]
    fn perimeters_are_path_lengths_through_outline_pixels() {
        let square = mask(&["....", "....", "....", "...."]);
        assert_eq!(perimeter(&square), 0.0);
        let block = Mask::new(5, 4, vec![true; 20]).unwrap();
        assert_eq!(perimeter(&block), 14.0);
        let diamond = mask(&["..#..", ".#.#.", "#...#", ".#.#.", "..#.."]);
        assert!((perimeter(&diamond) - 8.0 * SQRT_2).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn euler_numbers_are_components_minus_holes(picture in levels(9, 8)) {
            let lit = Mask::above(&picture, 120);
            for (ours, theirs) in [(Four, Eight), (Eight, Four)] {
                // One unlit component is the outside.
                let holes = components(&inverse(&lit), theirs) - 1;
                let expected = components(&lit, ours) as i64 - holes as i64;
                prop_assert_eq!(euler_number(&lit, ours), expected);
            }
        }
    }

    #[test]
    fn the_threshold_leaves_pixels_on_both_sides() {
        let picture = noise(16, 16, 2);
        let count = Mask::above(&picture, otsu(&picture).unwrap()).count();
        assert!(count > 0 && count < 256);
    }
}
