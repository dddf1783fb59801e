//! Report page of an experiment.

use std::collections::BTreeMap;
use std::path::Path;

use maud::{Markup, html};

use super::Regime;
use super::gaussian::{GaussianGeneration, GaussianSetup, distance_law, median_law, plateau};
use super::measure::GenerationMetrics;
use crate::report::chart::{Chart, LineStyle, Series};
use crate::report::picture::image;
use crate::report::shell::{number, page};

/// One recursive run, for the page.
#[derive(Clone, Debug, serde::Serialize)]
pub struct RunSummary {
    /// Name of the method.
    pub method: String,
    /// What each generation was trained on.
    pub regime: Regime,
    /// Its seed.
    pub seed: u64,
    /// Metrics of its generations.
    pub readings: Vec<GenerationMetrics>,
    /// Whether generations are missing.
    pub partial: bool,
    /// Folder of its contact sheets.
    #[serde(skip)]
    pub folder: std::path::PathBuf,
}

/// The rule that was run as a control.
#[derive(Clone, Debug, serde::Serialize)]
pub struct ControlSummary {
    /// Its name.
    pub name: String,
    /// What it is.
    pub about: String,
    /// Metrics of its generations, against its own first one.
    pub readings: Vec<GenerationMetrics>,
}

/// Results of an experiment.
#[derive(Clone, Debug, serde::Serialize)]
pub struct CollapseReport {
    /// The command that produced it.
    pub command: String,
    /// Name of the data set and hash of the training pictures; empty if there are none.
    pub data: String,
    /// Name of the feature extractor.
    #[serde(rename = "eye")]
    pub extractor: String,
    /// Setup of the single Gaussian.
    pub setup: GaussianSetup,
    /// Its curves.
    pub gaussian: BTreeMap<Regime, Vec<GaussianGeneration>>,
    /// Noise floor: other pictures of the origin, measured like a generation.
    pub floor: Option<GenerationMetrics>,
    /// The control: a rule rerun with fresh seeds each generation, which cannot collapse.
    pub control: Option<ControlSummary>,
    /// Recursive runs of learned generators.
    pub chains: Vec<RunSummary>,
}

impl CollapseReport {
    /// The whole page.
    pub fn html(&self) -> String {
        let body = html! {
            @if !self.chains.is_empty() { (self.summary()) }
            (self.exact())
            @if !self.chains.is_empty() { (self.learned()) (self.sheets()) }
            h2 { "Reproduction" }
            pre { (self.command) }
            p.note { "All randomness derives from the seed. Features are from " (self.extractor) "; distances are not comparable with published ones, which use Inception features." }
        };
        let about = "Generators trained recursively on generated samples: what remains of the origin, generation by generation.";
        page("Model collapse", about, body)
    }

    fn summary(&self) -> Markup {
        let last = |t: &RunSummary| t.readings.last().cloned();
        html! {
            h2 { "Summary" }
            ul {
                @for t in &self.chains {
                    @if let (Some(first), Some(last)) = (t.readings.first(), last(t)) {
                        li {
                            b { (t.method) } ", " (t.regime.about()) ", seed " (t.seed) ": after " (last.generation) " generations "
                            (number(100.0 * last.variance)) " % of the origin's variance and " (number(100.0 * last.coverage)) " % coverage remain ("
                            (number(100.0 * first.variance)) " % and " (number(100.0 * first.coverage)) " % after the first)."
                            @if t.partial { " " b { "Partial: later generations are missing." } }
                        }
                    }
                }
                @if let Some((ran, c)) = self.control.as_ref().and_then(|r| Some((r, r.readings.last()?))) {
                    li { b { "the rule " (ran.name) } ", rerun with fresh seeds " (ran.readings.len()) " times: " (number(100.0 * c.variance)) " % of the variance, " (number(100.0 * c.coverage)) " % coverage. It does not learn, so it cannot collapse." }
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
            h2 { "A single Gaussian, with exact laws" }
            p { "Mean and variance are fitted to " (m) " numbers, then to " (m) " samples of that fit, and so on; " (self.setup.runs) " runs. Dashed lines are theory, not fits." }
            div.charts {
                (chart("Squared distance from the origin", "E[W₂²]", [false, true], distance))
                (chart("Median standard deviation", "median σ", [false, false], median))
                (chart("Tail mass beyond 3σ", "relative to the origin", [false, false], tail))
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
            p { "Origin: " (self.data) ". The dashed line is the noise floor: other pictures of the origin, measured in the same way." }
            @if let Some(ran) = &self.control { p.note { "Control: " (ran.about) " Each of its generations is measured against its own first one." } }
            div.charts {
                (chart("Remaining variance", "relative to the origin", [false, false], all(&|r| Some(r.variance))))
                (chart("Tail: samples beyond the origin's 95th percentile", "share of the samples", [false, false], all(&|r| Some(r.tail))))
                (chart("Coverage", "share of the origin", [false, false], all(&|r| Some(r.coverage))))
                (chart("Recall", "share of the origin", [false, false], all(&|r| Some(r.recall))))
                (chart("Fréchet distance from the origin", "distance", [false, true], all(&|r| Some(r.frechet))))
                @if !entropy.is_empty() { (chart("Predicted classes", "entropy, bits", [false, false], entropy)) }
            }
        }
    }

    fn sheets(&self) -> Markup {
        html! {
            h2 { "Samples" }
            p { "The same seeds in every contact sheet." }
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
