//! What touches do: pour gas in or remove it, and push it along.

use super::gas::Gas;
use super::source::stamp;
use super::wind::turn;
use crate::automata::life::grid::PARTS;
use world::brush::Brush;
use world::rng::Rng;

/// Fills places under a brush that gives, empties them under one that takes, with a chance of `pour` on its path.
pub fn pour(gas: &mut Gas, brush: &Brush, pour: f32, rng: Rng) {
    let chance = pour * brush.amount();
    if chance > 0.0 {
        stamp(
            gas,
            brush,
            |cell, plane, weight| rng.fork(cell).unit(plane as u64) < chance * weight,
            brush.gives(),
        );
    }
}

/// Turns particles along a brush that gives and moves, with a chance of `push` on its path.
pub fn push(gas: &mut Gas, brush: &Brush, push: f32, rng: Rng) {
    let [right, down] = brush.moved();
    let length = (right * right + down * down).sqrt();
    if !brush.gives() || length < 1e-3 {
        return;
    }
    let (model, layout) = (gas.model(), gas.layout());
    let n = layout.stride * PARTS;
    gas.each_row(|y, row, solid| {
        if brush.spans(y).next().is_none() {
            return;
        }
        for (axis, part) in [right / length, down / length].into_iter().enumerate() {
            let (rng, chance) = (rng.fork(axis as u64), push * brush.amount() * part.abs());
            let mut turning = vec![0; n];
            brush.each_of_row(y, |x, weight| {
                let (i, bit) = layout.place(x);
                let turns = rng.unit((y * layout.width + x) as u64) < chance * weight;
                turning[i] |= (turns as u64) << bit;
            });
            for &[from, to] in model.turns(axis == 0) {
                turn(row, n, if part > 0.0 { [from, to] } else { [to, from] }, &turning, solid);
            }
        }
    });
}
