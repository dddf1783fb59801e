//! Grid of samples from the same seeds.

use maud::{Markup, html};

use super::{Comparison, GeneratorReport, native, sample};
use crate::report::chart::key;

/// Columns of the grid.
const COLUMNS: usize = 10;

impl Comparison {
    /// A row for each generator, a column for each seed.
    pub(super) fn samples(&self) -> Markup {
        let columns = COLUMNS.min(self.setup.n);
        html! {
            section {
                h2 { "Samples" }
                p { "A row for each generator with the size of its own pictures, a column for each seed; below each sample the class that the judge predicts. All are shown, and measured, at " (self.setup.spec.side) " × " (self.setup.spec.side) " pixels. The reference uses different seeds, so that no sample is in both, and so do noise and what is held out of the reference." }
                div.table tabindex="0" role="region" aria-label="Samples of each generator" {
                    table.grid {
                        thead { tr {
                            th scope="col" { "seed" }
                            @for c in 0..columns { th scope="col" { (self.setup.seed + c as u64) } }
                        } }
                        tbody {
                            @for (colour, p) in self.everyone() { (row(colour, p, columns, colour == Some(super::REFERENCE))) }
                        }
                    }
                }
            }
        }
    }
}

fn row(colour: Option<usize>, p: &GeneratorReport, columns: usize, reference: bool) -> Markup {
    let seen = p.seen.as_ref().ok();
    let caption = |i: usize| seen.and_then(|s| s.caption(i));
    html! {
        tr {
            th scope="row" {
                @if let Some(c) = colour { (key(c, false)) } (p.name)
                @if reference { small { "the reference" } }
                small { (native(p)) }
                @if p.partial().is_some() { small.warn { "partial" } }
            }
            @for i in 0..columns.min(p.drawn.seeds.len()) {
                @let predicted = caption(i);
                @let seed = p.drawn.seeds[i];
                @let alt = format!("{}, seed {seed}{}", p.name, predicted.as_ref().map_or(String::new(), |w| format!(", predicted {w}")));
                td {
                    (sample(p, i, &alt))
                    @if reference { small { "seed " (seed) } }
                    @if let Some(w) = &predicted { small { (w) } }
                }
            }
        }
    }
}
