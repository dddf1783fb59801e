//! Coupling of all to all, by the mean field: θᵢ' = ωᵢ + (K/N) Σⱼ sin(θⱼ − θᵢ) = ωᵢ + K r sin(ψ − θᵢ) (Kuramoto 1975). As much
//! work as there are oscillators.

use rayon::prelude::*;

use super::forcing::{Forcing, turn};
use super::integrate::{Method, Rule, Scratch, State, advance};
use super::numbers::Numbers;
use super::waves::{TASK, Wave, waves_of};
use crate::real::Real;

/// Kuramoto's model.
pub struct Mean<'a, R> {
    /// K, per unit of time.
    pub coupling: R,
    /// Natural frequencies, radians per unit of time.
    pub omega: &'a [R],
    /// The beat.
    pub beat: Forcing<R>,
    /// In which order is summed.
    pub numbers: &'a Numbers,
    /// Memory.
    pub work: &'a mut Work<R>,
}

/// Memory of a rule, kept between steps.
#[derive(Clone, Debug, Default)]
pub struct Work<R> {
    /// Sines of the phases.
    pub sin: Vec<R>,
    /// Cosines of the phases.
    pub cos: Vec<R>,
    gathered: Vec<R>,
}

impl<R: Wave> Rule<R> for Mean<'_, R> {
    fn rates(&mut self, time: R, state: &State<R>, into: &mut State<R>) {
        let Work { sin, cos, gathered } = &mut *self.work;
        waves_of(&state.theta, sin, cos);
        let n = R::of(1.0 / state.theta.len().max(1) as f64);
        let [s, c] = [&*sin, &*cos].map(|wave| R::of(sum(self.numbers.gather(wave, gathered))));
        let pull = [self.coupling * n * s, self.coupling * n * c];
        let parts = into.theta.par_chunks_mut(TASK).zip(sin.par_chunks(TASK)).zip(cos.par_chunks(TASK));
        parts.for_each(|((into, sin), cos)| pull_row(into, sin, cos, pull));
        turn(&mut into.theta, (sin, cos), self.omega, &self.beat, time);
    }
}

world::widest! {
    fn pull_row<R: Real>(into: &mut [R], sin: &[R], cos: &[R], pull: [R; 2]) {
        for ((into, sin), cos) in into.iter_mut().zip(sin).zip(cos) {
            *into = pull[0] * *cos - pull[1] * *sin;
        }
    }
}

/// Sum in an order that no thread and no width changes.
pub fn sum<R: Real>(values: &[R]) -> f64 {
    let parts: Vec<f64> = values.par_chunks(TASK).map(crate::real::sum).collect();
    parts.iter().sum()
}

/// One step of Kuramoto's model: N phases (radians), natural frequencies (radians per unit of time), coupling K.
pub fn kuramoto_step<R: Wave>(theta: &mut Vec<R>, omega: &[R], coupling: R, dt: R, method: Method) {
    let (numbers, mut work) = (Numbers::default(), Work::default());
    let mut rule = Mean { coupling, omega, beat: Forcing::default(), numbers: &numbers, work: &mut work };
    let mut state = State { theta: core::mem::take(theta), ..State::default() };
    advance(&mut rule, &mut state, (R::ZERO, dt), method, &mut Scratch::default());
    *theta = state.theta;
}
