use proptest::prelude::*;
use world::rng::Rng;
use world::vectors::Vectors;

use super::bounds::{Cloud, Found, Frame, Side, pairs, passing};
use super::*;
use crate::metrics::interval::{DRAWS, half};
use crate::metrics::linear::square_distance;
use crate::metrics::mean;
use crate::metrics::product::{Pairs, ROWS, blocks, walk};
use crate::metrics::testing::normal;

/// All pairs compared directly, one after the other.
fn directly(reference: &SampleMatrix, candidate: &SampleMatrix, k: usize) -> NeighbourStats {
    let radius = |t: &SampleMatrix, i: usize| {
        let others = (0..t.rows()).filter(|j| *j != i);
        let mut all: Vec<f64> = others.map(|j| square_distance(t.row(i), t.row(j))).collect();
        all.sort_by(f64::total_cmp);
        all[k - 1]
    };
    let radii = |t: &SampleMatrix| (0..t.rows()).map(|i| radius(t, i)).collect::<Vec<_>>();
    let (real, made) = (radii(reference), radii(candidate));
    let apart = |i: usize, j: usize| square_distance(reference.row(i), candidate.row(j));
    let (n, m) = (reference.rows(), candidate.rows());
    let balls = |j: usize| (0..n).filter(|&i| apart(i, j) < real[i]).count();
    let flag = |is: bool| f64::from(u8::from(is));
    NeighbourStats {
        precision: (0..m).map(|j| flag(balls(j) > 0)).collect(),
        recall: (0..n).map(|i| flag((0..m).any(|j| apart(i, j) < made[j]))).collect(),
        density: (0..m).map(|j| balls(j) as f64 / k as f64).collect(),
        coverage: (0..n).map(|i| flag((0..m).any(|j| apart(i, j) < real[i]))).collect(),
    }
}

fn nearest_directly(from: &SampleMatrix, to: &SampleMatrix) -> Vec<(usize, f64)> {
    let one = |i: usize| {
        let all = (0..to.rows()).map(|j| (j, square_distance(from.row(i), to.row(j))));
        all.fold((0, f64::INFINITY), |best, d| if d.1 < best.1 { d } else { best })
    };
    (0..from.rows()).map(one).map(|(j, d)| (j, d.sqrt())).collect()
}

/// Changes of a cloud of normal values that make comparisons hard.
type Shape = (&'static str, fn(f64) -> f64);

const SHAPES: [Shape; 8] = [
    ("as it is", |v| v),
    ("on a grid, so that distances tie and samples repeat", |v| v.round()),
    ("tight clusters", |v| v.signum() + 1e-7 * v),
    ("far from zero", |v| 1e6 + v),
    ("huge, where squares overflow", |v| 1e200 * v),
    ("tiny", |v| 1e-90 * v),
    ("a few outliers, next to which all others coincide", |v| if v > 2.0 { 1e60 * v } else { 1e-60 * v }),
    ("all alike", |_| 0.25),
];

fn shaped(rows: usize, columns: usize, seed: u64, shape: usize) -> SampleMatrix {
    let values = normal(rows, columns, seed, 0.0).values().iter().map(|v| SHAPES[shape].1(*v)).collect();
    SampleMatrix::new(columns, values).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn they_are_those_of_comparing_all_pairs(
        n in 7usize..300, m in 7usize..200, d in 1usize..24, k in 1usize..7, shape in 0..SHAPES.len(), seed: u64,
    ) {
        let (a, b) = (shaped(n, d, seed, shape), shaped(m, d, !seed, shape));
        // The same bits, not only close.
        prop_assert_eq!(neighbour_stats(&a, &b, k).unwrap(), directly(&a, &b, k), "{}", SHAPES[shape].0);
        prop_assert_eq!(nearest(&a, &b), nearest_directly(&a, &b), "{}", SHAPES[shape].0);
    }

    #[test]
    fn sets_of_unlike_shapes_are_compared_exactly(
        n in 7usize..150, m in 7usize..150, shapes in (0..4usize, 0..4usize), seed: u64,
    ) {
        let (a, b) = (shaped(n, 3, seed, shapes.0), shaped(m, 3, !seed, shapes.1));
        prop_assert_eq!(neighbour_stats(&a, &b, 3).unwrap(), directly(&a, &b, 3));
        prop_assert_eq!(nearest(&b, &a), nearest_directly(&b, &a));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn half_samples_are_those_computed_anew(
        n in 14usize..110, m in 14usize..90, d in 1usize..5, k in 1usize..7, shape in 0..SHAPES.len(), seed: u64,
    ) {
        let (a, b) = (shaped(n, d, seed, shape), shaped(m, d, !seed, shape));
        let (halves, count) = (Halves::draw([n, m], Rng::new(seed)), Halves::listed(k));
        let (real, made) = (Neighbours::of((&a).into(), count), Neighbours::of((&b).into(), count));
        let sets = [
            Listed { samples: (&a).into(), neighbours: &real },
            Listed { samples: (&b).into(), neighbours: &made },
        ];
        let (whole, draws) = within(sets, k, Some(&halves));
        prop_assert_eq!(whole, directly(&a, &b, k));
        let draws = draws.unwrap();
        for draw in [0, 1, 63, 64, 100, DRAWS - 1] {
            let [x, y] = [0, 1].map(|s| half(Rng::new(seed), draw, s, [n, m][s]));
            let anew = neighbour_stats(&a.pick(&x), &b.pick(&y), k).unwrap();
            for (found, anew) in [
                (&draws.precision, &anew.precision),
                (&draws.recall, &anew.recall),
                (&draws.density, &anew.density),
                (&draws.coverage, &anew.coverage),
            ] {
                prop_assert_eq!(found.len(), DRAWS);
                let (found, anew) = (found[draw], mean(anew));
                prop_assert!((found - anew).abs() < 1e-12, "{}: {found} for {anew}", SHAPES[shape].0);
            }
        }
    }
}

#[test]
fn copies_within_and_across_sets_are_compared_exactly() {
    let base = normal(40, 300, 1, 0.0);
    let a = base.pick(&(0..170).map(|i| i % 40).collect::<Vec<_>>());
    let b = base.pick(&(0..140).map(|i| (7 * i) % 33).collect::<Vec<_>>());
    for k in [1, 3, 6] {
        assert_eq!(neighbour_stats(&a, &b, k).unwrap(), directly(&a, &b, k), "{k}");
    }
    assert_eq!(nearest(&a, &b), nearest_directly(&a, &b));
}

#[test]
fn neither_vectors_nor_threads_change_anything() {
    let (a, b) = (normal(333, 270, 1, 0.0), normal(290, 270, 2, 0.05));
    let of = || (neighbour_stats(&a, &b, 4).unwrap(), nearest(&a, &b));
    let expected = (directly(&a, &b, 4), nearest_directly(&a, &b));
    for v in Vectors::available() {
        assert!(v.run(of).unwrap() == expected, "{v}");
    }
    for threads in [1, 2, 5] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert!(pool.install(of) == expected, "{threads} threads");
    }
}

#[test]
fn products_leave_few_pairs_to_compute_directly() {
    let set = normal(700, 64, 3, 0.0);
    let frame = Frame::of(&[(&set).into()]);
    let cloud = Cloud::of((&set).into(), &frame);
    let radii = Neighbours::of((&set).into(), 5).reaches();
    let thresholds = cloud.thresholds(&radii);
    let side = |from: usize| Side { thresholds: &thresholds[from..], shares: &cloud.share[from..] };
    let mut counts = vec![[0usize; 2]; blocks(700)];
    walk(&cloud.rows(), &cloud.rows(), Pairs::All, &mut counts, |counts, tile| {
        let mut found: Found = [0; ROWS];
        passing(tile, Pairs::All, side(tile.first[0]), &side(tile.first[1]).padded(0), &mut found);
        for (i, j) in pairs(&found) {
            let (a, b) = (tile.first[0] + i, tile.first[1] + j);
            let (low, high) = cloud.distance(a, &cloud, b, tile.row(i)[j]);
            counts[0] += 1;
            let open = |r: f64| low < frame.scaled(r) && high >= frame.scaled(r);
            counts[1] += usize::from(open(radii[a]) || open(radii[b]));
        }
    });
    let sum = |which: usize| counts.iter().map(|c| c[which]).sum::<usize>();
    // Five neighbours and itself of each sample, seen from both sides; one of the five is on the edge itself.
    let (passed, open) = (sum(0), sum(1));
    assert!((700 * 5..700 * 16).contains(&passed), "{passed} pairs passed");
    assert!(open < 700 * 4, "{open} pairs were left open");
}

#[test]
fn sets_of_one_distribution_have_the_expected_coverage_and_density() {
    // E[coverage] = 1 − ∏_{i<k} (N−1−i)/(N+M−1−i), E[density] = 1 (Naeem et al. 2020).
    let (n, m, k) = (400, 400, 5);
    let expected = 1.0 - (0..k).map(|i| (n - 1 - i) as f64 / (n + m - 1 - i) as f64).product::<f64>();
    let (mut coverage, mut density) = (0.0, 0.0);
    for seed in 0..20 {
        let s = neighbour_stats(&normal(n, 3, seed, 0.0), &normal(m, 3, seed + 99, 0.0), k).unwrap();
        coverage += mean(&s.coverage) / 20.0;
        density += mean(&s.density) / 20.0;
    }
    assert!((coverage - expected).abs() < 0.01, "{coverage} for {expected}");
    assert!((density - 1.0).abs() < 0.03, "{density}");
}

#[test]
fn a_generator_of_four_points_has_no_recall() {
    let real = normal(1000, 8, 1, 0.0);
    let four = real.pick(&(0..1000).map(|i| i % 4).collect::<Vec<_>>());
    let s = neighbour_stats(&real, &four, 5).unwrap();
    assert_eq!((mean(&s.precision), mean(&s.recall)), (1.0, 0.0));
    assert!(mean(&s.coverage) < 0.05);
    let swapped = neighbour_stats(&four, &real, 5).unwrap();
    assert_eq!((swapped.precision, swapped.recall), (s.recall, s.precision));
}

#[test]
fn copies_of_the_training_set_are_detected() {
    let (train, held, made) = (normal(300, 6, 1, 0.0), normal(300, 6, 2, 0.0), normal(300, 6, 3, 0.0));
    let share = |t: &SampleMatrix| mean(&memorisation(&train, &held, t).unwrap());
    assert_eq!(share(&train), 1.0);
    assert_eq!(share(&held), 0.0);
    assert!((share(&made) - 0.5).abs() < 0.09, "{}", share(&made));
    assert!(memorisation(&train, &held.pick(&[1, 2]), &made).is_err());
}

#[test]
fn nothing_is_near_where_there_is_nothing() {
    let a = normal(3, 2, 1, 0.0);
    assert_eq!(nearest(&a, &SampleMatrix::none()), [(0, f64::INFINITY); 3]);
    assert!(nearest(&SampleMatrix::none(), &a).is_empty());
}

#[test]
fn too_few_samples_are_reported() {
    let e = neighbour_stats(&normal(5, 2, 1, 0.0), &normal(9, 2, 2, 0.0), 5).unwrap_err();
    assert!(e.to_string().contains("at least 6 samples of the reference, found 5"), "{e}");
}
