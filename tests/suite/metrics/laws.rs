//! Metrics of sets with known values.

use untrained::bench::metrics::frechet::frechet;
use untrained::bench::metrics::neighbours::neighbour_stats;
use untrained::bench::metrics::{SampleMatrix, mean};
use untrained::world::rng::Rng;

fn normal(rows: usize, columns: usize, seed: u64) -> SampleMatrix {
    let r = Rng::new(seed);
    SampleMatrix::new(columns, (0..rows * columns).map(|i| f64::from(r.normal(i as u64))).collect()).unwrap()
}

/// Expected coverage of N reference samples by M candidates of the same distribution (Naeem et al. 2020).
fn expected_coverage(n: usize, m: usize, k: usize) -> f64 {
    1.0 - (0..k).map(|i| (n - 1 - i) as f64 / (n + m - 1 - i) as f64).product::<f64>()
}

#[test]
fn coverage_and_density_of_equal_distributions_are_as_predicted() {
    assert!((expected_coverage(10_000, 10_000, 5) - 0.96877).abs() < 1e-5);
    assert!((expected_coverage(10_000, 10_000, 3) - 0.87504).abs() < 1e-5);
    for (n, m, k) in [(500, 500, 3), (500, 500, 5), (600, 200, 5), (200, 600, 2)] {
        let draws: Vec<_> = (0..30)
            .map(|s| neighbour_stats(&normal(n, 2, 2 * s), &normal(m, 2, 2 * s + 1), k).unwrap())
            .map(|s| (mean(&s.coverage), mean(&s.density)))
            .collect();
        let average = |f: fn(&(f64, f64)) -> f64| mean(&draws.iter().map(f).collect::<Vec<_>>());
        let (coverage, density) = (average(|d| d.0), average(|d| d.1));
        let law = expected_coverage(n, m, k);
        assert!((coverage - law).abs() < 0.012, "N {n}, M {m}, k {k}: {coverage}, not {law}");
        assert!((density - 1.0).abs() < 0.05, "N {n}, M {m}, k {k}: {density}");
    }
}

#[test]
fn the_distance_of_a_shift_is_its_length() {
    // |δ| = 3 in 16 dimensions: 9, and 0.08 more of 2000 samples.
    let far = |seed: u64| {
        let moved = normal(2000, 16, seed + 50);
        let moved = SampleMatrix::new(16, moved.values().iter().map(|v| v + 0.75).collect()).unwrap();
        frechet(&normal(2000, 16, seed), &moved).unwrap()
    };
    let found = mean(&(0..6).map(far).collect::<Vec<_>>());
    assert!((found - 9.08).abs() < 0.2, "{found}");
}

#[test]
fn a_generator_that_collapsed_to_four_points_is_detected() {
    // c times four axes: |m|² = c²/4, three eigenvalues of c²/4; so the distance from N(0, I) is d + c² − 3c.
    let (n, d, c) = (2000, 16, 4.0);
    let real = normal(n, d, 1);
    let four =
        SampleMatrix::new(d, (0..n * d).map(|i| if i / d % 4 == i % d { c } else { 0.0 }).collect()).unwrap();
    let found = frechet(&real, &four).unwrap();
    assert!((found - (16.0 + c * c - 3.0 * c)).abs() < 0.6, "{found}");
    let copied = real.pick(&(0..n).map(|i| i % 4).collect::<Vec<_>>());
    let s = neighbour_stats(&real, &copied, 5).unwrap();
    assert_eq!(mean(&s.recall), 0.0);
    // Of 2000 samples about 13 are that close to one of four.
    let covered = mean(&s.coverage) * n as f64;
    assert!((4.0..=40.0).contains(&covered), "{covered}");
    let back = frechet(&real, &copied).unwrap();
    assert!(back > 15.0 && back < 27.0, "{back}");
}

#[test]
fn equal_distributions_differ_by_the_sampling_error() {
    // Means of many draws by numpy, in 64 dimensions; nearly 2d/N + d²/2N.
    for (n, draws, known) in [(250, 8, 9.04), (500, 6, 4.40), (1000, 4, 2.21), (2000, 2, 1.08)] {
        let one = |s: u64| frechet(&normal(n, 64, 10 * s), &normal(n, 64, 10 * s + 5)).unwrap();
        let found = mean(&(1..=draws).map(one).collect::<Vec<_>>());
        assert!((found / known - 1.0).abs() < 0.04, "N {n}: {found}, not {known}");
    }
}
