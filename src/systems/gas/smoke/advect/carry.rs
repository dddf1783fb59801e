//! Values carried by a flow.

use super::super::rows::{ALONE, each_band};
use super::nodes::Nodes;
use super::predict::{Step, predict};
use super::ring::Rings;
use super::scheme::Scheme;
use super::trace::{Place, Traces};
use crate::real::Real;

/// Values of nodes, `C` at each.
#[derive(Clone, Debug, Default)]
pub struct Carried<T, const C: usize> {
    /// Now.
    pub now: Vec<[T; C]>,
    next: Vec<[T; C]>,
    rings: Rings<T, C>,
}

impl<T: Real, const C: usize> Carried<T, C> {
    /// Of these nodes.
    pub fn new(now: Vec<[T; C]>) -> Self {
        let room = Self::room(now.len());
        Self { now, ..room }
    }

    /// Room for values that are put in for each step.
    pub fn room(nodes: usize) -> Self {
        Self { now: Vec::new(), next: vec![[T::ZERO; C]; nodes], rings: Rings::default() }
    }

    /// Carries all values over a step.
    pub fn carry(&mut self, world: World, place: Place, traces: &Traces<T>, scheme: Scheme) {
        let rows = place.nodes(world.size, world.wraps).h;
        self.carry_and(world, place, traces, scheme, &mut vec![(); rows], |_, _| {});
    }

    /// The same; `finish` then changes each row, along with one of a plane `beside`, while it is at hand.
    pub fn carry_and<S: Send>(
        &mut self,
        world: World,
        place: Place,
        traces: &Traces<T>,
        scheme: Scheme,
        beside: &mut [S],
        finish: impl Fn(&mut [[T; C]], &mut [S]) + Sync,
    ) {
        let nodes = place.nodes(world.size, world.wraps);
        let step = Step { from: &self.now, nodes, place, traces };
        let each = beside.len() / nodes.h;
        let rows = if nodes.w * nodes.h > ALONE { rows_of_a_band(nodes) } else { nodes.h };
        each_band((&mut self.next, nodes.w), (beside, each), rows, |first, band, beside| {
            let finish = |y: usize, row: &mut [[T; C]]| {
                finish(row, &mut beside[(y - first) * each..][..each]);
            };
            match scheme {
                Scheme::SemiLagrangian => plain(band, step, first, finish),
                _ => self.rings.take(|ring| ring.carry(band, step, first, scheme, finish)),
            }
        });
        std::mem::swap(&mut self.now, &mut self.next);
    }
}

/// Three bands a thread. Where they begin changes no value.
fn rows_of_a_band(nodes: Nodes) -> usize {
    nodes.h.div_ceil(3 * rayon::current_num_threads()).max(16)
}

/// Carries rows from `first` on, semi-Lagrangian.
fn plain<T: Real, const C: usize>(
    band: &mut [[T; C]],
    step: Step<T, C>,
    first: usize,
    mut finish: impl FnMut(usize, &mut [[T; C]]),
) {
    for (y, row) in (first..).zip(band.chunks_mut(step.nodes.w)) {
        predict(row, step, y);
        finish(y, row);
    }
}

/// A world of cells that may wrap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct World {
    /// Cells across, down.
    pub size: (usize, usize),
    /// Whether it wraps across, and down.
    pub wraps: [bool; 2],
}
