//! The page of a datasheet.

use maud::{Markup, html};

use super::Datasheet;
use super::duplicates::{ALIKE, NEAR, NearPair};
use super::labels::{LabelCheck, Suspect, VOTERS};
use super::sizes::FileSizes;
use crate::report::{picture, shell};
use learn::sheet::ContactSheet;

/// Pictures, pairs or groups of a kind that are shown.
const SHOWN: usize = 48;
/// Classes that have a row.
const CLASSES: usize = 200;

/// What only people can answer (after Gebru et al. 2021).
const QUESTIONS: &[&str] = &[
    "For what was the set made, by whom, and who paid for it?",
    "Who took or drew the pictures? Who is in them, and did they agree?",
    "Who chose what is in it, and what was left out?",
    "Who labelled it, by which instructions, for what pay, and how often did two people disagree?",
    "What must it not be used for? Who keeps it, and how is a mistake reported?",
];

/// The page; `command` made it.
pub fn page(sheet: &Datasheet, command: &str) -> String {
    let [train, test] = sheet.balance.totals();
    let subtitle = format!("{} · {train} training and {test} test pictures", sheet.path.display());
    let body = html! {
        h2 { "Summary" }
        @for sentence in sheet.sentences() { p { (sentence) } }
        @for note in &sheet.notes { p.note { (note) } }
        h2 { "Where it comes from" }
        (origin(sheet))
        h2 { "Classes" }
        (classes(sheet))
        @if let Some(hierarchy) = &sheet.hierarchy { h2 { "Label tree" } (hierarchy.markup()) }
        @if let Some(files) = &sheet.files { h2 { "Files" } (files_table(files)) }
        @if let Some(drawn) = &sheet.augmentation {
            h2 { "Augmentation" }
            (drawn.markup(&sheet.pictures, &sheet.names[drawn.picture]))
        }
        h2 { "Pictures that repeat" }
        (repeats(sheet))
        h2 { "Labels" }
        @match &sheet.labels {
            Some(check) => (labels(sheet, check)),
            None => p { "There are too few pictures or classes to hold labels against those of similar pictures." }
        }
        p { code { (command) } }
    };
    shell::page(&format!("Datasheet of {}", sheet.name), &subtitle, body)
}

fn origin(sheet: &Datasheet) -> Markup {
    html! {
        p { (sheet.label_source) }
        @if let Some(files) = &sheet.files { (credits(files)) }
        @if sheet.is_rendered {
            p { "Every label is the process that rendered the picture; the manifest names scene, seed and tick of each." }
        } @else if sheet.documents.is_empty() {
            p { strong { "The folder says nothing about who made the pictures, who chose them and who labelled them." } }
        }
        @for document in &sheet.documents {
            h3 { (document.name) }
            pre { (document.text) @if document.is_cut { " …" } }
        }
        @if !sheet.is_rendered {
            p { "What no program can find out, and a datasheet has to say:" }
            ul { @for question in QUESTIONS { li { (question) } } }
        }
    }
}

/// What the files say in EXIF.
fn credits(files: &FileSizes) -> Markup {
    html! {
        @if files.credits.is_empty() {
            p { "No file says in EXIF who made it, or with what." }
        } @else {
            p { "What files say in EXIF:" }
            div.table { table {
                thead { tr { th { "what" } th { "says" } th { "files" } th { "share" } } }
                tbody { @for ((credit, text), n) in files.credits.iter().take(SHOWN) {
                    tr { td { (credit.name()) } td.words { (text) } td { (n) } td { (percent(*n, files.files)) } }
                } }
            } }
        }
    }
}

fn classes(sheet: &Datasheet) -> Markup {
    let set = &sheet.pictures;
    let show = |pixels: &[u8], alt: String| picture::image(&png(pixels, set.side, set.channels), &alt, 56);
    let [train, test] = sheet.balance.totals();
    let row = |name: &str, counts: [usize; 2], i: usize| {
        let moments = &sheet.moments[i];
        html! {
            tr {
                td { (name) }
                td { (counts[0]) }
                td { (counts[1]) }
                td { (percent(counts[0] + counts[1], train + test)) }
                td { (show(&moments.mean, format!("mean of {name}"))) }
                td { (show(&moments.spread, format!("spread of {name}"))) }
            }
        }
    };
    html! {
        p {
            "The largest class has " (shell::number(sheet.balance.imbalance())) " pictures for each of the smallest; the effective \
             number of classes, 2 to the power of the class entropy, is " (shell::number(sheet.balance.effective_classes())) " of "
            (sheet.balance.classes.len()) ". Spread: twice the standard deviation of each pixel."
        }
        @if sheet.balance.classes.len() > CLASSES { p { "The first " (CLASSES) " classes." } }
        div.table {
            table {
                thead { tr { th { "class" } th { "training" } th { "test" } th { "share" } th { "mean" } th { "spread" } } }
                tbody {
                    (row("all", [train, test], 0))
                    @for (i, name) in sheet.balance.classes.iter().enumerate().take(CLASSES) {
                        (row(name, sheet.balance.counts[i], i + 1))
                    }
                }
            }
        }
    }
}

fn files_table(files: &FileSizes) -> Markup {
    let sizes = files.sizes.iter().take(12).map(|((w, h), n)| (format!("{w} × {h}"), *n));
    let formats = files.formats.iter().map(|(f, n)| (f.to_string(), *n));
    let table = |name: &str, rows: Vec<(String, usize)>| {
        html! {
            div.table { table {
                thead { tr { th { (name) } th { "files" } th { "share" } } }
                tbody { @for (what, n) in rows { tr { td { (what) } td { (n) } td { (percent(n, files.files)) } } } }
            } }
        }
    };
    html! {
        p {
            (files.files) " picture files, " (shell::number(files.bytes as f64 / 1e6)) " MB, of " (files.sizes.len()) " sizes"
            @if files.sizes.len() > 12 { ", the twelve most frequent of which are below" }
            ". The program reads the centre square of each at its own size."
        }
        @if !files.unreadable.is_empty() {
            p { (files.unreadable.len()) " could not be read: "
                @for file in files.unreadable.iter().take(SHOWN) { code { (file.display()) } " " } }
        }
        div.charts { (table("format", formats.collect())) (table("size", sizes.collect())) }
    }
}

fn repeats(sheet: &Datasheet) -> Markup {
    let found = &sheet.duplicates;
    let caption = |i: usize| html! { (sheet.names[i]) " (" (class(sheet, i)) ")" br; };
    let group = |members: &[usize], more: Markup| {
        let shown = &members[..members.len().min(6)];
        strip(sheet, shown, html! { @for i in shown { (caption(*i)) } (more) })
    };
    let near = |p: &NearPair| group(&p.pair, html! { "correlation " (format!("{:.3}", p.correlation)) });
    html! {
        p {
            "Equal: to the byte, as the program reads them. Nearly the same: perceptual hashes (pHash, Zauner 2010) that differ in \
             at most " (NEAR) " of 64 bits, and a correlation of at least " (ALIKE) " at 16 × 16. Simple drawings, such as the digit \
             1, are often nearly the same without being copies."
        }
        @if !found.exact.is_empty() {
            h3 { "Equal" }
            div.strip { @for g in found.exact.iter().take(SHOWN) { (group(g, html! { (g.len()) " times" })) } }
        }
        @if !found.near.is_empty() {
            h3 { "Nearly the same, the most alike first" }
            div.strip { @for p in found.near.iter().take(SHOWN) { (near(p)) } }
        }
        @if !found.contradicting.is_empty() {
            h3 { "Of different classes, though equal or nearly the same" }
            div.strip { @for i in found.contradicting.iter().take(SHOWN) { (strip(sheet, &[*i], caption(*i))) } }
        }
    }
}

fn labels(sheet: &Datasheet, check: &LabelCheck) -> Markup {
    let share = |v: f32| format!("{:.0} %", 100.0 * v);
    let suspect = |s: &Suspect| {
        let name = |c: usize| sheet.pictures.classes.get(c).map_or("", String::as_str);
        let words = html! {
            (sheet.names[s.index]) br;
            "called " strong { (name(s.label)) } " (" (share(s.votes[0])) " of the votes)" br;
            "looks like " strong { (name(s.likely)) } " (" (share(s.votes[1])) ")"
            @if let Some(h) = &sheet.hierarchy { br; "distance in the tree " (h.tree.distance(s.label, s.likely)) }
        };
        strip(sheet, &[s.index], words)
    };
    html! {
        p {
            "Each label is held against those of the " (VOTERS) " most similar pictures by " (check.features) " (confident learning, \
             Northcutt et al. 2021). \
             A picture is listed if another class has more of their votes than its own, and at least as many as that class gives its \
             own pictures on average. It is a list to be looked through, not a verdict: rare kinds of a class are on it too."
        }
        @if !check.suspects.is_empty() {
            h3 { "Likely mislabelled, the surest first" }
            div.strip { @for s in check.suspects.iter().take(SHOWN) { (suspect(s)) } }
        }
        @if !check.hardest.is_empty() {
            h3 { "The hardest of the others" }
            div.strip { @for i in check.hardest.iter().take(SHOWN) {
                (strip(sheet, &[*i], html! { (sheet.names[*i]) br; (class(sheet, *i)) }))
            } }
        }
    }
}

fn class(sheet: &Datasheet, i: usize) -> &str {
    sheet.pictures.classes.get(sheet.pictures.labels[i]).map_or("", String::as_str)
}

/// Pictures in a row, with words below.
fn strip(sheet: &Datasheet, indices: &[usize], words: Markup) -> Markup {
    let set = &sheet.pictures;
    let pictures: Vec<Vec<u8>> = indices.iter().map(|i| set.pixels[*i].clone()).collect();
    let made = ContactSheet::of(&pictures, set.side, set.channels, pictures.len().max(1));
    let scale = if set.side < 48 { 2 } else { 1 };
    let image = picture::image(&made.png().unwrap_or_default(), "", made.width * scale);
    html! { figure { (image) figcaption { (words) } } }
}

fn png(pixels: &[u8], side: usize, channels: usize) -> Vec<u8> {
    ContactSheet::picture(pixels, side, channels).png().unwrap_or_default()
}

/// A share in per cent.
pub fn percent(part: usize, whole: usize) -> String {
    format!("{:.1} %", 100.0 * part as f64 / whole.max(1) as f64)
}
