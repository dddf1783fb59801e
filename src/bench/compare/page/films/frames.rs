//! Frames of all films side by side, and looping films.

use maud::{Markup, html};

use super::super::super::films::{FilmRole, aligned};
use super::super::super::report::{Comparison, GeneratorReport};
use super::super::frame;
use crate::report::chart::key;
use crate::report::picture::{LOOP, film};
use crate::report::shell::REFERENCE;

/// Pixels a side of a looping film.
const SIDE: usize = 112;

impl Comparison {
    /// Everyone who has a film, the reference first: colour, report.
    fn filmed(&self) -> impl Iterator<Item = (Option<usize>, &GeneratorReport)> {
        let (reference, others): (Vec<_>, Vec<_>) =
            self.everyone().partition(|(colour, _)| *colour == Some(REFERENCE));
        let all = reference.into_iter().chain(others);
        all.filter(|(_, p)| p.motion.as_ref().is_ok_and(|m| !m.film().is_empty()))
    }

    /// Whether a report's clips begin with the reference's own start.
    fn is_alike(&self, p: &GeneratorReport) -> bool {
        self.films.find(&p.full_name()).is_some_and(|f| f.starts_alike)
    }

    /// Frames of the first seed's film after so many frames.
    pub(super) fn aligned_frames(&self) -> Markup {
        let longest = self.filmed().filter_map(|(_, p)| p.motion.as_ref().ok()).map(|m| m.film().len()).max();
        let shown = aligned(longest.unwrap_or(0));
        let spec = &self.setup.spec;
        let kept = self.films.of(FilmRole::FirstFrame).is_some();
        html! {
            h3 { "Side by side" }
            p {
                "One film of each, seed " (self.setup.seed) ", after so many frames. Those marked begin with the reference's own first frame"
                @if kept { ", which persistence would keep" }
                "; all others have a start of their own."
            }
            div.table tabindex="0" role="region" aria-label="Frames of a film of each generator" {
                table.grid {
                    thead { tr {
                        th scope="col" { "frame" }
                        @for t in &shown { th scope="col" { (t) small { (*t as u64 * spec.every) " ticks" } } }
                    } }
                    tbody { @for (colour, p) in self.filmed() { (self.row_of_frames(colour, p, &shown)) } }
                }
            }
        }
    }

    fn row_of_frames(&self, colour: Option<usize>, p: &GeneratorReport, shown: &[usize]) -> Markup {
        let frames = p.motion.as_ref().map_or(&[][..], |m| m.film());
        let spec = &self.setup.spec;
        html! {
            tr {
                th scope="row" {
                    @if let Some(c) = colour { (key(c, false)) } (p.name)
                    @if colour == Some(REFERENCE) { small { "the reference" } }
                    @if self.is_alike(p) { small { "same start" } }
                }
                @for t in shown {
                    td { @if let Some(picture) = frames.get(*t) { (frame(picture, spec.side, spec.channels, &format!("{}, frame {t}", p.name))) } }
                }
            }
        }
    }

    /// The first frames of everyone's film, over and over.
    pub(super) fn loops(&self) -> Markup {
        let spec = &self.setup.spec;
        html! {
            h3 { "Films" }
            p { "The first " (LOOP) " frames at most, again and again, ten a second; they stand still under the pointer." }
            div.strip {
                @for (colour, p) in self.filmed() {
                    @if let Ok(motion) = &p.motion {
                        figure {
                            (film(motion.film(), spec.side, spec.channels, &format!("a looping film of {}", p.name), SIDE))
                            figcaption { @if let Some(c) = colour { (key(c, false)) } (p.name) }
                        }
                    }
                }
            }
        }
    }
}
