//! Provenance: everything needed to reproduce the report.

use maud::{Markup, html};

use super::Comparison;
use crate::compare::export::{NOTE, built_with};
use crate::compare::seeds::Seeds;
use crate::report::chart::key;

impl Comparison {
    pub(super) fn provenance(&self) -> Markup {
        let s = &self.setup;
        let seeds = Seeds::of(s);
        let all = [seeds.candidates, seeds.reference, seeds.held_out, seeds.training];
        let [candidates, reference, held_out, training] =
            all.map(|r| format!("{} to {}", r.start, r.end - 1));
        let colours = if s.spec.channels == 1 { "grey" } else { "RGB" };
        let sets = self.everyone().chain(self.train.iter().chain(&self.training).map(|t| (None, t)));
        html! {
            section {
                h2 { "Reproduction" }
                pre { (s.command) }
                dl {
                    dt { "Features" } dd { "From " (s.extractor.name()) ". " strong { (NOTE) } }
                    dt { "Pictures" } dd { (s.spec.side) " × " (s.spec.side) " pixels, " (colours) ", by anti-aliased bicubic resampling (Keys 1981, a = −½), as clean-fid teaches (Parmar et al. 2022)" }
                    dt { "Seeds" } dd { (candidates) "; of the reference " (reference) "; held out of it " (held_out) "; of training frames and of noise from " (training) }
                    dt { "Time" } dd { "first frame at tick " (s.spec.warm_up) " unless a rule draws its own; clips of " (s.spec.frames) " frames, one in " (s.spec.every) " ticks" }
                    dt { "Settings" } dd { "k = " (s.k) " neighbours, " (s.bins) " bins; intervals of 95 %" }
                    dt { "Version" } dd { "untrained " (env!("CARGO_PKG_VERSION")) "" @if !built_with().is_empty() { ", built with " (built_with().join(", ")) } }
                }
                div.table tabindex="0" role="region" aria-label="Provenance of each set" {
                    table {
                        thead { tr { th scope="col" { "set" } th scope="col" { "what it is" } th scope="col" { "identity" } th scope="col" { "hash of its samples" } } }
                        tbody {
                            @for (colour, p) in sets {
                                tr {
                                    th scope="row" { @if let Some(c) = colour { (key(c, false)) } (p.name) }
                                    td.words { (p.about) }
                                    td { code { (format!("{:016x}", p.identity)) } }
                                    td { code { (format!("{:016x}", p.drawn.hash)) } }
                                }
                            }
                        }
                    }
                }
                h3 { "Metrics" }
                dl {
                    @for found in self.candidates.first().map_or(&[][..], |p| &p.found) {
                        dt { (found.metric.name) } dd { (found.metric.about) }
                    }
                }
            }
        }
    }
}
