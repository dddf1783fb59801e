//! Steps of a world on a torus, and their gradient (backpropagation through time).
//!
//! The same arithmetic as inference: with the same weights, numbers and cells that fire, the states have the same bits.

use super::halo::HaloGrid;
use super::products::{matrix, transpose};
use super::rule::{CellRule, firing};
use crate::net::convolution::tile::{Run, transposed};
use world::rng::Rng;

/// What the gradient of some steps needs.
pub struct Tape {
    size: (usize, usize),
    steps: Vec<TapedStep>,
}

struct TapedStep {
    /// What cells saw before the step.
    seen: HaloGrid,
    fired: Vec<usize>,
    /// `[fired][hidden]`.
    hidden: Vec<f32>,
}

impl CellRule {
    /// A world `[channels][height][width]` after `steps` steps, and their tape. In step t the cells fire that
    /// `rng.fork(t)` draws, a share of `fire`; what they are given (`[given][height][width]`) stays.
    pub fn unroll(
        &self,
        state: &[f32],
        given: &[f32],
        size: (usize, usize),
        (steps, fire): (usize, f32),
        rng: Rng,
    ) -> (Vec<f32>, Tape) {
        let channels = self.shape.channels;
        let mut grid = HaloGrid::new(size, self.shape.inputs(), self.shape.reach());
        grid.fill(0, state);
        grid.fill(channels, given);
        let mut tape = Tape { size, steps: Vec::with_capacity(steps) };
        for t in 0..steps {
            grid.wrap();
            let fired = firing(0..size.0 * size.1, fire, rng.fork(t as u64));
            let bases: Vec<usize> = fired.iter().map(|&i| grid.window(i)).collect();
            let hidden = self.hidden(&grid, &bases, None);
            let change = self.change(&hidden);
            let seen = grid.clone();
            for (&cell, change) in fired.iter().zip(change.chunks_exact(channels)) {
                let at = grid.place(cell);
                grid.data[at..at + channels].iter_mut().zip(change).for_each(|(s, d)| *s += d);
            }
            tape.steps.push(TapedStep { seen, fired, hidden });
        }
        (grid.planes(channels), tape)
    }

    /// The gradient of a state before some steps, from that after them (both `[channels][height][width]`); that of the
    /// weights is added to `gradient`.
    pub fn unrolled_gradient(&self, tape: &Tape, after: &[f32], gradient: &mut Self) -> Vec<f32> {
        let (channels, hidden, cells) = (self.shape.channels, self.shape.hidden, tape.size.0 * tape.size.1);
        let (taps, reach) = (self.shape.taps() * self.shape.inputs(), self.shape.reach());
        // Channels last, as the steps have it.
        let mut state = transpose(after, cells);
        let back = [transpose(&self.update, channels), transpose(&self.perceive, hidden)];
        for TapedStep { seen, fired, hidden: units } in tape.steps.iter().rev() {
            let of = |&i: &usize| state[i * channels..(i + 1) * channels].iter().copied();
            let change: Vec<f32> = fired.iter().flat_map(of).collect();
            let rows: Vec<usize> = (0..fired.len()).map(|i| i * hidden).collect();
            if rows.is_empty() {
                continue;
            }
            transposed(units, &rows, &change, channels, hidden, &mut gradient.update);
            let mut of_units = matrix(&change, channels, &back[0], hidden);
            of_units.iter_mut().zip(units).for_each(|(d, u)| *d = if *u > 0.0 { *d } else { 0.0 });
            for row in of_units.chunks_exact(hidden) {
                gradient.bias.iter_mut().zip(row).for_each(|(b, d)| *b += d);
            }
            let windows: Vec<usize> = fired.iter().map(|&i| seen.window(i)).collect();
            let runs = self.shape.runs(seen);
            for run in &runs {
                let into = &mut gradient.perceive[run.row * hidden..(run.row + run.len) * hidden];
                transposed(&seen.data[run.from..], &windows, &of_units, hidden, run.len, into);
            }
            let mut of_seen = HaloGrid::new(tape.size, seen.channels, reach);
            let spread = matrix(&of_units, hidden, &back[1], taps);
            scatter(&mut of_seen, &windows, &runs, &spread);
            for (cell, state) in state.chunks_exact_mut(channels).enumerate() {
                let from = of_seen.place(cell);
                state.iter_mut().zip(&of_seen.data[from..]).for_each(|(s, d)| *s += d);
            }
        }
        transpose(&state, channels)
    }
}

/// Adds a row of values to each window, at what `runs` read of it, then the halo to the cells that it repeats: the
/// transpose of reading windows.
pub fn scatter(grid: &mut HaloGrid, windows: &[usize], runs: &[Run], rows: &[f32]) {
    let taps: usize = runs.iter().map(|r| r.len).sum();
    for (base, row) in windows.iter().zip(rows.chunks_exact(taps)) {
        for run in runs {
            let into = &mut grid.data[base + run.from..][..run.len];
            into.iter_mut().zip(&row[run.row..]).for_each(|(to, v)| *to += v);
        }
    }
    grid.fold();
}

#[cfg(test)]
mod tests;
