//! Bending of a plate with free edges, from its energy (Kirchhoff 1850): ½D ∬ (u_xx + u_yy)² − 2(1 − ν)(u_xx·u_yy − u_xy²).
//!
//! The energy is a sum over cells that have the neighbours a derivative needs; the force is its derivative by each
//! displacement. So edges and corners of any outline are free of moments and of shear by themselves, and the operator is
//! symmetric. Where a cell has neighbours in one direction only, the plate is free to curve in the other, which takes ν²
//! off its stiffness.

use super::outline::Outline;
use world::widest;

/// Poisson's ratio: that of glass and of most metals, nearly.
pub const POISSON: f32 = 0.3;

/// Where a plate can bend.
#[derive(Clone, Debug, Default)]
pub struct Plate {
    /// Weight of the curvature across, down, and of their product.
    across: Vec<f32>,
    down: Vec<f32>,
    both: Vec<f32>,
    /// Weight of the twist at a corner (below and right of a cell) that has four cells.
    corner: Vec<f32>,
    /// Moments across, down, and twist.
    moments: [Vec<f32>; 3],
}

impl Plate {
    /// The plate of an outline.
    pub fn new(outline: &Outline) -> Self {
        let (n, s) = (outline.floats(), outline.stride());
        let plane = || vec![0.0; n];
        let mut plate = Self {
            across: plane(),
            down: plane(),
            both: plane(),
            corner: plane(),
            moments: [plane(), plane(), plane()],
        };
        let is = |at: usize| outline.skin[at] > 0.0;
        for y in 0..outline.height {
            for at in outline.row(y).filter(|&at| is(at)) {
                let (x, y) = (is(at - 1) && is(at + 1), is(at - s) && is(at + s));
                let single = 1.0 - POISSON * POISSON;
                plate.across[at] = if x { if y { 1.0 } else { single } } else { 0.0 };
                plate.down[at] = if y { if x { 1.0 } else { single } } else { 0.0 };
                plate.both[at] = if x && y { POISSON } else { 0.0 };
            }
        }
        let four = |at: usize| is(at) && is(at + 1) && is(at + s) && is(at + s + 1);
        for y in 0..outline.height {
            for at in outline.row(y).filter(|&at| four(at)) {
                // A corner stands for the cell about it; at an edge for half a cell more, up to the edge.
                let half = |at: usize| if four(at) { 0.0 } else { 0.5 };
                let area = (1.0 + half(at - 1) + half(at + 1)) * (1.0 + half(at - s) + half(at + s));
                plate.corner[at] = 2.0 * (1.0 - POISSON) * area;
            }
        }
        plate
    }

    /// The force of bending of every cell, times −1, over the stiffness.
    pub fn bend(&mut self, u: &[f32], outline: &Outline, into: &mut [f32]) {
        let s = outline.stride();
        let cells = outline.at(0, 0)..outline.at(0, outline.height - 1) + outline.width;
        let n = cells.len();
        let a = cells.start;
        let weights = [&self.across, &self.down, &self.both, &self.corner].map(|w| &w[a..a + n]);
        let five = [a - s, a - 1, a, a + 1, a + s, a + s + 1].map(|at| &u[at..at + n]);
        let [mx, my, mt] = self.moments.each_mut().map(|m| &mut m[a..a + n]);
        moments(five, weights, [mx, my, mt]);
        let [mx, my, mt] = &self.moments;
        let x = [a - 1, a, a + 1].map(|at| &mx[at..at + n]);
        let y = [a - s, a, a + s].map(|at| &my[at..at + n]);
        let t = [a - s - 1, a - s, a - 1, a].map(|at| &mt[at..at + n]);
        gather(x, y, t, &mut into[a..a + n]);
    }
}

widest! {
    /// Moments of a run: displacements above, left, here, right, below, and below right.
    fn moments(u: [&[f32]; 6], weights: [&[f32]; 4], into: [&mut [f32]; 3]) {
        let n = u[2].len();
        let [north, west, here, east, south, beyond] = u.map(|l| &l[..n]);
        let [across, down, both, corner] = weights.map(|l| &l[..n]);
        let [mx, my, mt] = into.map(|l| &mut l[..n]);
        for i in 0..n {
            let (x, y) = ((west[i] + east[i]) - 2.0 * here[i], (north[i] + south[i]) - 2.0 * here[i]);
            mx[i] = across[i] * x + both[i] * y;
            my[i] = down[i] * y + both[i] * x;
            mt[i] = corner[i] * ((beyond[i] - east[i]) - (south[i] - here[i]));
        }
    }
}

widest! {
    /// Forces of a run: moments across of the cells left, here, right; down of those above, here, below; twists of the
    /// corners above left, above right, below left, below right.
    fn gather(x: [&[f32]; 3], y: [&[f32]; 3], t: [&[f32]; 4], into: &mut [f32]) {
        let n = into.len();
        let ([x0, x1, x2], [y0, y1, y2]) = (x.map(|l| &l[..n]), y.map(|l| &l[..n]));
        let [t0, t1, t2, t3] = t.map(|l| &l[..n]);
        for i in 0..n {
            let bent = (x0[i] + x2[i] - 2.0 * x1[i]) + (y0[i] + y2[i] - 2.0 * y1[i]);
            into[i] = bent + ((t0[i] + t3[i]) - (t1[i] + t2[i]));
        }
    }
}
