//! The verdict on each generator, in three sentences: what it looks like, how it moves, what it costs.

use super::films;
use super::report::{Comparison, GeneratorReport};
use super::scale::logarithmic;
use crate::metrics::catalogue::{Direction, Metric, MetricResult};
use crate::price::{EnergySource, Price};
use crate::report::shell::{REFERENCE, number};
use world::units::{metric as with_unit, seconds};

/// Position of a value between floor (0) and ceiling (1), for a metric that has both: logarithmic for distances, which
/// span decades. Beyond them it is less or more.
pub fn position(metric: &Metric, answer: &MetricResult) -> Option<f64> {
    let (floor, ceiling) = (answer.floor?.value, answer.ceiling?.value);
    if metric.better == Direction::Less {
        return logarithmic(answer.figure.value, floor, ceiling);
    }
    let place = (answer.figure.value - floor) / (ceiling - floor);
    place.is_finite().then_some(place)
}

/// A summary for a reader with half a minute: the first sentence continues the generator's name.
pub fn verdict(report: &GeneratorReport, comparison: &Comparison) -> String {
    let moves = moves(report, comparison);
    let all = [Some(looks(report, comparison)), moves, costs(report, comparison)];
    all.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// How it moves; nothing if nothing of that was to be measured.
pub fn moves(report: &GeneratorReport, comparison: &Comparison) -> Option<String> {
    let film = comparison.films.find(&report.full_name())?;
    Some(films::sentence(film, &comparison.films, &comparison.reference.name))
}

/// What it costs, beside the reference: a frame, and the training.
fn costs(report: &GeneratorReport, comparison: &Comparison) -> Option<String> {
    let prices = &comparison.prices.all;
    let own = prices.iter().find(|p| p.name == report.name && p.colour != REFERENCE)?;
    let rule = prices.iter().find(|p| p.colour == REFERENCE);
    let spread = own.frame_seconds?;
    let waited = if own.is_foreign { "waiting" } else { "CPU time" };
    let [low, high] = spread.interval.map(seconds);
    let mut said = format!("A frame costs it {} of {waited} ({low} to {high})", seconds(spread.mean));
    if let (Some(joules), Some(source)) = (own.frame_joules, own.source) {
        let [low, high] = joules.interval.map(|v| with_unit(v, "J"));
        let mark =
            if source == EnergySource::Measured { String::new() } else { format!(", {}", source.words()) };
        said += &format!(" and {} ({low} to {high}{mark})", with_unit(joules.mean, "J"));
        let ratio = rule.and_then(|r| r.frame_joules).map(|r| joules.mean / r.mean).filter(|r| r.is_finite());
        if let Some(ratio) = ratio {
            said += &format!(", {} times that of {}", number(ratio), comparison.reference.name);
        }
    }
    Some(said + &training(own) + ".")
}

fn training(price: &Price) -> String {
    let Some(training) = price.training else { return String::new() };
    let cost = training.energy.map_or("a cost that is not known".into(), |e| with_unit(e.joules, "J"));
    let paid = price.break_even.as_ref().map_or("which nobody knows to be paid back".into(), |even| {
        let words = even.words();
        match words.strip_prefix("never") {
            Some(best) => format!("which it never pays back{best}"),
            None => format!("which it pays back after {words}"),
        }
    });
    format!("; its training took {cost}, {paid}")
}

/// What its stills look like.
pub fn looks(report: &GeneratorReport, comparison: &Comparison) -> String {
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
    parts.extend(copies(report, comparison));
    let missed = report.not_beaten();
    if !missed.is_empty() {
        parts.push(format!("it was trained, and does not beat {}", missed.join(", ")));
    }
    parts.join("; ") + "."
}

/// What the copy test says, if anything was nearer than it should be.
fn copies(report: &GeneratorReport, comparison: &Comparison) -> Option<String> {
    let count = report.neighbours.iter().filter(|n| n.suspicious).count();
    let known = &comparison.known_of(report).name;
    let words = if report.is_copier() { "it is a copier: " } else { "" };
    (count > 0).then(|| {
        format!("{words}{count} of its samples are nearer to one of {known} than any held-out sample is")
    })
}

/// Where it lies on the scale of anchors.
fn nearness(report: &GeneratorReport, comparison: &Comparison) -> String {
    let reference = &comparison.reference.name;
    let Some((metric, answer)) = comparison.lead.and_then(|m| Some((m, report.answer(m.name)?))) else {
        return match report.partial() {
            Some(_) => "cannot be judged: its samples are missing".into(),
            None => format!("no distance from {reference} was computed"),
        };
    };
    match &comparison.scale {
        Some(scale) => scale.sentence(&answer.figure, reference),
        None => format!("{} {} from {reference}", metric.name, number(answer.figure.value)),
    }
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
