//! Collision of one row, in place: flow and temperature at once (He, Chen and Doolen 1998), each with two relaxation times
//! (Ginzburg, Verhaeghe and d'Humières 2008), buoyancy after Boussinesq (1903) by the forcing of Guo, Zheng and Shi (2002).
//!
//! Cells are taken in blocks: density, velocity and temperature of a block are found, cells beyond the limits are reset
//! to equilibrium within them (rare, so off the fast path), then flow and temperature relax. Location `i` gives
//! population `i` and takes the outgoing population the *other* way; see [`super::sweep`] for why.

use super::slots::{AXIS, FLOW, REST, SLOTS, State, calm};
use crate::gas::lbm::d2q9::{W1, W5};
use world::widest;

/// Cells per block.
const BLOCK: usize = 64;
/// Speed above which a cell is limited, cells/step.
pub const SPEED_LIMIT: f32 = 0.3;
/// Density deviation beyond which a cell is limited.
pub const DENSITY_LIMIT: f32 = 0.4;
/// Temperature beyond which a cell is limited: three times that of a plate.
pub const HEAT_LIMIT: f32 = 1.5;

/// Rates of one collision, and what heat does to the flow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Relaxation {
    /// Rates ω⁺ and ω⁻ of the even and odd moments of the flow; ω⁺ sets the viscosity.
    pub flow: [f32; 2],
    /// Rates ω⁺ and ω⁻ of the even and odd moments of temperature; ω⁻ sets the diffusivity.
    pub heat: [f32; 2],
    /// Acceleration of fluid of temperature 1, across and down, cells/step².
    pub buoyancy: [f32; 2],
}

/// Magic parameter of the flow: plates lie exactly half-way.
const FLOW_MAGIC: f32 = 3.0 / 16.0;
/// Greatest magic parameter of the flow at this viscosity. Odd moments that relax over dozens of steps grow where a thin
/// fluid turns sharply; relaxing them at a rate up to 1.8 shifts plates by less than a quarter of a cell, and from
/// viscosity 0.05 on not at all. As in the gas ([`crate::gas::lbm`]).
fn calm_magic(viscosity: f32) -> f32 {
    0.15 * viscosity + 75.0 * viscosity * viscosity
}
/// Magic parameter of temperature: the most stable.
const HEAT_MAGIC: f32 = 0.25;

impl Relaxation {
    /// Rates for a kinematic viscosity and a thermal diffusivity (cells²/step).
    pub fn new(viscosity: f32, diffusivity: f32, buoyancy: [f32; 2]) -> Self {
        let rate = |excess: f32| 1.0 / (excess + 0.5);
        let (even, odd) = (3.0 * viscosity, 3.0 * diffusivity);
        Self {
            flow: [rate(even), rate(FLOW_MAGIC.min(calm_magic(viscosity)) / even)],
            heat: [rate(HEAT_MAGIC / odd), rate(odd)],
            buoyancy,
        }
    }
}

/// What a row needs besides its populations.
pub struct RowContext<'a> {
    /// Rates.
    pub relaxation: Relaxation,
    /// Body force besides buoyancy, across and down, if any.
    pub force: Option<[&'a [f32]; 2]>,
    /// Source of heat, temperature a step, if any.
    pub source: Option<&'a [f32]>,
    /// Which cells are solid, where the row has any.
    pub solid: Option<&'a [u8]>,
}

widest! {
    /// Collides a row. `moments` takes density deviation, velocity and temperature. Returns how many cells had to be
    /// limited.
    pub fn collide(row: [&mut [f32]; SLOTS], context: &RowContext, moments: Option<[&mut [f32]; 4]>) -> u32 {
        match context.force.is_some() || context.source.is_some() {
            false => blocks::<false>(row, context, moments),
            true => blocks::<true>(row, context, moments),
        }
    }
}

type Lane = [f32; BLOCK];

/// Density deviation, velocity and temperature of a block, and the whole force on it.
struct Moments {
    dr: Lane,
    ux: Lane,
    uy: Lane,
    heat: Lane,
    fx: Lane,
    fy: Lane,
}

/// What drives a block: force across, force down, source of heat.
type Driven = [Lane; 3];

#[inline(always)]
fn blocks<const DRIVEN: bool>(
    row: [&mut [f32]; SLOTS],
    context: &RowContext,
    mut moments: Option<[&mut [f32]; 4]>,
) -> u32 {
    let width = row[0].len();
    let mut row = row.map(|l| &mut l[..width]);
    let mut limited = 0;
    let mut rest = [[0.0; BLOCK]; SLOTS];
    for start in (0..width).step_by(BLOCK) {
        let n = BLOCK.min(width - start);
        let plane = |p: Option<&[f32]>| p.map_or([0.0; BLOCK], |p| part(p, start, n));
        let driven = match DRIVEN {
            true => [
                plane(context.force.map(|f| f[0])),
                plane(context.force.map(|f| f[1])),
                plane(context.source),
            ],
            false => [[0.0; BLOCK]; 3],
        };
        let solid = context.solid.map(|s| &s[start..start + n]).filter(|s| s.iter().any(|&s| s != 0));
        let here = row.each_mut().map(|l| &mut l[start..start + n]);
        let found = if n == BLOCK {
            let whole = here.map(|l| <&mut Lane>::try_from(l).expect("a whole block"));
            block::<DRIVEN>(whole, &context.relaxation, &driven, solid, &mut limited)
        } else {
            rest.iter_mut().zip(&here).for_each(|(r, l)| r[..n].copy_from_slice(l));
            let found = block::<DRIVEN>(rest.each_mut(), &context.relaxation, &driven, solid, &mut limited);
            rest.iter().zip(here).for_each(|(r, l)| l.copy_from_slice(&r[..n]));
            found
        };
        if let Some(planes) = &mut moments {
            let lanes = [&found.dr, &found.ux, &found.uy, &found.heat];
            planes.iter_mut().zip(lanes).for_each(|(p, l)| p[start..start + n].copy_from_slice(&l[..n]));
        }
    }
    limited
}

/// A block of a row, padded with zeros.
#[inline(always)]
fn part(row: &[f32], start: usize, n: usize) -> Lane {
    let mut block = [0.0; BLOCK];
    block[..n].copy_from_slice(&row[start..start + n]);
    block
}

#[inline(always)]
fn block<const DRIVEN: bool>(
    mut all: [&mut Lane; SLOTS],
    relaxation: &Relaxation,
    driven: &Driven,
    solid: Option<&[u8]>,
    limited: &mut u32,
) -> Moments {
    if let Some(solid) = solid {
        clear(&mut all, solid);
    }
    let none = [0.0; BLOCK];
    let mut found = Moments { dr: none, ux: none, uy: none, heat: none, fx: none, fy: none };
    let [l0, l1, l2, l3, l4, l5, l6, l7, l8, h0, h1, h2, h3, h4] = &mut all;
    let mut bad = warmth::<DRIVEN>([h0, h1, h2, h3, h4], relaxation, driven, &mut found);
    bad |= momentum([l0, l1, l2, l3, l4, l5, l6, l7, l8], &mut found);
    if bad {
        *limited += mend(&mut all, &mut found);
    }
    let [l0, l1, l2, l3, l4, l5, l6, l7, l8, h0, h1, h2, h3, h4] = all;
    flow(l0, l1, l2, l3, l4, l5, l6, l7, l8, &found, relaxation.flow);
    heat(h0, h1, h2, h3, h4, &found, relaxation.heat);
    if DRIVEN {
        for k in 0..BLOCK {
            h0[k] += REST * driven[2][k];
            [&mut *h1, h2, h3, h4].into_iter().for_each(|h| h[k] += AXIS * driven[2][k]);
        }
    }
    if let Some(solid) = solid {
        for (k, _) in solid.iter().enumerate().filter(|(_, s)| **s != 0) {
            (found.dr[k], found.ux[k], found.uy[k], found.heat[k]) = (0.0, 0.0, 0.0, 0.0);
        }
    }
    found
}

/// Solid cells hold fluid at rest of the mean temperature; what reaches the rest is set by the links.
#[inline(always)]
fn clear(all: &mut [&mut Lane; SLOTS], solid: &[u8]) {
    for l in all {
        l.iter_mut().zip(solid).for_each(|(g, &s)| *g = if s != 0 { 0.0 } else { *g });
    }
}

/// Finds temperature and force; returns whether any cell is beyond the limits (or NaN).
#[inline(always)]
fn warmth<const DRIVEN: bool>(
    [h0, h1, h2, h3, h4]: [&Lane; 5],
    relaxation: &Relaxation,
    [fx, fy, _]: &Driven,
    found: &mut Moments,
) -> bool {
    let [bx, by] = relaxation.buoyancy;
    let mut bad = 0u32;
    for k in 0..BLOCK {
        let heat = h0[k] + ((h1[k] + h2[k]) + (h3[k] + h4[k]));
        let ok = heat.abs() <= HEAT_LIMIT;
        bad |= !ok as u32;
        found.heat[k] = heat;
        found.fx[k] = if DRIVEN { bx * heat + fx[k] } else { bx * heat };
        found.fy[k] = if DRIVEN { by * heat + fy[k] } else { by * heat };
    }
    bad != 0
}

/// Finds density and velocity; returns whether any cell is beyond the limits (or NaN).
#[inline(always)]
fn momentum([l0, l1, l2, l3, l4, l5, l6, l7, l8]: [&Lane; FLOW], found: &mut Moments) -> bool {
    let mut bad = 0u32;
    for k in 0..BLOCK {
        let (d5, d7) = (l5[k] - l6[k], l7[k] - l8[k]);
        let axes = (l1[k] + l2[k]) + (l3[k] + l4[k]);
        let dr = l0[k] + axes + ((l5[k] + l6[k]) + (l7[k] + l8[k]));
        let jx = (l1[k] - l2[k]) + (d5 + d7) + 0.5 * found.fx[k];
        let jy = (l3[k] - l4[k]) + (d5 - d7) + 0.5 * found.fy[k];
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
fn mend(all: &mut [&mut Lane; SLOTS], found: &mut Moments) -> u32 {
    let mut count = 0;
    let within = |v: f32, limit: f32| if v.is_finite() { v.clamp(-limit, limit) } else { 0.0 };
    for k in 0..BLOCK {
        let s = State { dr: found.dr[k], ux: found.ux[k], uy: found.uy[k], heat: found.heat[k] };
        let speed = (s.ux * s.ux + s.uy * s.uy).sqrt();
        if s.dr.abs() <= DENSITY_LIMIT && speed <= SPEED_LIMIT && s.heat.abs() <= HEAT_LIMIT {
            continue;
        }
        count += 1;
        let scale = if speed > SPEED_LIMIT { SPEED_LIMIT / speed } else { 1.0 };
        let s = State {
            dr: within(s.dr, DENSITY_LIMIT),
            ux: within(s.ux * scale, SPEED_LIMIT),
            uy: within(s.uy * scale, SPEED_LIMIT),
            heat: within(s.heat, HEAT_LIMIT),
        };
        all.iter_mut().enumerate().for_each(|(i, l)| l[k] = calm(i, s));
        (found.dr[k], found.ux[k], found.uy[k], found.heat[k]) = (s.dr, s.ux, s.uy, s.heat);
        // Without force this step: with a NaN temperature it would be NaN.
        (found.fx[k], found.fy[k]) = (0.0, 0.0);
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
fn flow(
    l0: &mut Lane,
    l1: &mut Lane,
    l2: &mut Lane,
    l3: &mut Lane,
    l4: &mut Lane,
    l5: &mut Lane,
    l6: &mut Lane,
    l7: &mut Lane,
    l8: &mut Lane,
    found: &Moments,
    [we, wo]: [f32; 2],
) {
    let (he, ho, se, so) = (0.5 * we, 0.5 * wo, 1.0 - 0.5 * we, 3.0 - 1.5 * wo);
    for k in 0..BLOCK {
        let (dr, ux, uy, fx, fy) = (found.dr[k], found.ux[k], found.uy[k], found.fx[k], found.fy[k]);
        let rho = 1.0 + dr;
        let (jx, jy) = (rho * ux, rho * uy);
        let base = dr - 1.5 * (jx * ux + jy * uy);
        let fu = 3.0 * (fx * ux + fy * uy);
        let pair = |a: f32, b: f32, w: f32, u: f32, j: f32, f: f32| Pair {
            even: he * (a + b) - (w * we) * (base + 4.5 * (u * j)) - w * se * (9.0 * u * f - fu),
            odd: ho * (a - b) - (3.0 * w * wo) * j - w * so * f,
        };
        let p1 = pair(l1[k], l2[k], W1, ux, jx, fx);
        let p3 = pair(l3[k], l4[k], W1, uy, jy, fy);
        let p5 = pair(l5[k], l6[k], W5, ux + uy, jx + jy, fx + fy);
        let p7 = pair(l7[k], l8[k], W5, ux - uy, jx - jy, fx - fy);
        // The rest population gains what the pairs lose: summing nine rounded weights instead would leak mass.
        l0[k] += 2.0 * ((p1.even + p3.even) + (p5.even + p7.even));
        p1.exchange(&mut l1[k], &mut l2[k]);
        p3.exchange(&mut l3[k], &mut l4[k]);
        p5.exchange(&mut l5[k], &mut l6[k]);
        p7.exchange(&mut l7[k], &mut l8[k]);
    }
}

#[inline(always)]
fn heat(
    h0: &mut Lane,
    h1: &mut Lane,
    h2: &mut Lane,
    h3: &mut Lane,
    h4: &mut Lane,
    found: &Moments,
    [we, wo]: [f32; 2],
) {
    let (he, ho) = (0.5 * we, 0.5 * wo);
    for k in 0..BLOCK {
        let heat = found.heat[k];
        let pair = |a: f32, b: f32, u: f32| Pair {
            even: he * (a + b - 2.0 * AXIS * heat),
            odd: ho * (a - b - 6.0 * AXIS * (heat * u)),
        };
        let (px, py) = (pair(h1[k], h2[k], found.ux[k]), pair(h3[k], h4[k], found.uy[k]));
        h0[k] += 2.0 * (px.even + py.even);
        px.exchange(&mut h1[k], &mut h2[k]);
        py.exchange(&mut h3[k], &mut h4[k]);
    }
}
