//! Convection between two plates: heat that steady rolls carry ([`rolls`]), and where motion begins ([`onset`]). [`cell`]
//! is one pair of rolls in a periodic box.

mod cell;
mod onset;
mod rolls;

use crate::case::Job;
use crate::family::{Effort, Family};
use crate::folder::Folder;

/// Cases of convection.
pub struct RayleighBenard;

const FILE: &str = "rayleigh_benard.json";

impl Family for RayleighBenard {
    fn name(&self) -> &'static str {
        "rayleigh_benard"
    }
    fn about(&self) -> &'static str {
        "convection: onset, Nusselt numbers of steady rolls"
    }
    fn files(&self) -> &'static [&'static str] {
        &[FILE]
    }
    fn jobs(&self, folder: &Folder, _: Effort) -> Vec<Job> {
        if !folder.has(FILE) {
            return folder.absent(self.files());
        }
        match folder.json(FILE) {
            Ok(document) => {
                let all = document.root();
                let jobs: Vec<Job> = onset::jobs(&all).into_iter().chain(rolls::jobs(&all)).collect();
                if jobs.is_empty() { vec![folder.no_cases(FILE)] } else { jobs }
            }
            Err(fault) => vec![Job::answered(FILE, Err(fault))],
        }
    }
}
