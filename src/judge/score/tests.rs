//! The regression against known solutions, and a scorer of pictures whose score is known.

use std::path::Path;

use super::correlation::{Correlation, pearson, spearman};
use super::head::ScoreHead;
use super::learn::{ScoreConfig, learn};
use super::ridge::Ridge;
use crate::Judge;
use data::scores::{ScoreTable, ScoredPicture};
use world::rng::Rng;

/// The same data and penalties in scikit-learn 1.9 (Ridge on standardised columns, alpha = penalty · n).
#[test]
fn the_regression_agrees_with_scikit_learn() {
    let rows: [[f64; 3]; 8] = [
        [1.0, 2.0, 0.5],
        [2.0, 1.0, -1.0],
        [3.0, 5.0, 2.0],
        [4.0, 3.0, 0.0],
        [5.0, 8.0, 1.0],
        [6.0, 4.0, -2.0],
        [7.0, 9.0, 3.0],
        [8.0, 1.0, 1.0],
    ];
    let rows: Vec<&[f64]> = rows.iter().map(|r| &r[..]).collect();
    let targets = [1.2, 0.3, 4.1, 2.2, 6.3, 1.0, 8.9, 0.4];
    for (penalty, weights, said) in [
        (0.0, [-0.10895250549502858, 2.3435742410680267, 0.879874027689951], 3.3008887033151764),
        (0.1, [-0.02847644145804259, 2.0866225918236103, 0.9170435064734547], 3.2528491609389913),
        (1.0, [0.15828246147251696, 1.1650354571454167, 0.7471549415706598], 3.080343267475097),
    ] {
        let made = Ridge::fit(&rows, &targets, penalty).unwrap();
        let near = made.weights.iter().zip(weights).all(|(a, b)| (a - b).abs() < 1e-10);
        assert!(near && (made.intercept - 3.05).abs() < 1e-12, "{made:?}");
        assert!((made.predict(&[2.5, 4.0, 1.0]) - said).abs() < 1e-10);
    }
}

/// At the minimum of squared errors plus penalty the gradient vanishes: Zᵀ(Zw − y) + λ n w = 0.
#[test]
fn at_the_solution_the_gradient_vanishes_even_if_features_repeat() {
    let rng = Rng::new(8);
    let rows: Vec<Vec<f64>> = (0..60)
        .map(|i| {
            let mut row: Vec<f64> = (0..6).map(|c| f64::from(rng.fork(c).normal(i))).collect();
            // A copy of the first feature, and one that is constant.
            row.extend([row[0], 7.0]);
            row
        })
        .collect();
    let targets: Vec<f64> = rows.iter().map(|r| 2.0 * r[0] - r[3] + 0.5 * r[5] * r[5]).collect();
    let rows: Vec<&[f64]> = rows.iter().map(|r| &r[..]).collect();
    let (penalty, n) = (0.3, 60.0);
    let made = Ridge::fit(&rows, &targets, penalty).unwrap();
    for c in 0..7 {
        let z = |row: &[f64]| (row[c] - made.means[c]) / made.deviations[c];
        let misfit: f64 = rows.iter().zip(&targets).map(|(r, y)| z(r) * (made.predict(r) - y)).sum();
        assert!((misfit + penalty * n * made.weights[c]).abs() < 1e-8, "{c}");
    }
    assert!((made.weights[0] - made.weights[6]).abs() < 1e-9 && made.weights[7] == 0.0);
    assert!(Ridge::fit(&rows, &targets, 0.0).unwrap_err().contains("penalty"));
}

#[test]
fn cross_validation_shrinks_noise_and_keeps_signal() {
    let rng = Rng::new(4);
    let rows: Vec<Vec<f64>> =
        (0..80).map(|i| (0..30).map(|c| f64::from(rng.fork(c).normal(i))).collect()).collect();
    let rows: Vec<&[f64]> = rows.iter().map(|r| &r[..]).collect();
    let noise: Vec<f64> = (0..80).map(|i| f64::from(rng.named("y").normal(i))).collect();
    let signal: Vec<f64> = rows.iter().zip(&noise).map(|(r, e)| 3.0 * r[0] + 2.0 * r[1] + 0.05 * e).collect();
    let of = |targets: &[f64]| Ridge::cross_validated(&rows, targets, 5, Rng::new(1)).unwrap();
    let (kept, errors) = of(&signal);
    let (shrunk, _) = of(&noise);
    assert!(kept.penalty < 0.01 && shrunk.penalty > 0.3, "{} {}", kept.penalty, shrunk.penalty);
    let least = errors.iter().map(|e| e.1).fold(f64::INFINITY, f64::min);
    assert!(errors.len() == 17 && errors.iter().any(|e| e.0 == kept.penalty && e.1 == least));
    assert!(Ridge::cross_validated(&rows[..9], &signal[..9], 5, Rng::new(1)).is_err());
}

/// Values of scipy.stats.
#[test]
fn correlations_agree_with_scipy_and_have_intervals() {
    let x = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0, 5.0, 3.0];
    let y = [2.0, 7.1, 1.8, 2.8, 1.8, 2.8, 4.5, 9.0, 4.5, 2.3];
    assert!((pearson(&x, &y) + 0.015375789047418773).abs() < 1e-12);
    assert!((spearman(&x, &y) + 0.06481481481481481).abs() < 1e-12);
    assert_eq!(pearson(&x, &[1.0; 10]), 0.0);
    // Of 400 normal pairs with correlation 0.6 the interval is 0.6 ± 2 · 0.64 / √400.
    let rng = Rng::new(12);
    let a: Vec<f64> = (0..400).map(|i| f64::from(rng.normal(i))).collect();
    let b: Vec<f64> =
        a.iter().enumerate().map(|(i, v)| 0.6 * v + 0.8 * f64::from(rng.fork(9).normal(i as u64))).collect();
    let found = Correlation::of(&a, &b, pearson, Rng::new(1));
    let [low, high] = found.interval;
    assert!(low < found.value && found.value < high && (high - low - 0.125).abs() < 0.03, "{found:?}");
}

/// Stripes; their score is how many there are, or has nothing to do with them.
fn table(is_random: bool) -> ScoreTable {
    let rng = Rng::new(3);
    let picture = |i: u64| {
        let stripes = 1.0 + 11.0 * rng.unit(i);
        let phase = rng.fork(1).unit(i);
        let level = |p: usize| {
            let wave = libm::sinf(std::f32::consts::TAU * ((p % 64) as f32 / 64.0 * stripes + phase));
            (127.0 + 100.0 * wave + 20.0 * (rng.fork(2).fork(i).unit(p as u64) - 0.5)) as u8
        };
        let score = if is_random { rng.fork(3).unit(i) } else { stripes };
        let pixels = (0..64 * 64).flat_map(|p| [level(p); 3]).collect();
        ScoredPicture { path: format!("{i}.png").into(), side: 64, pixels, score: f64::from(score) }
    };
    ScoreTable { pictures: (0..240).map(picture).collect(), notes: Vec::new() }
}

#[test]
fn a_scorer_learns_what_pictures_show_and_nothing_from_chance() {
    let judge = Judge::shipped().unwrap();
    let head = learn(&table(false), Path::new("t/stripes.csv"), &judge, &ScoreConfig::default()).unwrap();
    let card = &head.card;
    assert!(card.pearson.interval[0] > 0.6 && card.spearman.value > 0.7, "{card:?}");
    assert!(card.error[0] < 0.8 * card.error[1] && card.pictures == [192, 48] && card.table == "stripes.csv");
    let chance = learn(&table(true), Path::new("t"), &judge, &ScoreConfig::default()).unwrap();
    let [low, high] = chance.card.pearson.interval;
    assert!(low < 0.0 && high > 0.0, "{:?}", chance.card.pearson);

    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("score.json");
    head.save(&path).unwrap();
    assert_eq!(ScoreHead::load(&path, &judge).unwrap(), head);
    let text = std::fs::read_to_string(&path).unwrap();
    let told = |from: &str, to: &str| {
        std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
        ScoreHead::load(&path, &judge).unwrap_err().to_string()
    };
    assert!(told(&head.judge, "0123").contains("another judge"));
    assert!(told("untrained-score", "other").contains("kind: expected `untrained-score`, found `other`"));
    assert!(told("\"weights\": [", "\"weights\": [1.0,").contains("weights: expected 64 to 64, found 65"));
    assert!(told("{", "[").contains("expected a file of `untrained score learn`"));
    let few = ScoreTable { pictures: table(false).pictures[..9].to_vec(), notes: Vec::new() };
    let said = learn(&few, Path::new("t"), &judge, &ScoreConfig::default()).unwrap_err().to_string();
    assert!(said.contains("expected at least 13 pictures with a score, found 9"), "{said}");
}
