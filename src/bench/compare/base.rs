//! What generators are held against: the reference, the training set, held-out samples, training frames.

use std::ops::Range;

use super::beating::CopyTest;
use super::features::{SampleFeatures, extract};
use super::measure::{self, MeasuredMetric, MeasuredSamples, ReferenceSets, Wanted};
use super::opponents::{Opponents, has, opponents};
use super::progress::ProgressObserver;
use super::report::GeneratorReport;
use super::sampling::{DrawnSamples, draw_samples};
use super::seeds::Seeds;
use super::setup::{ComparisonSets, ComparisonSetup};
use crate::generator::{Generator, GeneratorError};

/// Samples, and their features or why there are none.
pub type Sampled = (DrawnSamples, Result<SampleFeatures, String>);

/// What everything is drawn and measured with.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// The setup.
    pub setup: &'a ComparisonSetup,
    /// Who watches.
    pub watch: &'a dyn ProgressObserver,
}

impl Run<'_> {
    fn seen(&self, drawn: DrawnSamples, name: &str) -> Sampled {
        let seen = extract(&drawn, &self.setup.extractor, name, self.watch);
        (drawn, seen)
    }

    /// The samples of a generator, called `name`.
    pub fn sampled(&self, g: &dyn Generator, name: &str, seeds: Range<u64>) -> Sampled {
        self.seen(draw_samples(g, seeds, &self.setup.spec, self.watch), name)
    }

    /// Samples without which nothing can be compared.
    fn whole(&self, g: &dyn Generator, seeds: Range<u64>) -> Result<MeasuredSamples, GeneratorError> {
        let (drawn, seen) = self.sampled(g, g.name(), seeds);
        match drawn.failure.clone().map_or(seen, Err) {
            Ok(seen) => Ok((drawn, seen)),
            Err(e) => Err(GeneratorError::input(g.name(), format!("the reference is incomplete: {e}"))),
        }
    }

    /// Metrics of samples, with the values of real noise as their ceilings.
    pub fn metrics(
        &self,
        bounds: &Bounds,
        (drawn, seen): (&DrawnSamples, Result<&SampleFeatures, &String>),
        name: &str,
        wanted: &Wanted,
        ceilings: &[MeasuredMetric],
    ) -> Vec<MeasuredMetric> {
        let mut found = match seen {
            Ok(seen) => measure::metrics(&bounds.sides, (drawn, seen), name, wanted, self.setup, self.watch),
            Err(e) => measure::none(wanted, e),
        };
        measure::raise(&mut found, ceilings);
        found
    }
}

/// What generators are held against.
pub struct Base {
    /// The reference.
    pub reference: MeasuredSamples,
    /// Training set of learned generators.
    pub train: Option<MeasuredSamples>,
    /// Held-out samples of the reference.
    pub held_out: Option<MeasuredSamples>,
    /// Frames that opponents are made of, if they were drawn for that.
    pub training: Option<MeasuredSamples>,
}

impl Base {
    /// Draws all of it, and sets up the opponents.
    ///
    /// # Errors
    /// The reference or the training set is incomplete.
    pub fn draw(sets: &ComparisonSets, run: Run) -> Result<(Self, Opponents), GeneratorError> {
        let seeds = Seeds::of(run.setup);
        let reference = run.whole(sets.reference, seeds.reference.clone())?;
        let train = sets.train.map(|t| run.whole(t, seeds.reference.clone())).transpose()?;
        let held_out = has(sets, run.setup, run.setup.reference_n).then_some(seeds.held_out);
        let held_out = held_out.map(|seeds| run.whole(sets.reference, seeds)).transpose()?;
        let known = train.as_ref().map(|t| &t.0);
        let mut cast = opponents(sets, run.setup, known, &reference.0, run.watch);
        let training = cast.training.take().map(|drawn| run.seen(drawn, "training frames"));
        let training = training.and_then(|(drawn, seen)| Some((drawn, seen.ok()?)));
        Ok((Self { reference, train, held_out, training }, cast))
    }

    /// What candidates are held against: their neighbours are looked for in the training set, or else in the reference.
    pub fn of_candidates(&self, sets: &ComparisonSets) -> Bounds<'_> {
        let known = sets.train.unwrap_or(sets.reference).name();
        Bounds::of(&self.reference, self.train.as_ref(), self.held_out.as_ref(), known.into())
    }

    /// What opponents are held against: their neighbours are looked for in the frames that they are made of.
    pub fn of_opponents(&self, sets: &ComparisonSets) -> Bounds<'_> {
        let known = self.train.as_ref().or(self.training.as_ref());
        let name = || sets.train.unwrap_or(sets.reference).name();
        let name = if self.training.is_some() { training_name(sets.reference) } else { name().into() };
        Bounds::of(&self.reference, known, self.held_out.as_ref(), name)
    }
}

/// Name of the frames that opponents are made of.
pub fn training_name(reference: &dyn Generator) -> String {
    format!("training frames of {}", reference.name())
}

/// The sets of one comparison, and how near to known samples held-out ones are.
pub struct Bounds<'a> {
    sides: ReferenceSets<'a>,
    /// Minimum distance of a held-out sample to a known one.
    pub edge: Option<f64>,
    known: String,
}

impl<'a> Bounds<'a> {
    fn of(
        reference: &'a MeasuredSamples,
        train: Option<&'a MeasuredSamples>,
        held_out: Option<&'a MeasuredSamples>,
        known: String,
    ) -> Self {
        let sides = ReferenceSets { reference, train, held_out };
        Self { edge: sides.edge(), sides, known }
    }

    /// Adds the nearest neighbours and the copy test to a report.
    pub fn search(&self, report: &mut GeneratorReport) {
        if let Ok(seen) = &report.seen {
            report.neighbours = self.sides.neighbours(seen, self.edge);
            report.copies = CopyTest::of(&report.neighbours, self.edge, &self.known);
        }
    }
}
