//! Dams that break.

use systems::gas::water::plane::Sides;
use systems::gas::water::shallow::{Physics, Shallow};

use super::exact::DamBreak;
use crate::case::Job;
use crate::check::Check;
use crate::fault::Fault;
use crate::json::Field;

/// Of depths, summed over the profile and relative to it.
const SCHEME: f64 = 0.02;
/// Relative, of closed forms.
const EXACT: f64 = 1e-9;
const CELLS: usize = 400;
const MOST_STEPS: u32 = 200_000;

const FIGURES: [&str; 8] = [
    "rarefaction_head_speed",
    "front_speed",
    "h_at_dam",
    "u_at_dam",
    "h_middle",
    "u_middle",
    "shock_speed",
    "rarefaction_tail_speed",
];

/// The case of one dam.
pub fn job(given: &Field) -> Result<Job, Fault> {
    let left = given.get("h_left").within(1e-3..=1e3)?;
    let right = given.get("h_right").within(0.0..=left)?;
    let (gravity, time) = (given.get("g").within(1e-3..=1e3)?, given.get("t").within(1e-3..=1e3)?);
    let exact = DamBreak::new(left, right, gravity);
    let mut known = Vec::new();
    for key in FIGURES.iter().filter(|key| !given.get(key).is_absent()) {
        let value = given.get(key).number()?;
        known.push((
            *key,
            exact.figure(key).ok_or_else(|| given.get(key).fault("there is no such thing here"))?,
            value,
        ));
    }
    let mut profile = Vec::new();
    for row in given.get("profile").list()? {
        let of = row.list_of(3)?;
        profile.push([of[0].within(-1e6..=1e6)?, of[1].within(0.0..=1e4)?, of[2].within(-1e6..=1e6)?]);
    }
    if profile.iter().all(|p| p[1] == 0.0) {
        return Err(given.get("profile").fault("expected points with water, found none"));
    }
    Ok(Job::one(format!("dam break, {left} on {right}"), move || {
        let one = |(key, own, given): &(&str, f64, f64)| Check::relative(*key, *own, *given, EXACT);
        let mut checks: Vec<Check> = known.iter().map(one).collect();
        for (k, name) in ["depth", "velocity"].into_iter().enumerate() {
            let size = [left, exact.fastest()][k];
            let each = profile.iter().map(|p| {
                let what = format!("{name} at {}", p[0]);
                Check::above(what, exact.at(p[0] / time)[k], p[1 + k], EXACT, size)
            });
            checks.extend(Check::of_many(each));
        }
        // Walls are beyond what moves.
        let reach = profile.iter().map(|p| p[0].abs()).fold(exact.fastest() * time, f64::max);
        let depths = run(2.2 * reach, [left, right], gravity, time)?;
        let at = |x: f64| {
            let place = ((x / (2.2 * reach) + 0.5) * CELLS as f64 - 0.5).clamp(0.0, CELLS as f64 - 1.001);
            let (i, part) = (place as usize, place.fract());
            depths[i] * (1.0 - part) + depths[i + 1] * part
        };
        let off: f64 = profile.iter().map(|p| (at(p[0]) - p[1]).abs()).sum();
        let what = format!("depths on {CELLS} cells, mean deviation,");
        checks.push(Check::absolute(what, off / profile.iter().map(|p| p[1]).sum::<f64>(), 0.0, SCHEME));
        Ok(checks)
    }))
}

/// Depths of cells over a length, with the dam in the middle.
fn run(length: f64, [left, right]: [f64; 2], gravity: f64, time: f64) -> Result<Vec<f64>, Fault> {
    let cell = length / CELLS as f64;
    let physics = Physics { gravity: gravity as f32, ..Physics::metres(cell as f32) };
    let mut water = Shallow::new(CELLS, 1, Sides::WALLS, physics);
    water.fill(|x, _| [if x < CELLS / 2 { left } else { right } as f32, 0.0, 0.0]);
    let done = water.advance(time as f32, MOST_STEPS, None);
    match done.seconds >= time as f32 {
        true => Ok(water.depth(0).iter().map(|h| f64::from(*h)).collect()),
        false => Err(Fault::Failed(format!("{MOST_STEPS} steps only lead to {}", done.seconds))),
    }
}
