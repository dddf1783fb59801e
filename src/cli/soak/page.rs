//! Time series and metrics, as a page.

use maud::html;

use super::args::Args;
use super::result::{HealthSample, SoakResult};
use crate::bench::report::chart::{Chart, LineStyle, Series};
use crate::bench::report::shell::{number, page};

/// The page, whole.
pub fn html(args: &Args, off: &SoakResult, on: &SoakResult) -> String {
    let (w, h) = args.size;
    let about = format!(
        "{} at {w} × {h} for {} minutes with sound, judge, video, tape, state, OSC and a simulated user at the \
         remote, compared with the same scene with all of that off.",
        args.scene, args.minutes
    );
    let row = |name: &str, r: &SoakResult| {
        html! {
            tr {
                td { (name) }
                @for at in ["/frame_times/count", "/frame_times/median_ms", "/frame_times/p99_ms", "/frame_times/p999_ms", "/frame_times/longest_ms",
                            "/tick_times/count", "/tick_times/median_ms", "/tick_times/p999_ms", "/tick_times/longest_ms"] {
                    td { (number(r.number(at))) }
                }
            }
        }
    };
    let body = html! {
        h2 { "Frames and ticks, milliseconds" }
        table {
            tr { th {} th { "frames" } th { "median" } th { "p99" } th { "p99.9" } th { "longest" }
                 th { "ticks" } th { "median" } th { "p99.9" } th { "longest" } }
            (row("all off", off))
            (row("all on", on))
        }
        h2 { "Over time" }
        div.charts {
            (memory(off, on).figure())
            (longest(off, on).figure())
        }
        h2 { "Found" }
        ul {
            li { "Memory grows by " b { (number(on.slope() / 1e6)) " MB an hour" } " (least squares, without the first third or ten minutes)." }
            li { "The simulated user made " (on.user.moves) " moves and saw " (on.user.previews) " previews." }
            @if on.lost.is_empty() { li { "Nothing was lost." } }
            @for l in &on.lost { li { b { "Lost: " } (l) } }
        }
        h2 { "To repeat this" }
        pre {
            "untrained soak " (args.scene) " --minutes " (args.minutes)
            @if let Some(alone) = args.alone { " --alone " (alone) }
            " --size " (w) "x" (h)
        }
    };
    page("A long run", &about, body)
}

fn memory(off: &SoakResult, on: &SoakResult) -> Chart {
    chart("Resident memory", "MB", [off, on], |l| Some(l.memory / 1e6))
}

/// The longest frame so far: a stall is a step.
fn longest(off: &SoakResult, on: &SoakResult) -> Chart {
    chart("Longest frame so far", "milliseconds", [off, on], |l| {
        l.health.pointer("/frame_times/longest_ms").and_then(|v| v.as_f64())
    })
}

/// A metric of every health sample over time, off and on.
fn chart(
    title: &str,
    unit: &str,
    runs: [&SoakResult; 2],
    of: impl Fn(&HealthSample) -> Option<f64>,
) -> Chart {
    let line = |name: &str, colour: usize| {
        let looks = runs[colour].looks.iter();
        let points: Vec<(f64, f64)> = looks.filter_map(|l| Some((l.seconds / 60.0, of(l)?))).collect();
        Series::plain(name, colour, LineStyle::Line, &thin(&points))
    };
    Chart {
        title: title.into(),
        axes: ["minutes".into(), unit.into()],
        log: [false; 2],
        series: vec![line("all off", 0), line("all on", 1)],
    }
}

/// At most as many points as fit a chart.
fn thin(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let every = points.len().div_ceil(180).max(1);
    points.iter().step_by(every).copied().collect()
}
