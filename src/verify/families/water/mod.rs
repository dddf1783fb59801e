//! Shallow water and waves: dams that break ([`dam`], held against [`exact`] solutions too), standing waves ([`standing`]),
//! the wave equation step by step ([`leapfrog`]).

mod dam;
mod exact;
mod leapfrog;
mod standing;

use crate::case::Job;
use crate::family::{Effort, Family};
use crate::fault::Fault;
use crate::folder::Folder;
use crate::json::Field;

/// Cases of water.
pub struct Water;

const WAVES: &str = "water_waves.json";

impl Family for Water {
    fn name(&self) -> &'static str {
        "water"
    }
    fn about(&self) -> &'static str {
        "shallow water: dam breaks after Ritter and Stoker, periods of standing waves, the wave equation"
    }
    fn files(&self) -> &'static [&'static str] {
        &[WAVES]
    }
    fn jobs(&self, folder: &Folder, _: Effort) -> Vec<Job> {
        if !folder.has(WAVES) {
            return folder.absent(self.files());
        }
        let document = match folder.json(WAVES) {
            Ok(document) => document,
            Err(fault) => return vec![Job::answered(WAVES, Err(fault))],
        };
        type Read = fn(&Field) -> Result<Job, Fault>;
        let parts: [(&str, Read); 3] =
            [("dam_break", dam::job), ("standing_waves", standing::job), ("leapfrog_2d", leapfrog::job)];
        let all = document.root();
        let mut jobs = Vec::new();
        for (key, read) in parts {
            let part = all.get(key);
            match part.list() {
                _ if part.is_absent() && all.object().is_ok() => {}
                Ok(list) => jobs.extend(list.iter().map(|f| Job::or_fault(f.path(), read(f)))),
                Err(fault) => jobs.push(Job::answered(key, Err(fault))),
            }
        }
        if jobs.is_empty() { vec![folder.no_cases(WAVES)] } else { jobs }
    }
}
