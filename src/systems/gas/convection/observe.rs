//! Observables: statistics of each tick, vorticity, streamfunction.

use rayon::prelude::*;

use super::lattice::Lattice;
use super::params::Physics;
use world::field::rows_per_task;

/// Statistics of one tick.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statistics {
    /// Nusselt number by the heat that the flow carries: 1 + ⟨vT⟩h/κΔT.
    pub nusselt: f64,
    /// Nusselt number by the temperature gradient at both plates.
    pub nusselt_wall: f64,
    /// Mean of half the squared speed, in squares of the free-fall velocity.
    pub kinetic: f64,
    /// Reynolds number of the root mean square speed and the height.
    pub reynolds: f64,
    /// Mean temperature, −½ to ½.
    pub heat: f64,
    /// Mean temperature of each row.
    pub rows: Vec<f32>,
}

/// Sums over the fluid cells of one row.
#[derive(Clone, Copy, Default)]
struct Row {
    square: f64,
    carried: f64,
    heat: f64,
    fluid: usize,
}

/// Computes the statistics.
pub fn statistics(lattice: &Lattice, physics: &Physics) -> Statistics {
    let (w, h) = lattice.size();
    let rows = (0..h).into_par_iter().with_min_len(rows_per_task(w)).map(|y| row(lattice, y));
    let rows: Vec<Row> = rows.collect();
    let mut all = Row::default();
    for r in &rows {
        all.square += r.square;
        all.carried += r.carried;
        all.heat += r.heat;
        all.fluid += r.fluid;
    }
    let cells = all.fluid.max(1) as f64;
    let per_kappa = h as f64 / physics.diffusivity as f64;
    let square = all.square / cells;
    let free_fall = physics.free_fall as f64;
    Statistics {
        nusselt: 1.0 - all.carried / cells * per_kappa,
        nusselt_wall: 0.5
            * (gradient(lattice, [0, 1], -1.0) + gradient(lattice, [h - 1, h.saturating_sub(2)], 1.0)),
        kinetic: 0.5 * square / (free_fall * free_fall),
        reynolds: libm::sqrt(square) * h as f64 / physics.viscosity as f64,
        heat: all.heat / cells,
        rows: rows.iter().map(|r| (r.heat / r.fluid.max(1) as f64) as f32).collect(),
    }
}

fn row(lattice: &Lattice, y: usize) -> Row {
    let [u, v, heat] = [1, 2, 3].map(|k| lattice.moment(k, y));
    let solid = lattice.solid_row(y).iter().filter(|&&s| s != 0).count();
    Row {
        square: lanes(u, v, |u, v| u * u + v * v),
        carried: lanes(v, heat, |v, heat| v * heat),
        heat: lanes(heat, heat, |heat, _| heat),
        fluid: u.len() - solid,
    }
}

/// Sum over two rows in eight lanes, in a fixed order.
fn lanes(a: &[f32], b: &[f32], f: impl Fn(f32, f32) -> f32) -> f64 {
    let mut sums = [0f64; 8];
    let (whole_a, whole_b) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest = whole_a.remainder().iter().zip(whole_b.remainder());
    rest.zip(&mut sums).for_each(|((&a, &b), s)| *s += f(a, b) as f64);
    for (a, b) in whole_a.zip(whole_b) {
        a.iter().zip(b).zip(&mut sums).for_each(|((&a, &b), s)| *s += f(a, b) as f64);
    }
    sums.iter().sum()
}

/// Mean temperature gradient at a plate of temperature `side`/2, in units of the one between the plates: from the plate
/// and the first two rows, half a cell and one and a half away; solid cells left out.
fn gradient(lattice: &Lattice, [first, second]: [usize; 2], side: f64) -> f64 {
    let (w, h) = lattice.size();
    let fluid = |y: usize, x: usize| lattice.solid_row(y)[x] == 0;
    let (mut sum, mut count) = (0.0, 0);
    for x in (0..w).filter(|&x| fluid(first, x)) {
        let below = |y: usize| 0.5 - side * lattice.moment(3, y)[x] as f64;
        sum += match h > 1 && fluid(second, x) {
            true => (9.0 * below(first) - below(second)) / 3.0,
            false => 2.0 * below(first),
        };
        count += 1;
    }
    sum * h as f64 / count.max(1) as f64
}

/// Speeds of a row, cells/step.
pub fn speeds(lattice: &Lattice, y: usize, into: &mut [f32]) {
    let (u, v) = (lattice.moment(1, y), lattice.moment(2, y));
    into.iter_mut().zip(u.iter().zip(v)).for_each(|(s, (u, v))| *s = (u * u + v * v).sqrt());
}

/// Vorticity of a row, ∂v/∂x − ∂u/∂y by central differences (one-sided at a border that does not wrap); positive
/// turns clockwise on the screen. Solid cells have none.
pub fn vorticity(lattice: &Lattice, y: usize, into: &mut [f32]) {
    let (w, h) = lattice.size();
    let (up, down) = (y.saturating_sub(1), (y + 1).min(h - 1));
    let (above, below, v) = (lattice.moment(1, up), lattice.moment(1, down), lattice.moment(2, y));
    let per = 1.0 / (down - up).max(1) as f32;
    for x in 1..w.saturating_sub(1) {
        into[x] = 0.5 * (v[x + 1] - v[x - 1]) - per * (below[x] - above[x]);
    }
    for x in [0, w - 1] {
        let (a, b, distance) = across(x, w, lattice.surroundings().periodic);
        into[x] = (v[b] - v[a]) * distance - per * (below[x] - above[x]);
    }
    if lattice.has_solid(y) {
        let solid = lattice.solid_row(y);
        into.iter_mut().zip(solid).for_each(|(v, &s)| *v = if s != 0 { 0.0 } else { *v });
    }
}

/// Columns left and right of one, and one over their distance.
pub fn across(x: usize, w: usize, wraps: bool) -> (usize, usize, f32) {
    match wraps {
        true => ((x + w - 1) % w, (x + 1) % w, 0.5),
        false => {
            let (a, b) = (x.saturating_sub(1), (x + 1).min(w - 1));
            (a, b, 1.0 / (b - a).max(1) as f32)
        }
    }
}

/// Streamfunction of the whole world, cells²/step, row after row: the flow across a line from the top plate down to the
/// cell, u = ∂ψ/∂y.
pub fn streamfunction(lattice: &Lattice) -> Vec<f32> {
    let (w, h) = lattice.size();
    let mut psi = vec![0.0; w * h];
    // Each row is the one above it and half of either's velocity.
    for y in 0..h {
        let (done, rest) = psi.split_at_mut(y * w);
        let now = lattice.moment(1, y);
        match y.checked_sub(1) {
            None => rest[..w].iter_mut().zip(now).for_each(|(p, u)| *p = 0.5 * u),
            Some(up) => {
                let (above, before) = (&done[up * w..], lattice.moment(1, up));
                let sums = above.iter().zip(before.iter().zip(now));
                rest[..w].iter_mut().zip(sums).for_each(|(p, (a, (u, v)))| *p = a + 0.5 * (u + v));
            }
        }
    }
    psi
}
