//! How learning goes wrong: experiments that anybody can repeat, each one command with a page. The catalogue, one line each.
//!
//! An experiment is declared in its own file: its question, its trainings ([`Arm`](crate::runs::Arm)s, each over several
//! seeds), and what it says of their results. Without a data set they run on pictures that the program draws.

mod colour;
pub mod declaration;
mod glyphs;
mod page;
pub mod setup;
mod show;
mod solve;

mod augment;
mod double_descent;
mod ensemble;
mod imbalance;
mod k_fold;
mod label_noise;
mod language;
mod optimisers;
mod ordered;
mod overfit;
mod pooling;
mod regularise;
mod shortcut;
mod underfit;

#[cfg(test)]
mod tests;

pub use declaration::{Experiment, Findings, Reads, Section};
pub use page::page;
pub use setup::Setup;

/// Every experiment, in the order of the manual.
pub const EXPERIMENTS: &[Experiment] = &[
    // One line an experiment.
    overfit::EXPERIMENT,
    underfit::EXPERIMENT,
    ordered::EXPERIMENT,
    augment::EXPERIMENT,
    optimisers::EXPERIMENT,
    pooling::EXPERIMENT,
    regularise::EXPERIMENT,
    k_fold::EXPERIMENT,
    ensemble::EXPERIMENT,
    imbalance::EXPERIMENT,
    label_noise::EXPERIMENT,
    shortcut::EXPERIMENT,
    double_descent::EXPERIMENT,
    language::EXPERIMENT,
];

/// The experiment of that name.
///
/// # Errors
/// No experiment has that name; the message lists those that exist.
pub fn find(name: &str) -> Result<&'static Experiment, String> {
    EXPERIMENTS.iter().find(|e| e.name == name).ok_or_else(|| {
        let known: Vec<&str> = EXPERIMENTS.iter().map(|e| e.name).collect();
        format!("expected an experiment among {}, or list, found `{name}`", known.join(", "))
    })
}
