//! Pressure and rate of collisions: against equations of state, and against runs of another program.

use std::f64::consts::PI;

use super::measure::{Bath, Measured};
use crate::case::Job;
use crate::check::Check;
use crate::fault::Fault;
use crate::json::Field;

/// Relative, of what a run shows: its noise, its size, and what the equations leave out.
const MEASURED: f64 = 0.01;
/// The same from a density at which Henderson's first equation is known to be off by that much, and Enskog's rate with it.
const DENSE: f64 = 0.02;
/// That density.
const CROWDED: f64 = 0.5;
/// The virial series ends too early above this density.
const SERIES: f64 = 0.3;
/// Relative, of closed forms.
const EXACT: f64 = 1e-12;
/// Relative, of the virial series, whose coefficients are known to some digits.
const VIRIAL: f64 = 1e-6;
/// Third to seventh virial coefficients, in powers of the second (Clisby and McCoy 2006).
const COEFFICIENTS: [f64; 5] = [0.782_004_437_4, 0.532_231_80, 0.333_556_04, 0.198_842_5, 0.114_867_28];
/// Relative, of values that follow from one another.
const ROUNDING: f64 = 1e-9;
const DISCS: usize = 400;
const COLLISIONS: u64 = 250_000;

/// Henderson's equation of state (1975).
fn henderson(eta: f64) -> f64 {
    (1.0 + eta * eta / 8.0) / ((1.0 - eta) * (1.0 - eta))
}

fn virial(eta: f64) -> f64 {
    let x = 2.0 * eta;
    let (sum, _) = COEFFICIENTS.iter().fold((1.0 + x, x * x), |(sum, power), b| (sum + b * power, power * x));
    sum
}

/// Enskog's rate of collisions of a disc of unit diameter, for g at contact.
fn enskog(eta: f64, contact: f64) -> f64 {
    2.0 * PI.sqrt() * (4.0 * eta / PI) * contact
}

/// A row of the equation of state: closed forms, and what a run shows.
pub fn state(row: &Field) -> Result<Job, Fault> {
    let eta = row.get("eta").within(0.001..=0.68)?;
    let optional = |key: &str| {
        let field = row.get(key);
        if field.is_absent() || field.is_null() { Ok(None) } else { field.number().map(Some) }
    };
    let given =
        [row.get("Z_henderson").number().map(Some)?, optional("Z_henderson_1977")?, optional("Z_virial_6")?];
    let contact = row.get("contact_g").number()?;
    let dilute = 1.0 - eta;
    let later = henderson(eta) - 0.043 * eta * eta * eta * eta / (dilute * dilute * dilute);
    let own = [henderson(eta), later, virial(eta)];
    Ok(Job::one(format!("pressure at density {eta}"), move || {
        let names = ["Z_henderson", "Z_henderson_1977", "Z_virial_6"];
        let mut checks =
            vec![Check::relative("contact_g", (henderson(eta) - 1.0) / (2.0 * eta), contact, EXACT)];
        let found = bath(DISCS, eta, COLLISIONS)?;
        let first = if eta < CROWDED { MEASURED } else { DENSE };
        for (k, name) in names.into_iter().enumerate() {
            let Some(given) = given[k] else { continue };
            checks.push(Check::relative(name, own[k], given, if k == 2 { VIRIAL } else { EXACT }));
            if k < 2 || eta <= SERIES {
                let close = if k == 0 { first } else { MEASURED };
                checks.push(Check::relative(format!("{name} by a run"), found.pressure, given, close));
            }
        }
        checks.push(Check::relative("rate of collisions by a run", found.rate, enskog(eta, contact), first));
        Ok(checks)
    }))
}

fn bath(discs: usize, eta: f64, collisions: u64) -> Result<Measured, Fault> {
    let mut bath = Bath::new(discs, eta)?;
    bath.run(collisions / 5)?;
    bath.measure(collisions)
}

/// A run of another program, of its size and length. Its noise, and ours, depends on the length.
pub fn other_run(row: &Field) -> Result<Job, Fault> {
    let eta = row.get("eta").within(0.001..=0.68)?;
    let (n, collisions) = (row.get("N").count(8..=5000)?, row.get("collisions").count(1000..=3_000_000)?);
    let number = |key: &str| row.get(key).number();
    let [z, z_of_all, exact] =
        [number("Z_measured")?, number("Z_measured_with_kT_E_over_N")?, number("Z_henderson")?];
    let (rate, theory) = (number("collision_rate_per_disc")?, number("enskog")?);
    let close = MEASURED.max(4.0 / (collisions as f64).sqrt());
    Ok(Job::one(format!("{n} discs at density {eta}, as run by another program"), move || {
        let found = bath(n, eta, collisions as u64)?;
        // Without momentum as a whole there are two degrees of freedom less.
        let colder = (n - 1) as f64 / n as f64;
        let share = found.rate * colder.sqrt() / enskog(eta, (henderson(eta) - 1.0) / (2.0 * eta));
        Ok(vec![
            Check::relative("Z_henderson", henderson(eta), exact, EXACT),
            Check::relative("Z_measured_with_kT_E_over_N", found.pressure, z_of_all, close),
            Check::relative("Z_measured of the other", 1.0 + (z_of_all - 1.0) * colder, z, ROUNDING),
            Check::relative("Z_measured", 1.0 + (found.pressure - 1.0) * colder, z, close),
            Check::relative("collision_rate_per_disc / enskog", share, rate / theory, close),
        ])
    }))
}
