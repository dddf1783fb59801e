//! A picture of the skin: lit from the side by its slope, glowing where it moves, with sand on it.

use rayon::prelude::*;

use super::outline::Outline;
use super::sand::Sand;
use super::seen::Seen;
use world::field::Field;
use world::widest;

/// Colour in linear light.
type Colour = [f32; 3];

/// Where the light stands.
const LIGHT: [f32; 3] = [-0.55, -0.62, 0.56];
const GROUND: Colour = [0.002, 0.002, 0.004];
const SKIN: Colour = [0.004, 0.005, 0.012];
const LIT: Colour = [0.020, 0.042, 0.095];
const GLOW: Colour = [0.02, 0.16, 0.26];
const FIERY: Colour = [0.75, 0.20, 0.30];
const SHEEN: Colour = [0.80, 0.90, 1.0];
const SAND: Colour = [1.0, 0.80, 0.50];
/// Most pixels across or down of a picture.
const MOST: usize = 2048;

/// Size of the picture of a world of this size for a reader of that size: whole pixels a cell.
pub fn size((w, h): (usize, usize), reader: (usize, usize)) -> (usize, usize) {
    let wanted = reader.0.div_ceil(w.max(1)).max(reader.1.div_ceil(h.max(1)));
    let factor = wanted.clamp(1, 8).min((MOST / w.max(h).max(1)).max(1));
    (w * factor, h * factor)
}

/// Draws at a whole multiple of the world's size.
pub fn draw(outline: &Outline, seen: &Seen, sand: &Sand, now: &[f32], glow: f32, into: &mut Field) {
    let (width, height) = into.size();
    let factor = (width / outline.width.max(1)).max(1);
    let light = sift(outline, sand, factor);
    let n = width * height;
    let (red, rest) = into.data_mut().split_at_mut(n);
    let (green, blue) = rest.split_at_mut(n);
    let rows = red.par_chunks_mut(width).zip(green.par_chunks_mut(width)).zip(blue.par_chunks_mut(width));
    rows.enumerate().for_each_init(
        || (vec![0.0; outline.width * 4], vec![[0.0; 4]; width]),
        |(line, wide), (y, ((red, green), blue))| {
            let at = ((y as f32 + 0.5) / factor as f32 - 0.5).clamp(0.0, (outline.height - 1) as f32);
            let (j, t) = (at as usize, at - at.floor());
            let rows = [j, (j + 1).min(outline.height - 1)];
            level(outline, seen, now, rows, t, line);
            stretch(line, factor, wide);
            shade(wide, &light[y * width..(y + 1) * width], glow, [red, green, blue]);
        },
    );
}

/// Light of the sand on every pixel: each grain a soft dot.
fn sift(outline: &Outline, sand: &Sand, factor: usize) -> Vec<f32> {
    let (w, h) = (outline.width * factor, outline.height * factor);
    let mut light = vec![0.0; w * h];
    let f = factor as f32;
    for [x, y] in sand.grains() {
        let (x, y) = (x * f - 0.5, y * f - 0.5);
        let (i, j) = (x.floor(), y.floor());
        let (s, t) = (x - i, y - j);
        for (dx, dy, weight) in
            [(0, 0, (1.0 - s) * (1.0 - t)), (1, 0, s * (1.0 - t)), (0, 1, (1.0 - s) * t), (1, 1, s * t)]
        {
            let (x, y) = (i as i64 + dx, j as i64 + dy);
            if (0..w as i64).contains(&x) && (0..h as i64).contains(&y) {
                light[y as usize * w + x as usize] += weight;
            }
        }
    }
    // Sand lies in heaps: twice as much is not twice as bright.
    light.iter_mut().for_each(|v| *v = *v / (0.55 + *v));
    light
}

/// Between two rows of cells, for each cell: slope across and down, motion, skin.
fn level(outline: &Outline, seen: &Seen, now: &[f32], rows: [usize; 2], t: f32, into: &mut [f32]) {
    let (w, s) = (outline.width, outline.stride());
    let height = |at: usize| seen.slow[at] + 0.35 * now[at];
    for x in 0..w {
        let cell = |y: usize| {
            let at = outline.at(x, y);
            // Beyond a rim the skin goes on level: it ends there, or all but rests.
            let beside = |other: usize| height(if outline.skin[other] > 0.0 { other } else { at });
            let slope = [beside(at + 1) - beside(at - 1), beside(at + s) - beside(at - s)];
            // The mean of nine cells, so that the rim is not seen as stairs.
            let rows =
                [at - s, at, at + s].map(|at| outline.skin[at - 1] + outline.skin[at] + outline.skin[at + 1]);
            [0.5 * slope[0], 0.5 * slope[1], seen.envelope[at], rows.iter().sum::<f32>() * (1.0 / 9.0)]
        };
        let (a, b) = (cell(rows[0]), cell(rows[1]));
        (0..4).for_each(|k| into[4 * x + k] = a[k] + t * (b[k] - a[k]));
    }
}

/// A row of cells as a row of pixels.
fn stretch(line: &[f32], factor: usize, into: &mut [[f32; 4]]) {
    let w = line.len() / 4;
    for (x, out) in into.iter_mut().enumerate() {
        let at = ((x as f32 + 0.5) / factor as f32 - 0.5).clamp(0.0, (w - 1) as f32);
        let (i, s) = (at as usize, at - at.floor());
        let j = (i + 1).min(w - 1);
        *out = [0, 1, 2, 3].map(|k| line[4 * i + k] + s * (line[4 * j + k] - line[4 * i + k]));
    }
}

widest! {
    /// Colours of a row of pixels.
    fn shade(cells: &[[f32; 4]], sand: &[f32], glow: f32, out: [&mut [f32]; 3]) {
        let n = cells.len();
        let (sand, out) = (&sand[..n], out.map(|l| &mut l[..n]));
        let [red, green, blue] = out;
        for i in 0..n {
            let [sx, sy, motion, skin] = cells[i];
            let skin = ((skin - 0.38) * 5.0).clamp(0.0, 1.0);
            let (sx, sy) = (15.0 * glow * sx, 15.0 * glow * sy);
            let per = 1.0 / (1.0 + sx * sx + sy * sy).sqrt();
            let lit = ((LIGHT[2] - LIGHT[0] * sx - LIGHT[1] * sy) * per).max(0.0);
            let (shine, heat) = (lit * lit * (lit * lit), glow * motion);
            let (shine, heat) = (shine * shine, heat / (0.16 + heat));
            let colour = |k: usize| {
                let glowing = heat * (GLOW[k] + heat * heat * FIERY[k]);
                let colour = SKIN[k] + lit * lit * LIT[k] + glowing + 0.5 * shine * SHEEN[k];
                let surface = GROUND[k] + skin * (colour - GROUND[k]);
                surface + sand[i] * (SAND[k] * (0.55 + 0.6 * lit) - surface)
            };
            (red[i], green[i], blue[i]) = (colour(0), colour(1), colour(2));
        }
    }
}
