//! Cost of each generator.

use maud::{Markup, html};

use super::{Comparison, REFERENCE, native};
use crate::compare::verdict::{bytes, milliseconds};
use crate::price::Price;
use crate::price::page::{LENGTHS, Quality, film_chart, quality_charts, table};
use crate::report::chart::key;
use crate::report::shell::number;

impl Comparison {
    /// Time, energy and break-even, and quality against energy.
    pub(super) fn prices(&self) -> Markup {
        let Some(metric) = self.lead else { return html! {} };
        let of = |price: &Price| {
            let report = self.candidates.iter().find(|p| p.name == price.name)?;
            let figure = report.answer(metric.name)?.figure;
            let half = (figure.interval[1] - figure.interval[0]) / 2.0;
            Some((figure.value, if half.is_finite() { half } else { 0.0 }))
        };
        let prices = &self.prices.all;
        let quality: Vec<Quality> = prices.iter().map(of).collect();
        html! {
            section {
                h2 { "Price" }
                (table(prices, &self.prices.about))
                (quality_charts(prices, &quality, metric.name, &LENGTHS))
                (film_chart(prices))
            }
        }
    }

    pub(super) fn costs(&self) -> Markup {
        let seconds = |s: f64| if s < 600.0 { format!("{s:.0} s") } else { format!("{:.0} min", s / 60.0) };
        html! {
            section {
                h2 { "Cost" }
                p { "CPU time and peak memory over " (self.setup.clips) " clips. The first frame includes instantiation and warm-up for generators that have ticks. The program itself (and its author's knowledge) does not count as description." }
                div.table tabindex="0" role="region" aria-label="Cost of each generator" {
                    table {
                        thead { tr {
                            th scope="col" { "generator" }
                            th scope="col" { "own pictures" small { "pixels" } }
                            th scope="col" { "description" }
                            th scope="col" { "training" small { "CPU time" } }
                            th scope="col" { "trained on" small { "pictures" } }
                            th scope="col" { "first frame" }
                            th scope="col" { "subsequent frame" }
                            th scope="col" { "memory" small { "peak" } }
                            th scope="col" { "late novelty" small { "last third of a clip" } }
                        } }
                        tbody {
                            @for (colour, p) in self.everyone() {
                                tr {
                                    th scope="row" { @if let Some(c) = colour { (key(c, false)) } (p.name) @if colour == Some(REFERENCE) { small { "the reference" } } }
                                    td { (native(p)) }
                                    td { (bytes(p.cost.description_bytes)) }
                                    td { @if p.is_learned { (seconds(p.cost.training_seconds)) } @else { "none" } }
                                    td { (p.cost.training_images) }
                                    @match &p.motion {
                                        Ok(m) => {
                                            td { (milliseconds(m.first_ms)) }
                                            td { (milliseconds(m.next_ms)) }
                                            td { (m.peak_bytes.map_or("not counted".into(), bytes)) }
                                            td { (m.late().map_or("–".into(), number)) }
                                        }
                                        Err(e) => { td.words colspan="4" { small { (e) } } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
