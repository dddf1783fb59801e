//! Layout of the state: planes of rows with ghost cells on every side, and what lies beyond the sides.

world::choices! {
    /// Boundary condition of a side.
    pub enum Side {
        /// A wall.
        Wall: "wall",
        /// Open: water leaves, none enters.
        Open: "open",
        /// Periodic: continues at the opposite side, if that is periodic too; else a wall.
        Periodic: "periodic",
    }
}

/// Ghost cells on every side.
pub const GHOSTS: usize = 4;

/// The four sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sides {
    /// Left, right.
    pub across: [Side; 2],
    /// Top, bottom.
    pub down: [Side; 2],
}

impl Sides {
    /// Walls all round.
    pub const WALLS: Self = Self { across: [Side::Wall; 2], down: [Side::Wall; 2] };

    /// Periodic across, periodic down.
    pub fn wraps(&self) -> [bool; 2] {
        [self.across, self.down].map(|pair| pair == [Side::Periodic; 2])
    }

    /// The sides with a half-periodic pair made a wall.
    pub fn sound(self) -> Self {
        let mend = |pair: [Side; 2]| match pair == [Side::Periodic; 2] {
            true => pair,
            false => pair.map(|s| if s == Side::Periodic { Side::Wall } else { s }),
        };
        Self { across: mend(self.across), down: mend(self.down) }
    }
}

/// Cell of `0..n` whose state ghost `k` (1 is next to the side) takes.
pub fn source(side: Side, far: bool, k: usize, n: usize) -> usize {
    let from_side = match side {
        Side::Wall => (k - 1) % (2 * n),
        Side::Open => 0,
        Side::Periodic => return if far { (k - 1) % n } else { (n - 1) - (k - 1) % n },
    };
    let inside = if from_side < n { from_side } else { 2 * n - 1 - from_side };
    if far { n - 1 - inside } else { inside }
}

/// Velocity through a side that a ghost takes from the velocity of its source.
pub fn through(side: Side, far: bool, u: f32) -> f32 {
    match (side, far) {
        (Side::Wall, _) => -u,
        (Side::Open, false) => u.min(0.0),
        (Side::Open, true) => u.max(0.0),
        (Side::Periodic, _) => u,
    }
}

/// Size and strides of a plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Cells across.
    pub width: usize,
    /// Cells down.
    pub height: usize,
}

impl Shape {
    /// Floats per row.
    pub fn stride(self) -> usize {
        self.width + 2 * GHOSTS
    }
    /// Floats in a plane.
    pub fn floats(self) -> usize {
        self.stride() * (self.height + 2 * GHOSTS)
    }
    /// Position of the first cell of row `y`; rows from −[`GHOSTS`] on.
    pub fn row(self, y: isize) -> usize {
        (y + GHOSTS as isize) as usize * self.stride() + GHOSTS
    }
    /// Positions of the cells of row `y`.
    pub fn cells(self, y: usize) -> std::ops::Range<usize> {
        let first = self.row(y as isize);
        first..first + self.width
    }

    /// Fills the ghosts at both ends of a whole row. `normal`: it holds velocity through these sides.
    pub fn close_row(self, row: &mut [f32], sides: [Side; 2], normal: bool) {
        let w = self.width;
        for k in 1..=GHOSTS {
            let (a, b) = (source(sides[0], false, k, w), source(sides[1], true, k, w));
            let (left, right) = (row[GHOSTS + a], row[GHOSTS + b]);
            row[GHOSTS - k] = if normal { through(sides[0], false, left) } else { left };
            row[GHOSTS + w - 1 + k] = if normal { through(sides[1], true, right) } else { right };
        }
    }

    /// Fills the ghost rows of a plane.
    pub fn close_down(self, plane: &mut [f32], sides: [Side; 2], normal: bool) {
        let (h, stride) = (self.height, self.stride());
        for (side, far) in [(sides[0], false), (sides[1], true)] {
            for k in 1..=GHOSTS {
                let from = (source(side, far, k, h) + GHOSTS) * stride;
                let to = if far { GHOSTS + h - 1 + k } else { GHOSTS - k } * stride;
                plane.copy_within(from..from + stride, to);
                if normal {
                    plane[to..to + stride].iter_mut().for_each(|u| *u = through(side, far, *u));
                }
            }
        }
    }

    /// Fills all ghosts of a plane.
    pub fn close(self, plane: &mut [f32], sides: Sides, normal: Option<usize>) {
        let rows = plane.chunks_exact_mut(self.stride()).skip(GHOSTS).take(self.height);
        rows.for_each(|row| self.close_row(row, sides.across, normal == Some(0)));
        self.close_down(plane, sides.down, normal == Some(1));
    }
}
