//! A plane without end, as a torus that is enlarged before anything can reach round it; and grids with edges.

use systems::automata::life::double_buffer::DoubleBuffer;
use systems::automata::life::grid::{Grid, Layout};
use systems::automata::life::pattern::{LARGEST, Pattern};

use super::coverage::Law;

/// Generations at once: even, so that space that blinks is dead again.
const STRIDE: u64 = 64;

/// Live cells of one pattern under one rule.
pub struct Universe {
    law: Law,
    cells: DoubleBuffer,
    generation: u64,
    /// Generations at once; the empty margin is twice as wide after it was enlarged, or wider.
    stride: u64,
    /// Cells times generations so far.
    work: f64,
}

/// Why generations cannot be computed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stop {
    /// It is too much work.
    Work,
    /// The pattern becomes too large.
    Size,
}

/// A box of cells: columns and rows from the first, and up to but without the second.
type Extent = [[usize; 2]; 2];

impl Universe {
    /// A pattern, in the middle of a grid with edges.
    ///
    /// # Errors
    /// There is no room for it, in words.
    pub fn new(law: Law, pattern: &Pattern) -> Result<Self, String> {
        Self::with_stride(law, pattern, STRIDE)
    }

    fn with_stride(law: Law, pattern: &Pattern, stride: u64) -> Result<Self, String> {
        let wanted = [pattern.width, pattern.height];
        let mut size = [0; 2];
        for k in 0..2 {
            size[k] = law.size[k].unwrap_or(wanted[k] + 4 * stride as usize);
            if wanted[k] > size[k] {
                return Err(format!("the pattern has {} cells along a side of {}", wanted[k], size[k]));
            }
            if size[k] > LARGEST as usize {
                return Err(format!("a grid of {} cells along a side", size[k]));
            }
        }
        let corner = [(size[0] - wanted[0]) / 2, (size[1] - wanted[1]) / 2];
        let mut grid = Grid::new(Layout::new(size[0], size[1]));
        for run in &pattern.runs {
            (run.x..run.x + run.len).for_each(|x| grid.set(corner[0] + x, corner[1] + run.y, true));
        }
        Ok(Self { law, cells: DoubleBuffer::new(grid), generation: 0, stride, work: 0.0 })
    }

    /// Cells that the grid has now.
    fn area(&self) -> f64 {
        let Layout { width, height, .. } = self.cells.layout();
        width as f64 * height as f64
    }

    /// Goes on to a generation.
    ///
    /// # Errors
    /// It would take more than `most` cells times generations in all, or the pattern becomes too large; the generation
    /// that was reached stays.
    pub fn run_to(&mut self, generation: u64, most: f64) -> Result<(), Stop> {
        while self.generation < generation {
            let step = (generation - self.generation).min(self.stride);
            self.make_room(step as usize)?;
            // Patterns grow rather than shrink: what is hopeless is not tried.
            if self.work + self.area() * (generation - self.generation) as f64 > most {
                return Err(Stop::Work);
            }
            self.work += self.area() * step as f64;
            self.cells.advance(self.law.rule, self.law.torus, step as usize);
            self.generation += step;
        }
        Ok(())
    }

    /// Whether empty space lives in this generation.
    fn is_inverted(&self) -> bool {
        self.law.blinks() && self.generation % 2 == 1
    }

    /// Cells that differ from empty space.
    pub fn population(&self) -> u128 {
        let alive = u128::from(self.cells.now().population());
        let Layout { width, height, .. } = self.cells.layout();
        if self.is_inverted() { (width * height) as u128 - alive } else { alive }
    }

    /// Width and height of the smallest box around them; on a grid without edges only.
    pub fn extent(&self) -> Option<[u64; 2]> {
        let around = |b: Extent| b.map(|[from, to]| (to - from) as u64);
        (self.law.size == [None; 2]).then(|| self.around().map_or([0; 2], around))
    }

    /// The smallest box around all cells that differ from empty space.
    fn around(&self) -> Option<Extent> {
        let (grid, layout) = (self.cells.now(), self.cells.layout());
        let space = if self.is_inverted() { u64::MAX } else { 0 };
        let mut columns = vec![0; grid.row(0).len()];
        let (mut top, mut bottom) = (None, 0);
        let mask: Vec<u64> = layout.mask().iter().flat_map(|word| word.0).collect();
        for y in 0..layout.height {
            let mut any = 0;
            for ((column, word), mask) in columns.iter_mut().zip(grid.row(y)).zip(&mask) {
                let differs = (word ^ space) & mask;
                *column |= differs;
                any |= differs;
            }
            if any != 0 {
                top.get_or_insert(y);
                bottom = y + 1;
            }
        }
        let (mut left, mut right) = (None, 0);
        layout.each_column(|x, i, bit| {
            if columns[i] >> bit & 1 == 1 {
                left.get_or_insert(x);
                right = x + 1;
            }
        });
        Some([[left?, right], [top?, bottom]])
    }

    /// Sees to it that nothing reaches an edge that is not there within so many generations.
    fn make_room(&mut self, generations: usize) -> Result<(), Stop> {
        if self.law.size.iter().all(Option::is_some) {
            return Ok(());
        }
        let Some(around) = self.around() else { return Ok(()) };
        let layout = self.cells.layout();
        let now = [layout.width, layout.height];
        let endless = |k: &usize| self.law.size[*k].is_none();
        let near = |k: usize| around[k][0].min(now[k] - around[k][1]) <= generations;
        if !(0..2).filter(endless).any(near) {
            return Ok(());
        }
        // Where the old grid's first cell lies in the new one, which may have less on a side than the old.
        let (mut size, mut shift) = (now, [0isize; 2]);
        for k in (0..2).filter(endless) {
            let [from, to] = around[k];
            let margin = (2 * self.stride as usize).max((to - from) / 8);
            size[k] = to - from + 2 * margin;
            shift[k] = margin as isize - from as isize;
        }
        if size[0].max(size[1]) > LARGEST as usize {
            return Err(Stop::Size);
        }
        let (old, space) = (self.cells.now(), self.is_inverted());
        let cell = |x: usize, y: usize| {
            let at = [x as isize - shift[0], y as isize - shift[1]];
            let inside = (0..2).all(|k| (0..now[k] as isize).contains(&at[k]));
            if inside { old.get(at[0] as usize, at[1] as usize) } else { space }
        };
        self.cells = DoubleBuffer::new(Grid::from_fn(Layout::new(size[0], size[1]), cell));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;
    use systems::automata::life::pattern::Run;
    use systems::automata::life::rule::Rule;

    use super::*;

    /// One generation of live cells on a plane without end.
    fn plainly(cells: &BTreeSet<(i64, i64)>, rule: Rule) -> BTreeSet<(i64, i64)> {
        let mut counts: BTreeMap<(i64, i64), u32> = BTreeMap::new();
        for &(x, y) in cells {
            for (dx, dy) in (0..9).map(|k| (k % 3 - 1, k / 3 - 1)) {
                *counts.entry((x + dx, y + dy)).or_insert(0) += u32::from((dx, dy) != (0, 0));
            }
        }
        let lives =
            |((x, y), n): (&(i64, i64), &u32)| rule.lives(cells.contains(&(*x, *y)), *n).then_some((*x, *y));
        counts.iter().filter_map(lives).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn a_plane_has_no_end(
            soup in proptest::collection::btree_set((0i64..24, 0i64..9), 1..90),
            born in 0u16..64, survive: u8, stages in proptest::collection::vec(0u64..20, 1..4),
        ) {
            // Without B1, which fills all that light can reach, and without B0.
            let rule = Rule { born: (born << 2) & 511, survive: u16::from(survive) };
            let text: String = (0..9).map(|y| (0..24).map(|x| if soup.contains(&(x, y)) { 'O' } else { '.' }).collect::<String>() + "\n").collect();
            let law = Law { rule, size: [None; 2], torus: true };
            let mut universe = Universe::with_stride(law, &Pattern::parse(&text).unwrap(), 4).unwrap();
            let (mut cells, mut generation) = (soup, 0);
            for stage in stages {
                generation += stage;
                (0..stage).for_each(|_| cells = plainly(&cells, rule));
                universe.run_to(generation, f64::INFINITY).unwrap();
                prop_assert_eq!(universe.population(), cells.len() as u128);
                let span = |of: fn(&(i64, i64)) -> i64| {
                    let (low, high) = (cells.iter().map(of).min()?, cells.iter().map(of).max()?);
                    Some((high - low + 1) as u64)
                };
                let extent = [span(|c| c.0).unwrap_or(0), span(|c| c.1).unwrap_or(0)];
                prop_assert_eq!(universe.extent(), Some(extent));
            }
        }
    }

    #[test]
    fn space_that_blinks_is_not_counted() {
        // B01245/S0125 inverted every other generation: a pattern on it lives as it would on a very large torus.
        let rule = Rule::parse("B017/S01").unwrap();
        let pattern = Pattern::parse("OO.O\nO..O\n.OO.\n").unwrap();
        let mut endless =
            Universe::with_stride(Law { rule, size: [None; 2], torus: true }, &pattern, 6).unwrap();
        let side = Some(1500);
        let mut large = Universe::new(Law { rule, size: [side; 2], torus: true }, &pattern).unwrap();
        for generation in [1, 2, 63, 64, 129, 500] {
            endless.run_to(generation, f64::INFINITY).unwrap();
            large.run_to(generation, f64::INFINITY).unwrap();
            assert_eq!(endless.population(), large.population(), "{generation}");
            assert!(endless.population() < 100_000);
        }
    }

    #[test]
    fn work_and_size_are_limited() {
        let pattern = Pattern::parse("OOO\n").unwrap();
        let law = Law { rule: Rule::CONWAY, size: [None; 2], torus: true };
        let mut universe = Universe::new(law, &pattern).unwrap();
        assert_eq!(universe.run_to(u64::MAX, 1e8), Err(Stop::Work));
        assert_eq!((universe.generation, universe.run_to(100, 1e8)), (0, Ok(())));
        let rule = Rule::parse("B1/S012345678").unwrap();
        let cell = |x: usize| Run { x, y: 0, len: 1 };
        let wide = Pattern { runs: vec![cell(0), cell(15_999)], width: 16_000, height: 1, rule: None };
        let mut explodes = Universe::new(Law { rule, ..law }, &wide).unwrap();
        assert_eq!(explodes.run_to(9000, f64::INFINITY), Err(Stop::Size));
        assert!(Universe::new(Law { size: [Some(2), None], ..law }, &pattern).is_err());
    }
}
