//! Samples beside their nearest neighbours, which shows memorisation.

use maud::{Markup, html};

use super::{Comparison, GeneratorReport, sample};
use crate::report::chart::key;
use crate::report::shell::number;

/// Pairs shown of each generator.
const PAIRS: usize = 6;

impl Comparison {
    pub(super) fn neighbours(&self) -> Markup {
        let known = self.known();
        let what = if self.train.is_some() { "training picture" } else { "sample of the reference" };
        let held =
            if self.train.is_some() { "reference picture" } else { "held-out sample of the reference" };
        html! {
            section {
                h2 { "Nearest neighbours" }
                p {
                    "The samples nearest to a " (what) " (" (known.name) "), each beside it, with their distance. "
                    @match self.edge {
                        Some(edge) => { "No " (held) " is nearer than " (number(edge)) " to one: samples that are, are marked, and are probably memorised." }
                        None => { "There are too few different samples of the reference to hold some out, so memorisation cannot be tested." }
                    }
                }
                @for (colour, p) in self.coloured().filter(|c| !c.1.neighbours.is_empty()) {
                    h3 { (key(colour, false)) (p.name) ": " (count(p)) }
                    div.strip { @for place in nearest(p) { (pair(p, known, place)) } }
                }
            }
        }
    }
}

fn count(p: &GeneratorReport) -> String {
    match p.neighbours.iter().filter(|n| n.suspicious).count() {
        0 => "none is suspicious".into(),
        n => format!("{n} of {} suspicious", p.neighbours.len()),
    }
}

/// Indices of the samples with the nearest neighbours.
fn nearest(p: &GeneratorReport) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.neighbours.len()).collect();
    order.sort_by(|a, b| p.neighbours[*a].distance.total_cmp(&p.neighbours[*b].distance));
    order.truncate(PAIRS);
    order
}

fn pair(p: &GeneratorReport, known: &GeneratorReport, place: usize) -> Markup {
    let n = p.neighbours[place];
    let (seed, other) = (p.drawn.seeds[place], known.drawn.seeds[n.place]);
    html! {
        figure {
            div.pair {
                (sample(p, place, &format!("{}, seed {seed}", p.name)))
                (sample(known, n.place, &format!("its nearest of {}, seed {other}", known.name)))
            }
            figcaption {
                "seeds " (seed) " · " (other) br; "distance " (number(n.distance))
                @if n.suspicious { br; span.warn { "nearer than held-out" } }
            }
        }
    }
}
