//! SVG charts: lines and points on two axes, each linear or logarithmic.

use std::fmt::Write;

use maud::{Markup, PreEscaped, html};

use super::shell::{COLOURS, number};

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineStyle {
    /// A line through its points.
    Line,
    /// A dashed line: theory, not a measurement.
    Law,
    /// Points only.
    Points,
    /// The area within its points, which go around it; it has no place in the legend.
    Band,
}

/// A data series.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// For the legend.
    pub name: String,
    /// (x, y, half-width of the interval in y, or 0).
    pub points: Vec<(f64, f64, f64)>,
    /// How it is drawn.
    pub stroke: LineStyle,
    /// Index of its colour.
    pub colour: usize,
}

impl Series {
    /// Without intervals.
    pub fn plain(name: impl Into<String>, colour: usize, stroke: LineStyle, points: &[(f64, f64)]) -> Self {
        let points = points.iter().map(|&(x, y)| (x, y, 0.0)).collect();
        Self { name: name.into(), points, stroke, colour }
    }

    /// A line with its intervals as a band, which is to be drawn first: points are (x, y, [low, high]). An end that is not
    /// finite is the point itself. With `is_log` the lower end is at least a tenth of the point, as an axis without zero
    /// shows no more of it.
    pub fn banded(
        name: impl Into<String>,
        colour: usize,
        points: &[(f64, f64, [f64; 2])],
        is_log: bool,
    ) -> [Self; 2] {
        let name = name.into();
        let end = |y: f64, v: f64| if v.is_finite() { v } else { y };
        let low = |y: f64, v: f64| if is_log { end(y, v).max(0.1 * y) } else { end(y, v) };
        let upper = points.iter().map(|(x, y, i)| (*x, end(*y, i[1])));
        let lower = points.iter().rev().map(|(x, y, i)| (*x, low(*y, i[0])));
        let around: Vec<(f64, f64)> = upper.chain(lower).collect();
        let line: Vec<(f64, f64)> = points.iter().map(|(x, y, _)| (*x, *y)).collect();
        [
            Self::plain(name.clone(), colour, LineStyle::Band, &around),
            Self::plain(name, colour, LineStyle::Line, &line),
        ]
    }

    /// Legend key: its line and marker.
    fn key(&self) -> Markup {
        match self.stroke {
            LineStyle::Law => html! {
                svg.key viewBox="0 0 26 12" aria-hidden="true" {
                    path.law stroke=(format!("var(--c{})", self.colour % COLOURS)) d="M0 6H26" {}
                }
            },
            _ => key(self.colour, self.stroke == LineStyle::Line),
        }
    }
}

/// Legend key of a colour: its marker, with or without a line.
pub fn key(colour: usize, line: bool) -> Markup {
    let ink = format!("var(--c{})", colour % COLOURS);
    html! {
        svg.key viewBox="0 0 26 12" aria-hidden="true" {
            @if line { path.series stroke=(ink) d="M0 6H26" {} }
            path fill=(ink) d=(marker(colour, 13.0, 6.0, 4.4)) {}
        }
    }
}

/// A chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// Title.
    pub title: String,
    /// Axis labels, with units.
    pub axes: [String; 2],
    /// Which axes are logarithmic.
    pub log: [bool; 2],
    /// The data.
    pub series: Vec<Series>,
}

const SIZE: (f64, f64) = (560.0, 330.0);
/// Left, top, right, bottom.
const MARGIN: (f64, f64, f64, f64) = (62.0, 12.0, 16.0, 44.0);

/// One axis, which maps values to positions.
struct Axis {
    lo: f64,
    hi: f64,
    log: bool,
}

impl Axis {
    fn of(values: impl Iterator<Item = f64>, log: bool) -> Self {
        let fit = values.filter(|v| v.is_finite() && (!log || *v > 0.0));
        let (lo, hi) = fit.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let (lo, hi) = match (lo <= hi, log) {
            (false, _) => (0.1, 1.0),
            (true, true) => (lo / 1.15, hi * 1.15),
            // A range that starts near zero is extended to zero.
            (true, false) if lo >= 0.0 && lo < 0.5 * hi => (0.0, hi * 1.05),
            (true, false) => {
                let room = 0.06 * (hi - lo).max(1e-9 * hi.abs()).max(1e-12);
                (lo - room, hi + room)
            }
        };
        Self { lo, hi, log }
    }

    /// Position along the axis, 0..1; `None` if the value cannot be shown.
    fn place(&self, v: f64) -> Option<f64> {
        let fit = v.is_finite() && (!self.log || v > 0.0);
        let map = |v: f64| if self.log { v.ln() } else { v };
        fit.then(|| ((map(v) - map(self.lo)) / (map(self.hi) - map(self.lo))).clamp(-0.05, 1.05))
    }

    fn ticks(&self) -> Vec<f64> {
        if self.log {
            let decades = (self.hi / self.lo).log10();
            let parts: &[f64] = if decades < 2.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
            let every = (decades / 6.0).ceil().max(1.0) as i32;
            let range = self.lo.log10().floor() as i32..=self.hi.log10().ceil() as i32;
            let decades = range.filter(|d| d.rem_euclid(every) == 0);
            let all = decades.flat_map(|d| parts.iter().map(move |p| p * 10f64.powi(d)));
            return all.filter(|v| *v >= self.lo && *v <= self.hi).collect();
        }
        let raw = (self.hi - self.lo) / 5.0;
        let power = 10f64.powf(raw.log10().floor());
        let step = [1.0, 2.0, 2.5, 5.0, 10.0].iter().map(|m| m * power).find(|s| *s >= raw).unwrap_or(raw);
        let first = (self.lo / step).ceil() as i64;
        (first..).map(|i| i as f64 * step).take_while(|v| *v <= self.hi + 1e-9 * step).take(12).collect()
    }
}

impl Chart {
    /// The chart as a figure with its legend.
    pub fn figure(&self) -> Markup {
        self.figure_within([None; 2])
    }

    /// The same with axes that cover at least these ranges.
    pub fn figure_within(&self, ranges: [Option<(f64, f64)>; 2]) -> Markup {
        let named = || self.series.iter().filter(|s| s.stroke != LineStyle::Band);
        let names = named().map(|s| s.name.as_str()).collect::<Vec<_>>().join(", ");
        let label = format!("{}: {} against {}, for {names}", self.title, self.axes[1], self.axes[0]);
        html! {
            figure {
                strong { (self.title) }
                svg viewBox=(format!("0 0 {} {}", SIZE.0, SIZE.1)) role="img" aria-label=(label) { (PreEscaped(self.drawing(ranges))) }
                div.legend {
                    @for s in named() {
                        span { (s.key()) (s.name) }
                    }
                }
            }
        }
    }

    fn drawing(&self, ranges: [Option<(f64, f64)>; 2]) -> String {
        let all = || self.series.iter().flat_map(|s| &s.points);
        let more = |i: usize| ranges[i].into_iter().flat_map(|(lo, hi)| [lo, hi]);
        let x = Axis::of(all().map(|p| p.0).chain(more(0)), self.log[0]);
        let y = Axis::of(all().flat_map(|p| [p.1 - p.2, p.1 + p.2]).chain(more(1)), self.log[1]);
        let (left, top, right, bottom) = MARGIN;
        let (wide, tall) = (SIZE.0 - left - right, SIZE.1 - top - bottom);
        let at = |px: f64, py: f64| Some((left + wide * x.place(px)?, top + tall * (1.0 - y.place(py)?)));
        let mut out = String::new();
        for v in y.ticks() {
            if let Some(p) = y.place(v) {
                let h = top + tall * (1.0 - p);
                let _ = write!(
                    out,
                    r#"<path class="axis" d="M{left} {h:.1}H{:.1}"/><text x="{}" y="{:.1}" text-anchor="end">{}</text>"#,
                    left + wide,
                    left - 7.0,
                    h + 4.0,
                    number(v)
                );
            }
        }
        for v in x.ticks() {
            if let Some(p) = x.place(v) {
                let _ = write!(
                    out,
                    r#"<text x="{:.1}" y="{:.1}" text-anchor="middle">{}</text>"#,
                    left + wide * p,
                    top + tall + 17.0,
                    short(v)
                );
            }
        }
        let _ = write!(
            out,
            r#"<text x="{:.1}" y="{:.1}" text-anchor="middle">{}</text>"#,
            left + wide / 2.0,
            SIZE.1 - 8.0,
            escaped(&self.axes[0])
        );
        let _ = write!(
            out,
            r#"<text transform="translate(13 {:.1}) rotate(-90)" text-anchor="middle">{}</text>"#,
            top + tall / 2.0,
            escaped(&self.axes[1])
        );
        self.series.iter().for_each(|s| draw(&mut out, s, &at));
        out
    }
}

/// Tick label of the x axis: integers without decimals.
fn short(v: f64) -> String {
    if v.fract() == 0.0 && v.abs() < 1e6 { format!("{v:.0}") } else { number(v) }
}

fn draw(out: &mut String, s: &Series, at: &dyn Fn(f64, f64) -> Option<(f64, f64)>) {
    let colour = format!("var(--c{})", s.colour % COLOURS);
    let places: Vec<(f64, f64)> = s.points.iter().filter_map(|p| at(p.0, p.1)).collect();
    if s.stroke == LineStyle::Band {
        let path: Vec<String> = places.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
        let _ = write!(out, r#"<path class="band" fill="{colour}" d="M{}Z"/>"#, path.join("L"));
        return;
    }
    if s.stroke != LineStyle::Points {
        let class = if s.stroke == LineStyle::Law { "law" } else { "series" };
        let path: Vec<String> = places.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
        let _ = write!(out, r#"<path class="{class}" stroke="{colour}" d="M{}"/>"#, path.join("L"));
    }
    for p in s.points.iter().filter(|p| p.2 > 0.0) {
        if let (Some((x, a)), Some((_, b))) = (at(p.0, p.1 - p.2), at(p.0, p.1 + p.2)) {
            let _ = write!(out, r#"<path class="whisker" stroke="{colour}" d="M{x:.1} {a:.1}V{b:.1}"/>"#);
        }
    }
    let radius = if s.stroke == LineStyle::Points { 5.5 } else { 3.0 };
    if s.stroke != LineStyle::Law && places.len() <= 60 {
        for &(x, y) in &places {
            let _ = write!(
                out,
                r#"<path d="{}" fill="{colour}"><title>{}</title></path>"#,
                marker(s.colour, x, y, radius),
                escaped(&s.name)
            );
        }
    }
    // A single point is labelled with its name.
    if let (LineStyle::Points, [(x, y)]) = (s.stroke, &places[..]) {
        let (at, anchor) = if *x > 0.7 * SIZE.0 { (x - 10.0, "end") } else { (x + 10.0, "start") };
        let name = escaped(&s.name);
        let _ = write!(
            out,
            r#"<text class="name" x="{at:.1}" y="{:.1}" text-anchor="{anchor}">{name}</text>"#,
            y + 4.0
        );
    }
}

/// A distinct marker for each colour, so that colour is not the only cue: disc, square, triangle, diamond, cross.
pub fn marker(colour: usize, x: f64, y: f64, r: f64) -> String {
    let ring = |corners: &[(f64, f64)]| {
        let all: Vec<String> =
            corners.iter().map(|(u, v)| format!("{:.1} {:.1}", x + r * u, y + r * v)).collect();
        format!("M{}Z", all.join("L"))
    };
    match colour % 5 {
        0 => format!("M{:.1} {y:.1}a{r} {r} 0 1 0 {} 0a{r} {r} 0 1 0 {} 0Z", x - r, 2.0 * r, -2.0 * r),
        1 => ring(&[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]),
        2 => ring(&[(0.0, -1.15), (1.1, 0.85), (-1.1, 0.85)]),
        3 => ring(&[(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)]),
        _ => {
            let (a, b) = (0.4, 1.2);
            ring(&[
                (-a, -b),
                (a, -b),
                (a, -a),
                (b, -a),
                (b, a),
                (a, a),
                (a, b),
                (-a, b),
                (-a, a),
                (-b, a),
                (-b, -a),
                (-a, -a),
            ])
        }
    }
}

/// Text escaped for SVG.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within_range() {
        let linear = Axis::of([0.0, 7.3].into_iter(), false);
        assert_eq!(linear.ticks(), [0.0, 2.0, 4.0, 6.0]);
        let log = Axis::of([0.02, 900.0].into_iter(), true);
        assert_eq!(
            log.ticks().iter().map(|t| t.log10().round() as i32).collect::<Vec<_>>(),
            [-1, 0, 1, 2, 3]
        );
        for one in [f64::NAN, 0.0] {
            assert!(!Axis::of([one].into_iter(), true).ticks().is_empty());
        }
    }

    #[test]
    fn a_band_goes_along_the_upper_ends_and_back_along_the_lower() {
        let points =
            [(0.0, 5.0, [4.0, 6.0]), (1.0, 7.0, [f64::NEG_INFINITY, f64::INFINITY]), (2.0, 1.0, [-3.0, 4.0])];
        let around = |is_log| {
            let [band, line] = Series::banded("a", 0, &points, is_log);
            assert!(band.stroke == LineStyle::Band && line.stroke == LineStyle::Line);
            assert_eq!(line.points, [(0.0, 5.0, 0.0), (1.0, 7.0, 0.0), (2.0, 1.0, 0.0)]);
            band.points.iter().map(|p| (p.0, p.1)).collect::<Vec<_>>()
        };
        let upper = [(0.0, 6.0), (1.0, 7.0), (2.0, 4.0)];
        assert_eq!(around(false), [&upper[..], &[(2.0, -3.0), (1.0, 7.0), (0.0, 4.0)]].concat());
        assert_eq!(around(true), [&upper[..], &[(2.0, 0.1), (1.0, 7.0), (0.0, 4.0)]].concat());
    }

    #[test]
    fn values_that_cannot_be_drawn_are_skipped_and_text_is_escaped() {
        let series = Series::plain("a<b", 0, LineStyle::Line, &[(0.0, 1.0), (1.0, f64::NAN), (2.0, 3.0)]);
        let chart = Chart {
            title: "x".into(),
            axes: ["n".into(), "<y>".into()],
            log: [false; 2],
            series: vec![series],
        };
        let text = chart.figure().into_string();
        assert!(!text.contains("NaN") && !text.contains("<y>") && text.contains("a&lt;b"));
    }
}
