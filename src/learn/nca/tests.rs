#![cfg(feature = "judge")]

use burn::tensor::{Tensor, TensorData};

use super::inference::Automaton;
use super::model::Rule;
use super::{METHOD, Settings, data};
use crate::glue::{device, doubled, fresh, numbers, weights};
use crate::method::settings;
use crate::model::normals;
use crate::net::weights::{WeightArray, Weights};
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
    let theirs = fresh(3, |d| Rule::new(&s, genome, shape.side / 4, goal == 2.0, d));
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

#[test]
fn training_and_inference_agree_on_cells_with_borders_and_without() {
    for (goal, side) in [(1.0, 28), (2.0, 32)] {
        let shape = ImageShape { channels: 3, side };
        let (theirs, ours, _) = rule(goal, shape, None);
        let mut mine = ours.initial(side, side, &[], Rng::new(4));
        if goal == 2.0 {
            mine.state = normals(Rng::new(6), 8 * side * side);
        }
        let mut x =
            Tensor::<4>::from_data(TensorData::new(mine.state.clone(), [1, 8, side, side]), &device());
        for t in 0..6 {
            x = theirs.step(x, None, (goal == 1.0).then_some(3));
            ours.step(&mut mine, &[], Rng::new(t));
        }
        let theirs = numbers(x);
        assert!(theirs.iter().any(|v| v.abs() > 0.1));
        assert!(max_difference(&theirs, &mine.state) < 1e-3, "goal {goal}");
    }
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
}

#[test]
fn resuming_is_exact_to_the_bit() {
    trials::resumes_to_the_bit(&METHOD, &with(0.0));
    trials::resumes_to_the_bit(&METHOD, &with(2.0));
}

/// One picture grows from one cell, and regenerates after half of it is erased (Mordvintsev et al. 2020).
#[test]
fn a_picture_grows_and_regenerates() {
    let shape = ImageShape { channels: 1, side: 28 };
    let mut samples = trials::pictures(shape, 1, 1);
    let disc = |i: usize| ((i % 28) as f64 - 13.5).hypot((i / 28) as f64 - 13.5) < 8.0;
    samples.pictures[0] = (0..28 * 28).map(|i| if disc(i) { 220 } else { 0 }).collect();
    let chosen = [("goal", 1.0), ("hidden", 32.0), ("channels", 12.0), ("fire", 1.0)];
    let mut trainer = trials::trainer(&METHOD, &samples, &chosen);
    let plan = crate::training::TrainingConfig { rate: 0.004, ..METHOD.plan };
    trials::steps(&mut *trainer, &samples, &plan, 0..260);
    let rule = Automaton::open(&trials::header(&METHOD, shape, 1, &chosen), &trainer.weights()).unwrap();
    let target: Vec<f32> = (0..28 * 28).map(|i| if disc(i) { 220.0 / 255.0 } else { 0.0 }).collect();
    let mse = |shown: &[f32]| {
        shown.iter().zip(&target).map(|(a, b)| (a - b).powi(2)).sum::<f32>() / target.len() as f32
    };
    let blank = mse(&vec![0.0; target.len()]);
    let mut world = rule.grown(28, 28, &[], Rng::new(1));
    let grown = mse(&rule.shown(&world));
    assert!(grown < 0.2 * blank, "grown: {grown}, nothing at all: {blank}");
    for plane in world.state.chunks_exact_mut(28 * 28) {
        plane[..14 * 28].fill(0.0);
    }
    let damaged = mse(&rule.shown(&world));
    (0..42).for_each(|t| rule.step(&mut world, &[], Rng::new(7).fork(t)));
    let regrown = mse(&rule.shown(&world));
    assert!(damaged > 0.4 * blank && regrown < 0.7 * damaged, "damaged: {damaged}, regrown: {regrown}");
    let seed = data::seed(12, 1, 28);
    assert_eq!(rule.initial(28, 28, &[], Rng::new(1)).state, seed);
}
