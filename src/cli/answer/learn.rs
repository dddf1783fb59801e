//! `untrained answer learn PAIRS`.

use std::path::{Path, PathBuf};

use indicatif::ProgressBar;
use rayon::prelude::*;

use crate::cli::probe::writable;
use crate::cli::reading::{ReadOverrides, judge, report_notes};
use crate::cli::{Failure, Outcome};
use crate::data::questions::{self, QuestionSet};
use crate::data::reduce::resized;
use crate::data::{DataError, ReadReport, picture};
use crate::judge::Judge;
use crate::judge::answer::head::AnswerCard;
use crate::judge::answer::learn::{AnswerConfig, AnswerData, learn};
use crate::judge::augment::plain;

/// Arguments of `answer learn`.
#[derive(clap::Args)]
pub struct Args {
    /// JSON: a list of {"image", "question", "answer"} (or "answers"), or the questions of VQA v2.
    pairs: PathBuf,
    /// The annotations of VQA v2, which have the answers.
    #[arg(long, value_name = "FILE")]
    annotations: Option<PathBuf>,
    /// Folder of the pictures; that of the questions if not given.
    #[arg(long, value_name = "DIR")]
    pictures: Option<PathBuf>,
    /// The judge whose embedding is read; the shipped one if not given.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// The network to write.
    #[arg(long, value_name = "FILE", default_value = "answer.safetensors")]
    out: PathBuf,
    /// Answers that it can give: the most frequent ones.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    answers: usize,
    /// Passes over the questions; the best is kept.
    #[arg(long, default_value_t = 30)]
    epochs: usize,
    /// Share of the pictures that is held out, with all their questions.
    #[arg(long, value_name = "SHARE", default_value_t = 0.2)]
    held: f64,
    /// Random seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    over: ReadOverrides,
}

/// Learns, measures and saves.
///
/// # Errors
/// The options, the questions or their pictures are invalid (code 2); the network cannot be written (code 1).
pub fn run(args: &Args) -> Outcome {
    if !(0.05..=0.9).contains(&args.held) || args.epochs == 0 || !(2..=10_000).contains(&args.answers) {
        return Err(Failure::input(
            "expected --held in 0.05..=0.9, --epochs of at least 1, --answers in 2..=10000",
        ));
    }
    writable(&args.out)?;
    let judge = judge(args.model.as_deref())?;
    let own = args.pairs.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let set =
        questions::read(&args.pairs, args.annotations.as_deref(), args.pictures.as_deref().unwrap_or(own))?;
    let (data, notes) = pictures(set, &args.pairs, &judge, args.over)?;
    report_notes(&args.pairs.display().to_string(), &notes);
    println!("{} questions on {} pictures", data.questions.len(), data.pictures.len());
    let config = AnswerConfig {
        answers: args.answers,
        epochs: args.epochs,
        held: args.held,
        seed: args.seed,
        ..AnswerConfig::default()
    };
    let bar = ProgressBar::new(2 * args.epochs as u64);
    let trained = learn(&data, &judge, &config, &mut |name, epoch, loss| {
        bar.inc(1);
        bar.set_message(format!("{name}: epoch {epoch}, loss {loss:.4}"));
    });
    bar.finish_and_clear();
    let head = trained.map_err(|e| Failure::input(format!("{}: {e}", args.pairs.display())))?;
    head.save(&args.out)?;
    report(&head.header.card, &head.header.answers);
    println!("network: {}", args.out.display());
    Ok(())
}

/// The pictures as the judge sees them; questions on those that cannot be read are left out.
fn pictures(
    set: QuestionSet,
    file: &Path,
    judge: &Judge,
    over: ReadOverrides,
) -> Result<(AnswerData, Vec<String>), DataError> {
    let shape = &judge.header.architecture;
    let read: Vec<_> =
        set.pictures.par_iter().map(|p| picture::seen(p, shape.side, over.background())).collect();
    let mut losses = ReadReport::new(vec![String::new()]);
    let (mut pictures, mut places) = (Vec::new(), Vec::new());
    for (path, read) in set.pictures.iter().zip(read) {
        let kept = losses.keep(0, path, read);
        places.push(kept.as_ref().map(|_| pictures.len()));
        pictures.extend(kept.map(|p| plain(&resized(&p, (shape.side, 3), (shape.side, shape.channels)))));
    }
    let mut notes = set.notes;
    notes.extend(losses.settle(file.parent().unwrap_or(file), over.learning().broken)?);
    let mut questions = set.questions;
    questions.retain_mut(|q| {
        let place = places[q.picture];
        q.picture = place.unwrap_or(0);
        place.is_some()
    });
    let name = file.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    Ok((AnswerData { name, pictures, questions }, notes))
}

fn report(card: &AnswerCard, answers: &[String]) {
    let [_, held] = card.questions;
    println!(
        "accuracy on {held} questions on {} pictures held out, with 95 % intervals ({:.1} % have one of the {} answers):",
        card.pictures[1],
        100.0 * card.answerable,
        answers.len()
    );
    let constant = format!("always `{}`", answers[0]);
    for (name, a) in [
        ("question and picture", card.accuracy),
        ("question only", card.question_only),
        (constant.as_str(), card.most_frequent),
        ("what the picture adds", card.gain),
    ] {
        let [low, high] = a.interval.map(|v| 100.0 * v);
        println!("  {name:<22} {:6.2} %  [{low:.2}, {high:.2}]", 100.0 * a.value);
    }
}
