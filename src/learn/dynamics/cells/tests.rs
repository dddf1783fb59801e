use std::collections::BTreeMap;

use super::inference::LearnedAutomaton;
use super::network::{CellNet, Sizes};
use super::proof::Proof;
use super::table::{CELLS as CELLS_AROUND, digits, neighbourhood};
use super::{CELLS, Settings};
use crate::ImageShape;
use crate::dynamics::method::WorldTrainingInputs;
use crate::dynamics::trajectories::Moment;
use crate::dynamics::{Trajectories, Trajectory, WorldModel, WorldSpec};
use crate::header::{ModelCard, ModelHeader};
use crate::net::weights::Weights;
use crate::training::{Batch, StepContext, Trainer, TrainingConfig};
use world::params::Params;
use world::rng::Rng;

fn spec(side: usize) -> WorldSpec {
    WorldSpec {
        scene: "soup".into(),
        width: side,
        height: side,
        periodic: [true; 2],
        every: 1,
        state: vec!["cells.alive".into()],
        given: Vec::new(),
        knobs: Vec::new(),
    }
}

/// Life by its definition, on a torus: `born` and `stay` are the numbers of live neighbours.
fn outer_totalistic(board: &[f32], side: usize, born: &[usize], stay: &[usize]) -> Vec<f32> {
    let alive = |y: usize, x: usize| board[y % side * side + x % side] > 0.5;
    let one = |i: usize| {
        let (y, x) = (i / side + side, i % side + side);
        let around = (0..9).filter(|k| *k != 4 && alive(y + k / 3 - 1, x + k % 3 - 1)).count();
        let next = if alive(y, x) { stay.contains(&around) } else { born.contains(&around) };
        f32::from(u8::from(next))
    };
    (0..board.len()).map(one).collect()
}

/// Brian's Brain: off, on, dying.
fn brain(board: &[f32], side: usize) -> Vec<f32> {
    let at = |y: usize, x: usize| board[y % side * side + x % side] as usize;
    let one = |i: usize| {
        let (y, x) = (i / side + side, i % side + side);
        let on = (0..9).filter(|k| *k != 4 && at(y + k / 3 - 1, x + k % 3 - 1) == 1).count();
        match at(y, x) {
            0 if on == 2 => 1.0,
            1 => 2.0,
            _ => 0.0,
        }
    };
    (0..board.len()).map(one).collect()
}

type Rule = fn(&[f32], usize) -> Vec<f32>;

fn life(board: &[f32], side: usize) -> Vec<f32> {
    outer_totalistic(board, side, &[3], &[2, 3])
}

fn worlds(rule: Rule, states: u64, side: usize, worlds: u64, frames: usize) -> Trajectories {
    let world = |seed: u64| {
        let rng = Rng::new(seed);
        let mut board: Vec<f32> = (0..(side * side) as u64)
            .map(|i| if rng.unit(2 * i) < 0.4 { rng.below(2 * i + 1, states) as f32 } else { 0.0 })
            .collect();
        let mut all = Vec::new();
        for _ in 0..frames {
            all.push(Moment { state: board.clone(), ..Moment::default() });
            board = rule(&board, side);
        }
        Trajectory { seed, frames: all }
    };
    Trajectories { spec: spec(side), worlds: (0..worlds).map(world).collect() }
}

fn trainer(data: Trajectories, given: &[(&str, f64)], seed: u64) -> Result<Box<dyn Trainer>, String> {
    let settings = CELLS.values(given);
    let plan = TrainingConfig { seed, ..CELLS.plan };
    let (data, held) = data.split(0.1);
    (CELLS.begin.unwrap())(WorldTrainingInputs { data, held, settings: &settings, plan: &plan })
}

fn train(trainer: &mut dyn Trainer, which: std::ops::Range<usize>, all: usize, seed: u64) -> f64 {
    let none = Batch { pixels: Vec::new(), labels: Vec::new(), shape: ImageShape { channels: 1, side: 8 } };
    let mut loss = 0.0;
    for step in which {
        let rng = Rng::new(seed).named("steps").fork(step as u64);
        loss = trainer.step(&none, &StepContext { step, all, rng, rate: 0.01, clip: 10.0 }).unwrap()[0].1;
    }
    loss
}

fn opened(weights: &Weights, given: &[(&str, f64)], side: usize) -> LearnedAutomaton {
    let header = ModelHeader {
        method: "cells".into(),
        channels: 1,
        side,
        classes: Vec::new(),
        settings: CELLS.values(given),
        card: ModelCard::default(),
        world: Some(spec(side)),
    };
    LearnedAutomaton::of(&header, weights).unwrap()
}

/// The requirement: from frames of running worlds, 449 weights, eight seeds of eight, proved, and exact for a thousand
/// steps.
#[test]
fn life_is_learned_exactly_by_every_seed() {
    let data = worlds(life, 2, 32, 24, 40);
    for seed in 0..8 {
        let mut trainer = trainer(data.clone(), &[], seed).unwrap();
        train(&mut *trainer, 0..1000, 1000, seed);
        let weights = trainer.weights();
        let automaton = opened(&weights, &[], 64);
        let proof = Proof::of(&automaton, &weights).unwrap();
        assert!(proof.is_exact() && proof.all == 512, "seed {seed}: {proof:?}");
        assert!(proof.lines(2)[1].contains("it is the rule"));
        if seed == 0 {
            let start = worlds(life, 2, 64, 1, 1).worlds[0].frames[0].state.clone();
            let (mut learned, mut ruled) = (start.clone(), start);
            for _ in 0..1000 {
                learned = automaton.next(&[&learned], &[], &[], Rng::new(1));
                ruled = life(&ruled, 64);
            }
            assert!(learned == ruled && ruled.contains(&1.0));
        }
    }
    assert_eq!(Sizes { states: 2, hidden: [16, 16] }.count(), 449);
}

/// Another rule of two states, and one of three.
#[test]
fn other_rules_are_learned() {
    let high: Rule = |b, side| outer_totalistic(b, side, &[3, 6], &[2, 3]);
    for (rule, states, all) in [(high, 2, 512), (brain as Rule, 3, 19683)] {
        let data = worlds(rule, states, 48, 24, 12);
        let wide = [("first", 32.0), ("second", 32.0)];
        let mut trainer = trainer(data, &wide, 1).unwrap();
        train(&mut *trainer, 0..1000, 1000, 1);
        let weights = trainer.weights();
        let automaton = opened(&weights, &wide, 48);
        let proof = Proof::of(&automaton, &weights).unwrap();
        assert!(
            proof.all == all && proof.wrong.len() * 40 <= proof.seen,
            "{states}: {} of {}",
            proof.wrong.len(),
            proof.seen
        );
        assert_eq!(proof.is_exact(), proof.wrong.is_empty() && proof.seen == all);
    }
}

#[test]
fn a_wrong_decision_is_found() {
    let data = worlds(life, 2, 32, 8, 30);
    let mut trainer = trainer(data, &[], 1).unwrap();
    train(&mut *trainer, 0..50, 1000, 1);
    let weights = trainer.weights();
    let automaton = opened(&weights, &[], 32);
    let proof = Proof::of(&automaton, &weights).unwrap();
    assert!(!proof.is_exact() && !proof.wrong.is_empty());
    let share = trainer.validate(&data::sample::Samples::empty(1, 1, Vec::new()), Rng::new(1)).unwrap();
    assert!((share - proof.wrong.len() as f64 / proof.seen as f64).abs() < 1e-12);
    assert!(proof.lines(2)[1].contains("expected"));
}

/// In f64 a central difference is exact to about 1e-9.
#[test]
fn the_gradient_is_the_difference_quotient() {
    for states in [2, 3] {
        let sizes = Sizes { states, hidden: [5, 4] };
        let net = CellNet::fresh(sizes, Rng::new(6));
        let rows = [(77, 1, 0.3), (200, 0, 0.5), (11, states - 1, 0.2)];
        let loss = |net: &CellNet| {
            let mut unused = vec![0.0; net.values.len()];
            rows.iter().map(|(i, next, w)| net.accumulate(*i, *next, *w, &mut unused)).sum::<f64>()
        };
        let mut gradient = vec![0.0; net.values.len()];
        rows.iter().for_each(|(i, next, w)| {
            net.accumulate(*i, *next, *w, &mut gradient);
        });
        assert!(gradient.iter().filter(|g| **g != 0.0).count() > gradient.len() / 4);
        for (i, g) in gradient.iter().enumerate() {
            let moved = |by: f64| {
                let mut net = net.clone();
                net.values[i] += by;
                loss(&net)
            };
            let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
            assert!((slope - g).abs() < 1e-6, "{states} states, weight {i}: {slope}, {g}");
        }
    }
}

#[test]
fn neighbourhoods_wrap_round_a_torus_and_end_at_walls() {
    let board: Vec<usize> = (0..64).map(|i| i % 2).collect();
    let torus = spec(8);
    let walls = WorldSpec { periodic: [false; 2], ..torus.clone() };
    let at = |spec: &WorldSpec, cell: usize| digits(neighbourhood(&board, spec, 2, cell), 2);
    assert_eq!(at(&torus, 0), [1, 0, 1, 1, 0, 1, 1, 0, 1]);
    assert_eq!(at(&walls, 0), [0, 0, 0, 0, 0, 1, 0, 0, 1]);
    assert_eq!(at(&walls, 63), [0, 1, 0, 0, 1, 0, 0, 0, 0]);
    assert_eq!(at(&torus, 9), at(&walls, 9));
    assert_eq!(CELLS_AROUND, 9);
}

#[test]
fn an_interrupted_training_ends_with_the_same_bits() {
    let data = worlds(life, 2, 16, 4, 10);
    let mut whole = trainer(data.clone(), &[], 2).unwrap();
    train(&mut *whole, 0..30, 30, 2);
    let mut first = trainer(data.clone(), &[], 2).unwrap();
    train(&mut *first, 0..13, 30, 2);
    let kept: BTreeMap<String, Vec<u8>> = first.state().unwrap().into_iter().collect();
    let mut second = trainer(data, &[], 2).unwrap();
    second.restore(&kept).unwrap();
    train(&mut *second, 13..30, 30, 2);
    assert!(whole.weights() == second.weights() && whole.state().unwrap() == second.state().unwrap());
    assert!(second.restore(&BTreeMap::new()).is_err());
}

#[test]
fn what_is_no_automaton_is_said() {
    let error = |data: Trajectories| trainer(data, &[], 1).err().unwrap();
    let mut skipped = worlds(life, 2, 32, 4, 20);
    skipped.worlds.iter_mut().for_each(|w| {
        w.frames = w.frames.iter().step_by(2).cloned().collect();
    });
    assert!(error(skipped).contains("one generation a frame"));
    let mut grey = worlds(life, 2, 32, 2, 3);
    grey.worlds[0].frames[0].state.iter_mut().enumerate().for_each(|(i, v)| *v = i as f32);
    assert!(error(grey).contains("at most 16 different values in cells.alive"));
    let mut driven = worlds(life, 2, 32, 2, 3);
    driven.spec.given.push("wind".into());
    assert!(error(driven).contains("nothing drives"));
    assert_eq!(Settings::SPECS.len(), 3);
}
