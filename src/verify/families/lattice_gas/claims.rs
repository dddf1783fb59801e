//! What is said of the tables: symmetries, numbers of states that change, viscosities.

use systems::gas::lattice_gas::model::Model;

use super::symmetries::{RULES, active, breaches, not_dual};
use super::viscosity;
use crate::case::Job;
use crate::check::Check;
use crate::fault::Fault;
use crate::folder::Folder;
use crate::json::Field;

/// Relative, of viscosities.
const CLOSE: f64 = 1e-12;

/// A case for each model.
pub fn jobs(folder: &Folder, file: &str, models: &[(&str, Model)]) -> Vec<Job> {
    let document = match folder.json(file) {
        Ok(document) => document,
        Err(fault) => return vec![Job::answered(file, Err(fault))],
    };
    let all = match document.root().object() {
        Ok(all) => all,
        Err(fault) => return vec![Job::answered(file, Err(fault))],
    };
    if all.is_empty() {
        return vec![folder.no_cases(file)];
    }
    let one = |(name, field): (&str, Field)| {
        let title = format!("{file}, {name}");
        Job::or_fault(&title, job(&title, name, &field, models))
    };
    all.into_iter().map(one).collect()
}

/// Viscosities by density.
type Viscosities = Vec<(String, f64, f64)>;

fn job(title: &str, name: &str, given: &Field, models: &[(&str, Model)]) -> Result<Job, Fault> {
    let known = || models.iter().map(|m| m.0).collect::<Vec<_>>().join(", ");
    let model = models.iter().find(|m| m.0 == name).map(|m| m.1);
    let model = model.ok_or_else(|| given.fault(format!("expected one of the models {}", known())))?;
    let flags: Vec<bool> = RULES.iter().map(|r| given.get(r.0).flag()).collect::<Result<_, _>>()?;
    let mut counts = Vec::new();
    for (key, own) in
        [("active_0", active(model, false)), ("active_1", active(model, true)), ("dual", not_dual(model))]
    {
        let field = given.get(key);
        // Not every table is said to be or not to be dual.
        if key != "dual" || !field.is_absent() {
            counts.push((key, own, field.whole(0..=1000)?));
        }
    }
    let (table, formula) =
        (viscosities(&given.get("viscosity_Boltzmann"))?, viscosities(&given.get("formula"))?);
    Ok(Job::one(title, move || {
        let kept = |(rule, flag): (&_, &bool)| {
            let keeps = breaches(model, rule) == 0;
            Check::same(rule.0, i128::from(keeps), i128::from(*flag))
        };
        let mut checks: Vec<Check> = RULES.iter().zip(&flags).map(kept).collect();
        checks.extend(
            counts.iter().map(|(key, own, given)| Check::same(*key, *own as i128, i128::from(*given))),
        );
        for (what, given, own) in [
            ("viscosity_Boltzmann", &table, viscosity::of_collisions as fn(Model, f64) -> f64),
            ("formula", &formula, viscosity::published),
        ] {
            let one = |(key, density, value): &(String, f64, f64)| {
                Check::relative(format!("{what} at {key}"), own(model, *density), *value, CLOSE)
            };
            checks.extend(given.iter().map(one));
        }
        Ok(checks)
    }))
}

fn viscosities(field: &Field) -> Result<Viscosities, Fault> {
    let one = |(key, value): (&str, Field)| {
        let density = key.parse().ok().filter(|d| (0.001..=0.999).contains(d));
        let density = density.ok_or_else(|| value.fault("expected a density between 0 and 1 as the key"))?;
        Ok((key.to_string(), density, value.number()?))
    };
    field.object()?.into_iter().map(one).collect()
}
