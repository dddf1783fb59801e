//! Distances of two sets of features: Fréchet's, kernels', and by nearest neighbours.

use std::sync::Arc;

use bench::metrics::frechet::{Statistics, frechet as distance};
use bench::metrics::kernel::{Kernel, discrepancy};
use bench::metrics::neighbours::neighbour_stats;
use bench::metrics::{SampleMatrix, mean};

use super::close::{close, count_in};
use super::inputs::Inputs;
use crate::case::Job;
use crate::check::Check;
use crate::fault::Fault;
use crate::json::Field;

type Pair = [Arc<SampleMatrix>; 2];

/// The Fréchet distance, by whichever way it was computed, and its terms.
pub fn frechet(title: String, given: &Field, tables: &Pair) -> Result<Job, Fault> {
    let number = |key: &'static str| given.get(key).number().map(|v| (key, v));
    let mut distances = vec![number("fid_eigh")?, number("fid_sqrtm")?];
    const POT: &str = "POT_bures_wasserstein_distance_squared";
    if !given.get(POT).is_absent() && !given.get(POT).is_null() {
        distances.push(number(POT)?);
    }
    let terms = [number("mean_term")?, number("trace1")?, number("trace2")?];
    let [x, y] = tables.clone();
    Ok(Job::one(title, move || {
        let found = distance(&x, &y)?;
        let mut checks: Vec<Check> =
            distances.iter().map(|(key, given)| close(*key, found, *given)).collect();
        let [a, b] = [Statistics::of(&x)?, Statistics::of(&y)?];
        let apart = a.mean().iter().zip(b.mean()).map(|(p, q)| (p - q) * (p - q)).sum();
        let own = [apart, a.covariance().trace(), b.covariance().trace()];
        checks.extend(terms.iter().zip(own).map(|((key, given), found)| close(*key, found, *given)));
        Ok(checks)
    }))
}

/// KID: the cubic kernel, with and without its bias.
pub fn cubic(title: String, key: &str, given: &Field, tables: &Pair) -> Result<Job, Fault> {
    let (given, [x, y]) = (given.number()?, tables.clone());
    let (biased, what) = (key.contains("_biased"), key.to_string());
    Ok(Job::one(title, move || {
        let found = discrepancy(&x, &y, Kernel::Cubic)?;
        Ok(vec![close(&what, if biased { found.biased } else { found.unbiased }, given)])
    }))
}

/// KID of subsets whose rows are given: each, their mean and their deviation.
pub fn subsets(
    inputs: &mut Inputs,
    title: String,
    key: &str,
    given: &Field,
    tables: &Pair,
) -> Result<Job, Fault> {
    let shape = key.split_once("_subsets").map_or("", |k| k.1);
    let shape = inputs.folder().inside(shape).map_err(|e| given.fault(e))?;
    let mut chosen = Vec::new();
    for (axis, table) in ["x", "y"].into_iter().zip(tables) {
        let file = format!("kid_subset_indices_{axis}_{shape}.csv");
        let rows = inputs.table(&file, false)?;
        let fits = |v: &f64| v.fract() == 0.0 && (0.0..table.rows() as f64).contains(v);
        if let Some(i) = rows.values().iter().position(|v| !fits(v)) {
            return Err(Fault::Mistake {
                file: inputs.folder().shown(&file),
                field: format!("line {}, column {}", i / rows.columns() + 1, i % rows.columns() + 1),
                message: format!("expected a row from 0 to {}, found {}", table.rows() - 1, rows.values()[i]),
            });
        }
        chosen.push(rows);
    }
    let all = given.get("all").numbers()?;
    let [average, deviation] = [given.get("mean").number()?, given.get("std_ddof0").number()?];
    if all.len() != chosen[0].rows() || all.len() != chosen[1].rows() {
        return Err(given.get("all").expected(format!("a list of {}", chosen[0].rows())));
    }
    let (tables, chosen) = (tables.clone(), [chosen[0].clone(), chosen[1].clone()]);
    Ok(Job::one(title, move || {
        let mut found = Vec::new();
        for k in 0..all.len() {
            let pick =
                |s: usize| tables[s].pick(&chosen[s].row(k).iter().map(|v| *v as usize).collect::<Vec<_>>());
            found.push(discrepancy(&pick(0), &pick(1), Kernel::Cubic)?.unbiased);
        }
        let centre = mean(&found);
        let spread = mean(&found.iter().map(|v| (v - centre) * (v - centre)).collect::<Vec<_>>()).sqrt();
        let each = found.iter().zip(&all).enumerate();
        let mut checks =
            Check::of_many(each.map(|(k, (found, given))| close(format!("subset {k}"), *found, *given)));
        checks.extend([close("mean", centre, average), close("std_ddof0", spread, deviation)]);
        Ok(checks)
    }))
}

/// MMD with a Gaussian kernel.
pub fn gaussian(title: String, given: &Field, tables: &Pair) -> Result<Job, Fault> {
    let gamma = given.get("gamma").within(1e-12..=1e12)?;
    let [unbiased, biased] = [given.get("unbiased").number()?, given.get("biased").number()?];
    let [x, y] = tables.clone();
    Ok(Job::one(title, move || {
        let found = discrepancy(&x, &y, Kernel::Gaussian { gamma })?;
        Ok(vec![close("unbiased", found.unbiased, unbiased), close("biased", found.biased, biased)])
    }))
}

/// Precision, recall, density and coverage.
pub fn neighbours(title: String, key: &str, given: &Field, tables: &Pair) -> Result<Job, Fault> {
    let k = count_in(given, key, "prdc_k", 1..=1000)?;
    let names = ["precision", "recall", "density", "coverage"];
    let mut values = [0.0; 4];
    for (value, name) in values.iter_mut().zip(names) {
        *value = given.get(name).number()?;
    }
    let [x, y] = tables.clone();
    Ok(Job::one(title, move || {
        let found = neighbour_stats(&x, &y, k)?;
        let found = [&found.precision, &found.recall, &found.density, &found.coverage].map(|v| mean(v));
        Ok((0..4).map(|i| close(names[i], found[i], values[i])).collect())
    }))
}
