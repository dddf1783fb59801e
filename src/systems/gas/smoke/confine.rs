//! Vorticity, and vorticity confinement (Steinhoff and Underhill 1994; Fedkiw, Stam and Jensen 2001): a force that
//! drives gas round each swirl, to give back what the grid takes from small ones.

use super::rows::each_row;
use crate::real::Real;
use world::widest;

/// Below this the gradient of |ω| has no direction.
const LEAST: f64 = 1e-5;

/// A grid of centres that may wrap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cells {
    /// Across, down.
    pub size: (usize, usize),
    /// Whether it wraps across, and down.
    pub wraps: [bool; 2],
}

impl Cells {
    fn rows(&self, y: usize) -> [usize; 2] {
        let h = self.size.1;
        match self.wraps[1] {
            true => [(y + h - 1) % h, (y + 1) % h],
            false => [y.saturating_sub(1), (y + 1).min(h - 1)],
        }
    }
    fn ends(&self) -> [usize; 2] {
        let w = self.size.0;
        if self.wraps[0] { [w - 1, 0] } else { [0, w - 1] }
    }
    fn wide(&self) -> bool {
        self.size.0 * self.size.1 > super::rows::ALONE
    }
}

/// ω = ∂v/∂x − ∂u/∂y by central differences, of velocities at centres; clockwise positive, as y grows downwards.
pub fn vorticity<T: Real>(cells: Cells, flow: &[[T; 2]], into: &mut [T]) {
    let w = cells.size.0;
    let row = |y: usize| &flow[y * w..(y + 1) * w];
    each_row(into, w, cells.wide(), |y, out| {
        let [above, below] = cells.rows(y);
        curl_row(out, [row(above), row(y), row(below)], cells.ends());
    });
}

widest! {
    fn curl_row<T: Real>(out: &mut [T], rows: [&[[T; 2]]; 3], ends: [usize; 2]) {
        let n = out.len();
        let [above, here, below] = rows.map(|row| &row[..n]);
        let half = T::of(0.5);
        for x in 1..n.max(1) - 1 {
            out[x] = half * (here[x + 1][1] - here[x - 1][1]) - half * (below[x][0] - above[x][0]);
        }
        for x in [0, n - 1] {
            let left = if x == 0 { ends[0] } else { x - 1 };
            let right = if x == n - 1 { ends[1] } else { x + 1 };
            out[x] = half * (here[right][1] - here[left][1]) - half * (below[x][0] - above[x][0]);
        }
    }
}

impl Cells {
    /// Adds the force of confinement times `amount` (strength times step) to a row of velocities or accelerations.
    pub fn confine_row<T: Real>(&self, vorticity: &[T], amount: T, y: usize, out: &mut [[T; 2]]) {
        let w = self.size.0;
        let row = |y: usize| &vorticity[y * w..(y + 1) * w];
        let [above, below] = self.rows(y);
        confine_row(out, [row(above), row(y), row(below)], self.ends(), amount);
    }
}

/// The same for all rows.
pub fn confine<T: Real>(cells: Cells, vorticity: &[T], amount: T, flow: &mut [[T; 2]]) {
    each_row(flow, cells.size.0, cells.wide(), |y, out| cells.confine_row(vorticity, amount, y, out));
}

/// The force at a cell: N × ω with N = ∇|ω| / |∇|ω||.
#[inline(always)]
fn force<T: Real>(here: T, [left, right, above, below]: [T; 4], amount: T) -> [T; 2] {
    let half = T::of(0.5);
    let gx = half * (right.size() - left.size());
    let gy = half * (below.size() - above.size());
    let scale = amount * here / ((gx * gx + gy * gy).root() + T::of(LEAST));
    [gy * scale, -(gx * scale)]
}

widest! {
    fn confine_row<T: Real>(out: &mut [[T; 2]], rows: [&[T]; 3], ends: [usize; 2], amount: T) {
        let n = out.len();
        let [above, here, below] = rows.map(|row| &row[..n]);
        for x in 1..n.max(1) - 1 {
            let [fx, fy] = force(here[x], [here[x - 1], here[x + 1], above[x], below[x]], amount);
            out[x] = [out[x][0] + fx, out[x][1] + fy];
        }
        for x in [0, n - 1] {
            let left = if x == 0 { ends[0] } else { x - 1 };
            let right = if x == n - 1 { ends[1] } else { x + 1 };
            let [fx, fy] = force(here[x], [here[left], here[right], above[x], below[x]], amount);
            out[x] = [out[x][0] + fx, out[x][1] + fy];
            if n == 1 {
                break;
            }
        }
    }
}
