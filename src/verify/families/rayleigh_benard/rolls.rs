//! Steady rolls: the heat that they carry, and how fast they turn.

use super::cell::Cell;
use crate::case::{Job, Record};
use crate::check::Check;
use crate::fault::Fault;
use crate::json::Field;

/// Relative, of Nusselt numbers.
const HEAT: f64 = 0.02;
/// Relative, of the largest velocities, which are found at cells.
const SPEED: f64 = 0.03;
const PRANDTL: f64 = 0.71;
const ROWS: usize = 32;
const FREE_FALL: f64 = 0.1;
/// Rolls are steady when the Nusselt number changes by no more than this in a stretch of diffusion times.
const STEADY: f64 = 1e-4;
const STRETCH: f64 = 0.25;
/// Most of these stretches.
const LONGEST: usize = 60;

/// What is known of the rolls of one wave number and Rayleigh number.
struct Rolls {
    name: String,
    wave: f64,
    rayleigh: f64,
    nusselt: Vec<(&'static str, f64)>,
    fastest: [Option<f64>; 2],
}

/// A job for each wave number and Rayleigh number, whose cases share their run.
pub fn jobs(all: &Field) -> Vec<Job> {
    let (mut jobs, mut groups) = (Vec::new(), Vec::<Vec<Rolls>>::new());
    for key in ["steady_rolls_Pr_0_71", "converged_checks"] {
        let part = all.get(key);
        let list = match part.list() {
            _ if part.is_absent() && all.object().is_ok() => continue,
            Ok(list) => list,
            Err(fault) => {
                jobs.push(Job::answered(key, Err(fault)));
                continue;
            }
        };
        for field in list {
            match read(&field) {
                Ok(rolls) => {
                    let same =
                        |g: &&mut Vec<Rolls>| g[0].wave == rolls.wave && g[0].rayleigh == rolls.rayleigh;
                    match groups.iter_mut().find(same) {
                        Some(group) => group.push(rolls),
                        None => groups.push(vec![rolls]),
                    }
                }
                Err(fault) => jobs.push(Job::answered(field.path(), Err(fault))),
            }
        }
    }
    jobs.extend(groups.into_iter().map(|group| {
        let names = group.iter().map(|r| r.name.clone()).collect();
        Job::of(names, move |record| turn(&group, record))
    }));
    jobs
}

fn read(given: &Field) -> Result<Rolls, Fault> {
    let (wave, rayleigh) = (given.get("k").within(1.0..=8.0)?, given.get("Ra").within(1800.0..=1e5)?);
    let mut nusselt = Vec::new();
    for key in ["Nu", "Nu_top", "Nu_wall", "Nu_volume", "Nu_from_dissipation"] {
        if !given.get(key).is_absent() {
            nusselt.push((key, given.get(key).number()?));
        }
    }
    if nusselt.is_empty() {
        return Err(given.expected("a Nusselt number such as `Nu`"));
    }
    let mut fastest = [None; 2];
    for (value, key) in fastest.iter_mut().zip(["u_max", "v_max_kappa_over_d"]) {
        if !given.get(key).is_absent() {
            *value = Some(given.get(key).number()?);
        }
    }
    Ok(Rolls { name: format!("{}, k {wave}, Ra {rayleigh}", given.path()), wave, rayleigh, nusselt, fastest })
}

fn turn(group: &[Rolls], record: &mut Record) {
    let mut cell = Cell::new(ROWS, group[0].wave, group[0].rayleigh, PRANDTL, FREE_FALL, 0.1);
    let mut last = f64::NAN;
    let steady = (0..LONGEST).any(|_| {
        cell.run(STRETCH);
        let now = cell.nusselt()[0];
        let is = (now - last).abs() <= STEADY * now;
        last = now;
        is
    });
    let (found, fastest) = (cell.nusselt(), cell.fastest());
    for rolls in group {
        let heat = |(key, given): &(&str, f64)| {
            let own = found[usize::from(["Nu", "Nu_top", "Nu_wall"].contains(key))];
            Check::relative(*key, own, *given, HEAT)
        };
        let mut checks: Vec<Check> = rolls.nusselt.iter().map(heat).collect();
        for ((key, given), own) in ["u_max", "v_max_kappa_over_d"].into_iter().zip(rolls.fastest).zip(fastest)
        {
            checks.extend(given.map(|given| Check::relative(key, own, given, SPEED)));
        }
        record.answer(
            &rolls.name,
            match steady {
                true => Ok(checks),
                false => Err(Fault::Failed("the rolls do not become steady".into())),
            },
        );
    }
}
