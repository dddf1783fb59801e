//! Histogram of predicted classes.

use maud::{Markup, html};

use super::Comparison;
use crate::report::chart::key;
use crate::report::shell::COLOURS;

/// Maximum rows; rare classes are merged.
const ROWS: usize = 12;

impl Comparison {
    pub(super) fn classes(&self) -> Markup {
        let columns: Vec<_> = self
            .all()
            .filter_map(|(c, p)| {
                Some((c, p, p.seen.as_ref().ok().filter(|s| !s.predictions.is_empty())?.histogram()))
            })
            .collect();
        let Some(classes) = self.reference.seen.as_ref().ok().map(|s| &s.classes) else { return html! {} };
        if columns.is_empty() {
            return html! {};
        }
        let most = |i: usize| columns.iter().map(|c| c.2[i]).fold(0.0, f64::max);
        let mut rows: Vec<usize> = (0..classes.len()).filter(|i| most(*i) > 0.0).collect();
        rows.sort_by(|a, b| most(*b).total_cmp(&most(*a)));
        let rare = rows.split_off(ROWS.min(rows.len()));
        let bar = |share: f64, colour: usize| {
            html! {
                td.bar { span {
                    i style=(format!("width:{:.1}%;background:var(--c{})", 60.0 * share, colour % COLOURS)) {}
                    (format!("{:.0} %", 100.0 * share))
                } }
            }
        };
        html! {
            section {
                h2 { "Predicted classes" }
                p { "Share of each generator's samples by the class that the judge predicts; " em { "unsure" } " if a sample is out of distribution." }
                div.table tabindex="0" role="region" aria-label="Classes predicted by the judge" {
                    table {
                        thead { tr {
                            th scope="col" { "class" }
                            @for (colour, p, _) in &columns { th scope="col" { (key(*colour, false)) (p.name) @if *colour == super::REFERENCE { small { "the reference" } } } }
                        } }
                        tbody {
                            @for row in &rows {
                                tr { th scope="row" { (classes[*row]) } @for (colour, _, shares) in &columns { (bar(shares[*row], *colour)) } }
                            }
                            @if !rare.is_empty() {
                                tr { th scope="row" { (rare.len()) " others" } @for (colour, _, shares) in &columns { (bar(rare.iter().map(|i| shares[*i]).sum(), *colour)) } }
                            }
                            tr { th scope="row" { em { "unsure" } } @for (colour, _, shares) in &columns { (bar(shares[classes.len()], *colour)) } }
                        }
                    }
                }
            }
        }
    }
}
