//! Results of a comparison.

use super::beating::{Bout, CopyTest, not_beaten};
use super::eye::check::EyeCheck;
use super::eye::table::EyeRow;
use super::features::SampleFeatures;
use super::films::Films;
use super::measure::{MeasuredMetric, Neighbour};
use super::motion::Motion;
use super::physics::Physics;
use super::prices::Prices;
use super::sampling::DrawnSamples;
use super::scale::Scale;
use super::setup::ComparisonSetup;
use crate::generator::{Cost, Generator};
use crate::metrics::catalogue::{Metric, MetricResult};

/// Part of a generator in a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It is compared.
    Candidate,
    /// Others are compared with it.
    Reference,
    /// Learned generators, or opponents, were made from it.
    Training,
    /// It tells what a figure means.
    Opponent {
        /// Whether a learned generator has to beat it.
        must_beat: bool,
    },
    /// Held-out samples of the reference, and its clips from a slightly different start.
    Itself,
}

/// Results for one generator.
pub struct GeneratorReport {
    /// Its name.
    pub name: String,
    /// What it is.
    pub about: String,
    /// Its part.
    pub role: Role,
    /// What it is in a few words, if it is an opponent.
    pub words: String,
    /// Width and height of its own pictures, pixels; none if it makes any size.
    pub native_size: Option<(usize, usize)>,
    /// Whether it was trained.
    pub is_learned: bool,
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
    /// How many of its samples are copies; none for the reference, or if nothing could be held out.
    pub copies: Option<CopyTest>,
    /// The opponents that it was held against; none unless it is a candidate.
    pub bouts: Vec<Bout>,
}

impl GeneratorReport {
    /// Samples of a generator, without metrics.
    pub fn of(
        generator: &dyn Generator,
        role: Role,
        (drawn, seen): (DrawnSamples, Result<SampleFeatures, String>),
        motion: Result<Motion, String>,
    ) -> Self {
        Self {
            name: generator.name().into(),
            about: generator.about(),
            role,
            words: String::new(),
            native_size: generator.native_size(),
            is_learned: generator.is_learned(),
            cost: generator.cost(),
            identity: generator.hash(),
            drawn,
            seen,
            motion,
            found: Vec::new(),
            neighbours: Vec::new(),
            copies: None,
            bouts: Vec::new(),
        }
    }

    /// Its name in tables that list opponents, too, since a candidate may be called like one.
    pub fn full_name(&self) -> String {
        match self.role {
            Role::Opponent { .. } | Role::Itself => format!("opponent:{}", self.name),
            _ => self.name.clone(),
        }
    }

    /// What is missing, if anything.
    pub fn partial(&self) -> Option<String> {
        let drawn = self.drawn.failure.clone();
        drawn.or(self.seen.as_ref().err().cloned()).or(self.motion.as_ref().err().cloned())
    }

    /// The result of a metric, if there is one.
    pub fn answer(&self, name: &str) -> Option<&MetricResult> {
        self.found.iter().find(|f| f.metric.name == name)?.answer.as_ref().ok()
    }

    /// The opponents that it had to beat and did not, if it was trained.
    pub fn not_beaten(&self) -> Vec<&str> {
        if self.is_learned { not_beaten(&self.bouts) } else { Vec::new() }
    }

    /// Whether most of its samples are copies.
    pub fn is_copier(&self) -> bool {
        self.copies.as_ref().is_some_and(CopyTest::is_copier)
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
    /// The frames that opponents are made of, if there is no training set.
    pub training: Option<GeneratorReport>,
    /// The candidates.
    pub candidates: Vec<GeneratorReport>,
    /// The trivial opponents, real noise among them.
    pub opponents: Vec<GeneratorReport>,
    /// Opponents that there are not, and why, one message each.
    pub omitted: Vec<String>,
    /// Whether it was interrupted.
    pub interrupted: bool,
    /// Memorisation threshold: the minimum distance of a held-out sample to a known one; nearer is suspicious.
    pub edge: Option<f64>,
    /// The same for opponents, whose known samples are the training frames.
    pub opponents_edge: Option<f64>,
    /// The leading metric: the Fréchet distance, or else the first distance available.
    pub lead: Option<&'static Metric>,
    /// The anchors by the leading metric.
    pub scale: Option<Scale>,
    /// The distance by every feature extractor.
    pub eyes: Vec<EyeRow>,
    /// Sanity check of the extractor in use.
    pub check: EyeCheck,
    /// What candidates and reference cost.
    pub prices: Prices,
    /// Their clips as moving pictures.
    pub films: Films,
    /// What flows in their worlds.
    pub physics: Physics,
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
        let opponents = self.interrupted.then(|| "interrupted: opponents may be missing".into());
        partial.chain(metrics).chain(opponents).collect()
    }

    /// The samples searched for neighbours: the training pictures, or the reference if none are given.
    pub fn known(&self) -> &GeneratorReport {
        self.train.as_ref().unwrap_or(&self.reference)
    }

    /// The samples searched for neighbours of a report's samples.
    pub fn known_of(&self, report: &GeneratorReport) -> &GeneratorReport {
        match report.role {
            Role::Opponent { .. } | Role::Itself => self.training.as_ref().unwrap_or(self.known()),
            _ => self.known(),
        }
    }

    /// What a reader must know before anything else: flaws of the extractor, and learned generators that do not beat
    /// their trivial opponents.
    pub fn warnings(&self) -> Vec<String> {
        let missed = |p: &GeneratorReport| {
            let names = p.not_beaten();
            let plural = if names.len() == 1 { "opponent" } else { "opponents" };
            (!names.is_empty())
                .then(|| format!("{} does not beat the trivial {plural} {}", p.name, names.join(", ")))
        };
        self.candidates.iter().filter_map(missed).chain(self.check.warnings.iter().cloned()).collect()
    }
}
