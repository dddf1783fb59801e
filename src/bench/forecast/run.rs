//! Running a forecast.

use learn::dynamics::WorldModel;
use world::rng::Rng;

use super::report::{Forecast, RivalReport};
use super::rival::{self, Rival, RivalKind};
use super::setup::{ForecastError, ForecastSetup, layout, rollout};
use crate::metrics::MetricError;
use crate::metrics::motion::Rollout;
use crate::metrics::motion::catalogue::{MOTION_METRICS, Worlds, curves, evaluate};
use crate::rollout::SceneRollout;

/// Runs the rule and its rivals.
///
/// # Errors
/// The scene cannot be instantiated with a seed, or the truth is not finite or constant.
pub fn forecast(
    model: (&str, &dyn WorldModel),
    scene: &SceneRollout,
    setup: ForecastSetup,
    step: &(dyn Fn(&str) + Sync),
) -> Result<Forecast, ForecastError> {
    let layout = layout(scene.spec());
    step("the rule");
    let (worlds, truth_ms) = rival::timed(&setup, || scene.worlds(setup.seeds.clone(), &|| ()));
    let worlds = worlds?.worlds;
    let truth: Vec<Rollout> = worlds.iter().map(|w| rollout(&layout, w, &setup)).collect::<Result<_, _>>()?;
    let mut rivals =
        vec![rival::learned(model, &worlds, &layout, &setup, Rng::new(setup.motion.seed), step)?];
    step("persistence");
    rivals.push(rival::persistence(&truth));
    step("a perturbed start");
    rivals.push(rival::perturbed(scene, &layout, &setup)?);
    let mut notes = Vec::new();
    for factor in [2, 4] {
        match (scene.coarsened(factor), setup.warm_up) {
            (Some(coarse), 0) => {
                step(&format!("1/{factor} of the cells"));
                rivals.push(rival::coarse(&coarse, factor, &layout, &setup)?);
            }
            (Some(_), _) => notes.push(format!(
                "the rule on cells {factor} times as wide starts with the world only: give --warm-up 0 to hold it against this"
            )),
            (None, _) => notes.push(format!("the rule cannot be made {factor} times as coarse")),
        }
    }
    step("metrics");
    let reports = judged(&truth, rivals, &setup)?;
    let about = format!("{}, {}", scene.spec().scene, scene.spec().state.join(", "));
    Ok(Forecast { setup, about, truth, truth_ms, reports, notes })
}

/// Every rival's metrics, with the perturbed rule as floor and persistence as ceiling.
fn judged(
    truth: &[Rollout],
    rivals: Vec<Rival>,
    setup: &ForecastSetup,
) -> Result<Vec<RivalReport>, MetricError> {
    let metrics: Vec<_> = MOTION_METRICS.iter().collect();
    let of = |kind: RivalKind| rivals.iter().find(|r| r.kind == kind).map(|r| r.rollouts.clone());
    let (floor, ceiling) = (of(RivalKind::Perturbed), of(RivalKind::Persistence));
    let bound = |r: &Option<Vec<Rollout>>| r.clone();
    let (floor, ceiling) = (bound(&floor), bound(&ceiling));
    let truth = Worlds::of(truth);
    let one = |rival: Rival| {
        let worlds = Worlds::of(&rival.rollouts);
        let [floor, ceiling] = [&floor, &ceiling].map(|b| b.as_deref().map(Worlds::of));
        let results = evaluate(&truth, &worlds, floor.as_ref(), ceiling.as_ref(), &setup.motion, &metrics);
        let curves = curves(&truth, &worlds, &setup.motion);
        RivalReport { results, curves, rival }
    };
    Ok(rivals.into_iter().map(one).collect())
}
