//! The picture: what is liquid and what is solid is made a relief, which is drawn at the reader's own size.
//!
//! Liquid is blurred to domes at two scales; solids take no part in the mean, so that a drop has no rim where it sits.

use rayon::prelude::*;

use super::kernel::Energy;
use super::lattice::Lattice;
use super::observe;
use super::params::Look;
use super::shade::{Palette, Relief};
use world::field::{Field, rows_per_task};
use world::view::{Sampling, View, sample};

/// Planes of a relief: share of liquid, slope of its domes, and where there are solids theirs.
const PLANES: [usize; 2] = [3, 6];
/// Weights of the domes, narrow and wide.
const DOMES: [f32; 2] = [0.68, 0.32];
/// The wide domes are so many times as wide.
const WIDE: usize = 3;

/// Draws a view of the world.
pub fn render(lattice: &Lattice, energy: &Energy, look: Look, view: &View, into: &mut Field) {
    let relief = relief(lattice, energy);
    let sampled = match view.is_whole() && relief.size() == into.size() {
        true => relief,
        false => {
            let mut sampled = Field::new(into.width(), into.height(), relief.planes());
            sample(&relief, &mut sampled, &view.map(into.size()), Sampling::SmoothBound);
            sampled
        }
    };
    let palette = Palette::of(look);
    let (map, (w, h)) = (view.map(into.size()), into.size());
    let (red, rest) = into.data_mut().split_at_mut(w * h);
    let (green, blue) = rest.split_at_mut(w * h);
    let rows = red.par_chunks_mut(w).zip(green.par_chunks_mut(w)).zip(blue.par_chunks_mut(w));
    rows.with_min_len(rows_per_task(w)).enumerate().for_each(|(y, ((red, green), blue))| {
        let row: [&[f32]; 3] = [0, 1, 2].map(|plane| sampled.row(plane, y));
        let stone = (sampled.planes() > 3).then(|| [3, 4, 5].map(|plane| sampled.row(plane, y)));
        for x in 0..w {
            let solid = stone.map_or([0.0; 3], |s| s.map(|row| row[x]));
            let up = map.at(x as f64, y as f64).1.clamp(0.0, 1.0) as f32;
            let at = Relief { phase: row[0][x], slope: [row[1][x], row[2][x]], solid, up };
            let colour = palette.colour(&at);
            (red[x], green[x], blue[x]) = (colour[0], colour[1], colour[2]);
        }
    });
}

/// The relief of a world, at its own size.
fn relief(lattice: &Lattice, energy: &Energy) -> Field {
    let (w, h) = lattice.size();
    let periodic = lattice.walls().periodic();
    let reach = (h / 90).clamp(1, 12);
    let any = lattice.walls().solid().iter().any(|&s| s != 0);
    let mut planes = Field::new(w, h, PLANES[any as usize]);
    let (mut phase, mut solid) = (Field::new(w, h, 1), Field::new(w, h, 1));
    phase.fill_rows(|_, y, row| observe::phase(lattice, energy, y, row));
    solid.fill_rows(|_, y, row| {
        row.iter_mut().zip(lattice.walls().row(y)).for_each(|(v, &s)| *v = (s != 0) as u8 as f32)
    });
    let narrow = [&phase, &solid].map(|plane| blur(plane, reach, periodic));
    let wide = [&narrow[0], &narrow[1]].map(|plane| blur(plane, WIDE * reach, periodic));
    let mut dome = Field::new(w, h, 1);
    let mean = |[liquid, solid]: &[Field; 2], y: usize, x: usize| {
        liquid.row(0, y)[x] / (1.0 - solid.row(0, y)[x]).max(0.02)
    };
    dome.fill_rows(|_, y, row| {
        let value = |x: usize| DOMES[0] * mean(&narrow, y, x) + DOMES[1] * mean(&wide, y, x);
        row.iter_mut().enumerate().for_each(|(x, v)| *v = value(x));
    });
    let edge = any.then(|| blur_once(&solid, periodic));
    let steep = 2.4 * reach as f32;
    planes.fill_rows(|plane, y, row| match plane {
        // Liquid reaches under what is solid, so that there is no gap between them.
        0 => row.iter_mut().enumerate().for_each(|(x, v)| {
            *v = if solid.row(0, y)[x] > 0.0 { mean(&narrow, y, x).min(1.0) } else { phase.row(0, y)[x] };
        }),
        1 | 2 => slope(&dome, [plane - 1, y], steep, periodic, row),
        3 => row.copy_from_slice(edge.as_ref().map_or(solid.row(0, y), |e| e.row(0, y))),
        _ => slope(&narrow[1], [plane - 4, y], steep, periodic, row),
    });
    planes
}

/// Slope of a dome along an axis in a row, downhill positive.
fn slope(dome: &Field, [axis, y]: [usize; 2], steep: f32, periodic: bool, into: &mut [f32]) {
    let (w, h) = dome.size();
    if axis == 1 {
        let (up, down) = (dome.row(0, y.saturating_sub(1)), dome.row(0, (y + 1).min(h - 1)));
        into.iter_mut().zip(up.iter().zip(down)).for_each(|(v, (a, b))| *v = steep * (a - b));
        return;
    }
    let row = dome.row(0, y);
    for (x, v) in into.iter_mut().enumerate() {
        let (left, right) = sides(x, w, periodic);
        *v = steep * (row[left] - row[right]);
    }
}

fn sides(x: usize, w: usize, periodic: bool) -> (usize, usize) {
    match periodic {
        true => ((x + w - 1) % w, (x + 1) % w),
        false => (x.saturating_sub(1), (x + 1).min(w - 1)),
    }
}

/// A quarter, a half, a quarter, each way.
fn blur_once(plane: &Field, periodic: bool) -> Field {
    let (w, h) = plane.size();
    let (mut half, mut whole) = (Field::new(w, h, 1), Field::new(w, h, 1));
    half.fill_rows(|_, y, row| {
        let from = plane.row(0, y);
        for (x, v) in row.iter_mut().enumerate() {
            let (left, right) = sides(x, w, periodic);
            *v = 0.5 * from[x] + 0.25 * (from[left] + from[right]);
        }
    });
    whole.fill_rows(|_, y, row| {
        let [a, b, c] = [y.saturating_sub(1), y, (y + 1).min(h - 1)].map(|y| half.row(0, y));
        (0..w).for_each(|x| row[x] = 0.5 * b[x] + 0.25 * (a[x] + c[x]));
    });
    whole
}

/// Two passes of a box of 2·`reach` + 1 cells each way.
fn blur(plane: &Field, reach: usize, periodic: bool) -> Field {
    let (w, h) = plane.size();
    let (mut from, mut into) = (plane.clone(), Field::new(w, h, 1));
    for _ in 0..2 {
        into.fill_rows(|_, y, row| across(from.row(0, y), reach, periodic, row));
        from.fill_rows(|_, y, row| {
            row.fill(0.0);
            let per = 1.0 / (2 * reach + 1) as f32;
            for k in 0..=2 * reach {
                let other = into.row(0, (y + k).saturating_sub(reach).min(h - 1));
                row.iter_mut().zip(other).for_each(|(v, o)| *v += per * o);
            }
        });
    }
    from
}

/// Box means along a row.
fn across(row: &[f32], reach: usize, periodic: bool, into: &mut [f32]) {
    let n = row.len();
    let at = |i: isize| match periodic {
        true => row[i.rem_euclid(n as isize) as usize],
        false => row[i.clamp(0, n as isize - 1) as usize],
    };
    let per = 1.0 / (2 * reach + 1) as f32;
    let r = reach as isize;
    into.fill(0.0);
    // Cells whose box lies within the row.
    let inner = if n > 2 * reach { reach..n - reach } else { 0..0 };
    for k in (0..=2 * reach).filter(|_| !inner.is_empty()) {
        let (from, to) = (inner.start + k - reach, inner.end + k - reach);
        into[inner.clone()].iter_mut().zip(&row[from..to]).for_each(|(v, o)| *v += per * o);
    }
    for x in (0..inner.start).chain(inner.end..n) {
        let x = x as isize;
        into[x as usize] = per * (x - r..=x + r).map(at).sum::<f32>();
    }
}
