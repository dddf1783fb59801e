//! Wind: particles that turn, chosen at random, where the place that they turn to is free.

use super::chance::Chance;
use super::gas::Gas;
use crate::automata::life::grid::PARTS;
use world::field::Field;
use world::rng::Rng;

/// Strength of the wind: a chance that a particle turns, per axis; the sign is the direction.
#[derive(Clone, Copy)]
pub struct Wind<'a> {
    /// The same everywhere, right and down.
    pub uniform: [f32; 2],
    /// Adds to it, times `gain`.
    pub field: Option<&'a Field>,
    /// Strength of the field.
    pub gain: f32,
}

/// Blows once. The number of particles stays the same, their momentum changes.
pub fn blow(gas: &mut Gas, wind: Wind, rng: Rng) {
    let field = wind.field.filter(|_| wind.gain > 0.0);
    if field.is_none() && wind.uniform.iter().all(|v| Chance::new(v.abs()).is_never()) {
        return;
    }
    let (model, layout) = (gas.model(), gas.layout());
    let n = layout.stride * PARTS;
    gas.each_row(|y, row, solid| {
        let mut turning = [vec![0; n], vec![0; n]];
        for axis in 0..2 {
            let rng = rng.fork(axis as u64);
            match field {
                None => uniform(wind.uniform[axis], rng.fork(y as u64), &mut turning),
                Some(field) => {
                    turning.iter_mut().for_each(|t| t.fill(0));
                    let values = field.row(axis, y);
                    layout.each_column(|x, i, bit| {
                        let strength = wind.uniform[axis] + wind.gain * values[x];
                        let turns = rng.unit((y * layout.width + x) as u64) < strength.abs();
                        turning[(strength < 0.0) as usize][i] |= (turns as u64) << bit;
                    });
                }
            }
            for &[from, to] in model.turns(axis == 0) {
                turn(row, n, [from, to], &turning[0], solid);
                turn(row, n, [to, from], &turning[1], solid);
            }
        }
    });
}

/// Bits of the cells where particles turn along, and against, an axis.
fn uniform(strength: f32, rng: Rng, turning: &mut [Vec<u64>; 2]) {
    let chance = Chance::new(strength.abs());
    let [along, against] = turning;
    for (i, (along, against)) in along.iter_mut().zip(against).enumerate() {
        let bits = chance.bits(rng, i as u64);
        (*along, *against) = if strength > 0.0 { (bits, 0) } else { (0, bits) };
    }
}

/// Moves particles from a plane of a row to another, where `turning` is set, the place is free, and nothing solid.
pub fn turn(row: &mut [u64], n: usize, [from, to]: [usize; 2], turning: &[u64], solid: &[u64]) {
    for i in 0..n {
        let moved = row[from * n + i] & !row[to * n + i] & turning[i] & !solid[i];
        row[from * n + i] ^= moved;
        row[to * n + i] ^= moved;
    }
}
