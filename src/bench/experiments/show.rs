//! How findings are shown: curves, tables, pictures, shares in words.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::declaration::Section;
use crate::collapse::statistics::Band;
use crate::report::chart::{Chart, Series};
use crate::report::picture;
use crate::report::shell::number;
use crate::runs::Group;
use crate::runs::arm::Curve;
use data::sample::Samples;

/// A share in per cent.
pub fn percent(share: f64) -> String {
    if share.is_finite() { format!("{:.1} %", 100.0 * share) } else { "–".into() }
}

/// A share with its interval.
pub fn interval(band: Option<Band>) -> String {
    match band {
        None => "–".into(),
        Some(b) if b.seeds < 2 => percent(b.mean),
        Some(b) => format!("{} ({} to {})", percent(b.mean), percent(b.low), percent(b.high)),
    }
}

/// Curves of one chart up to which they have bands; those of more would hide one another.
const BANDS: usize = 6;

/// Curves with their bands in one chart: (name, colour, points).
pub fn curves(title: &str, axes: [&str; 2], log: [bool; 2], all: &[(String, usize, Curve)]) -> Markup {
    let (mut areas, mut lines) = (Vec::new(), Vec::new());
    for (name, colour, points) in all {
        let [area, line] = Series::banded(name, *colour, points, log[1]);
        if all.len() <= BANDS && points.iter().any(|(_, _, [low, high])| high > low) {
            areas.push(area);
        }
        lines.push(line);
    }
    areas.extend(lines);
    Chart { title: title.into(), axes: axes.map(String::from), log, series: areas }.figure()
}

/// Accuracy on a watched set by epoch, a curve for each arm.
pub fn learning(title: &str, groups: &[Group], set: &str) -> Markup {
    let all: Vec<_> =
        groups.iter().enumerate().map(|(i, g)| (g.name.clone(), i, g.accuracies(set))).collect();
    curves(title, ["epoch", "accuracy"], [false; 2], &all)
}

/// A quantity at several numbers, with its interval where it is known.
pub type Measured = Vec<(f64, Option<Band>)>;

/// A quantity against a number of each arm, with its interval.
pub fn against(title: &str, axes: [&str; 2], log: [bool; 2], all: &[(String, Measured)]) -> Markup {
    let curve = |(i, (name, points)): (usize, &(String, Measured))| {
        let points = points.iter().filter_map(|(x, b)| b.map(|b| (*x, b.mean, [b.low, b.high])));
        (name.clone(), i, points.collect::<Curve>())
    };
    curves(title, axes, log, &all.iter().enumerate().map(curve).collect::<Vec<_>>())
}

/// Accuracy of each arm on watched sets after the last epoch, with CPU seconds.
pub fn table(groups: &[Group], sets: &[&str]) -> Markup {
    html! {
        div.table { table {
            thead { tr { th { "training" } @for s in sets { th { (s) } } th { "CPU s each" } } }
            tbody { @for g in groups {
                tr {
                    td { (g.name) }
                    @for s in sets { td { (cell(g.accuracy(s))) } }
                    td { (number(g.seconds() / g.records.len().max(1) as f64)) }
                }
            } }
        } }
    }
}

/// A section on learning, and after it those that most pages have: accuracies after the last epoch, and pictures.
pub fn with_results(learning: Section, groups: &[Group], shown: &Samples) -> Vec<Section> {
    let after = Section {
        title: "After the last epoch".into(),
        text: String::new(),
        body: table(groups, &["training", "test"]),
    };
    let pictures = Section {
        title: "What it was shown".into(),
        text: "Training pictures, those of a class in a column.".into(),
        body: pictures(shown, 3, "training pictures"),
    };
    vec![learning, after, pictures]
}

/// A share and, below it, its interval.
pub fn cell(band: Option<Band>) -> Markup {
    match band {
        None => html! { "–" },
        Some(b) => html! {
            (percent(b.mean))
            @if b.seeds > 1 { small { (percent(b.low)) " to " (percent(b.high)) } }
        },
    }
}

/// The first pictures of a set, those of each class in a column.
pub fn pictures(samples: &Samples, rows: usize, alt: &str) -> Markup {
    let classes = samples.classes.len().min(20);
    let place =
        |row: usize, class: usize| (0..samples.len()).filter(|i| samples.labels[*i] == class).nth(row);
    let all: Vec<Vec<u8>> = (0..rows)
        .flat_map(|row| (0..classes).map(move |class| (row, class)))
        .map(|(row, class)| {
            let blank = || vec![0; samples.side * samples.side * samples.channels];
            place(row, class).map_or_else(blank, |i| samples.pictures[i].clone())
        })
        .collect();
    html! { div.cells { (picture::grid(&all, samples.side, samples.channels, classes, alt)) } }
}

/// Every arm with its accuracies and its epochs.
pub fn json_of(groups: &[Group]) -> Value {
    let one = |g: &Group| {
        let sets = g.records.first().map(|r| r.sets.clone()).unwrap_or_default();
        let last: Vec<Option<Band>> = sets.iter().map(|s| g.accuracy(s)).collect();
        let epochs: Vec<_> = g.records.iter().map(|r| &r.epochs).collect();
        json!({ "arm": g.name, "sets": sets, "accuracy": last, "epochs": epochs, "cpu_seconds": g.seconds() })
    };
    Value::Array(groups.iter().map(one).collect())
}

/// CPU seconds of all.
pub fn seconds(groups: &[Group]) -> f64 {
    groups.iter().map(Group::seconds).sum()
}
