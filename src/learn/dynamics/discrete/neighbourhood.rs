//! Neighbourhoods of 3 × 3 cells as numbers.
//!
//! A neighbourhood of cells with k states is a number of nine digits in base k: its cells row by row from the top left,
//! the first the most significant. It is the index of the neighbourhood in a table of a rule.

use crate::dynamics::trajectories::WorldSpec;

/// Cells of a neighbourhood.
pub const CELLS: usize = 9;
/// The middle cell.
pub const CENTRE: usize = 4;
/// The most neighbourhoods that are enumerated: those of five states.
pub const ENUMERATED: u64 = 1 << 21;

/// All neighbourhoods of cells with so many states: k⁹.
pub fn count(states: usize) -> u64 {
    let k = states as u64;
    k * k * k * (k * k * k) * (k * k * k)
}

/// Whether a rule of so many states can be enumerated, and so proved.
pub fn can_be_enumerated(states: usize) -> bool {
    count(states) <= ENUMERATED
}

/// The cells of a neighbourhood.
pub fn cells(neighbourhood: u64, states: usize) -> [u8; CELLS] {
    let (mut cells, mut rest, k) = ([0; CELLS], neighbourhood, states as u64);
    for cell in cells.iter_mut().rev() {
        (*cell, rest) = ((rest % k) as u8, rest / k);
    }
    cells
}

/// The neighbourhood of these cells.
pub fn of_cells(cells: &[u8; CELLS], states: usize) -> u64 {
    cells.iter().fold(0, |n, c| n * states as u64 + u64::from(*c))
}

/// The cells in three groups of three digits (hexadecimal from the eleventh state on): `010/011/000`.
pub fn text(neighbourhood: u64, states: usize) -> String {
    let digit = |c: &u8| char::from_digit(u32::from(*c), 16).unwrap_or('?');
    let rows = cells(neighbourhood, states);
    let rows = rows.chunks_exact(3).map(|row| row.iter().map(digit).collect::<String>());
    rows.collect::<Vec<_>>().join("/")
}

/// The neighbourhood of every cell of a world, `[height][width]`. Beyond a border that is not periodic lie cells of the
/// first state.
pub fn of_board(board: &[u8], spec: &WorldSpec, states: usize) -> Vec<u64> {
    let (width, height, k) = (spec.width, spec.height, states as u64);
    let [down, across] = spec.periodic;
    let triples = board.chunks_exact(width).flat_map(|row| {
        (0..width).map(move |x| {
            let inside = |x: usize| u64::from(row[x]);
            let left = if x > 0 {
                inside(x - 1)
            } else if across {
                inside(width - 1)
            } else {
                0
            };
            let right = if x + 1 < width {
                inside(x + 1)
            } else if across {
                inside(0)
            } else {
                0
            };
            (left * k + inside(x)) * k + right
        })
    });
    let triples: Vec<u64> = triples.collect();
    let beyond = vec![0; width];
    let row = |y: usize| &triples[y * width..][..width];
    let mut all = Vec::with_capacity(board.len());
    for y in 0..height {
        let up = if y > 0 {
            row(y - 1)
        } else if down {
            row(height - 1)
        } else {
            &beyond
        };
        let low = if y + 1 < height {
            row(y + 1)
        } else if down {
            row(0)
        } else {
            &beyond
        };
        let cube = k * k * k;
        all.extend(up.iter().zip(row(y)).zip(low).map(|((a, b), c)| (a * cube + b) * cube + c));
    }
    all
}

/// Whether a cell lies at a border that is not periodic.
pub fn is_at_border(cell: usize, spec: &WorldSpec) -> bool {
    let (x, y) = (cell % spec.width, cell / spec.width);
    let [down, across] = spec.periodic;
    let ends = |i: usize, n: usize| i == 0 || i + 1 == n;
    !down && ends(y, spec.height) || !across && ends(x, spec.width)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spec(width: usize, height: usize, periodic: [bool; 2]) -> WorldSpec {
        let (state, given, knobs) = (vec!["a".into()], Vec::new(), Vec::new());
        WorldSpec { scene: "t".into(), width, height, periodic, every: 1, state, given, knobs }
    }

    #[test]
    fn a_neighbourhood_reads_row_by_row_from_the_top_left() {
        assert_eq!((count(2), count(3), count(16)), (512, 19_683, 1 << 36));
        assert!(can_be_enumerated(5) && !can_be_enumerated(6));
        assert_eq!(text(0b010_011_000, 2), "010/011/000");
        assert_eq!(text(of_cells(&[0, 1, 2, 3, 4, 5, 11, 15, 8], 16), 16), "012/345/bf8");
        assert_eq!(cells(19_682, 3), [2; CELLS]);
    }

    proptest! {
        /// Cell by cell, the definition.
        #[test]
        fn a_board_has_the_neighbourhoods_of_its_cells(
            seed: u64, width in 1usize..9, height in 1usize..9, down: bool, across: bool, states in 2usize..=16,
        ) {
            let rng = world::rng::Rng::new(seed);
            let board: Vec<u8> = (0..(width * height) as u64).map(|i| rng.below(i, states as u64) as u8).collect();
            let spec = spec(width, height, [down, across]);
            let all = of_board(&board, &spec, states);
            let at = |x: isize, y: isize| {
                let (w, h) = (width as isize, height as isize);
                let outside = !across && (x < 0 || x >= w) || !down && (y < 0 || y >= h);
                if outside { 0 } else { board[(y.rem_euclid(h) * w + x.rem_euclid(w)) as usize] }
            };
            for (i, found) in all.into_iter().enumerate() {
                let (x, y) = ((i % width) as isize, (i / width) as isize);
                let mut cells = [0; CELLS];
                (0..9).for_each(|d| cells[d as usize] = at(x + d % 3 - 1, y + d / 3 - 1));
                prop_assert_eq!(found, of_cells(&cells, states));
                prop_assert_eq!(super::cells(found, states), cells);
                let touches = (-1..=1).any(|d| {
                    !across && !(0..width as isize).contains(&(x + d)) || !down && !(0..height as isize).contains(&(y + d))
                });
                prop_assert_eq!(is_at_border(i, &spec), touches);
            }
        }
    }
}
