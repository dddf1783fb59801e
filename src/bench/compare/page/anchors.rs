//! Candidates among the anchors, in the order of their distance from the reference.

use maud::{Markup, html};

use super::super::beating::DEFINITION;
use super::super::report::{Comparison, GeneratorReport, Role};
use crate::metrics::catalogue::{Metric, MetricResult};
use crate::report::chart::key;
use crate::report::shell::{COLOURS, number};

impl Comparison {
    /// Candidates with their colours, and opponents without, nearest first.
    fn ranked(&self, metric: &Metric) -> Vec<(Option<usize>, &GeneratorReport, &MetricResult)> {
        let candidates = self.coloured().map(|(colour, p)| (Some(colour), p));
        let all = candidates.chain(self.opponents.iter().map(|p| (None, p)));
        let mut rows: Vec<_> = all.filter_map(|(c, p)| Some((c, p, p.answer(metric.name)?))).collect();
        rows.sort_by(|a, b| a.2.figure.value.total_cmp(&b.2.figure.value));
        rows
    }

    pub(super) fn anchors(&self) -> Markup {
        let Some(metric) = self.lead else { return html! {} };
        html! {
            section {
                h2 { "Trivial opponents and anchors" }
                p { "Who lies where, nearest first, on a logarithmic scale from the nearest anchor to the farthest. The candidates are bold; all others are generators that nobody would call a model, made of " (self.frames()) ", or variants of the reference. They tell what a figure means." }
                @if self.setup.opponents { p { (DEFINITION) " " (self.unknown_training()) } }
                @for why in &self.omitted { p.note { "Left out: " (why) "." } }
                div.table tabindex="0" role="region" aria-label="Candidates among the anchors" {
                    table {
                        thead { tr {
                            th scope="col" { "generator" }
                            th scope="col" { (metric.name) small { "95 % interval" } }
                            th scope="col" { "position" }
                            th scope="col" { "KID" }
                            th scope="col" { "precision" }
                            th scope="col" { "recall" }
                            th scope="col" { "copies" small { "of " (self.frames()) } }
                            th scope="col" { "beats" }
                        } }
                        tbody { @for (colour, p, answer) in self.ranked(metric) { (self.ranked_row(colour, p, answer)) } }
                    }
                }
            }
        }
    }

    fn ranked_row(&self, colour: Option<usize>, p: &GeneratorReport, answer: &MetricResult) -> Markup {
        let place = self.scale.as_ref().and_then(|s| s.position(answer.figure.value));
        let value = |name: &str| p.answer(name).map_or("–".into(), |a| number(a.figure.value));
        let [low, high] = answer.figure.interval.map(number);
        html! {
            tr {
                @match colour {
                    Some(c) => th scope="row" { (key(c, false)) (p.name) },
                    None => td { (p.name) small { (described(p)) } },
                }
                td.best[colour.is_some()] { (number(answer.figure.value)) small { (low) " … " (high) } }
                td { @if let Some(place) = place { (format!("{:.0} %", 100.0 * place)) (gauge(place, colour)) } }
                td { (value("kid")) }
                td { (value("precision")) }
                td { (value("recall")) }
                td { (copies(p)) }
                td.words { (beaten(p)) }
            }
        }
    }

    /// What opponents are made of.
    fn frames(&self) -> String {
        match (&self.train, &self.training) {
            (Some(t), _) => format!("{} training frames of {}", t.drawn.seeds.len(), t.name),
            (None, Some(t)) => {
                let mut runs = t.drawn.seeds.clone();
                runs.dedup();
                format!("{} frames of {} runs of {}", t.drawn.seeds.len(), runs.len(), self.reference.name)
            }
            (None, None) => "training frames".into(),
        }
    }

    /// What cannot be known of learned generators.
    fn unknown_training(&self) -> &'static str {
        match self.train.is_none() && self.candidates.iter().any(|p| p.is_learned) {
            true => {
                "Without --train nobody knows which pictures a learned generator saw, so its copies are looked for \
                 in the reference only."
            }
            false => "",
        }
    }
}

/// What an opponent is.
fn described(p: &GeneratorReport) -> String {
    match p.role {
        Role::Itself if p.name == "perturbed" => {
            format!("{}: stills are an independent draw, clips start slightly differently", p.words)
        }
        Role::Opponent { must_beat: true } => format!("{}; to be beaten", p.words),
        _ => p.words.clone(),
    }
}

fn copies(p: &GeneratorReport) -> Markup {
    html! {
        @match &p.copies {
            None => "–",
            Some(c) => {
                (format!("{:.0} %", 100.0 * c.share))
                small { (format!("{:.0} % nearer than held out", 100.0 * c.nearer)) }
                @if c.is_copier() { small.warn { "copier" } }
            }
        }
    }
}

/// The opponents that a candidate beats, and those that it does not.
fn beaten(p: &GeneratorReport) -> Markup {
    let names = |beaten: bool| {
        let all = p.bouts.iter().filter(|b| b.outcome.is_beaten() == beaten);
        all.map(|b| b.opponent.as_str()).collect::<Vec<_>>().join(", ")
    };
    let (won, lost) = (names(true), names(false));
    html! {
        @if !won.is_empty() { (won) }
        @if !lost.is_empty() { small { "not " (lost) } }
    }
}

/// A dot on a line; what lies beyond its ends is drawn at them.
fn gauge(place: f64, colour: Option<usize>) -> Markup {
    let ink = colour.map_or("var(--soft)".into(), |c| format!("var(--c{})", c % COLOURS));
    html! { span.gauge { i style=(format!("left:{:.0}%;background:{ink}", 100.0 * place.clamp(0.0, 1.0))) {} } }
}
