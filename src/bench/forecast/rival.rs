//! What is held against the rule: the learned world, and what needs no learning.

use rayon::prelude::*;

use super::setup::{ForecastError, ForecastSetup, rollout};
use crate::generator::GeneratorError;
use crate::metrics::MetricError;
use crate::metrics::motion::{Layout, Rollout};
use crate::price::{Meter, WATTS};
use crate::rollout::SceneRollout;
use learn::dynamics::{Trajectory, WorldModel};
use world::rng::Rng;

/// Kind of a rival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RivalKind {
    /// The learned world.
    Learned,
    /// The first frame for ever.
    Persistence,
    /// The rule from a slightly different start.
    Perturbed,
    /// The rule on cells so many times as wide.
    Coarse(usize),
}

/// A rival and its roll-outs.
pub struct Rival {
    /// Its name.
    pub name: String,
    /// What it is, in one sentence.
    pub about: String,
    /// Its kind.
    pub kind: RivalKind,
    /// A roll-out for each world; frame 0 is the start.
    pub rollouts: Vec<Rollout>,
    /// CPU time of a frame, milliseconds.
    pub ms: f64,
}

/// The result of a piece of work, and its CPU time for each frame of all worlds, milliseconds.
pub fn timed<R>(setup: &ForecastSetup, work: impl FnOnce() -> R) -> (R, f64) {
    let (made, cost) = Meter::new(WATTS).measure(work);
    let frames = (setup.frames + setup.history) * setup.seeds.clone().count();
    (made, 1e3 * cost.process_seconds / frames.max(1) as f64)
}

/// The learned world, from the frames that it may see.
///
/// # Errors
/// Its first frame is not finite.
pub fn learned(
    (name, model): (&str, &dyn WorldModel),
    worlds: &[Trajectory],
    layout: &Layout,
    setup: &ForecastSetup,
    rng: Rng,
    step: &(dyn Fn(&str) + Sync),
) -> Result<Rival, MetricError> {
    step(name);
    let history = setup.history;
    let one = |w: &Trajectory| {
        let driven = &w.frames[history..history + setup.frames];
        let made = model.rollout(&w.frames[..history], driven, rng.fork(w.seed));
        let start = w.frames[history - 1].state.clone();
        Rollout::of_imitator(layout.clone(), std::iter::once(start).chain(made).collect())
    };
    let (rollouts, ms) = timed(setup, || worlds.par_iter().map(one).collect::<Result<Vec<_>, _>>());
    let about = "Learned from frames of the rule.".into();
    Ok(Rival { name: name.into(), about, kind: RivalKind::Learned, rollouts: rollouts?, ms })
}

/// The forecast that nothing changes.
pub fn persistence(truth: &[Rollout]) -> Rival {
    Rival {
        name: "persistence".into(),
        about: "The first frame for ever.".into(),
        kind: RivalKind::Persistence,
        rollouts: truth.iter().map(Rollout::persistence).collect(),
        ms: 0.0,
    }
}

/// The rule from a slightly different start.
///
/// # Errors
/// The scene cannot be instantiated with a seed.
pub fn perturbed(
    scene: &SceneRollout,
    layout: &Layout,
    setup: &ForecastSetup,
) -> Result<Rival, ForecastError> {
    let seeds: Vec<u64> = setup.seeds.clone().collect();
    let (worlds, ms) = timed(setup, || {
        seeds.par_iter().map(|s| scene.perturbed(*s)).collect::<Result<Vec<_>, GeneratorError>>()
    });
    Ok(Rival {
        name: "the rule, start touched".into(),
        about: "The rule, touched by a short stroke of one cell's width after its first frame: as far as chaos lets any forecast reach.".into(),
        kind: RivalKind::Perturbed,
        rollouts: worlds?.iter().map(|w| rollout(layout, w, setup)).collect::<Result<_, _>>()?,
        ms,
    })
}

/// The rule on wider cells, from the same seeds.
///
/// # Errors
/// The scene cannot be instantiated with a seed.
pub fn coarse(
    scene: &SceneRollout,
    factor: usize,
    layout: &Layout,
    setup: &ForecastSetup,
) -> Result<Rival, ForecastError> {
    let (worlds, ms) = timed(setup, || scene.worlds(setup.seeds.clone(), &|| ()));
    Ok(Rival {
        name: format!("the rule at 1/{factor}"),
        about: format!("The rule on cells {factor} times as wide, interpolated: what a cheap rule does."),
        kind: RivalKind::Coarse(factor),
        rollouts: worlds?.worlds.iter().map(|w| rollout(layout, w, setup)).collect::<Result<_, _>>()?,
        ms,
    })
}
