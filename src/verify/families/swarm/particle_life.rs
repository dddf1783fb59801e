//! Particle life: the table of its force, and a world step by step.

use systems::swarm::particle_life::crowd::{Space, number_of};
use systems::swarm::particle_life::force::{Law, MOST_KINDS, force};
use systems::swarm::particle_life::particles::Particles;

use crate::case::{Answer, Job};
use crate::check::Check;
use crate::fault::Fault;
use crate::json::Field;

/// Most particles, and most steps.
const MOST: usize = 100_000;
const STEPS: u64 = 10_000;
/// Of forces; of positions and velocities after a first step, and after up to [`SOON`]: errors grow with time.
const EXACT: f64 = 1e-11;
const LATE: f64 = 1e-7;

/// A table of forces by distance.
pub fn table(field: &Field) -> Result<Job, Fault> {
    let (beta, a) = (field.get("beta").within(1e-6..=1.0 - 1e-6)?, field.get("a").within(-1e6..=1e6)?);
    let pair = |f: &Field| f.pair(-1e9..=1e9);
    let values = field.get("values").list()?.iter().map(pair).collect::<Result<Vec<_>, Fault>>()?;
    if values.is_empty() {
        return Err(field.get("values").fault("expected pairs of a distance and a force, found none"));
    }
    Ok(Job::one(format!("particle life, force, beta {beta}, a {a}"), move || -> Answer {
        let each = values.iter().map(|[r, expected]| {
            Check::above(format!("force at {r}"), force(*r, a, beta), *expected, EXACT, 1.0)
        });
        Ok(Check::of_many(each))
    }))
}

/// What is known after some steps.
struct After {
    step: u64,
    places: Vec<[f64; 2]>,
    velocities: Vec<[f64; 2]>,
}

struct Case {
    side: f64,
    law: Law<f64>,
    keeps: f64,
    dt: f64,
    kinds: Vec<u8>,
    places: Vec<[f64; 2]>,
    velocities: Vec<[f64; 2]>,
    first: Option<Vec<[f64; 2]>>,
    after: Vec<After>,
}

/// A world.
pub fn world(field: &Field) -> Result<Job, Fault> {
    let case = read(field)?;
    let name = format!("particle life, {} particles", case.places.len());
    Ok(Job::one(name, move || Ok(case.answer())))
}

fn pairs(field: &Field, n: usize, low: f64, high: f64) -> Result<Vec<[f64; 2]>, Fault> {
    field.list_of(n)?.iter().map(|f| f.pair(low..=high)).collect()
}

fn matrix(field: &Field) -> Result<(usize, [[f64; MOST_KINDS]; MOST_KINDS]), Fault> {
    let kinds = field.list()?.len();
    if kinds == 0 || kinds > MOST_KINDS {
        return Err(field.expected(format!("a square matrix of 1 to {MOST_KINDS} rows")));
    }
    let mut matrix = [[0.0; MOST_KINDS]; MOST_KINDS];
    for (row, given) in matrix.iter_mut().zip(field.list()?) {
        for (value, given) in row.iter_mut().zip(given.list_of(kinds)?) {
            *value = given.within(-1e6..=1e6)?;
        }
    }
    Ok((kinds, matrix))
}

fn read(field: &Field) -> Result<Case, Fault> {
    let n = field.get("N").count(1..=MOST)?;
    let side = field.get("L").within(1e-6..=1e9)?;
    let (count, matrix) = matrix(&field.get("matrix"))?;
    let kind = |f: &Field| f.count(0..=count - 1).map(|k| k as u8);
    let kinds = field.get("kinds").list_of(n)?.iter().map(kind).collect::<Result<Vec<u8>, Fault>>()?;
    let mut after = Vec::new();
    for (step, state) in field.get("states").numbered()? {
        if !(1..=STEPS).contains(&step) {
            return Err(state.fault(format!("expected a number of steps from 1 to {STEPS}")));
        }
        let places = pairs(&state.get("positions"), n, 0.0, side)?;
        after.push(After { step, places, velocities: pairs(&state.get("velocities"), n, -1e12, 1e12)? });
    }
    let first = field.get("first_acceleration");
    let first = if first.is_absent() { None } else { Some(pairs(&first, n, -1e15, 1e15)?) };
    if after.is_empty() && first.is_none() {
        return Err(field.fault("expected `states` or `first_acceleration`, found neither"));
    }
    Ok(Case {
        side,
        law: Law {
            r_max: field.get("r_max").within(1e-9 * side..=0.5 * side)?,
            beta: field.get("beta").within(1e-6..=1.0 - 1e-6)?,
            factor: field.get("force_factor").within(-1e9..=1e9)?,
            matrix,
        },
        keeps: field.get("friction_factor").within(0.0..=1.0)?,
        dt: field.get("dt").within(0.0..=1e6)?,
        kinds,
        places: pairs(&field.get("positions"), n, 0.0, side)?,
        velocities: pairs(&field.get("velocities"), n, -1e12, 1e12)?,
        first,
        after,
    })
}

impl Case {
    fn answer(&self) -> Vec<Check> {
        let space = Space { extent: [self.side; 2], wraps: [true; 2] };
        let mut all = Particles::new(&self.places, &self.velocities, &self.kinds);
        let mut checks = Vec::new();
        if let Some(first) = &self.first {
            all.feel(&self.law, &space);
            let size = first.iter().flatten().fold(1.0, |a: f64, b| a.max(b.abs()));
            let each = (0..all.crowd.len()).flat_map(|place| {
                let (i, found) = (number_of(all.crowd.name[place]), [all.pull[0][place], all.pull[1][place]]);
                (0..2).map(move |k| {
                    let what = format!("first acceleration of particle {i}");
                    Check::above(what, found[k], first[i][k], EXACT, size)
                })
            });
            checks.extend(Check::of_many(each));
        }
        let mut taken = 0;
        for after in &self.after {
            (taken..after.step).for_each(|_| all.step(&self.law, self.keeps, self.dt, &space));
            taken = after.step;
            checks.extend(self.compare(&all, after));
        }
        checks
    }

    fn compare(&self, all: &Particles<f64>, after: &After) -> Vec<Check> {
        let tolerance = if after.step == 1 { EXACT } else { LATE };
        let around = |d: f64| (d - self.side * (d / self.side).round()).abs();
        let each = |place: usize| {
            let i = number_of(all.crowd.name[place]);
            let (at, v) = (after.places[i], after.velocities[i]);
            let off = libm::hypot(around(all.crowd.x[place] - at[0]), around(all.crowd.y[place] - at[1]));
            let faster = libm::hypot(all.crowd.vx[place] - v[0], all.crowd.vy[place] - v[1]);
            let what = |what: &str| format!("{what} of particle {i} after step {}, distance", after.step);
            [
                Check::absolute(what("position"), off, 0.0, tolerance),
                Check::absolute(what("velocity"), faster, 0.0, tolerance),
            ]
        };
        let (places, velocities): (Vec<_>, Vec<_>) =
            (0..all.crowd.len()).map(each).map(|[place, velocity]| (place, velocity)).unzip();
        Check::of_many(places).into_iter().chain(Check::of_many(velocities)).collect()
    }
}
