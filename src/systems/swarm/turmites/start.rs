//! Where ants begin.

use super::colony::Ant;
use super::knobs::{Start, TurmiteKnobs};
use world::rng::Rng;

/// Radius of the circle, in heights.
const RADIUS: f32 = 0.22;

/// The ants of a new world.
pub fn ants(knobs: &TurmiteKnobs, size: (usize, usize), rng: Rng) -> Vec<Ant> {
    let n = knobs.ants;
    let turn = rng.named("ring").unit(0);
    (0..n).map(|i| ant((knobs.start, turn), i, n, size, rng.fork(i as u64))).collect()
}

fn ant((start, from): (Start, f32), i: u32, n: u32, (w, h): (usize, usize), rng: Rng) -> Ant {
    let cell = |x: f32, y: f32| [(x as usize).min(w - 1) as u32, (y as usize).min(h - 1) as u32];
    let middle = [w as f32 / 2.0, h as f32 / 2.0];
    match start {
        Start::Centre => {
            Ant { place: cell(middle[0], middle[1]), facing: ((i + (4.0 * from) as u32) % 4) as u8, state: 0 }
        }
        Start::Ring => {
            let turn = i as f32 / n as f32 + from;
            let (sin, cos) = libm::sincosf(turn * std::f32::consts::TAU);
            let radius = RADIUS * (h.min(w)) as f32;
            // The quarter that it is in: up, right, down, left.
            let facing = [1, 2, 3, 0][(libm::floorf(4.0 * turn + 0.5) as usize) % 4];
            Ant { place: cell(middle[0] + radius * cos, middle[1] + radius * sin), facing, state: 0 }
        }
        Start::Scattered => Ant {
            place: [rng.below(0, w as u64) as u32, rng.below(1, h as u64) as u32],
            facing: rng.below(2, 4) as u8,
            state: 0,
        },
    }
}
