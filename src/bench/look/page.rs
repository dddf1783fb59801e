//! The page of what a judge sees.

use maud::{Markup, html};

use super::pictures::{enlarged, overlay};
use super::{EmbeddingMap, Exciting, LayerMaps, Look, Looks};
use crate::report::chart::{Chart, LineStyle, Series};
use crate::report::{picture, shell};
use learn::sheet::ContactSheet;

/// The page; `command` made it.
pub fn page(looks: &Looks, command: &str) -> String {
    let body = html! {
        p {
            "Maps are over their greatest value: dark is nothing, white the most. They show what this network's number rests on, \
             not what is in the picture: where it is wrong, they show what misled it."
        }
        @for look in &looks.looks { (one(look, looks)) }
        h2 { "What excites each class" }
        p {
            "Gradient ascent from noise on a class's logit, shifted and blurred on the way (Erhan et al. 2009; Olah et al. 2017): \
             caricatures of what the judge takes a class to be."
        }
        (sheet(&looks.exciting, looks.shape, |e| looks.classes[e.index].clone()))
        @if let Some(map) = &looks.map { (embedding(map, &looks.looks)) }
        p { code { (command) } }
    };
    shell::page("What the judge sees", &looks.about, body)
}

fn image(sheet: &ContactSheet, alt: &str, width: usize) -> Markup {
    picture::image(&sheet.png().unwrap_or_default(), alt, width)
}

fn figure(sheet: &ContactSheet, caption: &str, width: usize) -> Markup {
    html! { figure style=(format!("max-width:{}px", width + 16)) { (image(sheet, caption, width)) figcaption { (caption) } } }
}

fn one(look: &Look, looks: &Looks) -> Markup {
    let top: Vec<String> =
        look.ranking.iter().take(3).map(|(n, p)| format!("{n} {:.1} %", 100.0 * p)).collect();
    let units = look.units.iter().map(|place| &looks.units[*place]);
    html! {
        h2 { (look.name) }
        p {
            strong { (top.join(", ")) } @if look.is_unsure { " · " span.warn { "unsure" } }
            ". Maps of " strong { (look.class) } ", Grad-CAM at the layer " code { (looks.layer) } "."
        }
        div.strip {
            (figure(&enlarged(&look.picture, looks.shape, 3), "what the judge gets", 192))
            @for map in &look.maps { (figure(&overlay(&look.picture, looks.shape, &map.map, 3), map.about, 192)) }
        }
        h3 { "Units that respond most, with what would excite them" }
        (sheet(units, looks.shape, |e| format!("{} {}: {}", looks.layer, e.index, shell::number(e.value as f64))))
        @if let Some(map) = &looks.map { (nearest(look, looks, map)) }
        h3 { "Feature maps" }
        p.note { "The strongest channels of each layer, each stretched from black to white." }
        div.strip { @for layer in &look.layers { (maps(layer)) } }
    }
}

fn sheet<'a>(
    all: impl IntoIterator<Item = &'a Exciting>,
    shape: (usize, usize),
    name: impl Fn(&Exciting) -> String,
) -> Markup {
    html! {
        div.strip {
            @for e in all { (figure(&enlarged(&e.picture, shape, 2), &name(e), 128)) }
        }
    }
}

fn nearest(look: &Look, looks: &Looks, map: &EmbeddingMap) -> Markup {
    html! {
        h3 { "Nearest frames of " (map.name) }
        div.strip {
            @for n in &look.nearest {
                @let caption = format!("{}, {} away", map.classes[map.labels[n.place]], shell::number(n.distance));
                (figure(&enlarged(&map.thumbnails[n.place], looks.shape, 2), &caption, 128))
            }
        }
    }
}

/// Pixels across of a layer's sheet, about.
const SHEET: usize = 360;

fn maps(layer: &LayerMaps) -> Markup {
    let (height, width) = layer.size;
    let columns = 6;
    let scale = (SHEET / columns / width.max(1)).max(1);
    let side = width.max(height) * scale;
    let squared: Vec<Vec<u8>> = layer
        .planes
        .iter()
        .map(|(_, plane)| {
            let at = |i: usize| {
                let (y, x) = (i / side / scale, i % side / scale);
                if y < height && x < width { plane[y * width + x] } else { 0 }
            };
            (0..side * side).map(at).collect()
        })
        .collect();
    let sheet = ContactSheet::of(&squared, side, 1, columns);
    let caption =
        format!("{}: {} of {} channels, {height} × {width}", layer.name, squared.len(), layer.channels);
    figure(&sheet, &caption, sheet.width.min(SHEET + 40))
}

/// Points of a class that a chart can mark.
const MARKED: usize = 60;

fn embedding(map: &EmbeddingMap, looks: &[Look]) -> Markup {
    let mut series = Vec::new();
    for (class, name) in map.classes.iter().enumerate() {
        let own: Vec<(f64, f64)> =
            map.frames.iter().filter(|f| f.0 == class).map(|f| (f.1[0], f.1[1])).collect();
        let every = own.len().div_ceil(MARKED).max(1);
        let shown: Vec<(f64, f64)> = own.into_iter().step_by(every).collect();
        if !shown.is_empty() {
            series.push(Series::plain(name.clone(), class, LineStyle::Points, &shown));
        }
    }
    for (look, at) in looks.iter().zip(&map.pictures) {
        series.push(Series::plain(look.name.clone(), 7, LineStyle::Points, &[(at[0], at[1])]));
    }
    let share =
        |i: usize| format!("{:.0} % of the variance", 100.0 * map.shares.get(i).copied().unwrap_or(0.0));
    let chart = Chart {
        title: format!("The embedding of {}", map.name),
        axes: [0, 1].map(|i| format!("principal component {}: {}", i + 1, share(i))),
        log: [false; 2],
        series,
    };
    html! {
        h2 { "The embedding as a map" }
        p {
            "The two directions of greatest variance (Pearson 1901) of " (map.frames.len()) " frames; up to " (MARKED)
            " of each class are marked, and the pictures above by name. Distances along other directions do not show."
        }
        div.charts { (chart.figure()) }
    }
}
