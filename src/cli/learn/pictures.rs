//! Training a generator on pictures.

use super::args::Args;
use super::options::{finish, plan, resume, settings};
use super::progress::TrainingProgress;
use crate::cli::Outcome;
use crate::cli::probe::writable;
use crate::cli::reading::report_notes;
use crate::learn::file::File;
use crate::learn::method::Method;
use crate::learn::pipeline::{task, train_generator};
use crate::learn::sheet::ContactSheet;
use crate::learn::{LearnError, checkpoint, data};
use crate::output::Interrupt;

/// A contact sheet of samples, as PNG.
///
/// # Errors
/// The generator cannot be opened.
pub fn samples(file: &File, args: &Args) -> Result<Vec<u8>, LearnError> {
    let sheet = ContactSheet::samples(&*file.open(&args.out)?, file.header.classes.len(), args.seed);
    sheet.png().map_err(|e| LearnError::Failed(e.to_string()))
}

/// Trains and saves.
///
/// # Errors
/// Invalid options or pictures (code 2), or the training fails (code 1).
pub fn train(args: &Args, method: &Method) -> Outcome {
    let plan = plan(args, method.plan)?;
    let settings = settings(&args.settings, method.name, method.settings, method.values(&[]))?;
    writable(&args.out)?;
    let interrupt = Interrupt::install();
    let pictures = data::read(&args.data, args.side, args.grey, &args.over.learning())?;
    report_notes(&pictures.name, &pictures.notes);
    let shape = pictures.shape();
    println!(
        "{}: {} pictures of {2}×{2}, {3}, in {4} classes",
        pictures.name,
        pictures.train.len(),
        shape.side,
        if shape.channels == 1 { "grey" } else { "coloured" },
        pictures.train.classes.len()
    );
    let task = task(method, &pictures, settings, plan);
    let middle = checkpoint::beside(&args.out);
    let from = args.resume.as_deref().map(|w| resume(w, &task)).transpose()?;
    let from = from.map(|i| (i, middle.as_path()));
    let draw = |file: &File| samples(file, args);
    let mut bar = TrainingProgress::new(&args.out, &task, &draw);
    let file = train_generator(method, &pictures, &task, from, &|| interrupt.asked(), &mut bar)?;
    bar.bar.finish_and_clear();
    finish(file, args)
}
