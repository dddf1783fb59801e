//! Vendi scores.

use bench::metrics::diversity::{vendi_cosine, vendi_gaussian};

use super::close::{close, number_in, unknown};
use super::inputs::Inputs;
use crate::case::Job;
use crate::fault::Fault;
use crate::json::Field;

/// The scores of a set, a case each.
pub fn jobs(inputs: &mut Inputs, name: &str, scores: &Field) -> Vec<Job> {
    let all = match scores.object() {
        Ok(all) => all,
        Err(fault) => return vec![Job::answered(format!("vendi, {name}"), Err(fault))],
    };
    let one = |(key, given): (&str, Field)| {
        let title = format!("vendi, {name}, {key}");
        Job::or_fault(&title, job(inputs, title.clone(), name, key, &given))
    };
    all.into_iter().map(one).collect()
}

fn job(inputs: &mut Inputs, title: String, name: &str, key: &str, given: &Field) -> Result<Job, Fault> {
    // `gaussA` is `gaussA_500x64.csv`, not `gaussA2_500x64.csv`.
    let shape =
        |s: &str| s.split_once('x').is_some_and(|(n, d)| [n, d].iter().all(|t| t.parse::<u32>().is_ok()));
    let is_its = |file: &str| {
        let rest = file.strip_suffix(".csv").and_then(|f| f.strip_prefix(name)?.strip_prefix('_'));
        rest.is_some_and(shape)
    };
    let missing = || given.fault(format!("expected a table {name}_ROWSxCOLUMNS.csv, found none"));
    let file = inputs.folder().first(is_its).ok_or_else(missing)?;
    let (table, given) = (inputs.table(&file, true)?, given.number()?);
    let sigma: Option<f64> = number_in(key, "rbf_sigma").filter(|s| (1e-6..=1e6).contains(s));
    Ok(match (key.starts_with("cosine"), sigma) {
        (true, _) => Job::one(title, move || Ok(vec![close("score", vendi_cosine(&table)?, given)])),
        (false, Some(sigma)) => {
            Job::one(title, move || Ok(vec![close("score", vendi_gaussian(&table, sigma)?, given)]))
        }
        (false, None) => unknown(title),
    })
}
