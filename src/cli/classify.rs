//! `untrained classify FILE…`: pictures classified by the judge.

use std::path::{Path, PathBuf};

use super::Outcome;
use super::reading::{judge, label_tree};
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
    /// Tree of the judge's classes (as for `train`): prints the way down it along the likeliest groups, too.
    #[arg(long, value_name = "FILE")]
    tree: Option<PathBuf>,
    /// One JSON object per line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    over: super::reading::ReadOverrides,
}

/// Prints the likeliest classes of each file. All files are tried; the first failure decides the exit code.
pub fn run(args: &Args) -> Outcome {
    let mut judge = judge(args.model.as_deref())?;
    let tree = args.tree.as_deref().map(|file| label_tree(file, &judge.header.classes)).transpose()?;
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
                    let mut line =
                        serde_json::json!({"file": path.to_string(), "unsure": verdict.unsure, "top": top});
                    if let Some(tree) = &tree {
                        line["tree"] = serde_json::json!(tree.likeliest(&verdict.probabilities));
                    }
                    println!("{line}");
                } else {
                    let names: Vec<String> =
                        top.iter().map(|(n, p)| format!("{n} {:.1} %", 100.0 * p)).collect();
                    println!("{path}: {}{}", if verdict.unsure { "unsure; " } else { "" }, names.join(", "));
                    if let Some(tree) = &tree {
                        let way = tree.likeliest(&verdict.probabilities);
                        let way: Vec<String> =
                            way.iter().map(|(n, p)| format!("{n} {:.1} %", 100.0 * p)).collect();
                        println!("  {}", way.join(" > "));
                    }
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

/// A file as the judge's input, in its size and colours.
pub fn picture(file: &Path, judge: &Judge, background: [u8; 3]) -> Result<Vec<u8>, JudgeError> {
    let shape = &judge.header.architecture;
    let coloured = picture::seen(file, shape.side, background)?;
    Ok(resized(&coloured, (shape.side, 3), (shape.side, shape.channels)))
}
