//! Patterns through all generations that are asked for.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use systems::automata::life::pattern::Pattern;
use world::limits;

use super::coverage::law;
use super::rows::{Case, Read, read};
use super::universe::{Stop, Universe};
use crate::case::{Answer, Job, Record};
use crate::check::Check;
use crate::family::Effort;
use crate::fault::Fault;
use crate::folder::Folder;

/// Most bytes of a pattern's file.
const MOST_BYTES: u64 = 64 << 20;

/// A job for each pattern and rule, in the order of the list; one for each mistake in it.
pub fn jobs(folder: &Folder, file: &str, effort: Effort) -> Vec<Job> {
    let rows = match read(folder, file) {
        Ok(rows) if rows.is_empty() => return vec![folder.no_cases(file)],
        Ok(rows) => rows,
        Err(fault) => return vec![Job::answered(file, Err(fault))],
    };
    let mut groups: Vec<Vec<Case>> = Vec::new();
    let mut places: BTreeMap<(String, String, String), usize> = BTreeMap::new();
    let mut jobs: Vec<Job> = Vec::new();
    for row in rows {
        match row {
            Read::Err((name, fault)) => jobs.push(Job::answered(name, Err(fault))),
            Read::Ok(case) => {
                let key = (case.file.clone(), case.rule.clone(), case.algorithm.clone());
                let place = *places.entry(key).or_insert(groups.len());
                match groups.get_mut(place) {
                    Some(group) => group.push(case),
                    None => groups.push(vec![case]),
                }
            }
        }
    }
    jobs.extend(groups.into_iter().map(|mut group| {
        group.sort_by_key(|case| case.generation);
        let (names, folder) = (group.iter().map(|c| c.name.clone()).collect(), folder.clone());
        Job::of(names, move |record| lives(&folder, &group, effort, record))
    }));
    jobs
}

/// Runs one pattern under one rule, through all its cases.
fn lives(folder: &Folder, group: &[Case], effort: Effort, record: &mut Record) {
    match begin(folder, &group[0]) {
        Ok(universe) => follow(universe, group, effort, record),
        Err(fault) => group.iter().for_each(|case| record.answer(&case.name, Err(fault.clone()))),
    }
}

fn begin(folder: &Folder, case: &Case) -> Result<Universe, Fault> {
    let law = law(&case.rule, &case.algorithm).map_err(Fault::NotCovered)?;
    let file = format!("patterns/{}", case.file);
    folder.regular(&file)?;
    let (path, shown) = (folder.path(&file), folder.shown(&file));
    let bytes = path.metadata().map_or(0, |m| m.len());
    if bytes > MOST_BYTES {
        let [most, found] = [MOST_BYTES, bytes].map(limits::size);
        return Err(Fault::file(&shown, format!("expected at most {most}, found {found}")));
    }
    if let Some(expected) = &case.digest {
        let found = format!("{:x}", Sha256::digest(folder.bytes(&file, MOST_BYTES)?));
        if found != *expected {
            let what =
                format!("expected SHA-256 {expected}, found {found}: it is not the pattern of the case");
            return Err(Fault::file(&shown, what));
        }
    }
    let pattern = Pattern::read(&path).map_err(|e| {
        let what = e.replace(&format!("`{}` ", path.display()), "");
        match what.contains("macrocell") {
            true => Fault::NotCovered("macrocell files".into()),
            false => Fault::file(&shown, what),
        }
    })?;
    Universe::new(law, &pattern).map_err(Fault::NotCovered)
}

fn follow(mut universe: Universe, group: &[Case], effort: Effort, record: &mut Record) {
    let (start, most) = (universe.population(), effort.cell_generations);
    let mut stopped = None;
    for case in group {
        let run = match stopped {
            None => universe.run_to(case.generation, most),
            Some(stop) => Err(stop),
        };
        let answer: Answer = match run {
            Ok(()) => Ok(checks(&universe, start, case)),
            Err(stop) => {
                stopped = Some(stop);
                Err(Fault::NotCovered(match stop {
                    Stop::Work => format!("more than {most:.0e} cells × generations (see --long)"),
                    Stop::Size => "patterns that become larger than a world".into(),
                }))
            }
        };
        record.answer(&case.name, answer);
    }
}

fn checks(universe: &Universe, start: u128, case: &Case) -> Vec<Check> {
    let same = |what: &str, found: u128, given: u128| Check::same(what, found as i128, given as i128);
    let mut checks = vec![same("population", universe.population(), case.population)];
    if let Some(given) = case.start {
        checks.push(same("population at the start", start, given));
    }
    if let (Some(found), Some(given)) = (universe.extent(), case.extent) {
        checks.push(same("width", found[0].into(), given[0].into()));
        checks.push(same("height", found[1].into(), given[1].into()));
    }
    checks
}
