#![cfg(feature = "judge")]

use burn::tensor::{Tensor, TensorData};

use super::inference::{Automaton, NcaWorld};
use super::model::Rule;
use super::{METHOD, Settings, data};
use crate::glue::{device, doubled, fresh, numbers, weights};
use crate::method::settings;
use crate::model::normals;
use crate::net::weights::{WeightArray, Weights};
use crate::sheet::ContactSheet;
use crate::training::{Batch, StepContext};
use crate::{ImageShape, trials};
use world::rng::Rng;

const SMALL: [(&str, f64); 4] = [("hidden", 12.0), ("latent", 4.0), ("steps", 4.0), ("channels", 8.0)];

fn with(goal: f64) -> Vec<(&'static str, f64)> {
    SMALL.into_iter().chain([("goal", goal)]).collect()
}

/// Every cell fires, so that nothing is random.
fn rule(goal: f64, shape: ImageShape, genome: Option<usize>) -> (Rule, Automaton, Settings) {
    let chosen: Vec<_> = with(goal).into_iter().chain([("fire", 1.0)]).collect();
    let s: Settings = settings(&trials::values(&chosen));
    let theirs = fresh(3, |d| Rule::new(&s, genome, shape.side / 4, d));
    let mut all: Weights = weights(&theirs);
    // The last layer starts near zero, which would hide mistakes.
    let update: Vec<f32> = normals(Rng::new(1), 12 * 8).iter().map(|v| 0.2 * v).collect();
    all.insert("update", WeightArray { dims: vec![12, 8], values: update.clone() });
    let theirs = theirs.with_update(Tensor::from_data(TensorData::new(update, [12, 8]), &device()));
    for part in ["mean", "log"] {
        all.insert(format!("prior.{part}"), WeightArray { dims: vec![2, 4], values: vec![0.0; 8] });
    }
    let ours = Automaton::open(&trials::header(&METHOD, shape, 2, &chosen), &all).unwrap();
    (theirs, ours, s)
}

fn max_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn training_and_inference_grow_the_same_world_from_a_genome() {
    for (channels, side) in [(1, 28), (3, 32), (3, 64)] {
        let shape = ImageShape { channels, side };
        let (theirs, ours, s) = rule(0.0, shape, Some(6));
        let point = normals(Rng::new(8), 4);
        let genome = ours.genome(&point, Some(1));
        assert_eq!(genome[4..], [0.0, 1.0]);
        let input = Tensor::<2>::from_data(TensorData::new(genome.clone(), [1, 6]), &device());
        let mut x = theirs.initial(&input, side / 4);
        for size in 0..3 {
            x = if size > 0 { doubled(x) } else { x };
            x = (0..s.steps).fold(x, |x, _| theirs.step(x, Some(&input), None));
        }
        let mine = ours.grown(side, side, &genome, Rng::new(2));
        assert_eq!((mine.width, mine.height), (side, side));
        let theirs = numbers(x);
        assert!(theirs.iter().any(|v| v.abs() > 0.5));
        assert!(max_difference(&theirs, &mine.state) < 1e-3, "{channels} × {side}");
    }
}

/// For a torus, see `cells::unrolled`.
#[test]
fn training_and_inference_agree_on_cells_with_borders() {
    let shape = ImageShape { channels: 3, side: 28 };
    let (theirs, ours, _) = rule(1.0, shape, None);
    let mut mine = ours.initial(28, 28, &[], Rng::new(4));
    let mut x = Tensor::<4>::from_data(TensorData::new(mine.state.clone(), [1, 8, 28, 28]), &device());
    for t in 0..6 {
        x = theirs.step(x, None, Some(3));
        ours.step(&mut mine, &[], Rng::new(t));
    }
    let theirs = numbers(x);
    assert!(theirs.iter().any(|v| v.abs() > 0.1));
    assert!(max_difference(&theirs, &mine.state) < 1e-3);
}

/// The bits of inference do not depend on how rows are shared among threads, and a torus has no place: a world that is
/// moved stays moved.
#[test]
fn a_texture_has_the_same_bits_at_any_thread_count_and_no_place() {
    let (_, ours, _) = rule(2.0, ImageShape { channels: 3, side: 32 }, None);
    let (w, h) = (24, 37);
    let state = normals(Rng::new(6), 8 * w * h);
    let run = |state: Vec<f32>| {
        let mut world = NcaWorld { width: w, height: h, state };
        (0..4).for_each(|t| ours.step(&mut world, &[], Rng::new(t)));
        world.state
    };
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| run(state.clone()))
    };
    let (one, three) = (on(1), on(3));
    assert!(one == three && one != state);
    // Every cell fires, so which ones do hangs on no place either.
    let moved = |x: &[f32]| -> Vec<f32> {
        (0..x.len()).map(|i| x[i / (w * h) * w * h + (i / w % h + 20) % h * w + (i % w + 5) % w]).collect()
    };
    assert!(run(moved(&state)) == moved(&one));
}

#[test]
fn every_size_and_colour_trains_and_samples() {
    trials::every_shape(&METHOD, &with(0.0));
    let samples = trials::pictures(ImageShape { channels: 3, side: 28 }, 1, 8);
    let mut trainer = trials::trainer(&METHOD, &samples, &with(2.0));
    trials::steps(&mut *trainer, &samples, &METHOD.plan, 0..2);
    let header = trials::header(&METHOD, ImageShape { channels: 3, side: 28 }, 1, &with(2.0));
    let rule = Automaton::open(&header, &trainer.weights()).unwrap();
    let wide = rule.grown(40, 17, &[], Rng::new(1));
    assert!(rule.is_texture() && rule.shown(&wide).len() == 3 * 40 * 17);
    // Its contact sheet is two worlds of twice the side, two pixels apart.
    let sheet = ContactSheet::samples(&rule, 1, 1);
    assert_eq!((sheet.width, sheet.height), (2 * 56 + 6, 56 + 4));
    let [left, right] = [2, 60].map(|x| sheet.rgb[(30 * sheet.width + x) * 3..][..56 * 3].to_vec());
    assert_ne!(left, right, "from different noise");
}

#[test]
fn resuming_is_exact_to_the_bit() {
    trials::resumes_to_the_bit(&METHOD, &with(0.0));
    trials::resumes_to_the_bit(&METHOD, &with(2.0));
}

/// One picture grows from one cell, and regenerates after half of it is erased (Mordvintsev et al. 2020).
#[test]
fn a_picture_grows_and_regenerates() {
    const SIDE: usize = 20;
    let shape = ImageShape { channels: 1, side: SIDE };
    let mut samples = trials::pictures(shape, 1, 1);
    let disc = |i: usize| ((i % SIDE) as f64 - 9.5).hypot((i / SIDE) as f64 - 9.5) < 6.0;
    samples.pictures[0] = (0..SIDE * SIDE).map(|i| if disc(i) { 220 } else { 0 }).collect();
    let chosen = [("goal", 1.0), ("hidden", 32.0), ("channels", 12.0), ("fire", 1.0)];
    let mut trainer = trials::trainer(&METHOD, &samples, &chosen);
    let plan = crate::training::TrainingConfig { rate: 0.004, ..METHOD.plan };
    trials::steps(&mut *trainer, &samples, &plan, 0..260);
    let rule = Automaton::open(&trials::header(&METHOD, shape, 1, &chosen), &trainer.weights()).unwrap();
    let target: Vec<f32> = (0..SIDE * SIDE).map(|i| if disc(i) { 220.0 / 255.0 } else { 0.0 }).collect();
    let mse = |shown: &[f32]| {
        shown.iter().zip(&target).map(|(a, b)| (a - b).powi(2)).sum::<f32>() / target.len() as f32
    };
    let blank = mse(&vec![0.0; target.len()]);
    let mut world = rule.grown(SIDE, SIDE, &[], Rng::new(1));
    let grown = mse(&rule.shown(&world));
    assert!(grown < 0.2 * blank, "grown: {grown}, nothing at all: {blank}");
    for plane in world.state.chunks_exact_mut(SIDE * SIDE) {
        plane[..SIDE / 2 * SIDE].fill(0.0);
    }
    let damaged = mse(&rule.shown(&world));
    (0..42).for_each(|t| rule.step(&mut world, &[], Rng::new(7).fork(t)));
    let regrown = mse(&rule.shown(&world));
    assert!(damaged > 0.4 * blank && regrown < 0.7 * damaged, "damaged: {damaged}, regrown: {regrown}");
    let seed = data::seed(12, 1, SIDE);
    assert_eq!(rule.initial(SIDE, SIDE, &[], Rng::new(1)).state, seed);
}

/// Slanted stripes: after some steps of training worlds are much nearer to them than noise is.
#[test]
fn a_texture_is_learned() {
    let shape = ImageShape { channels: 3, side: 32 };
    let mut samples = trials::pictures(shape, 1, 8);
    for (k, picture) in samples.pictures.iter_mut().enumerate() {
        let wave = |i: usize| {
            libm::sin((i / 3 % 32 + 2 * (i / 96) + k) as f64 * std::f64::consts::PI / 8.0 + (i % 3) as f64)
        };
        *picture = (0..shape.len()).map(|i| (128.0 + 100.0 * wave(i)) as u8).collect();
    }
    let chosen = [
        ("goal", 2.0),
        ("channels", 8.0),
        ("hidden", 24.0),
        ("crop", 16.0),
        ("pool", 16.0),
        ("rollout", 16.0),
    ];
    let mut trainer = trials::trainer(&METHOD, &samples, &chosen);
    let batch = Batch::of(&samples, &[0]);
    let mut step = |step: usize| {
        let rng = Rng::new(3).fork(step as u64);
        let losses =
            trainer.step(&batch, &StepContext { step, all: 500, rng, rate: 0.002, clip: 1.0 }).unwrap();
        assert_eq!(losses[1].0, "texture");
        losses[1].1
    };
    let first = step(0);
    (1..440).for_each(|t| _ = step(t));
    let last = (440..450).map(&mut step).sum::<f64>() / 10.0;
    assert!(last < 0.5 * first, "{first} to {last}");
    let rule = Automaton::open(&trials::header(&METHOD, shape, 1, &chosen), &trainer.weights()).unwrap();
    // It stays what it is for as long as it runs, many times longer than in training.
    let mut world = rule.grown(40, 24, &[], Rng::new(1));
    let deviation = |world: &NcaWorld| {
        let shown = rule.shown(world);
        let mean = shown.iter().sum::<f32>() / shown.len() as f32;
        (shown.iter().map(|v| (v - mean) * (v - mean)).sum::<f32>() / shown.len() as f32).sqrt()
    };
    let grown = deviation(&world);
    assert!((0.15..0.4).contains(&grown), "that of the stripes is 0.28: {grown}");
    (0..1000).for_each(|t| rule.step(&mut world, &[], Rng::new(2).fork(t)));
    assert!((deviation(&world) / grown - 1.0).abs() < 0.15, "{} of {grown}", deviation(&world));
    assert!(world.state.iter().all(|v| v.abs() < 5.0));
}
