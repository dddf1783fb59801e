//! Grids of samples from the same seeds, and of clips.

use maud::{Markup, html};

use super::{Comparison, GeneratorReport, frame, native, sample};
use crate::report::chart::key;

/// Columns of the grid.
const COLUMNS: usize = 10;
/// Frames of a clip that are shown.
const FRAMES: usize = 10;

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

    /// Frames of the first seed's clip.
    pub(super) fn motion(&self) -> Markup {
        let shown = |n: usize| {
            let mut all: Vec<usize> =
                (0..FRAMES).map(|i| i * n.saturating_sub(1) / (FRAMES - 1)).filter(|i| *i < n).collect();
            all.dedup();
            all
        };
        let any = self.all().any(|(_, p)| p.motion.as_ref().is_ok_and(|m| m.frames.len() > 1));
        let spec = &self.setup.spec;
        html! {
            @if any {
                section {
                    h2 { "Over time" }
                    p { "Frames of one clip, seed " (self.setup.seed) ", " (spec.every) " ticks from frame to frame. A rule runs, a learned generator walks through its latent space, an image folder shows other pictures, noise is independent in each frame." }
                    div.table tabindex="0" role="region" aria-label="Frames of a clip of each generator" {
                        table.grid {
                            thead { tr {
                                th scope="col" { "frame" }
                                @for i in shown(spec.frames) { th scope="col" { (i) } }
                            } }
                            tbody {
                                @for (colour, p) in self.all() {
                                    @if let Ok(m) = &p.motion {
                                        tr {
                                            th scope="row" { (key(colour, false)) (p.name) }
                                            @for i in shown(m.frames.len()) {
                                                td { (frame(&m.frames[i], spec.side, spec.channels, &format!("{}, frame {i}", p.name))) }
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
