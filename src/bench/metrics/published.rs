//! Comparison with published implementations (numpy, scipy, scikit-learn, prdc, vendi-score) on the same arrays.

use serde_json::Value;

use super::testing::{agree, csv, reference};
use super::{SampleMatrix, diversity, frechet, kernel, mean, neighbours};

fn number(value: &Value, path: &[&str]) -> f64 {
    let found = path.iter().fold(value, |v, key| &v[*key]);
    found.as_f64().unwrap_or_else(|| panic!("no number at {path:?}"))
}

/// Every pair of tables with its expected values.
fn pairs() -> Vec<(String, Value, SampleMatrix, SampleMatrix)> {
    let Some(folder) = reference() else { return Vec::new() };
    let text = std::fs::read_to_string(folder.join("feature_metrics.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let pair = |(name, v): (&String, &Value)| {
        let table = |key: &str, other: &str| csv(&folder, v[key].as_str().unwrap_or(other));
        (name.clone(), v.clone(), table("X", "gaussA_500x64"), table("Y", "gaussA_500x64"))
    };
    all["pairs"].as_object().unwrap().iter().map(pair).collect()
}

#[test]
fn frechet_distances_agree_with_numpy() {
    for (name, v, x, y) in pairs() {
        let got = frechet::frechet(&x, &y).unwrap();
        agree(&name, got, number(&v, &["frechet", "fid_eigh"]), 1e-6);
        agree(&name, got, number(&v, &["frechet", "fid_sqrtm"]), 1e-6);
        let trace = frechet::Moments::of(&x).covariance().trace();
        agree(&name, trace, number(&v, &["frechet", "trace1"]), 1e-9);
    }
}

#[test]
fn kernel_distances_agree_with_scikit_learn() {
    for (name, v, x, y) in pairs() {
        let cubic = kernel::discrepancy(&x, &y, kernel::Kernel::Cubic).unwrap();
        agree(&name, cubic.unbiased, number(&v, &["kid_poly3_unbiased_full"]), 1e-6);
        agree(&name, cubic.biased, number(&v, &["kid_poly3_biased_full"]), 1e-6);
        let gamma = number(&v, &["mmd_rbf_sigma4", "gamma"]);
        let gaussian = kernel::discrepancy(&x, &y, kernel::Kernel::Gaussian { gamma }).unwrap();
        agree(&name, gaussian.unbiased, number(&v, &["mmd_rbf_sigma4", "unbiased"]), 1e-6);
        agree(&name, gaussian.biased, number(&v, &["mmd_rbf_sigma4", "biased"]), 1e-6);
    }
}

#[test]
fn kernel_distances_of_subsets_agree_with_scikit_learn() {
    let Some(folder) = reference() else { return };
    let indices = |axis: &str| csv(&folder, &format!("kid_subset_indices_{axis}_10x100"));
    let (px, py) = (indices("x"), indices("y"));
    for (name, v, x, y) in pairs() {
        let expected = v["kid_poly3_unbiased_subsets10x100"]["all"].as_array().unwrap();
        for (i, expected) in expected.iter().enumerate() {
            let pick = |t: &SampleMatrix, p: &SampleMatrix| {
                t.pick(&p.row(i).iter().map(|v| *v as usize).collect::<Vec<_>>())
            };
            let got = kernel::discrepancy(&pick(&x, &px), &pick(&y, &py), kernel::Kernel::Cubic).unwrap();
            agree(&format!("{name}, subset {i}"), got.unbiased, expected.as_f64().unwrap(), 1e-6);
        }
    }
}

#[test]
fn precision_recall_density_and_coverage_agree_with_prdc() {
    for (name, v, x, y) in pairs() {
        for k in [3, 5] {
            let s = neighbours::neighbour_stats(&x, &y, k).unwrap();
            let figures = [
                ("precision", &s.precision),
                ("recall", &s.recall),
                ("density", &s.density),
                ("coverage", &s.coverage),
            ];
            for (figure, values) in figures {
                let expected = number(&v, &[&format!("prdc_k{k}_real=X_fake=Y"), figure]);
                agree(&format!("{name}, {figure} of {k}"), mean(values), expected, 1e-6);
            }
        }
    }
}

#[test]
fn vendi_scores_agree_with_the_authors_package() {
    let Some(folder) = reference() else { return };
    let text = std::fs::read_to_string(folder.join("feature_metrics.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    for (name, file) in [("gaussA", "gaussA_500x64"), ("digits_real", "digits_real_500x64")] {
        let table = csv(&folder, file);
        let cosine = diversity::vendi_cosine(&table).unwrap();
        agree(name, cosine, number(&all, &["vendi", name, "cosine_score_K(q=1)"]), 1e-6);
        let gaussian = diversity::vendi_gaussian(&table, 4.0).unwrap();
        agree(name, gaussian, number(&all, &["vendi", name, "rbf_sigma4_score_K"]), 1e-6);
    }
}
