use proptest::prelude::*;

use super::influence::{by_moments, by_samples};
use super::*;
use crate::metrics::mean;
use crate::metrics::testing::normal;
use world::rng::Rng;

#[test]
fn the_distance_of_shifted_normals_is_the_squared_shift() {
    // |δ|² = 9 in 16 dimensions (d = 16, N = 2000; the bias is about .08).
    let a = normal(2000, 16, 1, 0.0);
    let b = normal(2000, 16, 2, 0.75);
    let d = frechet(&a, &b).unwrap();
    assert!((d - 9.0).abs() < 0.4, "{d}");
    assert!(frechet(&a, &a).unwrap().abs() < 1e-9);
}

#[test]
fn diagonal_covariances_have_a_closed_form() {
    // Corners of boxes: covariances are diagonal, and the distance is Σ (σ₁ − σ₂)².
    let corners = |s: [f64; 3]| {
        let values = (0..8).flat_map(|i| (0..3).map(move |k| if i >> k & 1 == 1 { s[k] } else { -s[k] }));
        SampleMatrix::new(3, values.collect()).unwrap()
    };
    let (a, b) = (corners([1.0, 2.0, 3.0]), corners([2.0, 2.5, 0.5]));
    let expected = (1.0 + 0.25 + 6.25) * 8.0 / 7.0;
    assert!((frechet(&a, &b).unwrap() - expected).abs() < 1e-10);
}

proptest! {
    #[test]
    fn both_computations_agree(n in 2usize..12, m in 2usize..12, d in 1usize..24, seed: u64) {
        let (a, b) = (normal(n, d, seed, 0.0), normal(m, d, seed ^ 9, 0.5));
        let by_moments = between(&Moments::of(&a), &Moments::of(&b)).unwrap();
        let samples = Products::of([(&a).into(), (&b).into()]).unwrap().distance().unwrap();
        prop_assert!((by_moments - samples).abs() < 1e-6 * (1.0 + samples.abs()), "{by_moments} {samples}");
        let known = Statistics::of(&a).unwrap();
        let again = Statistics::new(known.mean().to_vec(), known.covariance().values.clone()).unwrap();
        prop_assert_eq!(again.distance(&Statistics::of(&b).unwrap()).unwrap(), by_moments);
    }

    #[test]
    fn moments_do_not_depend_on_how_samples_are_split(n in 2usize..40, cut in 1usize..39, seed: u64) {
        let t = normal(n, 5, seed, 1.0);
        let cut = cut.min(n - 1);
        let part = |rows: std::ops::Range<usize>| Moments::of(&t.pick(&rows.collect::<Vec<_>>()));
        let (whole, merged) = (Moments::of(&t), part(0..cut).merge(part(cut..n)));
        let near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9);
        prop_assert!(near(&whole.mean, &merged.mean) && near(&whole.scatter, &merged.scatter));
    }
}

#[test]
fn invalid_covariances_are_rejected() {
    let of = |sigma: &[f64]| Statistics::new(vec![0.0; 2], sigma.to_vec()).map_err(|e| e.to_string());
    let message = "mean and covariance: expected a covariance without negative eigenvalues, found";
    for (odd, least) in [
        ([-2.0, -0.5, -0.5, -1.0], "-2.207e0"),
        ([1.0, 0.0, 0.0, -0.01], "-1.000e-2"),
        // A positive diagonal, but a correlation above one.
        ([1.0, 1.5, 1.5, 1.0], "-5.000e-1"),
    ] {
        assert_eq!(of(&odd).unwrap_err(), format!("{message} {least}"));
    }
    // For collinear samples the smallest eigenvalue is zero, up to rounding.
    for good in [[1.0, 1.0 + 1e-7, 1.0 + 1e-7, 1.0], [0.0; 4], [3e-9, 0.0, 0.0, 0.0]] {
        assert!(of(&good).is_ok(), "{good:?}");
    }
}

#[test]
fn the_result_does_not_depend_on_the_thread_count() {
    let (a, b) = (normal(700, 20, 4, 0.0), normal(700, 20, 5, 0.1));
    let at = |n| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        pool.install(|| frechet(&a, &b).unwrap().to_bits())
    };
    assert!([2, 3, 8].iter().all(|&n| at(n) == at(1)));
}

/// Normal values, those of the candidates wider and shifted.
fn two(n: usize, m: usize, d: usize, seed: u64, shift: f64) -> [SampleMatrix; 2] {
    let wide = normal(m, d, !seed, 0.0).values().iter().map(|v| 1.2 * v + shift).collect();
    [normal(n, d, seed, 0.0), SampleMatrix::new(d, wide).unwrap()]
}

fn deviation(values: &[f64]) -> f64 {
    let centre = mean(values);
    (values.iter().map(|v| (v - centre).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
}

/// Standard deviation of the distance by its influences.
fn by_influences(sets: &[SampleMatrix; 2]) -> f64 {
    let found = influences(sets.each_ref().map(KnownSet::Samples)).unwrap();
    found.of.map(|f| deviation(&f).powi(2) / f.len() as f64).iter().sum::<f64>().sqrt()
}

proptest! {
    #[test]
    fn both_computations_find_the_same_influences(n in 3usize..30, m in 3usize..30, d in 1usize..24, seed: u64) {
        let [a, b] = two(n, m, d, seed, 0.3);
        let moments = by_moments([&a, &b].map(KnownSet::Samples)).unwrap();
        let samples = by_samples([(&a).into(), (&b).into()]).unwrap();
        let plain = frechet(&a, &b).unwrap();
        for value in [moments.value, samples.value] {
            prop_assert!((value - plain).abs() < 1e-6 * (1.0 + plain), "{value} {plain}");
        }
        for (x, y) in moments.of.iter().flatten().zip(samples.of.iter().flatten()) {
            prop_assert!((x - y).abs() < 1e-4 * (d as f64 + y.abs()), "{x} {y}");
        }
    }
}

#[test]
fn an_influence_is_what_a_sample_changes() {
    // Without a sample the distance is off by its influence over n − 1, to first order (the jackknife).
    let sets = two(200, 150, 3, 7, 0.6);
    let found = influences(sets.each_ref().map(KnownSet::Samples)).unwrap();
    for (s, own) in found.of.iter().enumerate() {
        let n = own.len();
        let centre = mean(own);
        let mut off = Vec::new();
        for left_out in (0..n).step_by(5) {
            let rest: Vec<usize> = (0..n).filter(|i| *i != left_out).collect();
            let mut fewer = sets.clone();
            fewer[s] = fewer[s].pick(&rest);
            let change = (n - 1) as f64 * (found.value - frechet(&fewer[0], &fewer[1]).unwrap());
            off.push(change - (own[left_out] - centre));
        }
        // The second order is left.
        assert!(deviation(&off) < 0.1 * deviation(own), "{} of {}", deviation(&off), deviation(own));
    }
}

#[test]
fn influences_vary_the_distance_as_a_bootstrap_and_as_new_samples_do() {
    let of = |sets: &[SampleMatrix; 2]| frechet(&sets[0], &sets[1]).unwrap();
    // Anew from the distributions.
    let all: Vec<[SampleMatrix; 2]> = (0..200).map(|s| two(120, 90, 4, 1000 + s, 0.5)).collect();
    let values: Vec<f64> = all.iter().map(of).collect();
    let typical = mean(&all.iter().map(by_influences).collect::<Vec<_>>());
    let truth = deviation(&values);
    assert!((0.8..1.35).contains(&(typical / truth)), "{typical} for {truth}");
    // From the same samples, drawn with replacement.
    let ratio = |(s, sets): (u64, &[SampleMatrix; 2])| {
        let drawn = |draw: u64, set: usize| {
            let n = sets[set].rows();
            let r = Rng::new(s).fork(2 * draw + set as u64);
            sets[set].pick(&(0..n).map(|i| r.bits(i as u64) as usize % n).collect::<Vec<_>>())
        };
        let draws: Vec<f64> = (0..100).map(|b| of(&[drawn(b, 0), drawn(b, 1)])).collect();
        deviation(&draws) / by_influences(sets)
    };
    let ratios: Vec<f64> = (0..20).zip(&all).map(ratio).collect();
    assert!((0.9..1.2).contains(&mean(&ratios)), "{ratios:?}");
}

#[test]
fn intervals_contain_the_expected_distance_about_as_often_as_they_should() {
    let hits = |n: usize, d: usize, shift: f64| {
        let one = |s: u64| {
            let sets = two(n, n, d, 5000 + s, shift);
            estimate(sets.each_ref().map(KnownSet::Samples), Some(Rng::new(s))).unwrap()
        };
        let all: Vec<_> = (0..150).map(one).collect();
        let expected = mean(&all.iter().map(|e| e.value).collect::<Vec<_>>());
        all.iter().filter(|e| e.interval[0] <= expected && expected <= e.interval[1]).count()
    };
    // Of 150 142 or 143 are nominal.
    for (n, d, shift) in [(100, 4, 0.5), (24, 30, 0.0), (12, 40, 0.3)] {
        let found = hits(n, d, shift);
        assert!((124..=150).contains(&found), "{found} of 150 with {n} samples of {d} columns");
    }
}

#[test]
fn known_moments_have_no_influence() {
    let [a, b] = two(80, 60, 3, 4, 0.4);
    let known = Statistics::of(&a).unwrap();
    let found = influences([KnownSet::Statistics(&known), KnownSet::Samples(&b)]).unwrap();
    let both = influences([&a, &b].map(KnownSet::Samples)).unwrap();
    assert!(found.of[0].is_empty() && found.of[1] == both.of[1] && found.value == both.value);
    let alone = estimate([KnownSet::Statistics(&known), KnownSet::Samples(&b)], None).unwrap().value;
    assert!((alone - found.value).abs() < 1e-9);
    let width = |sets: [KnownSet; 2]| {
        let e = estimate(sets, Some(Rng::new(1))).unwrap();
        e.interval[1] - e.interval[0]
    };
    let one = width([KnownSet::Statistics(&known), KnownSet::Samples(&b)]);
    assert!(one > 0.0 && one < width([&a, &b].map(KnownSet::Samples)));
    assert!(!estimate([KnownSet::Samples(&a); 2], None).unwrap().has_interval());
    let few = estimate([KnownSet::Samples(&a), KnownSet::Samples(&b.pick(&[0, 1]))], Some(Rng::new(1)));
    assert!(few.unwrap_err().to_string().contains("at least 3 samples of the candidate, found 2"));
}

#[test]
fn what_does_not_fit_into_memory_is_refused() {
    assert!(fits(32_768, 32_768, NAME).is_ok());
    let e = fits(40_000, 40_000, NAME).unwrap_err().to_string();
    assert!(e.contains("40000×40000") && e.contains("11.9 GiB; expected at most 8.0 GiB"), "{e}");
}
