//! Coupled oscillators: their phases by two integrators and by the exact solution, the critical coupling, and how ordered
//! very many are.

use systems::swarm::synchrony::integrate::Method;
use systems::swarm::synchrony::mean::kuramoto_step;
use systems::swarm::synchrony::natural::{Distribution, deviations};
use systems::swarm::synchrony::observe::order;
use systems::swarm::synchrony::theory::{critical_coupling, order_at};

use crate::case::{Answer, Job};
use crate::check::Check;
use crate::fault::Fault;
use crate::json::Field;

/// Most oscillators.
const MOST: usize = 10_000;
/// Of phases by an integrator whose steps are given, radians.
const STEPS: f64 = 1e-9;
/// Of phases by small steps against the exact ones, radians, and such a step in units of time.
const EXACT: f64 = 1e-8;
const SMALL: f64 = 1e-3;
/// Oscillators of a run, its length, its step, and how far its order may be off where that is not small.
const RUN: usize = 10_000;
const TIME: f64 = 60.0;
const STEP: f64 = 0.05;
const ORDER: f64 = 0.03;
/// Of what theory says: critical couplings and orders.
const THEORY: f64 = 1e-5;

struct Case {
    coupling: f64,
    omega: Vec<f64>,
    theta: Vec<f64>,
    dt: f64,
    /// What is compared, when, by which method, and the phases then.
    given: Vec<(&'static str, f64, Option<Method>, Vec<f64>)>,
    orders: Vec<(f64, f64)>,
}

/// A case of few oscillators.
pub fn job(field: &Field) -> Result<Job, Fault> {
    let n = field.get("N").count(1..=MOST)?;
    let numbers =
        |f: &Field| f.list_of(n)?.iter().map(|f| f.within(-1e6..=1e6)).collect::<Result<Vec<f64>, Fault>>();
    let mut given = Vec::new();
    for (key, time, method) in [
        ("exact_t1", 1.0, None),
        ("exact_t10", 10.0, None),
        ("euler_after_t10", 10.0, Some(Method::Euler)),
        ("rk4_after_t10", 10.0, Some(Method::Rk4)),
    ] {
        let phases = field.get(key);
        if !phases.is_absent() {
            given.push((key, time, method, numbers(&phases)?));
        }
    }
    let mut orders = Vec::new();
    for (key, time) in [("r_t0", 0.0), ("r_t1", 1.0), ("r_t10", 10.0)] {
        let r = field.get(key);
        if !r.is_absent() {
            orders.push((time, r.within(0.0..=1.0)?));
        }
    }
    if given.is_empty() && orders.is_empty() {
        return Err(field.fault("expected `exact_t10`, `rk4_after_t10` or others, found none"));
    }
    let case = Case {
        coupling: field.get("K").within(-1e4..=1e4)?,
        omega: numbers(&field.get("omega"))?,
        theta: numbers(&field.get("theta0"))?,
        dt: field.get("dt").within(1e-4..=1.0)?,
        given,
        orders,
    };
    Ok(Job::one(format!("kuramoto, {n} oscillators, K {}", case.coupling), move || Ok(case.answer())))
}

impl Case {
    /// Phases after some time, in equal steps of at most `dt`.
    fn after(&self, time: f64, dt: f64, method: Method) -> Vec<f64> {
        let mut theta = self.theta.clone();
        let steps = (time / dt).round().max(1.0);
        if time > 0.0 {
            (0..steps as u64).for_each(|_| {
                kuramoto_step(&mut theta, &self.omega, self.coupling, time / steps, method);
            });
        }
        theta
    }

    fn answer(&self) -> Vec<Check> {
        let mut checks = Vec::new();
        for (key, time, method, expected) in &self.given {
            let (dt, tolerance) = if method.is_some() { (self.dt, STEPS) } else { (SMALL, EXACT) };
            let found = self.after(*time, dt, method.unwrap_or(Method::Rk4));
            let around = |d: f64| (d - std::f64::consts::TAU * (d / std::f64::consts::TAU).round()).abs();
            let each = found.iter().zip(expected).enumerate().map(|(i, (a, b))| {
                Check::absolute(format!("phase {i}, {key}, distance"), around(a - b), 0.0, tolerance)
            });
            checks.extend(Check::of_many(each));
        }
        for (time, expected) in &self.orders {
            let r = order(&self.after(*time, SMALL, Method::Rk4)).0;
            checks.push(Check::absolute(format!("order at time {time}"), r, *expected, EXACT));
        }
        checks
    }
}

/// What is known of infinitely many, by the distribution of their frequencies.
pub fn critical(key: &str, field: &Field) -> Vec<Job> {
    let known = [
        ("gaussian_sigma1", Distribution::Gaussian),
        ("lorentz_gamma1", Distribution::Lorentz),
        ("uniform_half_width1", Distribution::Uniform),
    ];
    let Some((_, distribution)) = known.into_iter().find(|(name, _)| *name == key) else {
        let names = known.map(|k| k.0).join(", ");
        return vec![Job::answered(key, Err(field.fault(format!("expected one of {names}"))))];
    };
    let mut jobs = vec![Job::or_fault(key, coupling(key, field, distribution))];
    let table = field.get("r");
    if !table.is_absent() {
        match table.list() {
            Ok(rows) => {
                let row = |f: &Field| Job::or_fault(f.path(), large(key, f, distribution));
                jobs.extend(rows.iter().map(row));
            }
            Err(fault) => jobs.push(Job::answered(key, Err(fault))),
        }
    }
    jobs
}

fn coupling(key: &str, field: &Field, distribution: Distribution) -> Result<Job, Fault> {
    let expected = field.get("Kc").within(1e-6..=1e6)?;
    let at = field.get("r_at_Kc");
    let at = if at.is_absent() { None } else { Some(at.within(0.0..=1.0)?) };
    Ok(Job::one(format!("kuramoto, critical coupling, {key}"), move || -> Answer {
        let found = critical_coupling(distribution);
        let mut checks = vec![Check::relative("coupling", found, expected, THEORY)];
        // At the coupling itself it jumps: just above it is there.
        checks.extend(at.map(|r| {
            Check::absolute("order just above", order_at(distribution, found * (1.0 + 1e-9)), r, 1e-3)
        }));
        Ok(checks)
    }))
}

/// A run of very many at a coupling, and what theory says of it.
fn large(key: &str, field: &Field, distribution: Distribution) -> Result<Job, Fault> {
    let list = field.list()?;
    let (Some(k), Some(r)) = (list.first(), list.get(1)) else { return Err(field.expected("[K, r]")) };
    let (coupling, expected) = (k.within(0.0..=1e3)?, r.within(0.0..=1.0)?);
    Ok(Job::one(format!("kuramoto, {key}, K {coupling}"), move || -> Answer {
        let mut checks =
            vec![Check::absolute("order by theory", order_at(distribution, coupling), expected, THEORY)];
        // Near the critical coupling so many still fluctuate.
        let ratio = coupling / critical_coupling(distribution);
        if !(0.8..1.15).contains(&ratio) {
            checks.push(Check::absolute(
                format!("order of {RUN}"),
                run(distribution, coupling),
                expected,
                ORDER,
            ));
        }
        Ok(checks)
    }))
}

/// Mean order of the second half of a run.
fn run(distribution: Distribution, coupling: f64) -> f64 {
    let shares: Vec<f32> = (0..RUN).map(|i| ((i as f64 + 0.5) / RUN as f64) as f32).collect();
    let omega: Vec<f64> = deviations(distribution, &shares).into_iter().map(f64::from).collect();
    // From step they come to rest sooner than from anywhere: near the critical coupling order grows slowly.
    let mut theta = vec![0.0; RUN];
    let steps = (TIME / STEP) as usize;
    let mut sum = 0.0;
    for step in 0..steps {
        kuramoto_step(&mut theta, &omega, coupling, STEP, Method::Rk4);
        if 2 * step >= steps {
            sum += order(&theta).0;
        }
    }
    2.0 * sum / steps as f64
}
