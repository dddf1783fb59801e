//! `untrained metrics --reference A --candidate B`: how near one set of pictures comes to another.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{Failure, Outcome};
use crate::bench::metrics::MetricError;
use crate::bench::metrics::catalogue::{Answer, Bound, METRICS, Metric, Question, chosen, take};
use crate::bench::metrics::neighbours::NEIGHBOURS;
use crate::bench::sets::{self, Draw, Eye, Set, SetError};
use crate::world::rng::Rng;

/// Arguments of `metrics`.
#[derive(clap::Args)]
pub struct Args {
    /// What is aimed at: features in a .csv or .npy file (rows = samples), or a folder of frames, images or IDX files.
    #[arg(long, value_name = "SET", required_unless_present = "list")]
    reference: Option<PathBuf>,
    /// What is judged.
    #[arg(long, value_name = "SET", required_unless_present = "list")]
    candidate: Option<PathBuf>,
    /// Samples like the reference that the candidate's maker never saw; for `memorisation`, where the reference is its training set.
    #[arg(long, value_name = "SET")]
    held_out: Option<PathBuf>,
    /// A metric; all that apply unless given. May be given several times.
    #[arg(long, value_name = "NAME")]
    metric: Vec<String>,
    /// What looks at pictures: judge (the shipped one), pixels, or a file of weights.
    #[arg(long, default_value = "judge", value_name = "EYE")]
    features: String,
    /// Neighbours that make a sample's surroundings, for precision, recall, density and coverage.
    #[arg(long, default_value_t = NEIGHBOURS, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=1000))]
    k: usize,
    /// Bins of each feature's histogram, for kl and js.
    #[arg(long, default_value_t = 32, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(2..=10000))]
    bins: usize,
    /// Directions for the sliced distance instead of drawn ones: a .csv or .npy file, a unit vector a row.
    #[arg(long, value_name = "FILE")]
    projections: Option<PathBuf>,
    /// Take so many samples of each set, drawn by the seed.
    #[arg(long, value_name = "N", value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    samples: Option<usize>,
    /// Seed of all draws.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Compare sets of unequal size. Most figures depend on the number of samples.
    #[arg(long)]
    unequal: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// List the metrics.
    #[arg(long)]
    list: bool,
}

impl From<SetError> for Failure {
    fn from(e: SetError) -> Self {
        if e.is_input() { Self::input(e) } else { Self::failed(e) }
    }
}

/// Measures and prints. A metric that cannot be taken is told with its reason, and the others come all the same.
///
/// # Errors
/// A set cannot be read, the sets do not fit together, or a metric cannot be taken of them.
pub fn run(args: &Args) -> Outcome {
    if args.list {
        METRICS.iter().for_each(|m| println!("{:<13} {}", m.name, m.about));
        return Ok(());
    }
    let chosen = chosen(&args.metric).map_err(Failure::input)?;
    let eye = Eye::named(&args.features);
    let read = |path: &Option<PathBuf>, purpose: &str| {
        let draw = |samples| Draw { samples, rng: Rng::new(args.seed).named(purpose) };
        path.as_deref().map(|p| sets::read(p, &eye, args.samples.map(draw))).transpose()
    };
    let (reference, candidate, held_out) = (
        read(&args.reference, "reference")?,
        read(&args.candidate, "candidate")?,
        read(&args.held_out, "held out")?,
    );
    let (Some(reference), Some(candidate)) = (reference, candidate) else {
        return Err(Failure::input("expected --reference and --candidate"));
    };
    fit(&reference, &candidate, args.unequal)?;
    let albums =
        reference.pictures.as_ref().zip(candidate.pictures.as_ref()).map(|(a, b)| [a.album(), b.album()]);
    let projections = args.projections.as_deref().map(sets::arrays::read).transpose()?;
    let question = Question {
        reference: &reference.features,
        candidate: &candidate.features,
        held_out: held_out.as_ref().map(|h| &h.features),
        probabilities: reference
            .probabilities
            .as_ref()
            .zip(candidate.probabilities.as_ref())
            .map(|(a, b)| [a, b]),
        pictures: albums.as_ref().map(|[a, b]| [a, b]),
        k: args.k,
        bins: args.bins,
        projections: projections.as_ref(),
        seed: args.seed,
    };
    let named = !args.metric.is_empty();
    let metrics: Vec<&Metric> = chosen.into_iter().filter(|m| named || (m.applies)(&question)).collect();
    let bar = bar(metrics.len() as u64);
    let taken = take(&question, &metrics, |m| {
        bar.set_message(m.name);
        bar.inc(1);
    });
    bar.finish_and_clear();
    let answers: Vec<(&Metric, Result<Answer, MetricError>)> = metrics.into_iter().zip(taken).collect();
    match args.json {
        true => print_json(&reference, &candidate, args, &answers),
        false => print_table(&reference, &candidate, &answers),
    }
    let missing: Vec<&str> = answers.iter().filter(|a| a.1.is_err()).map(|a| a.0.name).collect();
    match missing.is_empty() {
        true => Ok(()),
        false => Err(Failure::input(format!("no figure for {}", missing.join(", ")))),
    }
}

/// Metrics done, on a terminal.
fn bar(length: u64) -> indicatif::ProgressBar {
    let style = indicatif::ProgressStyle::with_template("{bar:30} {pos} of {len}  {msg}");
    indicatif::ProgressBar::new(length)
        .with_style(style.unwrap_or_else(|_| indicatif::ProgressStyle::default_bar()))
}

fn fit(reference: &Set, candidate: &Set, unequal: bool) -> Outcome {
    let (a, b) = (&reference.features, &candidate.features);
    if a.columns() != b.columns() {
        return Err(Failure::input(format!(
            "`{}` has {} numbers a sample and `{}` has {}: expected as many (pictures of one size and colour)",
            reference.name,
            a.columns(),
            candidate.name,
            b.columns()
        )));
    }
    if a.rows() != b.rows() && !unequal {
        return Err(Failure::input(format!(
            "`{}` has {} samples and `{}` has {}: figures depend on the number; take as many of both (--samples N), or say --unequal",
            reference.name,
            a.rows(),
            candidate.name,
            b.rows()
        )));
    }
    Ok(())
}

fn print_table(reference: &Set, candidate: &Set, answers: &[(&Metric, Result<Answer, MetricError>)]) {
    let (n, m) = (reference.features.rows(), candidate.features.rows());
    println!(
        "reference {} ({n} samples), candidate {} ({m}), seen by {}",
        reference.name, candidate.name, candidate.seen_by
    );
    println!("not comparable with figures on Inception features\n");
    println!(
        "{:<13} {:>11}  {:<25} {:>20} {:>11}",
        "metric", "value", "95 % interval", "floor (samples)", "ceiling"
    );
    for (metric, answer) in answers {
        match answer {
            Err(e) => println!("{:<13} {:>11}  {e}", metric.name, "–"),
            Ok(a) => {
                let bound = |b: &Option<Bound>| b.map_or(String::new(), |b| number(b.value));
                let floor =
                    a.floor.map_or(String::new(), |b| format!("{} ({})", number(b.value), b.samples[0]));
                let [lo, hi] = a.figure.interval;
                let interval = format!("{} … {}", number(lo), number(hi));
                let own =
                    a.of_reference.map_or(String::new(), |v| format!("; the reference has {}", number(v)));
                println!(
                    "{:<13} {:>11}  {interval:<25} {floor:>20} {:>11}  {}{own}",
                    metric.name,
                    number(a.figure.value),
                    bound(&a.ceiling),
                    metric.better.words()
                );
            }
        }
    }
}

/// Five digits that count.
fn number(v: f64) -> String {
    match v.abs() {
        0.0 => "0".into(),
        a if !(1e-3..1e5).contains(&a) => format!("{v:.3e}"),
        a => format!("{v:.*}", (4 - a.log10().floor() as i32).clamp(0, 7) as usize),
    }
}

fn print_json(
    reference: &Set,
    candidate: &Set,
    args: &Args,
    answers: &[(&Metric, Result<Answer, MetricError>)],
) {
    let set =
        |s: &Set| json!({"name": s.name, "samples": s.features.rows(), "hash": format!("{:016x}", s.hash)});
    let one = |(metric, answer): &(&Metric, Result<Answer, MetricError>)| {
        let mut value = match answer {
            Ok(a) => serde_json::to_value(a).unwrap_or(Value::Null),
            Err(e) => json!({"error": e.to_string()}),
        };
        value["better"] = serde_json::to_value(metric.better).unwrap_or(Value::Null);
        (metric.name.to_string(), value)
    };
    let report = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "reference": set(reference),
        "candidate": set(candidate),
        "features": candidate.seen_by,
        "note": "not comparable with figures on Inception features",
        "seed": args.seed,
        "k": args.k,
        "bins": args.bins,
        "partial": answers.iter().any(|a| a.1.is_err()),
        "metrics": answers.iter().map(one).collect::<serde_json::Map<_, _>>(),
    });
    println!("{}", serde_json::to_string_pretty(&report).unwrap_or_default());
}
