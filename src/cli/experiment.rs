//! `untrained experiment NAME`: how learning goes wrong, as a page.

use std::path::PathBuf;

use super::command_line::command_line;
use super::probe::writable;
use super::{Failure, Outcome};
use crate::bench::backbones::limited;
use crate::bench::experiments::{EXPERIMENTS, Reads, Setup, find, page};
use crate::bench::runs::Watch;
use crate::data::{DataError, reader};
use crate::output::{Interrupt, progress};
use crate::world::frame::write_atomic;
use crate::world::limits;

/// Arguments of `experiment`.
#[derive(clap::Args)]
pub struct Args {
    /// The experiment, or `list`.
    name: String,
    /// Pictures, as `train` reads them; for `language` a file of text. Without any, glyphs that the program draws, or its
    /// manual.
    data: Vec<PathBuf>,
    /// Output folder: index.html, experiment.json, and in `runs` every finished training, which is not run again. Without
    /// it `experiments/NAME`.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Number of seeds; intervals need three.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=1000))]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(0..=1_000_000_000))]
    seed: u64,
    /// Training pictures of each training; without it the experiment's own number.
    #[arg(long, value_name = "N", value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(20..=10_000_000))]
    pictures: Option<usize>,
    /// Epochs of each training; without it the experiment's own number.
    #[arg(long, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=1_000_000))]
    epochs: Option<usize>,
    #[command(flatten)]
    over: super::reading::ReadOverrides,
}

/// The text of a file, or that of the manual.
fn text(files: &[PathBuf]) -> Result<String, Failure> {
    match files {
        [] => Ok(super::docs::all()),
        [file] => {
            let bytes = limits::read(file, limits::WEIGHTS).map_err(|e| DataError::io("read", file, e))?;
            String::from_utf8(bytes)
                .map_err(|e| DataError::input(file, format!("expected a text in UTF-8: {e}")).into())
        }
        more => Err(Failure::input(format!("expected one file of text, found {}", more.len()))),
    }
}

/// Runs the experiment and writes the page. Ctrl-C keeps every finished training, and the page has those.
///
/// # Errors
/// No such experiment, or data that cannot be used (code 2); the folder cannot be written (code 1).
pub fn run(args: &Args) -> Outcome {
    if args.name == "list" {
        EXPERIMENTS.iter().for_each(|e| println!("{:<15} {}", e.name, e.about));
        return Ok(());
    }
    let experiment = find(&args.name).map_err(Failure::input)?;
    let out = args.out.clone().unwrap_or_else(|| PathBuf::from("experiments").join(experiment.name));
    let text = (experiment.reads == Reads::Text).then(|| text(&args.data)).transpose()?;
    let data = match args.data.is_empty() || text.is_some() {
        true => None,
        false => {
            Some(limited(reader::read_all(&args.data, None, &args.over.learning())?, usize::MAX, args.seed))
        }
    };
    data.iter().flat_map(|d| &d.notes).for_each(|note| eprintln!("{note}"));
    writable(&out.join("index.html"))?;
    let Args { seeds, seed, pictures, epochs, .. } = *args;
    let setup = Setup { data, text, seeds, seed, pictures, epochs, folder: out.join("runs") };
    let interrupt = Interrupt::install();
    let bar = progress(0, experiment.name, "steps");
    let (stop, plan) = (|| interrupt.asked(), |steps: u64| bar.set_length(steps));
    let step = |name: &str| {
        bar.set_message(name.to_string());
        bar.inc(1);
    };
    let found = (experiment.run)(&setup, Watch { stop: &stop, plan: &plan, step: &step })?;
    bar.finish_and_clear();
    let again = "interrupted; what is finished is kept, and the same command goes on";
    let Some(found) = found else {
        println!("{again}");
        return Ok(());
    };
    let put =
        |name: &str, text: String| write_atomic(&out.join(name), text.as_bytes()).map_err(Failure::failed);
    let json = serde_json::json!({ "experiment": experiment.name, "command": command_line(), "data": setup.named(),
        "said": found.said, "cpu_seconds": found.seconds, "results": found.json });
    put("experiment.json", serde_json::to_string_pretty(&json).map_err(Failure::failed)? + "\n")?;
    put("index.html", page(experiment, &found, &setup, !interrupt.asked(), &command_line()))?;
    found.said.iter().for_each(|s| println!("{s}"));
    if interrupt.asked() {
        println!("{again}");
    }
    println!("{}", out.join("index.html").display());
    Ok(())
}
