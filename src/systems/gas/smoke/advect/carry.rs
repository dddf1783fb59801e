//! Values carried by a flow: four schemes.

use super::super::real::Real;
use super::super::rows::{each_pair, each_row};
use super::nodes::{BLOCK, FETCHED, Four, Nodes, Points, Source};
use super::trace::{Place, Traces};
use world::widest;

world::choices! {
    /// How values are carried.
    pub enum Scheme {
        /// Stable and blurred.
        SemiLagrangian: "semi_lagrangian",
        /// Sharp; it overshoots at edges.
        MacCormack: "maccormack",
        /// Sharp, and within the four values that it comes from.
        Clamp: "clamp",
        /// Sharp; the blurred value where it would leave those four.
        Revert: "revert",
    }
}

/// Values of nodes, `C` at each.
#[derive(Clone, Debug, Default)]
pub struct Carried<T, const C: usize> {
    /// Now.
    pub now: Vec<[T; C]>,
    guess: Vec<[T; C]>,
    next: Vec<[T; C]>,
}

impl<T: Real, const C: usize> Carried<T, C> {
    /// Of these nodes.
    pub fn new(now: Vec<[T; C]>) -> Self {
        let empty = vec![[T::ZERO; C]; now.len()];
        Self { guess: empty.clone(), next: empty, now }
    }

    /// Room for values that are put in for each step.
    pub fn room(nodes: usize) -> Self {
        let empty = vec![[T::ZERO; C]; nodes];
        Self { guess: empty.clone(), next: empty, now: Vec::new() }
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
        let wide = nodes.w * nodes.h > super::super::rows::ALONE;
        let step = Step { nodes, place, traces };
        let from = &self.now[..];
        let each = beside.len() / nodes.h;
        let beside = (beside, each);
        if scheme == Scheme::SemiLagrangian {
            each_pair((&mut self.guess, nodes.w), beside, wide, |y, row, beside| {
                predict(row, from, step, y);
                finish(row, beside);
            });
            return std::mem::swap(&mut self.now, &mut self.guess);
        }
        each_row(&mut self.guess, nodes.w, wide, |y, row| predict(row, from, step, y));
        let planes = [from, &self.guess];
        each_pair((&mut self.next, nodes.w), beside, wide, |y, row, beside| {
            match scheme {
                Scheme::Clamp => correct_clamp(row, planes, step, y),
                Scheme::Revert => correct_revert(row, planes, step, y),
                _ => correct_free(row, planes, step, y),
            }
            finish(row, beside);
        });
        std::mem::swap(&mut self.now, &mut self.next);
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

struct Step<'a, T> {
    nodes: Nodes,
    place: Place,
    traces: &'a Traces<T>,
}

impl<T> Clone for Step<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Step<'_, T> {}

widest! {
    fn predict<T: Real, const C: usize>(row: &mut [[T; C]], from: &[[T; C]], step: Step<T>, y: usize) {
        let mut points = Points::new();
        let (mut dx, mut dy) = ([T::ZERO; BLOCK], [T::ZERO; BLOCK]);
        for (k, out) in row.chunks_mut(BLOCK).enumerate() {
            let at = (k * BLOCK, y);
            step.place.displacements(step.nodes, &step.traces.back, at, out.len(), [&mut dx, &mut dy]);
            points.displace(step.nodes, at, out.len(), T::ONE, [&dx, &dy]);
            step.nodes.each(Source::values(from, &points), out.len(), |i, four| out[i] = four.between(points.tx[i], points.ty[i]));
        }
    }
}

const FREE: u8 = 0;
const CLAMP: u8 = 1;
const REVERT: u8 = 2;

widest! {
    fn correct_free<T: Real, const C: usize>(row: &mut [[T; C]], planes: [&[[T; C]]; 2], step: Step<T>, y: usize) {
        corrected::<T, C, FREE>(row, planes, step, y);
    }
}
widest! {
    fn correct_clamp<T: Real, const C: usize>(row: &mut [[T; C]], planes: [&[[T; C]]; 2], step: Step<T>, y: usize) {
        corrected::<T, C, CLAMP>(row, planes, step, y);
    }
}
widest! {
    fn correct_revert<T: Real, const C: usize>(row: &mut [[T; C]], planes: [&[[T; C]]; 2], step: Step<T>, y: usize) {
        corrected::<T, C, REVERT>(row, planes, step, y);
    }
}

#[inline(always)]
fn corrected<T: Real, const C: usize, const LIMIT: u8>(
    row: &mut [[T; C]],
    [from, guess]: [&[[T; C]]; 2],
    step: Step<T>,
    y: usize,
) {
    let (mut came, mut goes) = (Points::new(), Points::new());
    let (mut dx, mut dy) = ([T::ZERO; BLOCK], [T::ZERO; BLOCK]);
    let (nodes, half) = (step.nodes, T::of(0.5));
    for (k, out) in row.chunks_mut(BLOCK).enumerate() {
        let (at, n) = ((k * BLOCK, y), out.len());
        step.place.displacements(nodes, &step.traces.ahead, at, n, [&mut dx, &mut dy]);
        goes.displace(nodes, at, n, T::ONE, [&dx, &dy]);
        if LIMIT != FREE {
            step.place.displacements(nodes, &step.traces.back, at, n, [&mut dx, &mut dy]);
            came.displace(nodes, at, n, T::ONE, [&dx, &dy]);
        }
        let start = y * nodes.w + at.0;
        let (here, first) = (&from[start..start + n], &guess[start..start + n]);
        let corrected = |i: usize, four: Four<T, C>| {
            let (mut value, returned) = (first[i], four.between(goes.tx[i], goes.ty[i]));
            for c in 0..C {
                value[c] += half * (here[i][c] - returned[c]);
            }
            value
        };
        let limited = |i: usize, value: [T; C], four: Four<T, C>| {
            let mut kept = four.clamp(value);
            if LIMIT == REVERT {
                for c in 0..C {
                    kept[c] = if kept[c] == value[c] { value[c] } else { first[i][c] };
                }
            }
            kept
        };
        let (went, from) = (Source::values(guess, &goes), Source::limits(from, &came));
        if LIMIT != FREE && C > FETCHED {
            for (i, out) in out.iter_mut().enumerate() {
                let value = nodes.four(went, i, |four| corrected(i, four));
                *out = nodes.four(from, i, |four| limited(i, value, four));
            }
            continue;
        }
        nodes.each(went, n, |i, four| out[i] = corrected(i, four));
        if LIMIT != FREE {
            nodes.each(from, n, |i, four| out[i] = limited(i, out[i], four));
        }
    }
}
