//! The page of an evaluation.

use maud::{Markup, html};

use super::pictures::{BOXES, colours, sheet};
use super::{Evaluation, Made, SORTS};
use crate::report::{picture, shell};
use learn::pixelwise::iou::PixelConfusion;

/// Frames of a sort that are shown.
const SHOWN: usize = 36;

/// The page; `name` is that of the network, `about` says what it was trained on, `command` made the page.
pub fn page(all: &Evaluation, name: &str, about: &str, command: &str) -> String {
    let title = match all.made {
        Made::Masks(..) => format!("Which process is where: {name}"),
        Made::Boxes(..) => format!("Where bodies are: {name}"),
    };
    let body = html! {
        h2 { "Summary" }
        @for sentence in all.sentences() { p { (sentence) "." } }
        h2 { "By class" }
        (classes(all))
        @if let Made::Masks(_, confusions) = &all.made {
            @for sort in (0..2).filter(|s| all.count(*s) > 0) {
                h2 { "What is taken for what: " (SORTS[sort]) }
                (confusion(&all.classes, &confusions[sort]))
            }
        }
        @for sort in [1, 0].into_iter().filter(|s| all.count(*s) > 0) {
            h2 { "Some " (SORTS[sort]) }
            (frames(all, sort))
        }
        p { code { (command) } }
    };
    shell::page(&title, about, body)
}

fn value(v: Option<f64>) -> String {
    v.map_or("–".into(), |v| format!("{v:.3}"))
}

fn swatch([r, g, b]: [u8; 3]) -> Markup {
    html! { span style=(format!("display:inline-block;width:1em;height:1em;margin-right:.4em;vertical-align:-.1em;background:rgb({r},{g},{b})")) {} }
}

fn classes(all: &Evaluation) -> Markup {
    let (what, is_mask) = match all.made {
        Made::Masks(..) => ("intersection over union", true),
        Made::Boxes(..) => ("average precision", false),
    };
    let colours = colours(all.classes.len());
    html! {
        p { "The " (what) " of each class, 0 to 1; – where there is none." }
        div.table { table {
            thead { tr { th { "class" } @for sort in SORTS { th { (sort) } } } }
            tbody {
                @for (i, class) in all.classes.iter().enumerate() {
                    tr {
                        td { @if is_mask { (swatch(colours[i])) } (class) }
                        @for v in all.of_class(i) { td { (value(v)) } }
                    }
                }
            }
        } }
    }
}

fn confusion(names: &[String], counts: &PixelConfusion) -> Markup {
    let row = |truth: usize| {
        let all: u64 = (0..names.len()).map(|p| counts.count(truth, p)).sum();
        (0..names.len()).map(|p| counts.count(truth, p) as f64 / all.max(1) as f64).collect::<Vec<f64>>()
    };
    let cell = |share: f64| {
        let style = format!("background:rgba(0,114,178,{:.2})", 0.7 * share);
        let text = if share < 0.005 { String::new() } else { format!("{:.0}", 100.0 * share) };
        html! { td style=(style) { (text) } }
    };
    html! {
        p { "Of each hundred pixels of a process (rows), how many were taken for which (columns)." }
        div.table { table {
            thead { tr { th { "truth" } @for name in names { th { (name) } } } }
            tbody { @for (i, name) in names.iter().enumerate() { tr { td { (name) } @for share in row(i) { (cell(share)) } } } }
        } }
    }
}

fn frames(all: &Evaluation, sort: usize) -> Markup {
    let places: Vec<usize> =
        (0..all.frames.len()).filter(|i| all.frames[*i].is_composed as usize == sort).collect();
    let step = places.len().div_ceil(SHOWN).max(1);
    let shown: Vec<usize> = places.into_iter().step_by(step).collect();
    let (columns, text) = match all.made {
        Made::Masks(..) => {
            (4, "Three pictures each: the frame, its true mask, the mask that the network made.")
        }
        Made::Boxes(..) => {
            (2, "Two pictures each: true boxes, and those found with a score of at least 0.3.")
        }
    };
    let sheet = sheet(all, &shown, columns);
    let png = sheet.png().unwrap_or_default();
    let keys = ["true", "found"].into_iter().zip(BOXES);
    html! {
        p { (text) }
        p {
            @match all.made {
                Made::Masks(..) => @for (name, colour) in all.classes.iter().zip(colours(all.classes.len())) {
                    span style="white-space:nowrap;margin-right:1em" { (swatch(colour)) (name) } " "
                },
                Made::Boxes(..) => @for (name, colour) in keys { span style="margin-right:1em" { (swatch(colour)) (name) } },
            }
        }
        (picture::image(&png, "frames beside what was made of them", sheet.width))
    }
}
