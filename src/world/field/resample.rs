//! Separable resampling: area averages when shrinking, linear interpolation when growing. First along rows, each row of
//! the source once, then down.

use rayon::prelude::*;

use super::Field;
use crate::widest;

/// Target rows that share a cache of source rows.
const BAND: usize = 16;

impl Field {
    /// This field resampled into `into`'s size: area average when shrinking, bilinear when growing.
    /// `into` takes this field's number of planes.
    pub fn resample(&self, into: &mut Field) {
        let (w, h) = into.size();
        into.reshape(w, h, self.planes());
        if (w, h) == self.size() {
            into.data_mut().copy_from_slice(self.data());
            return;
        }
        let (columns, rows) = (AxisFilter::new(self.width(), w), AxisFilter::new(self.height(), h));
        for plane in 0..self.planes() {
            into.plane_mut(plane).par_chunks_mut(w * BAND).enumerate().for_each(|(band, out)| {
                let mut known =
                    RowCache { of: vec![usize::MAX; rows.reach], lines: vec![0.0; rows.reach * w] };
                for (i, out) in out.chunks_exact_mut(w).enumerate() {
                    let (first, weights) = rows.tap(band * BAND + i);
                    for (k, &weight) in weights.iter().enumerate() {
                        let line = known.line(self, plane, first + k, &columns);
                        add(line, weight, k == 0, out);
                    }
                }
            });
        }
    }
}

/// For every target cell of an axis, `reach` source cells from a first one on, with weights that sum to one.
struct AxisFilter {
    first: Vec<usize>,
    weights: Vec<f32>,
    reach: usize,
}

impl AxisFilter {
    fn new(sources: usize, targets: usize) -> Self {
        let taps: Vec<(usize, Vec<f32>)> = (0..targets).map(|t| tap(t, targets, sources)).collect();
        let reach = taps.iter().map(|t| t.1.len()).max().unwrap_or(1);
        let mut weights = vec![0.0; targets * reach];
        let mut first = Vec::with_capacity(targets);
        for ((start, own), weights) in taps.iter().zip(weights.chunks_exact_mut(reach)) {
            let from = (*start).min(sources - reach);
            weights[start - from..][..own.len()].copy_from_slice(own);
            first.push(from);
        }
        Self { first, weights, reach }
    }

    fn tap(&self, target: usize) -> (usize, &[f32]) {
        (self.first[target], &self.weights[target * self.reach..][..self.reach])
    }
}

/// The source cells behind one target cell.
fn tap(target: usize, targets: usize, sources: usize) -> (usize, Vec<f32>) {
    let scale = sources as f64 / targets as f64;
    if scale > 1.0 {
        let (lo, hi) = (target as f64 * scale, (target + 1) as f64 * scale);
        let (first, last) = (lo as usize, ((libm::ceil(hi) as usize).max(1) - 1).min(sources - 1));
        let cover = |i: usize| (hi.min((i + 1) as f64) - lo.max(i as f64)).max(0.0) / scale;
        (first, (first..=last).map(|i| cover(i) as f32).collect())
    } else {
        let at = ((target as f64 + 0.5) * scale - 0.5).clamp(0.0, (sources - 1) as f64);
        let first = (at as usize).min(sources.saturating_sub(2));
        let t = (at - first as f64) as f32;
        (first, if sources == 1 { vec![1.0] } else { vec![1.0 - t, t] })
    }
}

/// Source rows in the target's width: the last few that were needed.
struct RowCache {
    of: Vec<usize>,
    lines: Vec<f32>,
}

impl RowCache {
    fn line(&mut self, from: &Field, plane: usize, row: usize, columns: &AxisFilter) -> &[f32] {
        let (slot, w) = (row % self.of.len(), columns.first.len());
        let line = &mut self.lines[slot * w..][..w];
        if self.of[slot] != row {
            self.of[slot] = row;
            stretch(from.row(plane, row), columns, line);
        }
        line
    }
}

fn stretch(row: &[f32], columns: &AxisFilter, out: &mut [f32]) {
    let taps = columns.first.iter().zip(columns.weights.chunks_exact(columns.reach));
    for (out, (&first, weights)) in out.iter_mut().zip(taps) {
        let cells = &row[first..first + weights.len()];
        *out = cells.iter().zip(weights).map(|(v, w)| w * v).sum();
    }
}

widest! {
    fn add(line: &[f32], weight: f32, first: bool, out: &mut [f32]) {
        let line = out.iter_mut().zip(line);
        match first {
            true => line.for_each(|(out, v)| *out = weight * v),
            false => line.for_each(|(out, v)| *out += weight * v),
        }
    }
}
