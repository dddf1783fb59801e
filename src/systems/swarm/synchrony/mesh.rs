//! Coarse fields: how many are near a place, and the mean of their e^{iθ}.

use core::f32::consts::TAU;

use super::knobs::Output;
use super::touch::cell;
use super::waves::waves_of;
use world::field::Field;
use world::view::{Sampling, View};

/// Oscillators per cell, if they are evenly spread.
const EACH: f32 = 2.0;
/// Weight below which nobody is near.
const NOBODY: f32 = 1e-3;

/// Number, sine and cosine per cell, smoothed.
pub struct Mesh {
    field: Field,
    mean: f32,
}

impl Mesh {
    /// Of phases at places (fractions of a world of so many cells).
    pub fn new(theta: &[f32], places: impl Fn(usize) -> [f32; 2], (w, h): (usize, usize)) -> Self {
        let side = ((w * h) as f32 * EACH / theta.len().max(1) as f32).sqrt().max(1.0);
        let along = |n: usize| ((n as f32 / side).round() as usize).clamp(1, n);
        let mut field = Field::new(along(w), along(h), 3);
        let size = field.size();
        let (mut sin, mut cos) = (Vec::new(), Vec::new());
        waves_of(theta, &mut sin, &mut cos);
        let cells = size.0 * size.1;
        for i in 0..theta.len() {
            let [u, v] = places(i);
            if let Some(at) = cell(u, v, size) {
                let data = field.data_mut();
                data[at] += 1.0;
                data[cells + at] += sin[i];
                data[2 * cells + at] += cos[i];
            }
        }
        let mean = theta.len() as f32 / cells as f32;
        for _ in 0..2 {
            field = smooth(&field);
        }
        Self { field, mean }
    }

    /// Shows one of the coarse fields.
    pub fn show(&self, port: Output, view: &View, into: &mut Field) {
        let (w, h) = into.size();
        let mut near = Field::new(w, h, 3);
        view.project(&mut near, self.field.size(), Sampling::SmoothBound, |plane, y, row| {
            row.copy_from_slice(self.field.row(plane, y));
        });
        let mean = self.mean;
        into.fill_rows(|_, y, row| {
            let planes = [0, 1, 2].map(|plane| near.row(plane, y));
            for (x, value) in row.iter_mut().enumerate() {
                let [n, s, c] = planes.map(|plane| plane[x]);
                *value = match port {
                    _ if n < NOBODY => 0.0,
                    Output::Order => ((s * s + c * c).sqrt() / n).min(1.0),
                    Output::Phase => turns(s, c),
                    _ => n / mean,
                };
            }
        });
    }
}

/// Angle of a vector, 0..1.
fn turns(sin: f32, cos: f32) -> f32 {
    let turn = libm::atan2f(sin, cos) / TAU;
    if turn < 0.0 { (turn + 1.0).min(1.0) } else { turn }
}

/// The mean of 3 × 3 cells, weighted 1 2 1 along each axis; beyond the border it goes on.
fn smooth(from: &Field) -> Field {
    let (w, h) = from.size();
    let mut into = Field::new(w, h, from.planes());
    into.fill_rows(|plane, y, row| {
        let rows = [y.saturating_sub(1), y, (y + 1).min(h - 1)].map(|y| from.row(plane, y));
        let down = |x: usize| 0.25 * (rows[0][x] + rows[2][x]) + 0.5 * rows[1][x];
        for (x, value) in row.iter_mut().enumerate() {
            let (a, b) = (x.saturating_sub(1), (x + 1).min(w - 1));
            let sum = 0.25 * (down(a) + down(b)) + 0.5 * down(x);
            // What is next to nothing is nothing, not subnormal.
            *value = if sum.abs() > 1e-12 { sum } else { 0.0 };
        }
    });
    into
}
