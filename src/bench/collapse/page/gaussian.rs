//! The single Gaussian: what was measured, and theory.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::collapse::Regime;
use crate::collapse::gaussian::{GaussianGeneration, GaussianSetup, distance_law, median_law, plateau};
use crate::report::chart::{Chart, LineStyle, Series};

/// Its section of the page.
pub fn section(setup: &GaussianSetup, curves: &BTreeMap<Regime, Vec<GaussianGeneration>>) -> Markup {
    let m = setup.samples;
    let colour = |r: Regime| Regime::ALL.iter().position(|x| *x == r).unwrap_or(0);
    let curve = |r: Regime, of: &dyn Fn(&GaussianGeneration) -> (f64, f64)| {
        let points = curves.get(&r).map_or(&[][..], Vec::as_slice);
        let points = points.iter().map(|p| (p.generation as f64, of(p).0, of(p).1)).collect();
        Series { name: r.name().into(), points, stroke: LineStyle::Line, colour: colour(r) }
    };
    let generations = 1..=setup.generations;
    let laws = Regime::ALL.into_iter().filter_map(|r| {
        let points: Option<Vec<(f64, f64)>> =
            generations.clone().map(|n| distance_law(r, n, m).map(|d| (n as f64, d))).collect();
        Some(Series::plain(r.name(), colour(r), LineStyle::Law, &points?))
    });
    let level = vec![(1.0, plateau(m)), (setup.generations as f64, plateau(m))];
    let mut distance: Vec<Series> =
        Regime::ALL.into_iter().map(|r| curve(r, &|p| (p.distance, 1.96 * p.error))).chain(laws).collect();
    distance.push(Series::plain("1.5 π²/6/M", 7, LineStyle::Law, &level));
    let fall: Vec<(f64, f64)> = generations.map(|n| (n as f64, median_law(n, m))).collect();
    let mut median: Vec<Series> = Regime::ALL.into_iter().map(|r| curve(r, &|p| (p.median, 0.0))).collect();
    median.push(Series::plain("exp(−n/2(M−1))", 0, LineStyle::Law, &fall));
    let tail = Regime::ALL.into_iter().map(|r| curve(r, &|p| (p.tail, 0.0))).collect();
    html! {
        h2 { "A single Gaussian, with exact laws" }
        p { "Mean and variance are fitted to " (m) " numbers, then to " (m) " samples of that fit, and so on; " (setup.runs) " runs. Dashed lines are theory, not fits." }
        div.charts {
            (chart("Squared distance from the origin", "E[W₂²]", [false, true], distance))
            (chart("Median standard deviation", "median σ", [false, false], median))
            (chart("Tail mass beyond 3σ", "relative to the origin", [false, false], tail))
        }
    }
}

fn chart(title: &str, y: &str, log: [bool; 2], series: Vec<Series>) -> Markup {
    Chart { title: title.into(), axes: ["generation".into(), y.into()], log, series }.figure()
}
