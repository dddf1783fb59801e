//! What a generation of learned worlds is trained on.

use rand::seq::index;
use rayon::prelude::*;

use crate::collapse::Regime;
use learn::dynamics::trajectories::Moment;
use learn::dynamics::{Trajectories, Trajectory, WorldModel};
use world::rng::Rng;

/// Roll-outs of a generation, one for each world of the origin; none where it did not stay finite.
pub type Rollouts = Vec<Option<Trajectory>>;

/// Roll-outs from the start states of these worlds, as long as they and driven from outside as they were. The first
/// frames, which the network has to see, are those of the world.
pub fn rolled_out(model: &dyn WorldModel, origin: &Trajectories, rng: Rng) -> Rollouts {
    let one = |w: &Trajectory| {
        let (past, driven) = w.frames.split_at(model.history().min(w.frames.len()));
        let states = model.rollout(past, driven, rng.fork(w.seed));
        if states.iter().flatten().any(|v| !v.is_finite()) {
            return None;
        }
        let made = driven.iter().zip(states).map(|(m, state)| Moment { state, ..m.clone() });
        Some(Trajectory { seed: w.seed, frames: past.iter().cloned().chain(made).collect() })
    };
    origin.worlds.par_iter().map(one).collect()
}

/// Worlds of the origin that [`Regime::Keep10`] keeps: a tenth, rounded, at least one.
pub fn kept(worlds: usize) -> usize {
    ((worlds + 5) / 10).clamp(1, worlds.max(1))
}

/// What generation `n` is trained on, from the roll-outs of all earlier ones (of which only the last counts, unless they
/// accumulate), and how many of these roll-outs are left out because they did not stay finite.
///
/// A real world and the roll-out that starts like it never stand together, except where everything accumulates.
pub fn training_set(
    regime: Regime,
    origin: &Trajectories,
    earlier: &[Rollouts],
    rng: Rng,
) -> (Trajectories, usize) {
    let all = |worlds: Vec<Trajectory>| Trajectories { spec: origin.spec.clone(), worlds };
    let Some(last) = earlier.last() else { return (origin.clone(), 0) };
    let lost = |of: &[&Option<Trajectory>]| of.iter().filter(|w| w.is_none()).count();
    let (made, mut worlds): (Vec<&Option<Trajectory>>, Vec<Trajectory>) = match regime {
        Regime::Replace => (last.iter().collect(), Vec::new()),
        Regime::Accumulate => (earlier.iter().flatten().collect(), origin.worlds.clone()),
        Regime::Keep10 => {
            let size = origin.worlds.len();
            let mut real = index::sample(&mut rng.sequence(), size, kept(size)).into_vec();
            real.sort_unstable();
            let made = last.iter().enumerate().filter(|(i, _)| real.binary_search(i).is_err());
            (made.map(|m| m.1).collect(), real.iter().map(|i| origin.worlds[*i].clone()).collect())
        }
    };
    let lost = lost(&made);
    worlds.extend(made.into_iter().flatten().cloned());
    (all(worlds), lost)
}

#[cfg(test)]
mod tests {
    use super::*;
    use learn::dynamics::WorldSpec;

    fn spec() -> WorldSpec {
        WorldSpec {
            scene: "t".into(),
            width: 8,
            height: 8,
            periodic: [true; 2],
            every: 1,
            state: vec!["a".into()],
            given: vec!["g".into()],
            knobs: Vec::new(),
        }
    }

    /// Worlds that stand at their seed, driven by the number of the frame.
    fn origin(worlds: u64) -> Trajectories {
        let frame = |seed: u64, t: usize| Moment {
            state: vec![seed as f32; 64],
            given: vec![t as f32; 64],
            knobs: Vec::new(),
        };
        let one = |seed| Trajectory { seed, frames: (0..5).map(|t| frame(seed, t)).collect() };
        Trajectories { spec: spec(), worlds: (1..=worlds).map(one).collect() }
    }

    /// Adds what is given; the world of seed 3 does not stay finite.
    struct Adding(WorldSpec);

    impl WorldModel for Adding {
        fn spec(&self) -> &WorldSpec {
            &self.0
        }
        fn history(&self) -> usize {
            2
        }
        fn next(&self, past: &[&[f32]], given: &[f32], _: &[f32], _: Rng) -> Vec<f32> {
            let broken = past.iter().all(|p| p[0] == 3.0);
            let one = |(v, g): (&f32, &f32)| if broken { f32::INFINITY } else { v + g };
            past[past.len() - 1].iter().zip(given).map(one).collect()
        }
    }

    #[test]
    fn roll_outs_start_and_are_driven_as_the_origin_was() {
        let origin = origin(4);
        let made = rolled_out(&Adding(spec()), &origin, Rng::new(1));
        assert!(made.len() == 4 && made[2].is_none());
        let world = made[1].as_ref().unwrap();
        let states: Vec<f32> = world.frames.iter().map(|m| m.state[0]).collect();
        // Two frames as they were, then what is given adds up.
        assert_eq!((world.seed, states), (2, vec![2.0, 2.0, 4.0, 7.0, 11.0]));
        let driven = |w: &Trajectory| w.frames.iter().map(|m| m.given.clone()).collect::<Vec<_>>();
        assert_eq!(driven(world), driven(&origin.worlds[1]));
    }

    #[test]
    fn every_regime_has_the_worlds_that_it_should() {
        let origin = origin(20);
        let first = rolled_out(&Adding(spec()), &origin, Rng::new(1));
        let second: Rollouts =
            first.iter().map(|w| w.clone().map(|w| Trajectory { seed: w.seed + 100, ..w })).collect();
        let earlier = [first, second];
        let set = |regime| training_set(regime, &origin, &earlier, Rng::new(5));
        let real = |t: &Trajectories| t.worlds.iter().filter(|w| origin.worlds.contains(w)).count();
        for regime in Regime::ALL {
            assert_eq!(training_set(regime, &origin, &[], Rng::new(5)), (origin.clone(), 0));
            let (of, _) = set(regime);
            assert!(of.check().is_ok() && of.spec == origin.spec);
        }
        // One of twenty is lost in each generation.
        let (replace, lost) = set(Regime::Replace);
        assert_eq!((replace.worlds.len(), real(&replace), lost), (19, 0, 1));
        assert!(replace.worlds.iter().all(|w| w.seed > 100), "the last generation only");
        let (all, lost) = set(Regime::Accumulate);
        assert_eq!((all.worlds.len(), real(&all), lost), (58, 20, 2));
        let (keep, lost) = set(Regime::Keep10);
        assert_eq!((keep.worlds.len() + lost, real(&keep)), (20, 2), "exactly a tenth");
        let starts: std::collections::BTreeSet<u64> = keep.worlds.iter().map(|w| w.seed % 100).collect();
        assert_eq!(starts.len(), keep.worlds.len(), "no start twice");
        // Another generation keeps other worlds.
        let others: Vec<_> =
            (0..6).map(|i| training_set(Regime::Keep10, &origin, &earlier, Rng::new(i)).0).collect();
        assert!(others.iter().any(|o| o.worlds[0] != keep.worlds[0]));
    }

    #[test]
    fn a_tenth_is_rounded_and_never_nothing() {
        let found: Vec<usize> = [1, 4, 12, 15, 20, 100].into_iter().map(kept).collect();
        assert_eq!(found, [1, 1, 1, 2, 2, 10]);
    }
}
