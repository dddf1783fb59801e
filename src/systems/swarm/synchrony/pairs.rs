//! Swarmalators: oscillators that swarm, each pair pulling on places and phases (O'Keeffe, Hong and Strogatz 2017).
//!
//! ```text
//! xᵢ' = vᵢ + (1/N) Σⱼ [ d/|d| (A + J cos(θⱼ − θᵢ)) − B d/|d|² ],   d = xⱼ − xᵢ
//! θᵢ' = ωᵢ + (K/N) Σⱼ sin(θⱼ − θᵢ)/|d|
//! ```

use rayon::prelude::*;

use super::forcing::{Forcing, turn};
use super::integrate::{Method, Rule, Scratch, State, advance};
use super::mean::Work;
use super::numbers::Numbers;
use super::waves::{Wave, waves_of};
use crate::real::Real;

/// Swarmalators that one task moves.
const ROW: usize = 64;
/// Square of a length that is added to each squared distance: two at one place push each other no harder than at a
/// thousandth of a unit.
const SOFT: f64 = 1e-6;

/// The parameters of the model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Law<R> {
    /// A: attraction.
    pub attraction: R,
    /// B: repulsion.
    pub repulsion: R,
    /// J: like phases attract (above 0) or repel.
    pub affinity: R,
    /// K: phases align (above 0) or oppose.
    pub coupling: R,
}

impl<R: Real> Law<R> {
    /// With A = B = 1, as published.
    pub fn new(affinity: R, coupling: R) -> Self {
        Self { attraction: R::ONE, repulsion: R::ONE, affinity, coupling }
    }
}

/// The model and what acts on each from outside.
pub struct Pairs<'a, R> {
    /// Parameters.
    pub law: Law<R>,
    /// Natural frequencies, radians per unit of time.
    pub omega: &'a [R],
    /// Velocities of their own across and down, units of length per unit of time; empty for none.
    pub drift: [&'a [R]; 2],
    /// The beat.
    pub beat: Forcing<R>,
    /// In which order is summed.
    pub numbers: &'a Numbers,
    /// Memory.
    pub work: &'a mut PairWork<R>,
}

/// Memory of the rule, kept between steps.
#[derive(Clone, Debug, Default)]
pub struct PairWork<R> {
    own: Work<R>,
    gathered: [Vec<R>; 4],
}

impl<R: Wave> Rule<R> for Pairs<'_, R> {
    fn rates(&mut self, time: R, state: &State<R>, into: &mut State<R>) {
        let PairWork { own, gathered: [xs, ys, ss, cs] } = &mut *self.work;
        waves_of(&state.theta, &mut own.sin, &mut own.cos);
        let numbers = self.numbers;
        let all = [
            numbers.gather(&state.x, xs),
            numbers.gather(&state.y, ys),
            numbers.gather(&own.sin, ss),
            numbers.gather(&own.cos, cs),
        ];
        let targets = [&state.x[..], &state.y, &own.sin, &own.cos];
        let State { x, y, theta } = into;
        let rows = x.par_chunks_mut(ROW).zip(y.par_chunks_mut(ROW)).zip(theta.par_chunks_mut(ROW));
        rows.enumerate().for_each(|(row, ((x, y), theta))| {
            let own = targets.map(|plane| &plane[row * ROW..][..x.len()]);
            pull_row(all, own, &self.law, [x, y, theta]);
        });
        turn(theta, (&own.sin, &own.cos), self.omega, &self.beat, time);
        for (into, drift) in [(x, self.drift[0]), (y, self.drift[1])] {
            into.iter_mut().zip(drift).for_each(|(into, drift)| *into += *drift);
        }
    }
}

world::widest! {
    /// What all do to some: planes are across, down, sine, cosine; results are the rates across, down, and of the phase.
    fn pull_row<R: Wave>(all: [&[R]; 4], own: [&[R]; 4], law: &Law<R>, into: [&mut [R]; 3]) {
        let [x, y, theta] = into;
        let share = R::of(1.0 / all[0].len().max(1) as f64);
        for i in 0..x.len() {
            let at = [own[0][i], own[1][i], own[2][i], own[3][i]];
            let [a, b, turn] = pull(all, at, law);
            x[i] = share * a;
            y[i] = share * b;
            theta[i] = law.coupling * share * turn;
        }
    }
}

/// The sums over all, in eight lanes.
#[inline(always)]
fn pull<R: Wave>(all: [&[R]; 4], at: [R; 4], law: &Law<R>) -> [R; 3] {
    let [xs, ys, ss, cs] = all.map(|plane| plane.as_chunks::<8>());
    let mut sums = [[R::ZERO; 8]; 3];
    for (((x, y), s), c) in xs.0.iter().zip(ys.0).zip(ss.0).zip(cs.0) {
        for lane in 0..8 {
            let [a, b, turn] = pair([x[lane], y[lane], s[lane], c[lane]], at, law);
            sums[0][lane] += a;
            sums[1][lane] += b;
            sums[2][lane] += turn;
        }
    }
    for (lane, (((x, y), s), c)) in xs.1.iter().zip(ys.1).zip(ss.1).zip(cs.1).enumerate() {
        let [a, b, turn] = pair([*x, *y, *s, *c], at, law);
        sums[0][lane] += a;
        sums[1][lane] += b;
        sums[2][lane] += turn;
    }
    sums.map(total)
}

#[inline(always)]
fn total<R: Real>(lanes: [R; 8]) -> R {
    let [a, b, c, d, e, f, g, h] = lanes;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

/// What one does to another, which is at `at`; the other is itself without effect.
#[inline(always)]
fn pair<R: Wave>([x, y, s, c]: [R; 4], at: [R; 4], law: &Law<R>) -> [R; 3] {
    let (dx, dy) = (x - at[0], y - at[1]);
    let near = (dx * dx + dy * dy + R::of(SOFT)).inverse_root();
    let (alike, ahead) = (c * at[3] + s * at[2], s * at[3] - c * at[2]);
    let pull = near * (law.attraction + law.affinity * alike - law.repulsion * near);
    [dx * pull, dy * pull, ahead * near]
}

/// One step of swarmalators of natural frequencies `omega` without velocities of their own.
pub fn swarmalator_step<R: Wave>(state: &mut State<R>, omega: &[R], law: Law<R>, dt: R, method: Method) {
    let (numbers, mut work) = (Numbers::default(), PairWork::default());
    let (drift, beat) = ([&[][..]; 2], Forcing::default());
    let mut rule = Pairs { law, omega, drift, beat, numbers: &numbers, work: &mut work };
    advance(&mut rule, state, (R::ZERO, dt), method, &mut Scratch::default());
}
