//! What a tick comes to: sums over all cells, in a fixed order.

use rayon::prelude::*;

use super::air::Air;
use super::gas::{HEAT, SMOKE};
use world::field::rows_per_task;

/// Means over all cells, and extremes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// Half the squared speed, (cells/step)².
    pub energy: f64,
    /// Half the squared vorticity, 1/step².
    pub enstrophy: f64,
    /// Temperature above the air outside, K.
    pub heat: f64,
    /// Smoke.
    pub smoke: f64,
    /// Fuel burnt in the tick.
    pub burnt: f64,
    /// Greatest speed, cells/step.
    pub fastest: f32,
    /// Fuel burnt in each row.
    pub rows: Vec<f64>,
}

/// Sums of one row.
#[derive(Clone, Copy, Default)]
struct Row {
    sums: [f64; 5],
    fastest: f32,
}

/// Finds them for the gas as it is; velocities at centres must be up to date.
pub fn figures(air: &Air) -> Figures {
    let (w, h) = air.size;
    let rows: Vec<Row> = (0..h)
        .into_par_iter()
        .with_min_len(rows_per_task(w))
        .map(|y| {
            let span = y * w..(y + 1) * w;
            row(
                &air.centres[span.clone()],
                &air.vorticity[span.clone()],
                &air.gas.now[span.clone()],
                &air.burnt[span],
            )
        })
        .collect();
    let mut sums = [0.0; 5];
    let mut fastest = 0f32;
    for row in &rows {
        sums.iter_mut().zip(row.sums).for_each(|(sum, v)| *sum += v);
        fastest = fastest.max(row.fastest);
    }
    let [energy, enstrophy, heat, smoke, burnt] = sums.map(|sum| sum / (w * h) as f64);
    let rows = rows.iter().map(|row| row.sums[4]).collect();
    Figures { energy, enstrophy, heat, smoke, burnt, fastest: fastest.sqrt(), rows }
}

world::widest! {
    fn row(centres: &[[f32; 2]], vorticity: &[f32], gas: &[[f32; 4]], burnt: &[f32]) -> Row {
        // Eight sums side by side, added up at the end.
        let mut lanes = [[0f32; 8]; 5];
        let mut fastest = [0f32; 8];
        let mut row = Row::default();
        let n = centres.len();
        let (vorticity, gas, burnt) = (&vorticity[..n], &gas[..n], &burnt[..n]);
        for from in (0..n).step_by(8) {
            for lane in 0..8.min(n - from) {
                let x = from + lane;
                let [u, v] = centres[x];
                let square = u * u + v * v;
                lanes[0][lane] += 0.5 * square;
                lanes[1][lane] += 0.5 * (vorticity[x] * vorticity[x]);
                lanes[2][lane] += gas[x][HEAT];
                lanes[3][lane] += gas[x][SMOKE];
                lanes[4][lane] += burnt[x];
                fastest[lane] = if square > fastest[lane] { square } else { fastest[lane] };
            }
        }
        for (sum, lanes) in row.sums.iter_mut().zip(lanes) {
            *sum = lanes.iter().map(|&v| v as f64).sum();
        }
        row.fastest = fastest.into_iter().fold(0.0, f32::max);
        row
    }
}
