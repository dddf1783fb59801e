//! Collision of one row, in place: two relaxation times (Ginzburg, Verhaeghe and d'Humières 2008), forcing of Guo,
//! Zheng and Shi (2002), optional subgrid viscosity (Smagorinsky 1963; Hou et al. 1996).
//!
//! A population is stored as its deviation from the weight, f − w, so that f32 keeps seven digits of the small part.
//! Cells are taken in blocks: density and velocity of a block are found, cells beyond the limits are reset to
//! equilibrium within them (rare, so off the fast path), then the block relaxes. Location `i` gives population `i` and
//! takes the outgoing population the *other* way; see [`super::sweep`] for why.

use super::d2q9::{Q, W1, W5, equilibrium};
use world::widest;

/// Cells per block.
pub const BLOCK: usize = 64;
/// Speed above which a cell is limited, cells/step.
pub const SPEED_LIMIT: f32 = 0.3;
/// Density deviation beyond which a cell is limited.
pub const DENSITY_LIMIT: f32 = 0.4;

/// Rates of one collision.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Relaxation {
    /// Rate ω⁺ of the even moments, 1/τ; sets the viscosity (τ − ½)/3.
    pub even: f32,
    /// Rate ω⁻ of the odd moments.
    pub odd: f32,
    /// Magic parameter (τ⁺ − ½)(τ⁻ − ½); 0 keeps both rates equal under subgrid viscosity too.
    pub magic: f32,
    /// Smagorinsky constant; 0 is off.
    pub smagorinsky: f32,
}

impl Relaxation {
    /// Two relaxation times from a viscosity (cells²/step) and a magic parameter.
    pub fn trt(viscosity: f32, magic: f32) -> Self {
        let excess = 3.0 * viscosity;
        Self { even: 1.0 / (excess + 0.5), odd: 1.0 / (magic / excess + 0.5), magic, smagorinsky: 0.0 }
    }
    /// One relaxation time (Bhatnagar, Gross and Krook 1954).
    pub fn bgk(viscosity: f32) -> Self {
        let rate = 1.0 / (3.0 * viscosity + 0.5);
        Self { even: rate, odd: rate, magic: 0.0, smagorinsky: 0.0 }
    }
}

/// The nine locations of a row of cells.
pub type Locations<'a> = [&'a mut [f32]; Q];

/// What a row needs besides its populations.
pub struct RowContext<'a> {
    /// Rates.
    pub relaxation: Relaxation,
    /// Body force on each cell, across and down, if any.
    pub force: Option<[&'a [f32]; 2]>,
    /// Which cells are solid, where the row has any.
    pub solid: Option<&'a [u8]>,
}

widest! {
    /// Collides a row. `moments` takes density deviation and velocity. Returns how many cells had to be limited.
    pub fn collide(row: Locations, context: &RowContext, moments: Option<[&mut [f32]; 3]>) -> u32 {
        select(row, context, moments)
    }
}

#[inline(always)]
fn select(row: Locations, context: &RowContext, moments: Option<[&mut [f32]; 3]>) -> u32 {
    match (context.force.is_some(), context.relaxation.smagorinsky > 0.0) {
        (false, false) => blocks::<false, false>(row, context, moments),
        (true, false) => blocks::<true, false>(row, context, moments),
        (false, true) => blocks::<false, true>(row, context, moments),
        (true, true) => blocks::<true, true>(row, context, moments),
    }
}

type LaneBlock = [f32; BLOCK];
type Populations<'a> = [&'a mut LaneBlock; Q];

/// Density deviation and velocity of a block.
struct Moments {
    dr: LaneBlock,
    ux: LaneBlock,
    uy: LaneBlock,
}

#[inline(always)]
fn blocks<const FORCED: bool, const SUBGRID: bool>(
    row: Locations,
    context: &RowContext,
    mut moments: Option<[&mut [f32]; 3]>,
) -> u32 {
    let width = row[0].len();
    let mut row = row.map(|l| &mut l[..width]);
    let mut limited = 0;
    let mut rest = [[0.0; BLOCK]; Q];
    for start in (0..width).step_by(BLOCK) {
        let n = BLOCK.min(width - start);
        let force = context.force.map(|f| f.map(|f| part(f, start, n)));
        let solid = context.solid.map(|s| &s[start..start + n]).filter(|s| s.iter().any(|&s| s != 0));
        let here = row.each_mut().map(|l| &mut l[start..start + n]);
        let found = if n == BLOCK {
            let nine = here.map(|l| <&mut LaneBlock>::try_from(l).expect("a whole block"));
            block::<FORCED, SUBGRID>(nine, &context.relaxation, force, solid, &mut limited)
        } else {
            rest.iter_mut().zip(&here).for_each(|(r, l)| r[..n].copy_from_slice(l));
            let found =
                block::<FORCED, SUBGRID>(rest.each_mut(), &context.relaxation, force, solid, &mut limited);
            rest.iter().zip(here).for_each(|(r, l)| l.copy_from_slice(&r[..n]));
            found
        };
        if let Some([dr, ux, uy]) = &mut moments {
            dr[start..start + n].copy_from_slice(&found.dr[..n]);
            ux[start..start + n].copy_from_slice(&found.ux[..n]);
            uy[start..start + n].copy_from_slice(&found.uy[..n]);
        }
    }
    limited
}

/// A block of a row, padded with zeros.
#[inline(always)]
fn part(row: &[f32], start: usize, n: usize) -> LaneBlock {
    let mut block = [0.0; BLOCK];
    block[..n].copy_from_slice(&row[start..start + n]);
    block
}

#[inline(always)]
fn block<const FORCED: bool, const SUBGRID: bool>(
    mut nine: Populations,
    relaxation: &Relaxation,
    force: Option<[LaneBlock; 2]>,
    solid: Option<&[u8]>,
    limited: &mut u32,
) -> Moments {
    let force = force.unwrap_or([[0.0; BLOCK]; 2]);
    if let Some(solid) = solid {
        clear(&mut nine, solid);
    }
    let mut found = Moments { dr: [0.0; BLOCK], ux: [0.0; BLOCK], uy: [0.0; BLOCK] };
    let [l0, l1, l2, l3, l4, l5, l6, l7, l8] = &nine;
    if measure::<FORCED>(l0, l1, l2, l3, l4, l5, l6, l7, l8, &force, &mut found) {
        *limited += mend(&mut nine, &mut found);
    }
    let [l0, l1, l2, l3, l4, l5, l6, l7, l8] = nine;
    relax::<FORCED, SUBGRID>(l0, l1, l2, l3, l4, l5, l6, l7, l8, &force, &found, relaxation);
    if let Some(solid) = solid {
        for (k, _) in solid.iter().enumerate().filter(|(_, s)| **s != 0) {
            (found.dr[k], found.ux[k], found.uy[k]) = (0.0, 0.0, 0.0);
        }
    }
    found
}

/// Solid cells hold a gas at rest; what reaches the fluid is set by the links.
#[inline(always)]
fn clear(nine: &mut Populations, solid: &[u8]) {
    for l in nine {
        l.iter_mut().zip(solid).for_each(|(g, &s)| *g = if s != 0 { 0.0 } else { *g });
    }
}

/// Computes the moments; returns whether any cell is beyond the limits (or NaN).
#[expect(clippy::too_many_arguments, reason = "nine arguments: the compiler sees that they do not overlap")]
#[inline(always)]
fn measure<const FORCED: bool>(
    l0: &LaneBlock,
    l1: &LaneBlock,
    l2: &LaneBlock,
    l3: &LaneBlock,
    l4: &LaneBlock,
    l5: &LaneBlock,
    l6: &LaneBlock,
    l7: &LaneBlock,
    l8: &LaneBlock,
    [fx, fy]: &[LaneBlock; 2],
    found: &mut Moments,
) -> bool {
    let mut bad = 0u32;
    for k in 0..BLOCK {
        let (d5, d7) = (l5[k] - l6[k], l7[k] - l8[k]);
        let axes = (l1[k] + l2[k]) + (l3[k] + l4[k]);
        let dr = l0[k] + axes + ((l5[k] + l6[k]) + (l7[k] + l8[k]));
        let mut jx = (l1[k] - l2[k]) + (d5 + d7);
        let mut jy = (l3[k] - l4[k]) + (d5 - d7);
        if FORCED {
            jx += 0.5 * fx[k];
            jy += 0.5 * fy[k];
        }
        let volume = 1.0 / (1.0 + dr);
        let (ux, uy) = (jx * volume, jy * volume);
        let ok = (dr.abs() <= DENSITY_LIMIT) & (ux * ux + uy * uy <= SPEED_LIMIT * SPEED_LIMIT);
        bad |= !ok as u32;
        (found.dr[k], found.ux[k], found.uy[k]) = (dr, ux, uy);
    }
    bad != 0
}

/// Resets the cells that are beyond the limits to equilibrium within them.
#[cold]
#[inline(never)]
fn mend(nine: &mut Populations, found: &mut Moments) -> u32 {
    let mut count = 0;
    for k in 0..BLOCK {
        let (dr, ux, uy) = (found.dr[k], found.ux[k], found.uy[k]);
        let speed = (ux * ux + uy * uy).sqrt();
        if dr.abs() <= DENSITY_LIMIT && speed <= SPEED_LIMIT {
            continue;
        }
        count += 1;
        let within = |v: f32| if v.is_finite() { v } else { 0.0 };
        let scale = if speed > SPEED_LIMIT { SPEED_LIMIT / speed } else { 1.0 };
        let (ux, uy) = (within(ux * scale), within(uy * scale));
        let dr = within(dr).clamp(-DENSITY_LIMIT, DENSITY_LIMIT);
        for (i, l) in nine.iter_mut().enumerate() {
            l[k] = equilibrium(i, dr, ux, uy);
        }
        (found.dr[k], found.ux[k], found.uy[k]) = (dr, ux, uy);
    }
    count
}

/// What collision takes from a pair of opposite velocities: the symmetric and the antisymmetric part.
struct Pair {
    even: f32,
    odd: f32,
}

impl Pair {
    /// Each location takes the outgoing population the other way.
    #[inline(always)]
    fn exchange(self, a: &mut f32, b: &mut f32) {
        (*a, *b) = (*b - self.even + self.odd, *a - self.even - self.odd);
    }
}

#[expect(clippy::too_many_arguments, reason = "nine arguments: the compiler sees that they do not overlap")]
#[inline(always)]
fn relax<const FORCED: bool, const SUBGRID: bool>(
    l0: &mut LaneBlock,
    l1: &mut LaneBlock,
    l2: &mut LaneBlock,
    l3: &mut LaneBlock,
    l4: &mut LaneBlock,
    l5: &mut LaneBlock,
    l6: &mut LaneBlock,
    l7: &mut LaneBlock,
    l8: &mut LaneBlock,
    [fx, fy]: &[LaneBlock; 2],
    found: &Moments,
    relaxation: &Relaxation,
) {
    let (mut we, mut wo) = (relaxation.even, relaxation.odd);
    for k in 0..BLOCK {
        let (dr, ux, uy) = (found.dr[k], found.ux[k], found.uy[k]);
        let rho = 1.0 + dr;
        let (jx, jy) = (rho * ux, rho * uy);
        if SUBGRID {
            let diagonals = [l5[k] + l6[k], l7[k] + l8[k]];
            let stress = stress([l1[k] + l2[k], l3[k] + l4[k]], diagonals, dr, [jx, jy], [ux, uy]);
            (we, wo) = subgrid(relaxation, stress / rho);
        }
        let base = dr - 1.5 * (jx * ux + jy * uy);
        let (mut fu, mut se, mut so) = (0.0, 0.0, 0.0);
        if FORCED {
            fu = 3.0 * (fx[k] * ux + fy[k] * uy);
            (se, so) = (1.0 - 0.5 * we, 3.0 - 1.5 * wo);
        }
        let (he, ho) = (0.5 * we, 0.5 * wo);
        let pair = |a: f32, b: f32, w: f32, u: f32, j: f32, f: f32| {
            let mut even = he * (a + b) - (w * we) * (base + 4.5 * (u * j));
            let mut odd = ho * (a - b) - (3.0 * w * wo) * j;
            if FORCED {
                even -= w * se * (9.0 * u * f - fu);
                odd -= w * so * f;
            }
            Pair { even, odd }
        };
        let (f5, f7) = if FORCED { (fx[k] + fy[k], fx[k] - fy[k]) } else { (0.0, 0.0) };
        let p1 = pair(l1[k], l2[k], W1, ux, jx, fx[k]);
        let p3 = pair(l3[k], l4[k], W1, uy, jy, fy[k]);
        let p5 = pair(l5[k], l6[k], W5, ux + uy, jx + jy, f5);
        let p7 = pair(l7[k], l8[k], W5, ux - uy, jx - jy, f7);
        // The rest population gains what the pairs lose: summing nine rounded weights instead would leak mass.
        l0[k] += 2.0 * ((p1.even + p3.even) + (p5.even + p7.even));
        p1.exchange(&mut l1[k], &mut l2[k]);
        p3.exchange(&mut l3[k], &mut l4[k]);
        p5.exchange(&mut l5[k], &mut l6[k]);
        p7.exchange(&mut l7[k], &mut l8[k]);
    }
}

/// Length of the non-equilibrium momentum flux.
#[inline(always)]
fn stress(axes: [f32; 2], diagonals: [f32; 2], dr: f32, j: [f32; 2], u: [f32; 2]) -> f32 {
    let both = diagonals[0] + diagonals[1] - dr * (1.0 / 3.0);
    let xx = axes[0] + both - j[0] * u[0];
    let yy = axes[1] + both - j[1] * u[1];
    let xy = diagonals[0] - diagonals[1] - j[0] * u[1];
    (xx * xx + yy * yy + 2.0 * (xy * xy)).sqrt()
}

/// Rates under the eddy viscosity of a stress: τ = ½(τ₀ + √(τ₀² + 18√2 C² |Π|/ρ)).
#[inline(always)]
fn subgrid(relaxation: &Relaxation, stress: f32) -> (f32, f32) {
    const FACTOR: f32 = 18.0 * core::f32::consts::SQRT_2;
    let c = relaxation.smagorinsky;
    let tau = 1.0 / relaxation.even;
    let tau = 0.5 * (tau + (tau * tau + FACTOR * (c * c) * stress).sqrt());
    let even = 1.0 / tau;
    if relaxation.magic > 0.0 { (even, 1.0 / (relaxation.magic / (tau - 0.5) + 0.5)) } else { (even, even) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;
    use world::vectors::Vectors;

    fn bits(vectors: Vectors, width: usize, forced: bool, smagorinsky: f32) -> Vec<u32> {
        let rng = Rng::new(width as u64);
        let noise = |k: u64, size: f32| -> Vec<f32> {
            (0..width as u64).map(|x| rng.fork(k).range(x, -size, size)).collect()
        };
        // One cell in nine or so is beyond the limits.
        let mut lines: [Vec<f32>; Q] = core::array::from_fn(|i| noise(i as u64, 0.08));
        let (fx, fy, solid) = (noise(10, 1e-3), noise(11, 1e-3), noise(12, 1.0));
        let solid: Vec<u8> = solid.iter().map(|&v| (v > 0.8) as u8).collect();
        let relaxation = Relaxation { smagorinsky, ..Relaxation::trt(0.01, 0.1875) };
        let context =
            RowContext { relaxation, force: forced.then_some([&fx, &fy]), solid: Some(solid.as_slice()) };
        let mut moments = [vec![0.0; width], vec![0.0; width], vec![0.0; width]];
        let row = lines.each_mut().map(|l| l.as_mut_slice());
        let shown = Some(moments.each_mut().map(|m| m.as_mut_slice()));
        let limited = vectors.run(|| collide(row, &context, shown)).unwrap();
        let all = lines.iter().chain(&moments).flatten().map(|v| v.to_bits());
        all.chain([limited]).collect()
    }

    #[test]
    fn every_vector_width_gives_the_same_bits() {
        for (width, forced, smagorinsky) in
            [(1, true, 0.1), (64, false, 0.0), (333, true, 0.0), (200, false, 0.2)]
        {
            let plain = bits(Vectors::Plain, width, forced, smagorinsky);
            assert!(Vectors::available().all(|v| bits(v, width, forced, smagorinsky) == plain));
            let limited = *plain.last().expect("a count");
            assert!(width < 64 || (limited > 0 && (limited as usize) < width / 2), "{limited} of {width}");
        }
    }
}
