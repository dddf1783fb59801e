use std::collections::BTreeMap;

use super::GATES;
use super::inference::{LearnedGates, report};
use crate::ImageShape;
use crate::dynamics::discrete::study::soups;
use crate::dynamics::discrete::table::Table;
use crate::dynamics::method::WorldTrainingInputs;
use crate::dynamics::{Trajectories, WorldModel, WorldSpec};
use crate::header::{ModelCard, ModelHeader};
use crate::net::weights::Weights;
use crate::training::{Batch, StepContext, Trainer, TrainingConfig};
use ::data::sample::Samples;
use world::rng::Rng;

/// Life by its definition (Gardner 1970): the sum of the eight neighbours decides.
fn life() -> Table {
    let rule = |c: &[u8; 9]| match (c[4], c.iter().sum::<u8>() - c[4]) {
        (_, 3) | (1, 2) => 1,
        _ => 0,
    };
    Table::of(2, rule).unwrap()
}

fn trainer(data: Trajectories, given: &[(&str, f64)], seed: u64) -> Box<dyn Trainer> {
    let settings = GATES.values(given);
    let plan = TrainingConfig { seed, ..GATES.plan };
    let held = Trajectories { spec: data.spec.clone(), worlds: Vec::new() };
    (GATES.begin.unwrap())(WorldTrainingInputs { data, held, settings: &settings, plan: &plan }).unwrap()
}

/// Takes these steps of so many in all; returns the last loss.
fn steps(trainer: &mut dyn Trainer, which: std::ops::Range<usize>, all: usize) -> f64 {
    let none = Batch { pixels: Vec::new(), labels: Vec::new(), shape: ImageShape { channels: 1, side: 8 } };
    let mut loss = f64::NAN;
    for step in which {
        let rng = Rng::new(3).fork(step as u64);
        let context = StepContext { step, all, rng, rate: GATES.plan.rate, clip: GATES.plan.clip };
        loss = trainer.step(&none, &context).unwrap()[0].1;
        assert!(loss.is_finite());
    }
    loss
}

fn share_wrong(trainer: &dyn Trainer) -> f64 {
    trainer.validate(&Samples::empty(1, 1, Vec::new()), Rng::new(1)).unwrap()
}

fn header(spec: &WorldSpec) -> ModelHeader {
    ModelHeader {
        method: "gates".into(),
        channels: 1,
        side: spec.width,
        classes: Vec::new(),
        settings: GATES.values(&[]),
        card: ModelCard::default(),
        world: Some(spec.clone()),
    }
}

fn opened(spec: &WorldSpec, w: &Weights) -> LearnedGates {
    LearnedGates::of(&header(spec), w).unwrap()
}

/// From frames of running worlds: a circuit that is Life, proved, and exact for a thousand steps.
#[test]
fn a_circuit_learns_life_exactly() {
    let data = soups(&life(), 0.3, [64, 8, 60], Rng::new(1));
    let spec = data.spec.clone();
    let mut found = Vec::new();
    for seed in 0..3 {
        let mut trainer = trainer(data.clone(), &[], seed);
        let epoch = (0..80).find(|epoch| {
            steps(&mut *trainer, 500 * epoch..500 * (epoch + 1), 40_000);
            share_wrong(&*trainer) == 0.0
        });
        found.extend(epoch.map(|_| trainer.weights()));
    }
    assert!(found.len() >= 2, "{} of 3 seeds", found.len());
    for weights in &found {
        let gates = opened(&spec, weights);
        assert_eq!(gates.table().unwrap(), life());
        let said = report(&header(&spec), weights).join("\n");
        assert!(said.contains("proved by enumeration: all 512") && said.contains("B3/S23"), "{said}");
        let count = gates.circuit().gates.len();
        assert!(
            said.contains(&format!("{count} active gates")) && said.contains(&format!("g{count} = ")),
            "{said}"
        );
        assert!(count < 400, "{count}");
    }
    let gates = opened(&spec, &found[0]);
    let start = soups(&life(), 0.4, [64, 1, 1], Rng::new(9)).worlds[0].frames[0].state.clone();
    let (mut learned, mut board) = (start.clone(), start.iter().map(|v| *v as u8).collect::<Vec<u8>>());
    for step in 0..1000 {
        learned = gates.next(&[&learned], &[], &[], Rng::new(1));
        board = brute_force(&board, 64);
        assert!(learned.iter().zip(&board).all(|(a, b)| *a == f32::from(*b)), "step {step}");
    }
    assert!(board.contains(&1), "still lives");
}

/// Life on a torus, cell by cell.
fn brute_force(board: &[u8], side: usize) -> Vec<u8> {
    let at = |x: usize, y: usize| board[y % side * side + x % side];
    let next = |i: usize| {
        let (x, y) = (i % side + side, i / side + side);
        let around: u8 = (0..9).filter(|k| *k != 4).map(|k| at(x + k % 3 - 1, y + k / 3 - 1)).sum();
        u8::from(around == 3 || around == 2 && at(x, y) == 1)
    };
    (0..board.len()).map(next).collect()
}

/// Three states are two bits; the last number is no state. Nothing has to be exact for the parts to agree.
#[test]
fn words_single_neighbourhoods_and_the_table_decide_alike() {
    let rule = Table::of(3, |c| c[1].max(c[4])).unwrap();
    let data = soups(&rule, 0.6, [40, 4, 3], Rng::new(2));
    let small = [
        ("kernels", 4.0),
        ("width", 32.0),
        ("depth", 1.0),
        ("rounds", 40.0),
        ("mend", 50.0),
        ("attempts", 1.0),
    ];
    let mut trainer = trainer(data.clone(), &small, 1);
    let before = share_wrong(&*trainer);
    steps(&mut *trainer, 0..1000, 1000);
    let after = share_wrong(&*trainer);
    assert!(after < before, "{after} after {before}");
    for periodic in [[true; 2], [false; 2]] {
        let spec = WorldSpec { width: 70, height: 9, periodic, ..data.spec.clone() };
        let gates = opened(&spec, &trainer.weights());
        let rng = Rng::new(7);
        let board: Vec<u8> = (0..630).map(|i| rng.below(i, 3) as u8).collect();
        assert_eq!(gates.step(&board), gates.table().unwrap().step(&board, &spec));
    }
}

#[test]
fn an_interrupted_training_ends_with_the_same_bits() {
    let data = soups(&life(), 0.4, [16, 4, 4], Rng::new(2));
    let small = [("kernels", 4.0), ("width", 32.0), ("depth", 1.0), ("rounds", 20.0), ("mend", 100.0)];
    let mut whole = trainer(data.clone(), &small, 2);
    let loss = steps(&mut *whole, 0..60, 60);
    // In the third of four attempts.
    let mut first = trainer(data.clone(), &small, 2);
    steps(&mut *first, 0..33, 60);
    let kept: BTreeMap<String, Vec<u8>> = first.state().unwrap().into_iter().collect();
    let mut second = trainer(data, &small, 2);
    second.restore(&kept).unwrap();
    assert_eq!(steps(&mut *second, 33..60, 60).to_bits(), loss.to_bits());
    assert!(whole.weights() == second.weights() && whole.state().unwrap() == second.state().unwrap());
    assert!(second.restore(&BTreeMap::new()).is_err());
}

/// A rule that is found at once: later steps change nothing, before and after an interruption.
#[test]
fn what_is_exact_stays() {
    let data = soups(&Table::of(2, |c| c[4]).unwrap(), 0.5, [64, 8, 1], Rng::new(4));
    let small = [("kernels", 2.0), ("width", 8.0), ("depth", 0.0), ("rounds", 50.0)];
    let mut one = trainer(data.clone(), &small, 1);
    let exact = (0..100).find(|epoch| {
        steps(&mut *one, 50 * epoch..50 * (epoch + 1), 5000);
        share_wrong(&*one) == 0.0
    });
    let epoch = exact.unwrap();
    let mut other = trainer(data, &small, 1);
    other.restore(&one.state().unwrap().into_iter().collect()).unwrap();
    assert!(one.weights() == other.weights());
    let found = one.weights();
    for trainer in [&mut one, &mut other] {
        steps(&mut **trainer, 50 * (epoch + 1)..50 * (epoch + 2), 5000);
        assert!(trainer.weights() == found);
    }
}

/// One entry of one gate that matters, turned over: the proof fails, and says where.
#[test]
fn a_broken_gate_is_reported() {
    let rule = Table::of(2, |c| c[1] & c[4]).unwrap();
    let data = soups(&rule, 0.5, [64, 8, 1], Rng::new(4));
    let mut trainer = trainer(data.clone(), &[("kernels", 4.0), ("width", 32.0), ("depth", 1.0)], 1);
    let exact = (0..80).any(|epoch| {
        steps(&mut *trainer, 500 * epoch..500 * (epoch + 1), 40_000);
        share_wrong(&*trainer) == 0.0
    });
    assert!(exact);
    let right = trainer.weights();
    let lines = report(&header(&data.spec), &right).join("\n");
    assert!(lines.contains("proved by enumeration: all 512"), "{lines}");
    let gates = opened(&data.spec, &right);
    let mut broken = gates.circuit().clone();
    broken.gates[0].table ^= 8;
    let mut w = right.clone();
    broken.store(&mut w);
    let lines = report(&header(&data.spec), &w).join("\n");
    assert!(lines.contains("not exact, by enumeration of all 512") && lines.contains("  wrong: "), "{lines}");
}
