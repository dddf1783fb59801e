//! The picture `fire`: hot soot glows as a black body, burning gas is faintly blue, smoke scatters daylight and the glow
//! of the fire, and shades itself. A camera's film closes it: bright colours bleach, red first.

use rayon::prelude::*;

use super::air::Air;
use super::blackbody::BlackBody;
use super::gas::{HEAT, SMOKE};
use super::light::{Glow, shadows};
use super::params::SmokeKnobs;
use world::field::rows_per_task;

/// Opacity of smoke 1 in a layer that is looked through, per height that light crosses within the picture.
const OPACITY: f32 = 9.0;
/// How much of its light smoke throws back.
const ALBEDO: [f32; 3] = [0.40, 0.40, 0.41];
/// Light of burning gas without soot: CH and C₂ bands, per fuel burnt a second.
const BLUE: [f32; 3] = [0.002, 0.012, 0.045];

/// How the picture is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    exposure: f32,
    daylight: f32,
    daylight_x: f32,
    glow: f32,
    thickness: f32,
    ambient: f32,
    /// Steps a second of the gas.
    rate: f32,
}

impl Look {
    /// By knobs; a step of the gas takes `dt` seconds.
    pub fn new(knobs: &SmokeKnobs, dt: f32) -> Self {
        Self {
            exposure: knobs.exposure,
            daylight: knobs.daylight,
            daylight_x: knobs.daylight_x,
            glow: knobs.glow,
            thickness: knobs.thickness,
            ambient: knobs.ambient,
            rate: if dt > 0.0 { 1.0 / dt } else { 0.0 },
        }
    }
}

/// 1 − e^(−x) for x ≥ 0, within 2 %: film that bright light saturates.
#[inline(always)]
fn film(x: f32) -> f32 {
    let growth = 1.0 + x * (1.0 + x * (0.5 + x * (1.0 / 6.0 + x * (1.0 / 24.0))));
    1.0 - 1.0 / growth
}

/// Linear RGB of all cells; solid ones are black.
pub fn picture(air: &Air, solid: Option<&[u8]>, body: &BlackBody, look: &Look) -> Vec<[f32; 3]> {
    let (w, h) = air.size;
    let smoke = |i: usize| {
        let dye = air.dye.as_ref().map_or(0.0, |dye| (dye.now[i][0] + dye.now[i][1] + dye.now[i][2]) / 3.0);
        look.thickness * (air.gas.now[i][SMOKE] + dye)
    };
    let mut light = vec![[0f32; 3]; w * h];
    let mut optical = vec![0f32; w * h];
    let per_cell = OPACITY / h as f32;
    let rows =
        light.par_chunks_mut(w).zip(optical.par_chunks_mut(w)).with_min_len(rows_per_task(w)).enumerate();
    rows.for_each(|(y, (light, optical))| {
        for x in 0..w {
            let i = y * w + x;
            let solid = solid.is_some_and(|s| s[i] != 0);
            light[x] = if solid { [0.0; 3] } else { emission(air, i, smoke(i), body, look) };
            optical[x] = per_cell * if solid { 64.0 } else { smoke(i) };
        }
    });
    let shade = shadows(&optical, air.size, look.daylight_x);
    let glow = Glow::of(&light, air.size);
    light.par_chunks_mut(w).with_min_len(rows_per_task(w)).enumerate().for_each(|(y, row)| {
        for (x, colour) in row.iter_mut().enumerate() {
            let i = y * w + x;
            if solid.is_some_and(|s| s[i] != 0) {
                continue;
            }
            let near = glow.at(x, y);
            let dense = smoke(i);
            let cover = film(1.6 * dense);
            let tint = albedo(air, i, dense, look);
            for c in 0..3 {
                let lit = look.daylight * shade[i] + look.glow * near[c];
                *colour = set(*colour, c, film(colour[c] + cover * tint[c] * lit));
            }
        }
    });
    light
}

#[inline(always)]
fn set(mut colour: [f32; 3], c: usize, value: f32) -> [f32; 3] {
    colour[c] = value;
    colour
}

/// Light that a cell sends out.
#[inline(always)]
fn emission(air: &Air, i: usize, smoke: f32, body: &BlackBody, look: &Look) -> [f32; 3] {
    let heat = air.gas.now[i][HEAT];
    let burning = air.burnt[i] * look.rate;
    let glowing = body.colour(heat + look.ambient);
    let share = film(3.0 * smoke);
    core::array::from_fn(|c| look.exposure * (share * glowing[c] + BLUE[c] * burning))
}

/// Colour of the smoke in a cell: grey, and what dye there is.
#[inline(always)]
fn albedo(air: &Air, i: usize, dense: f32, look: &Look) -> [f32; 3] {
    let Some(dye) = &air.dye else { return ALBEDO };
    if dense <= 0.0 {
        return ALBEDO;
    }
    let grey = air.gas.now[i][SMOKE];
    core::array::from_fn(|c| look.thickness * (ALBEDO[c] * grey + dye.now[i][c]) / dense)
}
