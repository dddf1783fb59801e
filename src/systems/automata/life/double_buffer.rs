//! The current grid, and the one before it.

use super::advance::{DEEPEST, pass};
use super::grid::{Grid, Layout};
use super::rule::Rule;

/// A grid that advances and keeps its previous state.
#[derive(Clone, Debug)]
pub struct DoubleBuffer {
    now: Grid,
    before: Grid,
    /// Needed only when a tick takes more than one pass.
    spare: Option<Grid>,
}

impl DoubleBuffer {
    /// A buffer whose previous grid is empty.
    pub fn new(now: Grid) -> Self {
        let before = Grid::new(now.layout());
        Self { now, before, spare: None }
    }

    /// Size and strides.
    pub fn layout(&self) -> Layout {
        self.now.layout()
    }
    /// The current cells.
    pub fn now(&self) -> &Grid {
        &self.now
    }
    /// The current cells, to change.
    pub fn now_mut(&mut self) -> &mut Grid {
        &mut self.now
    }
    /// The cells before the last [`DoubleBuffer::advance`].
    pub fn before(&self) -> &Grid {
        &self.before
    }

    /// Advances by any number of generations (0 keeps the cells as they are).
    pub fn advance(&mut self, rule: Rule, torus: bool, generations: usize) {
        core::mem::swap(&mut self.now, &mut self.before);
        let passes = generations.div_ceil(DEEPEST);
        if passes == 0 {
            self.now.words_mut().copy_from_slice(self.before.words());
            return;
        }
        // Passes of equal depth; the first reads the previous grid, which stays as it is.
        let depth = |i: usize| (generations * (i + 1)) / passes - generations * i / passes;
        pass(&self.before, &mut self.now, rule, torus, depth(0));
        for i in 1..passes {
            let layout = self.layout();
            let spare = self.spare.get_or_insert_with(|| Grid::new(layout));
            pass(&self.now, spare, rule, torus, depth(i));
            core::mem::swap(&mut self.now, spare);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use world::rng::Rng;

    /// One generation, one cell at a time.
    fn plainly(cells: &[bool], (w, h): (usize, usize), rule: Rule, torus: bool) -> Vec<bool> {
        let (wi, hi) = (w as isize, h as isize);
        let at = |x: isize, y: isize| match torus {
            true => cells[(y.rem_euclid(hi) * wi + x.rem_euclid(wi)) as usize],
            false => x >= 0 && y >= 0 && x < wi && y < hi && cells[(y * wi + x) as usize],
        };
        let next = |i: usize| {
            let (x, y) = ((i % w) as isize, (i / w) as isize);
            let block = (0..9).filter(|k| at(x + k % 3 - 1, y + k / 3 - 1)).count() as u32;
            rule.lives(cells[i], block - cells[i] as u32)
        };
        (0..w * h).map(next).collect()
    }

    fn size() -> impl Strategy<Value = (usize, usize)> {
        let width =
            prop_oneof![1usize..5, 62usize..67, 510usize..515, 1022usize..1027, 1usize..700, Just(1600usize)];
        (width, prop_oneof![1usize..4, 1usize..40, 130usize..140])
    }

    fn rule() -> impl Strategy<Value = Rule> {
        let famous = prop::sample::select(vec![
            "B3/S23",
            "B36/S23",
            "B3678/S34678",
            "B2/S",
            "B1357/S1357",
            "B368/S245",
            "B36/S125",
            "B3/S12345",
            "B35678/S5678",
            "B017/S01",
            "B0/S8",
        ]);
        prop_oneof![
            famous.prop_map(|text| Rule::parse(text).unwrap()),
            (0u16..512, 0u16..512).prop_map(|(born, survive)| Rule { born, survive })
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]
        #[test]
        fn sixty_four_at_a_time_equals_one_at_a_time(
            (w, h) in size(), rule in rule(), torus: bool, generations in 0usize..20, seed: u64, p in 0.05f32..0.9,
        ) {
            let layout = Layout::new(w, h);
            let rng = Rng::new(seed);
            let mut buffer = DoubleBuffer::new(Grid::from_fn(layout, |x, y| rng.unit((y * w + x) as u64) < p));
            let start: Vec<bool> = (0..w * h).map(|i| buffer.now().get(i % w, i / w)).collect();
            buffer.advance(rule, torus, generations);
            let expected = (0..generations).fold(start.clone(), |c, _| plainly(&c, (w, h), rule, torus));
            for i in 0..w * h {
                prop_assert_eq!(buffer.now().get(i % w, i / w), expected[i], "cell {},{}", i % w, i / w);
                prop_assert_eq!(buffer.before().get(i % w, i / w), start[i]);
            }
        }
    }

    #[test]
    fn every_vector_width_gives_the_same_bits() {
        use super::super::kernel::{ConstRule, Conway, DynRule, Job, NextState, generation};
        use world::vectors::Vectors;
        fn all<R: NextState>(rule: R) {
            let layout = Layout::new(1300, 8);
            let pitch = (layout.stride + 2) * 8;
            let input: Vec<u64> = (0..8 * pitch as u64).map(|i| Rng::new(9).bits(i)).collect();
            let rows = core::array::from_fn(|r| r * pitch);
            let job = Job { rows, pitch, lead: 8, torus: true };
            let made = |v: Vectors| {
                let mut out = vec![0; 4 * pitch];
                v.run(|| generation(rule, &layout, &job, &input, &mut out)).unwrap();
                out
            };
            let plain = made(Vectors::Plain);
            assert!(Vectors::available().all(|v| made(v) == plain));
        }
        all(Conway);
        all(ConstRule::<8, 12>);
        all(DynRule::new(Rule::CONWAY));
    }
}
