//! Halos: the light of all, gathered on a coarser grid and blurred there.

use rayon::prelude::*;

use super::paint::Spot;
use world::field::Field;

/// Standard deviation of the blur that the coarse grid is chosen for, cells.
const SHARP: f32 = 2.0;
/// Cells around the picture, whose lights shine into it.
const MARGIN: usize = 8;
/// Coarsest and widest: cells along an axis are at least this many, and the blur reaches no further.
const WIDEST: usize = 24;

/// Light on a coarse grid.
struct Grid {
    field: Field,
    /// Pixels per cell.
    step: f32,
}

/// Adds halos whose standard deviation is `radius` pixels to the three planes of a picture, `haze` times as bright.
pub fn add(spots: &[Spot], radius: f32, haze: f32, into: &mut Field) {
    if haze <= 0.0 {
        return;
    }
    let step = (radius / SHARP).floor().max(1.0);
    let mut grid = gather(spots, step, into.size());
    let taps = gaussian(radius / step);
    grid.field = blur(&grid.field, &taps, false);
    grid.field = blur(&grid.field, &taps, true);
    // The light that a blurred point keeps at its centre.
    let strength = haze / (step * step);
    spread(&grid, strength, into);
}

/// Light of each cell: a spot's brightness times its area, shared among the four nearest.
fn gather(spots: &[Spot], step: f32, (w, h): (usize, usize)) -> Grid {
    let along = |n: usize| (n as f32 / step).ceil() as usize + 2 * MARGIN + 1;
    let mut field = Field::new(along(w), along(h), 3);
    let (gw, gh) = field.size();
    field.data_mut().par_chunks_mut(gw * gh).enumerate().for_each(|(plane, cells)| {
        for spot in spots {
            let (x, y) =
                ((spot.x + 0.5) / step + MARGIN as f32 - 0.5, (spot.y + 0.5) / step + MARGIN as f32 - 0.5);
            if !(x >= 0.0 && y >= 0.0 && x < (gw - 1) as f32 && y < (gh - 1) as f32) {
                continue;
            }
            let (i, j) = (x as usize, y as usize);
            let (s, t) = (x - i as f32, y - j as f32);
            let light = spot.light[plane] * spot.radius * spot.radius;
            let at = j * gw + i;
            cells[at] += light * (1.0 - s) * (1.0 - t);
            cells[at + 1] += light * s * (1.0 - t);
            cells[at + gw] += light * (1.0 - s) * t;
            cells[at + gw + 1] += light * s * t;
        }
    });
    Grid { field, step }
}

/// Half of a kernel whose sum is 1: the middle and one side.
fn gaussian(deviation: f32) -> Vec<f32> {
    let reach = ((3.0 * deviation).ceil() as usize).clamp(1, WIDEST);
    let tap = |i: usize| {
        let z = i as f32 / deviation.max(0.3);
        libm::expf(-0.5 * z * z)
    };
    let taps: Vec<f32> = (0..=reach).map(tap).collect();
    let whole = 2.0 * taps.iter().sum::<f32>() - taps[0];
    taps.iter().map(|tap| tap / whole).collect()
}

/// Blurs along rows, or down columns; beyond the border it is dark.
fn blur(from: &Field, taps: &[f32], is_down: bool) -> Field {
    let (w, h) = from.size();
    let mut into = Field::new(w, h, from.planes());
    into.fill_rows(|plane, y, row| {
        row.fill(0.0);
        for (k, tap) in taps.iter().enumerate() {
            let sides = if k == 0 { &[0isize][..] } else { &[-1, 1] };
            for side in sides {
                let shift = side * k as isize;
                match is_down {
                    true => {
                        let y = y as isize + shift;
                        if (0..h as isize).contains(&y) {
                            add_row(row, from.row(plane, y as usize), *tap);
                        }
                    }
                    false => {
                        let (a, b) = ((-shift).max(0) as usize, shift.max(0) as usize);
                        let n = w.saturating_sub(a + b);
                        add_row(&mut row[a.min(w)..][..n], &from.row(plane, y)[b.min(w)..][..n], *tap);
                    }
                }
            }
        }
    });
    into
}

world::widest! {
    fn add_row(into: &mut [f32], from: &[f32], factor: f32) {
        for (into, from) in into.iter_mut().zip(from) {
            *into += factor * *from;
        }
    }
}

/// Adds a grid to the planes of a picture, interpolated.
fn spread(grid: &Grid, strength: f32, into: &mut Field) {
    let ((w, h), gw) = (into.size(), grid.field.width());
    let place = |i: usize| (i as f32 + 0.5) / grid.step + MARGIN as f32 - 0.5;
    let columns: Vec<(usize, f32)> =
        (0..w).map(|x| (place(x) as usize, place(x) - place(x).floor())).collect();
    let planes = into.planes().min(3);
    into.data_mut()[..w * h * planes].par_chunks_mut(w).enumerate().for_each(|(i, row)| {
        let (plane, y) = (i / h, place(i % h));
        let (j, t) = (y as usize, y - y.floor());
        let (a, b) = (grid.field.row(plane, j), grid.field.row(plane, j + 1));
        let down: Vec<f32> = (0..gw).map(|k| strength * (a[k] + t * (b[k] - a[k]))).collect();
        for (value, &(k, s)) in row.iter_mut().zip(&columns) {
            *value += down[k] + s * (down[k + 1] - down[k]);
        }
    });
}
