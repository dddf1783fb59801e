//! Links: the ways out of fluid cells that do not lead to the next fluid cell. Between an even and an odd step each link
//! fills the location that its cell is about to read ([`Links::open`]); after the odd step it carries what the cell left
//! there back to where the next even step reads it ([`Links::close`]).
//!
//! - the flow: half-way bounce-back at plates, sides and obstacles (no slip);
//! - the temperature: bounce-back where a boundary insulates, anti-bounce-back where its temperature is given
//!   (Ginzburg 2005), half-way too;
//! - wrapping round periodic sides.

use rayon::prelude::*;

use super::slots::{AXIS, CX, CY, FLOW, OPPOSITE, SLOTS};
use super::store::LatticeShape;

/// What surrounds the fluid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Surroundings {
    /// Whether left and right are one; else they are insulating walls.
    pub periodic: bool,
    /// Temperatures of the plates at the top and at the bottom.
    pub plates: [f32; 2],
    /// Temperature of obstacles; `None` if they insulate.
    pub obstacles: Option<f32>,
}

/// What a population meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// It comes back, or goes on at the opposite side.
    Same,
    /// A surface of given temperature.
    Top,
    Bottom,
    Obstacle,
}

/// A population that comes from elsewhere than the cell behind.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Link {
    /// Where the cell reads it in an odd step.
    here: u32,
    /// Where it is after an even step, and belongs after an odd step.
    there: u32,
    kind: Kind,
}

/// Sign and addend of each kind.
type Table = [(f32, f32); 4];

/// Links of one row of cells.
#[derive(Clone, Debug, Default)]
struct RowLinks {
    /// To ghosts and solids in its own row and the one above.
    upper: Vec<Link>,
    /// To those in the row below.
    lower: Vec<Link>,
}

/// All links of a lattice.
pub struct Links {
    shape: LatticeShape,
    rows: Vec<RowLinks>,
    table: Table,
}

impl Links {
    /// None yet.
    pub fn new(shape: LatticeShape) -> Self {
        Self { shape, rows: vec![RowLinks::default(); shape.rows()], table: [(1.0, 0.0); 4] }
    }

    /// Finds the links of a lattice with these solid cells. `solid_rows` says which rows have any.
    pub fn build(&mut self, periodic: bool, solid: &[u8], solid_rows: &[bool]) {
        let builder = Builder { shape: self.shape, periodic, solid, solid_rows };
        let height = self.shape.height;
        let rows = self.rows[1..=height].par_iter_mut().enumerate();
        rows.for_each(|(y, row)| builder.row(y, row));
    }

    /// Sets the temperatures of surfaces. Where obstacles insulate, they send back what reaches them.
    pub fn set_temperatures(&mut self, around: &Surroundings) {
        let fixed = |heat: f32| (-1.0, 2.0 * AXIS * heat);
        let [top, bottom] = around.plates;
        self.table = [(1.0, 0.0), fixed(top), fixed(bottom), around.obstacles.map_or((1.0, 0.0), fixed)];
    }

    /// Before an odd step: links among storage rows `row` − 1 and `row`. `data` begins at storage row `first`.
    pub fn open(&self, row: usize, data: &mut [f32], first: usize) {
        let base = first * self.shape.row();
        for l in self.around(row) {
            let (sign, add) = self.table[l.kind as usize];
            data[l.here as usize - base] = sign * data[l.there as usize - base] + add;
        }
    }

    /// After an odd step: links among storage rows `row` − 1 and `row`.
    pub fn close(&self, row: usize, data: &mut [f32], first: usize) {
        let base = first * self.shape.row();
        for l in self.around(row) {
            let (sign, add) = self.table[l.kind as usize];
            data[l.there as usize - base] = sign * data[l.here as usize - base] + add;
        }
    }

    fn around(&self, row: usize) -> impl Iterator<Item = &Link> {
        let upper = self.rows.get(row).map(|r| &r.upper);
        let lower = row.checked_sub(1).map(|r| &self.rows[r].lower);
        upper.into_iter().chain(lower).flatten()
    }
}

/// Finds links.
struct Builder<'a> {
    shape: LatticeShape,
    periodic: bool,
    solid: &'a [u8],
    solid_rows: &'a [bool],
}

impl Builder<'_> {
    fn row(&self, y: usize, into: &mut RowLinks) {
        let (w, h) = (self.shape.width, self.shape.height);
        into.upper.clear();
        into.lower.clear();
        let inner = y > 0 && y + 1 < h;
        if inner && !self.solid_rows[y - 1..=y + 1].iter().any(|&s| s) {
            self.cell(0, y, into);
            if w > 1 {
                self.cell(w - 1, y, into);
            }
            return;
        }
        for x in 0..w {
            if !inner || x == 0 || x + 1 == w || self.near_solid(x, y) {
                self.cell(x, y, into);
            }
        }
    }

    /// Whether any cell round an inner cell is solid.
    fn near_solid(&self, x: usize, y: usize) -> bool {
        let w = self.shape.width;
        (y - 1..=y + 1).any(|v| {
            let s = &self.solid[v * w + x - 1..v * w + x + 2];
            s[0] | s[1] | s[2] != 0
        })
    }

    fn cell(&self, x: usize, y: usize, into: &mut RowLinks) {
        let (w, h) = (self.shape.width as isize, self.shape.height as isize);
        if self.solid[y * self.shape.width + x] != 0 {
            return;
        }
        for i in (0..SLOTS).filter(|&i| OPPOSITE[i] != i) {
            let (gx, gy) = (x as isize + CX[i], y as isize + CY[i]);
            let plate = if gy < 0 { Some(Kind::Top) } else { (gy >= h).then_some(Kind::Bottom) };
            let (wx, inside) = (gx.rem_euclid(w), (0..w).contains(&gx));
            let here = self.shape.at(i, (y + 1).wrapping_add_signed(CY[i]), gx) as u32;
            let back = self.shape.at(OPPOSITE[i], y + 1, x as isize) as u32;
            let (there, kind) = match plate {
                Some(kind) => (back, kind),
                None if !inside && !self.periodic => (back, Kind::Same),
                None if self.solid[gy as usize * self.shape.width + wx as usize] != 0 => {
                    (back, Kind::Obstacle)
                }
                None if inside => continue,
                None => (self.shape.at(i, gy as usize + 1, wx) as u32, Kind::Same),
            };
            let kind = if i < FLOW { Kind::Same } else { kind };
            let group = if CY[i] > 0 { &mut into.lower } else { &mut into.upper };
            group.push(Link { here, there, kind });
        }
    }
}
