//! How a candidate moves, in a sentence.

use super::report::{Film, FilmRole, Films};
use crate::compare::scale::logarithmic;
use crate::metrics::catalogue::MetricResult;
use crate::metrics::motion::catalogue::NamedResult;
use crate::report::shell::number;

/// How a figure is told apart from the reference's own.
struct Wording {
    metric: &'static str,
    noun: &'static str,
    less: &'static str,
    alike: &'static str,
    more: &'static str,
}

/// Figures that are held beside the reference's own.
const WORDINGS: [Wording; 2] = [
    Wording {
        metric: "autocorrelation-time",
        noun: "autocorrelation time",
        less: "changes faster than",
        alike: "changes as fast as",
        more: "changes more slowly than",
    },
    Wording {
        metric: "flicker",
        noun: "flicker",
        less: "flickers less than",
        alike: "flickers as much as",
        more: "flickers more than",
    },
];

const KERNEL: &str = "video-kernel";
const REACH: &str = "correlation-time-80";

/// The sentence on a candidate's film: each figure with its interval, beside what the reference itself reaches.
pub fn sentence(film: &Film, films: &Films, reference: &str) -> String {
    let alike = WORDINGS.iter().filter_map(|w| beside(w, film, reference));
    let parts: Vec<String> =
        alike.chain(distance(film, reference)).chain(reach(film, films, reference)).collect();
    match parts.is_empty() {
        true => "How it moves cannot be said from so few or so short clips.".into(),
        false => format!("As a moving picture it {}.", parts.join("; it ")),
    }
}

/// A figure with its interval, if it has one. At least that much, if the end of the clips cut it off.
fn said(named: &NamedResult, result: &MetricResult, unit: &str) -> String {
    let [low, high] = result.figure.interval;
    let least = if named.censored.figure { "at least " } else { "" };
    let value = format!("{least}{}{unit}", number(result.figure.value));
    match result.figure.has_interval() {
        true => format!("{value}, {} to {}", number(low), number(high)),
        false => value,
    }
}

fn beside(wording: &Wording, film: &Film, reference: &str) -> Option<String> {
    let (named, result) = (film.named(wording.metric)?, film.result(wording.metric)?);
    let own = result.of_reference?;
    let [low, high] = result.figure.interval;
    let verb = match own {
        _ if !result.figure.has_interval() => return None,
        own if high < own => wording.less,
        own if low > own => wording.more,
        _ => wording.alike,
    };
    let unit = if named.unit.is_empty() { String::new() } else { format!(" {}", named.unit) };
    let (noun, figure) = (wording.noun, said(named, result, &unit));
    Some(format!("{verb} {reference} ({noun} {figure}; {reference} {})", number(own)))
}

/// Where its video distance lies between the reference from other starts and noise.
fn distance(film: &Film, reference: &str) -> Option<String> {
    let (named, result) = (film.named(KERNEL)?, film.result(KERNEL).filter(|r| r.figure.has_interval())?);
    let (floor, ceiling) = (result.floor?.value, result.ceiling?.value);
    let figure = said(named, result, "");
    let anchors = format!("{reference} from other starts {}, noise {}", number(floor), number(ceiling));
    let [low, high] = result.figure.interval;
    if low <= floor {
        let too = if high >= ceiling { " nor from noise" } else { "" };
        return Some(format!(
            "cannot be told from {reference}{too} by its video distance ({figure}; {anchors})"
        ));
    }
    let place = logarithmic(result.figure.value, floor, ceiling)?;
    Some(format!(
        "lies {:.0} % of the way from {reference} to noise, on a logarithmic scale, by its video distance ({figure}; {anchors})",
        100.0 * place
    ))
}

/// How far it forecasts.
fn reach(film: &Film, films: &Films, reference: &str) -> Option<String> {
    let (named, result) = (film.named(REACH)?, film.result(REACH)?);
    let others = [
        (FilmRole::Perturbed, "the rule from a slightly different start"),
        (FilmRole::FirstFrame, "the first frame kept"),
    ];
    let others = others.iter().filter_map(|(role, words)| {
        let theirs = films.of(*role)?;
        let least = if theirs.named(REACH)?.censored.figure { "at least " } else { "" };
        Some(format!("; {words} {least}{}", number(theirs.result(REACH)?.figure.value)))
    });
    Some(format!(
        "stays above a correlation of 0.8 with {reference} from the same start for {}{}",
        said(named, result, " frames"),
        others.collect::<String>()
    ))
}
