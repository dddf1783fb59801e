//! The wave equation on a torus, step by step. The skin of a drum has rims and no torus; where they are free they mirror,
//! so that the part of the wave that is even about them, cos kx·cos ky, stands between them as on the torus.

use std::f64::consts::PI;

use systems::gas::membrane::outline::{Outline, Rim};
use systems::gas::membrane::skin::{Physics, Skin};

use crate::case::Job;
use crate::check::Check;
use crate::fault::Fault;
use crate::json::Field;

/// Absolute, of an amplitude of 1 in single precision.
const STEPPED: f64 = 3e-4;
/// Relative, of closed forms.
const EXACT: f64 = 1e-9;
const RATE: f64 = 48_000.0;

/// The case of one world and one mode.
pub fn job(given: &Field) -> Result<Job, Fault> {
    let size = (given.get("W").count(4..=512)?, given.get("H").count(4..=512)?);
    let mode = given.get("mode").list_of(2)?;
    let mode = [mode[0].within(-256.0..=256.0)?, mode[1].within(-256.0..=256.0)?];
    let (courant, steps) = (given.get("courant").within(1e-3..=0.708)?, given.get("steps").count(1..=2000)?);
    let k = [2.0 * PI * mode[0] / size.0 as f64, 2.0 * PI * mode[1] / size.1 as f64];
    let squares = k.map(|k| libm::sin(0.5 * k) * libm::sin(0.5 * k));
    let omega = 2.0 * libm::asin((courant * libm::sqrt(squares[0] + squares[1])).min(1.0));
    let closed = [
        ("omega_dt_discrete", omega),
        ("omega_dt_continuous", courant * libm::sqrt(k[0] * k[0] + k[1] * k[1])),
        ("amplitude_after", libm::cos(steps as f64 * omega)),
    ];
    let mut known = Vec::new();
    for (key, own) in closed.into_iter().filter(|(key, _)| !given.get(key).is_absent()) {
        known.push((key, own, given.get(key).number()?));
    }
    let after = given.get("amplitude_after").number()?;
    let name = format!("leapfrog, mode {} {}, {steps} steps", mode[0], mode[1]);
    Ok(Job::one(name, move || {
        let mut checks: Vec<Check> =
            known.iter().map(|(key, own, given)| Check::absolute(*key, *own, *given, EXACT)).collect();
        let (amplitude, rest) = stepped(size, k, courant, omega, steps);
        checks.push(Check::absolute("amplitude_after, stepped", amplitude, after, STEPPED));
        checks.push(Check::absolute("greatest difference from the mode", rest, 0.0, STEPPED));
        Ok(checks)
    }))
}

/// Amplitude of the mode after so many steps, and the greatest difference of a cell from it.
fn stepped((w, h): (usize, usize), k: [f64; 2], courant: f64, omega: f64, steps: usize) -> (f64, f64) {
    let shape = |x: usize, y: usize| libm::cos(k[0] * (x as f64 + 0.5)) * libm::cos(k[1] * (y as f64 + 0.5));
    let inside = |v: isize, n: usize| 0.5 * n as f32 - (v as f32 + 0.5 - 0.5 * n as f32).abs();
    let outline = Outline::new((w, h), Rim::Free, |x, y| inside(x, w).min(inside(y, h)));
    let mut skin = Skin::new(outline, Rim::Free);
    // The displacement now is that of step 1.
    skin.fill(|x, y| [(shape(x, y) * libm::cos(omega)) as f32, shape(x, y) as f32]);
    let physics = Physics { speed: courant * RATE, rate: RATE, ..Physics::default() };
    (1..steps).for_each(|_| skin.step(physics.factors(), None));
    let cells = || (0..h).flat_map(|y| (0..w).map(move |x| (x, y)));
    let found = |x: usize, y: usize| f64::from(skin.displacement()[skin.outline().at(x, y)]);
    let (along, square) = cells().fold((0.0, 0.0), |(along, square), (x, y)| {
        let s = shape(x, y);
        (along + found(x, y) * s, square + s * s)
    });
    let amplitude = along / square.max(f64::MIN_POSITIVE);
    let rest = cells().map(|(x, y)| (found(x, y) - amplitude * shape(x, y)).abs()).fold(0.0, f64::max);
    (amplitude, rest)
}
