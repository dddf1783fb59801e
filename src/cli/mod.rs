//! The command line: one file per command. Exit code 2 is bad usage or input, 1 is failure.

#![allow(clippy::disallowed_types, reason = "commands measure time; their output is made elsewhere")]

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::world::vectors::Vectors;

mod addresses;
mod answer;
#[cfg(feature = "judge")]
mod backbones;
mod check;
mod classify;
mod collapse;
mod command_line;
mod compare;
mod composed;
mod dataset;
mod datasheet;
mod docs;
mod doctor;
mod dream;
mod evaluate;
#[cfg(feature = "judge")]
mod experiment;
mod failure;
mod fields;
mod forecast;
pub mod generate;
mod generators;
mod grow;
pub mod headless;
mod kept_frames;
mod labelled_frame;
mod layer_args;
mod learn;
pub mod load;
mod look;
mod looks;
pub mod manual;
mod measure;
mod metrics;
mod new_system;
mod open_set;
mod play;
mod probe;
mod program;
mod reading;
mod render;
mod score;
mod show;
mod size;
#[cfg(feature = "stage")]
mod soak;
pub mod specimen;
mod study;
mod style;
mod systems;
mod taste;
mod train;
mod train_args;
#[cfg(feature = "judge")]
mod train_pixels;
mod truth;
mod verify;
mod votes;
pub mod watching;
mod wire_costs;

pub use failure::{Failure, Outcome};

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
    /// Soak test: play for an hour with everything on, and report memory growth, stalls and losses.
    #[cfg(feature = "stage")]
    Soak(soak::Args),
    /// Print the provenance of a saved picture: scene, seed, tick, size, version, knobs.
    Show(show::Args),
    /// List the systems, or describe one in full.
    Systems(systems::Args),
    /// List everything that MIDI, OSC, keys and the remote can control, by its address.
    Addresses(addresses::Args),
    /// Report every problem of scene files, with its line.
    Check(check::Args),
    /// Measure the cost of each part of a scene, and the values of its outputs and readouts.
    Measure(measure::Args),
    /// Add a working system, with a scene that shows it, to the source tree.
    NewSystem(new_system::Args),
    /// Print the manual: the list of its pages, one of them, or all.
    Docs(docs::Args),
    /// Report what this machine has and lacks for a show.
    Doctor(doctor::Args),
    /// Render a data set: frames of every system, labelled with the process that made them.
    Dataset(dataset::Args),
    /// Say what is in a set of labelled pictures: balance, repeats, likely wrong labels, where it comes from.
    Datasheet(datasheet::Args),
    /// Train a judge on frames, an image folder or IDX files.
    Train(train::Args),
    /// Evaluate a network that says something of every pixel (`train --task segment` or `detect`) on frames with masks.
    Evaluate(evaluate::Args),
    /// Train every backbone of the judge on equal budgets, and compare them on a page.
    #[cfg(feature = "judge")]
    Backbones(backbones::Args),
    /// Show how learning goes wrong: overfitting, forgetting, shortcuts and others, each as a page (`experiment list`).
    #[cfg(feature = "judge")]
    Experiment(experiment::Args),
    /// Classify pictures with the judge.
    Classify(classify::Args),
    /// Teach a judge new classes from frames of these alone.
    Grow(grow::Args),
    /// Measure how well a judge tells pictures of no class that it knows, and fit a detector for them.
    OpenSet(open_set::Args),
    /// Learn to score pictures from a table of files and scores, and score others.
    Score(score::Args),
    /// Learn what a person likes from votes on pairs of pictures, and say how much others are liked.
    Taste(taste::Args),
    /// Learn to answer questions on pictures from pairs of question and answer, and answer others.
    Answer(answer::Args),
    /// Show what the judge sees in pictures: what its verdict rests on, and what its units respond to.
    Look(look::Args),
    /// Let the judge dream on a picture: what a layer responds to is amplified (DeepDream).
    Dream(dream::Args),
    /// Paint pictures in the style of another, as the judge sees style: still by still, or by a network that learns one.
    Style(style::Args),
    /// Train a generator on pictures, to compare with the rules.
    Learn(learn::Args),
    /// Measure how often a learned automaton is exact, by its size and the density of its training boards.
    Study(study::Args),
    /// Generate pictures with a trained generator.
    Generate(generate::Args),
    /// Hold a learned world against the rule that it learned: how far it forecasts, what it is like after that.
    Forecast(forecast::Args),
    /// Train generators recursively on their own output, and measure the decline (model collapse).
    Collapse(collapse::Args),
    /// Compare generators (scenes, folders of pictures, trained ones, noise), and write a report.
    Compare(compare::Args),
    /// Measure the distance between two sets of pictures, or of features.
    Metrics(metrics::Args),
    /// Re-run the cases of a folder of reference values, and report how far each deviates.
    Verify(verify::Args),
    /// Evaluate the votes of blind comparisons (`play --versus … --blind`): how often the rule is recognised.
    Votes(votes::Args),
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
        Command::Datasheet(args) => datasheet::run(&args),
        Command::Show(args) => show::run(&args),
        Command::Systems(args) => systems::run(&args),
        Command::Addresses(args) => addresses::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Measure(args) => measure::run(&args),
        Command::NewSystem(args) => new_system::run(&args),
        Command::Docs(args) => docs::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Train(args) => train::run(&args),
        Command::Evaluate(args) => evaluate::run(&args),
        #[cfg(feature = "judge")]
        Command::Backbones(args) => backbones::run(&args),
        #[cfg(feature = "judge")]
        Command::Experiment(args) => experiment::run(&args),
        Command::Classify(args) => classify::run(&args),
        Command::Grow(args) => grow::run(&args),
        Command::OpenSet(args) => open_set::run(&args),
        Command::Score(args) => score::run(&args),
        Command::Taste(args) => taste::run(&args),
        Command::Answer(args) => answer::run(&args),
        Command::Look(args) => look::run(&args),
        Command::Dream(args) => dream::run(&args),
        Command::Style(args) => style::run(&args),
        Command::Learn(args) => learn::run(&args),
        Command::Study(args) => study::run(&args),
        Command::Generate(args) => generate::run(&args),
        Command::Forecast(args) => forecast::run(&args),
        Command::Collapse(args) => collapse::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Metrics(args) => metrics::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Votes(args) => votes::run(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{:?}", failure.report);
            ExitCode::from(failure.code)
        }
    }
}
