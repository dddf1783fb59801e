//! Integrators: explicit Euler and the classical Runge–Kutta method (Kutta 1901), over any rule of a crowd.

use rayon::prelude::*;

use super::waves::TASK;
use crate::real::Real;

world::choices! {
    /// How the equations are integrated.
    pub enum Method {
        /// Explicit Euler: one evaluation of the rule a step.
        Euler: "euler",
        /// Runge–Kutta of order four (Kutta 1901): four evaluations a step.
        Rk4: "rk4",
    }
}

impl Method {
    /// Evaluations of the rule per step.
    pub fn stages(self) -> usize {
        match self {
            Self::Euler => 1,
            Self::Rk4 => 4,
        }
    }
}

/// A crowd's state, or its rate of change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State<R> {
    /// Places across, units of length; empty for those that stay where they are.
    pub x: Vec<R>,
    /// Places down.
    pub y: Vec<R>,
    /// Phases, radians.
    pub theta: Vec<R>,
}

impl<R: Real> State<R> {
    /// Takes the size of another; values are unspecified.
    fn fit(&mut self, like: &Self) {
        for (own, other) in [(&mut self.x, &like.x), (&mut self.y, &like.y), (&mut self.theta, &like.theta)] {
            own.resize(other.len(), R::ZERO);
        }
    }

    /// self = `from` + `factor`·`rates`.
    fn set(&mut self, from: &Self, factor: R, rates: &Self) {
        set(&mut self.x, &from.x, factor, &rates.x);
        set(&mut self.y, &from.y, factor, &rates.y);
        set(&mut self.theta, &from.theta, factor, &rates.theta);
    }

    /// self += `factor`·`rates`.
    fn add(&mut self, factor: R, rates: &Self) {
        add(&mut self.x, factor, &rates.x);
        add(&mut self.y, factor, &rates.y);
        add(&mut self.theta, factor, &rates.theta);
    }
}

fn set<R: Real>(into: &mut [R], from: &[R], factor: R, rates: &[R]) {
    let parts = into.par_chunks_mut(TASK).zip(from.par_chunks(TASK)).zip(rates.par_chunks(TASK));
    parts.for_each(|((into, from), rates)| set_row(into, from, factor, rates));
}

fn add<R: Real>(into: &mut [R], factor: R, rates: &[R]) {
    into.par_chunks_mut(TASK)
        .zip(rates.par_chunks(TASK))
        .for_each(|(into, rates)| add_row(into, factor, rates));
}

world::widest! {
    fn set_row<R: Real>(into: &mut [R], from: &[R], factor: R, rates: &[R]) {
        for ((into, from), rate) in into.iter_mut().zip(from).zip(rates) {
            *into = *from + factor * *rate;
        }
    }
}

world::widest! {
    fn add_row<R: Real>(into: &mut [R], factor: R, rates: &[R]) {
        for (into, rate) in into.iter_mut().zip(rates) {
            *into += factor * *rate;
        }
    }
}

/// What says how fast a state changes.
///
/// ```
/// use systems::swarm::synchrony::integrate::{Method, Rule, Scratch, State, advance};
///
/// /// Phases that run down to 0.
/// struct Decay;
///
/// impl Rule<f64> for Decay {
///     fn rates(&mut self, _: f64, state: &State<f64>, into: &mut State<f64>) {
///         into.theta = state.theta.iter().map(|theta| -theta).collect();
///     }
/// }
///
/// let mut state = State { theta: vec![1.0], ..State::default() };
/// (0..10).for_each(|_| advance(&mut Decay, &mut state, (0.0, 0.1), Method::Rk4, &mut Scratch::default()));
/// assert!((state.theta[0] - (-1f64).exp()).abs() < 1e-6);
/// ```
pub trait Rule<R: Real> {
    /// Writes the rates of change of a state at a time, all of them.
    fn rates(&mut self, time: R, state: &State<R>, into: &mut State<R>);
}

/// Memory of an integrator, kept between steps.
#[derive(Clone, Debug, Default)]
pub struct Scratch<R> {
    rates: State<R>,
    stage: State<R>,
    sum: State<R>,
}

/// One step of length `dt` from a time.
pub fn advance<R: Real>(
    rule: &mut impl Rule<R>,
    state: &mut State<R>,
    (time, dt): (R, R),
    method: Method,
    scratch: &mut Scratch<R>,
) {
    let Scratch { rates, stage, sum } = scratch;
    rates.fit(state);
    rule.rates(time, state, rates);
    if method == Method::Euler {
        state.add(dt, rates);
        return;
    }
    stage.fit(state);
    sum.clone_from(rates);
    let (half, two) = (R::of(0.5) * dt, R::of(2.0));
    for (ahead, weight) in [(half, two), (half, two), (dt, R::ONE)] {
        stage.set(state, ahead, rates);
        rule.rates(time + ahead, stage, rates);
        sum.add(weight, rates);
    }
    state.add(dt / R::of(6.0), sum);
}
