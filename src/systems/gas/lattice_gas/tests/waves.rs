//! Pressure waves: HPP's are square, FHP's round.

use std::f64::consts::TAU;

use super::super::chance::Chance;
use super::super::chirality::Chirality;
use super::super::gas::Gas;
use super::super::model::Model;
use world::rng::Rng;

const SIDE: usize = 768;
const SECTORS: usize = 48;
const STEPS: usize = 300;
/// Density around, and in a small disc in the middle, at the start.
const DENSITY: [f32; 2] = [0.2, 0.8];
const RADIUS: f64 = 20.0;

/// Place of a cell relative to the middle, in cells.
fn place(model: Model, (x, y): (usize, usize), height: usize) -> [f64; 2] {
    let shift = if model.is_hexagonal() { 0.5 * (y % 2) as f64 } else { 0.0 };
    let down = (y as f64 - 0.5 * height as f64) * model.row_height() as f64;
    [x as f64 + shift - 0.5 * SIDE as f64, down]
}

fn begin(model: Model, height: usize, seed: u64) -> Gas {
    let mut gas = Gas::new(model, SIDE, height, Chirality::Addressed(Rng::new(seed)));
    let layout = gas.layout();
    let chances = DENSITY.map(Chance::new);
    gas.each_row(|y, row, _| {
        let n = row.len() / model.planes();
        let mut disc = vec![0; n];
        layout.each_column(|x, i, bit| {
            let [dx, dy] = place(model, (x, y), height);
            disc[i] |= ((dx * dx + dy * dy < RADIUS * RADIUS) as u64) << bit;
        });
        for (p, plane) in row.chunks_exact_mut(n).enumerate() {
            let rng = Rng::new(seed + 7).fork((y * 8 + p) as u64);
            for (i, word) in plane.iter_mut().enumerate() {
                let [outside, inside] = chances.map(|c| c.bits(rng, i as u64));
                *word = disc[i] & inside | !disc[i] & outside;
            }
        }
    });
    gas
}

/// Radius of the front of the wave in each direction: the farthest at which the excess of density is half its largest.
fn front(model: Model, seeds: u64) -> Vec<f64> {
    let height = (SIDE as f64 / model.row_height() as f64 / 2.0).round() as usize * 2;
    let mut sums = vec![[[0.0; 2]; SIDE / 2]; SECTORS];
    for seed in 0..seeds {
        let mut gas = begin(model, height, seed);
        gas.run(STEPS);
        for (x, y) in (0..SIDE * height).map(|c| (c % SIDE, c / SIDE)) {
            let [dx, dy] = place(model, (x, y), height);
            let sector = ((dy.atan2(dx) / TAU + 1.0) * SECTORS as f64) as usize % SECTORS;
            if let Some(ring) = sums[sector].get_mut((dx * dx + dy * dy).sqrt() as usize) {
                ring[0] += gas.cell(x, y).count_ones() as f64 / model.planes() as f64;
                ring[1] += 1.0;
            }
        }
    }
    let excess = |rings: &[[f64; 2]; SIDE / 2], r: usize| {
        let near = &rings[r.saturating_sub(3)..(r + 4).min(SIDE / 2)];
        let [n, cells] = near.iter().fold([0.0; 2], |sum, ring| [sum[0] + ring[0], sum[1] + ring[1]]);
        n / cells.max(1.0) - DENSITY[0] as f64
    };
    let of = |rings: &[[f64; 2]; SIDE / 2]| {
        let profile: Vec<f64> = (STEPS * 45 / 100..SIDE / 2).map(|r| excess(rings, r)).collect();
        let most = profile.iter().copied().fold(f64::MIN, f64::max);
        (STEPS * 45 / 100 + profile.iter().rposition(|e| *e > 0.5 * most).unwrap()) as f64
    };
    sums.iter().map(of).collect()
}

/// Relative amplitude of the n-fold part of a front.
fn fold(front: &[f64], n: usize) -> f64 {
    let part = |f: fn(f64) -> f64| -> f64 {
        let of = |(i, r): (usize, &f64)| r * f(TAU * n as f64 * (i as f64 + 0.5) / SECTORS as f64);
        2.0 * front.iter().enumerate().map(of).sum::<f64>() / front.iter().sum::<f64>()
    };
    (part(f64::cos).powi(2) + part(f64::sin).powi(2)).sqrt()
}

#[test]
fn waves_are_square_in_hpp_and_round_in_fhp() {
    for model in [Model::Hpp, Model::FhpOne, Model::FhpTwo, Model::FhpThree] {
        let front = front(model, 4);
        let mean = front.iter().sum::<f64>() / SECTORS as f64;
        let folds: Vec<f64> = (1..=12).map(|n| fold(&front, n)).collect();
        let (four, six) = (100.0 * folds[3], 100.0 * folds[5]);
        println!("{model:?}: radius {mean:.1} cells, four-fold {four:.2} %, six-fold {six:.2} %");
        let worst = folds.iter().copied().fold(0.0, f64::max);
        match model {
            Model::Hpp => assert!(folds[3] > 0.03 && folds[3] == worst, "{folds:?}"),
            _ => assert!(worst < 0.01, "{model:?}: {folds:?}"),
        }
        // Sound runs at 1/√2 cells a step, and at √(3/7) with a particle at rest.
        let sound = if model.planes() == 7 { (3.0f64 / 7.0).sqrt() } else { 0.5f64.sqrt() };
        let expected = sound * STEPS as f64;
        assert!((0.97 * expected..1.2 * expected).contains(&mean), "{model:?}: {mean} for {expected}");
    }
}
