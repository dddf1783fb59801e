//! Sets of which only mean and covariance are known: the Fréchet distance can be computed, and nothing else.

use super::args::Args;
use super::print::MetricRow;
use super::{Failure, Outcome};
use crate::bench::metrics::MetricError;
use crate::bench::metrics::catalogue::{Metric, MetricResult};
use crate::bench::metrics::frechet::{KnownSet, estimate};
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
pub fn answers(args: &Args, chosen: Vec<&'static Metric>, sets: [&Set; 2]) -> Vec<MetricRow> {
    let wanted = |m: &&Metric| m.name == FRECHET || !args.metric.is_empty();
    let line = |m: &'static Metric| {
        let answer = match m.name {
            FRECHET => distance(args, sets),
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

/// With an interval over the samples of the set that has any; without any there is none.
fn distance(args: &Args, sets: [&Set; 2]) -> Result<MetricResult, MetricError> {
    let known = sets.map(|s| match &s.statistics {
        Some(known) => KnownSet::Statistics(known),
        None => KnownSet::Samples(&s.features),
    });
    let samples = known.map(|k| if let KnownSet::Samples(table) = k { table.rows() } else { 0 });
    let wanted = !args.no_interval && samples != [0, 0];
    let figure = estimate(known, wanted.then(|| Rng::new(args.seed).named("influences")))?;
    Ok(MetricResult { figure, samples, floor: None, ceiling: None, of_reference: None })
}
