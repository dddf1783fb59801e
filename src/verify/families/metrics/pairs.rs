//! Pairs of sets of features, and all that is known of them.

use std::sync::Arc;

use bench::metrics::SampleMatrix;

use super::close::unknown;
use super::inputs::Inputs;
use super::{histograms, sets, transport};
use crate::case::Job;
use crate::fault::Fault;
use crate::json::Field;

/// The cases of a pair: one for each of its keys.
pub fn jobs(inputs: &mut Inputs, name: &str, pair: &Field) -> Vec<Job> {
    let tables = inputs.named(&pair.get("X")).and_then(|x| Ok([x, inputs.named(&pair.get("Y"))?]));
    let tables = match tables {
        Ok(tables) => tables,
        Err(fault) => return vec![Job::answered(name, Err(fault))],
    };
    let keys = pair.object().unwrap_or_default().into_iter().filter(|(key, _)| !["X", "Y"].contains(key));
    let one = |(key, given): (&str, Field)| {
        let title = format!("{name}, {key}");
        Job::or_fault(&title, job(inputs, &title, key, &given, &tables))
    };
    keys.map(one).collect()
}

fn job(
    inputs: &mut Inputs,
    title: &str,
    key: &str,
    given: &Field,
    tables: &[Arc<SampleMatrix>; 2],
) -> Result<Job, Fault> {
    let title = title.to_string();
    match key {
        "frechet" => sets::frechet(title, given, tables),
        _ if key.starts_with("kid_") && key.contains("_subsets") => {
            sets::subsets(inputs, title, key, given, tables)
        }
        _ if key.starts_with("kid_") => sets::cubic(title, key, given, tables),
        _ if key.starts_with("mmd_rbf") => sets::gaussian(title, given, tables),
        _ if key.starts_with("prdc_k") => sets::neighbours(title, key, given, tables),
        "wasserstein1_1d_per_column" | "wasserstein1_1d_mean" => transport::line(title, key, given, tables),
        _ if key.starts_with("energy_distance_per_column") => transport::energies(title, given, tables),
        _ if key.starts_with("ks_2samp_col") => transport::smirnov(title, key, given, tables),
        _ if key.contains("sliced_wasserstein_p") => transport::slices(inputs, title, key, given, tables),
        _ if key.starts_with("emd2_") => transport::exact(inputs, title, key, given, tables),
        _ if key.starts_with("sinkhorn2_") => transport::entropic(title, key, given, tables),
        "hist" => histograms::job(title, given, tables),
        _ => Ok(unknown(title)),
    }
}
