//! The sound of fire: now and then a pop, where it burns, the more the harder it burns; a few are loud, most are faint.

use super::air::Air;
use super::observe::Figures;
use world::rng::Rng;
use world::system::Sounding;

/// Chances of a pop in one tick.
const CHANCES: u64 = 16;
/// Fuel burnt a second, as a fraction of a world full of it, at which the knob's rate holds.
const REFERENCE: f64 = 0.01;

/// The pops of a tick. `rate` is how many there are a second at the reference fire, times the steps of a tick.
pub fn pops(air: &Air, figures: &Figures, rate: f32, rng: Rng, into: &mut Vec<Sounding>) {
    into.clear();
    let total: f64 = figures.rows.iter().sum();
    if total <= 0.0 {
        return;
    }
    let expected = rate as f64 * figures.burnt / REFERENCE;
    let chance = (expected / CHANCES as f64).min(1.0);
    for i in 0..CHANCES {
        let rng = rng.fork(i);
        if rng.unit64(0) >= chance {
            continue;
        }
        let Some((x, y)) = place(air, figures, total * rng.unit64(1)) else { continue };
        let (w, h) = (air.size.0 as f32, air.size.1 as f32);
        // Strengths fall off like those of crumpling and of burning twigs: many faint, few loud.
        let loud = rng.unit(2);
        into.push(Sounding {
            at: rng.unit(3),
            x: (x as f32 + 0.5) / w,
            y: (y as f32 + 0.5) / h,
            strength: 0.05 + 0.95 * loud * loud * loud * loud,
            size: 1.0 + 3.0 * rng.unit(4),
            kind: 0,
        });
    }
    into.sort_by(|a, b| a.at.total_cmp(&b.at));
}

/// The cell at which the fuel burnt so far, row after row, reaches a sum.
fn place(air: &Air, figures: &Figures, mut sum: f64) -> Option<(usize, usize)> {
    let w = air.size.0;
    let y = figures.rows.iter().position(|row| {
        let here = sum < *row;
        sum -= if here { 0.0 } else { *row };
        here
    })?;
    let row = &air.burnt[y * w..(y + 1) * w];
    let x = row.iter().position(|&burnt| {
        sum -= burnt as f64;
        sum < 0.0
    });
    Some((x.or_else(|| row.iter().rposition(|&b| b > 0.0))?, y))
}
