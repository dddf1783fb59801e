//! A cell and its neighbours, and what they are beyond the border.

/// Boundary condition.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Boundary {
    /// The world is a torus: the opposite border.
    Periodic,
    /// The border cell's own value: nothing flows through (no flux).
    NoFlux,
    /// This value, everywhere.
    Fixed(f32),
}

/// A cell of one plane and its eight neighbours, by compass; south is down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbourhood {
    /// Above, to the left.
    pub nw: f32,
    /// Above.
    pub n: f32,
    /// Above, to the right.
    pub ne: f32,
    /// To the left.
    pub w: f32,
    /// The cell itself.
    pub centre: f32,
    /// To the right.
    pub e: f32,
    /// Below, to the left.
    pub sw: f32,
    /// Below.
    pub s: f32,
    /// Below, to the right.
    pub se: f32,
}

impl Neighbourhood {
    /// The Laplacian by five points, per cell²: exact to second order.
    #[inline(always)]
    pub fn laplacian(self) -> f32 {
        ((self.n + self.s) + (self.w + self.e)) - 4.0 * self.centre
    }

    /// The Laplacian by nine points, per cell², whose error is the same in all directions (weights 4, 1 and −20, over
    /// 6): fronts stay round. It allows a diffusion of up to 3/8 cell² a step, five points a quarter.
    #[inline(always)]
    pub fn isotropic_laplacian(self) -> f32 {
        let (sides, corners) =
            ((self.n + self.s) + (self.w + self.e), (self.nw + self.se) + (self.ne + self.sw));
        (4.0 * sides + corners - 20.0 * self.centre) * (1.0 / 6.0)
    }

    /// Half the difference of the neighbours to the right and to the left, and of those below and above: the gradient,
    /// per cell.
    #[inline(always)]
    pub fn gradient(self) -> (f32, f32) {
        (0.5 * (self.e - self.w), 0.5 * (self.s - self.n))
    }
}
