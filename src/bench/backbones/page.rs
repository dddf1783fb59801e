//! The page of a comparison.

use maud::{Markup, html};

use super::field;
use super::reliability::{BINS, ReliabilityBin};
use super::report::{BackboneSummary, BackbonesReport, percent};
use crate::collapse::statistics::{Band, ENOUGH};
use crate::report::chart::{Chart, LineStyle, Series};
use crate::report::shell::{number, page};

/// Pictures of a bin below which it is not drawn.
const FEW: usize = 5;

impl BackbonesReport {
    /// The whole page; `command` made it.
    pub fn html(&self, command: &str) -> String {
        let [training, test] = self.pictures;
        let [channels, side, classes] = self.shape;
        let colour = if channels == 1 { "grey" } else { "coloured" };
        let subtitle = format!(
            "{}: {training} training and {test} test pictures, {colour}, {side} × {side} pixels, {classes} classes",
            self.data
        );
        let body = html! {
            h2 { "What was seen" }
            @for sentence in self.sentences() { p { (sentence) } }
            @for note in &self.notes { p.note { (note) } }
            h2 { "Figures" }
            (self.table())
            h2 { "Learning" }
            div.charts { (self.curves()) (self.prices()) }
            h2 { "Calibration" }
            p {
                "How often a verdict is right, by the confidence in it (reliability diagram), as trained, over all seeds. On the dashed line a judge is as often right as it says; below it, it is too sure. Bins of fewer than " (FEW) " pictures are left out."
            }
            div.charts { @for b in &self.backbones { (reliability(b)) } }
            h2 { "What the middle of the last layer sees" }
            p {
                "Left, the receptive field as it follows from kernels and strides, drawn to scale round a test picture. Right, how much each pixel moves the middle of the last layer when it is nudged, in the trained networks (effective receptive field, Luo et al. 2016; root of the mean over pictures and seeds, white is most)."
            }
            div.charts {
                (field::squares(&self.backbones, &self.sample, side, channels))
                figure {
                    strong { "Measured" }
                    div.strip { @for b in &self.backbones {
                        figure { (field::heat(b, side)) figcaption { (b.name) br; (format!("{:.0}", b.half_area)) " pixels hold half" } }
                    } }
                }
            }
            h2 { "How it was measured" }
            (self.method())
            pre { (command) }
        };
        page("Backbones of the judge compared", &subtitle, body)
    }

    fn method(&self) -> Markup {
        let plan = &self.setup.plan;
        html! {
            p {
                "Equal budgets are equal epochs on the same pictures: " (plan.epochs) " epochs in batches of " (plan.batch) " with "
                (plan.optimiser) " at a peak rate of " (number(plan.rate)) " for every backbone, of which the best epoch by the loss on the validation pictures (" (percent(self.setup.validation)) " of the training pictures) is kept. A larger network takes more time for that, which the table tells. The rate is the one at which `compact` was tuned; others may do better at another."
            }
            p {
                "Intervals: " @if self.setup.seeds as usize >= ENOUGH { "95 % of the mean over " (self.setup.seeds) " seeds by Student's t. " }
                @else { "the range of the seeds. " }
                "Seeds change the first weights, the order of the pictures, their variations, and which are held out for validation. Milliseconds: CPU time of a verdict on one thread, the median of fifty, the least of the seeds."
            }
        }
    }

    fn table(&self) -> Markup {
        let best = self.backbones.iter().map(|b| b.accuracy.mean).fold(0.0, f64::max);
        html! {
            div.table { table {
                thead { tr {
                    th { "backbone" } th { "accuracy" } th { "calibration error" } th { "after temperature" } th { "weights" }
                    th { "multiply-adds" } th { "ms a verdict" } th { "training, CPU s" } th { "receptive field" } th { "half-area, pixels" }
                } }
                tbody { @for b in &self.backbones {
                    tr {
                        td { (b.name) small { (b.about) } }
                        td.best[b.accuracy.mean == best] { (percent(b.accuracy.mean)) small { (ends(&b.accuracy, percent)) } }
                        @for c in &b.calibration { td { (number(c.mean)) small { (ends(c, number)) } } }
                        td { (b.weights) }
                        td { (number(b.multiply_adds as f64 / 1e6)) " M" }
                        td { (number(b.milliseconds)) }
                        td { (number(b.seconds.mean)) }
                        td { (b.field) " × " (b.field) }
                        td { (format!("{:.0}", b.half_area)) }
                    }
                } }
            } }
        }
    }

    fn curves(&self) -> Markup {
        let epochs = self.setup.plan.epochs;
        let (mut areas, mut lines) = (Vec::new(), Vec::new());
        for (colour, b) in self.backbones.iter().enumerate() {
            let band = |epoch: usize| {
                let of = b.runs.iter().filter_map(|r| r.history.get(epoch));
                Band::of(&of.map(|e| e.accuracy).collect::<Vec<_>>(), [0.0, 1.0])
            };
            let points: Vec<_> = (0..epochs)
                .filter_map(|e| band(e).map(|v| ((e + 1) as f64, v.mean, [v.low, v.high])))
                .collect();
            let [area, line] = Series::banded(&b.name, colour, &points, false);
            areas.push(area);
            lines.push(line);
        }
        areas.extend(lines);
        let axes = ["epoch".into(), "accuracy on validation pictures".into()];
        Chart { title: "Learning curves".into(), axes, log: [false; 2], series: areas }.figure()
    }

    fn prices(&self) -> Markup {
        let point = |(colour, b): (usize, &BackboneSummary)| Series {
            name: b.name.clone(),
            points: vec![(b.milliseconds, 1.0 - b.accuracy.mean, 0.5 * (b.accuracy.high - b.accuracy.low))],
            stroke: LineStyle::Points,
            colour,
        };
        let series = self.backbones.iter().enumerate().map(point).collect();
        let axes = ["CPU ms a verdict".into(), "share of test pictures wrong".into()];
        Chart { title: "Errors against time".into(), axes, log: [true; 2], series }.figure()
    }
}

/// The ends of an interval.
fn ends(band: &Band, format: fn(f64) -> String) -> String {
    if band.seeds < 2 { "one seed".into() } else { format!("{} to {}", format(band.low), format(band.high)) }
}

fn reliability(b: &BackboneSummary) -> Markup {
    let bins = b.runs.iter().fold(vec![ReliabilityBin::default(); BINS], |sum, run| {
        sum.iter().zip(&run.reliability).map(|(a, b)| a.and(b)).collect()
    });
    let points: Vec<(f64, f64)> =
        bins.iter().filter(|b| b.pictures >= FEW).filter_map(ReliabilityBin::point).collect();
    let series = vec![
        Series::plain("as often right as it says", 7, LineStyle::Law, &[(0.0, 0.0), (1.0, 1.0)]),
        Series::plain(&b.name, 0, LineStyle::Line, &points),
    ];
    let axes = ["confidence".into(), "accuracy".into()];
    let title = format!("{}: error {}", b.name, number(b.calibration[0].mean));
    Chart { title, axes, log: [false; 2], series }.figure_within([Some((0.0, 1.0)); 2])
}
