//! `untrained metrics --reference A --candidate B`: the distance between two sets of pictures.

mod args;
mod gas;
mod print;
mod statistics;

use std::path::{Path, PathBuf};

use serde_json::json;

use super::reading;
use super::{Failure, Outcome};
use crate::bench::metrics::catalogue::{
    METRICS, Metric, MetricDomain, MetricInputs, chosen, evaluate, memory,
};
use crate::bench::metrics::gas::catalogue::GAS_METRICS;
use crate::bench::metrics::{MetricError, SampleMatrix};
use crate::bench::sets::{self, FeatureExtractor, Set, SetError, Subsample};
use crate::world::limits;
use crate::world::rng::Rng;
pub use args::Args;
use print::{MetricRow, Report, SetSummary, print_report};

impl From<SetError> for Failure {
    fn from(e: SetError) -> Self {
        if e.is_input() { Self::input(e) } else { Self::failed(e) }
    }
}

/// Measures and prints. A metric that cannot be computed is reported with its reason, and the others are printed all
/// the same; the report is then partial.
///
/// # Errors
/// A set cannot be read or the sets are incompatible (exit code 2), or a metric cannot be computed (1).
pub fn run(args: &Args) -> Outcome {
    if args.list {
        METRICS.iter().for_each(|m| println!("{:<15} {}", m.name, m.about));
        GAS_METRICS.iter().for_each(|m| println!("{:<15} {}", m.name, m.about));
        return Ok(());
    }
    let (Some(reference), Some(candidate)) = (&args.reference, &args.candidate) else {
        return Err(Failure::input("expected --reference and --candidate"));
    };
    if gas::is_meant(args, reference, candidate)? {
        return gas::run(args, reference, candidate);
    }
    let chosen = chosen(&args.metric).map_err(Failure::input)?;
    let eye = FeatureExtractor::named(&args.features);
    let reading = args.measured.reading();
    let read = |path: &PathBuf, purpose: &str| {
        let draw = |samples| Subsample { samples, rng: Rng::new(args.seed).named(purpose) };
        let set = sets::read(path, &eye, args.samples.map(draw), &reading)?;
        Ok(set)
    };
    let both = read(reference, "reference").and_then(|r| Ok((r, read(candidate, "candidate")?)));
    let (mut a, mut b) = both.map_err(|e| gas::hinted(e, [reference, candidate]))?;
    let mut held = args.held_out.as_ref().map(|p| (p, read(p, "held out")));
    let held_set = held.iter_mut().filter_map(|(_, h)| h.as_mut().ok());
    sets::align(&mut [&mut a, &mut b].into_iter().chain(held_set).collect::<Vec<_>>(), &eye)?;
    let held_notes = held.iter().filter_map(|(p, h)| Some((*p, &h.as_ref().ok()?.notes)));
    for (path, notes) in [(reference, &a.notes), (candidate, &b.notes)].into_iter().chain(held_notes) {
        reading::report_notes(&path.display().to_string(), notes);
    }
    let (reference, candidate) = (a, b);
    let held_out = held.map(|(path, read)| held_out(path, read)).transpose()?;
    let known = [&reference, &candidate].iter().any(|s| s.statistics.is_some());
    let lines = match known {
        true => {
            statistics::fit(&args.metric, [&reference, &candidate])?;
            statistics::answers(args, chosen, [&reference, &candidate])
        }
        false => {
            fit(&reference, &candidate, args.unequal)?;
            let projections = args.projections.as_deref().map(sets::arrays::table).transpose()?;
            let projections = projections.as_ref().map(|p| &p.0);
            answers(args, (chosen, &eye), [&reference, &candidate], held_out.as_ref(), projections)
        }
    };
    let head = |s: &Set| SetSummary {
        name: s.name.clone(),
        samples: s.samples(),
        hash: s.hash,
        notes: s.notes.clone(),
    };
    print_report(
        &Report {
            sets: [head(&reference), head(&candidate)],
            unit: "samples",
            features: &candidate.extractor,
            note: "not comparable with figures on Inception features",
            settings: json!({"seed": args.seed, "k": args.k, "bins": args.bins}),
            lines,
        },
        args.json,
    )
}

/// The only metric that uses held-out samples.
const MEMORISATION: &str = "memorisation";

/// The held-out samples as read. Where they are damaged, all metrics but one can still be computed.
fn held_out(path: &Path, read: Result<Set, SetError>) -> Result<Result<SampleMatrix, MetricError>, Failure> {
    match read {
        Ok(Set { flaw: Some(flaw), .. }) => Ok(Err(flaw)),
        Ok(set) => Ok(Ok(set.features)),
        Err(e) if e.is_input() && path.exists() => {
            Ok(Err(MetricError::Unfit { metric: MEMORISATION, why: e.to_string() }))
        }
        Err(e) => Err(e.into()),
    }
}

/// The metrics that apply, or those that were named. Their ceilings are those of real noise, if there are pictures.
fn answers(
    args: &Args,
    (chosen, eye): (Vec<&'static Metric>, &FeatureExtractor),
    [reference, candidate]: [&Set; 2],
    held_out: Option<&Result<SampleMatrix, MetricError>>,
    projections: Option<&SampleMatrix>,
) -> Vec<MetricRow> {
    let grey_images = reference
        .pictures
        .as_ref()
        .zip(candidate.pictures.as_ref())
        .map(|(a, b)| [a.grey_images(), b.grey_images()]);
    let probabilities = reference.probabilities.as_ref().zip(candidate.probabilities.as_ref());
    let question = MetricInputs {
        held_out: held_out.and_then(|h| h.as_ref().ok()),
        probabilities: probabilities.map(|(a, b)| [a, b]),
        pictures: grey_images.as_ref().map(|[a, b]| [a, b]),
        k: args.k,
        bins: args.bins,
        projections,
        seed: args.seed,
        intervals: !args.no_interval,
        ..MetricInputs::of(&reference.features, &candidate.features)
    };
    let named = !args.metric.is_empty();
    let wanted = |m: &Metric| named || (m.applies)(&question) || m.name == MEMORISATION && held_out.is_some();
    let metrics: Vec<&Metric> = chosen.into_iter().filter(|m| wanted(m)).collect();
    let flaw = |m: &Metric| match (m.of, m.name) {
        (MetricDomain::Features, MEMORISATION) if held_out.is_some_and(|h| h.is_err()) => {
            held_out?.as_ref().err()
        }
        // Nothing can be computed from non-finite features, but much from the pictures.
        (MetricDomain::Features, _) => reference.flaw.as_ref().or(candidate.flaw.as_ref()),
        _ => None,
    };
    let (flawed, whole): (Vec<&Metric>, Vec<&Metric>) = metrics.into_iter().partition(|m| flaw(m).is_some());
    report_memory(memory(&question, &whole, rayon::current_num_threads()));
    let bar = bar(whole.len() as u64);
    let mut taken = evaluate(&question, &whole, |m| {
        bar.set_message(m.name);
        bar.inc(1);
    });
    bar.finish_and_clear();
    if let (Some(pictures), None) = (&reference.pictures, projections) {
        sets::noise::raise_ceilings(&question, &whole, &mut taken, pictures, eye);
    }
    let line = |(m, answer): (&Metric, _)| MetricRow { name: m.name, better: m.better, answer };
    let without = flawed.into_iter().filter_map(|m| Some((m, Err(flaw(m)?.clone()))));
    whole.iter().copied().zip(taken).chain(without).map(line).collect()
}

/// Memory from which it is reported beforehand.
const MUCH: u64 = 1 << 30;

/// Reports on the terminal how much memory the metrics take, if it is much.
fn report_memory(bytes: u64) {
    if bytes > MUCH {
        eprintln!("takes up to {} of memory", limits::size(bytes));
    }
}

/// Progress through the metrics, on a terminal.
fn bar(length: u64) -> indicatif::ProgressBar {
    let style = indicatif::ProgressStyle::with_template("{bar:30} {pos} of {len}  {msg}");
    indicatif::ProgressBar::new(length)
        .with_style(style.unwrap_or_else(|_| indicatif::ProgressStyle::default_bar()))
}

fn fit(reference: &Set, candidate: &Set, unequal: bool) -> Outcome {
    let (a, b) = (&reference.features, &candidate.features);
    // Pictures of two sizes, without features, still have the metrics of single pictures.
    if a.columns() != b.columns() && (reference.pictures.is_none() || candidate.pictures.is_none()) {
        return Err(Failure::input(format!(
            "`{}` has {} values per sample and `{}` has {}: expected the same number (pictures of one size and colour)",
            reference.name,
            a.columns(),
            candidate.name,
            b.columns()
        )));
    }
    if reference.samples() != candidate.samples() && !unequal {
        return Err(Failure::input(format!(
            "`{}` has {} samples and `{}` has {}: metrics depend on the sample size; use the same number (--samples \
             N), or pass --unequal",
            reference.name,
            reference.samples(),
            candidate.name,
            candidate.samples()
        )));
    }
    Ok(())
}
