//! Pictures of single particles.

use super::coarse::{Coarse, MOST, allowed_grain};
use super::flow::Flow;
use super::gas::Gas;
use crate::automata::life::grid::{Layout, PARTS};
use world::field::Field;
use world::view::{Sampling, View};

/// What is shown of single cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Particles {
    /// Share of a cell's places that are taken.
    All,
    /// Particles of one plane.
    Of(usize),
    /// None: the model has no such plane.
    None,
    /// Solid cells.
    Solid,
}

/// Shows single cells of a gas; of a large one, means over small squares.
pub fn show(gas: &Gas, what: Particles, view: &View, sampling: Sampling, into: &mut Field) {
    let (w, h) = gas.size();
    let exact = view.is_whole() && into.size() == (w, h);
    if what == Particles::None {
        return into.data_mut().fill(0.0);
    }
    if w * h <= MOST || exact || what == Particles::Solid {
        return view.project(into, (w, h), sampling, |_, y, row| spell(gas, what, y, row));
    }
    let fits = view.is_whole() && into.width() <= w && into.height() <= h;
    let mut coarse = match fits {
        true => Coarse::sized(gas, into.size()),
        false => Coarse::new(gas, allowed_grain((w, h), 1)),
    };
    coarse.measure(gas, 1.0);
    let flow = Flow { model: gas.model(), coarse: &coarse, grain: [1.0; 2], wraps: [false; 2] };
    view.project(into, coarse.size(), sampling, |_, y, row| match what {
        Particles::Of(plane) => row.copy_from_slice(coarse.row(plane, y)),
        _ => flow.density(y, row),
    });
}

/// One row, cell by cell. Particles in solid cells are not seen.
fn spell(gas: &Gas, what: Particles, y: usize, row: &mut [f32]) {
    row.fill(0.0);
    let (layout, solid) = (gas.layout(), gas.walls().solid().row(y));
    let planes = match what {
        Particles::None => return,
        Particles::Solid => {
            return solid.iter().enumerate().for_each(|(i, word)| add(i, *word, &layout, row));
        }
        Particles::Of(plane) => plane..plane + 1,
        Particles::All => 0..gas.model().planes(),
    };
    let count = planes.len() as f32;
    for plane in planes {
        let words = gas.plane(plane, y).iter().zip(solid).enumerate();
        words.for_each(|(i, (word, solid))| add(i, word & !solid, &layout, row));
    }
    if count > 1.0 {
        row.iter_mut().for_each(|v| *v /= count);
    }
}

/// Adds 1 in every column whose bit is set in word `i`.
fn add(i: usize, word: u64, layout: &Layout, row: &mut [f32]) {
    let first = i % PARTS * 64 * layout.stride + i / PARTS;
    let columns = row.iter_mut().skip(first).step_by(layout.stride);
    columns.take(64).enumerate().for_each(|(bit, v)| *v += (word >> bit & 1) as f32);
}
