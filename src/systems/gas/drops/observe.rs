//! Observables: phase, pressure, interface; statistics of each tick.

use rayon::prelude::*;

use super::kernel::Energy;
use super::lattice::Lattice;
use super::params::phases;
use world::field::rows_per_task;

/// Statistics of one tick.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Statistics {
    /// Mean density.
    pub mass: f64,
    /// Mean of half the density times the squared speed.
    pub kinetic: f64,
    /// Length of all surfaces, cells.
    pub surface: f64,
    /// Largest speed, cells/step.
    pub fastest: f32,
}

/// Sums of a row are taken in this many lanes, in a fixed order.
const LANES: usize = 8;

#[derive(Clone, Copy, Default)]
struct Row {
    mass: f64,
    kinetic: f64,
    surface: f64,
    fastest: f32,
}

/// Computes the statistics; sums in a fixed order.
pub fn statistics(lattice: &Lattice, energy: &Energy) -> Statistics {
    let (w, h) = lattice.size();
    let rows = (0..h).into_par_iter().with_min_len(rows_per_task(w)).map(|y| row(lattice, energy, y));
    let rows: Vec<Row> = rows.collect();
    let mut all = Statistics::default();
    for r in rows {
        all.mass += r.mass;
        all.kinetic += r.kinetic;
        all.surface += r.surface;
        all.fastest = all.fastest.max(r.fastest);
    }
    let cells = (w * h) as f64;
    Statistics { mass: all.mass / cells, kinetic: all.kinetic / cells, ..all }
}

fn row(lattice: &Lattice, energy: &Energy, y: usize) -> Row {
    let [rho, u, v] = [lattice.density(y), lattice.velocity(0, y), lattice.velocity(1, y)];
    let solid = lattice.walls().row(y);
    let mut slope = vec![0.0; rho.len()];
    interface(lattice, energy, y, &mut slope);
    let (mut mass, mut kinetic, mut surface) = ([0f64; LANES], [0f64; LANES], [0f64; LANES]);
    let mut fastest = [0f32; LANES];
    for x in 0..rho.len() {
        // What is solid is at rest; the density there is only what the fluid sees.
        let rho = if solid[x] != 0 { 0.0 } else { rho[x] };
        let (square, k) = (u[x] * u[x] + v[x] * v[x], x % LANES);
        mass[k] += rho as f64;
        kinetic[k] += (0.5 * rho * square) as f64;
        surface[k] += slope[x] as f64;
        fastest[k] = if square > fastest[k] { square } else { fastest[k] };
    }
    Row {
        mass: mass.iter().sum(),
        kinetic: kinetic.iter().sum(),
        surface: surface.iter().sum(),
        fastest: fastest.into_iter().fold(0.0, f32::max).sqrt(),
    }
}

/// Share of liquid of a row, 0 to 1; solid cells have none.
pub fn phase(lattice: &Lattice, energy: &Energy, y: usize, into: &mut [f32]) {
    let [thin, dense] = phases(energy);
    let per = 1.0 / (dense - thin).max(0.02);
    let cells = lattice.density(y).iter().zip(lattice.walls().row(y));
    into.iter_mut().zip(cells).for_each(|(v, (&rho, &s))| {
        *v = if s != 0 { 0.0 } else { ((rho - thin) * per).clamp(0.0, 1.0) };
    });
}

/// Pressure of the bulk, ρμ₀ − β(φ² − A)², of a row; solid cells have none. `depth` is A of each cell, if it differs.
pub fn pressure(lattice: &Lattice, energy: &Energy, depth: Option<&[f32]>, y: usize, into: &mut [f32]) {
    let w = into.len();
    let (density, solid) = (lattice.density(y), lattice.walls().row(y));
    for (x, v) in into.iter_mut().enumerate() {
        let a = depth.map_or(energy.depth, |d| d[y * w + x]);
        *v = if solid[x] != 0 { 0.0 } else { bulk_pressure(energy, a, density[x]) };
    }
}

/// Pressure of fluid of a density, far from surfaces.
pub fn bulk_pressure(energy: &Energy, depth: f32, rho: f32) -> f32 {
    let phi = rho - energy.middle;
    let well = phi * phi - depth;
    rho * 4.0 * energy.beta * phi * well - energy.beta * well * well
}

/// Steepness of the share of liquid in a row, 1/cells: its sum is the length of the surfaces.
pub fn interface(lattice: &Lattice, energy: &Energy, y: usize, into: &mut [f32]) {
    let (w, h) = lattice.size();
    let [thin, dense] = phases(energy);
    let half = 0.5 / (dense - thin).max(0.02);
    let rows = [y.saturating_sub(1), y, (y + 1).min(h - 1)];
    let [above, here, below] = rows.map(|y| lattice.density(y));
    let solid = rows.map(|y| lattice.walls().row(y));
    let steep = |gx: f32, gy: f32| half * (gx * gx + gy * gy).sqrt();
    for x in 1..w.saturating_sub(1) {
        into[x] = steep(here[x + 1] - here[x - 1], below[x] - above[x]);
    }
    // At the sides and beside solids: a wall has no surface of its own.
    let periodic = lattice.walls().periodic();
    let careful = |x: usize| {
        let (left, right) = match periodic {
            true => ((x + w - 1) % w, (x + 1) % w),
            false => (x.saturating_sub(1), (x + 1).min(w - 1)),
        };
        let seen = |row: &[f32], solid: &[u8], at: usize| if solid[at] != 0 { here[x] } else { row[at] };
        let gx = seen(here, solid[1], right) - seen(here, solid[1], left);
        let gy = seen(below, solid[2], x) - seen(above, solid[0], x);
        if solid[1][x] != 0 { 0.0 } else { steep(gx, gy) }
    };
    let any = solid.iter().any(|row| row.iter().any(|&s| s != 0));
    for x in (0..w).filter(|&x| any || x == 0 || x + 1 == w) {
        into[x] = careful(x);
    }
}
