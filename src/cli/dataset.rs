//! `untrained dataset`: frames of every rule-based system, with random knobs, palettes, views and seeds, each labelled
//! with the process that made it.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use rayon::prelude::*;

use super::composed::Composition;
use super::generators::{SizeOverrides, cut, names, rule};
use super::kept_frames::KeptFrames;
use super::labelled_frame::LabelledFrame;
use super::looks::{Looks, shots};
use super::truth::truth;
use super::{Failure, Outcome};
use crate::bench::generator::{Generator, SampleSpec, SceneGenerator, fitted};
use crate::data::dataset::{Origin, Split, Truth, Writer};
use crate::data::reduce::SIDE;
use crate::output::{Interrupt, progress};
use crate::systems::{CATALOGUE as SYSTEMS, rules};
use crate::world::engine::Engine;
use crate::world::frame::Frame;
use crate::world::rng::Rng;
use crate::world::system::SystemKind;

/// Arguments of `dataset`.
#[derive(clap::Args)]
pub struct Args {
    /// Folder of the data set; an existing set is appended to.
    #[arg(long, default_value = "out/frames")]
    out: PathBuf,
    /// Frames per system.
    #[arg(long, default_value_t = 2000)]
    each: usize,
    /// Fraction of the frames held out for testing; the split is by world and seed.
    #[arg(long, default_value_t = 0.15)]
    test: f64,
    /// Frames per world.
    #[arg(long, default_value_t = 2)]
    per_world: usize,
    /// Pictures of each frame of a world, each of another output, with another palette, view and size. A world costs its
    /// warm-up, a picture nearly nothing.
    #[arg(long, default_value_t = 1, conflicts_with_all = ["scene", "masks"], value_parser = clap::value_parser!(u8).range(1..))]
    looks: u8,
    /// Frames of this scene (a file, or the name of a shipped one, with settings as for `compare`: `ink?cells=160x90`)
    /// instead of every system; may be given several times.
    #[arg(long, value_name = "SCENE[?SETTING,…]")]
    scene: Vec<String>,
    /// Frames of these systems only, separated by commas; they are those that the set of every system has.
    #[arg(long, value_name = "SYSTEM[,…]", value_delimiter = ',', conflicts_with = "scene",
        value_parser = PossibleValuesParser::new(rules().map(|k| k.name)))]
    only: Vec<String>,
    /// Also write the true process of every pixel (masks/NNNNNNNN.png, an indexed PNG; classes.json names the indices)
    /// and the boxes of bodies.
    #[arg(long)]
    masks: bool,
    /// Frames composed of the set's other frames: parts of two or more worlds of different processes, by random shapes.
    /// With --each 0 of those only that are in the set already.
    #[arg(long, value_name = "N", default_value_t = 0, requires = "masks")]
    compose: usize,
    /// Worlds that a composed frame has at most.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(2..=8))]
    parts: u8,
    /// Least warm-up of a scene, in ticks; each seed draws its own, up to three times as long.
    #[arg(long, default_value_t = 200)]
    warm_up: u64,
    /// Random seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Complete a set whose making was interrupted, with the same options: it becomes the set that it would have been.
    #[arg(long, conflicts_with = "compose")]
    resume: bool,
}

/// Renders the set. Ctrl-C keeps what is finished.
pub fn run(args: &Args) -> Outcome {
    if (args.each == 0 && args.compose == 0) || args.per_world == 0 || !(0.0..=0.9).contains(&args.test) {
        return Err(Failure::input(
            "expected --each (or --compose) and --per-world of at least 1, --test in 0..=0.9",
        ));
    }
    let fail =
        |e: crate::judge::JudgeError| if e.is_input() { Failure::input(e) } else { Failure::failed(e) };
    let mut writer = match args.masks {
        true => Writer::open_masked(&args.out, &classes()),
        false => Writer::open(&args.out),
    }
    .map_err(fail)?;
    let interrupt = Interrupt::install();
    let kinds = processes(args)?;
    let bar = progress((args.each * kinds.len()) as u64, "frames", "frames");
    let kept = if args.resume { KeptFrames::of(&args.out).map_err(fail)? } else { KeptFrames::default() };
    let before = if args.resume { 0 } else { writer.len() as u64 };
    let root = Rng::new(args.seed).named("dataset").fork(before);
    let (mut made, mut world) = (vec![0usize; kinds.len()], 0u64);
    while made.iter().any(|&n| n < args.each) && !interrupt.asked() {
        // Worlds are created in small batches, so that all processors have work and the order stays fixed.
        let herd: Vec<(usize, u64)> = (0..kinds.len())
            .filter(|&k| made[k] < args.each)
            .flat_map(|k| (0..4).map(move |i| (k, i)))
            .collect();
        let shots = |&(k, i): &(usize, u64)| {
            let rng = root.fork(world + i);
            let is_complete = kept.of_world(kinds[k].seed(rng)) >= args.per_world * args.looks as usize;
            if is_complete { Vec::new() } else { kinds[k].shots(rng, args) }
        };
        let frames: Vec<Vec<LabelledFrame>> = herd.par_iter().map(shots).collect();
        for ((k, i), shots) in herd.iter().zip(frames) {
            let old = kept.of_world(kinds[*k].seed(root.fork(world + i))).min(args.each - made[*k]);
            made[*k] += old;
            bar.inc(old as u64);
            let new = shots.into_iter().filter(|shot| !kept.has(&shot.origin));
            for shot in new.take(args.each - made[*k]) {
                match &shot.truth {
                    Some(truth) => writer.add_masked(&shot.picture, &shot.origin, truth),
                    None => writer.add(&shot.picture, &shot.origin),
                }
                .map_err(fail)?;
                made[*k] += 1;
                bar.inc(1);
            }
        }
        world += 4;
        if world > 40 * args.each as u64 {
            return Err(Failure::failed("too few worlds show a picture; the set is incomplete"));
        }
    }
    bar.finish_and_clear();
    if args.compose > 0 {
        let composition = Composition { count: args.compose, test: args.test, parts: args.parts as usize };
        composition.add(&mut writer, &args.out, root.named("compose"), &interrupt)?;
    }
    let what = if args.scene.is_empty() { "systems" } else { "scenes" };
    println!("{}: {} frames of {} {what}", args.out.display(), writer.len(), kinds.len());
    Ok(())
}

/// What frames are made from, and labelled with.
enum Process {
    /// A system with random knobs.
    System(&'static SystemKind),
    /// A scene as it is, under random seeds.
    Scene(Box<SceneGenerator>, String),
}

impl Process {
    /// Seed of the world at an address.
    fn seed(&self, rng: Rng) -> u64 {
        let name = match self {
            Self::System(kind) => kind.name,
            Self::Scene(rule, _) => rule.name(),
        };
        world_seed(rng.named(name))
    }

    fn shots(&self, rng: Rng, args: &Args) -> Vec<LabelledFrame> {
        match self {
            Self::System(kind) => {
                let split =
                    if rng.named(kind.name).unit64(98) < args.test { Split::Test } else { Split::Train };
                let looks = Looks { frames: args.per_world, looks: args.looks, split, seed: self.seed(rng) };
                shots(kind, rng.named(kind.name), &looks, |engine, frame| {
                    args.masks.then(|| truth(engine, frame, &classes()))
                })
            }
            Self::Scene(rule, text) => scene_shots(rule, text, rng, args),
        }
    }
}

fn processes(args: &Args) -> Result<Vec<Process>, Failure> {
    if args.scene.is_empty() {
        let is_wanted = |k: &&SystemKind| args.only.is_empty() || args.only.iter().any(|name| name == k.name);
        return Ok(rules().filter(is_wanted).map(Process::System).collect());
    }
    let one = |(word, name): (&String, &String)| {
        let (rule, text) = rule(word, name, &SizeOverrides::default())?;
        let settings = cut(word).1;
        let comment = if settings.is_empty() { String::new() } else { format!("# {settings}\n") };
        Ok(Process::Scene(Box::new(rule), comment + &text))
    };
    args.scene.iter().zip(&names(&args.scene)).map(one).collect()
}

/// Frames of a scene under a random seed, from a random tick on. None if its worlds cannot be created.
fn scene_shots(rule: &SceneGenerator, text: &str, rng: Rng, args: &Args) -> Vec<LabelledFrame> {
    const STRIDE: u64 = 40;
    let rng = rng.named(rule.name());
    let seed = world_seed(rng);
    let split = if rng.unit64(98) < args.test { Split::Test } else { Split::Train };
    let warm_up = args.warm_up + rng.below(1, 2 * args.warm_up + 1);
    let spec = SampleSpec { side: SIDE, channels: 3, frames: args.per_world, every: STRIDE, warm_up };
    let frames: Option<Vec<(Vec<u8>, Option<Truth>)>> = match args.masks {
        true => masked_frames(rule, seed, &spec),
        false => rule.sample(seed, &spec).ok().map(|c| c.frames.into_iter().map(|f| (f, None)).collect()),
    };
    let start = rule.warm_up(seed, &spec);
    let shot = |(i, (picture, truth)): (usize, (Vec<u8>, Option<Truth>))| {
        let origin = Origin {
            label: rule.name().into(),
            split,
            scene_hash: rule.scene().hash,
            seed,
            tick: start + i as u64 * STRIDE,
            scene: text.into(),
        };
        LabelledFrame { picture, origin, truth }
    };
    frames.unwrap_or_default().into_iter().enumerate().map(shot).collect()
}

/// Frames of a scene as [`SceneGenerator::sample`] gives them, and what is true of each. None if its worlds cannot be
/// created.
fn masked_frames(
    rule: &SceneGenerator,
    seed: u64,
    spec: &SampleSpec,
) -> Option<Vec<(Vec<u8>, Option<Truth>)>> {
    let (mut frames, mut frame, classes) = (Vec::new(), Frame::default(), classes());
    let look = |engine: &mut Engine| {
        engine.compose(&mut frame);
        let picture = fitted(&frame.rgba, (frame.width, frame.height), 4, spec);
        frames.push((picture, Some(truth(engine, &frame, &classes))));
    };
    rule.run(seed, spec, look).ok()?;
    Some(frames)
}

/// The classes of masks: every system, in the order of the manual.
fn classes() -> Vec<String> {
    SYSTEMS.iter().map(|k| k.name.into()).collect()
}

/// Seed of a world of a process, whose name the address has.
fn world_seed(rng: Rng) -> u64 {
    rng.bits(99) >> 1
}
