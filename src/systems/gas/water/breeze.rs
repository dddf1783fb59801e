//! A breeze: gusts that travel over the water as fast as its waves, and so make them grow (Phillips 1957).
//!
//! Gusts are plane waves of force. A wave's cosine over the world is that of its columns times that of its rows less
//! the same with sines, so a tick needs transcendental functions for a row and a column only.

use rayon::prelude::*;

use super::knobs::WaterKnobs;
use world::field::rows_per_task;
use world::rng::Rng;
use world::widest;

/// Waves of which gusts are made.
const WAVES: usize = 8;

/// Phases of the gusts.
pub struct Breeze {
    rng: Rng,
    phase: [f64; WAVES],
}

/// A wave of force along a direction.
struct Gust {
    /// Wave vector, 1/cells.
    wave: [f64; 2],
    /// Force across and down, cells/s².
    force: [f32; 2],
}

impl Breeze {
    /// Gusts at the addresses of `rng`.
    pub fn new(rng: Rng) -> Self {
        Self { rng, phase: core::array::from_fn(|k| rng.fork(k as u64).unit64(0) * core::f64::consts::TAU) }
    }

    fn gust(&self, k: usize, knobs: &WaterKnobs, size: (usize, usize)) -> Gust {
        let r = self.rng.fork(k as u64);
        // Lengths over two octaves, directions over a third of a turn.
        let spread = (k as f64 + r.unit64(1)) / WAVES as f64 - 0.5;
        let length = knobs.gust as f64 * libm::exp2(2.0 * (r.unit64(2) - 0.5));
        let angle = core::f64::consts::TAU * (knobs.breeze_angle as f64 + 0.34 * spread);
        let along = [libm::cos(angle), libm::sin(angle)];
        // Whole waves, so that they go on round a torus.
        let whole = |d: f64, n: usize| core::f64::consts::TAU * libm::round(d * n as f64 / length) / n as f64;
        let strength = knobs.breeze / libm::sqrtf(WAVES as f32);
        let wave = [whole(along[0], size.0), whole(along[1], size.1)];
        Gust { wave, force: along.map(|d| strength * d as f32) }
    }

    /// Adds the force of this tick to two planes of accelerations, and lets time pass. `depth` is that of the water.
    pub fn blow(
        &mut self,
        knobs: &WaterKnobs,
        size: (usize, usize),
        depth: f32,
        seconds: f32,
        force: &mut [f32],
    ) {
        let (w, h) = size;
        let speed = libm::sqrt(knobs.gravity as f64 * (depth as f64).clamp(0.01, 1e4));
        let (across, down) = force.split_at_mut(w * h);
        for k in 0..WAVES {
            let gust = self.gust(k, knobs, size);
            let number = libm::sqrt(gust.wave[0] * gust.wave[0] + gust.wave[1] * gust.wave[1]);
            self.phase[k] = (self.phase[k] + number * speed * seconds as f64) % core::f64::consts::TAU;
            let turn = |wave: f64, x: usize, phase: f64| {
                let (sin, cos) = libm::sincos(wave * x as f64 - phase);
                [cos as f32, sin as f32]
            };
            let [cosines, sines] = [0, 1]
                .map(|part| (0..w).map(|x| turn(gust.wave[0], x, self.phase[k])[part]).collect::<Vec<f32>>());
            let rows = across.par_chunks_mut(w).zip(down.par_chunks_mut(w)).enumerate();
            rows.with_min_len(rows_per_task(w)).for_each(|(y, (across, down))| {
                add([&cosines, &sines], turn(gust.wave[1], y, 0.0), gust.force, [across, down]);
            });
        }
    }
}

widest! {
    /// Adds a gust to a row of forces, from the cosines and sines of its columns and of the row.
    fn add(columns: [&[f32]; 2], row: [f32; 2], force: [f32; 2], into: [&mut [f32]; 2]) {
        let [across, down] = into;
        let n = across.len();
        let (down, [cosines, sines]) = (&mut down[..n], columns.map(|l| &l[..n]));
        for x in 0..n {
            let wave = row[0] * cosines[x] - row[1] * sines[x];
            across[x] += force[0] * wave;
            down[x] += force[1] * wave;
        }
    }
}
