#![cfg(feature = "judge")]

use std::collections::BTreeMap;

use burn::tensor::{Tensor, TensorData};

use super::config::StepConfig;
use super::inference::LearnedStep;
use super::model::{StepNet, Stepper};
use super::{REFINE, STEP, Settings};
use crate::dynamics::WorldModel;
use crate::dynamics::method::{DynamicsMethod, WorldTrainingInputs};
use crate::dynamics::trajectories::{KnobRange, Moment, Scales};
use crate::dynamics::{Trajectories, Trajectory, WorldSpec};
use crate::glue::{device, fresh, numbers, weights};
use crate::model::normals;
use crate::training::{Batch, Losses, StepContext, Trainer, TrainingConfig};
use crate::{ImageShape, net};
use world::rng::Rng;

const SIDE: usize = 16;

fn spec(periodic: [bool; 2]) -> WorldSpec {
    WorldSpec {
        scene: "turning".into(),
        width: SIDE,
        height: SIDE,
        periodic,
        every: 1,
        state: vec!["turning.x".into(), "turning.y".into()],
        given: vec!["source".into()],
        knobs: vec![KnobRange { name: "turning.angle".into(), low: 0.0, high: 0.2 }],
    }
}

/// Two planes on a torus that move a cell to the right and turn into one another by an angle, the second driven by what
/// is given.
fn next(state: &[f32], given: &[f32], angle: f32) -> Vec<f32> {
    let plane = SIDE * SIDE;
    let (s, c) = (libm::sinf(angle), libm::cosf(angle));
    let of = |i: usize| {
        let (p, y, x) = (i / plane, i / SIDE % SIDE, i % SIDE);
        let before = |p: usize| state[p * plane + y * SIDE + (x + SIDE - 1) % SIDE];
        match p {
            0 => c * before(0) - s * before(1),
            _ => s * before(0) + c * before(1) + 0.1 * given[i % plane],
        }
    };
    (0..state.len()).map(of).collect()
}

fn waves(rng: Rng) -> Vec<f32> {
    let at = |i: usize, k: u64| {
        let turn = rng.range(3 * k, -2.0, 2.0).round() * (i % SIDE) as f32
            + rng.range(3 * k + 1, -2.0, 2.0).round() * (i / SIDE) as f32;
        libm::cosf(core::f32::consts::TAU * (turn / SIDE as f32 + rng.unit(3 * k + 2)))
    };
    (0..SIDE * SIDE).map(|i| (0..4).map(|k| at(i, k)).sum()).collect()
}

fn world(seed: u64, frames: usize) -> Trajectory {
    let rng = Rng::new(seed);
    let knobs = vec![0.2 * rng.unit(0)];
    let given: Vec<f32> = waves(rng.named("given"));
    let mut state = [waves(rng.named("a")), waves(rng.named("b"))].concat();
    let mut all = Vec::new();
    for _ in 0..frames {
        all.push(Moment { state: state.clone(), given: given.clone(), knobs: knobs.clone() });
        state = next(&state, &given, knobs[0]);
    }
    Trajectory { seed, frames: all }
}

fn worlds(seeds: std::ops::Range<u64>, frames: usize) -> Trajectories {
    Trajectories { spec: spec([true; 2]), worlds: seeds.map(|s| world(s, frames)).collect() }
}

const SMALL: &[(&str, f64)] =
    &[("first", 16.0), ("width", 16.0), ("levels", 2.0), ("patch", 1.0), ("rounds", 10.0)];

fn trainer(method: &DynamicsMethod, given: &[(&str, f64)], seeds: std::ops::Range<u64>) -> Box<dyn Trainer> {
    let settings = method.values(&[SMALL, given].concat());
    let plan = TrainingConfig { batch: 4, ..method.plan };
    let (data, held) = worlds(seeds, 30).split(0.25);
    (method.begin.unwrap())(WorldTrainingInputs { data, held, settings: &settings, plan: &plan }).unwrap()
}

fn steps(trainer: &mut dyn Trainer, which: std::ops::Range<usize>, all: usize) -> Losses {
    let none = Batch { pixels: Vec::new(), labels: Vec::new(), shape: ImageShape { channels: 1, side: 8 } };
    let mut losses = Vec::new();
    for step in which {
        let rng = Rng::new(3).fork(step as u64);
        let context = StepContext { step, all, rng, rate: 0.003, clip: 1.0 };
        losses = trainer.step(&none, &context).unwrap();
        assert!(losses.iter().all(|l| l.1.is_finite()), "{losses:?}");
    }
    losses
}

/// Walls and torus, past frames, what is given, knobs, refinements and projection: training and inference agree.
#[test]
fn training_and_inference_take_the_same_step() {
    for (periodic, history, refinements, project) in [
        ([true; 2], 1, 0, true),
        ([false; 2], 2, 0, false),
        ([false, true], 1, 0, false),
        ([true; 2], 1, 1, false),
    ] {
        let s = Settings {
            first: 8,
            width: 24,
            levels: 2,
            patch: 2,
            history,
            refinements,
            project,
            ..Settings::default()
        };
        let (history, refinements) = (history as usize, refinements as usize);
        let data = Trajectories { spec: spec(periodic), ..worlds(0..2, 4) };
        let config = StepConfig::of(&s, &data.spec).unwrap();
        let mut scales = Scales::of(&data);
        if let Some(planes) = config.velocity {
            scales = scales.shared(planes);
        }
        let theirs = fresh(4, |d| StepNet::new(&config, d));
        let mut all = weights(&theirs);
        scales.weights().iter().for_each(|(n, a)| all.insert(n, a.clone()));
        let ours = LearnedStep::of(&s, &data.spec, &all).unwrap();
        let stepper = Stepper::new(config, scales.clone(), s.cutoff);
        let frames = &data.worlds[0].frames;
        let tensor = |planes: usize, values: Vec<f32>| {
            Tensor::<4>::from_data(TensorData::new(values, [1, planes, SIDE, SIDE]), &device())
        };
        let past = &frames[..history];
        let normal: Vec<Vec<f32>> =
            past.iter().map(|m| Scales::normalised(&scales.state, &m.state)).collect();
        let given = Scales::normalised(&scales.given, &frames[history].given);
        let state = tensor(2, normal[history - 1].clone());
        let rng = Rng::new(8);
        // A refinement by hand: the prediction, noise on it, and the noise that is found taken away.
        let mut change = vec![0f32; 2 * SIDE * SIDE];
        for k in 0..=refinements {
            let sigma = if k == 0 { 0.0 } else { stepper.config.noise(k) };
            let noise = normals(rng.fork(k as u64), change.len());
            let noisy: Vec<f32> = change.iter().zip(&noise).map(|(c, n)| c + sigma * n).collect();
            let features = stepper.features(&state, &[frames[history].knobs.clone()], &[k]);
            let mut seen = [normal.concat(), given.clone()].concat();
            if refinements > 0 {
                seen.extend(&noisy);
            }
            let planes = seen.len() / (SIDE * SIDE);
            let found = numbers(theirs.forward(tensor(planes, seen), features));
            change = match k {
                0 => found,
                _ => noisy.iter().zip(found).map(|(n, f)| n - sigma * f).collect(),
            };
        }
        let theirs = Scales::restored(&scales.state, &numbers(stepper.next(state, tensor(2, change))));
        let seen: Vec<&[f32]> = past.iter().map(|m| &m.state[..]).collect();
        let mine = ours.next(&seen, &frames[history].given, &frames[history].knobs, rng);
        let worst = theirs.iter().zip(&mine).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        let moved = mine.iter().zip(&past[history - 1].state).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst < 2e-3 && moved > 0.01, "{periodic:?} {history} {refinements}: {worst}, {moved}");
    }
}

/// Single steps, then unrolled ones: the learned world is much nearer to unseen worlds than no change at all.
#[test]
fn it_learns_to_move_and_turn() {
    let given = [("single", 0.8), ("unroll", 4.0), ("noise", 0.0), ("average", 0.9)];
    let mut trainer = trainer(&STEP, &given, 0..16);
    let before = trainer.validate(&data::sample::Samples::empty(1, 1, Vec::new()), Rng::new(1)).unwrap();
    steps(&mut *trainer, 0..300, 300);
    let after = trainer.validate(&data::sample::Samples::empty(1, 1, Vec::new()), Rng::new(1)).unwrap();
    let settings = STEP.values(&[SMALL, &given].concat());
    let model =
        LearnedStep::of(&crate::method::settings(&settings), &spec([true; 2]), &trainer.weights()).unwrap();
    let truth = world(99, 13);
    let made = model.rollout(&truth.frames[..1], &truth.frames[1..], Rng::new(1));
    let error = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>();
    for i in [0, 4, 11] {
        let frame = &truth.frames[i + 1].state;
        let (learned, still) = (error(&made[i], frame), error(&truth.frames[0].state, frame));
        assert!(learned < 0.2 * still, "frame {}: {learned} against {still}", i + 1);
    }
    assert!(after < 0.5 * before, "{after} against {before}");
    // 240 batches of single steps, then 60 of four worlds that are unrolled four frames.
    assert_eq!(trainer.seen([300, 300], 6), 240 * 6 + 60 * 4 * 4);
    // The knob is heard: the planes turn into one another as far as it says.
    let turned = |angle: f32| {
        let next = model.next(&[&truth.frames[0].state], &vec![0.0; SIDE * SIDE], &[angle], Rng::new(1));
        let right = self::next(&truth.frames[0].state, &vec![0.0; SIDE * SIDE], angle);
        let other = self::next(&truth.frames[0].state, &vec![0.0; SIDE * SIDE], 0.2 - angle);
        (error(&next, &right), error(&next, &other))
    };
    for angle in [0.0, 0.2] {
        let (right, other) = turned(angle);
        assert!(right < 0.5 * other, "{angle}: {right} against {other}");
    }
}

#[test]
fn refinements_are_learned() {
    let mut trainer = trainer(&REFINE, &[], 0..8);
    let first = steps(&mut *trainer, 0..10, 200)[0].1;
    let last: f64 =
        (0..10).map(|i| steps(&mut *trainer, 100 + 10 * i..110 + 10 * i, 200)[0].1).sum::<f64>() / 10.0;
    assert!(last < 0.8 * first, "{last} against {first}");
}

#[test]
fn an_interrupted_training_ends_with_the_same_bits() {
    for (method, given) in
        [(&STEP, [("single", 0.5), ("unroll", 2.0)]), (&REFINE, [("history", 2.0), ("least", 0.1)])]
    {
        let state = |t: &dyn Trainer, losses: Losses| {
            let values: Vec<u32> = t
                .weights()
                .iter()
                .flat_map(|(_, a)| a.values.iter().map(|v| v.to_bits()).collect::<Vec<_>>())
                .collect();
            (values, losses[0].1.to_bits())
        };
        let on = |threads: usize, work: &(dyn Fn() -> (Vec<u32>, u64) + Sync)| {
            rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
        };
        let whole = || {
            let mut one = trainer(method, &given, 0..4);
            let losses = steps(&mut *one, 0..8, 8);
            state(&*one, losses)
        };
        let parted = || {
            let mut one = trainer(method, &given, 0..4);
            steps(&mut *one, 0..3, 8);
            let kept: BTreeMap<String, Vec<u8>> = one.state().unwrap().into_iter().collect();
            let mut other = trainer(method, &given, 0..4);
            other.restore(&kept).unwrap();
            let losses = steps(&mut *other, 3..8, 8);
            state(&*other, losses)
        };
        assert!(on(1, &whole) == on(3, &parted), "{}", method.name);
    }
}

#[test]
fn what_cannot_be_learned_is_said() {
    let config = |change: &dyn Fn(&mut Settings, &mut WorldSpec)| {
        let (mut s, mut w) = (Settings::default(), spec([true; 2]));
        change(&mut s, &mut w);
        StepConfig::of(&s, &w).unwrap_err()
    };
    assert!(config(&|s, _| s.levels = 5).contains("multiple of 32"));
    assert!(
        config(&|s, w| (s.project, w.state[1]) = (true, "turning".into())).contains("expected a velocity")
    );
    assert!(config(&|s, w| (s.project, w.periodic) = (true, [false; 2])).contains("found walls"));
    let settings = STEP.values(SMALL);
    let inputs = WorldTrainingInputs {
        data: worlds(0..2, 6),
        held: worlds(2..3, 6),
        settings: &settings,
        plan: &STEP.plan,
    };
    let e = (STEP.begin.unwrap())(inputs).err().unwrap();
    assert!(e.contains("at least 9 frames") && e.contains("found 6 of seed 0"), "{e}");
    let broken = LearnedStep::of(&Settings::default(), &spec([true; 2]), &net::weights::Weights::default());
    assert!(broken.err().unwrap().contains("scale.state"));
}
