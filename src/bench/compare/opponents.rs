//! The opponents of a comparison: who they are, and the frames that they are made of.

use std::ops::Range;
use std::sync::Arc;

use super::progress::ProgressObserver;
use super::sampling::{DrawnSamples, draw_frames, draw_samples};
use super::seeds::Seeds;
use super::setup::{ComparisonSets, ComparisonSetup};
use crate::generator::opponents::{FrameSets, Opponent, TRIVIAL, TrainingFrames};
use crate::generator::{Generator, GeneratorError, SampleSpec};

/// How many of [`TRIVIAL`] a learned generator has to beat: all but the last.
const MUST_BEAT: usize = 5;
/// Training frames of one run of a rule: a run costs mostly its warm-up.
const FRAMES_A_RUN: usize = 5;
/// Clip steps from one of these frames to the next, so that they differ.
const APART: u64 = 4;
/// Factors by which worlds are made coarser.
const COARSER: [(usize, &str, &str); 2] =
    [(2, "half", "the same rule at half the size"), (4, "quarter", "the same rule at a quarter of the size")];

/// An opponent.
pub struct Member {
    /// Name in reports.
    pub name: &'static str,
    /// What it is, in a few words.
    pub words: &'static str,
    /// Whether a learned generator has to beat it.
    pub must_beat: bool,
    /// The generator.
    pub generator: Box<dyn Generator>,
}

/// The opponents of a comparison.
#[derive(Default)]
pub struct Opponents {
    /// Those whose samples are drawn, in the order of reports.
    pub members: Vec<Member>,
    /// The reference from a slightly different start. Its stills are an independent draw of the reference.
    pub perturbed: Option<Box<dyn Generator>>,
    /// The frames that opponents are made of, if they were drawn for that.
    pub training: Option<DrawnSamples>,
    /// Who is missing, and why.
    pub omitted: Vec<String>,
}

/// Whether a reference has enough different samples for its own, these many more, and those of candidates that are it.
pub fn has(sets: &ComparisonSets, setup: &ComparisonSetup, more: usize) -> bool {
    let shared = sets.candidates.iter().any(|g| g.hash() == sets.reference.hash());
    let needed = setup.reference_n + more + if shared { setup.n } else { 0 };
    sets.reference.size().is_none_or(|size| size >= needed)
}

/// How many training frames opponents are made of.
fn training_frames(setup: &ComparisonSetup) -> usize {
    setup.n.max(setup.reference_n)
}

/// Training frames of a generator without end are several of each run; those of a folder are its pictures.
fn draw_training(
    source: &dyn Generator,
    seeds: Range<u64>,
    setup: &ComparisonSetup,
    watch: &dyn ProgressObserver,
) -> DrawnSamples {
    if source.size().is_some() {
        return draw_samples(source, seeds, &setup.spec, watch);
    }
    let count = training_frames(setup);
    let runs = count.div_ceil(FRAMES_A_RUN) as u64;
    let spec = SampleSpec { frames: FRAMES_A_RUN, every: setup.spec.every * APART, ..setup.spec };
    let mut drawn = draw_frames(source, seeds.start..seeds.start + runs, &spec, watch);
    drawn.truncate(count);
    drawn
}

/// The opponents that can be made: of `train`, the training set's samples, or of frames drawn for that; nearest to the
/// samples of the reference.
pub fn opponents(
    sets: &ComparisonSets,
    setup: &ComparisonSetup,
    train: Option<&DrawnSamples>,
    reference: &DrawnSamples,
    watch: &dyn ProgressObserver,
) -> Opponents {
    let mut all = Opponents::default();
    if !setup.opponents {
        return all;
    }
    match frames(sets, setup, train, watch) {
        Ok((source, drawn)) => {
            let made = of_frames(&source, &drawn, reference);
            match made {
                Ok((members, omitted)) => (all.members, all.omitted) = (members, omitted),
                Err(e) => all.omitted.push(e.to_string()),
            }
            all.training = train.is_none().then_some(drawn);
        }
        Err(why) => all.omitted.push(format!(
            "{} need training frames: {why}",
            TRIVIAL.iter().map(|t| t.name).collect::<Vec<_>>().join(", ")
        )),
    }
    for (factor, name, words) in COARSER {
        if let Some(generator) = sets.reference.coarser(factor) {
            all.members.push(Member { name, words, must_beat: false, generator });
        }
    }
    all.perturbed = sets.reference.perturbed();
    if all.perturbed.is_none() {
        all.omitted.push("half, quarter and perturbed need a reference that is a scene".into());
    }
    all
}

/// The training frames and what they are of, or why there are none.
fn frames(
    sets: &ComparisonSets,
    setup: &ComparisonSetup,
    train: Option<&DrawnSamples>,
    watch: &dyn ProgressObserver,
) -> Result<(String, DrawnSamples), String> {
    if let (Some(train), Some(generator)) = (train, sets.train) {
        return Ok((generator.name().into(), train.clone()));
    }
    let more = setup.reference_n + training_frames(setup);
    if !has(sets, setup, more) {
        let found = sets.reference.size().unwrap_or(0);
        let needed = setup.reference_n + more;
        return Err(format!(
            "give a training set with --train, or a reference of at least {needed} pictures (found {found})"
        ));
    }
    let drawn = draw_training(sets.reference, Seeds::of(setup).training, setup, watch);
    match &drawn.failure {
        Some(e) => Err(e.clone()),
        None => Ok((sets.reference.name().into(), drawn)),
    }
}

/// The opponents made of frames, and those that could not be made.
fn of_frames(
    source: &str,
    training: &DrawnSamples,
    reference: &DrawnSamples,
) -> Result<(Vec<Member>, Vec<String>), GeneratorError> {
    let set = |drawn: &DrawnSamples| TrainingFrames::new(source, drawn.pictures.clone()).map(Arc::new);
    let sets = FrameSets::new(set(training)?, set(reference)?)?;
    let (mut members, mut omitted) = (Vec::new(), Vec::new());
    for (i, kind) in TRIVIAL.iter().enumerate() {
        match Opponent::new(kind.name, kind, sets.clone()) {
            Ok(opponent) => members.push(Member {
                name: kind.name,
                words: kind.words,
                must_beat: i < MUST_BEAT,
                generator: Box::new(opponent),
            }),
            Err(e) => omitted.push(e.to_string()),
        }
    }
    Ok((members, omitted))
}

/// Frames of a generator, for an opponent that is itself a candidate: training frames on seeds that nothing else uses,
/// and, for who looks for the nearest of them, frames of its own on the seeds of the candidates.
///
/// # Errors
/// The generator fails.
pub fn frames_of(
    source: &dyn Generator,
    with_targets: bool,
    setup: &ComparisonSetup,
    watch: &dyn ProgressObserver,
) -> Result<FrameSets, GeneratorError> {
    let seeds = Seeds::of(setup);
    let whole = |drawn: DrawnSamples| match &drawn.failure {
        Some(e) => {
            Err(GeneratorError::input(source.name(), format!("its training frames are incomplete: {e}")))
        }
        None => TrainingFrames::new(source.name(), drawn.pictures).map(Arc::new),
    };
    let training = whole(draw_training(source, seeds.training, setup, watch))?;
    let targets = match with_targets {
        true => whole(draw_samples(source, seeds.candidates, &setup.spec, watch))?,
        false => Arc::clone(&training),
    };
    FrameSets::new(training, targets)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{NoProgress, setup, soup};
    use super::*;
    use crate::generator::ImageFolder;
    use crate::sets::image_set::ImageSet;

    fn folder(n: usize) -> ImageFolder {
        let pixels = (0..n).map(|i| vec![i as u8; 32 * 32]).collect();
        let pictures = ImageSet { channels: 1, side: 32, pixels, classes: Vec::new(), labels: Vec::new() };
        ImageFolder::of("folder".into(), String::new(), pictures)
    }

    fn of(reference: &dyn Generator, train: Option<&dyn Generator>, setup: &ComparisonSetup) -> Opponents {
        let sets = ComparisonSets { reference, train, candidates: Vec::new() };
        let seeds = Seeds::of(setup);
        let draw = |g: &dyn Generator| draw_samples(g, seeds.reference.clone(), &setup.spec, &NoProgress);
        opponents(&sets, setup, train.map(draw).as_ref(), &draw(reference), &NoProgress)
    }

    fn names(all: &Opponents) -> Vec<&str> {
        all.members.iter().map(|m| m.name).collect()
    }

    #[test]
    fn a_scene_has_all_opponents_and_the_first_five_are_to_be_beaten() {
        let (scene, setup) = (soup("cells.density=0.3"), setup());
        let all = of(&scene, None, &setup);
        let five = ["persistence", "tiles", "phase", "gaussian", "nearest"];
        assert_eq!(names(&all)[..5], five);
        assert_eq!(names(&all)[5..], ["blur", "half", "quarter"]);
        let to_beat: Vec<&str> = all.members.iter().filter(|m| m.must_beat).map(|m| m.name).collect();
        assert_eq!(to_beat, five);
        assert!(all.perturbed.is_some() && all.omitted.is_empty());
        // Twelve frames of three runs, on seeds of their own, no two alike.
        let training = all.training.unwrap();
        assert_eq!(training.pictures.pixels.len(), 12);
        let seeds = Seeds::of(&setup).training;
        assert_eq!(
            training.seeds[..],
            [[seeds.start; 5].as_slice(), &[seeds.start + 1; 5], &[seeds.start + 2; 2]].concat()
        );
        let mut pixels = training.pictures.pixels.clone();
        pixels.sort();
        pixels.dedup();
        assert_eq!(pixels.len(), 12);
    }

    #[test]
    fn a_folder_gives_frames_if_it_has_enough_and_a_training_set_always_does() {
        let setup = setup();
        let all = of(&folder(36), None, &setup);
        assert_eq!(names(&all), ["persistence", "tiles", "phase", "gaussian", "nearest", "blur"]);
        assert!(all.perturbed.is_none() && all.omitted[0].contains("need a reference that is a scene"));
        let few = of(&folder(35), None, &setup);
        assert!(few.members.is_empty());
        assert!(
            few.omitted[0].contains("--train, or a reference of at least 36 pictures (found 35)"),
            "{:?}",
            few.omitted
        );
        let train = of(&folder(35), Some(&folder(20)), &setup);
        assert_eq!(train.members.len(), 6);
        assert!(train.training.is_none(), "nothing was drawn for that");
        let sets = frames_of(&folder(9), true, &setup, &NoProgress).unwrap();
        assert_eq!((sets.training.pictures().pixels.len(), sets.targets.pictures().pixels.len()), (12, 12));
        let none = of(&folder(36), None, &ComparisonSetup { opponents: false, ..setup });
        assert!(none.members.is_empty() && none.omitted.is_empty());
    }
}
