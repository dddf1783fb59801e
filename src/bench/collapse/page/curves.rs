//! Charts of quantities over generations: the mean over seeds, and its band.

use maud::{Markup, html};

use crate::collapse::group::{Group, Quantity};
use crate::collapse::statistics::ENOUGH;
use crate::report::chart::{Chart, LineStyle, Series};

/// Something that is the same for all generations, or a curve of its own, to hold the others against.
pub struct Reference<'a, R> {
    /// For the legend.
    pub name: String,
    /// Index of its colour.
    pub colour: usize,
    /// How it is drawn.
    pub stroke: LineStyle,
    /// A single reading holds for all generations; otherwise one for each, from the first on.
    pub readings: &'a [R],
}

/// The chart of a quantity, if it was measured.
pub fn chart<R>(q: &Quantity<R>, groups: &[Group<R>], references: &[Reference<R>]) -> Markup {
    let mut areas = Vec::new();
    let mut lines = Vec::new();
    for (colour, group) in groups.iter().enumerate() {
        let bands = group.bands(q);
        if bands.is_empty() {
            continue;
        }
        let points: Vec<(f64, f64, [f64; 2])> =
            bands.iter().map(|(n, b)| (*n as f64, b.mean, [b.low, b.high])).collect();
        // Bands of ratios are above zero by themselves.
        let [band, line] = Series::banded(group.name(), colour, &points, false);
        if bands.iter().any(|(_, b)| b.high > b.low) {
            areas.push(band);
        }
        lines.push(line);
    }
    if lines.is_empty() {
        return html! {};
    }
    let longest = groups.iter().map(Group::longest).max().unwrap_or(1) as f64;
    for r in references {
        let values = r.readings.iter().enumerate().filter_map(|(i, v)| Some((1.0 + i as f64, (q.of)(v)?)));
        let mut points: Vec<(f64, f64)> = values.filter(|(_, v)| v.is_finite()).collect();
        if let [(_, y)] = points[..] {
            points = vec![(1.0, y), (longest.max(1.0), y)];
        }
        if !points.is_empty() {
            lines.push(Series::plain(r.name.clone(), r.colour, r.stroke, &points));
        }
    }
    areas.extend(lines);
    let axes = ["generation".into(), q.axis.into()];
    Chart { title: q.title.into(), axes, log: [false, q.ratio], series: areas }.figure()
}

/// What the bands are.
pub fn about_bands<R>(groups: &[Group<R>]) -> String {
    let seeds = || groups.iter().map(|g| g.runs.len());
    let (least, most) = (seeds().min().unwrap_or(0), seeds().max().unwrap_or(0));
    let many = if least == most { format!("{most}") } else { format!("{least} to {most}") };
    match (most, least) {
        (0 | 1, _) => "Lines are of one seed.".into(),
        (_, n) if n >= ENOUGH => format!(
            "Lines are means over {many} seeds, bands the 95 % interval of the mean by Student's t; on logarithmic axes both are of the logarithms."
        ),
        _ => format!(
            "Lines are means over {many} seeds; bands are the range of the seeds where there are fewer than {ENOUGH}, otherwise the 95 % interval of the mean by Student's t. On logarithmic axes they are of the logarithms."
        ),
    }
}
