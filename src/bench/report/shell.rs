//! Page template: head, style, footer.

use maud::{DOCTYPE, Markup, PreEscaped, html};

/// Number of series colours: a colour-blind-safe palette (Okabe and Ito 2008), dark enough for a white background; the
/// style sheet has lighter ones for dark mode.
pub const COLOURS: usize = 8;

/// Colour of what others are held against: the last, grey.
pub const REFERENCE: usize = COLOURS - 1;

/// Colour of the candidate of this index: again and again all but the reference's.
pub fn candidate_colour(index: usize) -> usize {
    index % REFERENCE
}

const STYLE: &str = include_str!("style.css");

/// Nothing may be fetched: no scripts, fonts or external pictures.
const POLICY: &str = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/// A whole page.
pub fn page(title: &str, subtitle: &str, body: Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                link rel="icon" href="data:,";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { h1 { (title) } p.subtitle { (subtitle) } }
                main { (body) }
                footer { "untrained " (env!("CARGO_PKG_VERSION")) }
            }
        }
    };
    page.into_string()
}

/// A number with about three significant digits; small ones in scientific notation.
pub fn number(v: f64) -> String {
    match v.abs() {
        _ if !v.is_finite() => "–".into(),
        0.0 => "0".into(),
        a if a >= 1000.0 => format!("{v:.0}"),
        a if a >= 100.0 => format!("{v:.1}"),
        a if a >= 10.0 => format!("{v:.2}"),
        a if a >= 0.1 => format!("{v:.3}"),
        a if a >= 0.001 => format!("{v:.5}"),
        _ => format!("{v:.2e}"),
    }
}
