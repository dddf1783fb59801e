//! Distilling a diffusion into one that samples in fewer steps.

use super::args::Args;
use super::options::{finish, plan, resume, settings};
use super::pictures::samples;
use super::progress::TrainingProgress;
use crate::cli::probe::writable;
use crate::cli::{Failure, Outcome};
use crate::learn::diffusion::distil::{DEFAULTS, NAME, Settings, distil, steps, task};
use crate::learn::file::File;
use crate::learn::{LearnError, checkpoint};
use crate::output::{Interrupt, progress};
use crate::world::params::Params as _;

/// Samples the teacher, trains and saves.
///
/// # Errors
/// Invalid options or no diffusion (code 2), or the training fails (code 1).
pub fn train(args: &Args) -> Outcome {
    let plan = plan(args, DEFAULTS)?;
    let own = Settings::SPECS.iter().map(|s| (s.name.to_string(), s.default)).collect();
    let settings = settings(&args.settings, NAME, Settings::SPECS, own)?;
    let path = match &args.data[..] {
        [one] => one,
        all => {
            let found = all.len();
            return Err(Failure::input(format!(
                "expected one file to distil, of a diffusion, found {found}"
            )));
        }
    };
    let teacher = File::load(path)?;
    teacher.open(path)?;
    let task = task(&teacher, &settings, plan).map_err(|e| LearnError::input(path, e.to_string()))?;
    writable(&args.out)?;
    let middle = checkpoint::beside(&args.out);
    let from = args.resume.as_deref().map(|w| resume(w, &task)).transpose()?;
    let from = from.map(|i| (i, middle.as_path()));
    let interrupt = Interrupt::install();
    let ([from_steps, to], shape) = (steps(&teacher, &task), teacher.header.shape());
    println!("{}: {side}×{side}, {from_steps} steps, to be taken in {to}", path.display(), side = shape.side);
    let draw = |file: &File| samples(file, args);
    let mut shown = TrainingProgress::new(&args.out, &task, &draw);
    let sampling = progress(settings.get("trajectories").map_or(0, |n| *n as u64), "sampling", "");
    let file = distil(&teacher, &task, from, &|| interrupt.asked(), &|| sampling.inc(1), &mut shown)?;
    sampling.finish_and_clear();
    shown.bar.finish_and_clear();
    if file.is_none() && !middle.exists() {
        println!("interrupted while the teacher was sampled: there is nothing to resume");
        return Ok(());
    }
    finish(file, args)
}
