//! `untrained taste pictures TASTE FILE…`.

use std::path::{Path, PathBuf};

use crate::cli::reading::{ReadOverrides, judge};
use crate::cli::{Failure, Outcome};
use crate::data::picture;
use crate::data::reduce::resized;
use crate::judge::augment::plain;
use crate::judge::backbone::Workspace;
use crate::judge::taste::TasteFile;
use crate::judge::taste::head::Embedding;
use crate::judge::{Judge, JudgeError};

/// Arguments of `taste pictures`.
#[derive(clap::Args)]
pub struct Args {
    /// The taste (`untrained taste learn`).
    taste: PathBuf,
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

/// Prints how much each file is liked. All files are tried.
///
/// # Errors
/// The taste does not fit the judge, or a file cannot be read (code 2).
pub fn run(args: &Args) -> Outcome {
    let judge = judge(args.model.as_deref())?;
    let taste = TasteFile::load(&args.taste, &judge)?.taste;
    let mut workspace = judge.classifier().workspace();
    let (mut liked, mut failed) = (Vec::new(), 0);
    for file in &args.files {
        match embedding(&judge, file, args.over, &mut workspace) {
            Ok(embedding) => liked.push((taste.probability(&embedding), file)),
            Err(e) => {
                eprintln!("{e}");
                failed += 1;
            }
        }
    }
    if !args.json {
        liked.sort_by(|a, b| b.0.total_cmp(&a.0));
    }
    for (probability, file) in liked {
        let path = file.display().to_string();
        match args.json {
            true => println!("{}", serde_json::json!({ "file": path, "liked": probability })),
            false => println!("{:5.1} %  {path}", 100.0 * probability),
        }
    }
    match failed {
        0 => Ok(()),
        n => Err(Failure::input(format!("{n} of {} files could not be scored", args.files.len()))),
    }
}

/// The embedding of a picture file.
///
/// # Errors
/// It cannot be read.
pub fn embedding(
    judge: &Judge,
    file: &Path,
    over: ReadOverrides,
    workspace: &mut Workspace,
) -> Result<Embedding, JudgeError> {
    let shape = &judge.header.architecture;
    let coloured = picture::seen(file, shape.side, over.background())?;
    let pixels = resized(&coloured, (shape.side, 3), (shape.side, shape.channels));
    Ok(judge.classifier().forward(&plain(&pixels), workspace).1)
}
