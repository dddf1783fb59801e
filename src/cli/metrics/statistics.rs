//! Sets of which only mean and covariance are known: the Fréchet distance can be computed, and nothing else.

use super::print::MetricRow;
use super::{Failure, Outcome};
use crate::bench::metrics::MetricError;
use crate::bench::metrics::catalogue::{Metric, MetricResult};
use crate::bench::metrics::frechet::Statistics;
use crate::bench::metrics::interval::{DRAWS, Estimate, by_halves};
use crate::bench::sets::Set;
use crate::world::rng::Rng;

const FRECHET: &str = "frechet";

/// Checks that both have the same number of values per sample, and that no named metric needs samples.
///
/// # Errors
/// Exit code 2, with the names of the sets.
pub fn fit(named: &[String], sets: [&Set; 2]) -> Outcome {
    let [n, m] = sets.map(|s| s.statistics.as_ref().map_or(s.features.columns(), |k| k.mean().len()));
    if n != m && sets.iter().all(|s| s.flaw.is_none()) {
        let [a, b] = sets.map(|s| &s.name);
        return Err(Failure::input(format!(
            "`{a}` has {n} values per sample and `{b}` has {m}: expected the same number"
        )));
    }
    if !named.is_empty() && !named.iter().any(|m| m == FRECHET) {
        let bare = sets.into_iter().find(|s| s.statistics.is_some()).map_or("", |s| &s.name);
        return Err(Failure::input(format!(
            "{} needs samples, and of `{bare}` only mean and covariance are known; {FRECHET} can be computed from \
             these",
            named.join(", ")
        )));
    }
    Ok(())
}

/// The Fréchet distance, and for other metrics that were named the reason why they have no value.
pub fn answers(seed: u64, named: &[String], chosen: Vec<&'static Metric>, sets: [&Set; 2]) -> Vec<MetricRow> {
    let wanted = |m: &&Metric| m.name == FRECHET || !named.is_empty();
    let line = |m: &'static Metric| {
        let answer = match m.name {
            FRECHET => distance(seed, sets),
            metric => {
                let bare = sets.into_iter().find(|s| s.statistics.is_some()).map_or("", |s| &s.name);
                let why = format!("needs samples, and of `{bare}` only mean and covariance are known");
                Err(MetricError::Unfit { metric, why })
            }
        };
        MetricRow { name: m.name, better: m.better, answer }
    };
    chosen.into_iter().filter(wanted).map(line).collect()
}

/// With an interval from halves of the set that has samples; with none, there is no interval.
fn distance(seed: u64, sets: [&Set; 2]) -> Result<MetricResult, MetricError> {
    let sizes = sets.map(|s| if s.statistics.is_some() { 0 } else { s.features.rows() });
    let of = |set: &Set, places: &[usize]| match &set.statistics {
        Some(known) => Ok(known.clone()),
        None => Statistics::of(&set.features.pick(places)),
    };
    let figure = |x: &[usize], y: &[usize]| of(sets[0], x)?.distance(&of(sets[1], y)?);
    let figure = match sizes {
        [0, 0] => Estimate { value: figure(&[], &[])?, interval: [f64::NEG_INFINITY, f64::INFINITY] },
        _ => by_halves(sizes, DRAWS, Rng::new(seed).named("halves"), figure)?,
    };
    Ok(MetricResult { figure, samples: sizes, floor: None, ceiling: None, of_reference: None })
}
