use super::*;
use crate::collapse::worlds::training_set::kept;
use learn::dynamics::step::STEP;
use learn::dynamics::trajectories::Moment;
use learn::dynamics::{Trajectory, WorldSpec};

const SIDE: usize = 8;
const FRAMES: usize = 12;

/// A wave that moves a cell to the right each frame, of a random phase, driven by nothing.
fn world(seed: u64) -> Trajectory {
    let phase = std::f32::consts::TAU * Rng::new(seed).unit(0);
    let value = |t: usize, i: usize| {
        let (x, y) = ((i % SIDE + SIDE * t - t) % SIDE, i / SIDE);
        (phase + std::f32::consts::TAU * (x + y) as f32 / SIDE as f32).sin()
    };
    let frame =
        |t: usize| Moment { state: (0..SIDE * SIDE).map(|i| value(t, i)).collect(), ..Moment::default() };
    Trajectory { seed, frames: (0..FRAMES).map(frame).collect() }
}

fn worlds(seeds: std::ops::Range<u64>) -> Trajectories {
    let spec = WorldSpec {
        scene: "waves".into(),
        width: SIDE,
        height: SIDE,
        periodic: [true; 2],
        every: 1,
        state: vec!["height".into()],
        given: Vec::new(),
        knobs: Vec::new(),
    };
    Trajectories { spec, worlds: seeds.map(world).collect() }
}

fn recipe() -> Recipe {
    let small = [("first", 8.0), ("width", 8.0), ("levels", 1.0), ("patch", 1.0), ("rounds", 6.0)];
    let settings = STEP.values(&[&small[..], &[("unroll", 2.0), ("unrolled_batch", 2.0)]].concat());
    Recipe { settings, plan: TrainingConfig { epochs: 1, batch: 2, validation: 0.0, seed: 0, ..STEP.plan } }
}

/// Two generations under every regime: the first is the same bits, the others learn what the regime says.
#[test]
fn two_generations_of_a_small_world_under_every_regime() {
    let out = tempfile::tempdir().unwrap();
    let (data, recipe) = (worlds(1..11), recipe());
    let held_out = HeldOut::new(&data.spec, worlds(101..103).worlds, 1).unwrap();
    let origin = WorldOrigin { worlds: &data, held_out: &held_out, out: out.path() };
    let chain = |regime| Chain { method: "step".into(), regime, seed: 1 };
    let fresh = |regime| RecursiveWorld::new(chain(regime), (&STEP, &recipe), &origin);
    for regime in Regime::ALL {
        let mut seen = Vec::new();
        let ended = fresh(regime).run(2, &|| false, &mut |m| seen.push(m.generation)).unwrap();
        assert_eq!((ended, seen), (Ended::Whole, vec![1, 2]));
    }
    let bytes = |r, n, ending| std::fs::read(chain(r).path(out.path(), n, ending)).unwrap();
    for regime in Regime::ALL {
        assert_eq!(bytes(regime, 1, WEIGHTS), bytes(Regime::Replace, 1, WEIGHTS));
        assert!(bytes(regime, 1, PICTURE).starts_with(b"\x89PNG"));
        let metrics: Vec<WorldMetrics> = chain(regime).finished(out.path());
        assert!(metrics.iter().all(|m| m.energy.is_some() && m.lost == 0), "{metrics:?}");
    }
    assert_ne!(bytes(Regime::Keep10, 2, WEIGHTS), bytes(Regime::Replace, 2, WEIGHTS));
    let real = |t: &Trajectories| t.worlds.iter().filter(|w| data.worlds.contains(w)).count();
    let set = |regime| fresh(regime).training_set(3).unwrap().0;
    let counts = Regime::ALL.map(|r| (set(r).worlds.len(), real(&set(r))));
    assert_eq!(counts, [(10, 0), (30, 10), (10, kept(10))]);
    // A run that resumes learns from the same bits as one that never stopped.
    let mut whole = fresh(Regime::Accumulate);
    whole.training_set(2).unwrap();
    assert_eq!(whole.training_set(3).unwrap().0, set(Regime::Accumulate));
}
