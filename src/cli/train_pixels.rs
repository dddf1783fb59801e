//! `untrained train --task segment|detect`: a network that says something of every pixel.

use std::collections::BTreeMap;
use std::path::Path;

use super::evaluate::tested;
use super::learn::options::{resume, settings};
use super::learn::progress::TrainingProgress;
use super::probe::writable;
use super::train_args::Args;
use super::{Failure, Outcome};
use crate::bench::masks::composed::{Pair, composed_study, sentences};
use crate::bench::masks::pictures::sheet;
use crate::data::masked::{self, MaskedFrame, MaskedSet};
use crate::learn::file::File;
use crate::learn::pixelwise::inference::PixelNetwork;
use crate::learn::pixelwise::pipeline::{task, train_pixelwise};
use crate::learn::pixelwise::{Settings, Task};
use crate::learn::training::TrainingConfig;
use crate::learn::{LearnError, checkpoint};
use crate::output::Interrupt;
use crate::world::frame::write_atomic;
use crate::world::params::Params as _;

/// Frames of the contact sheet.
const DRAWN: usize = 24;

/// Trains, evaluates on the test split and saves. Ctrl-C keeps the best epoch so far, and a checkpoint.
pub fn run(args: &Args, which: Task) -> Outcome {
    let plan = plan(args)?;
    writable(&args.out)?;
    let values = settings(&args.settings, which.name(), Settings::SPECS, Task::settings())?;
    let interrupt = Interrupt::install();
    let set = masked::read(&args.data)?;
    if let (Some(pairs), Task::Segment) = (args.composed_study, which) {
        return study(&set, &values, plan, pairs, &interrupt, &args.out);
    }
    let work = task(which, &set, values, plan)?;
    println!(
        "{}: {} training and {} test frames of {} classes",
        set.name,
        set.train.len(),
        set.test.len(),
        work.header.classes.len()
    );
    let middle = checkpoint::beside(&args.out);
    let from = args.resume.as_deref().map(|w| resume(w, &work)).transpose()?;
    let from = from.map(|i| (i, middle.as_path()));
    let shown = MaskedSet { test: some(&set.test), ..set.clone() };
    let draw = |file: &File| drawn(file, &shown, &args.out);
    let mut bar = TrainingProgress::new(&args.out, &work, &draw);
    let file = train_pixelwise(which, &set, &work, from, &|| interrupt.asked(), &mut bar)?;
    bar.bar.finish_and_clear();
    finish(file, &set, &args.out)
}

/// Trains pairs of networks, and says what differs.
fn study(
    set: &MaskedSet,
    settings: &BTreeMap<String, f64>,
    plan: TrainingConfig,
    pairs: u64,
    interrupt: &Interrupt,
    out: &Path,
) -> Outcome {
    let mut told =
        |pair: &Pair| println!("seed {}: {:.3?} without, {:.3?} with", pair.seed, pair.without, pair.with);
    let pairs = composed_study(set, settings, plan, pairs, &|| interrupt.asked(), &mut told)?;
    sentences(&pairs).iter().for_each(|s| println!("{s}"));
    let mut table = String::from("seed,composed,named,iou_plain,iou_composed\n");
    for pair in &pairs {
        for (composed, [named, plain, both]) in [(0, pair.without), (1, pair.with)] {
            table += &format!("{},{composed},{named},{plain},{both}\n", pair.seed);
        }
    }
    write_atomic(out, table.as_bytes()).map_err(Failure::failed)
}

fn plan(args: &Args) -> Result<TrainingConfig, Failure> {
    let right = args.epochs > 0
        && args.batch > 0
        && (0.01..=0.9).contains(&args.val)
        && args.lr.is_none_or(|lr| lr > 0.0);
    if !right {
        let message = "expected --epochs and --batch of at least 1, --val in 0.01..=0.9, --lr above 0";
        return Err(Failure::input(message));
    }
    Ok(TrainingConfig {
        epochs: args.epochs,
        batch: args.batch,
        rate: args.lr.unwrap_or(0.004),
        clip: 1.0,
        patience: args.patience,
        validation: args.val,
        seed: args.seed,
    })
}

/// Some frames, composed ones first.
fn some(frames: &[MaskedFrame]) -> Vec<MaskedFrame> {
    let mut all: Vec<&MaskedFrame> = frames.iter().collect();
    all.sort_by_key(|f| !f.is_composed);
    let composed = all.iter().filter(|f| f.is_composed).count();
    let step = (if composed > 0 { composed } else { all.len() }).div_ceil(DRAWN).max(1);
    all.into_iter().step_by(step).take(DRAWN).cloned().collect()
}

/// Frames beside what the network makes of them, as PNG.
fn drawn(file: &File, set: &MaskedSet, path: &Path) -> Result<Vec<u8>, LearnError> {
    let all = tested(&PixelNetwork::open(file, path)?, set, path)?;
    let places: Vec<usize> = (0..all.frames.len()).collect();
    sheet(&all, &places, 4).png().map_err(|e| LearnError::Failed(e.to_string()))
}

/// Saves what was trained with its card, says how good it is, and removes the checkpoint unless it was interrupted.
fn finish(file: Option<File>, set: &MaskedSet, out: &Path) -> Outcome {
    let again = format!("resume with the same command and --resume {}", out.display());
    let Some(file) = file else {
        println!("interrupted during the first epoch; {again}");
        return Ok(());
    };
    file.save(out)?;
    let card = &file.header.card;
    let all = tested(&PixelNetwork::open(&file, out)?, set, out)?;
    let json = serde_json::json!({ "model": file.header, "test": all.json() });
    let text = serde_json::to_string_pretty(&json).map_err(Failure::failed)?;
    write_atomic(&out.with_extension("json"), text.as_bytes()).map_err(Failure::failed)?;
    let loss = card.validation_loss.map_or(String::new(), |l| format!(", validation loss {l:.4}"));
    println!(
        "{} weights; {} epochs, epoch {} kept{loss}",
        file.weights.count(),
        card.epochs[0],
        card.epochs[1]
    );
    all.sentences().iter().for_each(|s| println!("{s}"));
    println!("{:.0} s, {:.0} processor seconds, {} frames seen", card.seconds[0], card.seconds[1], card.seen);
    println!("weights: {}\ncard:    {}", out.display(), out.with_extension("json").display());
    let middle = checkpoint::beside(out);
    match card.interrupted {
        true => println!("interrupted; {again}"),
        false => std::fs::remove_file(&middle).map_err(|e| LearnError::io("write", &middle, e))?,
    }
    Ok(())
}
