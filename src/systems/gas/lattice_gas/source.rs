//! Where particles come from, and go: sources, rain, the ends of a tunnel.

use super::gas::Gas;
use super::model::MOST_PLANES;
use crate::automata::life::grid::PARTS;
use world::brush::Brush;
use world::field::Field;
use world::rng::Rng;

/// Fills places where a field is above 0 and empties them where it is below, with a chance of `gain` at ±1.
pub fn by_field(gas: &mut Gas, field: &Field, gain: f32, rng: Rng) {
    if gain <= 0.0 {
        return;
    }
    let layout = gas.layout();
    let n = layout.stride * PARTS;
    gas.each_row(|y, row, solid| {
        let values = field.row(0, y);
        layout.each_column(|x, i, bit| {
            let chance = gain * values[x];
            if chance == 0.0 || solid[i] >> bit & 1 == 1 {
                return;
            }
            let cell = rng.fork((y * layout.width + x) as u64);
            for (p, plane) in row.chunks_exact_mut(n).enumerate() {
                if cell.unit(p as u64) < chance.abs() {
                    plane[i] = plane[i] & !(1 << bit) | ((chance > 0.0) as u64) << bit;
                }
            }
        });
    });
}

/// Drops discs at random places, `rate` of them on average: full, or empty.
pub fn rain(gas: &mut Gas, rate: f32, radius: f32, full: bool, wraps: [bool; 2], rng: Rng) {
    let (w, h) = gas.size();
    let count = rate as u64 + (rng.unit(0) < rate - rate.trunc()) as u64;
    for drop in 0..count {
        let place = rng.fork(drop);
        let at = [place.unit(0) * w as f32, place.unit(1) * h as f32];
        let disc = Brush::disc(at, radius * h as f32, (w, h), wraps);
        stamp(gas, &disc, |_, _, _| true, full);
    }
}

/// Fills, or empties, those places under a brush that `chosen(cell, plane, weight)` picks.
pub fn stamp(gas: &mut Gas, brush: &Brush, chosen: impl Fn(u64, usize, f32) -> bool + Sync, full: bool) {
    let layout = gas.layout();
    let n = layout.stride * PARTS;
    gas.each_row(|y, row, solid| {
        brush.each_of_row(y, |x, weight| {
            let (i, bit) = layout.place(x);
            let free = (solid[i] >> bit & 1) ^ 1;
            for (p, plane) in row.chunks_exact_mut(n).enumerate() {
                let changed = free & chosen((y * layout.width + x) as u64, p, weight) as u64;
                plane[i] = if full { plane[i] | changed << bit } else { plane[i] & !(changed << bit) };
            }
        });
    });
}

/// Replaces the gas at both ends by gas at a density that drifts to the right at a speed: all of it in the outermost
/// `columns`, and less and less of it towards a tenth of the world before the right end, so that eddies fade there
/// instead of breaking.
pub fn tunnel_ends(gas: &mut Gas, columns: usize, density: f32, speed: f32, rng: Rng) {
    let layout = gas.layout();
    let (n, w) = (layout.stride * PARTS, layout.width);
    let columns = columns.min(w);
    let fading = (w / 10).max(columns);
    let filled = gas.model().drifting(density, [speed, 0.0]);
    gas.each_row(|y, row, solid| {
        for x in (0..columns).chain(w - fading..w) {
            let part = (x + fading).saturating_sub(w) as f32 / fading as f32;
            let is_end = x < columns || x + columns >= w;
            let cell = rng.fork((y * w + x) as u64);
            if !is_end && cell.unit(MOST_PLANES as u64) >= part * part * part {
                continue;
            }
            let (i, bit) = layout.place(x);
            for (p, plane) in row.chunks_exact_mut(n).enumerate() {
                let taken = cell.unit(p as u64) < filled[p] && solid[i] >> bit & 1 == 0;
                plane[i] = plane[i] & !(1 << bit) | (taken as u64) << bit;
            }
        }
    });
}
