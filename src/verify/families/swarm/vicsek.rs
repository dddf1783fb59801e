//! Vicsek's model, step by step, with the noise given; and how ordered random directions are.

use systems::swarm::boids::flock::Flock;
use systems::swarm::boids::vicsek::step;
use world::rng::Rng;

use crate::case::{Answer, Job};
use crate::check::Check;
use crate::fault::Fault;
use crate::json::Field;

/// Most bodies, and most steps.
const MOST: usize = 20_000;
const STEPS: u64 = 10_000;
/// Of places and directions.
const TOLERANCE: f64 = 1e-10;

/// What is known after some steps.
struct After {
    step: u64,
    places: Vec<[f64; 2]>,
    angles: Vec<f64>,
    order: Option<f64>,
}

struct Case {
    side: f64,
    radius: f64,
    speed: f64,
    eta: f64,
    places: Vec<[f64; 2]>,
    angles: Vec<f64>,
    noise: Vec<Vec<f64>>,
    after: Vec<After>,
}

/// The runs of one crowd.
pub fn jobs(field: &Field) -> Result<Vec<Job>, Fault> {
    let runs = field.get("runs").list()?;
    if runs.is_empty() {
        return Err(field.get("runs").fault("expected runs, found none"));
    }
    Ok(runs.iter().map(|run| Job::or_fault(run.path(), job(field, run))).collect())
}

fn job(field: &Field, run: &Field) -> Result<Job, Fault> {
    let case = read(field, run)?;
    let name = format!("vicsek, {} bodies, noise {}", case.places.len(), case.eta);
    Ok(Job::one(name, move || Ok(case.answer())))
}

fn pairs(field: &Field, n: usize, high: f64) -> Result<Vec<[f64; 2]>, Fault> {
    field.list_of(n)?.iter().map(|f| f.pair(0.0..=high)).collect()
}

fn numbers(field: &Field, n: usize) -> Result<Vec<f64>, Fault> {
    field.list_of(n)?.iter().map(Field::number).collect()
}

fn read(field: &Field, run: &Field) -> Result<Case, Fault> {
    let n = field.get("N").count(1..=MOST)?;
    let side = field.get("L").within(1e-6..=1e9)?;
    let mut after = Vec::new();
    for (key, state) in run.object()? {
        let Some(number) = key.strip_prefix("after") else { continue };
        let step = number.parse().ok().filter(|s| (1..=STEPS).contains(s));
        let step =
            step.ok_or_else(|| state.fault(format!("expected a number of steps from 1 to {STEPS}")))?;
        let angles = state.get("theta");
        after.push(After {
            step,
            places: pairs(&state.get("x"), n, side)?,
            angles: numbers(&angles, n)?,
            order: None,
        });
    }
    after.sort_by_key(|a| a.step);
    let Some(last) = after.last_mut() else {
        return Err(run.fault("expected states `after1` and others, found none"));
    };
    let order = run.get("order_parameter");
    last.order = if order.is_absent() { None } else { Some(order.within(0.0..=1.0)?) };
    let last = last.step;
    let noise = field.get("noise").list()?;
    if (noise.len() as u64) < last {
        return Err(field.get("noise").expected(format!("the noise of {last} steps")));
    }
    Ok(Case {
        side,
        radius: field.get("r").within(1e-9 * side..=0.5 * side)?,
        speed: field.get("v0").within(1e-12..=1e6)?,
        eta: run.get("eta").number()?,
        places: pairs(&field.get("x0"), n, side)?,
        angles: numbers(&field.get("theta0"), n)?,
        noise: noise.iter().take(last as usize).map(|f| numbers(f, n)).collect::<Result<_, _>>()?,
        after,
    })
}

impl Case {
    fn answer(&self) -> Vec<Check> {
        let bodies = self.places.iter().zip(&self.angles);
        let heading = |angle: f64| [self.speed * libm::cos(angle), self.speed * libm::sin(angle)];
        let mut flock = Flock::new(bodies.map(|(place, angle)| (*place, heading(*angle))));
        let (mut checks, mut taken) = (Vec::new(), 0);
        for after in &self.after {
            for k in taken..after.step {
                let noise = &self.noise[k as usize];
                step(&mut flock, [self.side; 2], self.radius, self.speed, |i| self.eta * noise[i as usize]);
            }
            taken = after.step;
            checks.extend(self.compare(&flock, after));
        }
        checks
    }

    fn compare(&self, flock: &Flock<f64>, after: &After) -> Vec<Check> {
        let around = |d: f64, length: f64| (d - length * (d / length).round()).abs();
        let each = |place: usize| {
            let i = flock.numbers[place] as usize;
            let off = [flock.x[place] - after.places[i][0], flock.y[place] - after.places[i][1]];
            let angle = libm::atan2(flock.v[place], flock.u[place]) - after.angles[i];
            let what = |what: &str| format!("{what} of body {i} after step {}, distance", after.step);
            let far = libm::hypot(around(off[0], self.side), around(off[1], self.side));
            [
                Check::absolute(what("position"), far, 0.0, TOLERANCE),
                Check::absolute(what("direction"), around(angle, std::f64::consts::TAU), 0.0, TOLERANCE),
            ]
        };
        let (places, angles): (Vec<_>, Vec<_>) =
            (0..flock.len()).map(each).map(|[place, angle]| (place, angle)).unzip();
        let mut checks = Check::of_many(places);
        checks.extend(Check::of_many(angles));
        if let Some(order) = after.order {
            let sum = flock.u.iter().zip(&flock.v).fold([0.0; 2], |s, (u, v)| [s[0] + u, s[1] + v]);
            let found = libm::hypot(sum[0], sum[1]) / (self.speed * flock.len() as f64);
            checks.push(Check::absolute(format!("order after step {}", after.step), found, order, TOLERANCE));
        }
        checks
    }
}

/// Crowds that are drawn, and how far the mean of their orders may be off, relative.
const DRAWN: u64 = 4000;
const SPREAD: f64 = 0.03;

/// How ordered so many random directions are on average.
pub fn random_order(name: &str, field: &Field) -> Result<Job, Fault> {
    let number =
        name.strip_prefix('N').and_then(|n| n.parse::<u64>().ok()).filter(|n| (2..=10_000).contains(n));
    let n = number
        .ok_or_else(|| field.fault("expected a key such as N100, a number of bodies from 2 to 10000"))?;
    let expected = field.within(0.0..=1.0)?;
    Ok(Job::one(format!("order of {n} random directions"), move || -> Answer {
        let order = |crowd: u64| {
            let r = Rng::new(1).fork(crowd);
            let sum = (0..n).fold([0.0; 2], |[u, v], i| {
                let (sin, cos) = libm::sincos(r.unit64(i) * std::f64::consts::TAU);
                [u + cos, v + sin]
            });
            libm::hypot(sum[0], sum[1]) / n as f64
        };
        let mean = (0..DRAWN).map(order).sum::<f64>() / DRAWN as f64;
        Ok(vec![Check::relative(format!("mean of {DRAWN} crowds"), mean, expected, SPREAD)])
    }))
}
