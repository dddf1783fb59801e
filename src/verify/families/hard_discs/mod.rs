//! Hard discs: collisions computed in 72 digits, and what is known of equilibrium.
//!
//! [`collisions`] follows a few discs collision by collision; [`measure`] runs many, for [`pressure`] (equations of state,
//! another program's runs) and for [`speeds`] (Maxwell's distribution, moments of few discs).

mod collisions;
mod measure;
mod pressure;
mod speeds;

use crate::case::Job;
use crate::family::{Effort, Family};
use crate::folder::Folder;

/// Cases of hard discs.
pub struct HardDiscs;

const COLLISIONS: &str = "collisions.json";
const EQUILIBRIUM: &str = "equilibrium.json";
const OTHER_RUNS: &str = "md_check.json";

impl Family for HardDiscs {
    fn name(&self) -> &'static str {
        "hard_discs"
    }
    fn about(&self) -> &'static str {
        "hard discs: collisions in 72 digits, pressure, speeds in equilibrium"
    }
    fn files(&self) -> &'static [&'static str] {
        &[COLLISIONS, EQUILIBRIUM, OTHER_RUNS]
    }
    fn jobs(&self, folder: &Folder, _: Effort) -> Vec<Job> {
        let mut jobs = folder.absent(self.files());
        if folder.has(COLLISIONS) {
            jobs.extend(folder.each_case(COLLISIONS, collisions::job));
        }
        if folder.has(EQUILIBRIUM) {
            jobs.extend(equilibrium(folder));
        }
        if folder.has(OTHER_RUNS) {
            jobs.extend(folder.each_case(OTHER_RUNS, pressure::other_run));
        }
        jobs
    }
}

/// The parts of one file; those that are not there are left out.
fn equilibrium(folder: &Folder) -> Vec<Job> {
    let document = match folder.json(EQUILIBRIUM) {
        Ok(document) => document,
        Err(fault) => return vec![Job::answered(EQUILIBRIUM, Err(fault))],
    };
    let all = document.root();
    let (states, maxwell, kurtosis) =
        (all.get("eos"), all.get("maxwell"), all.get("finite_N").get("kurtosis"));
    let mut jobs = Vec::new();
    if !states.is_absent() {
        match states.list() {
            Ok(list) => jobs.extend(list.iter().map(|f| Job::or_fault(f.path(), pressure::state(f)))),
            Err(fault) => jobs.push(Job::answered("eos", Err(fault))),
        }
    }
    if !maxwell.is_absent() {
        jobs.push(Job::or_fault("Maxwell", speeds::maxwell(&maxwell)));
    }
    if !kurtosis.is_absent() {
        match kurtosis.numbered() {
            Ok(all) => jobs.extend(all.iter().map(|(n, f)| Job::or_fault(f.path(), speeds::kurtosis(*n, f)))),
            Err(fault) => jobs.push(Job::answered("finite_N", Err(fault))),
        }
    }
    if jobs.is_empty() {
        let fault = all.fault("expected `eos`, `maxwell` or `finite_N`, found none of them");
        jobs.push(Job::answered(EQUILIBRIUM, Err(fault)));
    }
    jobs
}
