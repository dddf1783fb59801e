//! Generators beside each other: the same seeds, the same eye, the same metrics against one reference, and what each
//! costs. A generator that fails half way is marked as partial; the others come all the same.
//!
//! [`draw`] asks for pictures, [`see`] looks at them, [`measure`] takes the metrics, [`motion`] lets some clips run;
//! [`page`] and [`export`] tell what was found.

pub mod export;
pub mod features;
pub mod measure;
pub mod motion;
pub mod page;
pub mod sampling;
pub mod verdict;

use super::generator::{Cost, Generator, GeneratorError, SampleSpec};
use super::metrics::catalogue::Metric;
use super::sets::FeatureExtractor;
use features::SampleFeatures;
use measure::{MeasuredMetric, Neighbour};
use motion::Motion;
use sampling::{DrawnSamples, draw_samples};

/// How generators are compared.
pub struct ComparisonSetup {
    /// The command that asks for it.
    pub command: String,
    /// Samples of each generator.
    pub n: usize,
    /// Samples of the reference.
    pub reference_n: usize,
    /// The first seed.
    pub seed: u64,
    /// What is asked of generators; its frames are those of a clip.
    pub spec: SampleSpec,
    /// Clips of each generator.
    pub clips: usize,
    /// What looks at the samples.
    pub eye: FeatureExtractor,
    /// The metrics to take, and whether they were asked for by name.
    pub metrics: (Vec<&'static Metric>, bool),
    /// Neighbours that make a sample's surroundings.
    pub k: usize,
    /// Bins of a histogram.
    pub bins: usize,
}

/// Who is compared with what.
pub struct ComparisonSets<'a> {
    /// What is aimed at.
    pub reference: &'a dyn Generator,
    /// What learned generators learned from.
    pub train: Option<&'a dyn Generator>,
    /// Who is compared.
    pub candidates: Vec<&'a dyn Generator>,
}

/// Who wants to know how far it is, and may end it.
pub trait ProgressObserver: Sync {
    /// A piece of work of so many steps begins.
    fn begin(&self, _what: &str, _steps: usize) {}
    /// Steps are done.
    fn done(&self, _steps: usize) {}
    /// Whether to stop: what is missing is then marked as partial.
    fn stopped(&self) -> bool {
        false
    }
}

/// All that is known of one generator.
pub struct GeneratorReport {
    /// Its name.
    pub name: String,
    /// What it is.
    pub about: String,
    /// What it costs before its first frame.
    pub cost: Cost,
    /// Hash of all that decides its frames.
    pub identity: u64,
    /// Its samples.
    pub drawn: DrawnSamples,
    /// What was seen in them.
    pub seen: Result<SampleFeatures, String>,
    /// What its clips did.
    pub motion: Result<Motion, String>,
    /// The metrics; none for the reference.
    pub found: Vec<MeasuredMetric>,
    /// For each sample the nearest that is known; none for the reference.
    pub neighbours: Vec<Neighbour>,
}

impl GeneratorReport {
    /// What is missing of it, if anything is.
    pub fn partial(&self) -> Option<String> {
        let drawn = self.drawn.failure.clone();
        drawn.or(self.seen.as_ref().err().cloned()).or(self.motion.as_ref().err().cloned())
    }
}

/// What was found.
pub struct Comparison {
    /// How.
    pub setup: ComparisonSetup,
    /// What was aimed at.
    pub reference: GeneratorReport,
    /// What learned generators learned from.
    pub train: Option<GeneratorReport>,
    /// Who was compared.
    pub candidates: Vec<GeneratorReport>,
    /// Least distance of a held-out sample to what is known; nearer than that is suspicious.
    pub edge: Option<f64>,
}

impl Comparison {
    /// What is missing, a message for each generator or metric.
    pub fn gaps(&self) -> Vec<String> {
        let all = || self.candidates.iter().chain([&self.reference]);
        let partial = all().filter_map(|p| Some(format!("{} is partial: {}", p.name, p.partial()?)));
        let metrics = self.candidates.iter().filter(|p| p.seen.is_ok()).flat_map(|p| {
            let missing = p.found.iter().filter_map(|f| f.answer.as_ref().err());
            missing.map(|e| format!("{}: {e}", p.name)).collect::<Vec<_>>()
        });
        partial.chain(metrics).collect()
    }

    /// The samples that neighbours are looked for among: the training pictures, or the reference's where none are given.
    pub fn known(&self) -> &GeneratorReport {
        self.train.as_ref().unwrap_or(&self.reference)
    }
}

/// Seeds of the candidates, the reference, and held-out samples of the reference; none is in two of them.
fn seeds(setup: &ComparisonSetup) -> [std::ops::Range<u64>; 3] {
    let (n, r) = (setup.n as u64, setup.reference_n as u64);
    let start = setup.seed;
    [start..start + n, start + n..start + n + r, start + n + r..start + n + 2 * r]
}

/// What does not fit together, before any work is done.
///
/// # Errors
/// Too few different samples somewhere.
fn check(comparison_sets: &ComparisonSets, setup: &ComparisonSetup) -> Result<(), GeneratorError> {
    let few = |g: &dyn Generator, needed: usize, why: &str| match g.size() {
        Some(size) if size < needed => Err(GeneratorError::input(
            g.name(),
            format!("expected at least {needed} pictures ({why}), found {size}"),
        )),
        _ => Ok(()),
    };
    few(comparison_sets.reference, setup.reference_n, "--n, or --reference-n with --unequal")?;
    comparison_sets.train.map_or(Ok(()), |t| few(t, setup.reference_n, "as many as of the reference"))?;
    for g in &comparison_sets.candidates {
        few(*g, setup.n, "--n")?;
        if g.hash() == comparison_sets.reference.hash() {
            few(
                *g,
                setup.n + setup.reference_n,
                "it is the reference as well, and no picture may be in both",
            )?;
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

/// Compares.
///
/// # Errors
/// Too few different samples somewhere, or the reference cannot be drawn or seen whole: nothing can be compared with it.
pub fn compare(
    comparison_sets: &ComparisonSets,
    setup: ComparisonSetup,
    watch: &dyn ProgressObserver,
) -> Result<Comparison, GeneratorError> {
    check(comparison_sets, &setup)?;
    let [of_candidates, of_reference, of_held_out] = seeds(&setup);
    let portrait = |g: &dyn Generator, seeds: std::ops::Range<u64>| {
        let drawn = draw_samples(g, seeds, &setup.spec, watch);
        let seen = features::see(&drawn, &setup.eye, g.name(), watch);
        (drawn, seen)
    };
    let whole = |g: &dyn Generator, (drawn, seen): (DrawnSamples, Result<SampleFeatures, String>)| match (
        &drawn.failure,
        seen,
    ) {
        (Some(e), _) => Err(GeneratorError::input(g.name(), format!("there is no reference: {e}"))),
        (None, Err(e)) => Err(GeneratorError::input(g.name(), format!("there is no reference: {e}"))),
        (None, Ok(seen)) => Ok((drawn, seen)),
    };
    let reference =
        whole(comparison_sets.reference, portrait(comparison_sets.reference, of_reference.clone()))?;
    let train = comparison_sets.train.map(|t| whole(t, portrait(t, of_reference))).transpose()?;
    let held_out = match train.is_none() && can_hold_out(comparison_sets, &setup) {
        true => Some(whole(comparison_sets.reference, portrait(comparison_sets.reference, of_held_out))?),
        false => None,
    };
    let sides =
        measure::ReferenceSets { reference: &reference, train: train.as_ref(), held_out: held_out.as_ref() };
    let edge = sides.edge();
    let motions = motion::run(comparison_sets, &setup, watch);
    let mut candidates = Vec::new();
    for (g, motion) in comparison_sets.candidates.iter().zip(motions.candidates) {
        let (drawn, seen) = portrait(*g, of_candidates.clone());
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
