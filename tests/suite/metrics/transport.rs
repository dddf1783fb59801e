//! Transport and histograms against values of numpy, scipy and POT.

use std::path::{Path, PathBuf};

use serde_json::Value;
use untrained::bench::metrics::SampleMatrix;
use untrained::bench::metrics::histogram::{self, Distribution, Unit};
use untrained::bench::metrics::transport::exact::{GroundCost, costs, transport};
use untrained::bench::metrics::transport::line::{energy, kolmogorov_smirnov, wasserstein};
use untrained::bench::metrics::transport::sinkhorn::{StopCriterion, sinkhorn};
use untrained::bench::metrics::transport::sliced::sliced;

/// Relative tolerance, where both are exact to rounding.
const CLOSE: f64 = 1e-6;
/// Tolerance of iterative methods.
const ITERATED: f64 = 1e-3;

fn table(path: &Path) -> SampleMatrix {
    let text = std::fs::read_to_string(path).unwrap();
    let columns = text.lines().next().unwrap().split(',').count();
    // The arrays were in single precision before they were written.
    let value = |v: &str| f64::from(v.trim().parse::<f32>().unwrap());
    SampleMatrix::new(columns, text.lines().flat_map(|l| l.split(',')).map(value).collect()).unwrap()
}

fn weights(path: &Path) -> Vec<f64> {
    std::fs::read_to_string(path).unwrap().lines().map(|l| l.trim().parse().unwrap()).collect()
}

/// One pair of samples and the values known of it.
struct Pair {
    name: String,
    folder: PathBuf,
    x: SampleMatrix,
    y: SampleMatrix,
    known: Value,
}

impl Pair {
    fn close(&self, key: &str, found: f64, known: &Value, tolerance: f64) {
        let known = known.as_f64().unwrap_or_else(|| panic!("{}: no {key}", self.name));
        // POT computes distances from scalar products, which leave 1e-7 between a point and itself.
        let least = if key.starts_with("emd2") && self.name == "identical" { 2e-7 } else { 1e-12 };
        let off = (found - known).abs();
        assert!(off <= (tolerance * known.abs()).max(least), "{}, {key}: {found}, not {known}", self.name);
    }

    fn is(&self, key: &str, found: f64) {
        self.close(key, found, &self.known[key], CLOSE);
    }
}

fn pairs() -> Vec<Pair> {
    let Some(folder) = crate::skip::shared().map(|d| d.join("reference/metrics")) else { return Vec::new() };
    let text = std::fs::read_to_string(folder.join("feature_metrics.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let pair = |(name, known): (&String, &Value)| {
        let read = |key: &str| table(&folder.join(known[key].as_str().unwrap()).with_extension("csv"));
        let (x, y) = (read("X"), read("Y"));
        Pair { name: name.clone(), folder: folder.clone(), x, y, known: known.clone() }
    };
    let pairs: Vec<_> = all["pairs"].as_object().unwrap().iter().map(pair).collect();
    assert_eq!(pairs.len(), 4);
    pairs
}

#[test]
fn one_dimensional_distances_agree_with_scipy() {
    for pair in pairs() {
        let w = |i: usize| wasserstein(&pair.x.column(i), &pair.y.column(i), 1.0).unwrap();
        let per_column = pair.known["wasserstein1_1d_per_column"].as_array().unwrap();
        assert_eq!(per_column.len(), 64);
        per_column
            .iter()
            .enumerate()
            .for_each(|(i, known)| pair.close("wasserstein1_1d", w(i), known, CLOSE));
        pair.is("wasserstein1_1d_mean", (0..64).map(w).sum::<f64>() / 64.0);
        for (i, known) in
            pair.known["energy_distance_per_column_first8"].as_array().unwrap().iter().enumerate()
        {
            pair.close("energy", energy(&pair.x.column(i), &pair.y.column(i)).unwrap(), known, CLOSE);
        }
        let test = kolmogorov_smirnov(&pair.x.column(0), &pair.y.column(0)).unwrap();
        let known = &pair.known["ks_2samp_col0"];
        pair.close("D", test.statistic, &known["D"], CLOSE);
        pair.close("p", test.p, &known["p"], CLOSE);
    }
}

#[test]
fn sliced_distances_agree_with_pot() {
    for pair in pairs() {
        let columns = table(&pair.folder.join("projections_64x128.csv"));
        let rows = (0..columns.columns()).flat_map(|c| columns.column(c)).collect();
        let directions = SampleMatrix::new(columns.rows(), rows).unwrap();
        for p in [1, 2] {
            let found = sliced(&pair.x, &pair.y, &directions, f64::from(p)).unwrap();
            pair.is(&format!("sliced_wasserstein_p{p}"), found.mean);
            pair.is(&format!("max_sliced_wasserstein_p{p}"), found.max);
        }
    }
}

#[test]
fn transport_costs_agree_with_pot() {
    for pair in pairs() {
        let first: Vec<usize> = (0..200).collect();
        let (x, y) = (pair.x.pick(&first), pair.y.pick(&first));
        let [a, b] = ["a", "b"].map(|w| weights(&pair.folder.join(format!("weights_{w}_200.csv"))));
        for (name, ground) in
            [("euclidean", GroundCost::Euclidean), ("sqeuclidean", GroundCost::SquaredEuclidean)]
        {
            let costs = costs(&x, &y, ground).unwrap();
            let uniform = transport(&costs, None, None).unwrap().cost;
            pair.is(&format!("emd2_uniform_{name}_first200"), uniform);
            pair.is(&format!("emd2_uniform_{name}_first200_scipy_lsa"), uniform);
            let weighted = transport(&costs, Some(&a), Some(&b)).unwrap().cost;
            pair.is(&format!("emd2_weighted_{name}_first200"), weighted);
        }
    }
}

#[test]
fn entropic_transport_costs_agree_with_pot() {
    for pair in pairs() {
        let first: Vec<usize> = (0..200).collect();
        let costs = costs(&pair.x.pick(&first), &pair.y.pick(&first), GroundCost::SquaredEuclidean).unwrap();
        let found = sinkhorn(&costs, None, None, 5.0, StopCriterion::default()).unwrap();
        let key = "sinkhorn2_reg5_sqeuclidean_first200";
        pair.close(key, found.cost, &pair.known[key], ITERATED);
    }
}

#[test]
fn histograms_agree_with_numpy_and_scipy() {
    for pair in pairs() {
        let known = &pair.known["hist"];
        let numbers = |key: &str| known[key].as_array().unwrap().iter().map(|v| v.as_f64().unwrap());
        let edges: Vec<f64> = numbers("edges").collect();
        let column = known["column"].as_u64().unwrap() as usize;
        let [p, q] = [&pair.x, &pair.y].map(|t| histogram::counts(&t.column(column), &edges).unwrap());
        for (key, counts) in [("p_counts", &p), ("q_counts", &q)] {
            assert!(numbers(key).eq(counts.iter().map(|c| *c as f64)), "{}: {key}", pair.name);
        }
        let is = |key: &str, found: f64| pair.close(key, found, &known[key], CLOSE);
        is("chi2_stat", histogram::chi_squared(&p, &q).unwrap());
        let [p, q] = [&p, &q].map(|counts| Distribution::smoothed(counts).unwrap());
        is("KL_pq_nats", histogram::kullback_leibler(&p, &q, Unit::Nats).unwrap());
        is("KL_qp_nats", histogram::kullback_leibler(&q, &p, Unit::Nats).unwrap());
        is("JS_divergence_base2", histogram::jensen_shannon(&p, &q, Unit::Bits).unwrap());
        is("JS_distance_base2", histogram::jensen_shannon_distance(&p, &q, Unit::Bits).unwrap());
        let base_e = histogram::jensen_shannon_distance(&p, &q, Unit::Nats).unwrap();
        is("JS_distance_base_e(scipy jensenshannon = sqrt of divergence)", base_e);
        is("entropy_p_bits", p.entropy(Unit::Bits));
        is("entropy_q_bits", q.entropy(Unit::Bits));
        is("total_variation", histogram::total_variation(&p, &q).unwrap());
        is("hellinger", histogram::hellinger(&p, &q).unwrap());
    }
}
