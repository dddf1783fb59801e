//! Initial conditions.

use super::chance::Chance;
use super::gas::Gas;
use super::model::{MOST_PLANES, Model};
use crate::automata::life::grid::PARTS;
use world::rng::Rng;

world::choices! {
    /// Initial condition.
    pub enum Start {
        /// Gas at `density`, at rest.
        Gas: "gas",
        /// The same, with a disc at density `burst` in the middle.
        Disc: "disc",
        /// The same, with a square.
        Square: "square",
        /// The left half at density `burst`, the right one at `density`.
        Half: "half",
        /// Gas that drifts to the right at `stream`.
        Stream: "stream",
        /// A stream to the right between two to the left: their borders roll up into eddies.
        Shear: "shear",
        /// Nothing.
        Empty: "empty",
    }
}

/// What to begin with.
#[derive(Clone, Copy, Debug)]
pub struct Beginning {
    /// The kind.
    pub start: Start,
    /// Density of the gas.
    pub density: f32,
    /// Density of what is set apart.
    pub burst: f32,
    /// Size of what is set apart, as a fraction of the height.
    pub size: f32,
    /// Speed of streams, cells/step.
    pub stream: f32,
}

/// Fills a world, except its walls.
pub fn begin(gas: &mut Gas, how: Beginning, rng: Rng) {
    let (model, layout) = (gas.model(), gas.layout());
    let (w, h) = (layout.width as f32, layout.height as f32);
    let n = layout.stride * PARTS;
    let outside = chances(model, how, false);
    let inside = chances(model, how, true);
    gas.each_row(|y, row, solid| {
        let mut apart = vec![0; n];
        let at = (y as f32 + 0.5) / h;
        layout.each_column(|x, i, bit| {
            // In cells of square pictures: rows are closer together than columns on triangles.
            let (dx, dy) = (x as f32 + 0.5 - 0.5 * w, (at - 0.5) * h * model.row_height());
            let reach = 0.5 * how.size * h * model.row_height();
            let is_apart = match how.start {
                Start::Disc => dx * dx + dy * dy < reach * reach,
                Start::Square => dx.abs().max(dy.abs()) < reach,
                Start::Half => dx < 0.0,
                Start::Shear => (0.25..0.75).contains(&at),
                _ => false,
            };
            apart[i] |= (is_apart as u64) << bit;
        });
        let rng = rng.fork(y as u64);
        for (p, plane) in row.chunks_exact_mut(n).enumerate() {
            let rng = rng.fork(p as u64);
            for (i, word) in plane.iter_mut().enumerate() {
                let address = i as u64;
                let (a, b) = (inside[p].bits(rng, address), outside[p].bits(rng, address));
                *word = (apart[i] & a | !apart[i] & b) & !solid[i];
            }
        }
    });
}

/// Chance of a particle per plane, in the part that is set apart or in the rest.
fn chances(model: Model, how: Beginning, apart: bool) -> [Chance; MOST_PLANES] {
    let density = match how.start {
        Start::Empty => 0.0,
        Start::Disc | Start::Square | Start::Half if apart => how.burst,
        _ => how.density,
    };
    let speed = match how.start {
        Start::Stream => how.stream,
        Start::Shear if apart => how.stream,
        Start::Shear => -how.stream,
        _ => 0.0,
    };
    model.drifting(density, [speed, 0.0]).map(Chance::new)
}
