//! A picture of the water from above: ground lit by the sun and by caustics, seen through the moving surface, faded and
//! tinted by depth; sky and sun mirrored in it by Fresnel's law (Schlick 1994); foam.

use rayon::prelude::*;

use super::foam::{Foam, WET, neighbours};
use super::ground::{Texture, stratum};
use super::optics::{Sun, caustics, refract, slopes};
use super::shallow::Shallow;
use world::field::{Field, rows_per_task};
use world::widest;

/// Colour in linear light.
pub type Colour = [f32; 3];

/// How the water looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// The sun.
    pub sun: Sun,
    /// Factor on the slopes that are lit.
    pub ripples: f32,
    /// Depth at which green light has faded to a third.
    pub clarity: f32,
    /// Colour of deep water.
    pub deep: Colour,
    /// Brightness of what is mirrored.
    pub glitter: f32,
    /// Heights of the darkest and the brightest ground.
    pub ground: [f32; 2],
}

/// Where the eye is: above, a little towards the bottom of the picture.
const EYE: [f32; 3] = [0.0, 0.292, 0.956];
/// How fast red, green and blue fade in water, green being 1.
const FADE: Colour = [3.2, 1.0, 0.62];
const SUNLIGHT: Colour = [1.06, 1.0, 0.88];
const SKYLIGHT: Colour = [0.20, 0.25, 0.33];
const ZENITH: Colour = [0.10, 0.26, 0.56];
const HORIZON: Colour = [0.74, 0.82, 0.88];
const FOAM: Colour = [0.92, 0.95, 0.96];
/// Farthest that the surface displaces what is seen through it, cells.
const FARTHEST: f32 = 16.0;

/// Draws the picture at the size of the world into three planes.
pub fn draw(water: &Shallow, foam: &Foam, texture: &Texture, look: &Look, into: &mut Field) {
    let (w, h) = water.size();
    let light = caustics(water, look.sun);
    let mut bed = vec![[0f32; 4]; w * h];
    bed.par_chunks_mut(w).with_min_len(rows_per_task(w)).enumerate().for_each(|(y, row)| {
        bed_row(water, foam, texture, look, &light, y, row);
    });
    let n = w * h;
    let (red, rest) = into.data_mut().split_at_mut(n);
    let (green, blue) = rest.split_at_mut(n);
    let rows = red.par_chunks_mut(w).zip(green.par_chunks_mut(w)).zip(blue.par_chunks_mut(w));
    rows.with_min_len(rows_per_task(w)).enumerate().for_each_init(
        || Row::new(w),
        |row, (y, ((red, green), blue))| {
            let [across, down] = &mut row.slope;
            slopes(water, y, across, down);
            row.white.copy_from_slice(&foam.foam()[y * w..(y + 1) * w]);
            row.white.iter_mut().enumerate().for_each(|(x, f)| *f *= texture.foam(x, y));
            mirror(look, water.depth(y), row);
            for x in 0..w {
                row.bed[x] = sample(&bed, (w, h), [x as f32 + row.aside[0][x], y as f32 + row.aside[1][x]]);
            }
            blend(look, water.depth(y), row, [red, green, blue]);
        },
    );
}

/// Scratch of a row.
struct Row {
    slope: [Vec<f32>; 2],
    aside: [Vec<f32>; 2],
    sky: [Vec<f32>; 3],
    share: Vec<f32>,
    glint: Vec<f32>,
    white: Vec<f32>,
    bed: Vec<[f32; 4]>,
}

impl Row {
    fn new(w: usize) -> Self {
        let line = || vec![0.0; w];
        Self {
            slope: [line(), line()],
            aside: [line(), line()],
            sky: [line(), line(), line()],
            share: line(),
            glint: line(),
            white: line(),
            bed: vec![[0.0; 4]; w],
        }
    }
}

/// Lit ground of a row, and the light on it.
fn bed_row(
    water: &Shallow,
    foam: &Foam,
    texture: &Texture,
    look: &Look,
    light: &[f32],
    y: usize,
    into: &mut [[f32; 4]],
) {
    let ((w, h), wraps) = (water.size(), water.sides().wraps());
    let [above, below] = neighbours(y, h, wraps[1]);
    let (z, za, zb) = (water.ground(y), water.ground(above), water.ground(below));
    let per = 1.0 / (look.ground[1] - look.ground[0]).max(1e-3);
    let sun = look.sun.at;
    let (light, damp) = (&light[y * w..(y + 1) * w], &foam.damp()[y * w..(y + 1) * w]);
    let mut cell = |x: usize, [left, right]: [usize; 2]| {
        let [sx, sy] = [0.8 * (z[right] - z[left]), 0.8 * (zb[x] - za[x])];
        let cos = ((sun[2] - sun[0] * sx - sun[1] * sy) / (1.0 + sx * sx + sy * sy).sqrt()).max(0.0);
        let [grain, patch] = texture.ground(x, y);
        let colour = stratum((z[x] - look.ground[0]) * per + 0.07 * patch);
        let shade = (1.0 - 0.36 * damp[x]) * (1.0 + 0.10 * grain + 0.12 * patch);
        let bright = light[x].min(5.0);
        let sun = 0.95 * cos / sun[2] * (0.12 + 0.88 * bright);
        let lit = [0, 1, 2].map(|k| colour[k] * shade * (SUNLIGHT[k] * sun + SKYLIGHT[k]));
        into[x] = [lit[0], lit[1], lit[2], bright];
    };
    (1..w.saturating_sub(1)).for_each(|x| cell(x, [x - 1, x + 1]));
    [0, w - 1].into_iter().for_each(|x| cell(x, neighbours(x, w, wraps[0])));
}

widest! {
    /// What the surface of a row does to light from below and above: how far it displaces what is seen through it; sky
    /// in the direction that it mirrors, the share of light that it mirrors, the sun's glint.
    fn mirror(look: &Look, depth: &[f32], row: &mut Row) {
        let n = depth.len();
        let Row { slope: [sx, sy], aside: [ax, ay], sky: [red, green, blue], share, glint, .. } = row;
        let (sx, sy, ax, ay) = (&sx[..n], &sy[..n], &mut ax[..n], &mut ay[..n]);
        let (red, green, blue) = (&mut red[..n], &mut green[..n], &mut blue[..n]);
        let (share, glint) = (&mut share[..n], &mut glint[..n]);
        let sun = look.sun.at;
        let square = |v: f32| v * v;
        for i in 0..n {
            let slope = [sx[i] * look.ripples, sy[i] * look.ripples];
            let per = 1.0 / (1.0 + slope[0] * slope[0] + slope[1] * slope[1]).sqrt();
            let normal = [-slope[0] * per, -slope[1] * per, per];
            // As if seen from straight above, so that shores stay where they are.
            let bent = refract([0.0, 0.0, 1.0], slope);
            ax[i] = (0.6 * depth[i] * bent[0]).clamp(-FARTHEST, FARTHEST);
            ay[i] = (0.6 * depth[i] * bent[1]).clamp(-FARTHEST, FARTHEST);
            let cos = (normal[1] * EYE[1] + normal[2] * EYE[2]).clamp(0.0, 1.0);
            let ray = [2.0 * cos * normal[0], 2.0 * cos * normal[1] - EYE[1], 2.0 * cos * normal[2] - EYE[2]];
            let low = square(1.0 - ray[2].clamp(0.0, 1.0));
            let away = 1.0 - cos;
            let fresnel = 0.02 + 0.98 * (away * away) * (away * away) * away;
            // Towards the horizon waves hide each other, and mirror more than one alone would.
            share[i] = (fresnel + 0.35 * low).min(0.9);
            let towards = (ray[0] * sun[0] + ray[1] * sun[1] + ray[2] * sun[2]).max(0.0);
            let glow = square(square(towards));
            let broad = square(square(square(glow)));
            glint[i] = 1.1 * square(square(square(broad))) + 0.05 * broad;
            let horizon = 0.12 + 0.88 * low;
            red[i] = ZENITH[0] + horizon * (HORIZON[0] - ZENITH[0]) + 0.2 * glow * SUNLIGHT[0];
            green[i] = ZENITH[1] + horizon * (HORIZON[1] - ZENITH[1]) + 0.2 * glow * SUNLIGHT[1];
            blue[i] = ZENITH[2] + horizon * (HORIZON[2] - ZENITH[2]) + 0.2 * glow * SUNLIGHT[2];
        }
    }
}

widest! {
    /// Colours of a row.
    fn blend(look: &Look, depth: &[f32], row: &Row, out: [&mut [f32]; 3]) {
        let n = depth.len();
        let (bed, white, share, glint) = (&row.bed[..n], &row.white[..n], &row.share[..n], &row.glint[..n]);
        let sky = row.sky.each_ref().map(|l| &l[..n]);
        let out = out.map(|l| &mut l[..n]);
        for (k, out) in out.into_iter().enumerate() {
            let (sky, strong, deep) = (sky[k], 1.1 * FADE[k] / look.clarity, look.deep[k]);
            for i in 0..n {
                let wet = (depth[i] * (1.0 / (3.0 * WET))).min(1.0);
                let through = fade(depth[i] * strong);
                let scattered = deep * (0.6 + 0.4 * bed[i][3].min(2.0));
                let below = bed[i][k] * through + scattered * (1.0 - through);
                let mirrored = share[i] * (sky[i] - below) + glint[i] * SUNLIGHT[k];
                let above = below + wet * look.glitter * mirrored;
                out[i] = above + white[i] * (FOAM[k] - above);
            }
        }
    }
}

/// exp(−x), near enough for light.
#[inline(always)]
fn fade(x: f32) -> f32 {
    1.0 / (1.0 + x * (1.0 + x * (0.5 + x * (1.0 / 6.0 + x * (1.0 / 24.0)))))
}

/// Four values between cells, held at the borders.
#[inline(always)]
fn sample(plane: &[[f32; 4]], (w, h): (usize, usize), [x, y]: [f32; 2]) -> [f32; 4] {
    let axis = |t: f32, n: usize| {
        let t = t.clamp(0.0, (n - 1) as f32);
        let i = t as i32;
        (i as usize, (i as usize + 1).min(n - 1), t - i as f32)
    };
    let ((i, i1, s), (j, j1, t)) = (axis(x, w), axis(y, h));
    let (a, b, c, d) = (plane[j * w + i], plane[j * w + i1], plane[j1 * w + i], plane[j1 * w + i1]);
    core::array::from_fn(|k| {
        let (above, below) = (a[k] + s * (b[k] - a[k]), c[k] + s * (d[k] - c[k]));
        above + t * (below - above)
    })
}
