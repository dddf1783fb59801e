//! The catalogue on worlds whose answers are known.

use super::super::samples::{drawn, eddies, flow, noise, perturbed, translated};
use super::super::video::extract;
use super::super::{Layout, Observable, Rollout};
use super::*;
use crate::metrics::SampleMatrix;
use crate::metrics::catalogue::Direction;
use proptest::prelude::*;
use std::f64::consts::TAU;

fn every() -> Vec<&'static MotionMetric> {
    MOTION_METRICS.iter().collect()
}

fn eye(rollouts: &[Rollout]) -> Vec<SampleMatrix> {
    let look = |r: &Rollout, t: usize| Ok(r.plane(t, 0).iter().step_by(19).map(|v| f64::from(*v)).collect());
    extract(rollouts, look).unwrap()
}

fn short() -> MotionSetup {
    MotionSetup { offsets: vec![0, 2, 4], every: 2, seed: 1, ..MotionSetup::default() }
}

fn result<'a>(all: &'a [NamedResult], name: &str) -> &'a MetricResult {
    let found = all.iter().find(|r| r.name == name).unwrap_or_else(|| panic!("{name} is not there"));
    found.result.as_ref().unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// Six worlds of eddies, and their like with ever more noise.
fn worlds() -> [Vec<Rollout>; 4] {
    let truth: Vec<Rollout> = (0..6).map(|seed| eddies(12, 80, 0.85, seed)).collect();
    let with = |strength: fn(usize) -> f64| {
        let world = |(r, seed): (&Rollout, u64)| perturbed(r, seed, strength);
        truth.iter().zip(0..).map(world).collect::<Vec<_>>()
    };
    let candidate = with(|t| 0.1 * t as f64);
    let (floor, noise) = (with(|_| 0.003), with(|_| 20.0));
    [truth, candidate, floor, noise]
}

#[test]
fn every_metric_has_a_value_between_floor_and_ceiling() {
    let sets = worlds();
    let features = sets.each_ref().map(|rollouts| eye(rollouts));
    let [truth, candidate, floor, ceiling]: [Worlds; 4] =
        std::array::from_fn(|i| Worlds { rollouts: &sets[i], features: Some(&features[i]) });
    let all = evaluate(&truth, &candidate, Some(&floor), Some(&ceiling), &short(), &every()).unwrap();
    let names: Vec<&str> = all.iter().map(|r| r.name).collect();
    assert_eq!(names.len(), MOTION_METRICS.len() - 2, "all but those of automata: {names:?}");
    for r in &all {
        let found = r.result.as_ref().unwrap_or_else(|e| panic!("{}: {e}", r.name));
        let ([lo, hi], value) = (found.figure.interval, found.figure.value);
        assert!(lo <= value && value <= hi && hi - lo < f64::INFINITY, "{}: {found:?}", r.name);
        let [floor, ceiling] = [found.floor, found.ceiling].map(|b| b.unwrap().value);
        let kept = match r.better {
            _ if r.name == "blow-ups" => floor == 0.0 && value == 0.0,
            // Unbiased, so that a few samples of noise may land on either side of 0.
            _ if r.name == "video-kernel" => floor < value,
            Direction::Less => floor < value && value < ceiling,
            Direction::More => floor > value && value > ceiling,
            _ => {
                let truth = found.of_reference.unwrap();
                (floor - truth).abs() < (ceiling - truth).abs()
            }
        };
        assert!(kept, "{}: {found:?}", r.name);
        assert_eq!(found.samples, [6; 2]);
    }
    let (growing, divergent) = (result(&all, "energy-at-most"), result(&all, "divergence-ratio"));
    assert!(growing.of_reference == Some(1.0) && growing.ceiling.unwrap().value > 100.0);
    assert!(divergent.of_reference.unwrap() < 1e-5 && (divergent.ceiling.unwrap().value - 1.0).abs() < 0.1);
    assert!((result(&all, "flicker").ceiling.unwrap().value - 3f64.sqrt()).abs() < 0.05);
    assert!((result(&all, "fast-power").ceiling.unwrap().value - 0.5).abs() < 0.06);
    assert!((result(&all, "increments-kurtosis").ceiling.unwrap().value - 3.0).abs() < 0.2);
}

#[test]
fn the_truth_itself_is_perfect_and_censored() {
    let [truth, ..] = worlds();
    let truth = Worlds::of(&truth);
    let all = evaluate(&truth, &truth, None, None, &short(), &every()).unwrap();
    for r in &all {
        let found = r.result.as_ref().unwrap();
        match r.better {
            Direction::LikeReference => {
                assert_eq!(Some(found.figure.value), found.of_reference, "{}", r.name)
            }
            Direction::Less => {
                let best = if r.name.starts_with("worst-octave") { 1.0 } else { 0.0 };
                assert_eq!(found.figure.value, best, "{}", r.name);
            }
            _ => assert!(r.censored.figure && found.figure.value > 1.0, "{}: {found:?}", r.name),
        }
        assert!(found.floor.is_none() && found.ceiling.is_none());
    }
    assert_eq!(result(&all, "correlation-time-80").figure.value, 80.0);
}

#[test]
fn times_are_in_the_units_that_they_say() {
    // Waves that run ahead by 0.03 radians a frame: 0.8 at acos(0.8) = 0.6435, an error of 0.4 at 2 asin 0.2 = 0.4027;
    // the truth forgets itself at acos(1/e) = 1.1941, 0.157 radians a frame.
    let (k, omega) = (TAU / 8.0, TAU / 40.0);
    let wave = |speed: f64, phase: f64| {
        drawn(&Layout::torus(8, 8, 1), 80, |x, y, _, t| (k * (x + y) - speed * t - phase).cos())
    };
    let set = |speed: f64| (0..4).map(|w| wave(speed, 0.3 * f64::from(w))).collect::<Vec<_>>();
    let (truth, ahead) = (set(omega), set(omega + 0.03));
    let persistent: Vec<Rollout> = truth.iter().map(Rollout::persistence).collect();
    let [truth, ahead, persistent] = [&truth, &ahead, &persistent].map(|r| Worlds::of(r));
    let all = evaluate(&truth, &ahead, None, Some(&persistent), &short(), &every()).unwrap();
    let time = result(&all, "correlation-time-80");
    // Persistence: 0.6435 / 0.157 = 4.1 frames.
    assert_eq!(
        (time.figure.value, time.figure.interval, time.ceiling.unwrap().value),
        (22.0, [22.0; 2], 5.0)
    );
    let valid = result(&all, "valid-prediction-time");
    let unit = (-1f64).exp().acos() / omega;
    assert!((valid.figure.value - 14.0 / unit).abs() < 0.02, "{valid:?}, unit {unit}");
    assert!((valid.ceiling.unwrap().value - 3.0 / unit).abs() < 0.02, "{valid:?}");
    let own = result(&all, "autocorrelation-time");
    assert!((own.of_reference.unwrap() - unit).abs() < 0.05, "{own:?}");
    assert!((own.figure.value - (-1f64).exp().acos() / (omega + 0.03)).abs() < 0.05, "{own:?}");
    assert!(all.iter().find(|r| r.name == "autocorrelation-time").unwrap().censored.ceiling);
    let flicker = result(&all, "flicker");
    assert!((flicker.of_reference.unwrap() - 2.0 * (0.5 * omega).sin()).abs() < 0.01, "{flicker:?}");
    assert_eq!(flicker.ceiling.unwrap().value, 0.0);
}

#[test]
fn an_automaton_is_exact_until_it_is_not_and_a_blow_up_is_counted() {
    let layout = Layout { discrete: true, ..Layout::torus(6, 6, 1) };
    let board = |x: f64, y: f64, t: f64| f64::from(u8::from((x + 2.0 * y + t) % 3.0 == 0.0));
    let truth: Vec<Rollout> =
        (0..3).map(|w| drawn(&layout, 30, |x, y, _, t| board(x + f64::from(w), y, t))).collect();
    let wrong = |r: &Rollout, from: usize, value: f32| {
        let mut frames: Vec<Vec<f32>> = (0..30).map(|t| r.frame(t).to_vec()).collect();
        frames[from][7] += value;
        Rollout::of_imitator(layout.clone(), frames).unwrap()
    };
    let candidate = [wrong(&truth[0], 6, 1.0), wrong(&truth[1], 9, 1.0), wrong(&truth[2], 12, f32::NAN)];
    let all = evaluate(&Worlds::of(&truth), &Worlds::of(&candidate), None, None, &short(), &every()).unwrap();
    let exact = result(&all, "exact-frames");
    assert_eq!(exact.figure.value, 9.0);
    assert!(exact.figure.interval[0] < 7.0 && exact.figure.interval[1] > 11.0, "{exact:?}");
    // Held at frame 11, the third world has the same board again every third frame.
    assert!(result(&all, "equal-cells").figure.value < 1.0);
    let blown = result(&all, "blow-ups").figure;
    assert!((blown.value - 1.0 / 3.0).abs() < 1e-12 && blown.interval[0] > 0.05 && blown.interval[1] < 0.9);
}

#[test]
fn wrong_input_is_rejected_and_single_metrics_fail_alone() {
    let [truth, candidate, ..] = worlds();
    let (few, all) = (Worlds::of(&truth[..2]), Worlds::of(&truth));
    let error = |setup: &MotionSetup, a: &Worlds, b: &Worlds| {
        evaluate(a, b, None, None, setup, &every()).unwrap_err().to_string()
    };
    assert!(error(&short(), &all, &few).contains("expected 6 worlds, found 2 worlds"));
    assert!(error(&short(), &Worlds::of(&[]), &Worlds::of(&[])).contains("found 0"));
    for late in [30..30, 70..81] {
        let setup = MotionSetup { late: Some(late), ..short() };
        assert!(error(&setup, &all, &all).contains("late frames"));
    }
    let setup = MotionSetup { observable: Some(Observable::Plane(3)), ..short() };
    assert!(error(&setup, &all, &all).contains("there is no plane 3"));
    let features = eye(&truth[..5]);
    let odd = Worlds { rollouts: &truth, features: Some(&features) };
    assert!(error(&short(), &odd, &odd).contains("features of"));
    // Too few late frames for a spectrum in time, and a world alone has no interval.
    let setup = MotionSetup { late: Some(70..75), ..short() };
    let one = evaluate(&few, &Worlds::of(&candidate[..2]), None, None, &setup, &every()).unwrap();
    let failed: Vec<&str> = one.iter().filter(|r| r.result.is_err()).map(|r| r.name).collect();
    assert!(failed.contains(&"spectrum-in-time") && !failed.contains(&"spectrum-in-space"), "{failed:?}");
    let alone =
        evaluate(&Worlds::of(&truth[..1]), &Worlds::of(&candidate[..1]), None, None, &short(), &every())
            .unwrap();
    assert_eq!(result(&alone, "error").figure.interval, [0.0, f64::INFINITY]);
    let setup = MotionSetup { intervals: false, ..short() };
    let points = evaluate(&few, &Worlds::of(&candidate[..2]), None, None, &setup, &every()).unwrap();
    assert_eq!(result(&points, "flicker").figure.interval, [0.0, f64::INFINITY]);
    let names: std::collections::BTreeSet<&str> = MOTION_METRICS.iter().map(|m| m.name).collect();
    assert!(names.len() == MOTION_METRICS.len() && find("flicker").is_some() && find("kid").is_none());
}

#[test]
fn curves_tell_the_same_as_the_metrics() {
    let [truth, candidate, ..] = worlds();
    let (truth, candidate) = (Worlds::of(&truth), Worlds::of(&candidate));
    let drawn = curves(&truth, &candidate, &short()).unwrap();
    let all = evaluate(&truth, &candidate, None, None, &short(), &every()).unwrap();
    let values: Vec<f64> = drawn.correlation.iter().map(|e| e.value).collect();
    let time = result(&all, "correlation-time-80").figure.value;
    assert_eq!(super::super::first_below(&values, 0.8).time, time);
    assert_eq!((drawn.error.len(), drawn.error[0]), (80, [0.0; 3]));
    assert!(drawn.error.iter().all(|[lo, mid, hi]| lo <= mid && mid <= hi));
    let bounded = drawn.boundedness.unwrap();
    assert_eq!(bounded.most, result(&all, "energy-at-most").figure.value);
    assert_eq!(bounded.last, result(&all, "energy-at-the-end").figure.value);
    assert!(drawn.energy.unwrap()[0] == 1.0 && drawn.spectrum[0].len() == drawn.spectrum[1].len());
    let ([power, _], segment) = drawn.temporal.unwrap();
    assert_eq!((segment, power.len()), (40, 21));
    assert_eq!(drawn.autocorrelation.unwrap()[1][0], 1.0);
    assert!(curves(&Worlds::of(&[]), &Worlds::of(&[]), &short()).is_err());
}

#[test]
fn the_results_do_not_depend_on_the_thread_count() {
    let [truth, candidate, floor, _] = worlds();
    let features = [&truth, &candidate].map(|r| eye(r));
    let at = |n: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        let truth = Worlds { rollouts: &truth, features: Some(&features[0]) };
        let candidate = Worlds { rollouts: &candidate, features: Some(&features[1]) };
        let floor = Worlds::of(&floor);
        pool.install(|| evaluate(&truth, &candidate, Some(&floor), None, &short(), &every()).unwrap())
    };
    let once = at(1);
    assert!([2, 3, 8].into_iter().all(|n| at(n) == once));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn a_common_translation_on_a_torus_changes_nothing(seed: u64, x in 0usize..8, y in 0usize..8, is_flow: bool) {
        let world = |s: u64| if is_flow { eddies(8, 24, 0.7, s) } else { noise(8, 24, s) };
        let truth: Vec<Rollout> = (0..3).map(|w| world(seed.wrapping_add(w))).collect();
        let candidate: Vec<Rollout> = truth.iter().zip(0..).map(|(r, s)| perturbed(r, s, |t| 0.03 * t as f64)).collect();
        let moved = |r: &[Rollout]| r.iter().map(|r| translated(r, [x, y])).collect::<Vec<_>>();
        let (truth_there, candidate_there) = (moved(&truth), moved(&candidate));
        let of = |a: &[Rollout], b: &[Rollout]| {
            evaluate(&Worlds::of(a), &Worlds::of(b), None, None, &short(), &every()).unwrap()
        };
        let (here, there) = (of(&truth, &candidate), of(&truth_there, &candidate_there));
        for (a, b) in here.iter().zip(&there) {
            match (&a.result, &b.result) {
                (Ok(p), Ok(q)) => {
                    let (p, q) = (p.figure.value, q.figure.value);
                    prop_assert!(p.is_finite() && (p - q).abs() < 1e-3 * (1.0 + p.abs()), "{}: {}, {}", a.name, p, q);
                }
                (a, b) => prop_assert!(a.is_err() && b.is_err()),
            }
        }
        prop_assert!(here.iter().filter(|r| r.result.is_ok()).count() > 15);
    }
}

#[test]
fn observing_another_plane_compares_that_plane() {
    // The density fades to nothing while the velocity is right.
    let truth: Vec<Rollout> = (0..2)
        .map(|seed| {
            let air = eddies(8, 30, 0.8, seed);
            drawn(&flow(8, 8), 30, |x, y, p, t| match p {
                2 => 1.0 + 0.2 * (TAU * (x + t) / 8.0).sin(),
                _ => f64::from(air.plane(t as usize, p)[y as usize * 8 + x as usize]),
            })
        })
        .collect();
    let fades: Vec<Rollout> = truth
        .iter()
        .map(|r| {
            drawn(r.layout(), 30, |x, y, p, t| {
                let v = f64::from(r.plane(t as usize, p)[y as usize * 8 + x as usize]);
                if p == 2 { 1.0 + (v - 1.0) * 0.5 } else { v }
            })
        })
        .collect();
    let of = |observable: Option<Observable>| {
        let setup = MotionSetup { observable, ..short() };
        evaluate(&Worlds::of(&truth), &Worlds::of(&fades), None, None, &setup, &every()).unwrap()
    };
    let (air, dye) = (of(None), of(Some(Observable::Plane(2))));
    assert_eq!(result(&air, "error").figure.value, 0.0);
    assert!((result(&dye, "error").figure.value - 0.5).abs() < 1e-5);
    assert!((result(&dye, "energy-at-the-end").figure.value - 0.25).abs() < 1e-5);
    assert!((result(&dye, "worst-octave-in-space").figure.value - 4.0).abs() < 1e-3);
    assert!(result(&dye, "mass-error").figure.value < 1e-6);
}
