//! The page of an experiment.

use std::collections::BTreeMap;
use std::path::Path;

use maud::{Markup, html};

use super::Regime;
use super::gaussian::{GaussianGeneration, GaussianSetup, distance_law, median_law, plateau};
use super::measure::GenerationMetrics;
use crate::report::chart::{Chart, LineStyle, Series};
use crate::report::picture::image;
use crate::report::shell::{number, page};

/// One chain, for the page.
#[derive(Clone, Debug, serde::Serialize)]
pub struct RunSummary {
    /// Name of the method.
    pub method: String,
    /// What each generation learned from.
    pub regime: Regime,
    /// Its seed.
    pub seed: u64,
    /// Its generations.
    pub readings: Vec<GenerationMetrics>,
    /// Whether generations are missing.
    pub partial: bool,
    /// Folder of its sheets.
    #[serde(skip)]
    pub folder: std::path::PathBuf,
}

/// A rule that was run beside them.
#[derive(Clone, Debug, serde::Serialize)]
pub struct ControlSummary {
    /// Its name.
    pub name: String,
    /// What it is.
    pub about: String,
    /// Its generations, measured against its own first samples.
    pub readings: Vec<GenerationMetrics>,
}

/// All that an experiment found.
#[derive(Clone, Debug, serde::Serialize)]
pub struct CollapseReport {
    /// The command that found it.
    pub command: String,
    /// Name of the pictures and hash of those learned from; empty if there are none.
    pub data: String,
    /// What looked at the pictures.
    pub eye: String,
    /// The single Gaussian.
    pub setup: GaussianSetup,
    /// Its curves.
    pub gaussian: BTreeMap<Regime, Vec<GaussianGeneration>>,
    /// Other pictures of the origin, measured like a generation: what no generation can be better than.
    pub floor: Option<GenerationMetrics>,
    /// The rule, run anew from other seeds each generation: the control that cannot collapse.
    pub control: Option<ControlSummary>,
    /// Learned generators.
    pub chains: Vec<RunSummary>,
}

impl CollapseReport {
    /// The page, whole.
    pub fn html(&self) -> String {
        let body = html! {
            @if !self.chains.is_empty() { (self.summary()) }
            (self.exact())
            @if !self.chains.is_empty() { (self.learned()) (self.sheets()) }
            h2 { "To do it again" }
            pre { (self.command) }
            p.note { "Everything random hangs on the seed. Samples are looked at by " (self.eye) "; distances are not comparable with published ones, which use Inception features." }
        };
        let about = "Generators that learn from what generators made: what is left of the origin, generation by generation.";
        page("Model collapse", about, body)
    }

    fn summary(&self) -> Markup {
        let last = |t: &RunSummary| t.readings.last().cloned();
        html! {
            h2 { "In short" }
            ul {
                @for t in &self.chains {
                    @if let (Some(first), Some(last)) = (t.readings.first(), last(t)) {
                        li {
                            b { (t.method) } ", " (t.regime.about()) ", seed " (t.seed) ": after " (last.generation) " generations "
                            (number(100.0 * last.variance)) " % of the origin's variance and " (number(100.0 * last.coverage)) " % coverage are left ("
                            (number(100.0 * first.variance)) " % and " (number(100.0 * first.coverage)) " % after the first)."
                            @if t.partial { " " b { "Partial: later generations are missing." } }
                        }
                    }
                }
                @if let Some((ran, c)) = self.control.as_ref().and_then(|r| Some((r, r.readings.last()?))) {
                    li { b { "the rule " (ran.name) } ", run anew from other seeds " (ran.readings.len()) " times: " (number(100.0 * c.variance)) " % of the variance, " (number(100.0 * c.coverage)) " % coverage. It learns nothing, so it has nothing to forget." }
                }
            }
        }
    }

    fn exact(&self) -> Markup {
        let m = self.setup.samples;
        let colour = |r: Regime| Regime::ALL.iter().position(|x| *x == r).unwrap_or(0);
        let curve = |r: Regime, of: &dyn Fn(&GaussianGeneration) -> (f64, f64)| {
            let points = &self.gaussian[&r];
            let points = points.iter().map(|p| (p.generation as f64, of(p).0, of(p).1)).collect();
            Series { name: r.name().into(), points, stroke: LineStyle::Line, colour: colour(r) }
        };
        let generations = 1..=self.setup.generations;
        let laws = Regime::ALL.into_iter().filter_map(|r| {
            let points: Option<Vec<(f64, f64)>> =
                generations.clone().map(|n| distance_law(r, n, m).map(|d| (n as f64, d))).collect();
            Some(Series::plain(r.name(), colour(r), LineStyle::Law, &points?))
        });
        let level = vec![(1.0, plateau(m)), (self.setup.generations as f64, plateau(m))];
        let mut distance: Vec<Series> = Regime::ALL
            .into_iter()
            .map(|r| curve(r, &|p| (p.distance, 1.96 * p.error)))
            .chain(laws)
            .collect();
        distance.push(Series::plain("1.5 π²/6/M", 7, LineStyle::Law, &level));
        let fall: Vec<(f64, f64)> = generations.map(|n| (n as f64, median_law(n, m))).collect();
        let mut median: Vec<Series> =
            Regime::ALL.into_iter().map(|r| curve(r, &|p| (p.median, 0.0))).collect();
        median.push(Series::plain("exp(−n/2(M−1))", 0, LineStyle::Law, &fall));
        let tail = Regime::ALL.into_iter().map(|r| curve(r, &|p| (p.tail, 0.0))).collect();
        html! {
            h2 { "One Gaussian, where the laws are exact" }
            p { "Mean and variance are fitted to " (m) " numbers, then to " (m) " numbers of that fit, and so on; " (self.setup.runs) " runs. Dashed lines are laws, not fits." }
            div.charts {
                (chart("Squared distance from the origin", "E[W₂²]", [false, true], distance))
                (chart("Median deviation", "median σ", [false, false], median))
                (chart("What is left beyond 3σ", "part of the origin's", [false, false], tail))
            }
        }
    }

    fn learned(&self) -> Markup {
        let all = |of: &dyn Fn(&GenerationMetrics) -> Option<f64>| -> Vec<Series> {
            let line = |rs: &[GenerationMetrics]| -> Vec<(f64, f64)> {
                rs.iter().filter_map(|r| Some((r.generation as f64, of(r)?))).collect()
            };
            let named = self.chains.iter().enumerate().map(|(i, t)| {
                let name = format!("{} {} {}", t.method, t.regime.name(), t.seed);
                Series::plain(name, i, LineStyle::Line, &line(&t.readings))
            });
            let mut all: Vec<Series> = named.collect();
            if let Some(ran) = &self.control {
                all.push(Series::plain(
                    format!("rule {}", ran.name),
                    7,
                    LineStyle::Line,
                    &line(&ran.readings),
                ));
            }
            let longest = all.iter().flat_map(|s| &s.points).map(|p| p.0).fold(1.0, f64::max);
            if let Some(v) = self.floor.as_ref().and_then(of) {
                all.push(Series::plain("origin", 7, LineStyle::Law, &[(1.0, v), (longest, v)]));
            }
            all.retain(|s| !s.points.is_empty());
            all
        };
        let entropy = all(&|r| r.class_entropy);
        html! {
            h2 { "Learned generators" }
            p { "Origin: " (self.data) ". The dashed line is the origin itself: other pictures of it, measured in the same way." }
            @if let Some(ran) = &self.control { p.note { "The control. " (ran.about) " Each generation of it is measured against its own first one." } }
            div.charts {
                (chart("Variance left", "relative to the origin", [false, false], all(&|r| Some(r.variance))))
                (chart("Tail: samples beyond the origin's 95th percentile", "part of the samples", [false, false], all(&|r| Some(r.tail))))
                (chart("Coverage", "part of the origin that is covered", [false, false], all(&|r| Some(r.coverage))))
                (chart("Recall", "part of the origin within reach", [false, false], all(&|r| Some(r.recall))))
                (chart("Fréchet distance from the origin", "distance", [false, true], all(&|r| Some(r.frechet))))
                @if !entropy.is_empty() { (chart("Classes as the judge names them", "entropy, bits", [false, false], entropy)) }
            }
        }
    }

    fn sheets(&self) -> Markup {
        html! {
            h2 { "What it looks like" }
            p { "The same seeds in every sheet." }
            @for t in &self.chains {
                h3 { (t.method) ", " (t.regime.about()) ", seed " (t.seed) }
                div.strip {
                    @for g in shown(t.readings.len()) {
                        @if let Some(png) = sheet(&t.folder, g) {
                            figure { (image(&png, &format!("samples of {} after generation {g}", t.method), 230)) figcaption { "generation " (g) } }
                        }
                    }
                }
            }
        }
    }
}

/// At most six generations to show, the first and the last among them.
fn shown(n: usize) -> Vec<usize> {
    let mut all: Vec<usize> = (0..6).map(|i| 1 + i * n.saturating_sub(1) / 5).filter(|g| *g <= n).collect();
    all.dedup();
    all
}

fn sheet(folder: &Path, generation: usize) -> Option<Vec<u8>> {
    std::fs::read(folder.join(format!("{generation:03}.png"))).ok()
}

fn chart(title: &str, y: &str, log: [bool; 2], series: Vec<Series>) -> Markup {
    Chart { title: title.into(), axes: ["generation".into(), y.into()], log, series }.figure()
}
