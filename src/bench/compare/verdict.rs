//! A one-sentence verdict on each generator.

use super::{Comparison, GeneratorReport};
use crate::metrics::catalogue::{Direction, Metric, MetricResult};

/// The leading metric of verdicts: the Fréchet distance, or else the first distance available.
pub fn lead(comparison: &Comparison) -> Option<&'static Metric> {
    let all = || comparison.candidates.iter().flat_map(|p| &p.found);
    let distances = || all().filter(|f| f.metric.better == Direction::Less && f.answer.is_ok());
    distances().find(|f| f.metric.name == "frechet").or_else(|| distances().next()).map(|f| f.metric)
}

impl GeneratorReport {
    /// The result of a metric, if there is one.
    pub fn answer(&self, name: &str) -> Option<&MetricResult> {
        self.found.iter().find(|f| f.metric.name == name)?.answer.as_ref().ok()
    }
}

/// Position of a value between floor (0) and ceiling (1), for a metric that has both.
pub fn position(answer: &MetricResult) -> Option<f64> {
    let (floor, ceiling) = (answer.floor?.value, answer.ceiling?.value);
    let place = (answer.figure.value - floor) / (ceiling - floor);
    place.is_finite().then(|| place.clamp(0.0, 1.0))
}

/// A summary for a reader with ten seconds.
pub fn verdict(report: &GeneratorReport, comparison: &Comparison) -> String {
    let mut parts = vec![nearness(report, comparison)];
    let percent = |name: &str| report.answer(name).map(|a| (100.0 * a.figure.value).round());
    if let (Some(precision), Some(recall)) = (percent("precision"), percent("recall")) {
        // Samples concentrated in one sparse region can have high precision without resembling anything: not reported
        // then.
        parts.push(match recall > 0.0 {
            true => format!(
                "{precision} % of its samples would pass for the reference, of which it covers {recall} %"
            ),
            false => "it covers nothing of the reference".into(),
        });
    }
    if let Ok(motion) = &report.motion
        && motion.first_ms > 0.0
    {
        parts.push(format!("a sample costs {} of CPU time", milliseconds(motion.first_ms)));
    }
    let copies = report.neighbours.iter().filter(|n| n.suspicious).count();
    if copies > 0 {
        let known = &comparison.known().name;
        parts.push(format!(
            "{copies} of its samples are nearer to one of {known} than any held-out sample is"
        ));
    }
    parts.join("; ") + "."
}

fn nearness(report: &GeneratorReport, comparison: &Comparison) -> String {
    let reference = &comparison.reference.name;
    let Some((metric, answer)) = lead(comparison).and_then(|m| Some((m, report.answer(m.name)?))) else {
        return match report.partial() {
            Some(_) => "cannot be judged: its samples are missing".into(),
            None => format!("no distance from {reference} was computed"),
        };
    };
    let Some((floor, place)) = answer.floor.zip(position(answer)) else {
        return format!("{} {} from {reference}", metric.name, short(answer.figure.value));
    };
    let words = match place {
        _ if answer.figure.interval[0] <= floor.value => "is indistinguishable from",
        p if p < 0.1 => "is close to",
        p if p < 0.4 => "is near, but distinguishable from",
        p if p < 0.8 => "is far from",
        _ => "is as far as noise from",
    };
    format!(
        "{words} {reference} ({} {}, against {} for the reference compared with itself)",
        metric.name,
        short(answer.figure.value),
        short(floor.value)
    )
}

/// Three significant digits.
fn short(v: f64) -> String {
    crate::report::shell::number(v)
}

/// Human-readable time.
pub fn milliseconds(ms: f64) -> String {
    match ms {
        m if m >= 10_000.0 => format!("{:.0} s", m / 1e3),
        m if m >= 1000.0 => format!("{:.1} s", m / 1e3),
        m if m >= 10.0 => format!("{m:.0} ms"),
        m if m >= 1.0 => format!("{m:.1} ms"),
        m => format!("{:.0} µs", m * 1e3),
    }
}

/// Human-readable size.
pub fn bytes(n: u64) -> String {
    match n {
        0..1000 => format!("{n} B"),
        1000..1_000_000 => format!("{:.1} kB", n as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", n as f64 / 1e6),
        _ => format!("{:.1} GB", n as f64 / 1e9),
    }
}
