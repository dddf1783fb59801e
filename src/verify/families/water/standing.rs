//! Standing waves in a closed basin.

use std::f64::consts::PI;

use systems::gas::water::plane::Sides;
use systems::gas::water::shallow::{Physics, Shallow};

use crate::case::Job;
use crate::check::Check;
use crate::fault::Fault;
use crate::json::Field;

/// Relative, of the period that the scheme shows.
const SCHEME: f64 = 0.005;
/// Relative, of closed forms.
const EXACT: f64 = 1e-12;
const CELLS: usize = 200;
/// Height of the waves, in depths.
const HEIGHT: f64 = 1e-3;

/// The case of one basin and one mode.
pub fn job(given: &Field) -> Result<Job, Fault> {
    let (length, depth) = (given.get("L").within(1e-2..=1e4)?, given.get("depth").within(1e-3..=1e3)?);
    let (gravity, n) = (given.get("g").within(1e-3..=1e3)?, given.get("n").count(1..=10)?);
    let wave = n as f64 * PI / length;
    let turn = |square: f64| 2.0 * PI / libm::sqrt(square);
    let own = [
        ("k", wave),
        ("shallow_period", 2.0 * length / (n as f64 * libm::sqrt(gravity * depth))),
        ("airy_period", turn(gravity * wave * libm::tanh(wave * depth))),
        ("deep_limit_period", turn(gravity * wave)),
    ];
    let mut known = Vec::new();
    for (key, own) in own.into_iter().filter(|(key, _)| !given.get(key).is_absent()) {
        known.push((key, own, given.get(key).number()?));
    }
    let shallow = given.get("shallow_period").number()?;
    Ok(Job::one(format!("standing wave {n} in {length} by {depth}"), move || {
        let mut checks: Vec<Check> =
            known.iter().map(|(key, own, given)| Check::relative(*key, *own, *given, EXACT)).collect();
        let found = period(length, depth, gravity, n)?;
        checks.push(Check::relative(format!("shallow_period on {CELLS} cells"), found, shallow, SCHEME));
        Ok(checks)
    }))
}

/// The period of a mode, by the moments at which it passes through the level.
fn period(length: f64, depth: f64, gravity: f64, n: usize) -> Result<f64, Fault> {
    let physics = Physics { gravity: gravity as f32, ..Physics::metres((length / CELLS as f64) as f32) };
    let mut water = Shallow::new(CELLS, 1, Sides::WALLS, physics);
    let mode: Vec<f64> =
        (0..CELLS).map(|x| libm::cos(PI * n as f64 * (x as f64 + 0.5) / CELLS as f64)).collect();
    water.fill(|x, _| [(depth * (1.0 + HEIGHT * mode[x])) as f32, 0.0, 0.0]);
    let part = |water: &Shallow| {
        let heights = water.depth(0).iter().map(|h| f64::from(*h) - depth);
        heights.zip(&mode).map(|(h, m)| h * m).sum::<f64>()
    };
    let step = 2.0 * length / (n as f64 * libm::sqrt(gravity * depth)) / 80.0;
    let (mut last, mut passed) = (part(&water), Vec::new());
    for k in 0..400 {
        water.advance(step as f32, 1000, None);
        let now = part(&water);
        if last * now < 0.0 {
            passed.push((k as f64 + last / (last - now)) * step);
        }
        last = now;
        if let [first, _, _, _, fifth] = passed[..] {
            return Ok(0.5 * (fifth - first));
        }
    }
    Err(Fault::Failed("the wave does not swing".into()))
}
