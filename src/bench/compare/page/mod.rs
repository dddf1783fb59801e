//! Report page, for a reader with two minutes and for one who wants to cite it.

mod anchors;
mod charts;
mod classes;
mod cost;
mod eyes;
mod films;
mod grid;
mod neighbours;
mod physics;
mod provenance;
mod table;

use maud::{Markup, html};

use super::report::{Comparison, GeneratorReport};
use super::verdict::verdict;
use crate::report::chart::key;
use crate::report::picture::image;
use crate::report::shell::{REFERENCE, candidate_colour, page};
use learn::sheet::ContactSheet;

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
            (self.anchors())
            (self.samples())
            (self.table())
            (self.charts())
            (self.eyes())
            (self.classes())
            (self.films())
            (self.physics())
            (self.costs())
            (self.prices())
            (self.neighbours())
            (self.provenance())
        };
        page(&title, &about, body)
    }

    fn summary(&self) -> Markup {
        let (gaps, warnings) = (self.gaps(), self.warnings());
        html! {
            section {
                h2 { "Summary" }
                @if !warnings.is_empty() {
                    div.partial role="note" {
                        strong { "Read this first." }
                        ul { @for warning in &warnings { li { (warning) "." } } }
                    }
                }
                @if !gaps.is_empty() {
                    div.partial role="note" {
                        strong { "Partial. " } "Some results are missing; the rest are complete."
                        ul { @for gap in &gaps { li { (gap) } } }
                    }
                }
                ul.verdicts {
                    @for (colour, p) in self.coloured() {
                        li { (key(colour, false)) strong { (p.name) } @if p.partial().is_some() { " " em { "(partial)" } } " " (verdict(p, self)) }
                    }
                }
            }
        }
    }

    /// Candidates, opponents and the reference; candidates and the reference with their colours.
    fn everyone(&self) -> impl Iterator<Item = (Option<usize>, &GeneratorReport)> {
        let candidates = self.coloured().map(|(colour, p)| (Some(colour), p));
        candidates.chain(self.opponents.iter().map(|p| (None, p))).chain([(Some(REFERENCE), &self.reference)])
    }

    /// The candidates and the reference, with their colours.
    fn all(&self) -> impl Iterator<Item = (usize, &GeneratorReport)> {
        self.coloured().chain([(REFERENCE, &self.reference)])
    }

    /// The candidates, with their colours.
    fn coloured(&self) -> impl Iterator<Item = (usize, &GeneratorReport)> {
        self.candidates.iter().enumerate().map(|(i, p)| (candidate_colour(i), p))
    }
}

/// Size of a generator's own pictures.
fn native(report: &GeneratorReport) -> String {
    report.native_size.map_or("any size".into(), |(w, h)| format!("{w} × {h}"))
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
