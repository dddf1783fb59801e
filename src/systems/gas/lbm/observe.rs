//! Observables of the gas: vorticity, and the statistics of each tick.

use rayon::prelude::*;

use super::collide::{DENSITY_LIMIT, SPEED_LIMIT};
use super::lattice::Lattice;
use world::field::rows_per_task;

/// Statistics of one tick.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FlowStats {
    /// Mass of the gas, as a fraction of a world full of gas at density 1.
    pub mass: f64,
    /// Mean speed of the fluid cells, cells/step.
    pub mean_speed: f64,
    /// Mean of half the squared vorticity over the fluid cells, per step².
    pub enstrophy: f64,
    /// How far the worst cell is from being limited: 1 at rest, 0 at a limit.
    pub margin: f64,
}

/// Sums of one row.
#[derive(Clone, Copy, Default)]
struct Row {
    excess: f64,
    speed: f64,
    enstrophy: f64,
    fluid: usize,
    top_speed: f32,
    top_excess: f32,
}

/// Computes the statistics of a gas.
pub fn statistics(lattice: &Lattice) -> FlowStats {
    let (w, h) = lattice.size();
    let rows: Vec<Row> = (0..h)
        .into_par_iter()
        .with_min_len(rows_per_task(w))
        .map_init(|| (vec![0.0; w], vec![0.0; w]), |(a, b), y| row(lattice, y, a, b))
        .collect();
    let mut all = Row::default();
    for r in rows {
        all.excess += r.excess;
        all.speed += r.speed;
        all.enstrophy += r.enstrophy;
        all.fluid += r.fluid;
        all.top_speed = all.top_speed.max(r.top_speed);
        all.top_excess = all.top_excess.max(r.top_excess);
    }
    let fluid = all.fluid.max(1) as f64;
    let used = (all.top_speed / SPEED_LIMIT).max(all.top_excess / DENSITY_LIMIT) as f64;
    FlowStats {
        mass: (all.fluid as f64 + all.excess) / (w * h) as f64,
        mean_speed: all.speed / fluid,
        enstrophy: all.enstrophy / fluid,
        margin: (1.0 - used).clamp(0.0, 1.0),
    }
}

fn row(lattice: &Lattice, y: usize, speed: &mut [f32], vorticity_row: &mut [f32]) -> Row {
    let solid = lattice.solid_row(y).iter().filter(|&&s| s != 0).count();
    speeds(lattice, y, speed);
    vorticity(lattice, y, vorticity_row);
    let excess = lattice.moment(0, y);
    let square = |v: f32| 0.5 * v * v;
    Row {
        excess: lanes(excess, |v| v),
        speed: lanes(speed, |v| v),
        enstrophy: lanes(vorticity_row, square),
        fluid: speed.len() - solid,
        top_speed: top(speed),
        top_excess: top(excess),
    }
}

/// Sum over a row in eight lanes, in a fixed order.
fn lanes(row: &[f32], f: impl Fn(f32) -> f32) -> f64 {
    let mut sums = [0f64; 8];
    let chunks = row.chunks_exact(8);
    chunks.remainder().iter().zip(&mut sums).for_each(|(&v, s)| *s += f(v) as f64);
    chunks.for_each(|c| c.iter().zip(&mut sums).for_each(|(&v, s)| *s += f(v) as f64));
    sums.iter().sum()
}

fn top(row: &[f32]) -> f32 {
    let mut tops = [0f32; 8];
    let chunks = row.chunks_exact(8);
    let keep = |(&v, t): (&f32, &mut f32)| *t = if v.abs() > *t { v.abs() } else { *t };
    chunks.remainder().iter().zip(&mut tops).for_each(keep);
    chunks.for_each(|c| c.iter().zip(&mut tops).for_each(keep));
    tops.into_iter().fold(0.0, f32::max)
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
    let (left, right) = neighbours(0, w, lattice.edges().wraps_across());
    let (up, down) = neighbours(y, h, lattice.edges().wraps_down());
    let distance = if lattice.edges().wraps_down() { 2 } else { (down - up).max(1) };
    let (above, below, v) = (lattice.moment(1, up), lattice.moment(1, down), lattice.moment(2, y));
    let per = 1.0 / distance as f32;
    for x in 1..w.saturating_sub(1) {
        into[x] = 0.5 * (v[x + 1] - v[x - 1]) - per * (below[x] - above[x]);
    }
    let wraps = lattice.edges().wraps_across();
    let mut border = |x: usize, (a, b): (usize, usize)| {
        let distance = if wraps { 2 } else { (b - a).max(1) };
        into[x] = (v[b] - v[a]) / distance as f32 - per * (below[x] - above[x]);
    };
    border(0, (left, right));
    border(w - 1, neighbours(w - 1, w, wraps));
    if lattice.has_solid(y) {
        let solid = lattice.solid_row(y);
        into.iter_mut().zip(solid).for_each(|(v, &s)| *v = if s != 0 { 0.0 } else { *v });
    }
}

/// The previous and the next index, wrapped or clamped at the border.
fn neighbours(i: usize, n: usize, wrap: bool) -> (usize, usize) {
    match wrap {
        true => ((i + n - 1) % n, (i + 1) % n),
        false => (i.saturating_sub(1), (i + 1).min(n - 1)),
    }
}
