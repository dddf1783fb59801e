//! Curves of films: how long those follow the reference that begin with it, and what all are like.

use maud::{Markup, html};

use super::super::super::films::{Film, FilmCurves, FilmRole};
use super::super::super::report::Comparison;
use crate::metrics::interval::Estimate;
use crate::report::chart::{Chart, Series};
use crate::report::shell::{REFERENCE, candidate_colour};

/// Points of a curve at most.
const POINTS: usize = 160;

/// Points of a curve whose place `i` lies at `i · unit`, from place `from` on.
fn points(curve: &[Estimate], from: usize, unit: f64) -> Vec<(f64, f64, [f64; 2])> {
    let every = curve.len().div_ceil(POINTS).max(1);
    let all = curve.iter().enumerate().skip(from).step_by(every);
    all.map(|(i, e)| (i as f64 * unit, e.value, e.interval)).collect()
}

impl Comparison {
    /// The films that are drawn and their colours: the candidates', and of the others those of these roles and names.
    fn drawn(&self, others: &[FilmRole]) -> Vec<(usize, &Film)> {
        let candidates = self.films.candidates().map(|(i, f)| (candidate_colour(i), f));
        let more = self.films.all.iter().filter(|f| others.contains(&f.role));
        let first = self.candidates.len();
        candidates.chain(more.enumerate().map(|(i, f)| (candidate_colour(first + i), f))).collect()
    }

    pub(super) fn film_charts(&self) -> Markup {
        let every = self.setup.spec.every as f64;
        let forecasts = [FilmRole::Opponent, FilmRole::Perturbed, FilmRole::FirstFrame, FilmRole::OtherStart];
        let alike = |of: fn(&FilmCurves) -> &[Estimate]| -> Vec<Series> {
            let all = self
                .drawn(&forecasts)
                .into_iter()
                .filter(|(_, f)| f.starts_alike || f.role == FilmRole::OtherStart);
            all.flat_map(|(colour, f)| {
                Series::banded(&f.name, colour, &points(of(&f.curves), 0, every), false)
            })
            .collect()
        };
        let anchors = [FilmRole::OtherStart, FilmRole::Noise];
        let like =
            |of: fn(&FilmCurves) -> &[Estimate], from: usize, unit: f64, is_log: bool| -> Vec<Series> {
                let own = Series::banded(
                    &self.reference.name,
                    REFERENCE,
                    &points(of(&self.films.reference), from, unit),
                    is_log,
                );
                let all = self.drawn(&anchors).into_iter();
                let all = all.flat_map(|(c, f)| {
                    Series::banded(&f.name, c, &points(of(&f.curves), from, unit), is_log)
                });
                own.into_iter().chain(all).collect()
            };
        let frequency = 1000.0 / (self.films.reference.segment.max(1) as f64 * every);
        html! {
            div.charts {
                (chart("Correlation with the reference from the same start", ["ticks since the first frame", "correlation of luma"], false, alike(|c| &c.correlation)))
                (chart("Error against the reference from the same start", ["ticks since the first frame", "RMS error, standard deviations"], false, alike(|c| &c.error)))
                (chart("Spectrum in space", ["wavenumber, periods a side", "power"], true, like(|c| &c.spectrum, 1, 1.0, true)))
                (chart("Spectrum in time", ["frequency, periods in 1,000 ticks", "power"], true, like(|c| &c.temporal, 1, frequency, true)))
                (chart("Autocorrelation", ["lag, ticks", "autocorrelation"], false, like(|c| &c.memory, 0, every, false)))
            }
        }
    }
}

/// A chart of what there is; nothing if there is no point. Bands are 95 % intervals over clips.
fn chart(title: &str, axes: [&str; 2], log: bool, series: Vec<Series>) -> Markup {
    let series: Vec<Series> = series.into_iter().filter(|s| !s.points.is_empty()).collect();
    let drawn = !series.is_empty();
    let chart = Chart { title: title.into(), axes: axes.map(String::from), log: [log; 2], series };
    html! { @if drawn { (chart.figure()) } }
}
