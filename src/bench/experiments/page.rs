//! The page of an experiment.

use maud::html;

use super::declaration::{Experiment, Findings};
use super::setup::Setup;
use crate::collapse::statistics::ENOUGH;
use crate::report::shell::{number, page as whole};

/// The whole page; `command` made it.
pub fn page(
    experiment: &Experiment,
    found: &Findings,
    setup: &Setup,
    is_whole: bool,
    command: &str,
) -> String {
    let body = html! {
        h2 { "What was seen" }
        @if !is_whole { p.partial { "Interrupted: the page has what was finished. The same command goes on." } }
        @for sentence in &found.said { p { (sentence) } }
        h2 { "What was done" }
        p { (found.done) }
        @for section in &found.sections {
            h2 { (section.title) }
            @if !section.text.is_empty() { p { (section.text) } }
            (section.body)
        }
        h2 { "Reproduction" }
        pre { (command) }
        p.note {
            "All randomness derives from the seeds. "
            @if setup.seeds as usize >= ENOUGH { "Intervals and bands are 95 % of the mean over " (setup.seeds) " seeds by Student's t. " }
            @else { "Intervals and bands are the range of " (setup.seeds) " seeds. " }
            "CPU time of all trainings: " (number(found.seconds)) " s."
        }
    };
    whole(&format!("Experiment: {}", experiment.name), experiment.about, body)
}
