//! Metrics between two clips of a gas.

use std::path::Path;

use serde_json::json;

use super::args::Args;
use super::print::{MetricRow, Report, SetSummary, print_report};
use crate::bench::metrics::gas::Flow;
use crate::bench::metrics::gas::catalogue::{GAS_METRICS, GasMetric, compare, find};
use crate::bench::sets::npy::{ArrayHeader, ArrayPath};
use crate::bench::sets::{SetError, flows};
use crate::cli::{Failure, Outcome};
use crate::data::reader;

/// Whether two files are to be read as clips of a gas: gas metrics are named, or no metrics are and both files look
/// like clips. Float pictures look much the same, so named picture metrics decide too.
///
/// # Errors
/// One is a clip, and the other cannot be compared with it.
pub fn is_meant(args: &Args, reference: &Path, candidate: &Path) -> Result<bool, Failure> {
    if !args.metric.is_empty() {
        return Ok(args.metric.iter().any(|m| find(m).is_some()));
    }
    let is_clip = |h: &ArrayHeader| h.shape.get(1) == Some(&3);
    let heads = [reference, candidate].map(flows::head);
    let other = match &heads {
        [Some(a), Some(b)] => return Ok(is_clip(a) || is_clip(b)),
        [Some(clip), None] if is_clip(clip) => candidate,
        [None, Some(clip)] if is_clip(clip) => reference,
        _ => return Ok(false),
    };
    let arrays = ArrayPath::of(other).is_arrays().then(|| ArrayPath::of(other).heads().ok()).flatten();
    let pictures = reader::is_set(other) || arrays.is_some_and(|a| a.iter().any(|h| h.axes().len() > 2));
    match pictures || !other.exists() {
        true => Ok(false),
        false => Err(Failure::input(format!(
            "{} is a 4-D array and {} is not: expected two clips of a gas, as (frames, 3, height, width), or \
             pictures or features for both",
            (if other == candidate { reference } else { candidate }).display(),
            other.display()
        ))),
    }
}

/// An error from reading pictures, with a hint at what else the file might be.
pub fn hinted(error: SetError, paths: [&Path; 2]) -> Failure {
    let clip = paths.iter().any(|p| flows::head(p).is_some_and(|h| h.shape.get(1) == Some(&3)));
    let known = GAS_METRICS.iter().map(|m| m.name).collect::<Vec<_>>().join(", ");
    match clip && error.is_input() {
        true => Failure::input(format!("{error} (a clip of a gas has the metrics {known})")),
        false => error.into(),
    }
}

/// Measures and prints.
///
/// # Errors
/// A clip cannot be read, the two are incompatible, or a metric cannot be computed.
pub fn run(args: &Args, reference: &Path, candidate: &Path) -> Outcome {
    let others = [
        ("--samples", args.samples.is_some()),
        ("--held-out", args.held_out.is_some()),
        ("--projections", args.projections.is_some()),
        ("--no-interval", args.no_interval),
    ];
    if let Some((name, _)) = others.iter().find(|o| o.1) {
        return Err(Failure::input(format!("{name} is for sets of samples, and these are clips of a gas")));
    }
    let chosen = chosen(&args.metric)?;
    let clips = [flows::read(reference)?, flows::read(candidate)?];
    let [a, b] = &clips;
    let names = [reference, candidate]
        .map(|p| p.file_name().map_or("clip".into(), |n| n.to_string_lossy().into_owned()));
    if a.frames() != b.frames() && !args.unequal {
        return Err(Failure::input(format!(
            "`{}` has {} frames and `{}` has {}: a gas changes over time; use the same number, or pass --unequal",
            names[0],
            a.frames(),
            names[1],
            b.frames()
        )));
    }
    let answers = compare(&clips[..1], &clips[1..], &chosen, args.seed).map_err(Failure::input)?;
    let line =
        |(metric, answer): (&GasMetric, _)| MetricRow { name: metric.name, better: metric.better, answer };
    let head = |i: usize| SetSummary {
        name: names[i].clone(),
        samples: clips[i].frames(),
        hash: hash(&clips[i]),
        notes: Vec::new(),
    };
    print_report(
        &Report {
            sets: [head(0), head(1)],
            unit: "frames",
            features: "density and velocity",
            note: "",
            settings: json!({"seed": args.seed, "size": [a.size().0, a.size().1]}),
            lines: chosen.into_iter().zip(answers).map(line).collect(),
        },
        args.json,
    )
}

fn chosen(names: &[String]) -> Result<Vec<&'static GasMetric>, Failure> {
    if names.is_empty() {
        return Ok(GAS_METRICS.iter().collect());
    }
    let known = || GAS_METRICS.iter().map(|m| m.name).collect::<Vec<_>>().join(", ");
    let one = |n: &String| {
        find(n).ok_or_else(|| Failure::input(format!("no flow metric `{n}`; available: {}", known())))
    };
    names.iter().map(one).collect()
}

fn hash(flow: &Flow) -> u64 {
    let bytes = flow.values().iter().flat_map(|v| v.to_bits().to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |h: u64, b| (h ^ b as u64).wrapping_mul(0x100_0000_01b3))
}
