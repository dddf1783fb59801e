//! `untrained score pictures SCORER FILE…`.

use std::path::PathBuf;

use crate::cli::reading::{ReadOverrides, judge};
use crate::cli::{Failure, Outcome};
use crate::data::picture;
use crate::data::reduce::resized;
use crate::judge::augment::plain;
use crate::judge::score::head::ScoreHead;

/// Arguments of `score pictures`.
#[derive(clap::Args)]
pub struct Args {
    /// The scorer (`untrained score learn`).
    scorer: PathBuf,
    /// Picture files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The judge whose embedding it reads; the shipped one if not given.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// One JSON object per line, in the order given.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    over: ReadOverrides,
}

/// Prints the score of each file. All files are tried.
///
/// # Errors
/// The scorer does not fit the judge, or a file cannot be read (code 2).
pub fn run(args: &Args) -> Outcome {
    let judge = judge(args.model.as_deref())?;
    let head = ScoreHead::load(&args.scorer, &judge)?;
    let shape = &judge.header.architecture;
    let mut workspace = judge.classifier().workspace();
    let (mut scores, mut failed) = (Vec::new(), 0);
    for file in &args.files {
        match picture::seen(file, shape.side, args.over.background()) {
            Ok(coloured) => {
                let pixels = resized(&coloured, (shape.side, 3), (shape.side, shape.channels));
                let (_, embedding) = judge.classifier().forward(&plain(&pixels), &mut workspace);
                scores.push((head.score(&embedding), file));
            }
            Err(e) => {
                eprintln!("{e}");
                failed += 1;
            }
        }
    }
    if !args.json {
        scores.sort_by(|a, b| b.0.total_cmp(&a.0));
    }
    for (score, file) in scores {
        let path = file.display().to_string();
        match args.json {
            true => println!("{}", serde_json::json!({ "file": path, "score": score })),
            false => println!("{score:8.3}  {path}"),
        }
    }
    match failed {
        0 => Ok(()),
        n => Err(Failure::input(format!("{n} of {} files could not be scored", args.files.len()))),
    }
}
