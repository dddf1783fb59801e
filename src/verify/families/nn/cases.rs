//! Cases by the names of their arrays.

use std::collections::BTreeMap;

use super::reference::{Reference, parted};
use super::{layers, losses, names, training};
use crate::case::Job;
use crate::fault::Fault;
use crate::folder::Folder;
use crate::json::Field;

/// Every case of a folder.
pub fn jobs(folder: &Folder, file: &str) -> Vec<Job> {
    let document = match folder.json(file) {
        Ok(document) => document,
        Err(fault) => return vec![Job::answered(file, Err(fault))],
    };
    let read = Reference::new(folder, &document).and_then(|r| Ok((r.names()?, r)));
    let (all, reference) = match read {
        Ok(read) => read,
        Err(fault) => return vec![Job::answered(file, Err(fault))],
    };
    let networks = training::networks(&all);
    let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for name in all.iter().filter(|n| !training::is_training(n, &networks)) {
        if let Some((case, role)) = parted(name) {
            groups.entry(case).or_default().push(role.into());
        }
    }
    let mut jobs = reference.shared();
    for (case, roles) in groups {
        let mut group = reference.group(case, roles);
        jobs.extend(match case {
            case if losses::is_loss(case) => losses::jobs(&mut group),
            case if names::is_layer(case) => layers::jobs(&mut group),
            case => vec![unknown(case)],
        });
    }
    jobs.extend(networks.iter().flat_map(|network| training::jobs(&reference, network, &all)));
    jobs.extend(stray(folder, &document.root()));
    if jobs.is_empty() { vec![folder.no_cases(file)] } else { jobs }
}

/// A file of values that has no entry.
fn stray(folder: &Folder, root: &Field) -> Option<Job> {
    let is_stray =
        |file: &str| file.strip_suffix(".f32le.bin").is_some_and(|name| root.get(name).is_absent());
    let file = folder.first(is_stray)?;
    let fault = Fault::file(&folder.shown(&file), "expected an entry with its shape, found none");
    Some(Job::answered(file, Err(fault)))
}

fn unknown(case: &str) -> Job {
    let why = format!("nothing is known of {case:?}; known are {}, {}", names::KINDS, losses::KINDS);
    Job::answered(case, Err(Fault::NotCovered(why)))
}
