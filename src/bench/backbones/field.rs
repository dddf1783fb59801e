//! Receptive fields, drawn: squares over a picture, and the pixels that count in them.

use std::fmt::Write;

use maud::{Markup, PreEscaped, html};

use super::report::BackboneSummary;
use crate::report::picture::{base64, image};
use crate::report::shell::COLOURS;
use learn::sheet::ContactSheet;

/// Pixels of the drawing a side.
const SIZE: f64 = 420.0;

/// The computed fields of all backbones round the middle of a picture, to scale.
pub fn squares(backbones: &[BackboneSummary], picture: &[u8], side: usize, channels: usize) -> Markup {
    let largest = backbones.iter().map(|b| b.field).max().unwrap_or(side).max(side) as f64;
    let scale = (SIZE - 20.0) / largest;
    let square = |pixels: f64| {
        let wide = pixels * scale;
        (0.5 * (SIZE - wide), wide)
    };
    let (at, wide) = square(side as f64);
    let png = ContactSheet::picture(picture, side, channels).png().unwrap_or_default();
    let mut out = format!(
        r#"<image href="data:image/png;base64,{}" x="{at:.1}" y="{at:.1}" width="{wide:.1}" height="{wide:.1}" style="image-rendering:pixelated"/>"#,
        base64(&png)
    );
    for (i, b) in backbones.iter().enumerate() {
        let (at, wide) = square(b.field as f64);
        let (ink, dash) = (i % COLOURS, 4 + 3 * (i % 3));
        let _ = write!(
            out,
            r#"<rect x="{at:.1}" y="{at:.1}" width="{wide:.1}" height="{wide:.1}" fill="none" stroke="var(--c{ink})" stroke-width="2" stroke-dasharray="{dash} 3"/>"#,
        );
    }
    let label = "the receptive fields of the backbones as squares round a picture";
    html! {
        figure {
            strong { "Computed" }
            svg viewBox=(format!("0 0 {SIZE} {SIZE}")) style="max-width:26rem;min-width:16rem" role="img" aria-label=(label) { (PreEscaped(out)) }
            div.legend {
                @for (i, b) in backbones.iter().enumerate() {
                    span { (crate::report::chart::key(i, true)) (b.name) " " (b.field) " × " (b.field) }
                }
            }
        }
    }
}

/// How much each pixel counts for a backbone, the mean over its seeds, as a picture: white most.
pub fn heat(backbone: &BackboneSummary, side: usize) -> Markup {
    let n = backbone.runs.len().max(1) as f32;
    let mean = |i: usize| backbone.runs.iter().filter_map(|r| r.footprint.get(i)).sum::<f32>() / n;
    // The square root shows what is faint.
    let pixels: Vec<u8> = (0..side * side).map(|i| (255.0 * libm::sqrtf(mean(i).min(1.0))) as u8).collect();
    let png = ContactSheet::picture(&pixels, side, 1).png().unwrap_or_default();
    image(&png, &format!("pixels that count for {}", backbone.name), 112)
}
