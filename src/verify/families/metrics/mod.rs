//! Metrics against other people's packages.
//!
//! [`inputs`] reads tables and pictures, each once; [`sets`], [`transport`] and [`histograms`] compare two sets of features,
//! [`pairs`] and [`diversity`] find them in the file; [`fidelity`], [`texture`], [`neighbourhood`] and [`fractals`] are about
//! pictures.

mod close;
mod diversity;
mod fidelity;
mod fractals;
mod histograms;
mod inputs;
mod neighbourhood;
mod netpbm;
mod pairs;
mod sets;
mod texture;
mod transport;

use crate::case::Job;
use crate::family::{Effort, Family};
use crate::fault::Fault;
use crate::folder::Folder;
use crate::json::Field;
use inputs::Inputs;

/// Cases of metrics.
pub struct Metrics;

const FEATURES: &str = "feature_metrics.json";
const PICTURES: &str = "image_metrics.json";

/// A part of a file: its key, and its cases by their keys.
type Part = (&'static str, fn(&mut Inputs, &str, &Field) -> Vec<Job>);

const PARTS: &[(&str, &[Part])] = &[
    (FEATURES, &[("pairs", pairs::jobs), ("vendi", diversity::jobs)]),
    (
        PICTURES,
        &[
            ("full_reference_vs_ref", fidelity::jobs),
            ("no_reference", texture::jobs),
            ("spatial_autocorrelation(esda, no wrap)", neighbourhood::jobs),
            ("fractal_rasters", fractals::jobs),
        ],
    ),
];

impl Family for Metrics {
    fn name(&self) -> &'static str {
        "metrics"
    }
    fn about(&self) -> &'static str {
        "metrics of features and of pictures: values of NumPy, SciPy, scikit-learn, scikit-image, POT and others"
    }
    fn files(&self) -> &'static [&'static str] {
        &[FEATURES, PICTURES]
    }
    fn jobs(&self, folder: &Folder, _: Effort) -> Vec<Job> {
        let mut inputs = Inputs::new(folder);
        let mut jobs = folder.absent(self.files());
        for (file, parts) in PARTS.iter().filter(|(file, _)| folder.has(file)) {
            let before = jobs.len();
            match folder.json(file) {
                Ok(document) => {
                    let root = document.root();
                    jobs.extend(parts.iter().flat_map(|part| cases(&mut inputs, &root, part)));
                }
                Err(fault) => jobs.push(Job::answered(*file, Err(fault))),
            }
            if jobs.len() == before {
                jobs.push(folder.no_cases(file));
            }
        }
        inputs.mistakes().into_iter().chain(jobs).collect()
    }
}

/// The cases of a part; none if it is not there.
fn cases(inputs: &mut Inputs, root: &Field, (key, of): &Part) -> Vec<Job> {
    let part = root.get(key);
    match part.object() {
        _ if part.is_absent() && root.object().is_ok() => Vec::new(),
        Ok(all) => all.iter().flat_map(|(name, field)| of(inputs, name, field)).collect(),
        Err(fault) => vec![Job::answered(*key, Err::<Vec<_>, Fault>(fault))],
    }
}
