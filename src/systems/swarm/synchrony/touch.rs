//! A finger on the crowd: giving pulls the phases under it to 0, so that they flash together; taking away scrambles them.

use core::f32::consts::{PI, TAU};

use rayon::prelude::*;

use super::flashes::wrapped;
use world::brush::Brush;
use world::rng::Rng;
use world::stencil::Boundary;
use world::system::Touch;

/// Share of the way to 0 that a phase on the path goes in a tick.
const PULL: f32 = 0.3;
/// Half the way that a phase on the path may jump in a tick, radians.
const JUMP: f32 = 1.2;

/// Applies a touch to phases at places (fractions of a world of so many cells).
pub fn apply(
    theta: &mut [f32],
    places: impl Fn(usize) -> [f32; 2] + Sync,
    touch: &Touch,
    size: (usize, usize),
    rng: Rng,
) {
    let brush = Brush::of(touch, size, Boundary::NoFlux);
    if brush.amount() <= 0.0 {
        return;
    }
    let mut weights = vec![0f32; size.0 * size.1];
    brush.paint(&mut weights, |_, _, cell, weight| *cell = weight);
    theta.par_iter_mut().with_min_len(1024).enumerate().for_each(|(i, theta)| {
        let [u, v] = places(i);
        let weight = cell(u, v, size).map_or(0.0, |cell| weights[cell] * brush.amount());
        if weight > 0.0 {
            let way = match brush.gives() {
                true => PULL * if *theta < PI { -*theta } else { TAU - *theta },
                false => JUMP * (2.0 * rng.unit(i as u64) - 1.0),
            };
            *theta = wrapped(*theta + weight * way);
        }
    });
}

/// Index of the cell at fractions of a world; none outside.
pub fn cell(u: f32, v: f32, (w, h): (usize, usize)) -> Option<usize> {
    let is_within = (0.0..1.0).contains(&u) && (0.0..1.0).contains(&v);
    is_within.then(|| {
        let along = |f: f32, n: usize| ((f * n as f32) as usize).min(n - 1);
        along(v, h) * w + along(u, w)
    })
}
