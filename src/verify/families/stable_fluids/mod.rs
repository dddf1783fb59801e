//! Stable fluids: projections, confinement, diffusion ([`projections`]) and a disc that is carried round ([`zalesak`]).

mod projections;
mod zalesak;

use crate::case::Job;
use crate::family::{Effort, Family};
use crate::folder::Folder;

/// Cases of stable fluids.
pub struct StableFluids;

const PROJECTIONS: &str = "projection.json";
const DISCS: &str = "zalesak.json";

impl Family for StableFluids {
    fn name(&self) -> &'static str {
        "stable_fluids"
    }
    fn about(&self) -> &'static str {
        "smoke: projections, vorticity confinement, diffusion, advection of Zalesak's disc"
    }
    fn files(&self) -> &'static [&'static str] {
        &[PROJECTIONS, DISCS]
    }
    fn jobs(&self, folder: &Folder, _: Effort) -> Vec<Job> {
        let mut jobs = folder.absent(self.files());
        if folder.has(PROJECTIONS) {
            match folder.json(PROJECTIONS) {
                Ok(document) => match projections::jobs(PROJECTIONS, &document.root()) {
                    none if none.is_empty() => jobs.push(folder.no_cases(PROJECTIONS)),
                    some => jobs.extend(some),
                },
                Err(fault) => jobs.push(Job::answered(PROJECTIONS, Err(fault))),
            }
        }
        if folder.has(DISCS) {
            jobs.extend(folder.each_case(DISCS, zalesak::job));
        }
        jobs
    }
}
