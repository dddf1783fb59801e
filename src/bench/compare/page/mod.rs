//! Report page, for a reader with two minutes and for one who wants to cite it.

mod charts;
mod classes;
mod cost;
mod grid;
mod neighbours;
mod provenance;
mod table;

use maud::{Markup, html};

use super::verdict::verdict;
use super::{Comparison, GeneratorReport};
use crate::report::chart::key;
use crate::report::picture::image;
use crate::report::shell::page;
use learn::sheet::ContactSheet;

/// The reference's colour: the last, grey.
const REFERENCE: usize = 7;

impl Comparison {
    /// The whole page.
    pub fn html(&self) -> String {
        let names: Vec<&str> = self.candidates.iter().map(|p| p.name.as_str()).collect();
        let title = format!("{}, against {}", names.join(", "), self.reference.name);
        let about = format!(
            "{} samples of each from the same seeds, measured against {} of the reference, with features from {}.",
            self.setup.n,
            self.setup.reference_n,
            self.setup.extractor.name()
        );
        let body = html! {
            (self.summary())
            (self.samples())
            (self.table())
            (self.charts())
            (self.classes())
            (self.motion())
            (self.costs())
            (self.neighbours())
            (self.provenance())
        };
        page(&title, &about, body)
    }

    fn summary(&self) -> Markup {
        let gaps = self.gaps();
        html! {
            section {
                h2 { "Summary" }
                @if !gaps.is_empty() {
                    div.partial role="note" {
                        strong { "Partial. " } "Some results are missing; the rest are complete."
                        ul { @for gap in &gaps { li { (gap) } } }
                    }
                }
                ul.verdicts {
                    @for (i, p) in self.candidates.iter().enumerate() {
                        li { (key(i, false)) strong { (p.name) } @if p.partial().is_some() { " " em { "(partial)" } } " " (verdict(p, self)) }
                    }
                }
            }
        }
    }

    /// The candidates and the reference, with their colours.
    fn all(&self) -> impl Iterator<Item = (usize, &GeneratorReport)> {
        self.candidates.iter().enumerate().chain([(REFERENCE, &self.reference)])
    }
}

/// One sample as an image.
fn sample(report: &GeneratorReport, place: usize, alt: &str) -> Markup {
    let pictures = &report.drawn.pictures;
    frame(&pictures.pixels[place], pictures.side, pictures.channels, alt)
}

/// A picture (bytes, channels last) as an image.
fn frame(picture: &[u8], side: usize, channels: usize, alt: &str) -> Markup {
    let png = ContactSheet::picture(picture, side, channels).png().unwrap_or_default();
    image(&png, alt, 72)
}
