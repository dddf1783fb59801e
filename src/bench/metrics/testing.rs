//! Sets for tests.

use super::SampleMatrix;
use world::rng::Rng;

/// `rows` samples of the standard normal distribution in `columns` dimensions, shifted by `by` along each axis.
pub fn normal(rows: usize, columns: usize, seed: u64, by: f64) -> SampleMatrix {
    let r = Rng::new(seed);
    let values = (0..rows * columns).map(|i| r.normal(i as u64) as f64 + by).collect();
    SampleMatrix::new(columns, values).expect("numbers")
}

/// Reference values for metrics, where available: they are not part of the package.
pub fn reference() -> Option<std::path::PathBuf> {
    crate::skip::shared().map(|shared| shared.join("reference/metrics"))
}

/// A table of the reference values.
pub fn csv(folder: &std::path::Path, name: &str) -> SampleMatrix {
    let text = std::fs::read_to_string(folder.join(name).with_extension("csv")).expect("a file");
    let rows: Vec<Vec<f64>> = text
        .lines()
        .map(|l| l.split(',').map(|v| v.trim().parse::<f32>().expect("a number") as f64).collect())
        .collect();
    SampleMatrix::new(rows[0].len(), rows.concat()).expect("numbers")
}

/// Asserts that two values agree to a relative `tolerance`, or to 1e-9 near zero.
#[track_caller]
pub fn agree(what: &str, got: f64, expected: f64, tolerance: f64) {
    let off = (got - expected).abs();
    assert!(off <= tolerance * expected.abs() + 1e-9, "{what}: {got}, expected {expected}");
}
