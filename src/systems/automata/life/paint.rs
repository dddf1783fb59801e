//! External influences on the world: fields that seed and kill, sparks, and touch.

use super::grid::Grid;
use world::brush::{Brush, LEAST};
use world::field::Field;
use world::rng::Rng;
use world::system::Touch;

/// Side of the square of soup that a spark drops, in cells.
const SPARK: usize = 12;

/// Makes cells live (or die) where a field exceeds a half: with probability `strength` at 1, less below, independently.
pub fn by_field(grid: &mut Grid, field: &Field, strength: f32, alive: bool, rng: Rng) {
    if strength <= 0.0 {
        return;
    }
    let layout = grid.layout();
    grid.each_row(|y, row| {
        let values = field.row(0, y);
        layout.each_column(|x, i, bit| {
            let v = values[x];
            if v > 0.5 && rng.unit((y * layout.width + x) as u64) < strength * (2.0 * v - 1.0).min(1.0) {
                row[i] = row[i] & !(1 << bit) | (alive as u64) << bit;
            }
        });
    });
}

/// Drops squares of random cells: `rate` of them on average.
pub fn sparks(grid: &mut Grid, rate: f32, rng: Rng) {
    let layout = grid.layout();
    let count = rate as u64 + (rng.unit(0) < rate - rate.trunc()) as u64;
    for n in 0..count {
        let rng = rng.fork(n);
        let left = rng.below(0, layout.width as u64) as usize;
        let top = rng.below(1, layout.height as u64) as usize;
        for i in 0..SPARK * SPARK {
            let (x, y) = ((left + i % SPARK) % layout.width, (top + i / SPARK) % layout.height);
            grid.set(x, y, rng.bits(2 + i as u64) & 1 == 1);
        }
    }
}

/// Paints a soup where a touch gives, half alive at full strength, since a solid disc would die at once; clears cells
/// where it takes. All covered cells are equally likely, since a cell is alive or not; those under a brush finer than a
/// cell are certain.
pub fn touch(grid: &mut Grid, touch: &Touch, torus: bool, rng: Rng) {
    let layout = grid.layout();
    let brush = Brush::wrapping(touch, (layout.width, layout.height), [torus; 2]);
    let alive = brush.gives();
    let chance = match alive {
        _ if brush.radius() <= LEAST => 1.0,
        true => 0.5 * brush.amount(),
        false => brush.amount(),
    };
    grid.each_row(|y, row| {
        brush.each_of_row(y, |x, _| {
            if rng.unit((y * layout.width + x) as u64) < chance {
                let (i, bit) = layout.place(x);
                row[i] = row[i] & !(1 << bit) | (alive as u64) << bit;
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::super::grid::Layout;
    use super::*;
    use world::system::Phase;

    fn at(x: f32, y: f32, radius: f32, strength: f32) -> Touch {
        Touch { id: 0, x, y, dx: 0.0, dy: 0.0, radius, strength, phase: Phase::Down }
    }

    #[test]
    fn a_fine_touch_paints_the_cell_under_it_and_takes_it_away() {
        let mut grid = Grid::new(Layout::new(100, 60));
        touch(&mut grid, &at(0.425, 0.425, 0.0, 0.01), true, Rng::new(1));
        assert!(grid.get(42, 25));
        assert!((1..=4).contains(&grid.population()));
        touch(&mut grid, &at(0.425, 0.425, 0.0, -0.01), true, Rng::new(1));
        assert_eq!(grid.population(), 0);
    }

    #[test]
    fn a_stroke_paints_half_of_its_area_and_wraps_only_on_a_torus() {
        let (w, h) = (1000, 600);
        for torus in [true, false] {
            let mut grid = Grid::new(Layout::new(w, h));
            let stroke = Touch { dx: 0.3, phase: Phase::Move, ..at(0.2, 0.5, 0.1, 1.0) };
            touch(&mut grid, &stroke, torus, Rng::new(1));
            let inside = if torus { 300.0 } else { 200.0 };
            let caps = core::f64::consts::PI * 3600.0 * if torus { 1.0 } else { 0.5 };
            let expected = 0.5 * (inside * 120.0 + caps);
            let found = grid.population() as f64;
            assert!((found - expected).abs() < 0.03 * expected, "{torus}: {found} of {expected}");
            assert_eq!(grid.get(w - 1, h / 2) || grid.get(w - 2, h / 2) || grid.get(w - 30, h / 2), torus);
            touch(&mut grid, &at(0.5, 0.5, 4.0, -1.0), torus, Rng::new(2));
            assert_eq!(grid.population(), 0, "a wipe as large as the world empties it");
        }
    }

    #[test]
    fn fields_act_above_a_half_and_in_proportion() {
        let layout = Layout::new(600, 400);
        let field = Field::from_fn(600, 400, |x, _| [0.5, 0.75, 1.0, 7.0][x / 150]);
        let mut grid = Grid::new(layout);
        by_field(&mut grid, &field, 0.4, true, Rng::new(3));
        let quarter = |grid: &Grid, q: usize| {
            let cells = (0..400).flat_map(|y| (150 * q..150 * (q + 1)).map(move |x| (x, y)));
            cells.filter(|&(x, y)| grid.get(x, y)).count() as f64 / 60_000.0
        };
        for (q, expected) in [0.0, 0.2, 0.4, 0.4].into_iter().enumerate() {
            assert!((quarter(&grid, q) - expected).abs() < 0.01, "{q}: {}", quarter(&grid, q));
        }
        by_field(&mut grid, &field, 1.0, false, Rng::new(4));
        assert!(quarter(&grid, 1) > 0.05 && quarter(&grid, 2) == 0.0);
    }

    #[test]
    fn sparks_come_at_their_rate() {
        let dropped: u64 = (0..400)
            .map(|t| {
                let mut grid = Grid::new(Layout::new(300, 300));
                sparks(&mut grid, 0.25, Rng::new(5).fork(t));
                (grid.population() > 0) as u64
            })
            .sum();
        assert!((70..130).contains(&dropped), "{dropped} of 400 ticks at a rate of 1/4");
    }
}
