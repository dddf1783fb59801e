//! Generators of pictures, trained recursively.

use super::args::{Args, SampleCount};
use super::page::Page;
use super::recipe::{Declared, recipes};
use super::runs::{SHARED, each, experiment};
use super::{control, lines};
use crate::bench::collapse::Regime;
use crate::bench::collapse::experiment::{Experiment, Stills, Subject};
use crate::bench::collapse::measure::read;
use crate::bench::collapse::recursion::{Origin, RecursiveRun};
use crate::bench::sets::FeatureExtractor;
use crate::bench::sets::image_set::ImageSet;
use crate::bench::sets::pictures::ExtractedFeatures;
use crate::cli::reading::report_notes;
use crate::cli::{Failure, Outcome};
use crate::data::dataset;
use crate::data::sample::{Samples, shuffled};
use crate::learn::LearnError;
use crate::learn::data::{self, TrainingImages};
use crate::learn::method::Method;
use crate::learn::methods;
use crate::output::Interrupt;
use crate::world::rng::Rng;

/// Runs every method under every regime from every seed.
///
/// # Errors
/// Invalid pictures or settings, or a folder of another experiment (code 2); a training fails (code 1).
pub fn run(args: &Args, regimes: &[Regime]) -> Outcome {
    let interrupt = Interrupt::install();
    let methods = named(&args.methods)?;
    let declared = methods.iter().map(|m| Declared {
        name: m.name,
        specs: m.settings,
        values: m.values(&[]),
        plan: m.plan,
    });
    let recipes = recipes(args, declared.collect())?;
    let path = args.data.clone();
    let path =
        path.ok_or_else(|| Failure::input("expected --data: the training pictures of the first generation"))?;
    let pictures = data::read(std::slice::from_ref(&path), args.side, false, &args.over.learning())?;
    report_notes(&pictures.name, &pictures.notes);
    let parts = Parts::of(&pictures, args)?;
    let extractor = FeatureExtractor::named(&args.eye);
    let look = |s: &Samples| extractor.extract(&image_set(s), &path).map_err(Failure::input);
    let reference = look(&parts.held_out)?;
    let now = Experiment {
        methods: recipes,
        floor: Some(read(&reference, &look(&parts.floor)?, 0).map_err(Failure::input)?),
        ..experiment(args, subject(&pictures.name, &parts, &extractor, &reference))
    };
    let Some(experiment) = now.begin(&args.out, &|| interrupt.asked())? else { return Ok(()) };
    let page = Page::of(&args.out, &experiment);
    let origin = Origin {
        pictures: &parts.trained,
        held_out: &image_set(&parts.held_out),
        reference: &reference,
        extractor: &extractor,
        out: &args.out,
    };
    control::run(args, &origin, &interrupt)?;
    each(args, regimes, &page, &mut |chain| {
        let method = methods::find(&chain.method).map_err(LearnError::Failed)?;
        let name = chain.name();
        chain.finished(&args.out).iter().for_each(|r| lines::still(&name, r));
        let mut run = RecursiveRun::new(chain.clone(), (method, &experiment.methods[method.name]), &origin);
        run.run(args.generations, &|| interrupt.asked(), &mut |r| lines::still(&name, r))
    })
}

/// The methods of these names, each of which can be trained here.
fn named(names: &[String]) -> Result<Vec<&'static Method>, Failure> {
    let one = |n: &String| methods::find(n).and_then(|m| m.begin().map(|_| m));
    names.iter().map(|n| one(n).map_err(Failure::input)).collect()
}

fn subject(
    data: &str,
    parts: &Parts,
    extractor: &FeatureExtractor,
    reference: &ExtractedFeatures,
) -> Subject {
    let bytes: Vec<u8> = reference.features.values().iter().flat_map(|v| v.to_le_bytes()).collect();
    Subject::Stills(Stills {
        data: data.into(),
        pictures: parts.trained.len(),
        hash: format!("{:016x}", parts.trained.hash()),
        measured: parts.held_out.len(),
        held_out: parts.from.into(),
        extractor: extractor.name(),
        features: format!("{:016x}", dataset::hash(&bytes)),
    })
}

/// Pictures that are trained on, held-out ones to measure with, and others for the noise floor; disjoint.
struct Parts {
    trained: Samples,
    held_out: Samples,
    floor: Samples,
    /// Where the latter two are from.
    from: &'static str,
}

impl Parts {
    fn of(all: &TrainingImages, args: &Args) -> Result<Self, Failure> {
        let spared = args.measured.saturating_mul(2);
        let tested = all.test.len() >= spared;
        let spare = if tested { 0 } else { spared };
        let samples = match args.samples {
            SampleCount::All => all.train.len().saturating_sub(spare),
            SampleCount::Number(n) => n,
        };
        let needed = samples.max(1).saturating_add(spare);
        if all.train.len() < needed {
            let also = if tested { "" } else { ", and twice --measured" };
            return Err(Failure::input(format!(
                "expected at least {needed} training pictures (--samples{also}), found {}",
                all.train.len()
            )));
        }
        let order = |s: &Samples| shuffled(s.len(), Rng::new(SHARED).named("collapse parts"));
        let (train, test) = (order(&all.train), order(&all.test));
        let (set, rest) = if tested { (&all.test, &test[..]) } else { (&all.train, &train[samples..]) };
        let (held_out, floor) = rest[..spared].split_at(args.measured);
        let pick = |s: &Samples, places: &[usize]| {
            let mut s = s.pick(places);
            if !args.labels {
                s.classes = vec!["all".into()];
                s.labels.fill(0);
            }
            s
        };
        Ok(Self {
            trained: pick(&all.train, &train[..samples]),
            held_out: pick(set, held_out),
            floor: pick(set, floor),
            from: if tested { "test pictures" } else { "training pictures that are not trained on" },
        })
    }
}

fn image_set(s: &Samples) -> ImageSet {
    ImageSet {
        channels: s.channels,
        side: s.side,
        pixels: s.pictures.clone(),
        classes: Vec::new(),
        labels: Vec::new(),
    }
}
