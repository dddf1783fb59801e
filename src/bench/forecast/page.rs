//! The page: verdict, frames of all rivals from one start, curves, table.

use maud::{Markup, html};

use super::report::{Forecast, RivalReport};
use crate::metrics::motion::{Rollout, vorticity};
use crate::report::chart::{Chart, LineStyle, Series, key};
use crate::report::picture::image;
use crate::report::shell::{REFERENCE as RULE, number, page};
use learn::sheet::ContactSheet;

/// Frames after the start that are drawn.
const SHOWN: [usize; 6] = [1, 10, 50, 100, 300, 1000];
/// Points of a curve at most.
const POINTS: usize = 240;

impl Forecast {
    /// The whole page.
    pub fn html(&self) -> String {
        let name = self.learned().map_or("a learned world", |l| l.rival.name.as_str());
        let about = format!(
            "{} worlds of {}, {} frames each from seeds that training did not see.",
            self.truth.len(),
            self.about,
            self.setup.frames
        );
        let body = html! {
            section {
                h2 { "Verdict" }
                @for sentence in self.verdict() { p { (sentence) } }
                @for note in &self.notes { p.note { (note) "." } }
            }
            (self.frames())
            (self.charts())
            (self.table())
            section {
                h2 { "How to make this page again" }
                pre { (self.setup.command) }
                ul { @for r in &self.reports { li { strong { (r.rival.name) } " " (r.rival.about) } } }
            }
        };
        page(&format!("{name}, against the rule"), &about, body)
    }

    /// Frames of the first world, the rule on top.
    fn frames(&self) -> Markup {
        let shown: Vec<usize> = SHOWN.into_iter().filter(|t| *t <= self.setup.frames).collect();
        let Some(first) = self.truth.first() else { return html! {} };
        let scale = scale(first, &shown);
        let row = |name: &str, colour: usize, rollout: &Rollout| {
            html! {
                tr {
                    th { (key(colour, false)) (name) }
                    @for t in &shown { td { (picture(rollout, *t, scale)) } }
                }
            }
        };
        html! {
            section {
                h2 { "The same start" }
                div.scroll { table {
                    tr { th {} @for t in &shown { th { "frame " (t) } } }
                    (row("the rule", RULE, first))
                    @for (i, r) in self.reports.iter().enumerate() {
                        @if let Some(rollout) = r.rival.rollouts.first() { (row(&r.rival.name, i, rollout)) }
                    }
                } }
            }
        }
    }

    fn charts(&self) -> Markup {
        type Points = Vec<(f64, f64, f64)>;
        let curve = |of: &dyn Fn(&RivalReport) -> Option<Points>| -> Vec<Series> {
            let one = |(colour, r): (usize, &RivalReport)| {
                let points = of(r)?;
                Some(Series { name: r.rival.name.clone(), points, stroke: LineStyle::Line, colour })
            };
            self.reports.iter().enumerate().filter_map(one).collect()
        };
        let correlation = curve(&|r| {
            let all = &r.curves.as_ref().ok()?.correlation;
            let half = |i: &[f64; 2]| (i[1] - i[0]) / 2.0;
            Some(thinned(all.iter().enumerate().map(|(t, e)| (t as f64, e.value, half(&e.interval)))))
        });
        let energy = curve(&|r| {
            let all = r.curves.as_ref().ok()?.energy.as_ref()?;
            Some(thinned(all.iter().enumerate().map(|(t, e)| (t as f64, *e, 0.0))))
        });
        let shells = |s: &[f64]| -> Vec<(f64, f64, f64)> {
            let all = s.iter().enumerate().skip(1).filter(|(_, e)| **e > 0.0);
            all.map(|(k, e)| (k as f64, *e, 0.0)).collect()
        };
        let mut spectrum = curve(&|r| Some(shells(&r.curves.as_ref().ok()?.spectrum[1])));
        if let Some(c) = self.reports.first().and_then(|r| r.curves.as_ref().ok()) {
            let points = shells(&c.spectrum[0]);
            spectrum.push(Series { name: "the rule".into(), points, stroke: LineStyle::Law, colour: RULE });
        }
        let chart = |title: &str, axes: [&str; 2], log: [bool; 2], series: Vec<Series>| {
            let drawn = series.iter().any(|s| !s.points.is_empty());
            let chart = Chart { title: title.into(), axes: axes.map(String::from), log, series };
            html! { @if drawn { (chart.figure()) } }
        };
        html! {
            section {
                h2 { "Curves" }
                div.charts {
                    (chart("Correlation with the rule from the same start", ["frame", "mean correlation"], [false; 2], correlation))
                    (chart("Energy over the rule's", ["frame", "ratio"], [false; 2], energy))
                    (chart("Spectrum over the late frames", ["wavenumber, periods a side", "energy"], [true; 2], spectrum))
                }
            }
        }
    }

    fn table(&self) -> Markup {
        let Some(Ok(metrics)) = self.reports.first().map(|r| r.results.as_ref()) else { return html! {} };
        html! {
            section {
                h2 { "Figures" }
                p { "With 95 % intervals over worlds." }
                div.scroll { table {
                    tr { th { "metric" } th { "unit" } th { "better" } @for r in &self.reports { th { (r.rival.name) } } }
                    @for (i, metric) in metrics.iter().enumerate() {
                        tr {
                            th title=(metric.about) { (metric.name) }
                            td { (metric.unit) }
                            td { (metric.better.words()) }
                            @for r in &self.reports { td { (cell(r, i)) } }
                        }
                    }
                    tr {
                        th { "CPU time" } td { "ms a frame" } td { "less" }
                        @for r in &self.reports { td { (number(r.rival.ms)) } }
                    }
                } }
            }
        }
    }
}

/// A figure with its interval, or a dash.
fn cell(report: &RivalReport, metric: usize) -> Markup {
    let found = report.results.as_ref().ok().and_then(|all| all.get(metric));
    let Some(Ok(result)) = found.map(|m| m.result.as_ref()) else { return html! { "–" } };
    let at_least = if found.is_some_and(|m| m.censored.figure) { "≥ " } else { "" };
    let [low, high] = result.figure.interval;
    html! {
        (at_least) (number(result.figure.value))
        @if low.is_finite() && high.is_finite() { " " small { "(" (number(low)) " to " (number(high)) ")" } }
    }
}

fn thinned(points: impl ExactSizeIterator<Item = (f64, f64, f64)>) -> Vec<(f64, f64, f64)> {
    let step = points.len().div_ceil(POINTS).max(1);
    points.step_by(step).collect()
}

/// What is drawn of a frame: a picture as it is, the vorticity of a flow, or the first plane.
fn drawn(rollout: &Rollout, t: usize) -> Vec<f32> {
    let layout = rollout.layout();
    match layout.velocity {
        Some(_) => vorticity(rollout, t).unwrap_or_default().iter().map(|v| *v as f32).collect(),
        None if layout.channels == 3 => rollout.frame(t).to_vec(),
        None => rollout.plane(t, 0).to_vec(),
    }
}

fn scale(rollout: &Rollout, shown: &[usize]) -> [f32; 2] {
    let all = shown.iter().flat_map(|t| drawn(rollout, *t));
    all.fold([f32::INFINITY, f32::NEG_INFINITY], |s, v| [s[0].min(v), s[1].max(v)])
}

fn picture(rollout: &Rollout, t: usize, [low, high]: [f32; 2]) -> Markup {
    let layout = rollout.layout();
    let values = drawn(rollout, t);
    let level = |v: f32| (((v - low) / (high - low).max(1e-12)).clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
    let cells = layout.cells();
    let value = |p: usize, c: usize| values[(c * cells + p) % values.len()];
    let rgb: Vec<u8> = (0..cells).flat_map(|p| [0, 1, 2].map(|c| level(value(p, c)))).collect();
    let sheet = ContactSheet { width: layout.width, height: layout.height, rgb };
    image(&sheet.png().unwrap_or_default(), &format!("frame {t}"), layout.width.max(96))
}
