//! Comparison of generators: the same seeds, feature extractor and metrics against one reference, and the cost of
//! each. A generator that fails half-way is marked as partial; the others are still reported.
//!
//! [`sampling`] draws pictures, [`features`] extracts their features, [`measure`] computes the metrics, [`motion`] runs
//! clips; [`page`] and [`export`] write the results.

pub mod export;
pub mod features;
pub mod measure;
pub mod motion;
pub mod page;
mod progress;
pub mod sampling;
mod setup;
pub mod verdict;

use super::generator::{Cost, Generator, GeneratorError};
use features::SampleFeatures;
use measure::{MeasuredMetric, Neighbour};
use motion::Motion;
pub use progress::ProgressObserver;
use sampling::{DrawnSamples, draw_samples};
pub use setup::{ComparisonSets, ComparisonSetup};

/// Results for one generator.
pub struct GeneratorReport {
    /// Its name.
    pub name: String,
    /// What it is.
    pub about: String,
    /// What it costs before its first frame.
    pub cost: Cost,
    /// Hash of everything that determines its frames.
    pub identity: u64,
    /// Its samples.
    pub drawn: DrawnSamples,
    /// Their features.
    pub seen: Result<SampleFeatures, String>,
    /// Measurements of its clips.
    pub motion: Result<Motion, String>,
    /// The metrics; none for the reference.
    pub found: Vec<MeasuredMetric>,
    /// The nearest known sample for each sample; none for the reference.
    pub neighbours: Vec<Neighbour>,
}

impl GeneratorReport {
    /// What is missing, if anything.
    pub fn partial(&self) -> Option<String> {
        let drawn = self.drawn.failure.clone();
        drawn.or(self.seen.as_ref().err().cloned()).or(self.motion.as_ref().err().cloned())
    }
}

/// Results of a comparison.
pub struct Comparison {
    /// Its setup.
    pub setup: ComparisonSetup,
    /// The reference.
    pub reference: GeneratorReport,
    /// Training set of learned generators.
    pub train: Option<GeneratorReport>,
    /// The candidates.
    pub candidates: Vec<GeneratorReport>,
    /// Memorisation threshold: the minimum distance of a held-out sample to a known one; nearer is suspicious.
    pub edge: Option<f64>,
}

impl Comparison {
    /// What is missing, one message for each generator or metric.
    pub fn gaps(&self) -> Vec<String> {
        let all = || self.candidates.iter().chain([&self.reference]);
        let partial = all().filter_map(|p| Some(format!("{} is partial: {}", p.name, p.partial()?)));
        let metrics = self.candidates.iter().filter(|p| p.seen.is_ok()).flat_map(|p| {
            let missing = p.found.iter().filter_map(|f| f.answer.as_ref().err());
            missing.map(|e| format!("{}: {e}", p.name)).collect::<Vec<_>>()
        });
        partial.chain(metrics).collect()
    }

    /// The samples searched for neighbours: the training pictures, or the reference if none are given.
    pub fn known(&self) -> &GeneratorReport {
        self.train.as_ref().unwrap_or(&self.reference)
    }
}

/// Disjoint seed ranges of the candidates, the reference, and held-out samples of the reference.
fn seeds(setup: &ComparisonSetup) -> [std::ops::Range<u64>; 3] {
    let (n, r) = (setup.n as u64, setup.reference_n as u64);
    let start = setup.seed;
    [start..start + n, start + n..start + n + r, start + n + r..start + n + 2 * r]
}

/// Validates the sets before any work is done.
///
/// # Errors
/// Too few different samples in a set.
fn check(comparison_sets: &ComparisonSets, setup: &ComparisonSetup) -> Result<(), GeneratorError> {
    let few = |g: &dyn Generator, needed: usize, why: &str| match g.size() {
        Some(size) if size < needed => Err(GeneratorError::input(
            g.name(),
            format!("expected at least {needed} pictures ({why}), found {size}"),
        )),
        _ => Ok(()),
    };
    few(comparison_sets.reference, setup.reference_n, "--n, or --reference-n with --unequal")?;
    comparison_sets.train.map_or(Ok(()), |t| few(t, setup.reference_n, "as many as for the reference"))?;
    for g in &comparison_sets.candidates {
        few(*g, setup.n, "--n")?;
        if g.hash() == comparison_sets.reference.hash() {
            few(*g, setup.n + setup.reference_n, "it is also the reference, and no picture may be in both")?;
        }
    }
    if comparison_sets
        .train
        .is_some_and(|t| t.size().is_some() && t.hash() == comparison_sets.reference.hash())
    {
        return Err(GeneratorError::input(
            comparison_sets.reference.name(),
            "the reference is the training set itself; expected pictures that training did not see",
        ));
    }
    Ok(())
}

/// Whether the reference has enough different samples for some to be held out.
fn can_hold_out(comparison_sets: &ComparisonSets, setup: &ComparisonSetup) -> bool {
    let shared = comparison_sets.candidates.iter().any(|g| g.hash() == comparison_sets.reference.hash());
    let needed = 2 * setup.reference_n + if shared { setup.n } else { 0 };
    comparison_sets.reference.size().is_none_or(|size| size >= needed)
}

/// Compares generators.
///
/// # Errors
/// Too few different samples in a set, or the reference is incomplete: nothing can be compared with it.
pub fn compare(
    comparison_sets: &ComparisonSets,
    setup: ComparisonSetup,
    watch: &dyn ProgressObserver,
) -> Result<Comparison, GeneratorError> {
    check(comparison_sets, &setup)?;
    let [of_candidates, of_reference, of_held_out] = seeds(&setup);
    let sampled = |g: &dyn Generator, seeds: std::ops::Range<u64>| {
        let drawn = draw_samples(g, seeds, &setup.spec, watch);
        let seen = features::extract(&drawn, &setup.extractor, g.name(), watch);
        (drawn, seen)
    };
    let whole = |g: &dyn Generator, (drawn, seen): (DrawnSamples, Result<SampleFeatures, String>)| match (
        &drawn.failure,
        seen,
    ) {
        (Some(e), _) => Err(GeneratorError::input(g.name(), format!("the reference is incomplete: {e}"))),
        (None, Err(e)) => Err(GeneratorError::input(g.name(), format!("the reference is incomplete: {e}"))),
        (None, Ok(seen)) => Ok((drawn, seen)),
    };
    let reference =
        whole(comparison_sets.reference, sampled(comparison_sets.reference, of_reference.clone()))?;
    let train = comparison_sets.train.map(|t| whole(t, sampled(t, of_reference))).transpose()?;
    let held_out = match train.is_none() && can_hold_out(comparison_sets, &setup) {
        true => Some(whole(comparison_sets.reference, sampled(comparison_sets.reference, of_held_out))?),
        false => None,
    };
    let sides =
        measure::ReferenceSets { reference: &reference, train: train.as_ref(), held_out: held_out.as_ref() };
    let edge = sides.edge();
    let motions = motion::run(comparison_sets, &setup, watch);
    let mut candidates = Vec::new();
    for (g, motion) in comparison_sets.candidates.iter().zip(motions.candidates) {
        let (drawn, seen) = sampled(*g, of_candidates.clone());
        let (found, neighbours) = match &seen {
            Ok(seen) => (
                measure::metrics(&sides, (&drawn, seen), g.name(), &setup, watch),
                sides.neighbours(seen, edge),
            ),
            Err(e) => (measure::none(&setup, e), Vec::new()),
        };
        candidates.push(GeneratorReport { found, neighbours, ..blank(*g, drawn, seen, motion) });
    }
    let train = comparison_sets
        .train
        .zip(train)
        .map(|(t, (drawn, seen))| blank(t, drawn, Ok(seen), Ok(Motion::default())));
    let (drawn, seen) = reference;
    let reference = blank(comparison_sets.reference, drawn, Ok(seen), motions.reference);
    Ok(Comparison { reference, train, candidates, edge, setup })
}

fn blank(
    g: &dyn Generator,
    drawn: DrawnSamples,
    seen: Result<SampleFeatures, String>,
    motion: Result<Motion, String>,
) -> GeneratorReport {
    GeneratorReport {
        name: g.name().into(),
        about: g.about(),
        cost: g.cost(),
        identity: g.hash(),
        drawn,
        seen,
        motion,
        found: Vec::new(),
        neighbours: Vec::new(),
    }
}
