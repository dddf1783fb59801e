//! Metrics of sets of features. `cargo bench --bench metrics [-- WORD…]`, on one and on two threads:
//!
//! - `field`: 4,000 + 4,000 samples of 256 features, as `python3 benches/metrics_peer.py` gives them to prdc, NumPy and
//!   torch-fidelity: seconds with and without intervals, and multiply-adds a second of the comparisons alone;
//! - `all`: every metric, 5,000 + 5,000 samples of 64 features, seconds each and together;
//! - `papers`: 50,000 + 50,000 samples of 2,048 features, with the memory stated beforehand; only if named, as it takes
//!   most of an hour. `papers=N` is the same with N samples each; the time grows with their square.

#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "a bench measures time")]

use std::time::Instant;

use cpu_time::ProcessTime;
use untrained::bench::metrics::catalogue::{
    GreyImages, METRICS, Metric, MetricInputs, evaluate, find, memory,
};
use untrained::bench::metrics::image::Grey;
use untrained::bench::metrics::kernel::{Kernel, discrepancy};
use untrained::bench::metrics::neighbours::neighbour_stats;
use untrained::bench::metrics::{MetricError, SampleMatrix};
use untrained::world::rng::Rng;

/// Metrics that the field's tools have.
const FIELD: [&[&str]; 3] = [&["precision", "recall", "density", "coverage"], &["frechet"], &["kid"]];

fn cloud(samples: usize, features: usize, seed: u64, at: f64) -> SampleMatrix {
    let r = Rng::new(seed);
    let values = (0..samples * features).map(|i| r.normal(i as u64) as f64 + at).collect();
    SampleMatrix::new(features, values).expect("numbers")
}

fn probabilities(samples: usize, seed: u64) -> SampleMatrix {
    let r = Rng::new(seed);
    let row = |i: usize| {
        let v: Vec<f64> = (0..5).map(|c| (3.0 * r.normal((i * 5 + c) as u64) as f64).exp()).collect();
        let sum: f64 = v.iter().sum();
        v.into_iter().map(move |v| v / sum)
    };
    SampleMatrix::new(5, (0..samples).flat_map(row).collect()).expect("numbers")
}

/// Runs work with so many threads.
fn on<R: Send>(threads: usize, work: impl FnOnce() -> R + Send) -> R {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    pool.install(work)
}

fn seconds<R>(work: impl FnOnce() -> R) -> (R, f64) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed().as_secs_f64())
}

/// CPU seconds of the process so far.
fn cpu_seconds() -> f64 {
    ProcessTime::now().as_duration().as_secs_f64()
}

/// Each group of metrics with and without intervals.
fn groups(reference: &SampleMatrix, candidate: &SampleMatrix, threads: usize) {
    for names in FIELD {
        let metrics: Vec<&Metric> = names.iter().filter_map(|name| find(name)).collect();
        for intervals in [true, false] {
            let inputs = MetricInputs { seed: 1, intervals, ..MetricInputs::of(reference, candidate) };
            let gib = memory(&inputs, &metrics, threads) as f64 / f64::from(1 << 30);
            let before = cpu_seconds();
            let (results, time) = on(threads, || seconds(|| evaluate(&inputs, &metrics, |_| ())));
            let cpu = cpu_seconds() - before;
            assert!(results.iter().all(Result::is_ok));
            let what = if intervals { "with intervals" } else { "without" };
            let name = names[0];
            println!(
                "{threads} thread(s): {name:<10} {what:<15} {time:8.2} s ({cpu:.2} CPU), up to {gib:.2} GiB"
            );
        }
    }
}

fn field() {
    let (samples, features) = (4000, 256);
    let (reference, candidate) = (cloud(samples, features, 1, 0.0), cloud(samples, features, 2, 0.05));
    // Each set with itself below the diagonal, and both with each other.
    let products = 2.0 * (samples * samples * features) as f64 / 1e9;
    type Comparison = fn(&SampleMatrix, &SampleMatrix) -> Result<f64, MetricError>;
    let alone: [(&str, Comparison); 2] = [
        ("neighbours", |a, b| Ok(neighbour_stats(a, b, 5)?.density[0])),
        ("cubic kernel", |a, b| Ok(discrepancy(a, b, Kernel::Cubic)?.unbiased)),
    ];
    for threads in [1, 2] {
        for (name, comparison) in alone {
            let run = || seconds(|| comparison(&reference, &candidate)).1;
            let best = on(threads, || (0..3).map(|_| run()).fold(f64::INFINITY, f64::min));
            println!(
                "{threads} thread(s): {name:<26} {best:8.2} s, {:.1} G multiply-adds/s",
                products / best
            );
        }
        groups(&reference, &candidate, threads);
    }
}

fn papers(samples: usize) {
    let (reference, candidate) = (cloud(samples, 2048, 1, 0.0), cloud(samples, 2048, 2, 0.02));
    groups(&reference, &candidate, 2);
}

fn all() {
    let samples = 5000;
    let of = |seed: u64, at: f64| cloud(samples, 64, seed, at);
    let (reference, candidate, held_out) = (of(1, 0.0), of(2, 0.1), of(3, 0.0));
    let (a, b) = (probabilities(samples, 4), probabilities(samples, 5));
    let grey = |i: u64| {
        let level = |p: u64| (Rng::new(i).unit(p) * 255.0) as u8;
        Grey::from_levels(64, 64, &(0..4096).map(level).collect::<Vec<_>>()).expect("a picture")
    };
    let pictures = GreyImages { pictures: (0..samples as u64).map(grey).collect(), ..GreyImages::default() };
    let inputs = MetricInputs {
        held_out: Some(&held_out),
        probabilities: Some([&a, &b]),
        pictures: Some([&pictures, &pictures]),
        seed: 1,
        ..MetricInputs::of(&reference, &candidate)
    };
    for threads in [1, 2] {
        let every: Vec<&Metric> = METRICS.iter().collect();
        let mut start = Instant::now();
        let (results, together) = on(threads, || {
            seconds(|| {
                evaluate(&inputs, &every, |metric| {
                    println!(
                        "{threads} thread(s): {:<13} {:7.2} s",
                        metric.name,
                        start.elapsed().as_secs_f64()
                    );
                    start = Instant::now();
                })
            })
        });
        assert!(results.iter().all(Result::is_ok));
        println!("{threads} thread(s): together      {together:7.2} s");
    }
}

fn main() {
    // Cargo adds a word of its own.
    let words: Vec<String> = std::env::args().skip(1).filter(|w| !w.starts_with("--")).collect();
    let named = |word: &str| words.iter().any(|w| w == word);
    if words.is_empty() || named("field") {
        field();
    }
    if words.is_empty() || named("all") {
        all();
    }
    let samples = |word: &String| match word.strip_prefix("papers")? {
        "" => Some(50_000),
        n => n.strip_prefix('=')?.parse().ok(),
    };
    words.iter().filter_map(samples).for_each(papers);
}
