//! `untrained classify FILE…`: pictures classified by the judge.

use std::path::{Path, PathBuf};

use super::Outcome;
use crate::data::picture;
use crate::data::reduce::resized;
use crate::judge::{Judge, JudgeError};

/// Arguments of `classify`.
#[derive(clap::Args)]
pub struct Args {
    /// Picture files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Weights; the shipped judge if not given.
    #[arg(long)]
    model: Option<PathBuf>,
    /// How many classes to print.
    #[arg(long, default_value_t = 3)]
    top: usize,
    /// One JSON object per line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    over: super::reading::ReadOverrides,
}

/// Prints the likeliest classes of each file. All files are tried; the first failure decides the exit code.
pub fn run(args: &Args) -> Outcome {
    let mut judge = judge(args.model.as_deref())?;
    let mut failure = None;
    for file in &args.files {
        match picture(file, &judge, args.over.background()) {
            Ok(picture) => {
                let verdict = judge.classify_reduced(&picture, 0);
                let ranking = verdict.ranking();
                let top = &ranking[..args.top.clamp(1, ranking.len())];
                let path = file.display();
                if args.json {
                    let top: serde_json::Map<String, serde_json::Value> =
                        top.iter().map(|(n, p)| (n.to_string(), (*p).into())).collect();
                    println!(
                        "{}",
                        serde_json::json!({"file": path.to_string(), "unsure": verdict.unsure, "top": top})
                    );
                } else {
                    let names: Vec<String> =
                        top.iter().map(|(n, p)| format!("{n} {:.1} %", 100.0 * p)).collect();
                    println!("{path}: {}{}", if verdict.unsure { "unsure; " } else { "" }, names.join(", "));
                }
            }
            Err(e) => {
                eprintln!("{e}");
                failure.get_or_insert(super::Failure::from(e));
            }
        }
    }
    match failure {
        Some(f) if args.files.len() == 1 => {
            Err(super::Failure { code: f.code, report: miette::Report::msg("nothing was classified") })
        }
        Some(f) => Err(super::Failure {
            code: f.code,
            report: miette::Report::msg("some files could not be classified"),
        }),
        None => Ok(()),
    }
}

/// The judge of a file, or the shipped one.
pub fn judge(file: Option<&Path>) -> Result<Judge, JudgeError> {
    file.map_or_else(Judge::shipped, Judge::load)
}

/// A file as the judge's input, in its size and colours.
pub fn picture(file: &Path, judge: &Judge, background: [u8; 3]) -> Result<Vec<u8>, JudgeError> {
    let shape = &judge.header.architecture;
    let coloured = picture::seen(file, shape.side, background)?;
    Ok(resized(&coloured, (shape.side, 3), (shape.side, shape.channels)))
}
