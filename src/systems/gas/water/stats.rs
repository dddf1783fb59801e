//! Figures of a tick, summed in a fixed order.

use rayon::prelude::*;

use super::foam::{Foam, WET};
use super::shallow::Shallow;
use world::field::rows_per_task;

/// What a tick reports.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stats {
    /// Volume, cells³.
    pub volume: f64,
    /// Kinetic energy over density: half the sum of depth times speed², cells⁵/s².
    pub energy: f64,
    /// Cells under water.
    pub wet: f64,
    /// Sum of foam.
    pub foam: f64,
    /// Greatest speed, cells/s.
    pub speed: f32,
    /// Lowest and highest ground, cells.
    pub ground: [f32; 2],
}

/// The figures of this water.
pub fn measure(water: &Shallow, foam: &Foam) -> Stats {
    let (w, h) = water.size();
    let rows: Vec<Stats> = (0..h)
        .into_par_iter()
        .with_min_len(rows_per_task(w))
        .map(|y| row(water, &foam.foam()[y * w..(y + 1) * w], y))
        .collect();
    let none = Stats { ground: [f32::INFINITY, f32::NEG_INFINITY], ..Stats::default() };
    rows.into_iter().fold(none, |a, b| Stats {
        volume: a.volume + b.volume,
        energy: a.energy + b.energy,
        wet: a.wet + b.wet,
        foam: a.foam + b.foam,
        speed: a.speed.max(b.speed),
        ground: [a.ground[0].min(b.ground[0]), a.ground[1].max(b.ground[1])],
    })
}

fn row(water: &Shallow, foam: &[f32], y: usize) -> Stats {
    const LANES: usize = 8;
    let (h, u, v, z) = (water.depth(y), water.velocity(0, y), water.velocity(1, y), water.ground(y));
    let (mut sums, mut square) = ([[0f64; LANES]; 4], [0f32; LANES]);
    let (mut low, mut high) = ([f32::INFINITY; LANES], [f32::NEG_INFINITY; LANES]);
    for (i, (((&h, &u), &v), (&z, &f))) in h.iter().zip(u).zip(v).zip(z.iter().zip(foam)).enumerate() {
        let (k, s) = (i % LANES, u * u + v * v);
        sums[0][k] += h as f64;
        sums[1][k] += 0.5 * (h * s) as f64;
        sums[2][k] += (h > WET) as u8 as f64;
        sums[3][k] += f as f64;
        square[k] = square[k].max(if h > WET { s } else { 0.0 });
        (low[k], high[k]) = (low[k].min(z), high[k].max(z));
    }
    let [volume, energy, wet, foam] = sums.map(|lanes| lanes.iter().sum());
    Stats {
        volume,
        energy,
        wet,
        foam,
        speed: square.into_iter().fold(0.0, f32::max).sqrt(),
        ground: [
            low.into_iter().fold(f32::INFINITY, f32::min),
            high.into_iter().fold(f32::NEG_INFINITY, f32::max),
        ],
    }
}
