//! What joins the sides of a world that repeats.

use super::level::{Level, Pair};

/// Couplings across the sides of a world that repeats. The preconditioner knows nothing of them.
#[derive(Default)]
pub struct Seam {
    /// Between the last and the first column, by row.
    pub(super) across: Vec<f32>,
    /// Between the last and the first row, by column.
    pub(super) down: Vec<f32>,
}

/// Where a cell's values are in a level: colour, and index.
pub fn place(level: &Level, x: usize, y: usize) -> (usize, usize) {
    ((x + y) & 1, (y + 1) * level.n + x / 2 + 1)
}

impl Seam {
    /// Subtracts the couplings from q = A·z; returns what they change in z·q.
    pub fn apply(&self, level: &Level, z: &Pair, q: &mut Pair) -> f64 {
        let mut sum = 0.0;
        let mut join = |a: (usize, usize), b: (usize, usize), coupling: f32| {
            if coupling > 0.0 {
                let (za, zb) = (z[a.0][a.1], z[b.0][b.1]);
                q[a.0][a.1] -= coupling * zb;
                q[b.0][b.1] -= coupling * za;
                sum -= 2.0 * (coupling * za) as f64 * zb as f64;
            }
        };
        for (y, c) in self.across.iter().enumerate() {
            join(place(level, 0, y), place(level, level.w - 1, y), *c);
        }
        for (x, c) in self.down.iter().enumerate() {
            join(place(level, x, 0), place(level, x, level.h - 1), *c);
        }
        sum
    }
}
