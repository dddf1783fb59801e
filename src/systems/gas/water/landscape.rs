//! The ground: a landscape of noise where nothing is wired, else the wired field; either way it moves towards its goal
//! and carries the water, of which it neither makes nor takes any.

use rayon::prelude::*;

use super::knobs::WaterKnobs;
use super::shallow::Shallow;
use world::field::{Field, rows_per_task};
use world::rng::Rng;

/// Octaves of the landscape.
const OCTAVES: usize = 5;
/// Greatest height or depth of the ground, cells.
pub const HEIGHT_LIMIT: f32 = 2000.0;

/// Goal of the ground.
pub struct Landscape {
    rng: Rng,
    /// Heights of the landscape of noise, 0..1, and the knobs that it was made with.
    shape: Vec<f32>,
    shaped_with: Option<[f32; 2]>,
    goal: Vec<f32>,
    /// Knobs that the goal was made with, while it is a landscape of noise.
    made_with: Option<[f32; 3]>,
    /// Whether the ground has reached its goal.
    settled: bool,
}

impl Landscape {
    /// A landscape of noise at the addresses of `rng`.
    pub fn new(rng: Rng, knobs: &WaterKnobs, size: (usize, usize)) -> Self {
        let goal = vec![0.0; size.0 * size.1];
        let mut new =
            Self { rng, shape: Vec::new(), shaped_with: None, goal, made_with: None, settled: false };
        new.aim(knobs, None, size);
        new
    }

    /// The ground's goal, row after row.
    pub fn goal(&self) -> &[f32] {
        &self.goal
    }

    /// Takes the wired field, or the landscape of the knobs, for a goal.
    pub fn aim(&mut self, knobs: &WaterKnobs, input: Option<&Field>, size: (usize, usize)) {
        let with = [knobs.hills, knobs.hill_size, knobs.rough];
        if input.is_none() && self.made_with == Some(with) {
            return;
        }
        self.settled = false;
        self.made_with = input.is_none().then_some(with);
        let Some(field) = input else {
            self.raise(knobs, size);
            let rows = self.goal.par_chunks_mut(size.0).zip(self.shape.par_chunks(size.0));
            return rows.for_each(|(row, shape)| {
                row.iter_mut().zip(shape).for_each(|(z, s)| *z = knobs.hills * s);
            });
        };
        let rows = self.goal.par_chunks_mut(size.0).with_min_len(rows_per_task(size.0)).enumerate();
        rows.for_each(|(y, row)| {
            row.iter_mut().zip(field.row(0, y)).for_each(|(z, v)| {
                *z = (knobs.relief * v.clamp(-1e3, 1e3)).clamp(-HEIGHT_LIMIT, HEIGHT_LIMIT);
            });
        });
    }

    /// Makes the landscape of noise where it is not the one of the knobs.
    fn raise(&mut self, knobs: &WaterKnobs, (w, h): (usize, usize)) {
        let with = [knobs.hill_size, knobs.rough];
        if self.shaped_with == Some(with) {
            return;
        }
        self.shaped_with = Some(with);
        let octaves = self.octaves(knobs, (w, h));
        self.shape.resize(w * h, 0.0);
        let rows = self.shape.par_chunks_mut(w).with_min_len(rows_per_task(w)).enumerate();
        rows.for_each(|(y, row)| {
            row.iter_mut()
                .enumerate()
                .for_each(|(x, z)| *z = height(&octaves, [x as f32 + 0.5, y as f32 + 0.5]));
        });
    }

    fn octaves(&self, knobs: &WaterKnobs, (w, h): (usize, usize)) -> [Octave; OCTAVES] {
        let size = (knobs.hill_size * h as f32).max(2.0);
        core::array::from_fn(|k| {
            let scale = size / (1u32 << k) as f32;
            // A whole number of features, so that the landscape continues round a torus.
            let count = |n: usize| (n as f32 / scale).round().clamp(1.0, 4096.0);
            let counts = [count(w), count(h)];
            let weight = (0..k).fold(1.0, |a, _| a * knobs.rough);
            let per = [counts[0] / w as f32, counts[1] / h as f32];
            Octave { rng: self.rng.fork(k as u64), counts: counts.map(|c| c as u64), per, weight }
        })
    }

    /// Moves the ground towards its goal.
    pub fn settle(&mut self, water: &mut Shallow, seconds: f32, time: f32) {
        if self.settled {
            return;
        }
        let part = if time > 0.0 { 1.0 - libm::expf(-seconds / time) } else { 1.0 };
        let w = water.size().0;
        let (goal, wired) = (&self.goal, self.made_with.is_none());
        let far = water.move_ground(|y, row| {
            let goal = &goal[y * w..(y + 1) * w];
            row.iter_mut().zip(goal).fold(0f32, |far, (z, goal)| {
                let way = goal - *z;
                *z = if way.abs() < 1e-4 { *goal } else { *z + part * way };
                far.max((goal - *z).abs())
            })
        });
        self.settled = far == 0.0 && !wired;
    }
}

/// One octave of gradient noise (Perlin 2002), periodic over the world.
struct Octave {
    rng: Rng,
    counts: [u64; 2],
    per: [f32; 2],
    weight: f32,
}

impl Octave {
    /// The noise at a place in cells, about −1..1.
    fn at(&self, [x, y]: [f32; 2]) -> f32 {
        let [x, y] = [x * self.per[0], y * self.per[1]];
        let (i, j) = (x.floor(), y.floor());
        let (fx, fy) = (x - i, y - j);
        let smooth = |t: f32| t * t * t * (t * (6.0 * t - 15.0) + 10.0);
        let (s, t) = (smooth(fx), smooth(fy));
        let wrap = |k: f32, d: u64, n: u64| (((k as i64).rem_euclid(n as i64)) as u64 + d) % n;
        let node = |di: u64, dj: u64| {
            let place = wrap(j, dj, self.counts[1]) * self.counts[0] + wrap(i, di, self.counts[0]);
            let [gx, gy] = DIRECTIONS[(self.rng.bits(place) >> 61) as usize];
            gx * (fx - di as f32) + gy * (fy - dj as f32)
        };
        let above = node(0, 0) + s * (node(1, 0) - node(0, 0));
        let below = node(0, 1) + s * (node(1, 1) - node(0, 1));
        1.4 * (above + t * (below - above))
    }
}

/// Eight gradients.
const DIRECTIONS: [[f32; 2]; 8] = {
    let (a, b) = (0.923_879_5, 0.382_683_43);
    [[a, b], [b, a], [-b, a], [-a, b], [-a, -b], [-b, -a], [b, -a], [a, -b]]
};

/// Height of the landscape, 0..1: hills, and valleys folded into them.
fn height(octaves: &[Octave; OCTAVES], [x, y]: [f32; 2]) -> f32 {
    let bend = [0, 1].map(|k| 0.22 / octaves[1].per[k] * octaves[1].at([y + 37.0 * k as f32, x + 11.0]));
    let at = [x + bend[0], y + bend[1]];
    let (mut sum, mut all) = (0.0, 0.0);
    for (k, octave) in octaves.iter().enumerate() {
        let value = octave.at(at);
        // Folds in the second octave: rivers run along them.
        let value = if k == 1 { 2.0 * value.abs() - 0.6 } else { value };
        sum += octave.weight * value;
        all += octave.weight;
    }
    let t = (0.42 + 0.62 * sum / all).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}
