//! What each candidate and the reference cost, each run alone: counters of energy cannot tell shares apart.

use super::progress::ProgressObserver;
use super::setup::{ComparisonSets, ComparisonSetup};
use crate::generator::{Generator, SampleSpec};
use crate::price::{Meter, Price, against, survey};
use crate::report::shell::{REFERENCE, candidate_colour};

/// Frames of the clip that a price is measured on, at most.
const FRAMES: usize = 8;

/// Prices of the candidates, then of the reference, and how their energy became known.
#[derive(Default)]
pub struct Prices {
    /// In the order of the candidates, the reference last; one that failed is left out.
    pub all: Vec<Price>,
    /// How energy becomes known on this machine.
    pub about: String,
}

/// Runs a clip of each, one after another.
pub fn prices(sets: &ComparisonSets, setup: &ComparisonSetup, watch: &dyn ProgressObserver) -> Prices {
    let meter = Meter::new(setup.watts);
    let spec = SampleSpec { frames: setup.spec.frames.min(FRAMES), ..setup.spec };
    let candidates = sets.candidates.iter().enumerate().map(|(i, g)| (candidate_colour(i), *g));
    let all: Vec<(usize, &dyn Generator)> = candidates.chain([(REFERENCE, sets.reference)]).collect();
    watch.begin("prices", all.len());
    let one = |(colour, g): (usize, &dyn Generator)| {
        let seeds = setup.seed..setup.seed + 1;
        let costs = survey(g, seeds, &spec, &meter, &|| watch.stopped());
        watch.done(1);
        Some(Price::of((g.name(), colour), &g.cost(), &g.profile(), &costs.ok()?, meter.watts()))
    };
    let mut found: Vec<Price> = all.into_iter().filter_map(one).collect();
    let rule = found.iter().find(|p| p.colour == REFERENCE && p.training.is_none()).cloned();
    if let Some(rule) = rule {
        against(&rule, &mut found);
    }
    Prices { all: found, about: meter.about() }
}
