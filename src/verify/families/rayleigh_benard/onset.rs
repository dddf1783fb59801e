//! Where motion begins: the Rayleigh number at which a roll neither grows nor fades.

use super::cell::Cell;
use crate::case::Job;
use crate::check::Check;
use crate::fault::Fault;
use crate::json::Field;

/// Relative, of the critical Rayleigh number.
const CLOSE: f64 = 0.02;
const ROWS: usize = 32;
const PRANDTL: f64 = 0.71;
const FREE_FALL: f64 = 0.05;
/// Small enough for a roll to change nothing but itself.
const AMPLITUDE: f64 = 1e-3;

/// A case for each kind of plates.
pub fn jobs(all: &Field) -> Vec<Job> {
    let part = all.get("critical");
    match part.object() {
        _ if part.is_absent() && all.object().is_ok() => Vec::new(),
        Ok(kinds) => {
            kinds.iter().map(|(name, f)| Job::or_fault(&format!("onset, {name}"), job(name, f))).collect()
        }
        Err(fault) => vec![Job::answered("critical", Err(fault))],
    }
}

fn job(name: &str, given: &Field) -> Result<Job, Fault> {
    let (critical, wave) = (given.get("Ra_c").within(100.0..=1e5)?, given.get("k_c").within(1.0..=8.0)?);
    if name != "rigid-rigid" {
        return Err(Fault::NotCovered("plates that fluid slips along".into()));
    }
    Ok(Job::one(format!("onset, {name}"), move || {
        let [low, high] = [0.97, 1.03].map(|part| part * critical);
        let [fades, grows] = [low, high].map(|rayleigh| growth(wave, rayleigh));
        let found = low + (high - low) * fades / (fades - grows);
        Ok(vec![Check::relative("Ra_c", found, critical, CLOSE)])
    }))
}

/// Rate at which the energy of a roll grows, per diffusion time.
fn growth(wave: f64, rayleigh: f64) -> f64 {
    let mut cell = Cell::new(ROWS, wave, rayleigh, PRANDTL, FREE_FALL, AMPLITUDE);
    // Other modes fade first.
    cell.run(0.5);
    let before = cell.energy();
    cell.run(0.5);
    libm::log(cell.energy() / before) / 0.5
}
