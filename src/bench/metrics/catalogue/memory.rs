//! How much memory metrics take, known before they are computed.

use super::super::frechet;
use super::super::product;
use super::super::{SampleMatrix, Samples};
use super::inputs::{GreyImages, MetricInputs};
use super::metric::{Estimator, Metric, MetricDomain};
use super::neighbours::listed;
use super::tables::GROUPS;

/// Bytes of a number.
const NUMBER: u64 = 8;
/// Buffer of the decompositions' own products for each thread, whatever their size: as large as a processor's last cache
/// may be.
const BUFFER: u64 = 72 << 20;
/// Matrices that a Fréchet distance holds at a time, with those of the decomposition; with products of samples, fewer.
const MATRICES: u64 = 18;
const PRODUCTS: u64 = 8;

/// Bytes that the sets and the metrics on them take at most, on so many threads: the sets themselves, and the most that
/// one metric takes beside them. An upper estimate; no metric forms a matrix of all pairs of samples, unless samples
/// have more features than there are of them.
pub fn memory(inputs: &MetricInputs, metrics: &[&Metric], threads: usize) -> u64 {
    let threads = threads.max(1);
    let work = metrics.iter().map(|m| work(inputs, m, threads)).max().unwrap_or(0);
    sets(inputs) + work
}

/// Bytes of the sets.
fn sets(q: &MetricInputs) -> u64 {
    let table = |t: &SampleMatrix| NUMBER * t.values().len() as u64;
    let pictures = |g: &GreyImages| {
        let numbers = g.pictures.iter().map(|p| (p.width() * p.height()) as u64).sum::<u64>();
        NUMBER * numbers
    };
    table(q.reference)
        + table(q.candidate)
        + q.held_out.map_or(0, table)
        + q.probabilities.iter().flatten().map(|t| table(t)).sum::<u64>()
        + q.pictures.iter().flatten().map(|g| pictures(g)).sum::<u64>()
}

/// Bytes that one metric takes beside the sets.
fn work(q: &MetricInputs, metric: &Metric, threads: usize) -> u64 {
    let [n, m] = [q.reference.rows(), q.candidate.rows()];
    let (d, samples) = (q.reference.columns(), (n + m) as u64);
    let noise = NUMBER * (m * d) as u64;
    match (&metric.estimator, metric.name) {
        (Estimator::Neighbours(_), _) => {
            // Lists of neighbours (which grow by doubling), and half-samples for every rank in them.
            let lists = |count: usize| 2 * 16 * (count as u64 + 1) + 200;
            let both = match listed(q, [n, m]) {
                Some(count) => lists(count) + 32 * (count as u64 + 1) + 150,
                None => lists(q.k),
            };
            noise + samples * both + m as u64 * lists(q.k) + product::bytes::<f32>([n.max(m); 2], d, threads)
        }
        (_, "kid") => {
            let sums = NUMBER * samples * (GROUPS as u64 + 16);
            noise + sums + product::bytes::<f64>([n.max(m); 2], d, threads)
        }
        (_, "frechet") => {
            let fewer = frechet::are_fewer([q.reference, q.candidate].map(Samples::from));
            let (matrices, parts) = match fewer {
                true => (
                    PRODUCTS * (n.max(m) as u64).saturating_pow(2),
                    product::bytes::<f64>([n.max(m); 2], d, threads),
                ),
                false => (MATRICES * (d as u64).saturating_pow(2), frechet::bytes(n.max(m), d, threads)),
            };
            // One for the value, four for the floor, one for the ceiling.
            let at_once = threads.min(6) as u64;
            noise + NUMBER * samples * 8 + at_once * (NUMBER * matrices + parts + BUFFER)
        }
        (_, "memorisation") => NUMBER * samples * 8 + product::bytes::<f32>([n.max(m); 2], d, threads),
        (_, "vendi") => {
            let gram = (d.min(m) as u64).saturating_pow(2);
            threads as u64 * (NUMBER * (2 * (m * d) as u64 + 6 * gram) + BUFFER)
                + NUMBER * 2 * (n.max(m) * d) as u64
        }
        _ if metric.of == MetricDomain::Pictures => {
            let largest =
                q.pictures.iter().flatten().flat_map(|g| &g.pictures).map(|p| p.width() * p.height());
            NUMBER * (threads * largest.max().unwrap_or(0)) as u64 * 32
        }
        // Copies of half of each set on every thread, and of all of it for the value.
        _ => noise + NUMBER * samples * d as u64 * (2 + threads as u64 / 2),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{METRICS, evaluate, find};
    use super::*;
    use crate::memory::peak;
    use crate::metrics::testing::normal;

    /// The most that a metric holds beside the sets on one thread, and what was stated.
    fn measured(name: &str, q: &MetricInputs) -> [u64; 2] {
        let metric = find(name).unwrap();
        // A pool of one thread; another thread is not counted.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let (result, bytes) = pool.install(|| peak(|| evaluate(q, &[metric], |_| ()).remove(0)));
        assert!(result.is_ok(), "{name}: {result:?}");
        [bytes.unwrap(), memory(q, &[metric], 1) - sets(q)]
    }

    #[test]
    fn metrics_hold_at_most_what_is_stated() {
        let sets = [(900, 900, 96), (900, 500, 16), (60, 50, 500)];
        for (n, m, d) in sets {
            let (a, b) = (normal(n, d, 1, 0.0), normal(m, d, 2, 0.2));
            for intervals in [true, false] {
                let q = MetricInputs { intervals, ..MetricInputs::of(&a, &b) };
                for name in ["frechet", "kid", "precision", "sliced", "js", "vendi"] {
                    let [found, stated] = measured(name, &q);
                    let slack = 1 << 18;
                    assert!(
                        found <= stated + slack,
                        "{name} of {n}×{d}: {found} bytes, {stated} were stated"
                    );
                    let buffer = if ["frechet", "vendi"].contains(&name) { BUFFER } else { 0 };
                    assert!(
                        stated <= 16 * found + slack + buffer,
                        "{name} of {n}×{d}: {found} bytes, {stated} were stated"
                    );
                }
            }
        }
    }

    #[test]
    fn large_sets_are_streamed() {
        // What papers use, without the samples themselves: their number and columns decide.
        let (rows, columns) = (50_000u64, 2048u64);
        let set = 8 * rows * columns;
        let two_threads = product::bytes::<f64>([50_000; 2], 2048, 2);
        assert!(two_threads < 200 << 20, "{two_threads} bytes for a walk over {set} bytes");
        let moments = frechet::bytes(50_000, 2048, 2);
        assert!(moments < 8 * columns * columns + (200 << 20), "{moments}");
        // A larger set takes more memory by what it holds, not by its square.
        let small = normal(64, 8, 1, 0.0);
        let large = small.pick(&(0..640).map(|i| i % 64).collect::<Vec<_>>());
        for metric in METRICS.iter().filter(|m| m.of == MetricDomain::Features) {
            let of = |t: &SampleMatrix| memory(&MetricInputs::of(t, t), &[metric], 2);
            assert!(of(&large) <= 11 * of(&small), "{}", metric.name);
        }
    }
}
