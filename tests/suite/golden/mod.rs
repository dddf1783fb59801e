//! Golden hashes: what every shipped scene shows and sounds like, what each learned asset makes and what the judge says,
//! pinned in `tests/golden/` and the same at any number of threads, at any width of vectors and on any processor.
//!
//! `UNTRAINED_MINT=1` rewrites them. A change must be listed, with its reason, in CHANGELOG.md; a test checks that.
//! `UNTRAINED_GOLDEN=once` runs one of the combinations of threads and vectors, for slow (emulated) processors.

use untrained::cli::load::SHIPPED;
use untrained::world::vectors::Vectors;

mod assets;
mod machines;
mod pins;
mod show;

macro_rules! scenes {
    ($($name:ident)*) => {
        const SCENES: &[&str] = &[$(stringify!($name)),*];

        mod scenes {
            $(#[test]
            fn $name() {
                super::show::scene(stringify!($name));
            })*
        }
    };
}

include!(concat!(env!("OUT_DIR"), "/scene_tests.rs"));

#[test]
fn every_shipped_scene_is_pinned() {
    let mut shipped: Vec<&str> = SHIPPED.iter().map(|s| s.0).collect();
    shipped.sort();
    assert_eq!(SCENES, shipped);
}

/// Whether only one combination of threads and vectors is requested.
fn once() -> bool {
    std::env::var_os("UNTRAINED_GOLDEN").is_some_and(|v| v == "once")
}

/// Combinations of thread counts and vector widths that cover every available one of each.
fn combinations() -> Vec<(usize, Vectors)> {
    let widths: Vec<Vectors> = Vectors::available().collect();
    let widest = widths[widths.len() - 1];
    if once() {
        return vec![(2, widest)];
    }
    let all = [1, 2, 3, 8].into_iter().enumerate();
    all.map(|(i, threads)| (threads, widths.get(i).copied().unwrap_or(widest))).collect()
}

/// Runs something with a number of threads and a vector width.
fn with<T: Send>((threads, vectors): (usize, Vectors), work: impl FnOnce() -> T + Send) -> T {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    vectors.run(|| pool.install(work)).unwrap()
}

/// Runs something at every combination; all must give the same.
fn everywhere<T: Send + PartialEq + std::fmt::Debug>(name: &str, work: impl Fn() -> T + Sync) -> T {
    let mut all = combinations().into_iter().map(|c| (c, with(c, &work)));
    let (_, first) = all.next().unwrap();
    for ((threads, vectors), other) in all {
        assert!(
            other == first,
            "{name} with {threads} threads and {vectors} vectors: {other:?}, expected {first:?}"
        );
    }
    first
}

#[test]
fn every_pinned_hash_is_listed_in_the_changelog() {
    pins::listed_in_the_changelog();
}
