//! Training a world on the frames of a scene.

use super::args::Args;
use super::options::{finish, plan, resume, settings};
use super::progress::TrainingProgress;
use crate::bench::rollout::SceneRollout;
use crate::cli::probe::writable;
use crate::cli::{Failure, Outcome};
use crate::learn::checkpoint;
use crate::learn::dynamics::method::DynamicsMethod;
use crate::learn::dynamics::pipeline::{task, train_world};
use crate::learn::dynamics::strip::strip;
use crate::learn::file::File;
use crate::output::{Interrupt, progress};

/// Records, trains and saves.
///
/// # Errors
/// Invalid options or no scene (code 2), or the training fails (code 1).
pub fn train(args: &Args, method: &DynamicsMethod) -> Outcome {
    let plan = plan(args, method.plan)?;
    let settings = settings(&args.settings, method.name, method.settings, method.values(&[]))?;
    writable(&args.out)?;
    let rollout = recorded(args)?;
    let interrupt = Interrupt::install();
    let bar = progress(args.world.worlds, "recording", "");
    let data = rollout.worlds(args.seed..args.seed + args.world.worlds, &|| bar.inc(1))?;
    bar.finish_and_clear();
    let spec = rollout.spec();
    println!(
        "{}: {} frames of {} worlds, {}×{}, state {}",
        spec.scene,
        data.frames(),
        data.worlds.len(),
        spec.width,
        spec.height,
        spec.state.join(", ")
    );
    let task = task(method, &data, settings, plan);
    let middle = checkpoint::beside(&args.out);
    let from = args.resume.as_deref().map(|w| resume(w, &task)).transpose()?;
    let from = from.map(|i| (i, middle.as_path()));
    let shown = data.worlds[data.worlds.len() - 1].clone();
    let draw = |file: &File| strip(&*file.open_world(&args.out)?, &shown);
    let mut bar = TrainingProgress::new(&args.out, &task, &draw);
    let file = train_world(method, data, &task, from, &|| interrupt.asked(), &mut bar)?;
    bar.bar.finish_and_clear();
    let said = file.as_ref().map(|f| match args.half {
        true => (method.report)(&f.header, &f.weights.halved()),
        false => (method.report)(&f.header, &f.weights),
    });
    finish(file, args)?;
    said.into_iter().flatten().for_each(|line| println!("{line}"));
    Ok(())
}

fn recorded(args: &Args) -> Result<SceneRollout, Failure> {
    let word = match &args.data[..] {
        [one] => one.to_string_lossy().into_owned(),
        all => return Err(Failure::input(format!("expected one scene to learn from, found {}", all.len()))),
    };
    if args.seed.checked_add(args.world.worlds).is_none() {
        return Err(Failure::input("--seed: too large; the seeds of all worlds are counted up from it"));
    }
    args.world.scene(&word, args.world.frames)
}
