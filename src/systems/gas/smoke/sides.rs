//! The four sides of the world, and which faces between cells gas can pass.

use crate::real::Real;

world::choices! {
    /// What is at a side.
    pub enum Side {
        /// Open air: gas passes freely, at the pressure outside.
        Open: "open",
        /// A wall along which gas glides.
        Slip: "slip",
        /// A wall to which gas sticks.
        Stick: "stick",
        /// A wall to which gas sticks, and which moves along itself.
        Moving: "moving",
        /// The opposite side; it needs the opposite side to be periodic too, else it is a wall.
        Periodic: "periodic",
    }
}

/// The four sides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sides {
    /// On the left.
    pub left: Side,
    /// On the right.
    pub right: Side,
    /// At the top.
    pub top: Side,
    /// At the bottom.
    pub bottom: Side,
}

impl Sides {
    /// A torus.
    pub const TORUS: Self = Self::all(Side::Periodic);

    /// The same on all sides.
    pub const fn all(side: Side) -> Self {
        Self { left: side, right: side, top: side, bottom: side }
    }

    /// Whether the world wraps across, and down.
    pub fn wraps(&self) -> [bool; 2] {
        let periodic = |a, b| a == Side::Periodic && b == Side::Periodic;
        [periodic(self.left, self.right), periodic(self.top, self.bottom)]
    }

    /// Left, right, top, bottom; a periodic side without its opposite is a wall that sticks.
    pub fn settled(&self) -> [Side; 4] {
        let wraps = self.wraps();
        let settle = |side: Side, wraps: bool| match side {
            Side::Periodic if !wraps => Side::Stick,
            side => side,
        };
        [
            settle(self.left, wraps[0]),
            settle(self.right, wraps[0]),
            settle(self.top, wraps[1]),
            settle(self.bottom, wraps[1]),
        ]
    }
}

/// Conductance of the faces between cells: length over distance. 1 between two cells, 2 at an open side (pressure is 0
/// on the face, half a cell away), 0 where a cell is solid or the side is a wall.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Faces<T> {
    /// Cells.
    pub size: (usize, usize),
    /// Whether the world wraps across, and down; then the last faces are the first ones again.
    pub wraps: [bool; 2],
    /// Left faces of cells, `width + 1` a row: the last one is the right face of the last cell.
    pub across: Vec<T>,
    /// Top faces of cells, `height + 1` rows.
    pub down: Vec<T>,
}

impl<T: Real> Faces<T> {
    /// The faces of a grid; `solid` (not 0) cells are closed.
    pub fn new(size: (usize, usize), sides: Sides, solid: Option<&[u8]>) -> Self {
        let mut faces = Self { size, wraps: sides.wraps(), across: Vec::new(), down: Vec::new() };
        faces.set(sides, solid);
        faces
    }

    /// Sets sides and solid cells.
    pub fn set(&mut self, sides: Sides, solid: Option<&[u8]>) {
        let (w, h) = self.size;
        self.wraps = sides.wraps();
        self.across.resize((w + 1) * h, T::ZERO);
        self.down.resize(w * (h + 1), T::ZERO);
        let [left, right, top, bottom] = sides.settled();
        for y in 0..h {
            let row = solid.map(|s| &s[y * w..(y + 1) * w]);
            across_row(row, [left, right], &mut self.across[y * (w + 1)..(y + 1) * (w + 1)]);
        }
        let row = |y: usize| solid.map(|s| &s[y * w..(y + 1) * w]);
        for y in 0..=h {
            let faces = &mut self.down[y * w..(y + 1) * w];
            let (above, below) = ((y + h - 1) % h, y % h);
            match (y == 0 || y == h, if y == 0 { top } else { bottom }) {
                (true, Side::Slip | Side::Stick | Side::Moving) => faces.fill(T::ZERO),
                (true, Side::Periodic) if h == 1 => faces.fill(T::ZERO),
                (true, Side::Open) => {
                    let inner = row(if y == 0 { 0 } else { h - 1 });
                    between([inner, inner], T::of(2.0), faces);
                }
                _ => between([row(above), row(below)], T::ONE, faces),
            }
        }
    }
}

fn between<T: Real>(rows: [Option<&[u8]>; 2], open: T, faces: &mut [T]) {
    faces.fill(open);
    for row in rows.into_iter().flatten() {
        faces.iter_mut().zip(row).for_each(|(f, &s)| *f = if s != 0 { T::ZERO } else { *f });
    }
}

fn across_row<T: Real>(solid: Option<&[u8]>, [left, right]: [Side; 2], faces: &mut [T]) {
    let w = faces.len() - 1;
    faces.fill(T::ONE);
    let end = |side: Side| match side {
        Side::Open => T::of(2.0),
        Side::Periodic if w > 1 => T::ONE,
        _ => T::ZERO,
    };
    (faces[0], faces[w]) = (end(left), end(right));
    let Some(solid) = solid else { return };
    for (x, _) in solid.iter().enumerate().filter(|(_, s)| **s != 0) {
        (faces[x], faces[x + 1]) = (T::ZERO, T::ZERO);
        if left == Side::Periodic && (x == 0 || x + 1 == w) {
            (faces[0], faces[w]) = (T::ZERO, T::ZERO);
        }
    }
}
