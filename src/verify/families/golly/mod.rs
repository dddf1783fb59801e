//! Life-like automata against Golly's own counts.
//!
//! [`rows`] reads the list of cases, [`coverage`] says which of them Life can run, [`universe`] is a plane without end or a
//! grid with edges, [`lives`] runs one pattern through all generations that are asked for.

mod coverage;
mod lives;
mod rows;
mod universe;

use crate::case::Job;
use crate::family::{Effort, Family};
use crate::folder::Folder;

/// Cases of life-like automata.
pub struct Golly;

const CASES: &str = "cases.csv";

impl Family for Golly {
    fn name(&self) -> &'static str {
        "golly"
    }
    fn about(&self) -> &'static str {
        "life-like automata: populations and boxes by Golly"
    }
    fn files(&self) -> &'static [&'static str] {
        &[CASES]
    }
    fn jobs(&self, folder: &Folder, effort: Effort) -> Vec<Job> {
        match folder.has(CASES) {
            true => lives::jobs(folder, CASES, effort),
            false => folder.absent(self.files()),
        }
    }
}
