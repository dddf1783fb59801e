//! Learned worlds, trained recursively on their own roll-outs.

use rayon::prelude::*;

use super::args::Args;
use super::lines;
use super::page::Page;
use super::recipe::{Declared, recipes};
use super::runs::{SHARED, each, experiment};
use crate::bench::collapse::Regime;
use crate::bench::collapse::experiment::{Experiment, Subject, WorldReference, Worlds};
use crate::bench::collapse::worlds::{HeldOut, RecursiveWorld, WorldOrigin};
use crate::bench::generator::GeneratorError;
use crate::bench::metrics::MetricError;
use crate::bench::metrics::motion::Rollout;
use crate::bench::rollout::SceneRollout;
use crate::cli::{Failure, Outcome};
use crate::learn::LearnError;
use crate::learn::dynamics::method::DynamicsMethod;
use crate::learn::dynamics::{Trajectories, Trajectory, methods};
use crate::learn::training::TrainingConfig;
use crate::output::{Interrupt, progress};

/// The first seed of the worlds that generations are measured with; training counts up from its own.
const HELD_OUT: u64 = 1_000_001;

/// Runs every method under every regime from every seed.
///
/// # Errors
/// No such scene, invalid settings, or a folder of another experiment (code 2); a training fails (code 1).
pub fn run(args: &Args, regimes: &[Regime]) -> Outcome {
    let interrupt = Interrupt::install();
    let recipes = recipes(args, declared(&args.methods)?)?;
    let histories = recipes.values().filter_map(|r| r.settings.get("history"));
    let history = histories.fold(1, |most, h| most.max(*h as usize));
    let recording = Recording::of(args, history)?;
    let now = Experiment { methods: recipes, ..experiment(args, recording.subject(args)) };
    let now = Experiment { references: recording.references()?, ..now };
    let Some(experiment) = now.begin(&args.out, &|| interrupt.asked())? else { return Ok(()) };
    let page = Page::of(&args.out, &experiment);
    let origin = WorldOrigin { worlds: &recording.origin, held_out: &recording.held_out, out: &args.out };
    for r in &experiment.references {
        lines::world(&r.name, &r.metrics);
    }
    each(args, regimes, &page, &mut |chain| {
        let method = methods::find(&chain.method).map_err(LearnError::Failed)?;
        let name = chain.name();
        chain.finished(&args.out).iter().for_each(|r| lines::world(&name, r));
        let recipe = &experiment.methods[method.name];
        let mut run = RecursiveWorld::new(chain.clone(), (method, recipe), &origin);
        run.run(args.generations, &|| interrupt.asked(), &mut |r| lines::world(&name, r))
    })
}

/// The methods of these names, each of which can be trained here. All worlds are trained on: none are held out to choose
/// an epoch.
fn declared(names: &[String]) -> Result<Vec<Declared>, Failure> {
    let found = |name: &String| -> Result<&'static DynamicsMethod, String> {
        let method = methods::find(name)?;
        method.trainer().map(|_| method)
    };
    let one = |name: &String| {
        let m = found(name).map_err(Failure::input)?;
        let plan = TrainingConfig { validation: 0.0, ..m.plan };
        Ok(Declared { name: m.name, specs: m.settings, values: m.values(&[]), plan })
    };
    names.iter().map(one).collect()
}

/// What was recorded of the scene.
struct Recording {
    /// The scene, for the worlds held out.
    scene: SceneRollout,
    origin: Trajectories,
    held_out: HeldOut,
    /// Hash of the worlds held out.
    hash: u64,
    horizon: usize,
}

impl Recording {
    fn of(args: &Args, history: usize) -> Result<Self, Failure> {
        let w = &args.worlds;
        let word = w.world.as_ref();
        let word = word
            .ok_or_else(|| Failure::input("expected --world: the scene that the first generation learns"))?;
        let horizon = w.held_frames.unwrap_or(w.recorded.frames);
        let first = w.recorded.scene(word, w.recorded.frames)?;
        let scene = w.recorded.scene(word, history + horizon)?;
        let bar = progress(w.recorded.worlds + w.held_worlds as u64, "recording", "");
        let origin = first.worlds(SHARED..SHARED + w.recorded.worlds, &|| bar.inc(1))?;
        let held = scene.worlds(HELD_OUT..HELD_OUT + w.held_worlds as u64, &|| bar.inc(1))?;
        bar.finish_and_clear();
        let hash = held.hash();
        let held_out = HeldOut::new(scene.spec(), held.worlds, history).map_err(Failure::input)?;
        Ok(Self { scene, origin, held_out, hash, horizon })
    }

    fn subject(&self, args: &Args) -> Subject {
        let recorded = &args.worlds.recorded;
        Subject::Worlds(Worlds {
            spec: self.origin.spec.clone(),
            warm_up: recorded.warm_up,
            worlds: self.origin.worlds.len(),
            frames: recorded.frames,
            hash: format!("{:016x}", self.origin.hash()),
            held_out: self.held_out.worlds().len(),
            horizon: self.horizon,
            held_out_hash: format!("{:016x}", self.hash),
        })
    }

    /// The rule from other seeds and from a touched start, and persistence.
    fn references(&self) -> Result<Vec<WorldReference>, Failure> {
        let held = &self.held_out;
        let beyond = HELD_OUT + held.worlds().len() as u64;
        let others = self.scene.worlds(beyond..beyond + held.worlds().len() as u64, &|| ())?.worlds;
        let touched: Result<Vec<Trajectory>, GeneratorError> =
            held.worlds().par_iter().map(|w| self.scene.perturbed(w.seed)).collect();
        let measured = |name: &str, about: &str, made: Result<Vec<Rollout>, MetricError>| {
            let metrics = made.and_then(|made| held.measure(&made)).map_err(Failure::failed)?;
            Ok::<_, Failure>(WorldReference { name: name.into(), about: about.into(), metrics })
        };
        Ok(vec![
            measured(
                "the rule, other seeds",
                "The rule's own roll-outs from other seeds: the floor of what does not depend on the start.",
                held.recorded(&others),
            )?,
            measured(
                "the rule, start touched",
                "The rule, touched by a short stroke of one cell's width after its first frame: as far as chaos lets any forecast reach.",
                held.recorded(&touched?),
            )?,
            measured("persistence", "The first frame for ever: the ceiling.", Ok(held.persistence()))?,
        ])
    }
}
