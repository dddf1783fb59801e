//! What a tick can do: beyond that it does less, and says so.

use super::integrate::Method;
use super::knobs::{Motion, SynchronyKnobs};
use world::params::Choice;

/// Most swarmalators.
pub const SWARM: usize = 2500;
/// Pairs that a tick of swarmalators may take: about 6 ms on two threads.
const PAIRS: usize = 13_000_000;
/// Rates of change that a tick of still ones may take.
const RATES: usize = 4_000_000;
/// Pairs that may be looked at for neighbours.
const LOOKS: f32 = 1.5e7;

/// How many oscillators.
pub fn number(knobs: &SynchronyKnobs) -> usize {
    let most = if knobs.motion == Motion::Swarmalators { SWARM } else { usize::MAX };
    (knobs.number as usize).clamp(1, most)
}

/// The integrator and its steps, of so many oscillators.
pub fn steps(knobs: &SynchronyKnobs, n: usize) -> (Method, u32) {
    let (each, most) = match knobs.motion {
        Motion::Still => (n, RATES),
        Motion::Swarmalators => (n * n, PAIRS),
    };
    let fit = |method: Method| (most / (each * method.stages()).max(1)) as u32;
    let method = if fit(knobs.method) > 0 { knobs.method } else { Method::Euler };
    (method, knobs.steps.clamp(1, fit(method).max(1)))
}

/// How far still ones see, heights; 0 if they are coupled all to all.
pub fn reach(knobs: &SynchronyKnobs, n: usize, aspect: f32) -> f32 {
    let (method, steps) = steps(knobs, n);
    // In the nine cells around, each as wide as the reach.
    let looks = 9.0 * n as f32 * n as f32 / aspect * (steps as usize * method.stages()) as f32;
    let most = (LOOKS / looks).sqrt();
    if knobs.reach > 0.0 { knobs.reach.min(most).max(1e-4) } else { 0.0 }
}

/// What is done less than wanted.
pub fn message(knobs: &SynchronyKnobs, n: usize, aspect: f32) -> Option<String> {
    if knobs.motion == Motion::Swarmalators && (n as u32) < knobs.number && n == SWARM {
        return Some(format!("{n} swarmalators: no more, as each acts on each"));
    }
    let (method, fit) = steps(knobs, n);
    if method != knobs.method || fit < knobs.steps {
        let name = Method::NAMES[method.index()];
        return Some(format!("{fit} steps per tick by {name}: {n} oscillators take no more"));
    }
    let fit = reach(knobs, n, aspect);
    let is_less = knobs.motion == Motion::Still && fit < knobs.reach;
    is_less.then(|| format!("a reach of {fit:.4} heights: {n} oscillators see no farther"))
}
