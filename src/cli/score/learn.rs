//! `untrained score learn TABLE`.

use std::path::{Path, PathBuf};

use crate::cli::probe::writable;
use crate::cli::reading::{ReadOverrides, judge, report_notes};
use crate::cli::{Failure, Outcome};
use crate::data::scores::{self, ScoreColumns};
use crate::judge::score::head::ScoreCard;
use crate::judge::score::learn::{ScoreConfig, learn};

/// Arguments of `score learn`.
#[derive(clap::Args)]
pub struct Args {
    /// CSV (comma, semicolon or tab) with a file and a score a line, or AVA's list of votes. Several scores of a picture
    /// are averaged.
    table: PathBuf,
    /// Folder of the pictures; that of the table if not given.
    #[arg(long, value_name = "DIR")]
    pictures: Option<PathBuf>,
    /// Column of the files: its name, or its number from 1; guessed by the names in the header if not given.
    #[arg(long, value_name = "COLUMN")]
    file_column: Option<String>,
    /// Column of the scores.
    #[arg(long, value_name = "COLUMN")]
    score_column: Option<String>,
    /// The judge whose embedding is scored; the shipped one if not given.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// The scorer to write.
    #[arg(long, value_name = "FILE", default_value = "score.json")]
    out: PathBuf,
    /// Share of the pictures that is held out to measure the scorer.
    #[arg(long, value_name = "SHARE", default_value_t = 0.2)]
    held: f64,
    /// Parts of the other pictures in cross-validation, which chooses the penalty.
    #[arg(long, default_value_t = 5)]
    folds: usize,
    /// Random seed of both.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    over: ReadOverrides,
}

/// Learns, measures and saves.
///
/// # Errors
/// The options, the table or its pictures are invalid (code 2); the scorer cannot be written (code 1).
pub fn run(args: &Args) -> Outcome {
    if !(0.05..=0.9).contains(&args.held) || !(2..=100).contains(&args.folds) {
        return Err(Failure::input("expected --held in 0.05..=0.9 and --folds in 2..=100"));
    }
    writable(&args.out)?;
    let judge = judge(args.model.as_deref())?;
    let own = args.table.parent().unwrap_or(Path::new("."));
    let folder =
        args.pictures.as_deref().unwrap_or(if own.as_os_str().is_empty() { Path::new(".") } else { own });
    let columns = ScoreColumns { file: args.file_column.clone(), score: args.score_column.clone() };
    let side = judge.header.architecture.side;
    let table = scores::read(&args.table, folder, &columns, side, &args.over.learning())?;
    report_notes(&args.table.display().to_string(), &table.notes);
    let config = ScoreConfig { held: args.held, folds: args.folds, seed: args.seed };
    let head = learn(&table, &args.table, &judge, &config)?;
    head.save(&args.out)?;
    report(&head.card, head.ridge.penalty);
    println!("scorer: {}", args.out.display());
    Ok(())
}

fn report(card: &ScoreCard, penalty: f64) {
    let [learned, held] = card.pictures;
    let [least, mean, most] = card.scores;
    println!(
        "learned from {learned} pictures with scores of {least:.3} to {most:.3}, mean {mean:.3}; penalty {penalty:.3e}"
    );
    println!("on {held} pictures held out, with 95 % intervals:");
    for (name, c) in [("Pearson", card.pearson), ("Spearman", card.spearman)] {
        println!("  {name:<9} {:.3}  [{:.3}, {:.3}]", c.value, c.interval[0], c.interval[1]);
    }
    let [error, of_mean] = card.error;
    println!("  root mean square error {error:.3}; always saying the mean, {of_mean:.3}");
}
