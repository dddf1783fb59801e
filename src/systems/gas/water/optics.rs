//! Light in the water: slopes of what is seen from above, and caustics.
//!
//! Each cell sends one ray of the sun through the surface, by Snell's law, down to the ground, where it lights three by
//! three cells (a quadratic B-spline, which covers evenly where the surface is level). Rows of targets are
//! worked on in parallel; each takes the rays in the order of their cells, so no number of threads changes a bit.

use rayon::prelude::*;

use super::foam::{WET, neighbours};
use super::shallow::Shallow;
use world::field::rows_per_task;
use world::widest;

/// Farthest that a ray is bent aside, cells.
const FARTHEST: f32 = 24.0;
/// Rows of targets of a task.
const BAND: usize = 16;
/// Refractive index of water.
pub const WATER: f32 = 1.333;

/// The light that falls on the water.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sun {
    /// Where it stands: a unit vector right, down the picture, and up.
    pub at: [f32; 3],
    /// Factor on the slopes that refract it.
    pub lens: f32,
}

/// Slopes of a row, across and down: of the surface where there is water, of the ground where there is none.
pub fn slopes(water: &Shallow, y: usize, across: &mut [f32], down: &mut [f32]) {
    let ((w, h), wraps) = (water.size(), water.sides().wraps());
    let [above, below] = neighbours(y, h, wraps[1]);
    let depth = [above, y, below].map(|y| water.depth(y));
    let ground = [above, y, below].map(|y| water.ground(y));
    if w > 2 {
        tilt(depth, ground, &mut across[1..w - 1], &mut down[1..w - 1]);
    }
    for x in [0, w - 1] {
        let [left, right] = neighbours(x, w, wraps[0]);
        let at = |y: usize, x: usize| [depth[y][x], ground[y][x]];
        let around = [at(1, left), at(1, right), at(0, x), at(2, x)];
        [across[x], down[x]] = tilt_of(at(1, x), around);
    }
}

widest! {
    /// Slopes of the cells between the first and the last of a row.
    fn tilt(depth: [&[f32]; 3], ground: [&[f32]; 3], across: &mut [f32], down: &mut [f32]) {
        let n = across.len();
        let [[da, d0, db], [za, z0, zb]] = [depth, ground].map(|rows| rows.map(|row| &row[1..n + 1]));
        let [[dl, dr], [zl, zr]] = [depth[1], ground[1]].map(|row| [&row[..n], &row[2..n + 2]]);
        let down = &mut down[..n];
        for x in 0..n {
            let around = [[dl[x], zl[x]], [dr[x], zr[x]], [da[x], za[x]], [db[x], zb[x]]];
            [across[x], down[x]] = tilt_of([d0[x], z0[x]], around);
        }
    }
}

/// Slopes of a cell, from depth and ground of the cells left, right, above and below.
#[inline(always)]
fn tilt_of([depth, ground]: [f32; 2], around: [[f32; 2]; 4]) -> [f32; 2] {
    let wet = (depth * (1.0 / (4.0 * WET))).min(1.0);
    let own = depth + ground;
    let [a, b, c, d] = around.map(|[depth, ground]| {
        let surface = depth + ground;
        let surface = if (depth < WET) & (ground > own) { own } else { surface };
        ground + wet * (surface - ground)
    });
    [0.5 * (b - a), 0.5 * (d - c)]
}

/// How far a ray from `from` (a unit vector towards its source) is carried aside below a surface with these slopes,
/// per depth (Snell).
#[inline(always)]
pub fn refract(from: [f32; 3], [sx, sy]: [f32; 2]) -> [f32; 2] {
    let per = 1.0 / (1.0 + sx * sx + sy * sy).sqrt();
    let n = [-sx * per, -sy * per, per];
    let cos = (from[0] * n[0] + from[1] * n[1] + from[2] * n[2]).clamp(0.02, 1.0);
    let ratio = 1.0 / WATER;
    let inner = (1.0 - ratio * ratio * (1.0 - cos * cos)).max(0.0).sqrt();
    let along = ratio * cos - inner;
    let ray = [0, 1, 2].map(|k| along * n[k] - ratio * from[k]);
    let fall = 1.0 / (-ray[2]).max(0.1);
    [ray[0] * fall, ray[1] * fall]
}

/// Light on the ground of every cell; 1 under a level surface and on dry ground.
pub fn caustics(water: &Shallow, sun: Sun) -> Vec<f32> {
    let ((w, h), wraps) = (water.size(), water.sides().wraps());
    // A row of places across and one down for each row of cells.
    let mut targets = vec![0f32; 2 * w * h];
    let reach: Vec<[f32; 2]> = targets
        .par_chunks_mut(2 * w)
        .with_min_len(rows_per_task(w))
        .enumerate()
        .map(|(y, row)| {
            let (xs, ys) = row.split_at_mut(w);
            slopes(water, y, xs, ys);
            aim(water.depth(y), sun, y as f32, xs, ys);
            ys.iter().fold([y as f32; 2], |[low, high], &v| [low.min(v), high.max(v)])
        })
        .collect();
    let mut light = vec![0.0; w * h];
    light.par_chunks_mut(w * BAND).enumerate().for_each(|(band, out)| {
        let first = (band * BAND) as f32;
        let last = first + (out.len() / w) as f32;
        for (row, [low, high]) in targets.chunks_exact(2 * w).zip(&reach) {
            // On a torus rays that leave at one side come in at the other.
            for shift in [-(h as f32), 0.0, h as f32] {
                if (shift != 0.0 && !wraps[1]) || high + shift + 2.0 < first || low + shift - 2.0 > last {
                    continue;
                }
                let (xs, ys) = row.split_at(w);
                xs.iter().zip(ys).for_each(|(&x, &y)| splat(out, w, wraps[0], [x, y + shift - first]));
            }
        }
    });
    light
}

widest! {
    /// Where the rays of row `y` reach the ground: takes slopes, gives places across and down.
    fn aim(depth: &[f32], sun: Sun, y: f32, xs: &mut [f32], ys: &mut [f32]) {
        let n = depth.len();
        let (xs, ys) = (&mut xs[..n], &mut ys[..n]);
        let level = refract(sun.at, [0.0; 2]);
        for x in 0..n {
            let bent = refract(sun.at, [sun.lens * xs[x], sun.lens * ys[x]]);
            let depth = if depth[x] > WET { depth[x] } else { 0.0 };
            // Only how much more or less it is bent than by a level surface: the pattern stays below its waves.
            xs[x] = x as f32 + (depth * (bent[0] - level[0])).clamp(-FARTHEST, FARTHEST);
            ys[x] = y + (depth * (bent[1] - level[1])).clamp(-FARTHEST, FARTHEST);
        }
    }
}

/// Adds one ray to rows of targets.
#[inline(always)]
fn splat(out: &mut [f32], w: usize, wraps: bool, [x, y]: [f32; 2]) {
    let rows = (out.len() / w) as i32;
    let (cx, cy) = ((x + 0.5).floor(), (y + 0.5).floor());
    let (wx, wy) = (spline(x - cx), spline(y - cy));
    let (column, row) = (cx as i32 - 1, cy as i32 - 1);
    if row >= 0 && row + 3 <= rows && column >= 0 && column + 3 <= w as i32 {
        let first = row as usize * w + column as usize;
        for (line, wy) in out[first..].chunks_mut(w).zip(wy) {
            line[..3].iter_mut().zip(wx).for_each(|(v, wx)| *v += wx * wy);
        }
        return;
    }
    for (j, wy) in wy.into_iter().enumerate() {
        let row = row + j as i32;
        if !(0..rows).contains(&row) {
            continue;
        }
        let line = &mut out[row as usize * w..][..w];
        for (i, wx) in wx.into_iter().enumerate() {
            let column = column + i as i32;
            let column = if wraps { column.rem_euclid(w as i32) } else { column.clamp(0, w as i32 - 1) };
            line[column as usize] += wx * wy;
        }
    }
}

/// Weights of three cells about a place `t` from the middle one, −½..½.
#[inline(always)]
fn spline(t: f32) -> [f32; 3] {
    let (a, b) = (0.5 - t, 0.5 + t);
    [0.5 * a * a, 0.75 - t * t, 0.5 * b * b]
}
