//! Quality against cost, precision against recall, novelty over time.

use maud::{Markup, html};

use super::Comparison;
use crate::compare::scale::ITSELF;
use crate::metrics::catalogue::MetricResult;
use crate::report::chart::{Chart, LineStyle, Series};

/// Anchors that are drawn in the chart of quality against cost.
const ANCHORS: [&str; 3] = [ITSELF, "tiles", "noise"];

impl Comparison {
    pub(super) fn charts(&self) -> Markup {
        html! {
            section {
                h2 { "At a glance" }
                div.charts {
                    (self.quality())
                    (self.precision())
                    (self.novelty())
                }
            }
        }
    }

    /// The leading distance over CPU time, between anchors.
    fn quality(&self) -> Markup {
        let Some(metric) = self.lead else { return html! {} };
        let mut series = Vec::new();
        for (colour, p) in self.coloured() {
            if let (Some(a), Ok(m)) = (p.answer(metric.name), &p.motion) {
                let points = vec![(m.first_ms, a.figure.value, half(a))];
                series.push(Series { name: p.name.clone(), points, stroke: LineStyle::Points, colour });
            }
        }
        let across = || series.iter().flat_map(|s| &s.points).map(|p| p.0).filter(|x| *x > 0.0);
        let (least, most) = across().fold((f64::INFINITY, 0.0), |(a, b): (f64, f64), x| (a.min(x), b.max(x)));
        let ends = [0.5 * least, 2.0 * most];
        let anchors = self.scale.iter().flat_map(|s| &s.anchors);
        let shown = anchors.filter(|a| ANCHORS.contains(&a.name.as_str()));
        for (i, anchor) in shown.enumerate() {
            let line = ends.map(|x| (x, anchor.figure.value));
            series.push(Series::plain(&anchor.words, super::REFERENCE - i, LineStyle::Law, &line));
        }
        let positive = series.iter().flat_map(|s| &s.points).all(|p| p.1 - p.2 > 0.0);
        let chart = Chart {
            title: format!("Quality against cost: lower left is better ({})", metric.name),
            axes: ["CPU time of a sample, ms".into(), format!("{} distance", metric.name)],
            log: [true, positive],
            series,
        };
        chart.figure()
    }

    fn precision(&self) -> Markup {
        let mut series = Vec::new();
        for (colour, p) in self.coloured() {
            if let (Some(precision), Some(recall)) = (p.answer("precision"), p.answer("recall")) {
                let points = vec![(recall.figure.value, precision.figure.value, half(precision))];
                series.push(Series { name: p.name.clone(), points, stroke: LineStyle::Points, colour });
            }
        }
        if let Some(([x, _], [y, _])) = self.candidates.iter().find_map(|p| {
            let floor = |name: &str| p.answer(name)?.floor.map(|b| [b.value, 0.0]);
            floor("recall").zip(floor("precision"))
        }) {
            series.push(Series::plain(
                "the reference against itself",
                super::REFERENCE,
                LineStyle::Points,
                &[(x, y)],
            ));
        }
        if series.is_empty() {
            return html! {};
        }
        let chart = Chart {
            title: "Precision against recall: upper right is better".into(),
            axes: [
                "recall: share of the reference covered".into(),
                "precision: share of samples that would pass".into(),
            ],
            log: [false; 2],
            series,
        };
        chart.figure_within([Some((0.0, 1.0)); 2])
    }

    /// Novelty of each frame relative to earlier ones.
    fn novelty(&self) -> Markup {
        let mut series = Vec::new();
        for (colour, p) in self.all() {
            let Ok(motion) = &p.motion else { continue };
            let every = self.setup.spec.every;
            let points: Vec<(f64, f64, f64)> = motion
                .novelty
                .iter()
                .enumerate()
                .map(|(i, n)| ((i as u64 + 1) as f64 * every as f64, n.0, n.1))
                .collect();
            if !points.is_empty() {
                series.push(Series { name: p.name.clone(), points, stroke: LineStyle::Line, colour });
            }
        }
        if series.is_empty() {
            return html! {};
        }
        let chart = Chart {
            title: format!(
                "Novelty over time, {} clips each: a curve that stays up keeps producing new frames",
                self.setup.clips
            ),
            axes: [
                "ticks since the first frame".into(),
                format!("mean distance to the {} nearest earlier frames", self.setup.k),
            ],
            log: [false; 2],
            series,
        };
        chart.figure()
    }
}

/// Half-width of an interval, for an error bar.
fn half(a: &MetricResult) -> f64 {
    let half = (a.figure.interval[1] - a.figure.interval[0]) / 2.0;
    if half.is_finite() { half } else { 0.0 }
}
