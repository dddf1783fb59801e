//! Metrics of a generation of learned worlds: roll-outs on worlds held out, against the rule's from the same starts.

use crate::forecast::layout;
use crate::metrics::motion::catalogue::{MotionSetup, Worlds, evaluate, find};
use crate::metrics::motion::{Layout, Observable, Observed, Rollout, Scale, error_curves, valid_times};
use crate::metrics::{MetricError, mean};
use learn::dynamics::{Trajectory, WorldModel, WorldSpec};
use rayon::prelude::*;
use world::rng::Rng;

/// One generation, or something else that forecasts the worlds held out. What cannot be measured is none.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct WorldMetrics {
    /// From 1; 0 for what is not a generation.
    pub generation: usize,
    /// Frames until the mean correlation of the vorticity (of the state, where there is no velocity) with the rule's
    /// falls below 0.8; all of them if it does not.
    pub correlation_time: Option<f64>,
    /// Mean frames until the normalised error exceeds 0.4 (valid prediction time).
    pub valid_time: Option<f64>,
    /// Energy over the rule's, mean over the last tenth of the frames.
    pub energy: Option<f64>,
    /// Mean of |log₁₀| of the energy by wavenumber over the rule's, late frames.
    pub spectrum: Option<f64>,
    /// Largest factor between the energies of an octave of wavenumbers, late frames.
    pub octave: Option<f64>,
    /// Wasserstein distance of the distribution of late values from the rule's, in standard deviations of these.
    pub values: Option<f64>,
    /// The same of their changes from frame to frame.
    pub increments: Option<f64>,
    /// Roll-outs on the worlds held out that did not stay finite.
    pub lost: usize,
    /// Roll-outs of the generation before that were left out of training for that reason.
    pub unlearned: usize,
    /// Time of training and roll-outs, seconds.
    pub seconds: f64,
}

/// Worlds that no generation saw, as the rule runs them.
pub struct HeldOut {
    worlds: Vec<Trajectory>,
    history: usize,
    layout: Layout,
    truth: Vec<Rollout>,
    scale: Scale,
    observed: Observed,
}

impl HeldOut {
    /// Of recorded worlds, of whose frames networks see the first `history`.
    ///
    /// # Errors
    /// No worlds, too few frames, or values that are not finite or are all the same.
    pub fn new(spec: &WorldSpec, worlds: Vec<Trajectory>, history: usize) -> Result<Self, MetricError> {
        let layout = layout(spec);
        let truth = rollouts(&layout, &worlds, history)?;
        let scale = Scale::of(&truth, Observable::of(&layout))?;
        let observed = Observed::of(&truth, &scale)?;
        Ok(Self { worlds, history, layout, truth, scale, observed })
    }

    /// The worlds.
    pub fn worlds(&self) -> &[Trajectory] {
        &self.worlds
    }

    /// Roll-outs of a learned world from the same starts.
    ///
    /// # Errors
    /// It makes states of another size.
    pub fn rolled_out(&self, model: &dyn WorldModel, rng: Rng) -> Result<Vec<Rollout>, MetricError> {
        let one = |w: &Trajectory| {
            // A network that sees fewer frames than others starts from the same one.
            let from = self.history - model.history().min(self.history);
            let (past, driven) = w.frames.split_at(self.history);
            let made = model.rollout(&past[from..], driven, rng.fork(w.seed));
            let start = past[self.history - 1].state.clone();
            Rollout::of_imitator(self.layout.clone(), std::iter::once(start).chain(made).collect())
        };
        self.worlds.par_iter().map(one).collect()
    }

    /// The first frame for ever: the ceiling.
    pub fn persistence(&self) -> Vec<Rollout> {
        self.truth.iter().map(Rollout::persistence).collect()
    }

    /// Other recorded worlds as roll-outs, as many and as long as these.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn recorded(&self, worlds: &[Trajectory]) -> Result<Vec<Rollout>, MetricError> {
        rollouts(&self.layout, worlds, self.history)
    }

    /// Measures roll-outs, in the order of the worlds.
    ///
    /// # Errors
    /// Not as many, or not as long.
    pub fn measure(&self, made: &[Rollout]) -> Result<WorldMetrics, MetricError> {
        let names = [
            "correlation-time-80",
            "energy-at-the-end",
            "spectrum-in-space",
            "worst-octave-in-space",
            "values-wasserstein",
            "increments-wasserstein",
        ];
        let metrics: Vec<_> = names.iter().filter_map(|n| find(n)).collect();
        let setup = MotionSetup { intervals: false, ..MotionSetup::default() };
        let found = evaluate(&Worlds::of(&self.truth), &Worlds::of(made), None, None, &setup, &metrics)?;
        let value = |name: &str| {
            let result = found.iter().find(|m| m.name == name)?.result.as_ref().ok()?;
            Some(result.figure.value).filter(|v| v.is_finite())
        };
        let observed = Observed::of(made, &self.scale)?;
        let valid = valid_times(&error_curves(&self.observed, &observed));
        let valid: Vec<f64> = valid.iter().map(|t| t.time).collect();
        Ok(WorldMetrics {
            correlation_time: value(names[0]),
            valid_time: Some(mean(&valid)),
            energy: value(names[1]),
            spectrum: value(names[2]),
            octave: value(names[3]),
            values: value(names[4]),
            increments: value(names[5]),
            lost: made.iter().filter(|r| r.blow_up().is_some()).count(),
            ..WorldMetrics::default()
        })
    }
}

/// Recorded worlds from the newest frame of the past on.
fn rollouts(layout: &Layout, worlds: &[Trajectory], history: usize) -> Result<Vec<Rollout>, MetricError> {
    let one = |w: &Trajectory| {
        let from = history.saturating_sub(1).min(w.frames.len());
        Rollout::new(layout.clone(), w.frames[from..].iter().map(|m| m.state.clone()).collect())
    };
    worlds.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use learn::dynamics::trajectories::Moment;

    const SIDE: usize = 16;

    fn spec() -> WorldSpec {
        WorldSpec {
            scene: "t".into(),
            width: SIDE,
            height: SIDE,
            periodic: [true; 2],
            every: 1,
            state: vec!["a".into()],
            given: Vec::new(),
            knobs: Vec::new(),
        }
    }

    /// Noise that moves a cell to the right each frame and is renewed at a rate: it forgets itself.
    fn world(seed: u64, frames: usize, size: f32) -> Trajectory {
        let noise = |t: u64, i: u64| Rng::new(seed).fork(t).normal(i);
        let mut state: Vec<f32> = (0..(SIDE * SIDE) as u64).map(|i| noise(0, i)).collect();
        let mut all = Vec::new();
        for t in 0..frames {
            let scaled = state.iter().map(|v| size * v).collect();
            all.push(Moment { state: scaled, ..Moment::default() });
            let moved = |i: usize| state[i / SIDE * SIDE + (i + SIDE - 1) % SIDE];
            let next = |i: usize| 0.9 * moved(i) + 0.19f32.sqrt() * noise(1 + t as u64, i as u64);
            state = (0..SIDE * SIDE).map(next).collect();
        }
        Trajectory { seed, frames: all }
    }

    fn worlds(seeds: std::ops::Range<u64>, size: f32) -> Vec<Trajectory> {
        seeds.map(|s| world(s, 41, size)).collect()
    }

    #[test]
    fn the_rule_itself_is_exact_and_other_worlds_are_only_alike() {
        let held = HeldOut::new(&spec(), worlds(1..5, 1.0), 1).unwrap();
        let exact = held.measure(&held.recorded(held.worlds()).unwrap()).unwrap();
        assert_eq!((exact.correlation_time, exact.valid_time), (Some(41.0), Some(41.0)));
        assert_eq!((exact.energy, exact.values, exact.lost), (Some(1.0), Some(0.0), 0));
        let other = held.measure(&held.recorded(&worlds(11..15, 1.0)).unwrap()).unwrap();
        assert_eq!((other.correlation_time, other.valid_time), (Some(0.0), Some(0.0)));
        // Some thousand independent values: alike within a few percent.
        assert!((other.energy.unwrap() - 1.0).abs() < 0.25 && other.values.unwrap() < 0.15, "{other:?}");
        let strong = held.measure(&held.recorded(&worlds(11..15, 2.0)).unwrap()).unwrap();
        // Twice the deviation: four times the energy at every wavenumber, and a distance of the mean of |x|.
        assert!((strong.energy.unwrap() / 4.0 - 1.0).abs() < 0.25, "{strong:?}");
        assert!((strong.values.unwrap() - 0.798).abs() < 0.15, "{strong:?}");
        assert!(
            (strong.spectrum.unwrap() - 0.602).abs() < 0.15 && strong.octave.unwrap() > 3.0,
            "{strong:?}"
        );
        let still = held.measure(&held.persistence()).unwrap();
        assert!(still.correlation_time.unwrap() <= 2.0 && still.increments.unwrap() > 0.3, "{still:?}");
    }

    /// Doubles at each step.
    struct Doubling(WorldSpec);

    impl WorldModel for Doubling {
        fn spec(&self) -> &WorldSpec {
            &self.0
        }
        fn next(&self, past: &[&[f32]], _: &[f32], _: &[f32], _: Rng) -> Vec<f32> {
            past[past.len() - 1].iter().map(|v| v * 1e10).collect()
        }
    }

    #[test]
    fn roll_outs_that_do_not_stay_finite_are_counted_and_still_measured() {
        let held = HeldOut::new(&spec(), worlds(1..4, 1.0), 2).unwrap();
        let made = held.rolled_out(&Doubling(spec()), Rng::new(1)).unwrap();
        let found = held.measure(&made).unwrap();
        assert_eq!((found.lost, made[0].frames()), (3, 40));
        assert!(found.energy.unwrap() > 1e10, "{found:?}");
        // What is written is read back, whatever could not be measured.
        let text = serde_json::to_string(&found).unwrap();
        assert_eq!(serde_json::from_str::<WorldMetrics>(&text).unwrap(), found);
    }
}
