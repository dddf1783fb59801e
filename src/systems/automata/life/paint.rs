//! What reaches into the world from outside: fields that seed and kill, sparks, and touch.

use super::grid::Grid;
use world::field::Field;
use world::rng::Rng;
use world::system::{Phase, Touch};

/// Side of the square of soup that a spark drops, in cells.
const SPARK: usize = 12;

/// Makes cells live (or die) where a field exceeds a half: with chance `strength` at 1, less below, each on its own.
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

/// Paints (or, with negative strength, wipes) along the way of a touch. Painted is a soup, half alive at full strength,
/// since a solid disc would die at once.
pub fn touch(grid: &mut Grid, touch: &Touch, torus: bool, rng: Rng) {
    if touch.phase == Phase::Up || touch.strength == 0.0 || !touch.strength.is_finite() {
        return;
    }
    let Some(stroke) = Stroke::new(grid, touch) else { return };
    let layout = grid.layout();
    let (alive, chance) = match touch.strength > 0.0 {
        true => (true, 0.5 * touch.strength.min(1.0)),
        false => (false, -touch.strength),
    };
    let (width, height) = (layout.width as i64, layout.height as i64);
    let reach = |lo: f32, hi: f32, n: i64| match torus {
        // A stroke wider than the world would pass the same cells twice: the nearest image of each is enough.
        true if (hi - lo) as i64 >= n => {
            let first = ((lo + hi) / 2.0) as i64 - n / 2;
            (first, first + n - 1)
        }
        true => (lo as i64, hi as i64),
        false => ((lo as i64).max(0), (hi as i64).min(n - 1)),
    };
    let (left, right) = reach(stroke.left, stroke.right, width);
    let (top, bottom) = reach(stroke.top, stroke.bottom, height);
    grid.each_row(|row_y, row| {
        let mut y = top + (row_y as i64 - top).rem_euclid(height);
        if y > bottom {
            return;
        }
        while y <= bottom {
            for x in left..=right {
                let column = x.rem_euclid(width) as usize;
                let cell = (row_y * layout.width + column) as u64;
                if stroke.covers(x as f32 + 0.5, y as f32 + 0.5) && (stroke.single || rng.unit(cell) < chance)
                {
                    let (i, bit) = layout.place(column);
                    row[i] = row[i] & !(1 << bit) | (alive as u64) << bit;
                }
            }
            y += height;
        }
    });
}

/// The capsule that a touch swept in the last tick, in cells.
struct Stroke {
    from: (f32, f32),
    along: (f32, f32),
    radius: f32,
    /// Finer than a cell: the cells under it are surely painted.
    single: bool,
    left: f32,
    right: f32,
    top: f32,
    bottom: f32,
}

impl Stroke {
    fn new(grid: &Grid, touch: &Touch) -> Option<Self> {
        let (w, h) = (grid.layout().width as f32, grid.layout().height as f32);
        let numbers = [touch.x, touch.y, touch.dx, touch.dy, touch.radius];
        if numbers.iter().any(|v| v.is_nan()) {
            return None;
        }
        let [x, y, dx, dy, radius] = numbers.map(|v| v.clamp(-4.0, 4.0));
        // A finger put down has not come from anywhere.
        let (dx, dy) = if touch.phase == Phase::Down { (0.0, 0.0) } else { (dx, dy) };
        let to = (x * w, y * h);
        let along = (dx * w, dy * h);
        let from = (to.0 - along.0, to.1 - along.1);
        let wanted = radius.abs() * h;
        // 0.71 of a cell reaches the centre of the cell that holds the point, whatever the place in it.
        let radius = wanted.max(0.71);
        Some(Self {
            from,
            along,
            radius,
            single: wanted < 1.0,
            left: (to.0.min(from.0) - radius).floor(),
            right: (to.0.max(from.0) + radius).floor(),
            top: (to.1.min(from.1) - radius).floor(),
            bottom: (to.1.max(from.1) + radius).floor(),
        })
    }

    fn covers(&self, x: f32, y: f32) -> bool {
        let (px, py) = (x - self.from.0, y - self.from.1);
        let length2 = self.along.0 * self.along.0 + self.along.1 * self.along.1;
        let t = match length2 > 0.0 {
            true => ((px * self.along.0 + py * self.along.1) / length2).clamp(0.0, 1.0),
            false => 0.0,
        };
        let (qx, qy) = (px - t * self.along.0, py - t * self.along.1);
        qx * qx + qy * qy <= self.radius * self.radius
    }
}

#[cfg(test)]
mod tests {
    use super::super::grid::Layout;
    use super::*;

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
