//! All metrics, 5,000 samples of 64 features against 5,000: seconds each, and in total. `cargo bench --bench metrics`

#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "a bench measures time")]

use std::time::Instant;

use untrained::bench::metrics::SampleMatrix;
use untrained::bench::metrics::catalogue::{GreyImages, METRICS, Metric, MetricInputs, evaluate};
use untrained::bench::metrics::image::Grey;
use untrained::world::rng::Rng;

const SAMPLES: usize = 5000;
const FEATURES: usize = 64;

fn cloud(seed: u64, at: f64) -> SampleMatrix {
    let r = Rng::new(seed);
    let values = (0..SAMPLES * FEATURES).map(|i| r.normal(i as u64) as f64 + at).collect();
    SampleMatrix::new(FEATURES, values).expect("numbers")
}

fn probabilities(seed: u64) -> SampleMatrix {
    let r = Rng::new(seed);
    let row = |i: usize| {
        let v: Vec<f64> = (0..5).map(|c| (3.0 * r.normal((i * 5 + c) as u64) as f64).exp()).collect();
        let sum: f64 = v.iter().sum();
        v.into_iter().map(move |v| v / sum)
    };
    SampleMatrix::new(5, (0..SAMPLES).flat_map(row).collect()).expect("numbers")
}

fn main() {
    let (reference, candidate, held_out) = (cloud(1, 0.0), cloud(2, 0.1), cloud(3, 0.0));
    let (a, b) = (probabilities(4), probabilities(5));
    let grey = |i: u64| {
        let level = |p: u64| (Rng::new(i).unit(p) * 255.0) as u8;
        Grey::from_levels(64, 64, &(0..4096).map(level).collect::<Vec<_>>()).expect("a picture")
    };
    let pictures = GreyImages { pictures: (0..SAMPLES as u64).map(grey).collect(), ..GreyImages::default() };
    let inputs = MetricInputs {
        reference: &reference,
        candidate: &candidate,
        held_out: Some(&held_out),
        probabilities: Some([&a, &b]),
        pictures: Some([&pictures, &pictures]),
        k: 5,
        bins: 32,
        projections: None,
        seed: 1,
    };
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let (all, mut start) = (Instant::now(), Instant::now());
        let every: Vec<&Metric> = METRICS.iter().collect();
        let results = pool.install(|| {
            evaluate(&inputs, &every, |metric| {
                println!("{threads} thread(s): {:<13} {:7.2} s", metric.name, start.elapsed().as_secs_f64());
                start = Instant::now();
            })
        });
        assert!(results.iter().all(Result::is_ok));
        println!("{threads} thread(s): together      {:7.2} s", all.elapsed().as_secs_f64());
    }
}
