//! `untrained backbones DATA`: every backbone of the judge trained on equal budgets, as a page.

use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, RangedU64ValueParser};

use super::command_line::command_line;
use super::probe::writable;
use super::{Failure, Outcome};
use crate::bench::backbones::{self, BackbonesReport, BackbonesSetup, check, limited};
use crate::bench::runs::Watch;
use crate::data::reader;
use crate::judge::backbone::names;
use crate::judge::training_config::TrainingConfig;
use crate::output::{Interrupt, progress};
use crate::world::frame::write_atomic;

/// Arguments of `backbones`.
#[derive(clap::Args)]
pub struct Args {
    /// Folders of frames (`untrained dataset`), of images (`<split>/<class>/…`), or of IDX files. Several are combined.
    #[arg(required = true)]
    data: Vec<PathBuf>,
    /// Output folder: index.html, backbones.json, and in `runs` the weights of every training. What is finished there, with
    /// the same data and options, is not trained again.
    #[arg(long, value_name = "DIR", default_value = "backbones")]
    out: PathBuf,
    /// Backbones to compare; without it all.
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', value_parser = PossibleValuesParser::new(names()))]
    backbone: Vec<String>,
    /// Epochs of each training: the budget. No training stops early.
    #[arg(long, default_value_t = 8)]
    epochs: usize,
    /// Training pictures at most, and as many test pictures, chosen at random.
    #[arg(long, value_name = "N", default_value_t = 4000, value_parser = RangedU64ValueParser::<usize>::new().range(20..))]
    pictures: usize,
    /// Number of seeds; intervals need three.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=1000))]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Batch size.
    #[arg(long, default_value_t = 64)]
    batch: usize,
    /// Peak learning rate of AdamW, the same for all.
    #[arg(long, default_value_t = 0.004)]
    lr: f64,
    /// Validation split: fraction of the training pictures, used to choose the epoch and for calibration.
    #[arg(long, default_value_t = 0.1)]
    val: f64,
    #[command(flatten)]
    over: super::reading::ReadOverrides,
}

/// Trains all, and writes the page. Ctrl-C keeps every finished training, and the page has those.
///
/// # Errors
/// The data or options cannot be used (code 2); the folder cannot be written (code 1).
pub fn run(args: &Args) -> Outcome {
    let setup = setup(args)?;
    writable(&args.out.join("index.html"))?;
    let data = limited(reader::read_all(&args.data, None, &args.over.learning())?, args.pictures, args.seed);
    data.notes.iter().for_each(|note| eprintln!("{note}"));
    for name in &setup.backbones {
        check(&data, name).map_err(Failure::input)?;
    }
    let runs = args.out.join("runs");
    std::fs::create_dir_all(&runs)
        .map_err(|e| Failure::failed(format!("cannot create {}: {e}", runs.display())))?;
    let interrupt = Interrupt::install();
    let bar = progress(setup.steps(data.train.len()), "backbones", "steps");
    let (stop, step) = (
        || interrupt.asked(),
        |name: &str| {
            bar.set_message(name.to_string());
            bar.inc(1);
        },
    );
    let watch = Watch { stop: &stop, step: &step, ..Watch::SILENT };
    let mut found = Vec::new();
    // Seed by seed, so that after an interruption there is something of all.
    let each = (0..setup.seeds).flat_map(|seed| setup.backbones.iter().map(move |name| (name, seed)));
    for (name, seed) in each {
        let Some(one) = backbones::run(&data, &setup, (name, seed), &runs, watch)? else { break };
        let line = format!(
            "{name}, seed {}: {:.2} % right, {:.0} CPU s",
            one.seed,
            100.0 * one.accuracy,
            one.seconds
        );
        bar.suspend(|| println!("{line}"));
        found.push(one);
    }
    bar.finish_and_clear();
    if interrupt.asked() {
        println!("interrupted; the same command goes on");
    }
    write(&BackbonesReport::of(&data, setup, found), &args.out)
}

fn setup(args: &Args) -> Result<BackbonesSetup, Failure> {
    let (epochs, batch, rate, seed) = (args.epochs, args.batch, args.lr, args.seed);
    let plan =
        TrainingConfig { epochs, batch, rate, seed, patience: usize::MAX, ..TrainingConfig::default() };
    plan.check().map_err(|e| Failure::input(format!("--{e}")))?;
    if !(0.01..=0.9).contains(&args.val) {
        return Err(Failure::input(format!("--val: expected 0.01 to 0.9, found {}", args.val)));
    }
    let all = || names().map(String::from).collect();
    let backbones = if args.backbone.is_empty() { all() } else { args.backbone.clone() };
    Ok(BackbonesSetup { backbones, plan, validation: args.val, seeds: args.seeds })
}

fn write(report: &BackbonesReport, out: &Path) -> Outcome {
    let put =
        |name: &str, text: String| write_atomic(&out.join(name), text.as_bytes()).map_err(Failure::failed);
    put("backbones.json", serde_json::to_string_pretty(&report.json()).map_err(Failure::failed)? + "\n")?;
    put("index.html", report.html(&command_line()))?;
    report.sentences().iter().for_each(|s| println!("{s}"));
    println!("{}", out.join("index.html").display());
    Ok(())
}
