//! Histograms of one column, and the divergences between them.

use std::sync::Arc;

use bench::metrics::histogram::{self, Distribution, Unit, counts};
use bench::metrics::{MetricError, SampleMatrix};

use super::close::close;
use crate::case::Job;
use crate::check::Check;
use crate::fault::Fault;
use crate::json::Field;

type Of = fn(&Distribution, &Distribution) -> Result<f64, MetricError>;

/// Figures of two distributions by their keys.
const FIGURES: &[(&str, Of)] = &[
    ("KL_pq_nats", |p, q| histogram::kullback_leibler(p, q, Unit::Nats)),
    ("KL_qp_nats", |p, q| histogram::kullback_leibler(q, p, Unit::Nats)),
    ("JS_divergence_base2", |p, q| histogram::jensen_shannon(p, q, Unit::Bits)),
    ("JS_distance_base2", |p, q| histogram::jensen_shannon_distance(p, q, Unit::Bits)),
    ("JS_distance_base_e(scipy jensenshannon = sqrt of divergence)", |p, q| {
        histogram::jensen_shannon_distance(p, q, Unit::Nats)
    }),
    ("entropy_p_bits", |p, _| Ok(p.entropy(Unit::Bits))),
    ("entropy_q_bits", |_, q| Ok(q.entropy(Unit::Bits))),
    ("total_variation", histogram::total_variation),
    ("hellinger", histogram::hellinger),
];

/// Counts, and every figure that is given.
pub fn job(title: String, given: &Field, tables: &[Arc<SampleMatrix>; 2]) -> Result<Job, Fault> {
    let last = tables[0].columns().min(tables[1].columns()) - 1;
    let (column, edges) = (given.get("column").count(0..=last)?, given.get("edges").numbers()?);
    let bins = edges.len().saturating_sub(1);
    let mut known = Vec::new();
    for key in ["p_counts", "q_counts"] {
        let each = given.get(key).list_of(bins)?;
        known.push(each.iter().map(|f| f.whole(0..=1 << 40)).collect::<Result<Vec<_>, _>>()?);
    }
    let mut figures = Vec::new();
    for (key, of) in FIGURES {
        let field = given.get(key);
        if !field.is_absent() {
            figures.push((*key, *of, field.number()?));
        }
    }
    let statistic = given.get("chi2_stat");
    let statistic = if statistic.is_absent() { None } else { Some(statistic.number()?) };
    let tables = tables.clone();
    Ok(Job::one(title, move || {
        let [p, q] = tables.each_ref().map(|t| counts(&t.column(column), &edges));
        let (p, q) = (p?, q?);
        let mut checks = Vec::new();
        for (what, found, given) in [("p_counts", &p, &known[0]), ("q_counts", &q, &known[1])] {
            let differ = found.iter().zip(given).filter(|(a, b)| **a as i64 != **b).count();
            checks.push(Check::none_differ(what, differ, given.len()));
        }
        if let Some(given) = statistic {
            checks.push(close("chi2_stat", histogram::chi_squared(&p, &q)?, given));
        }
        let (p, q) = (Distribution::smoothed(&p)?, Distribution::smoothed(&q)?);
        for (key, of, given) in &figures {
            checks.push(close(*key, of(&p, &q)?, *given));
        }
        Ok(checks)
    }))
}
