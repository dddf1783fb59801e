use super::*;
use crate::model::normals;
use proptest::prelude::*;
use world::rng::Rng;

/// Two worlds from points `[channels][2 cells]`.
fn halves(points: &[f32], channels: usize) -> [Vec<f32>; 2] {
    let n = points.len() / channels;
    [0, 1].map(|i| points.chunks_exact(n).flat_map(|row| row[i * n / 2..(i + 1) * n / 2].to_vec()).collect())
}

fn of_all(bank: &Bank, worlds: &[Vec<f32>]) -> Distance {
    let worlds: Vec<&[f32]> = worlds.iter().map(Vec::as_slice).collect();
    bank.distance(&worlds, DIRECTIONS, Rng::new(7))
}

/// Least mean squared difference over all pairings of two small sets.
fn least_cost(a: &[f32], b: &[f32]) -> f64 {
    match a {
        [] => 0.0,
        [first, rest @ ..] => (0..b.len())
            .map(|i| {
                let others = [&b[..i], &b[i + 1..]].concat();
                let d = f64::from(first - b[i]);
                d * d + least_cost(rest, &others)
            })
            .fold(f64::INFINITY, f64::min),
    }
}

#[test]
fn it_is_the_least_cost_of_all_pairings() {
    let (channels, n) = (4, 6);
    let (goal, points) = (normals(Rng::new(1), channels * n), normals(Rng::new(2), channels * n));
    let bank = Bank::of(&goal, channels, n, Rng::new(3));
    let along = |x: &[f32], k: usize| -> Vec<f32> {
        let row = &bank.directions[k * channels..(k + 1) * channels];
        (0..n).map(|i| (0..channels).map(|c| row[c] * x[c * n + i]).sum()).collect()
    };
    let costs = (0..DIRECTIONS).map(|k| least_cost(&along(&points, k), &along(&goal, k)) / n as f64);
    let expected = costs.sum::<f64>() / DIRECTIONS as f64;
    let found = of_all(&bank, &halves(&points, channels));
    assert!((found.mean - expected).abs() < 1e-4 * expected, "{}, {expected}", found.mean);
    assert!((found.each.iter().sum::<f64>() / 2.0 - found.mean).abs() < 1e-9);
}

#[test]
fn sets_of_the_same_points_are_at_no_distance_in_any_order() {
    let (channels, n) = (5, 64);
    let goal = normals(Rng::new(4), channels * n);
    let bank = Bank::of(&goal, channels, n, Rng::new(3));
    let mixed: Vec<f32> = goal.chunks_exact(n).flat_map(|row| (0..n).map(|i| row[i * 27 % n])).collect();
    let found = of_all(&bank, &halves(&mixed, channels));
    assert_eq!(found.mean, 0.0);
    assert!(found.gradient.iter().flatten().all(|v| *v == 0.0));
}

/// Along a direction θ normal distributions of means a and b and deviations s and t are at the squared distance
/// (θ·(a − b))² + (s − t)².
#[test]
fn normal_distributions_are_as_far_apart_as_the_closed_form_says() {
    let (channels, n) = (3, 4096);
    let goal = normals(Rng::new(5), channels * n);
    let bank = Bank::of(&goal, channels, n, Rng::new(6));
    let (shift, stretch) = ([0.8, -0.5, 1.1], 1.4);
    let other = normals(Rng::new(8), channels * n);
    let moved: Vec<f32> = other.iter().enumerate().map(|(i, v)| stretch * v + shift[i / n]).collect();
    let along = |row: &[f32]| -> f64 {
        let mean: f64 = row.iter().zip(shift).map(|(d, s)| f64::from(d * s)).sum();
        let length: f64 = row.iter().map(|d| f64::from(d * d)).sum();
        let spread = f64::from(stretch - 1.0);
        mean * mean + spread * spread * length
    };
    let expected = bank.directions.chunks_exact(channels).map(along).sum::<f64>() / DIRECTIONS as f64;
    let found = of_all(&bank, &halves(&moved, channels)).mean;
    assert!((found - expected).abs() < 0.15 * expected, "{found}, {expected}");
    let still = of_all(&bank, &halves(&other, channels)).mean;
    assert!(still < 0.01, "two samples of one distribution: {still}");
}

/// Between two pairings the loss is a parabola along any line, so that a central difference is exact.
#[test]
fn the_gradient_is_the_difference_quotient() {
    let (channels, n) = (4, 48);
    let bank = Bank::of(&normals(Rng::new(1), channels * 500), channels, n, Rng::new(2));
    let (points, line) = (normals(Rng::new(3), channels * n), normals(Rng::new(4), channels * n));
    let at = |d: f32| {
        let moved: Vec<f32> = points.iter().zip(&line).map(|(p, l)| l.mul_add(d, *p)).collect();
        let worlds = halves(&moved, channels);
        let worlds: Vec<&[f32]> = worlds.iter().map(Vec::as_slice).collect();
        bank.distance(&worlds, 20, Rng::new(5))
    };
    let lines = halves(&line, channels);
    let found: f64 =
        at(0.0).gradient.iter().flatten().zip(lines.iter().flatten()).map(|(g, l)| f64::from(g * l)).sum();
    let expected = (at(1e-3).mean - at(-1e-3).mean) / 2e-3;
    assert!((found - expected).abs() < 2e-3 * (1.0 + expected.abs()), "{found}, {expected}");
}

#[test]
fn each_step_draws_its_own_directions() {
    let bank = Bank::of(&normals(Rng::new(1), 6 * 200), 6, 50, Rng::new(2));
    let points = normals(Rng::new(3), 6 * 50);
    let at = |seed: u64| bank.distance(&[&points[..]], 6, Rng::new(seed)).mean;
    assert!(at(1) == at(1) && at(1) != at(2));
    // Unit length in deviations, one to three features.
    for row in bank.directions.chunks_exact(6) {
        let mixed = row.iter().filter(|v| **v != 0.0).count();
        let length: f32 = row.iter().map(|v| v * v).sum();
        assert!((1..=3).contains(&mixed) && (length - 1.0).abs() < 0.4, "{row:?}");
    }
}

proptest! {
    #[test]
    fn ranks_are_those_of_the_values(values in prop::collection::vec(-1e6f32..1e6, 1..200)) {
        let keys = ranked(values.iter().copied());
        let mut sorted = values.clone();
        sorted.sort_by(f32::total_cmp);
        prop_assert!(keys.iter().zip(&sorted).all(|(k, v)| value(*k).to_bits() == v.to_bits()));
        prop_assert!(keys.iter().all(|k| values[*k as u32 as usize].to_bits() == value(*k).to_bits()));
        prop_assert_eq!(resampled(&sorted, values.len()), sorted.clone());
        let few = resampled(&sorted, 5);
        prop_assert!(few.windows(2).all(|w| w[0] - w[1] < 0.5) && few[0] >= sorted[0] && few[4] <= sorted[sorted.len() - 1] + 0.5);
    }
}
