//! Running a comparison.

use super::anchors::{bouts, lead, scale};
use super::base::{Base, Run, training_name};
use super::eye::check::{Called, EyeCheck, Group, check as check_eye};
use super::eye::table::{EyeRow, Looked, Sets, table};
use super::films::{FilmRole, Films, Footage, films};
use super::measure::{MeasuredMetric, MeasuredSamples};
use super::motion::Motion;
use super::opponents::Opponents;
use super::physics::physics;
use super::prices::prices;
use super::progress::ProgressObserver;
use super::rate::{Clips, Rated, rate};
use super::report::{Comparison, GeneratorReport, Role};
use super::scale::{ITSELF, Scale};
use super::setup::{ComparisonSets, ComparisonSetup};
use crate::generator::{Generator, GeneratorError};
use crate::metrics::interval::Estimate;

/// Validates the sets before any work is done.
fn check(sets: &ComparisonSets, setup: &ComparisonSetup) -> Result<(), GeneratorError> {
    let few = |g: &dyn Generator, needed: usize, why: &str| match g.size() {
        Some(size) if size < needed => Err(GeneratorError::input(
            g.name(),
            format!("expected at least {needed} pictures ({why}), found {size}"),
        )),
        _ => Ok(()),
    };
    few(sets.reference, setup.reference_n, "--n, or --reference-n with --unequal")?;
    sets.train.map_or(Ok(()), |t| few(t, setup.reference_n, "as many as for the reference"))?;
    for g in &sets.candidates {
        few(*g, setup.n, "--n")?;
        if g.hash() == sets.reference.hash() {
            few(*g, setup.n + setup.reference_n, "it is also the reference, and no picture may be in both")?;
        }
    }
    if sets.train.is_some_and(|t| t.size().is_some() && t.hash() == sets.reference.hash()) {
        return Err(GeneratorError::input(
            sets.reference.name(),
            "the reference is the training set itself; expected pictures that training did not see",
        ));
    }
    Ok(())
}

/// A report of samples that are whole.
fn whole(
    g: &dyn Generator,
    role: Role,
    (drawn, seen): MeasuredSamples,
    motion: Result<Motion, String>,
) -> GeneratorReport {
    GeneratorReport::of(g, role, (drawn, Ok(seen)), motion)
}

/// The reference against itself: held-out samples, and clips from a slightly different start if it is a rule.
fn itself(
    sets: &ComparisonSets,
    samples: MeasuredSamples,
    found: Vec<MeasuredMetric>,
    cast: &Opponents,
    clips: &mut Clips,
) -> GeneratorReport {
    let words = "the reference against itself".into();
    let own = match &cast.perturbed {
        Some(g) => {
            let own = whole(&**g, Role::Itself, samples, clips.take_next());
            GeneratorReport { name: "perturbed".into(), ..own }
        }
        None => {
            let own = whole(sets.reference, Role::Itself, samples, Ok(Motion::default()));
            GeneratorReport { name: ITSELF.into(), ..own }
        }
    };
    GeneratorReport { words, found, ..own }
}

/// A report's features and its distance from the reference.
fn group(p: &GeneratorReport, figure: Option<Estimate>) -> Option<Group<'_>> {
    let seen = p.seen.as_ref().ok()?;
    Some(Group { name: &p.name, features: &seen.extracted.features, figure })
}

/// What a judge in use calls a report's samples.
fn called(name: &str, p: &GeneratorReport) -> Option<Called> {
    let seen = p.seen.as_ref().ok().filter(|s| s.extracted.probabilities.is_some())?;
    Called::of(name, seen)
}

/// A report's pictures and their features.
fn look(p: &GeneratorReport) -> Looked<'_> {
    let features = p.seen.as_ref().ok().map(|s| &s.extracted.features);
    Looked { pictures: &p.drawn.pictures, features }
}

/// The sanity check of the extractor in use.
fn checked(
    reference: &GeneratorReport,
    opponents: &[GeneratorReport],
    scale: Option<&Scale>,
    setup: &ComparisonSetup,
) -> EyeCheck {
    let name = |p: &GeneratorReport| if p.role == Role::Itself { ITSELF.into() } else { p.name.clone() };
    let named = |wanted: &str| opponents.iter().find(|p| name(p) == wanted);
    let anchors: Vec<Group> = scale
        .iter()
        .flat_map(|s| &s.anchors)
        .filter_map(|a| group(named(&a.name)?, Some(a.figure)))
        .collect();
    let noise = named("noise");
    let (Some(first), Some(last)) = (group(reference, None), noise.and_then(|p| group(p, None))) else {
        return EyeCheck::default();
    };
    let called = [called(&reference.name, reference), noise.and_then(|p| called("uniform noise", p))];
    check_eye([&first, &last], &anchors, called, &format!("Features from {}", setup.extractor.name()))
}

/// The distances by every extractor.
fn eyes(
    reference: &GeneratorReport,
    opponents: &[GeneratorReport],
    candidates: &[GeneratorReport],
    run: Run,
) -> Vec<EyeRow> {
    let Some(noise) = opponents.iter().find(|p| p.name == "noise").filter(|_| !run.watch.stopped()) else {
        return Vec::new();
    };
    run.watch.begin("feature extractors", 1);
    let sets = Sets {
        reference: look(reference),
        held_out: opponents.iter().find(|p| p.role == Role::Itself).map(look),
        noise: look(noise),
        candidates: candidates.iter().map(look).collect(),
    };
    let rows = table(&run.setup.extractor, &sets);
    run.watch.done(1);
    rows
}

/// The clips of candidates, opponents and the reference itself, held against the reference's.
fn moving(
    sets: &ComparisonSets,
    reference: &GeneratorReport,
    [candidates, opponents]: [&[GeneratorReport]; 2],
    other_start: &Result<Motion, String>,
    run: Run,
) -> Films {
    let noted = |note: String| Films { notes: vec![note], ..Films::default() };
    if sets.reference.size().is_some() {
        return noted(format!("{} is a set of pictures, in which nothing moves", reference.name));
    }
    let Ok(own) = &reference.motion else {
        return noted(format!("{} has no clips that others could be held against", reference.name));
    };
    let role = |i: Option<usize>, p: &GeneratorReport| match (i, p.role) {
        (Some(i), _) => FilmRole::Candidate(i),
        (None, Role::Itself) => FilmRole::Perturbed,
        (None, _) if p.name == "noise" => FilmRole::Noise,
        (None, _) => FilmRole::Opponent,
    };
    let numbered = candidates.iter().enumerate().map(|(i, p)| (Some(i), p));
    let all = numbered.chain(opponents.iter().map(|p| (None, p))).filter_map(|(i, p)| {
        let motion = p.motion.as_ref().ok()?;
        Some(Footage { name: p.name.clone(), role: role(i, p), motion })
    });
    let other = other_start.as_ref().ok().map(|motion| {
        let name = "other starts".into();
        Footage { name, role: FilmRole::OtherStart, motion }
    });
    let mut films = films(own, &other.into_iter().chain(all).collect::<Vec<_>>(), run.setup, run.watch);
    if films.all.iter().any(|f| f.name == "half" && !f.starts_alike) {
        films.notes.push(format!(
            "half and quarter begin as {} does only at its very first tick: --warm-up 0, and no range of it, holds them against it frame by frame",
            reference.name
        ));
    }
    films
}

/// Compares generators.
///
/// # Errors
/// Too few different samples in a set, or the reference is incomplete: nothing can be compared with it.
pub fn compare(
    sets: &ComparisonSets,
    setup: ComparisonSetup,
    watch: &dyn ProgressObserver,
) -> Result<Comparison, GeneratorError> {
    check(sets, &setup)?;
    let run = Run { setup: &setup, watch };
    let (base, cast) = Base::draw(sets, run)?;
    let mut clips = Clips::run(sets, &cast, run);
    let (reference_motion, other_start) = (clips.take_next(), clips.take_next());
    let Rated { mut candidates, mut opponents, itself: found, omitted, edges } =
        rate(sets, &base, &cast, &mut clips, run);
    let Base { reference, train, held_out, training } = base;
    if let Some((samples, found)) = held_out.zip(found) {
        opponents.insert(0, itself(sets, samples, found, &cast, &mut clips));
    }
    let none = || Ok(Motion::default());
    let reference = whole(sets.reference, Role::Reference, reference, reference_motion);
    let train = sets.train.zip(train).map(|(t, samples)| whole(t, Role::Training, samples, none()));
    let training = training.map(|samples| {
        let own = whole(sets.reference, Role::Training, samples, none());
        GeneratorReport { name: training_name(sets.reference), ..own }
    });
    let lead = lead(&candidates);
    let scale = lead.and_then(|m| scale(m, &candidates, &opponents));
    for p in &mut candidates {
        p.bouts = lead.map_or(Vec::new(), |m| bouts(p, &opponents, m));
    }
    let films = moving(sets, &reference, [&candidates, &opponents], &other_start, run);
    let physics = physics(sets, &cast, run);
    Ok(Comparison {
        films,
        physics,
        check: checked(&reference, &opponents, scale.as_ref(), &setup),
        eyes: eyes(&reference, &opponents, &candidates, run),
        prices: prices(sets, &setup, watch),
        interrupted: watch.stopped(),
        omitted: cast.omitted.into_iter().chain(omitted).collect(),
        edge: edges[0],
        opponents_edge: edges[1],
        reference,
        train,
        training,
        candidates,
        opponents,
        lead,
        scale,
        setup,
    })
}
