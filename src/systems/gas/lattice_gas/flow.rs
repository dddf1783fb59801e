//! What the coarse means say of the gas: density, momentum, velocity, vorticity, and figures of the whole.

use rayon::prelude::*;

use super::coarse::Coarse;
use super::model::Model;
use world::field::rows_per_task;

/// Least density, in particles per place, at which there is a velocity.
const THIN: f32 = 1e-6;

/// Views of coarse means.
#[derive(Clone, Copy)]
pub struct Flow<'a> {
    /// The model.
    pub model: Model,
    /// The means.
    pub coarse: &'a Coarse,
    /// Cells per coarse cell, across and down.
    pub grain: [f32; 2],
    /// Whether the world wraps, across and down.
    pub wraps: [bool; 2],
}

/// Figures of the whole gas.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FlowStats {
    /// Mean speed of the coarse cells that hold gas, cells/step.
    pub speed: f64,
    /// Standard deviation of the density, in particles per place.
    pub contrast: f64,
}

impl Flow<'_> {
    /// Particles per place, 0 to 1, along a coarse row.
    pub fn density(&self, y: usize, into: &mut [f32]) {
        into.fill(0.0);
        let planes = self.coarse.planes();
        for p in 0..planes {
            into.iter_mut().zip(self.coarse.row(p, y)).for_each(|(v, n)| *v += n);
        }
        into.iter_mut().for_each(|v| *v /= planes as f32);
    }

    /// Momentum of a cell along an axis, particles times cells/step.
    pub fn momentum(&self, axis: usize, y: usize, into: &mut [f32]) {
        into.fill(0.0);
        for (p, velocity) in self.model.velocities().iter().enumerate() {
            into.iter_mut().zip(self.coarse.row(p, y)).for_each(|(v, n)| *v += velocity[axis] * n);
        }
    }

    /// Velocity along an axis, cells/step; 0 where there is no gas.
    pub fn velocity(&self, axis: usize, y: usize, into: &mut [f32]) {
        let mut density = vec![0.0; into.len()];
        self.density(y, &mut density);
        self.momentum(axis, y, into);
        let per_place = self.coarse.planes() as f32;
        into.iter_mut()
            .zip(density)
            .for_each(|(v, d)| *v = if d > THIN { *v / (per_place * d) } else { 0.0 });
    }

    /// Speed, cells/step.
    pub fn speed(&self, y: usize, into: &mut [f32]) {
        let mut down = vec![0.0; into.len()];
        self.velocity(0, y, into);
        self.velocity(1, y, &mut down);
        into.iter_mut().zip(down).for_each(|(u, v)| *u = (*u * *u + v * v).sqrt());
    }

    /// Vorticity, ∂v/∂x − ∂u/∂y by central differences (one-sided at a border that does not wrap), per step; positive
    /// turns clockwise on the screen.
    pub fn vorticity(&self, y: usize, into: &mut [f32]) {
        let (w, h) = self.coarse.size();
        let around = |i: usize, n: usize, wraps: bool| match wraps {
            true => ((i + n - 1) % n, (i + 1) % n, 2),
            false => (i.saturating_sub(1), (i + 1).min(n - 1), (i + 1).min(n - 1) - i.saturating_sub(1)),
        };
        let (up, down, rows) = around(y, h, self.wraps[1]);
        let [mut above, mut below, mut here] = [vec![0.0; w], vec![0.0; w], vec![0.0; w]];
        self.velocity(0, up, &mut above);
        self.velocity(0, down, &mut below);
        self.velocity(1, y, &mut here);
        let per_row = 1.0 / (rows.max(1) as f32 * self.grain[1] * self.model.row_height());
        for x in 0..w {
            let (left, right, columns) = around(x, w, self.wraps[0]);
            let across = (here[right] - here[left]) / (columns.max(1) as f32 * self.grain[0]);
            into[x] = across - per_row * (below[x] - above[x]);
        }
    }

    /// Figures of the whole, summed row after row.
    pub fn stats(&self) -> FlowStats {
        let (w, h) = self.coarse.size();
        let rows: Vec<[f64; 4]> =
            (0..h).into_par_iter().with_min_len(rows_per_task(w)).map(|y| self.row_sums(y)).collect();
        let mut sums = [0.0; 4];
        rows.iter().for_each(|row| sums.iter_mut().zip(row).for_each(|(sum, v)| *sum += v));
        let [density, squares, speed, cells_with_gas] = sums.map(|sum| sum / (w * h) as f64);
        let variance = (squares - density * density).max(0.0);
        FlowStats {
            speed: if speed > 0.0 { speed / cells_with_gas } else { 0.0 },
            contrast: libm::sqrt(variance),
        }
    }

    /// Sums over a coarse row: density, its square, speed, and how many cells hold gas.
    fn row_sums(&self, y: usize) -> [f64; 4] {
        let width = self.coarse.size().0;
        let [mut density, mut speed] = [vec![0.0; width], vec![0.0; width]];
        self.density(y, &mut density);
        self.speed(y, &mut speed);
        let mut sums = [0.0; 4];
        for (d, s) in density.iter().zip(&speed) {
            let (d, s) = (*d as f64, *s as f64);
            let cell = [d, d * d, s, if d > THIN as f64 { 1.0 } else { 0.0 }];
            sums.iter_mut().zip(cell).for_each(|(sum, v)| *sum += v);
        }
        sums
    }
}
