//! The affine map from a picture to a world.

/// `world_x = ax·x + ay·y + a0`, `world_y = bx·x + by·y + b0`, in world fractions of pixel centres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine {
    /// Change of world x a pixel to the right.
    pub ax: f64,
    /// Change of world x a pixel down.
    pub ay: f64,
    /// World x at pixel (0, 0).
    pub a0: f64,
    /// Change of world y a pixel to the right.
    pub bx: f64,
    /// Change of world y a pixel down.
    pub by: f64,
    /// World y at pixel (0, 0).
    pub b0: f64,
}

impl Affine {
    /// World fractions at a pixel.
    #[inline(always)]
    pub fn at(&self, x: f64, y: f64) -> (f64, f64) {
        (self.ax * x + self.ay * y + self.a0, self.bx * x + self.by * y + self.b0)
    }
}
