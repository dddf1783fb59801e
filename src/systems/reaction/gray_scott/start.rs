//! Initial condition of the reaction, and rates with patterns to see.

use rayon::prelude::*;
use world::brush::Brush;
use world::field::{Field, rows_per_task};
use world::rng::Rng;
use world::system::InitContext;

/// Concentrations of U and V in a drop, enough for a drop of a few cells to grow at every pair of rates at which
/// anything does.
pub const DROP: [f32; 2] = [0.25, 0.5];
/// The planes of the field.
pub const U: usize = 0;
pub const V: usize = 1;
/// Radius of a drop, in cells.
const RADIUS: f32 = 5.0;

/// U everywhere, and round drops of V at random positions, `drops` per 10,000 cells.
pub fn begin(drops: f32, wraps: bool, birth: &InitContext) -> Field {
    let (w, h) = (birth.width, birth.height);
    let mut field = Field::new(w, h, 2);
    field.plane_mut(U).fill(1.0);
    let (rng, wraps) = (birth.rng.named("drops"), [wraps; 2]);
    let count = (drops as f64 * (w * h) as f64 / 1e4).round().max(1.0) as u64;
    for drop in (0..count).filter(|_| drops > 0.0) {
        let place = rng.fork(drop);
        let at = [place.unit(0) * w as f32, place.unit(1) * h as f32];
        let brush = Brush::disc(at, RADIUS, (w, h), wraps);
        for (plane, goal) in [U, V].into_iter().zip(DROP) {
            brush.paint(field.plane_mut(plane), |_, _, value, weight| *value += weight * (goal - *value));
        }
    }
    field
}

/// Drops V into cells at random where a field exceeds 0.5.
pub fn sow(now: &mut Field, seed: &Field, fertile: f32, rng: Rng) {
    let (w, h) = now.size();
    let (u, v) = now.data_mut().split_at_mut(w * h);
    let rows = u.par_chunks_mut(w).zip(v.par_chunks_mut(w)).with_min_len(rows_per_task(w)).enumerate();
    rows.for_each(|(y, (u, v))| {
        for (x, seed) in seed.row(0, y).iter().enumerate() {
            let chance = fertile * (2.0 * seed - 1.0).clamp(0.0, 1.0);
            if chance > 0.0 && rng.unit((y * w + x) as u64) < chance {
                [u[x], v[x]] = DROP;
            }
        }
    });
}

/// A pair of feed and kill at which something grows for ever, after Pearson's map, a little off its middle.
pub fn habitat(rng: Rng) -> Vec<(&'static str, f64)> {
    const WORTH: [(f64, f64); 8] = [
        (0.0545, 0.062),  // coral
        (0.037, 0.060),   // labyrinth
        (0.0367, 0.0649), // dividing spots
        (0.030, 0.062),   // spots
        (0.029, 0.057),   // maze
        (0.026, 0.051),   // chaos
        (0.018, 0.051),   // pulsing spots
        (0.062, 0.061),   // worms
    ];
    let (feed, kill) = WORTH[rng.below(0, WORTH.len() as u64) as usize];
    let off = |i: u64, by: f64| by * (rng.unit64(i) - 0.5);
    vec![
        ("feed", feed + off(1, 0.001)),
        ("kill", kill + off(2, 0.0005)),
        ("diffusion_u", 0.2),
        ("diffusion_v", 0.1),
        ("steps", 8.0),
        ("drops", 4.0 + 16.0 * rng.unit64(3)),
    ]
}
