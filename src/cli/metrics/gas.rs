//! Two clips of a gas against each other.

use std::path::Path;

use serde_json::json;

use super::print::{Head, Line, Report};
use super::{Args, tell};
use crate::bench::metrics::gas::Flow;
use crate::bench::metrics::gas::catalogue::{GAS_METRICS, GasMetric, compare, find};
use crate::bench::sets::flows;
use crate::cli::{Failure, Outcome};

/// Measures and prints.
///
/// # Errors
/// A clip cannot be read, the two do not fit together, or a metric cannot be taken of them.
pub fn run(args: &Args, reference: &Path, candidate: &Path) -> Outcome {
    for path in [reference, candidate] {
        if !flows::is_flow(path) {
            return Err(Failure::input(format!(
                "{}: expected a .npy array of shape (frames, 3, height, width), as the other is",
                path.display()
            )));
        }
    }
    let others = [
        ("--samples", args.samples.is_some()),
        ("--held-out", args.held_out.is_some()),
        ("--projections", args.projections.is_some()),
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
            "`{}` has {} frames and `{}` has {}: a gas changes over time; take as many of both, or say --unequal",
            names[0],
            a.frames(),
            names[1],
            b.frames()
        )));
    }
    let answers = compare(&clips[..1], &clips[1..], &chosen, args.seed).map_err(Failure::input)?;
    let line = |(metric, answer): (&GasMetric, _)| Line { name: metric.name, better: metric.better, answer };
    let head = |i: usize| Head { name: names[i].clone(), samples: clips[i].frames(), hash: hash(&clips[i]) };
    tell(
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
        find(n).ok_or_else(|| Failure::input(format!("no metric `{n}` of flows; there are {}", known())))
    };
    names.iter().map(one).collect()
}

fn hash(flow: &Flow) -> u64 {
    let bytes = flow.values().iter().flat_map(|v| v.to_bits().to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |h: u64, b| (h ^ b as u64).wrapping_mul(0x100_0000_01b3))
}
