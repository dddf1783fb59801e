//! Generators of pictures: summary, curves, contact sheets.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::curves::{Reference, about_bands, chart};
use super::pictures::{PictureKind, pictures};
use crate::collapse::Regime;
use crate::collapse::control::SavedControl;
use crate::collapse::experiment::Stills;
use crate::collapse::group::{Group, Quantity, RunSummary, groups};
use crate::collapse::measure::GenerationMetrics;
use crate::collapse::statistics::{Band, FirstTime};
use crate::report::chart::LineStyle;
use crate::report::shell::{REFERENCE, number};

/// Bits of class entropy below which classes have merged: fewer than two equally frequent ones are left.
pub const MERGED: f64 = 1.0;

const SHARE: [f64; 2] = [0.0, 1.0];
const POSITIVE: [f64; 2] = [0.0, f64::INFINITY];

/// What is told of each generation.
pub const QUANTITIES: [Quantity<GenerationMetrics>; 6] = [
    Quantity {
        name: "variance",
        title: "Remaining variance",
        axis: "relative to the origin",
        range: POSITIVE,
        ratio: false,
        of: |r| Some(r.variance),
    },
    Quantity {
        name: "tail",
        title: "Tail: samples beyond the origin's 95th percentile",
        axis: "share of the samples",
        range: SHARE,
        ratio: false,
        of: |r| Some(r.tail),
    },
    Quantity {
        name: "coverage",
        title: "Coverage",
        axis: "share of the origin",
        range: SHARE,
        ratio: false,
        of: |r| Some(r.coverage),
    },
    Quantity {
        name: "recall",
        title: "Recall",
        axis: "share of the origin",
        range: SHARE,
        ratio: false,
        of: |r| Some(r.recall),
    },
    Quantity {
        name: "frechet",
        title: "Fréchet distance from the origin",
        axis: "distance",
        range: POSITIVE,
        ratio: true,
        of: |r| Some(r.frechet),
    },
    Quantity {
        name: "class-entropy",
        title: "Predicted classes",
        axis: "entropy, bits",
        range: POSITIVE,
        ratio: false,
        of: |r| r.class_entropy,
    },
];

/// What is told of a method under a regime, over its seeds.
#[derive(Clone, Debug, serde::Serialize)]
pub struct StillsSummary {
    /// Name of the method.
    pub method: String,
    /// What each generation was trained on.
    pub regime: Regime,
    /// Number of seeds.
    pub seeds: usize,
    /// Generations that all seeds have.
    pub generations: usize,
    /// Bands of each quantity: (generation, band).
    pub bands: BTreeMap<&'static str, Vec<(usize, Band)>>,
    /// First generation with less than half of the first one's variance.
    pub variance_halved: FirstTime,
    /// First generation with less than half of the first one's coverage.
    pub coverage_halved: FirstTime,
    /// First generation with less than [`MERGED`] bits of class entropy; none if the extractor does not classify.
    pub merged: Option<FirstTime>,
}

impl StillsSummary {
    /// Of a group.
    pub fn of(g: &Group<GenerationMetrics>) -> Self {
        let classified = g.runs.iter().all(|r| r.readings.iter().all(|m| m.class_entropy.is_some()));
        Self {
            method: g.method.into(),
            regime: g.regime,
            seeds: g.runs.len(),
            generations: g.common(),
            bands: QUANTITIES.iter().map(|q| (q.name, g.bands(q))).filter(|b| !b.1.is_empty()).collect(),
            variance_halved: g.first_time(|m| Some(m.variance), |v, first| v < 0.5 * first),
            coverage_halved: g.first_time(|m| Some(m.coverage), |v, first| v < 0.5 * first),
            merged: classified.then(|| g.first_time(|m| m.class_entropy, |v, _| v < MERGED)),
        }
    }

    /// A quantity at a generation that all seeds have.
    fn at(&self, name: &str, generation: usize) -> Option<Band> {
        self.bands.get(name)?.iter().find(|b| b.0 == generation).map(|b| b.1)
    }
}

/// Runs on pictures and what they are held against.
pub struct StillsSection<'a> {
    /// The pictures.
    pub stills: &'a Stills,
    /// The runs.
    pub runs: &'a [RunSummary<GenerationMetrics>],
    /// What they amount to over their seeds.
    pub summaries: &'a [StillsSummary],
    /// Noise floor.
    pub floor: Option<&'a GenerationMetrics>,
    /// The rule that was run as a control.
    pub control: Option<&'a SavedControl>,
    /// Generations that were asked for.
    pub generations: usize,
}

impl StillsSection<'_> {
    /// A line for each method and regime.
    pub fn summary(&self) -> Markup {
        html! {
            @for s in self.summaries { li { (self.line(s)) } }
            @if let Some((ran, c)) = self.control.and_then(|r| Some((r, r.readings.last()?))) {
                li { b { "the rule " (ran.name) } ", rerun with fresh seeds " (ran.readings.len()) " times: " (number(100.0 * c.variance)) " % of the variance, " (number(100.0 * c.coverage)) " % coverage. It does not learn, so it cannot collapse." }
            }
        }
    }

    fn line(&self, s: &StillsSummary) -> Markup {
        let share = |name, n| s.at(name, n).map_or_else(|| "–".into(), |b| percent(&b));
        let last = s.generations;
        let of = |r: &&RunSummary<GenerationMetrics>| (&r.method, r.regime) == (&s.method, s.regime);
        let partial = self.runs.iter().filter(of).any(|r| r.partial);
        let failed = self.runs.iter().filter(of).filter_map(|r| Some((r.seed, r.failed.as_ref()?)));
        let seeds = if s.seeds == 1 { "one seed".into() } else { format!("{} seeds", s.seeds) };
        html! {
            b { (s.method) } ", " (s.regime.about()) ", " (seeds) ": after " (last) " generations "
            (share("variance", last)) " of the origin's variance and " (share("coverage", last)) " coverage remain ("
            (share("variance", 1)) " and " (share("coverage", 1)) " after the first). Half of what the first had is lost, of the variance: "
            (s.variance_halved.words(self.generations)) "; of the coverage: " (s.coverage_halved.words(self.generations)) "."
            @if let Some(merged) = &s.merged {
                " Classes have merged (entropy below " (MERGED) " bit): " (merged.words(self.generations)) "."
            }
            @if partial { " " b { "Partial: generations are missing." } }
            @for (seed, why) in failed { " Seed " (seed) " failed: " (why) "." }
        }
    }

    /// Curves and contact sheets.
    pub fn sections(&self) -> Markup {
        let (groups, o) = (groups(self.runs), self.stills);
        let mut references: Vec<Reference<GenerationMetrics>> = Vec::new();
        if let Some(ran) = self.control {
            let name = format!("rule {}", ran.name);
            let readings = &ran.readings[..];
            references.push(Reference { name, colour: REFERENCE, stroke: LineStyle::Line, readings });
        }
        if let Some(floor) = self.floor {
            let readings = std::slice::from_ref(floor);
            references.push(Reference {
                name: "origin".into(),
                colour: REFERENCE,
                stroke: LineStyle::Law,
                readings,
            });
        }
        html! {
            h2 { "Learned generators" }
            p { "Origin: " (o.data) " (" (o.pictures) " pictures, hash " (o.hash) "), measured against " (o.measured) " of its " (o.held_out) ". The dashed line is the noise floor: other pictures of the origin, measured in the same way. " (about_bands(&groups)) }
            @if let Some(ran) = self.control { p.note { "Control: " (ran.about) " Each of its generations is measured against its own first one." } }
            div.charts { @for q in &QUANTITIES { (chart(q, &groups, &references)) } }
            p.note { "Features are from " (o.extractor) "; distances are not comparable with published ones, which use Inception features." }
            h2 { "Samples" }
            p { "The same seeds in every contact sheet. The first generation is the same under every regime." }
            (pictures(&groups, PictureKind::Sheets, 150))
        }
    }
}

/// A share with its band.
fn percent(b: &Band) -> String {
    let of = |v: f64| number(100.0 * v);
    match b.seeds {
        1 => format!("{} %", of(b.mean)),
        _ => format!("{} % ({} to {})", of(b.mean), of(b.low), of(b.high)),
    }
}
