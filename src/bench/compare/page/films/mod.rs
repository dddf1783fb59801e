//! The section on moving pictures: frames side by side, looping films, curves, metrics.

mod charts;
mod frames;
mod table;

use maud::{Markup, html};

use super::super::report::Comparison;

impl Comparison {
    pub(super) fn films(&self) -> Markup {
        let has_frames = self.all().any(|(_, p)| p.motion.as_ref().is_ok_and(|m| m.film().len() > 1));
        let spec = &self.setup.spec;
        html! {
            @if has_frames {
                section {
                    h2 { "As moving pictures" }
                    p { "Clips of " (self.setup.clips) " seeds from " (self.setup.seed) " on, " (spec.frames) " frames each, " (spec.every) " ticks from frame to frame. A rule runs, a learned world runs in its place, another learned generator walks through its latent space, an image folder shows other pictures, noise is independent in each frame." }
                    @for note in &self.films.notes { p.note { "Note: " (note) "." } }
                    (self.aligned_frames())
                    (self.loops())
                    (self.film_charts())
                    (self.film_table())
                }
            }
        }
    }
}
