//! Optimal transport, column by column, along directions, and of the first samples exactly or with an entropy.

use std::sync::Arc;

use bench::metrics::transport::exact::{GroundCost, costs, transport as plan};
use bench::metrics::transport::line::{energy, kolmogorov_smirnov, wasserstein};
use bench::metrics::transport::sinkhorn::{StopCriterion, sinkhorn};
use bench::metrics::transport::sliced::sliced;
use bench::metrics::{SampleMatrix, mean};

use super::close::{ITERATED, LEAST, close, count_in, number_in};
use super::inputs::Inputs;
use crate::case::Job;
use crate::check::Check;
use crate::fault::Fault;
use crate::json::Field;

type Pair = [Arc<SampleMatrix>; 2];

/// Most samples of an exact plan.
const MOST: usize = 1000;
/// POT computes distances from products, which leave so much between a point and itself: a cost as large is none.
const OF_PRODUCTS: f64 = 0.2;

/// Wasserstein distances of order 1 of all columns, or their mean.
pub fn line(title: String, key: &str, given: &Field, tables: &Pair) -> Result<Job, Fault> {
    let columns = tables[0].columns().min(tables[1].columns());
    let is_mean = key.ends_with("_mean");
    let given = if is_mean { vec![given.number()?] } else { numbers(given, columns)? };
    let [x, y] = tables.clone();
    Ok(Job::one(title, move || {
        let each = (0..columns).map(|c| wasserstein(&x.column(c), &y.column(c), 1.0));
        let found = each.collect::<Result<Vec<f64>, _>>()?;
        Ok(match is_mean {
            true => vec![close("mean", mean(&found), given[0])],
            false => columns_of(&found, &given),
        })
    }))
}

/// Energy distances of the first columns.
pub fn energies(title: String, given: &Field, tables: &Pair) -> Result<Job, Fault> {
    let columns = given.list()?.len();
    if columns > tables[0].columns().min(tables[1].columns()) {
        return Err(given.expected("no more values than there are columns"));
    }
    let (given, [x, y]) = (given.numbers()?, tables.clone());
    Ok(Job::one(title, move || {
        let found =
            (0..given.len()).map(|c| energy(&x.column(c), &y.column(c))).collect::<Result<Vec<f64>, _>>()?;
        Ok(columns_of(&found, &given))
    }))
}

fn numbers(given: &Field, length: usize) -> Result<Vec<f64>, Fault> {
    given.list_of(length)?.iter().map(Field::number).collect()
}

fn columns_of(found: &[f64], given: &[f64]) -> Vec<Check> {
    let each = found.iter().zip(given).enumerate();
    Check::of_many(each.map(|(c, (found, given))| close(format!("column {c}"), *found, *given)))
}

/// The test of Kolmogorov and Smirnov for one column.
pub fn smirnov(title: String, key: &str, given: &Field, tables: &Pair) -> Result<Job, Fault> {
    let last = tables[0].columns().min(tables[1].columns()) - 1;
    let column = count_in(given, key, "_col", 0..=last)?;
    let [d, p] = [given.get("D").number()?, given.get("p").number()?];
    let [x, y] = tables.clone();
    Ok(Job::one(title, move || {
        let found = kolmogorov_smirnov(&x.column(column), &y.column(column))?;
        Ok(vec![close("D", found.statistic, d), close("p", found.p, p)])
    }))
}

/// Sliced distances along directions that are given, a column each.
pub fn slices(
    inputs: &mut Inputs,
    title: String,
    key: &str,
    given: &Field,
    tables: &Pair,
) -> Result<Job, Fault> {
    let p = count_in(given, key, "_wasserstein_p", 1..=8)? as f64;
    let (given, largest) = (given.number()?, key.starts_with("max_"));
    let file = inputs.folder().first(|name| name.starts_with("projections_") && name.ends_with(".csv"));
    let file =
        file.ok_or_else(|| Fault::file(&inputs.folder().shown("projections_*.csv"), "is not there"))?;
    let columns = inputs.table(&file, true)?;
    let rows = (0..columns.columns()).flat_map(|c| columns.column(c)).collect();
    let (directions, [x, y]) = (SampleMatrix::new(columns.rows(), rows)?, tables.clone());
    Ok(Job::one(title, move || {
        let found = sliced(&x, &y, &directions, p)?;
        Ok(vec![close(
            if largest { "largest" } else { "mean" },
            if largest { found.max } else { found.mean },
            given,
        )])
    }))
}

/// Costs between the first samples of two sets.
fn first(key: &str, given: &Field, tables: &Pair) -> Result<(usize, GroundCost), Fault> {
    let n = count_in(given, key, "_first", 1..=MOST)?.min(tables[0].rows()).min(tables[1].rows());
    let squared = key.contains("_sqeuclidean");
    Ok((n, if squared { GroundCost::SquaredEuclidean } else { GroundCost::Euclidean }))
}

fn between(tables: &Pair, n: usize, ground: GroundCost) -> Result<SampleMatrix, Fault> {
    let some: Vec<usize> = (0..n).collect();
    Ok(costs(&tables[0].pick(&some), &tables[1].pick(&some), ground)?)
}

/// The exact cost, of equal weights or of those that are given.
pub fn exact(
    inputs: &mut Inputs,
    title: String,
    key: &str,
    given: &Field,
    tables: &Pair,
) -> Result<Job, Fault> {
    let ((n, ground), value) = (first(key, given, tables)?, given.number()?);
    let mut weights = Vec::new();
    if key.contains("_weighted_") {
        for side in ["a", "b"] {
            weights.push(inputs.table(&format!("weights_{side}_{n}.csv"), false)?.values().to_vec());
        }
    }
    let tables = tables.clone();
    Ok(Job::one(title, move || {
        let costs = between(&tables, n, ground)?;
        let of = |k: usize| weights.get(k).map(Vec::as_slice);
        let found = plan(&costs, of(0), of(1))?.cost;
        Ok(vec![Check::above("cost", found, value, super::close::CLOSE, OF_PRODUCTS)])
    }))
}

/// The cost with an entropy.
pub fn entropic(title: String, key: &str, given: &Field, tables: &Pair) -> Result<Job, Fault> {
    let ((n, ground), value) = (first(key, given, tables)?, given.number()?);
    let blur: Option<f64> = number_in(key, "_reg").filter(|r| (1e-3..=1e6).contains(r));
    let blur =
        blur.ok_or_else(|| given.fault("expected a number from 0.001 to 1000000 after `_reg` in this key"))?;
    let tables = tables.clone();
    Ok(Job::one(title, move || {
        let found = sinkhorn(&between(&tables, n, ground)?, None, None, blur, StopCriterion::default())?;
        Ok(vec![Check::above("cost", found.cost, value, ITERATED, LEAST)])
    }))
}
