//! Zalesak's slotted disc (1979), carried round once in a given number of steps.

use systems::gas::smoke::advect::{Carried, Place, Scheme, Traces, World};

use crate::case::Job;
use crate::check::Check;
use crate::fault::Fault;
use crate::json::Field;

/// Largest difference, with the same scheme.
const CLOSE: f64 = 1e-6;
/// Most cells times steps: some seconds.
const MOST_UPDATES: usize = 200_000_000;

const SCHEMES: &[(&str, Scheme)] = &[
    ("sl", Scheme::SemiLagrangian),
    ("mc", Scheme::MacCormack),
    ("mc_clamp", Scheme::Clamp),
    ("mc_revert", Scheme::Revert),
];

/// The case of one grid, number of steps and scheme.
pub fn job(given: &Field) -> Result<Job, Fault> {
    let n = given.get("N").count(8..=2000)?;
    let steps = given.get("steps").count(8..=MOST_UPDATES / (n * n))?;
    let scheme = given.get("scheme").choice(SCHEMES)?;
    let mut known = Vec::new();
    for key in ["L1_relative", "L2_relative", "mass_ratio", "max", "min", "cells_initial", "cells_over_half"]
    {
        if !given.get(key).is_absent() {
            known.push((key, given.get(key).number()?));
        }
    }
    if known.is_empty() {
        return Err(given.expected("figures such as `L1_relative`"));
    }
    let name = format!("{}, {n} cells, {steps} steps", given.get("scheme").text()?);
    Ok(Job::one(name, move || {
        let start = disc(n);
        let traces = turn(n, std::f64::consts::TAU / steps as f64);
        let mut carried = Carried::new(start.clone());
        (0..steps).for_each(|_| {
            carried.carry(World { size: (n, n), wraps: [false; 2] }, Place::Centres, &traces, scheme)
        });
        let found = |key: &str| figure(key, &start, &carried.now);
        Ok(known.iter().map(|(key, given)| Check::absolute(*key, found(key), *given, CLOSE)).collect())
    }))
}

/// 1 inside of a disc of radius 15 at (50, 75) in a square of 100, without a slot of width 5; else 0.
fn disc(n: usize) -> Vec<[f64; 1]> {
    let unit = 100.0 / n as f64;
    let cell = |i: usize| {
        let [x, y] = [i % n, i / n].map(|c| (c as f64 + 0.5) * unit);
        let inside = (x - 50.0) * (x - 50.0) + (y - 75.0) * (y - 75.0) <= 225.0;
        let slot = (x - 50.0).abs() <= 2.5 && y <= 85.0;
        [f64::from(u8::from(inside && !slot))]
    };
    (0..n * n).map(cell).collect()
}

/// Displacements of a turn about the middle by an angle: the midpoint rule with the exact velocity.
fn turn(n: usize, angle: f64) -> Traces<f64> {
    let mut traces = Traces::new(n * n);
    let unit = 100.0 / n as f64;
    for i in 0..n * n {
        let [x, y] = [i % n, i / n].map(|c| (c as f64 + 0.5) * unit - 50.0);
        for (into, sign) in [(&mut traces.back, -1.0), (&mut traces.ahead, 1.0)] {
            let half = 0.5 * sign * angle;
            let (mx, my) = (x - half * y, y + half * x);
            (into.x[i], into.y[i]) = (-sign * angle * my / unit, sign * angle * mx / unit);
        }
    }
    traces
}

fn figure(key: &str, start: &[[f64; 1]], end: &[[f64; 1]]) -> f64 {
    let of = |field: &[[f64; 1]], f: fn(f64) -> f64| field.iter().map(|v| f(v[0])).sum::<f64>();
    let lost = |f: fn(f64) -> f64| start.iter().zip(end).map(|(a, b)| f(b[0] - a[0])).sum::<f64>();
    let over = |field: &[[f64; 1]]| field.iter().filter(|v| v[0] > 0.5).count() as f64;
    let values = || end.iter().map(|v| v[0]);
    match key {
        "L1_relative" => lost(f64::abs) / of(start, |v| v),
        "L2_relative" => libm::sqrt(lost(|d| d * d) / of(start, |v| v * v)),
        "mass_ratio" => of(end, |v| v) / of(start, |v| v),
        "max" => values().fold(f64::NEG_INFINITY, f64::max),
        "min" => values().fold(f64::INFINITY, f64::min),
        "cells_initial" => of(start, |v| v),
        _ => over(end),
    }
}
