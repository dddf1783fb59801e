//! Table of the metrics, a row each.

use maud::{Markup, html};

use super::{Comparison, GeneratorReport};
use crate::compare::measure::MeasuredMetric;
use crate::compare::verdict::position;
use crate::metrics::catalogue::{Baseline, Direction, Metric, MetricResult};
use crate::report::chart::key;
use crate::report::shell::{COLOURS, number};

impl Comparison {
    pub(super) fn table(&self) -> Markup {
        let metrics: Vec<&'static Metric> =
            self.candidates.first().map_or(Vec::new(), |p| p.found.iter().map(|f| f.metric).collect());
        html! {
            section {
                h2 { "Metrics" }
                p { "Each with its 95 % interval. The " em { "floor" } " is the reference against itself, half against half; the " em { "ceiling" } " is " (self.setup.reference_n) " frames of uniform noise, through the same extractor. A dot on a line shows the position of a value between the two: logarithmic for distances, linear for shares. The best value is bold, as is every other whose interval overlaps its interval." }
                div.table tabindex="0" role="region" aria-label="Metrics of each generator" {
                    table {
                        thead { tr {
                            th scope="col" { "metric" }
                            @for (colour, p) in self.coloured() {
                                th scope="col" { (key(colour, false)) (p.name) small { "n = " (p.drawn.seeds.len()) } }
                            }
                            th scope="col" { "reference" small { "its own value" } }
                            th scope="col" { "floor" small { "n = " (self.setup.reference_n / 2) } }
                            th scope="col" { "ceiling" }
                        } }
                        tbody { @for metric in metrics { (self.row(metric)) } }
                    }
                }
            }
        }
    }

    fn row(&self, metric: &'static Metric) -> Markup {
        let found = |p: &GeneratorReport| p.found.iter().find(|f| f.metric.name == metric.name).cloned();
        let answers: Vec<Option<MeasuredMetric>> = self.candidates.iter().map(found).collect();
        let good: Vec<&MetricResult> =
            answers.iter().flatten().filter_map(|f| f.answer.as_ref().ok()).collect();
        let best = best(metric.better, &good);
        // Bounds depend on the number of samples: those of the largest set are shown.
        let fullest = good.iter().max_by_key(|a| a.samples[1]);
        let bound =
            |f: fn(&MetricResult) -> Option<Baseline>| fullest.and_then(|a| f(a)).map(|b| number(b.value));
        let own = fullest.and_then(|a| a.of_reference).map(number);
        html! {
            tr {
                th scope="row" { (metric.name) small { (metric.better.words()) } }
                @for (i, found) in answers.iter().enumerate() {
                    @match found.as_ref().map(|f| &f.answer) {
                        None => td { "–" },
                        Some(Err(e)) => td.words { small { (e) } },
                        Some(Ok(a)) => (self.cell(i, metric, a, best)),
                    }
                }
                td { (own.unwrap_or_default()) }
                td { (bound(|a| a.floor).unwrap_or_default()) }
                td { (bound(|a| a.ceiling).unwrap_or_default()) }
            }
        }
    }

    fn cell(&self, colour: usize, metric: &Metric, a: &MetricResult, best: Option<[f64; 2]>) -> Markup {
        let [lo, hi] = a.figure.interval;
        let among_best = best.is_some_and(|b| lo <= b[1] && b[0] <= hi);
        let usual = [self.setup.reference_n, self.setup.n];
        html! {
            td.best[among_best] {
                (number(a.figure.value))
                small { (number(lo)) " … " (number(hi)) @if a.samples != usual { " (n = " (a.samples[1]) ")" } }
                @if let Some(place) = position(metric, a).map(|p| p.clamp(0.0, 1.0)) {
                    span.gauge { i style=(format!("left:{:.0}%;background:var(--c{})", 100.0 * place, colour % COLOURS)) {} }
                }
            }
        }
    }
}

/// Interval of the best value.
fn best(better: Direction, answers: &[&MetricResult]) -> Option<[f64; 2]> {
    let worth = |a: &MetricResult| match better {
        Direction::Less => -a.figure.value,
        Direction::More => a.figure.value,
        Direction::LikeReference => -(a.figure.value - a.of_reference.unwrap_or(f64::NAN)).abs(),
        Direction::Half => -(a.figure.value - 0.5).abs(),
    };
    let best =
        answers.iter().filter(|a| worth(a).is_finite()).max_by(|a, b| worth(a).total_cmp(&worth(b)))?;
    (answers.len() > 1).then_some(best.figure.interval)
}
