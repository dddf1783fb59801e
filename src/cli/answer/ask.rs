//! `untrained answer ask NETWORK PICTURE QUESTION…`.

use std::path::PathBuf;

use crate::cli::Outcome;
use crate::cli::reading::{ReadOverrides, judge};
use crate::data::picture;
use crate::data::reduce::resized;
use crate::judge::answer::head::AnswerHead;
use crate::judge::augment::plain;

/// Arguments of `answer ask`.
#[derive(clap::Args)]
pub struct Args {
    /// The network (`untrained answer learn`).
    network: PathBuf,
    /// A picture file.
    picture: PathBuf,
    /// Questions on it.
    #[arg(required = true)]
    questions: Vec<String>,
    /// The judge whose embedding the network reads; the shipped one if not given.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// How many answers to print.
    #[arg(long, default_value_t = 3)]
    top: usize,
    /// One JSON object per line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    over: ReadOverrides,
}

/// Prints the likeliest answers to each question.
///
/// # Errors
/// The network does not fit the judge, or the picture cannot be read (code 2).
pub fn run(args: &Args) -> Outcome {
    let judge = judge(args.model.as_deref())?;
    let head = AnswerHead::load(&args.network, &judge)?;
    let shape = &judge.header.architecture;
    let coloured = picture::seen(&args.picture, shape.side, args.over.background())?;
    let pixels = plain(&resized(&coloured, (shape.side, 3), (shape.side, shape.channels)));
    for question in &args.questions {
        let answers = head.answer(&pixels, question, &judge);
        let top = &answers[..args.top.clamp(1, answers.len())];
        if args.json {
            println!("{}", serde_json::json!({ "question": question, "answers": top }));
        } else {
            let named: Vec<String> = top.iter().map(|(a, p)| format!("{a} {:.1} %", 100.0 * p)).collect();
            println!("{question}  {}", named.join(", "));
        }
    }
    Ok(())
}
