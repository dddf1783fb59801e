//! Swarms: neighbours, and worlds step by step, by two programs each.
//!
//! A module a file: [`boids`], [`vicsek`], [`physarum`], [`particle_life`], [`kuramoto`].

mod boids;
mod kuramoto;
mod particle_life;
mod physarum;
mod vicsek;

use crate::case::Job;
use crate::family::{Effort, Family};
use crate::fault::Fault;
use crate::folder::Folder;
use crate::json::Field;

/// Cases of swarms.
pub struct Swarm;

const BOIDS: &str = "boids.json";
const VICSEK: &str = "vicsek.json";
const PHYSARUM: &str = "physarum.json";
const PARTICLE_LIFE: &str = "particle_life.json";
const KURAMOTO: &str = "kuramoto.json";

impl Family for Swarm {
    fn name(&self) -> &'static str {
        "swarm"
    }
    fn about(&self) -> &'static str {
        "swarms: neighbours, steering, trails, forces and phases by two programs each"
    }
    fn files(&self) -> &'static [&'static str] {
        &[BOIDS, VICSEK, PHYSARUM, PARTICLE_LIFE, KURAMOTO]
    }
    fn jobs(&self, folder: &Folder, _: Effort) -> Vec<Job> {
        let mut jobs = folder.absent(self.files());
        if folder.has(BOIDS) {
            jobs.extend(folder.each_case(BOIDS, boids::job));
        }
        if folder.has(PHYSARUM) {
            jobs.extend(folder.each_case(PHYSARUM, physarum::job));
        }
        for (file, parts) in [
            (VICSEK, vicsek_jobs as fn(&Field) -> Result<Vec<Job>, Fault>),
            (PARTICLE_LIFE, particle_jobs),
            (KURAMOTO, kuramoto_jobs),
        ] {
            if folder.has(file) {
                jobs.extend(whole(folder, file, parts));
            }
        }
        jobs
    }
}

/// The jobs of a file that is an object.
fn whole(folder: &Folder, file: &str, parts: fn(&Field) -> Result<Vec<Job>, Fault>) -> Vec<Job> {
    let jobs = folder.json(file).and_then(|document| parts(&document.root()));
    match jobs {
        Ok(jobs) if jobs.is_empty() => vec![folder.no_cases(file)],
        Ok(jobs) => jobs,
        Err(fault) => vec![Job::answered(file, Err(fault))],
    }
}

/// A job for every entry of a list that need not be there.
fn each(list: &Field, job: impl Fn(&Field) -> Result<Job, Fault>) -> Result<Vec<Job>, Fault> {
    if list.is_absent() {
        return Ok(Vec::new());
    }
    Ok(list.list()?.iter().map(|f| Job::or_fault(f.path(), job(f))).collect())
}

fn vicsek_jobs(all: &Field) -> Result<Vec<Job>, Fault> {
    let mut jobs = Vec::new();
    let cases = all.get("cases");
    if !cases.is_absent() {
        for case in cases.list()? {
            match vicsek::jobs(&case) {
                Ok(runs) => jobs.extend(runs),
                Err(fault) => jobs.push(Job::answered(case.path(), Err(fault))),
            }
        }
    }
    let random = all.get("random_phase_order");
    if !random.is_absent() {
        let numbers = random.object()?.into_iter().filter(|(key, _)| *key != "formula");
        jobs.extend(numbers.map(|(key, f)| Job::or_fault(f.path(), vicsek::random_order(key, &f))));
    }
    Ok(jobs)
}

fn particle_jobs(all: &Field) -> Result<Vec<Job>, Fault> {
    let mut jobs = each(&all.get("force_table"), particle_life::table)?;
    let case = all.get("case");
    if !case.is_absent() {
        jobs.push(Job::or_fault(case.path(), particle_life::world(&case)));
    }
    jobs.extend(each(&all.get("cases"), particle_life::world)?);
    Ok(jobs)
}

fn kuramoto_jobs(all: &Field) -> Result<Vec<Job>, Fault> {
    let mut jobs = each(&all.get("cases"), kuramoto::job)?;
    let critical = all.get("critical");
    if !critical.is_absent() {
        jobs.extend(critical.object()?.iter().flat_map(|(key, f)| kuramoto::critical(key, f)));
    }
    Ok(jobs)
}
