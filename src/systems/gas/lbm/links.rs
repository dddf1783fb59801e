//! Links: the ways out of fluid cells that do not lead to the next fluid cell. Between an even and an odd step each
//! link fills the location that its cell is about to read ([`RowLinks::open`]); after the odd step it carries what
//! the cell left there back to where the next even step reads it ([`RowLinks::close`]).
//!
//! - half-way bounce-back, with the momentum of a moving boundary (Ladd 1994), at walls, obstacles and inflow;
//! - wrapping round a periodic side;
//! - at an open side the gas beyond continues as an outgoing wave (no incoming wave: Poinsot and Lele 1992), relaxed
//!   softly to density 1.

use rayon::prelude::*;

use super::d2q9::{CX, CY, OPPOSITE, Q, WEIGHT, equilibrium};
use super::edge::{BoundaryConditions, BoundaryKind};
use super::store::LatticeShape;

/// Fraction of the density excess that an open side removes each step: enough to hold the mean pressure, and so little
/// that sound of wavelengths of hundreds of cells still leaves.
pub const OPEN_RATE: f32 = 0.002;
/// How far the gas beyond an open side is from equilibrium, against the way the cell just came out of its collision. In
/// an outgoing wave, what enters a step later lags behind the cell by √3 steps of sound; expressed by the cell's own
/// deviation that is 1 + 0.634/(τ − 1), about −0.3 in thin gas (τ near ½).
const BEYOND: f32 = 0.3;

/// A population that comes from elsewhere than the cell behind.
#[derive(Clone, Copy, Debug, PartialEq)]
struct BoundaryLink {
    /// Where the cell reads it in an odd step.
    here: u32,
    /// Where it is after an even step, and belongs after an odd step.
    there: u32,
    /// Momentum of a moving boundary.
    add: f32,
}

/// A population that comes in through an open side.
#[derive(Clone, Copy, Debug, PartialEq)]
struct InletLink {
    /// Where the cell reads it in an odd step.
    here: u32,
    x: u32,
    row: u32,
    /// The outgoing velocity.
    out: u8,
    /// Where its value is stored for the odd step: at its place in a ghost row, else in the padding of the cell's row.
    note: u32,
}

impl InletLink {
    /// The population that enters next to a cell that has just sent out `sent(i)` with each velocity `i`.
    #[inline(always)]
    fn enters(&self, sent: impl Fn(usize) -> f32) -> f32 {
        let back = OPPOSITE[self.out as usize];
        let (mut excess, mut jx, mut jy) = (0.0, 0.0, 0.0);
        for i in 0..Q {
            let g = sent(i);
            excess += g;
            jx += CX[i] as f32 * g;
            jy += CY[i] as f32 * g;
        }
        let u = [jx, jy].map(|j| j / (1.0 + excess));
        let calm = equilibrium(back, excess, u[0], u[1]);
        calm - BEYOND * (sent(back) - calm) - OPEN_RATE * WEIGHT[back] * excess
    }
}

/// Links of one row of cells to the ghosts or solids in one set of rows.
#[derive(Clone, Debug, Default)]
struct Group {
    links: Vec<BoundaryLink>,
    open: Vec<InletLink>,
}

/// Links that belong to one row of cells: those to the row itself or above, and those to the row below.
#[derive(Clone, Debug, Default)]
struct RowLinks {
    upper: Group,
    lower: Group,
    /// Wrapped from the first to the last row or back.
    far: Vec<BoundaryLink>,
}

/// All links of a lattice.
#[derive(Clone, Debug)]
pub struct Links {
    shape: LatticeShape,
    /// By storage row; the ghost rows have none.
    rows: Vec<RowLinks>,
}

impl Links {
    /// Storage for the links of a lattice.
    pub fn new(shape: LatticeShape) -> Self {
        Self { shape, rows: vec![RowLinks::default(); shape.rows()] }
    }

    /// Finds all links among `solid` cells (row after row, 0 is fluid) and edges.
    pub fn build(&mut self, edges: &BoundaryConditions, solid: &[u8], solid_rows: &[bool]) {
        let shape = self.shape;
        let builder = Builder { shape, edges, solid, solid_rows };
        self.rows[1..=shape.height].par_iter_mut().enumerate().for_each(|(y, row)| builder.row(y, row));
    }

    /// After the even step of a storage row: computes what will enter through open sides, before the odd steps of the
    /// rows on either side overwrite the populations it is computed from.
    pub fn note(&self, row: usize, data: &mut [f32], first: usize) {
        let base = first * self.shape.row();
        for o in self.rows[row].upper.open.iter().chain(&self.rows[row].lower.open) {
            let sent = |i: usize| data[self.shape.at(OPPOSITE[i], row - first, o.x as isize)];
            data[o.note as usize - base] = o.enters(sent);
        }
    }

    /// Before an odd step: links among storage rows `row` − 1 and `row`. `data` begins at storage row `first`.
    pub fn open(&self, row: usize, data: &mut [f32], first: usize) {
        self.groups(row).for_each(|g| g.before(first * self.shape.row(), data));
    }

    /// After an odd step: links among storage rows `row` − 1 and `row`.
    pub fn close(&self, row: usize, data: &mut [f32], first: usize) {
        self.groups(row).for_each(|g| g.after(&self.shape, data, first));
    }

    /// Before an odd step: links between the first and the last row.
    pub fn open_far(&self, data: &mut [f32]) {
        self.far().for_each(|l| data[l.here as usize] = data[l.there as usize]);
    }

    /// After an odd step: links between the first and the last row.
    pub fn close_far(&self, data: &mut [f32]) {
        self.far().for_each(|l| data[l.there as usize] = data[l.here as usize]);
    }

    fn far(&self) -> impl Iterator<Item = &BoundaryLink> {
        let last = self.shape.height;
        let second = (last > 1).then(|| &self.rows[last].far);
        self.rows[1].far.iter().chain(second.into_iter().flatten())
    }

    fn groups(&self, row: usize) -> impl Iterator<Item = &Group> {
        let upper = self.rows.get(row).map(|r| &r.upper);
        let lower = row.checked_sub(1).map(|r| &self.rows[r].lower);
        upper.into_iter().chain(lower)
    }
}

impl Group {
    fn clear(&mut self) {
        self.links.clear();
        self.open.clear();
    }

    fn before(&self, base: usize, data: &mut [f32]) {
        for l in &self.links {
            data[l.here as usize - base] = data[l.there as usize - base] + l.add;
        }
        for o in &self.open {
            data[o.here as usize - base] = data[o.note as usize - base];
        }
    }

    fn after(&self, shape: &LatticeShape, data: &mut [f32], first: usize) {
        let base = first * shape.row();
        for l in &self.links {
            data[l.there as usize - base] = data[l.here as usize - base] + l.add;
        }
        for o in &self.open {
            let (x, row) = (o.x as isize, o.row as usize - first);
            let sent = |i: usize| data[shape.at(i, row.wrapping_add_signed(CY[i]), x + CX[i])];
            data[shape.at(OPPOSITE[o.out as usize], row, x)] = o.enters(sent);
        }
    }
}

/// Finds links.
struct Builder<'a> {
    shape: LatticeShape,
    edges: &'a BoundaryConditions,
    solid: &'a [u8],
    solid_rows: &'a [bool],
}

impl Builder<'_> {
    fn row(&self, y: usize, into: &mut RowLinks) {
        let (w, h) = (self.shape.width, self.shape.height);
        into.upper.clear();
        into.lower.clear();
        into.far.clear();
        let quiet = y > 0 && y + 1 < h && !self.solid_rows[y - 1..=y + 1].iter().any(|&s| s);
        if quiet {
            self.cell(0, y, into);
            if w > 1 {
                self.cell(w - 1, y, into);
            }
            return;
        }
        let inner = y > 0 && y + 1 < h;
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
        let (w, h) = (self.shape.width, self.shape.height);
        if self.solid[y * w + x] != 0 {
            return;
        }
        for i in 1..Q {
            let (gx, gy) = (x as isize + CX[i], y as isize + CY[i]);
            let inside = gx >= 0 && gy >= 0 && (gx as usize) < w && (gy as usize) < h;
            match self.edges.beyond(gx, gy, w, h) {
                BoundaryKind::Cell(zx, zy) if self.solid[zy * w + zx] != 0 => {
                    self.bounce(x, y, i, (0.0, 0.0), into)
                }
                BoundaryKind::Cell(..) if inside => {}
                BoundaryKind::Cell(zx, zy) => {
                    let there = self.shape.at(i, zy + 1, zx as isize) as u32;
                    let link = BoundaryLink { here: self.ghost(x, y, i), there, add: 0.0 };
                    if gy < 0 || gy as usize >= h {
                        into.far.push(link);
                    } else {
                        self.group(i, into).links.push(link);
                    }
                }
                BoundaryKind::Boundary(ux, uy) => self.bounce(x, y, i, (ux, uy), into),
                BoundaryKind::Open => {
                    let here = self.ghost(x, y, i);
                    let in_row = if gx < 0 { -2 } else { -3 };
                    let note = match gy < 0 || gy as usize >= h {
                        true => here,
                        false => self.shape.at(i, y + 1, in_row) as u32,
                    };
                    let open = InletLink { here, x: x as u32, row: y as u32 + 1, out: i as u8, note };
                    self.group(i, into).open.push(open);
                }
            }
        }
    }

    fn bounce(&self, x: usize, y: usize, i: usize, u: (f32, f32), into: &mut RowLinks) {
        let add = -6.0 * WEIGHT[i] * (CX[i] as f32 * u.0 + CY[i] as f32 * u.1);
        let there = self.shape.at(OPPOSITE[i], y + 1, x as isize) as u32;
        let link = BoundaryLink { here: self.ghost(x, y, i), there, add };
        self.group(i, into).links.push(link);
    }

    fn ghost(&self, x: usize, y: usize, i: usize) -> u32 {
        self.shape.at(i, (y + 1).wrapping_add_signed(CY[i]), x as isize + CX[i]) as u32
    }

    fn group<'b>(&self, i: usize, into: &'b mut RowLinks) -> &'b mut Group {
        if CY[i] > 0 { &mut into.lower } else { &mut into.upper }
    }
}
