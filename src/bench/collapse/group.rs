//! Runs of one method under one regime, and what is told of them over their seeds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Regime;
use super::chain::Chain;
use super::statistics::{Band, FirstTime};

/// One recursive run, as it is on disk.
#[derive(Clone, Debug, serde::Serialize)]
pub struct RunSummary<R> {
    /// Name of the method.
    pub method: String,
    /// What each generation was trained on.
    pub regime: Regime,
    /// Its seed.
    pub seed: u64,
    /// Metrics of its generations, from the first on.
    pub readings: Vec<R>,
    /// Whether generations are missing.
    pub partial: bool,
    /// Why it ended early, if it failed.
    pub failed: Option<String>,
    /// Folder of its pictures.
    #[serde(skip)]
    pub folder: PathBuf,
}

impl<R: serde::de::DeserializeOwned> RunSummary<R> {
    /// The runs of these methods in a folder, by method, regime and seed.
    pub fn all(out: &Path, is_of: impl Fn(&str) -> bool, generations: usize) -> Vec<Self> {
        let chains = Chain::all(out).into_iter().filter(|c| is_of(&c.method));
        let one = |c: Chain| {
            let readings: Vec<R> = c.finished(out);
            let (partial, folder) = (readings.len() < generations, out.join(c.name()));
            let failed = c.reason(out).filter(|_| partial);
            Self { method: c.method, regime: c.regime, seed: c.seed, readings, partial, failed, folder }
        };
        chains.map(one).filter(|r| !r.readings.is_empty()).collect()
    }
}

/// Something measured of a generation.
pub struct Quantity<R> {
    /// Name in JSON.
    pub name: &'static str,
    /// Title of its chart.
    pub title: &'static str,
    /// Its axis, with unit.
    pub axis: &'static str,
    /// What values it can have.
    pub range: [f64; 2],
    /// Whether it is a ratio: shown on a logarithmic axis, averaged as its logarithm.
    pub ratio: bool,
    /// Its value, if it was measured.
    pub of: fn(&R) -> Option<f64>,
}

impl<R> Quantity<R> {
    /// Over seeds.
    pub fn band(&self, values: &[f64]) -> Option<Band> {
        if self.ratio { Band::geometric(values) } else { Band::of(values, self.range) }
    }
}

/// The runs of a method under a regime.
pub struct Group<'a, R> {
    /// Name of the method.
    pub method: &'a str,
    /// What each generation was trained on.
    pub regime: Regime,
    /// One for each seed, by seed.
    pub runs: Vec<&'a RunSummary<R>>,
}

/// Runs by method and regime.
pub fn groups<R>(runs: &[RunSummary<R>]) -> Vec<Group<'_, R>> {
    let mut all: BTreeMap<(&str, Regime), Vec<&RunSummary<R>>> = BTreeMap::new();
    runs.iter().for_each(|r| all.entry((&r.method, r.regime)).or_default().push(r));
    all.into_iter().map(|((method, regime), runs)| Group { method, regime, runs }).collect()
}

impl<R> Group<'_, R> {
    /// Name for legends.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.regime.name())
    }

    /// Generations of the longest run.
    pub fn longest(&self) -> usize {
        self.runs.iter().map(|r| r.readings.len()).max().unwrap_or(0)
    }

    /// Generations that all runs have.
    pub fn common(&self) -> usize {
        self.runs.iter().map(|r| r.readings.len()).min().unwrap_or(0)
    }

    /// A quantity of every generation over the seeds that have it: (generation from 1, band).
    pub fn bands(&self, q: &Quantity<R>) -> Vec<(usize, Band)> {
        let at = |n: usize| {
            let values = self.runs.iter().filter_map(|r| (q.of)(r.readings.get(n - 1)?));
            Some((n, q.band(&values.collect::<Vec<_>>())?))
        };
        (1..=self.longest()).filter_map(at).collect()
    }

    /// When a quantity of the reading first meets a condition, given the first generation's value. Runs that are not
    /// finished and have not met it yet are left out.
    pub fn first_time(&self, of: fn(&R) -> Option<f64>, is_met: impl Fn(f64, f64) -> bool) -> FirstTime {
        let time = |run: &&RunSummary<R>| {
            let values: Vec<f64> = run.readings.iter().map_while(of).collect();
            let first = *values.first()?;
            let met = values.iter().position(|v| is_met(*v, first)).map(|i| i + 1);
            (met.is_some() || !run.partial).then_some(met)
        };
        FirstTime::of(&self.runs.iter().filter_map(time).collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run whose readings are numbers.
    fn run(regime: Regime, seed: u64, readings: &[f64], partial: bool) -> RunSummary<f64> {
        let (readings, folder) = (readings.to_vec(), PathBuf::new());
        RunSummary { method: "vae".into(), regime, seed, readings, partial, failed: None, folder }
    }

    fn plain(ratio: bool) -> Quantity<f64> {
        let range = [0.0, f64::INFINITY];
        Quantity { name: "v", title: "V", axis: "v", range, ratio, of: |v| Some(*v) }
    }

    #[test]
    fn bands_are_over_the_seeds_that_have_a_generation() {
        let runs = [
            run(Regime::Replace, 1, &[1.0, 0.5], true),
            run(Regime::Replace, 2, &[4.0, 0.5, 0.25], false),
            run(Regime::Accumulate, 1, &[1.0], true),
        ];
        let all = groups(&runs);
        assert_eq!((all.len(), all[0].name()), (2, "vae replace".to_string()));
        assert_eq!((all[0].longest(), all[0].common()), (3, 2));
        let bands = all[0].bands(&plain(false));
        assert_eq!((bands.len(), bands[0].1.mean, bands[0].1.low, bands[0].1.high), (3, 2.5, 1.0, 4.0));
        assert_eq!((bands[2].0, bands[2].1.seeds), (3, 1));
        assert!((all[0].bands(&plain(true))[0].1.mean - 2.0).abs() < 1e-12);
    }

    #[test]
    fn first_times_are_relative_to_the_first_generation_and_wait_for_runs_that_are_not_finished() {
        let runs = [
            run(Regime::Replace, 1, &[1.0, 0.8, 0.4, 0.6], false),
            run(Regime::Replace, 2, &[0.5, 0.2], true),
            run(Regime::Replace, 3, &[1.0, 0.9], true),
            run(Regime::Replace, 4, &[1.0, 0.9, 0.9, 0.9], false),
        ];
        let all = groups(&runs);
        let found = all[0].first_time(|v| Some(*v), |v, first| v < 0.5 * first);
        assert_eq!((found.seeds, found.happened, found.median), (3, 2, Some(3.0)));
        assert_eq!((found.earliest, found.latest), (Some(2), None));
        assert_eq!(all[0].first_time(|_| None, |_, _| true).seeds, 0);
    }
}
