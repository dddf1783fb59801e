//! The section on flows.

use maud::{Markup, html};

use super::super::physics::Row;
use super::super::report::Comparison;
use crate::metrics::catalogue::MetricResult;
use crate::metrics::gas::catalogue::GAS_METRICS;
use crate::report::chart::key;
use crate::report::shell::{candidate_colour, number};

impl Comparison {
    pub(super) fn physics(&self) -> Markup {
        let physics = &self.physics;
        let Some(source) = &physics.source else { return html! {} };
        let (w, h) = physics.size;
        html! {
            section {
                h2 { "The physics of the flow" }
                p { "Of " (source.velocity) @match &source.density { Some(d) => { " and " (d) }, None => { " (nothing that it conserves is shown)" } } ", on " (w) " × " (h) " cells, in clips of the same seeds and lengths as the films. " em { "other starts" } " is the reference on other seeds: what chance alone does. Candidates appear if a world of theirs has a velocity; figures have its unit. Divergence is measured between the cells that are shown, and so is above 0 even where a solver on faces leaves none; what a scene pours or drains is a drift of mass, too." }
                @for note in &physics.notes { p.note { "Note: " (note) "." } }
                @if !physics.rows.is_empty() {
                    div.table tabindex="0" role="region" aria-label="Physics of each flow" {
                        table {
                            thead { tr {
                                th scope="col" { "metric" }
                                th scope="col" { "reference" small { "its own value" } }
                                @for r in &physics.rows { th scope="col" { @if let Some(i) = r.candidate { (key(candidate_colour(i), false)) } (r.name) small { (r.source.velocity) } } }
                            } }
                            tbody { @for m in GAS_METRICS { (row(m.name, m.about, &physics.rows)) } }
                        }
                    }
                }
            }
        }
    }
}

fn result<'a>(of: &'a Row, name: &str) -> Option<&'a MetricResult> {
    of.results.iter().find(|(m, _)| m.name == name)?.1.as_ref().ok()
}

fn row(name: &str, about: &str, rows: &[Row]) -> Markup {
    let own = rows.iter().find_map(|r| result(r, name)?.of_reference);
    html! {
        @if rows.iter().any(|r| result(r, name).is_some()) {
            tr {
                th scope="row" { (name) small { (about.trim_start_matches("Of flows: ")) } }
                td { (own.map_or("–".into(), number)) }
                @for r in rows {
                    @match result(r, name) {
                        None => td { "–" },
                        Some(found) => td.best[r.candidate.is_some()] {
                            (number(found.figure.value))
                            @if found.figure.has_interval() {
                                small { (number(found.figure.interval[0])) " … " (number(found.figure.interval[1])) }
                            }
                        },
                    }
                }
            }
        }
    }
}
