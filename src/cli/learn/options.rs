//! Options that all methods share.

use std::collections::BTreeMap;
use std::path::Path;

use super::args::Args;
use crate::cli::{Failure, Outcome};
use crate::learn::LearnError;
use crate::learn::checkpoint::{self, Interrupted, Task};
use crate::learn::file::File;
use crate::learn::training::TrainingConfig;
use crate::world::frame::write_atomic;
use crate::world::params::ParamSpec;

/// The checkpoint of these weights, if it is of this task.
pub fn resume(weights: &Path, task: &Task) -> Result<Interrupted, Failure> {
    let interrupted = Interrupted::load(&checkpoint::beside(weights))?;
    match task.differs(&interrupted.task) {
        None => Ok(interrupted),
        Some(what) => Err(Failure::input(format!(
            "{what} changed since the interruption; give the same data and options, or start again without --resume"
        ))),
    }
}

/// The training configuration: a method's own, with what the command line says.
pub fn plan(args: &Args, own: TrainingConfig) -> Result<TrainingConfig, Failure> {
    let plan = TrainingConfig {
        epochs: args.epochs.unwrap_or(own.epochs),
        batch: args.batch.unwrap_or(own.batch),
        rate: args.lr.unwrap_or(own.rate),
        clip: args.clip.unwrap_or(own.clip),
        patience: args.patience.unwrap_or(own.patience),
        validation: args.val.unwrap_or(own.validation),
        seed: args.seed,
    };
    let right =
        plan.epochs > 0 && plan.rate > 0.0 && plan.clip > 0.0 && (0.0..=0.9).contains(&plan.validation);
    match right {
        true => Ok(plan),
        false => {
            Err(Failure::input("expected --epochs of at least 1, --lr and --clip above 0, --val in 0..=0.9"))
        }
    }
}

/// Adds the settings of the command line to a method's own values.
pub fn settings(
    given: &[String],
    name: &str,
    specs: &[ParamSpec],
    mut all: BTreeMap<String, f64>,
) -> Result<BTreeMap<String, f64>, Failure> {
    for text in given {
        let known: Vec<&str> = specs.iter().map(|s| s.name).collect();
        let (setting, value) = text.split_once('=').unwrap_or((text, ""));
        let spec = specs.iter().find(|s| s.name == setting).ok_or_else(|| {
            Failure::input(format!("{name} has no setting `{setting}`; it has {}", known.join(", ")))
        })?;
        let value = spec.parse(value).ok_or_else(|| {
            Failure::input(format!("--set {setting}: expected {}, found `{value}`", spec.range_text()))
        })?;
        all.insert(setting.into(), value);
    }
    Ok(all)
}

/// Saves what was trained with its card, says so, and removes the checkpoint unless it was interrupted.
pub fn finish(file: Option<File>, args: &Args) -> Outcome {
    let out: &Path = &args.out;
    let again = format!("resume with the same command and --resume {}", out.display());
    let Some(mut file) = file else {
        println!("interrupted during the first epoch; {again}");
        return Ok(());
    };
    if args.half {
        file.weights = file.weights.halved();
    }
    file.save(out)?;
    let json = serde_json::to_string_pretty(&file.header).map_err(Failure::failed)?;
    write_atomic(&out.with_extension("json"), json.as_bytes()).map_err(Failure::failed)?;
    report(&file, out);
    let middle = checkpoint::beside(out);
    match file.header.card.interrupted {
        true => println!("interrupted; {again}"),
        false => std::fs::remove_file(&middle).map_err(|e| LearnError::io("write", &middle, e))?,
    }
    Ok(())
}

fn report(file: &File, out: &Path) {
    let card = &file.header.card;
    let [done, kept] = card.epochs;
    let loss = card.validation_loss.map_or(String::new(), |l| format!(", validation loss {l:.5}"));
    println!("{} weights; {done} epochs, epoch {kept} kept{loss}", file.weights.count());
    println!("{:.0} s, {} pictures seen", card.seconds[0], card.seen);
    println!(
        "weights: {}\ncard:    {}\nsamples: {}",
        out.display(),
        out.with_extension("json").display(),
        out.with_extension("png").display()
    );
}
