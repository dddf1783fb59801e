//! The declaration of an experiment, and what it finds.

use maud::Markup;
use serde_json::Value;

use super::setup::Setup;
use crate::runs::Watch;
use judge::JudgeError;

/// What an experiment runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// Labelled pictures.
    Pictures,
    /// A text.
    Text,
}

/// An experiment.
pub struct Experiment {
    /// Name on the command line.
    pub name: &'static str,
    /// Its question, in one sentence with its source.
    pub about: &'static str,
    /// What it runs on.
    pub reads: Reads,
    /// Runs it; none if it was interrupted before there was anything to tell.
    pub run: fn(&Setup, Watch) -> Result<Option<Findings>, JudgeError>,
}

/// A part of the page.
pub struct Section {
    /// Its title.
    pub title: String,
    /// What is shown, in a sentence or two.
    pub text: String,
    /// Charts, tables, pictures.
    pub body: Markup,
}

/// What an experiment found.
pub struct Findings {
    /// What was done, in a sentence or two.
    pub done: String,
    /// What was seen, a sentence each, all computed from the results.
    pub said: Vec<String>,
    /// The parts of the page.
    pub sections: Vec<Section>,
    /// All figures.
    pub json: Value,
    /// CPU seconds of all trainings, those kept from before among them.
    pub seconds: f64,
}
