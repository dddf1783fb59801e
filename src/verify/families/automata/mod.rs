//! Automata that are not life-like: turmites, step by step.

mod turmites;

use crate::case::Job;
use crate::family::{Effort, Family};
use crate::folder::Folder;

/// Cases of automata.
pub struct Automata;

const TURMITES: &str = "turmites.json";

impl Family for Automata {
    fn name(&self) -> &'static str {
        "automata"
    }
    fn about(&self) -> &'static str {
        "turmites: places, colours and boxes by two programs"
    }
    fn files(&self) -> &'static [&'static str] {
        &[TURMITES]
    }
    fn jobs(&self, folder: &Folder, _: Effort) -> Vec<Job> {
        match folder.has(TURMITES) {
            true => folder.each_case(TURMITES, turmites::job),
            false => folder.absent(self.files()),
        }
    }
}
