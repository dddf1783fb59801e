//! One sentence on each generator.

use super::{Comparison, GeneratorReport};
use crate::metrics::catalogue::{Direction, Metric, MetricResult};

/// The metric that comes first in what is said: the Fréchet distance, or else the first distance there is.
pub fn lead(comparison: &Comparison) -> Option<&'static Metric> {
    let all = || comparison.candidates.iter().flat_map(|p| &p.found);
    let distances = || all().filter(|f| f.metric.better == Direction::Less && f.answer.is_ok());
    distances().find(|f| f.metric.name == "frechet").or_else(|| distances().next()).map(|f| f.metric)
}

impl GeneratorReport {
    /// The answer of a metric, if there is one.
    pub fn answer(&self, name: &str) -> Option<&MetricResult> {
        self.found.iter().find(|f| f.metric.name == name)?.answer.as_ref().ok()
    }
}

/// Where a figure lies between floor (0) and ceiling (1), for a metric that has both.
pub fn position(answer: &MetricResult) -> Option<f64> {
    let (floor, ceiling) = (answer.floor?.value, answer.ceiling?.value);
    let place = (answer.figure.value - floor) / (ceiling - floor);
    place.is_finite().then(|| place.clamp(0.0, 1.0))
}

/// What a reader with ten seconds is to know.
pub fn verdict(portrait: &GeneratorReport, comparison: &Comparison) -> String {
    let mut parts = vec![nearness(portrait, comparison)];
    let percent = |name: &str| portrait.answer(name).map(|a| (100.0 * a.figure.value).round());
    if let (Some(precision), Some(recall)) = (percent("precision"), percent("recall")) {
        // Samples that all lie in one sparse corner may pass without being like anything: then that is not told.
        parts.push(match recall > 0.0 {
            true => format!(
                "{precision} % of what it makes would pass for the reference, which it covers to {recall} %"
            ),
            false => "it covers nothing of the reference".into(),
        });
    }
    if let Ok(motion) = &portrait.motion
        && motion.first_ms > 0.0
    {
        parts.push(format!("a sample costs {} of one core", milliseconds(motion.first_ms)));
    }
    let copies = portrait.neighbours.iter().filter(|n| n.suspicious).count();
    if copies > 0 {
        let known = &comparison.known().name;
        parts.push(format!(
            "{copies} of its samples lie nearer to one of {known} than any held-out sample does"
        ));
    }
    parts.join("; ") + "."
}

fn nearness(portrait: &GeneratorReport, comparison: &Comparison) -> String {
    let reference = &comparison.reference.name;
    let Some((metric, answer)) = lead(comparison).and_then(|m| Some((m, portrait.answer(m.name)?))) else {
        return match portrait.partial() {
            Some(_) => "cannot be judged: its samples are missing".into(),
            None => format!("no distance from {reference} was taken"),
        };
    };
    let Some((floor, place)) = answer.floor.zip(position(answer)) else {
        return format!("{} {} from {reference}", metric.name, short(answer.figure.value));
    };
    let words = match place {
        _ if answer.figure.interval[0] <= floor.value => "cannot be told from",
        p if p < 0.1 => "comes close to",
        p if p < 0.4 => "is near, but clearly not, ",
        p if p < 0.8 => "is far from",
        _ => "is as far as noise from",
    };
    let words = words.trim_end();
    format!(
        "{words} {reference} ({} {}, where the reference against itself has {})",
        metric.name,
        short(answer.figure.value),
        short(floor.value)
    )
}

/// Three digits that count.
fn short(v: f64) -> String {
    crate::report::shell::number(v)
}

/// Milliseconds for people.
pub fn milliseconds(ms: f64) -> String {
    match ms {
        m if m >= 10_000.0 => format!("{:.0} s", m / 1e3),
        m if m >= 1000.0 => format!("{:.1} s", m / 1e3),
        m if m >= 10.0 => format!("{m:.0} ms"),
        m if m >= 1.0 => format!("{m:.1} ms"),
        m => format!("{:.0} µs", m * 1e3),
    }
}

/// Bytes for people.
pub fn bytes(n: u64) -> String {
    match n {
        0..1000 => format!("{n} B"),
        1000..1_000_000 => format!("{:.1} kB", n as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", n as f64 / 1e6),
        _ => format!("{:.1} GB", n as f64 / 1e9),
    }
}
