//! The command line: one file a command. Exit code 2 is bad usage or input, 1 is failure.

#![allow(clippy::disallowed_types, reason = "commands keep time; what they make is made elsewhere")]

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::world::vectors::Vectors;

mod addresses;
mod check;
mod classify;
mod collapse;
mod compare;
mod dataset;
mod dear;
mod docs;
mod doctor;
mod fields;
pub mod generate;
mod generators;
pub mod headless;
mod learn;
pub mod load;
pub mod manual;
mod measure;
mod metrics;
mod new_system;
mod play;
mod program;
mod reading;
mod render;
mod show;
#[cfg(feature = "stage")]
mod soak;
pub mod specimen;
mod systems;
mod train;
pub mod watching;

/// Why a command ended early: the report to print and the exit code.
#[derive(Debug)]
pub struct Failure {
    /// 2 for bad usage or input, 1 for failure.
    pub code: u8,
    /// What is shown to the user.
    pub report: miette::Report,
}

impl Failure {
    /// Bad usage or input: exit code 2.
    pub fn input(message: impl std::fmt::Display) -> Self {
        Self { code: 2, report: miette::Report::msg(message.to_string()) }
    }
    /// The work itself failed: exit code 1.
    pub fn failed(message: impl std::fmt::Display) -> Self {
        Self { code: 1, report: miette::Report::msg(message.to_string()) }
    }
}

impl From<crate::data::DataError> for Failure {
    fn from(e: crate::data::DataError) -> Self {
        if e.is_input() { Self::input(e) } else { Self::failed(e) }
    }
}

/// Finds out before an hour of work whether its end can be written.
fn writable(out: &std::path::Path) -> Outcome {
    let folder = out.parent().filter(|p| !p.as_os_str().is_empty());
    let folder = folder.unwrap_or(std::path::Path::new("."));
    let probe = folder.join(".untrained-probe");
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&probe, b"x"))
        .and_then(|()| std::fs::remove_file(&probe))
        .map_err(|e| Failure::failed(format!("cannot write {}: {e}", out.display())))
}

/// What a command returns.
pub type Outcome = Result<(), Failure>;

/// Moving pictures without a model, watched live by a small network trained here.
#[derive(Parser)]
#[command(name = "untrained", version, about, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Play scenes in a window; render to a folder where there is no display.
    Play(Box<play::Args>),
    /// Render a scene to pictures, a GIF or a video, with a contact sheet and a table of signals.
    Render(render::Args),
    /// Play for an hour with everything on, and tell whether memory stays flat, what stalls and what is lost.
    #[cfg(feature = "stage")]
    Soak(soak::Args),
    /// Tell where a saved picture comes from: scene, seed, tick, size, version, knobs.
    Show(show::Args),
    /// List the systems, or all that is known of one.
    Systems(systems::Args),
    /// List everything that MIDI, OSC, keys and the remote can move, by its address.
    Addresses(addresses::Args),
    /// Tell every problem of scene files, with its line.
    Check(check::Args),
    /// Tell what each part of a scene costs, and which values its fields and readouts take.
    Measure(measure::Args),
    /// Write a new system that works, with a scene that shows it, into the source tree.
    NewSystem(new_system::Args),
    /// Print the manual: the list of its pages, one of them, or all.
    Docs(docs::Args),
    /// Tell what this machine has and lacks for the show.
    Doctor(doctor::Args),
    /// Make a set of frames of every system, labelled with the process that made each.
    Dataset(dataset::Args),
    /// Train a judge on frames, an image folder or IDX files.
    Train(train::Args),
    /// Tell what the judge sees in pictures.
    Classify(classify::Args),
    /// Train a generator of pictures: a learned one, to hold beside the rules.
    Learn(learn::Args),
    /// Make pictures with a trained generator.
    Generate(generate::Args),
    /// Feed generators their own output, generation after generation, and measure what is left.
    Collapse(collapse::Args),
    /// Hold generators (scenes, folders of pictures, trained ones, noise) beside each other, and write a report.
    Compare(compare::Args),
    /// Measure how near one set of pictures, or of features, comes to another.
    Metrics(metrics::Args),
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    #[cfg(feature = "network")]
    // SAFETY: nothing has started a thread yet.
    unsafe {
        crate::control::web::take_from_environment();
    }
    let command = Cli::parse().command;
    if let Err(e) = Vectors::asked() {
        eprintln!("{:?}", Failure::input(e).report);
        return ExitCode::from(2);
    }
    let outcome = match command {
        Command::Play(args) => play::run(&args),
        Command::Render(args) => render::run(&args),
        #[cfg(feature = "stage")]
        Command::Soak(args) => soak::run(&args),
        Command::Dataset(args) => dataset::run(&args),
        Command::Show(args) => show::run(&args),
        Command::Systems(args) => systems::run(&args),
        Command::Addresses(args) => addresses::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Measure(args) => measure::run(&args),
        Command::NewSystem(args) => new_system::run(&args),
        Command::Docs(args) => docs::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Train(args) => train::run(&args),
        Command::Classify(args) => classify::run(&args),
        Command::Learn(args) => learn::run(&args),
        Command::Generate(args) => generate::run(&args),
        Command::Collapse(args) => collapse::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Metrics(args) => metrics::run(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{:?}", failure.report);
            ExitCode::from(failure.code)
        }
    }
}
