//! Learned worlds: summary, curves, frames.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::curves::{Reference, about_bands, chart};
use super::pictures::{PictureKind, pictures};
use crate::collapse::Regime;
use crate::collapse::experiment::{WorldReference, Worlds};
use crate::collapse::group::{Group, Quantity, RunSummary, groups};
use crate::collapse::statistics::{Band, FirstTime};
use crate::collapse::worlds::WorldMetrics;
use crate::report::chart::LineStyle;
use crate::report::shell::{COLOURS, number};

const POSITIVE: [f64; 2] = [0.0, f64::INFINITY];

/// What is told of each generation.
pub const QUANTITIES: [Quantity<WorldMetrics>; 8] = [
    Quantity {
        name: "correlation-time",
        title: "Forecast: correlation with the rule above 0.8",
        axis: "frames",
        range: POSITIVE,
        ratio: false,
        of: |r| r.correlation_time,
    },
    Quantity {
        name: "valid-time",
        title: "Forecast: normalised error below 0.4",
        axis: "frames",
        range: POSITIVE,
        ratio: false,
        of: |r| r.valid_time,
    },
    Quantity {
        name: "energy",
        title: "Energy at the end",
        axis: "relative to the rule",
        range: POSITIVE,
        ratio: true,
        of: |r| r.energy,
    },
    Quantity {
        name: "spectrum",
        title: "Spectrum: mean distance from the rule's",
        axis: "decades",
        range: POSITIVE,
        ratio: false,
        of: |r| r.spectrum,
    },
    Quantity {
        name: "octave",
        title: "Spectrum: the worst octave",
        axis: "factor",
        range: POSITIVE,
        ratio: true,
        of: |r| r.octave,
    },
    Quantity {
        name: "values",
        title: "Distribution of values",
        axis: "Wasserstein distance, deviations",
        range: POSITIVE,
        ratio: true,
        of: |r| r.values,
    },
    Quantity {
        name: "increments",
        title: "Distribution of changes from frame to frame",
        axis: "Wasserstein distance, deviations",
        range: POSITIVE,
        ratio: true,
        of: |r| r.increments,
    },
    Quantity {
        name: "lost",
        title: "Roll-outs that did not stay finite",
        axis: "of those measured",
        range: POSITIVE,
        ratio: false,
        of: |r| Some(r.lost as f64),
    },
];

/// Within this factor of the rule's, the energy is its.
const FACTOR: f64 = 2.0;

/// What is told of a method under a regime, over its seeds.
#[derive(Clone, Debug, serde::Serialize)]
pub struct WorldsSummary {
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
    /// First generation that forecasts less than half as far as the first one.
    pub forecast_halved: FirstTime,
    /// First generation with less than half, or more than twice, the energy of the rule.
    pub energy_lost: FirstTime,
    /// Roll-outs on the worlds held out that did not stay finite, of all generations and seeds.
    pub lost: usize,
    /// Roll-outs that were left out of training for that reason.
    pub unlearned: usize,
}

impl WorldsSummary {
    /// Of a group.
    pub fn of(g: &Group<WorldMetrics>) -> Self {
        let all = || g.runs.iter().flat_map(|r| &r.readings);
        let is_off = |v: f64, _| !(1.0 / FACTOR..=FACTOR).contains(&v);
        Self {
            method: g.method.into(),
            regime: g.regime,
            seeds: g.runs.len(),
            generations: g.common(),
            bands: QUANTITIES.iter().map(|q| (q.name, g.bands(q))).filter(|b| !b.1.is_empty()).collect(),
            forecast_halved: g.first_time(|m| m.correlation_time, |v, first| v < 0.5 * first),
            energy_lost: g.first_time(|m| m.energy, is_off),
            lost: all().map(|m| m.lost).sum(),
            unlearned: all().map(|m| m.unlearned).sum(),
        }
    }

    /// A quantity at a generation that all seeds have, in words.
    fn at(&self, name: &str, generation: usize) -> String {
        let found = self.bands.get(name).and_then(|b| b.iter().find(|b| b.0 == generation));
        match found.map(|b| b.1) {
            None => "–".into(),
            Some(b) if b.seeds == 1 => number(b.mean),
            Some(b) => format!("{} ({} to {})", number(b.mean), number(b.low), number(b.high)),
        }
    }
}

/// Runs on worlds and what they are held against.
pub struct WorldsSection<'a> {
    /// The worlds.
    pub worlds: &'a Worlds,
    /// The runs.
    pub runs: &'a [RunSummary<WorldMetrics>],
    /// What they amount to over their seeds.
    pub summaries: &'a [WorldsSummary],
    /// The rule and persistence.
    pub references: &'a [WorldReference],
    /// Generations that were asked for.
    pub generations: usize,
}

impl<'a> WorldsSection<'a> {
    /// A line for each method and regime.
    pub fn summary(&self) -> Markup {
        html! { @for s in self.summaries { li { (self.line(s)) } } }
    }

    fn line(&self, s: &WorldsSummary) -> Markup {
        let last = s.generations;
        let of = |r: &&RunSummary<WorldMetrics>| (&r.method, r.regime) == (&s.method, s.regime);
        let partial = self.runs.iter().filter(of).any(|r| r.partial);
        let failed = self.runs.iter().filter(of).filter_map(|r| Some((r.seed, r.failed.as_ref()?)));
        let seeds = if s.seeds == 1 { "one seed".into() } else { format!("{} seeds", s.seeds) };
        html! {
            b { (s.method) } ", " (s.regime.about()) ", " (seeds) ": generation " (last) " stays correlated with the rule for "
            (s.at("correlation-time", last)) " frames of " (self.worlds.horizon + 1) ", the start among them (the first for " (s.at("correlation-time", 1))
            "), its energy ends at " (s.at("energy", last)) " of the rule's (" (s.at("energy", 1))
            "), its values are " (s.at("values", last)) " deviations off (" (s.at("values", 1))
            "). Half as far a forecast as the first's: " (s.forecast_halved.words(self.generations))
            "; less than half or more than twice the rule's energy: " (s.energy_lost.words(self.generations))
            ". Roll-outs that did not stay finite: " (s.lost) " of those measured, " (s.unlearned) " of those to be learned."
            @if partial { " " b { "Partial: generations are missing." } }
            @for (seed, why) in failed { " Seed " (seed) " failed: " (why) "." }
        }
    }

    /// Curves and frames.
    pub fn sections(&self) -> Markup {
        let (groups, w) = (groups(self.runs), self.worlds);
        let reference = |(i, r): (usize, &'a WorldReference)| Reference {
            name: r.name.clone(),
            colour: COLOURS - 1 - i % COLOURS,
            stroke: LineStyle::Law,
            readings: std::slice::from_ref(&r.metrics),
        };
        let references: Vec<Reference<WorldMetrics>> =
            self.references.iter().enumerate().map(reference).collect();
        html! {
            h2 { "Learned worlds, fed their own roll-outs" }
            p {
                "Origin: " (w.worlds) " worlds of " (w.spec.scene) ", " (w.frames) " frames of " (w.spec.width) "×" (w.spec.height) ", "
                (w.spec.state.join(", ")) ". Every generation after the first learns roll-outs of the one before, from the same starts"
                @if !w.spec.given.is_empty() { ", driven from outside by the same " (w.spec.given.join(", ")) }
                ", and is measured on " (w.held_out) " worlds that none has seen, over " (w.horizon) " frames. Dashed lines do not learn. "
                (about_bands(&groups))
            }
            ul { @for r in self.references { li { b { (r.name) } ": " (r.about) } } }
            div.charts { @for q in &QUANTITIES { (chart(q, &groups, &references)) } }
            h2 { "Frames" }
            p { "The first world held out, 1, 2, 5, 10 and more frames after the start: the rule above, the generation below. The first generation is the same under every regime." }
            (pictures(&groups, PictureKind::Frames, 411))
        }
    }
}
