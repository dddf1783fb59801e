//! The three passes of a step, row by row: density, chemical potential, collision.
//!
//! Well-balanced lattice Boltzmann equation for two phases (Guo 2021): at equilibrium populations hold no pressure at all;
//! it is in the force −ρ∇μ, which vanishes exactly where the chemical potential is even. So a drop at rest is at rest,
//! to rounding. Two relaxation times (Ginzburg, Verhaeghe and d'Humières 2008) with the magic parameter ¼.
//!
//! Populations are stored less what they hold in fluid at rest: i ≥ 1 less its weight, so that all the mass of a resting
//! cell is in population 0 and the small part keeps its seven digits.

use crate::gas::lbm::d2q9::{Q, W1, W5};
use world::widest;

/// Cells per block.
const BLOCK: usize = 64;
/// How much of the pressure populations carry themselves, per chemical potential.
pub const CARRIED: f32 = 0.3;
/// How fast the vapour pressure falls with A, in 2β.
const VAPOUR_PRESSURE: f32 = 0.05;
/// Speed above which a cell is limited, cells/step.
pub const SPEED_LIMIT: f32 = 0.25;
/// Parts of a unit of mass that [`Limited::lost`] counts.
pub const SCALE: f64 = (1 << 24) as f64;
/// Density below which a cell counts as having this much when its speed is found.
pub const LEAST_DENSITY: f32 = 0.02;

/// Free energy of the two phases: β(φ² − A)² + κ|∇ρ|²/2 with φ = ρ − ρ_c.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Energy {
    /// Density half-way between liquid and vapour, ρ_c.
    pub middle: f32,
    /// Square of half the difference of density, A; below 0 there is one phase only.
    pub depth: f32,
    /// β.
    pub beta: f32,
    /// κ.
    pub kappa: f32,
}

/// What a collision needs besides the fluid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// Rate of the even moments; sets the viscosity.
    pub even: f32,
    /// Rate of the odd moments.
    pub odd: f32,
    /// Gravity across and down, cells/step².
    pub gravity: [f32; 2],
    /// Density that gravity does not pull: that of vapour, so that it is as dense at the top as at the bottom.
    pub floating: f32,
}

impl Rates {
    /// Rates for a kinematic viscosity, cells²/step.
    pub fn new(viscosity: f32, gravity: [f32; 2], floating: f32) -> Self {
        let excess = 3.0 * viscosity;
        Self { even: 1.0 / (excess + 0.5), odd: 1.0 / (0.25 / excess + 0.5), gravity, floating }
    }
}

type Lane = [f32; BLOCK];
/// A lane with a neighbour on either side.
type Wide = [f32; BLOCK + 2];

/// `N` floats of a row from `start` on, of which `n` are there; the others are 0.
#[inline(always)]
fn part<const N: usize>(row: &[f32], start: usize, n: usize) -> [f32; N] {
    // A whole block has a length that the compiler knows, so that it is copied in registers.
    match row[start..].first_chunk::<N>() {
        Some(whole) if n == N => *whole,
        _ => {
            let mut block = [0.0; N];
            block[..n].copy_from_slice(&row[start..start + n]);
            block
        }
    }
}

/// `n` cells of a row from `start` on.
#[inline(always)]
fn lane(row: &[f32], start: usize, n: usize) -> Lane {
    part(row, start, n)
}

/// The same of a row that begins one cell earlier and ends one later.
#[inline(always)]
fn wide(row: &[f32], start: usize, n: usize) -> Wide {
    part(row, start, n + 2)
}

// Loops, not `map`: a closure that is not inlined is not compiled for wide vectors.
#[inline(always)]
fn lanes<const R: usize>(rows: &[&[f32]; R], start: usize, n: usize) -> [Lane; R] {
    let mut all = [[0.0; BLOCK]; R];
    for i in 0..R {
        all[i] = lane(rows[i], start, n);
    }
    all
}

#[inline(always)]
fn wides(rows: &[&[f32]; 3], start: usize, n: usize) -> [Wide; 3] {
    [wide(rows[0], start, n), wide(rows[1], start, n), wide(rows[2], start, n)]
}

/// Writes `n` cells of a block to a row.
#[inline(always)]
fn put(row: &mut [f32], start: usize, n: usize, block: &Lane) {
    match row[start..].first_chunk_mut::<BLOCK>() {
        Some(whole) if n == BLOCK => *whole = *block,
        _ => row[start..start + n].copy_from_slice(&block[..n]),
    }
}

widest! {
    /// Density of a row: the sum of the populations that arrive. Each row of `arriving` is shifted by its velocity.
    pub fn density(arriving: [&[f32]; Q], into: &mut [f32]) {
        for start in (0..into.len()).step_by(BLOCK) {
            let n = BLOCK.min(into.len() - start);
            let [l0, l1, l2, l3, l4, l5, l6, l7, l8] = &lanes(&arriving, start, n);
            let mut sum = [0.0; BLOCK];
            for k in 0..BLOCK {
                let axes = (l1[k] + l2[k]) + (l3[k] + l4[k]);
                sum[k] = l0[k] + (axes + ((l5[k] + l6[k]) + (l7[k] + l8[k])));
            }
            put(into, start, n, &sum);
        }
    }
}

widest! {
    /// Chemical potential μ = 4βφ(φ² − A) − κ∇²ρ of a row, from three rows of density with a ghost at either end. `depth`
    /// holds A of each cell, if it differs.
    pub fn potential(density: [&[f32]; 3], energy: &Energy, depth: Option<&[f32]>, into: &mut [f32]) {
        for start in (0..into.len()).step_by(BLOCK) {
            let n = BLOCK.min(into.len() - start);
            let [a, b, c] = &wides(&density, start, n);
            let depth = match depth {
                Some(depth) => lane(depth, start, n),
                None => [energy.depth; BLOCK],
            };
            let mut mu = [0.0; BLOCK];
            for k in 0..BLOCK {
                let axes = (a[k + 1] + c[k + 1]) + (b[k] + b[k + 2]);
                let corners = (a[k] + c[k + 2]) + (a[k + 2] + c[k]);
                let laplacian = (4.0 * axes + corners - 20.0 * b[k + 1]) * (1.0 / 6.0);
                let phi = b[k + 1] - energy.middle;
                mu[k] = 4.0 * energy.beta * phi * (phi * phi - depth[k]) - energy.kappa * laplacian;
            }
            put(into, start, n, &mu);
        }
    }
}

/// Rows that a collision reads.
pub struct Seen<'a> {
    /// Populations that arrive, each row shifted by its velocity.
    pub arriving: [&'a [f32]; Q],
    /// Three rows of density, with ghosts.
    pub density: [&'a [f32]; 3],
    /// Three rows of chemical potential, with ghosts.
    pub potential: [&'a [f32]; 3],
    /// Acceleration across and down besides gravity, if any.
    pub push: Option<[&'a [f32]; 2]>,
    /// A of each cell and its gradient, where the temperature is not even.
    pub depth: Option<[&'a [f32]; 3]>,
    /// Which cells are solid, where the row has any.
    pub solid: Option<&'a [u8]>,
}

/// What the limit of speed did.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limited {
    /// Cells that were slowed.
    pub cells: u64,
    /// Mass that went where a density was beyond all sense, in 2⁻²⁴: whole numbers add up alike in any order.
    pub lost: i64,
}

widest! {
    /// Collides a row; `out` takes the populations, `velocity` the velocity across and down. Returns which cells had to
    /// be limited.
    pub fn collide(seen: &Seen, rates: &Rates, energy: &Energy, out: [&mut [f32]; Q], velocity: Option<[&mut [f32]; 2]>) -> Limited {
        let width = out[0].len();
        let (mut out, mut velocity) = (out, velocity);
        let mut limited = Limited::default();
        for start in (0..width).step_by(BLOCK) {
            let n = BLOCK.min(width - start);
            let mut cells = Cells { f: lanes(&seen.arriving, start, n), ..Cells::EMPTY };
            cells.forces(seen, rates, start, n);
            if let Some(depth) = &seen.depth {
                cells.warm(&lanes(depth, start, n), energy);
            }
            if let Some(solid) = seen.solid {
                cells.clear(&solid[start..start + n]);
            }
            if cells.speeds() {
                cells.limit(&mut limited);
            }
            cells.relax(rates);
            for (l, f) in out.iter_mut().zip(&cells.f) {
                put(l, start, n, f);
            }
            if let Some([across, down]) = &mut velocity {
                put(across, start, n, &cells.u[0]);
                put(down, start, n, &cells.u[1]);
            }
        }
        limited
    }
}

/// A block of cells.
struct Cells {
    f: [Lane; Q],
    rho: Lane,
    u: [Lane; 2],
    force: [Lane; 2],
    slope: [Lane; 2],
    /// λ(μ): the part of the pressure that populations carry.
    carried: Lane,
    /// The force less the gradient of that part.
    rest: [Lane; 2],
}

/// Gradient in the middle of three rows, second-order and isotropic to fourth: Σ 3 w c v.
#[inline(always)]
fn gradient([a, b, c]: &[Wide; 3], into: &mut [Lane; 2]) {
    let [across, down] = into;
    for k in 0..BLOCK {
        let (d5, d7) = (c[k + 2] - a[k], a[k + 2] - c[k]);
        across[k] = (4.0 * (b[k + 2] - b[k]) + (d5 + d7)) * (1.0 / 12.0);
        down[k] = (4.0 * (c[k + 1] - a[k + 1]) + (d5 - d7)) * (1.0 / 12.0);
    }
}

impl Cells {
    const EMPTY: Self = Self {
        f: [[0.0; BLOCK]; Q],
        rho: [0.0; BLOCK],
        u: [[0.0; BLOCK]; 2],
        force: [[0.0; BLOCK]; 2],
        slope: [[0.0; BLOCK]; 2],
        carried: [0.0; BLOCK],
        rest: [[0.0; BLOCK]; 2],
    };

    /// Density, its gradient, and the force −ρ∇μ + ρg.
    #[inline(always)]
    fn forces(&mut self, seen: &Seen, rates: &Rates, start: usize, n: usize) {
        let density = wides(&seen.density, start, n);
        gradient(&density, &mut self.slope);
        let potential = wides(&seen.potential, start, n);
        gradient(&potential, &mut self.force);
        for k in 0..BLOCK {
            self.carried[k] = CARRIED * potential[1][k + 1];
        }
        self.rho.copy_from_slice(&density[1][1..BLOCK + 1]);
        for axis in 0..2 {
            let push = match seen.push {
                Some(push) => lane(push[axis], start, n),
                None => [0.0; BLOCK],
            };
            let force = &mut self.force[axis];
            for k in 0..BLOCK {
                let slope = force[k];
                force[k] =
                    self.rho[k] * (push[k] - slope) + (self.rho[k] - rates.floating) * rates.gravity[axis];
                self.rest[axis][k] = force[k] + CARRIED * (1.0 / 3.0) * slope;
            }
        }
    }

    /// What −∇p is beyond −ρ∇μ where the temperature is not even: 2β(p′ − φ² + A)∇A. The first part is that of the vapour
    /// pressure, which grows with the temperature, so that liquid boils off where it is warm and condenses where it is cool.
    #[inline(always)]
    fn warm(&mut self, [depth, across, down]: &[Lane; 3], energy: &Energy) {
        for k in 0..BLOCK {
            let phi = self.rho[k] - energy.middle;
            let stress = 2.0 * energy.beta * (VAPOUR_PRESSURE - phi * phi + depth[k]);
            for (axis, slope) in [across, down].into_iter().enumerate() {
                self.force[axis][k] += stress * slope[k];
                self.rest[axis][k] += stress * slope[k];
            }
        }
    }

    /// Velocity; returns whether any cell is too fast (or NaN).
    #[inline(always)]
    fn speeds(&mut self) -> bool {
        let [_, l1, l2, l3, l4, l5, l6, l7, l8] = &self.f;
        let [fx, fy] = &self.rest;
        let [across, down] = &mut self.u;
        let mut bad = 0u32;
        for k in 0..BLOCK {
            let (d5, d7) = (l5[k] - l6[k], l7[k] - l8[k]);
            let jx = (l1[k] - l2[k]) + (d5 + d7) + 0.5 * fx[k];
            let jy = (l3[k] - l4[k]) + (d5 - d7) + 0.5 * fy[k];
            let rho = self.rho[k];
            let volume = 1.0 / (if rho > LEAST_DENSITY { rho } else { LEAST_DENSITY });
            let (ux, uy) = (jx * volume, jy * volume);
            let ok = ux * ux + uy * uy <= SPEED_LIMIT * SPEED_LIMIT;
            bad |= !ok as u32;
            (across[k], down[k]) = (ux, uy);
        }
        bad != 0
    }

    /// Slows the cells that are too fast, at equilibrium. Their mass stays, if it makes sense.
    #[cold]
    #[inline(never)]
    fn limit(&mut self, limited: &mut Limited) {
        for k in 0..BLOCK {
            let (ux, uy) = (self.u[0][k], self.u[1][k]);
            let speed = (ux * ux + uy * uy).sqrt();
            if speed <= SPEED_LIMIT {
                continue;
            }
            limited.cells += 1;
            let within = |v: f32| if v.is_finite() { v / speed * SPEED_LIMIT } else { 0.0 };
            let finite = speed.is_finite() && self.rho[k].is_finite();
            let (ux, uy) = if finite { (within(ux), within(uy)) } else { (0.0, 0.0) };
            let rho = if self.rho[k].is_finite() { self.rho[k].clamp(-1.0, 10.0) } else { 0.5 };
            if self.rho[k].is_finite() {
                limited.lost += ((self.rho[k].clamp(-1e6, 1e6) - rho) as f64 * SCALE) as i64;
            }
            let calm = super::calm::calm(rho, [ux, uy]);
            self.f.iter_mut().zip(calm).for_each(|(l, f)| l[k] = f);
            self.rho[k] = rho;
            (self.u[0][k], self.u[1][k]) = (ux, uy);
            self.carried[k] = 0.0;
            [&mut self.force, &mut self.slope, &mut self.rest]
                .into_iter()
                .for_each(|v| (v[0][k], v[1][k]) = (0.0, 0.0));
        }
    }

    /// Solid cells hold nothing and feel nothing: densities and potentials there are what the fluid sees.
    #[inline(always)]
    fn clear(&mut self, solid: &[u8]) {
        let [sx, sy] = &mut self.slope;
        let acting = self.force.iter_mut().chain(&mut self.rest).chain([sx, sy, &mut self.carried]);
        for lane in self.f.iter_mut().chain(acting) {
            lane.iter_mut().zip(solid).for_each(|(v, &s)| *v = if s != 0 { 0.0 } else { *v });
        }
    }

    #[inline(always)]
    fn relax(&mut self, rates: &Rates) {
        let Self {
            f: [l0, l1, l2, l3, l4, l5, l6, l7, l8],
            rho,
            u: [across, down],
            force,
            slope,
            carried,
            rest,
        } = self;
        let (he, ho) = (0.5 * rates.even, 0.5 * rates.odd);
        let (se, so) = (1.0 - 0.5 * rates.even, 3.0 - 1.5 * rates.odd);
        for k in 0..BLOCK {
            let (rho, ux, uy) = (rho[k], across[k], down[k]);
            let ([fx, fy], [gx, gy]) = ([force[0][k], force[1][k]], [slope[0][k], slope[1][k]]);
            let (jx, jy) = (rho * ux, rho * uy);
            // Stress of the force, and of what populations without pressure lack: F + ∇ρ/3.
            let (hx, hy) = (fx + gx * (1.0 / 3.0), fy + gy * (1.0 / 3.0));
            let (fx, fy) = (rest[0][k], rest[1][k]);
            let (uj, uh, ug) = (1.5 * (jx * ux + jy * uy), 3.0 * (ux * hx + uy * hy), ux * gx + uy * gy);
            let mut lost = 0.0;
            let mut pair = |a: &mut f32, b: &mut f32, w: f32, c2: f32, u: f32, j: f32, f: f32, h: f32| {
                let even = he * (*a + *b)
                    - (w * rates.even) * (4.5 * (u * j) - uj + carried[k])
                    - (w * se) * (9.0 * (u * h) - uh + (1.5 * c2 - 1.0) * ug);
                let odd = ho * (*a - *b) - (3.0 * w * rates.odd) * j - (w * so) * f;
                lost += even;
                (*a, *b) = (*a - even - odd, *b - even + odd);
            };
            pair(&mut l1[k], &mut l2[k], W1, 1.0, ux, jx, fx, hx);
            pair(&mut l3[k], &mut l4[k], W1, 1.0, uy, jy, fy, hy);
            pair(&mut l5[k], &mut l6[k], W5, 2.0, ux + uy, jx + jy, fx + fy, hx + hy);
            pair(&mut l7[k], &mut l8[k], W5, 2.0, ux - uy, jx - jy, fx - fy, hx - hy);
            // The rest population gains what the pairs lose, so that no mass leaks.
            l0[k] += 2.0 * lost;
        }
    }
}
