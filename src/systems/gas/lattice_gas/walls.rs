//! Which cells are solid, and how they send particles back.
//!
//! A particle that has entered a solid cell leaves it in the next step. *Bounce-back* reverses it. *Specular* walls mirror
//! it: at a level surface top to bottom, at an upright one left to right. Where neither would send every particle back
//! into the gas (corners, slanted surfaces, single cells), it is reversed. All of this is done 64 cells at a time.

use rayon::prelude::*;

use super::kernel::seal;
use super::model::Model;
use crate::automata::life::grid::{Grid, Layout, PARTS, Word};

world::choices! {
    /// How walls send particles back.
    pub enum Reflection {
        /// Where they came from: gas sticks to walls.
        Bounce: "bounce",
        /// As a mirror does: gas slides along level and upright walls, and sticks to others.
        Specular: "specular",
    }
}

/// The walls of a world.
#[derive(Clone, Debug)]
pub struct Walls {
    solid: Grid,
    /// Per row, the cells that mirror left to right, then those that mirror top to bottom.
    flips: Vec<Word>,
    rows_with_walls: Vec<bool>,
    made_with: (Model, Reflection),
}

impl Walls {
    /// None.
    pub fn none(layout: Layout) -> Self {
        Self {
            solid: Grid::new(layout),
            flips: Vec::new(),
            rows_with_walls: vec![false; layout.height],
            made_with: (Model::Hpp, Reflection::Bounce),
        }
    }

    /// Replaces them. Padding of `solid` has to be clear.
    pub fn set(&mut self, solid: &Grid, model: Model, reflection: Reflection) {
        if solid.words() == self.solid.words() && (model, reflection) == self.made_with {
            return;
        }
        self.made_with = (model, reflection);
        self.solid.words_mut().copy_from_slice(solid.words());
        let layout = solid.layout();
        for (y, any) in self.rows_with_walls.iter_mut().enumerate() {
            *any = solid.row(y).iter().any(|w| *w != 0);
        }
        if !self.rows_with_walls.contains(&true) {
            self.flips.clear();
            return;
        }
        self.flips.resize(2 * layout.stride * layout.height, Word::ZERO);
        let neighbours = Neighbours { solid: &self.solid, model };
        let rows = self.flips.par_chunks_mut(2 * layout.stride).zip(&self.rows_with_walls).enumerate();
        rows.filter(|(_, (_, any))| **any).for_each(|(y, (row, _))| {
            neighbours.flips(y, reflection, bytemuck::cast_slice_mut(row));
        });
    }

    /// How they send particles back.
    pub fn reflection(&self) -> Reflection {
        self.made_with.1
    }

    /// The solid cells.
    pub fn solid(&self) -> &Grid {
        &self.solid
    }

    /// Whether a row has any.
    pub fn any_in(&self, y: usize) -> bool {
        self.rows_with_walls[y]
    }

    /// The cells of a row that mirror left to right, and those that mirror top to bottom; empty if it has no walls.
    pub fn flips(&self, y: usize) -> [&[u64]; 2] {
        if !self.rows_with_walls[y] {
            return [&[], &[]];
        }
        let n = self.solid.layout().stride * PARTS;
        let flips: &[u64] = bytemuck::cast_slice(&self.flips);
        let (flip_x, flip_y) = flips[2 * y * n..2 * (y + 1) * n].split_at(n);
        [flip_x, flip_y]
    }
}

/// The solid cells round a cell.
struct Neighbours<'a> {
    solid: &'a Grid,
    model: Model,
}

impl Neighbours<'_> {
    fn flips(&self, y: usize, reflection: Reflection, into: &mut [u64]) {
        let solid = self.solid.row(y);
        let (flip_x, flip_y) = into.split_at_mut(solid.len());
        if reflection == Reflection::Bounce {
            flip_x.copy_from_slice(solid);
            flip_y.copy_from_slice(solid);
            return;
        }
        let round = self.round(y);
        for i in 0..solid.len() {
            let [level, upright] = self.surfaces(|direction| round[direction][i]);
            (flip_x[i], flip_y[i]) = (solid[i] & !level, solid[i] & !upright);
        }
    }

    /// Per direction, the row of neighbours in it.
    fn round(&self, y: usize) -> Vec<Vec<u64>> {
        let layout = self.solid.layout();
        let (w, h) = (layout.stride * PARTS, layout.height);
        let (above, below) = ((y + h - 1) % h, (y + 1) % h);
        let sources = self.model.sources(below % 2 == 1, y % 2 == 1);
        // A direction's neighbour is the source of the opposite one.
        let neighbour = |direction: usize| {
            let (dy, dx) = sources[self.model.opposite(direction)];
            let from = [above, y, below][(dy + 1) as usize];
            let mut row = vec![0; w + 2 * PARTS];
            row[PARTS..PARTS + w].copy_from_slice(self.solid.row(from));
            seal(&mut row, &layout, -(dx as f32));
            let start = PARTS.wrapping_add_signed(dx as isize * PARTS as isize);
            row[start..start + w].to_vec()
        };
        (0..if self.model.is_hexagonal() { 6 } else { 4 }).map(neighbour).collect()
    }

    /// Where the surface is level, and where it is upright: mirroring there sends every particle that came from the gas
    /// back into it.
    #[inline(always)]
    fn surfaces(&self, solid: impl Fn(usize) -> u64) -> [u64; 2] {
        let directions = if self.model.is_hexagonal() { 6 } else { 4 };
        let sends_back = |across: bool| {
            let fails = |d: usize| !solid(self.model.opposite(d)) & solid(self.model.mirrored(d, across));
            !(0..directions).fold(0, |failing, d| failing | fails(d))
        };
        let (between, stacked) = match self.model {
            Model::Hpp => (solid(0) & solid(2), solid(1) & solid(3)),
            _ => (solid(0) & solid(3), (solid(1) | solid(2)) & (solid(4) | solid(5))),
        };
        let level = between & sends_back(false);
        [level, stacked & !between & sends_back(true)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flips(
        model: Model,
        reflection: Reflection,
        solid: impl Fn(usize, usize) -> bool + Sync,
    ) -> impl Fn(usize, usize) -> [bool; 2] {
        let layout = Layout::new(40, 24);
        let mut walls = Walls::none(layout);
        walls.set(&Grid::from_fn(layout, solid), model, reflection);
        move |x, y| {
            let (i, bit) = layout.place(x);
            walls.flips(y).map(|f| !f.is_empty() && f[i] >> bit & 1 == 1)
        }
    }

    #[test]
    fn level_and_upright_surfaces_mirror_and_all_others_reverse() {
        for model in [Model::Hpp, Model::FhpTwo] {
            let block = |x: usize, y: usize| (10..20).contains(&x) && (8..16).contains(&y);
            let at = flips(model, Reflection::Specular, block);
            assert_eq!(
                [at(15, 8), at(15, 15), at(10, 11), at(19, 12)],
                [[false, true], [false, true], [true, false], [true, false]]
            );
            assert_eq!([at(10, 8), at(19, 15)], [[true; 2]; 2], "corners");
            assert_eq!([at(9, 10), at(15, 7)], [[false; 2]; 2], "gas");
            let lone = flips(model, Reflection::Specular, |x, y| (x, y) == (5, 5));
            assert_eq!(lone(5, 5), [true; 2]);
            let bounce = flips(model, Reflection::Bounce, block);
            assert_eq!([bounce(15, 8), bounce(15, 11), bounce(3, 3)], [[true; 2], [true; 2], [false; 2]]);
        }
    }

    #[test]
    fn a_frame_round_the_world_is_mirrored_on_its_sides() {
        for model in [Model::Hpp, Model::FhpThree] {
            let frame = |x: usize, y: usize| x == 0 || y == 0 || x == 39 || y == 23;
            let at = flips(model, Reflection::Specular, frame);
            assert_eq!([at(20, 0), at(20, 23)], [[false, true]; 2], "{model:?}");
            assert_eq!([at(0, 11), at(0, 12), at(39, 11), at(39, 12)], [[true, false]; 4], "{model:?}");
        }
    }
}
