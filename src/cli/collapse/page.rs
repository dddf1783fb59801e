//! Writing the page of an experiment.

use std::collections::BTreeMap;
use std::path::Path;

use crate::bench::collapse::Regime;
use crate::bench::collapse::experiment::Experiment;
use crate::bench::collapse::gaussian::{GaussianGeneration, GaussianSetup, measure};
use crate::bench::collapse::lock::Lock;
use crate::bench::collapse::page::CollapseReport;
use crate::cli::{Failure, Outcome};
use crate::world::frame::write_atomic;

/// What the page is made of, besides what is in the folder.
pub struct Page<'a> {
    out: &'a Path,
    /// What the curves are of, whatever another process has written since.
    setup: GaussianSetup,
    gaussian: BTreeMap<Regime, Vec<GaussianGeneration>>,
}

impl<'a> Page<'a> {
    /// Of the folder of an experiment.
    pub fn of(out: &'a Path, experiment: &Experiment) -> Self {
        let setup = experiment.gaussian;
        let gaussian = Regime::ALL.into_iter().map(|r| (r, measure(&setup, r))).collect();
        Self { out, setup, gaussian }
    }

    /// Writes `index.html` and `collapse.json` from what is in the folder, by whichever process.
    ///
    /// # Errors
    /// The folder cannot be read or written.
    pub fn update(&self) -> Outcome {
        // Whoever writes last has seen what all others have finished.
        let _lock = Lock::wait(&self.out.join("page.lock"), &|| false)?;
        let Some(experiment) = Experiment::read(self.out)? else { return Ok(()) };
        let experiment = Experiment { gaussian: self.setup, ..experiment };
        let report = CollapseReport::of(self.out, &experiment, self.gaussian.clone());
        let json = serde_json::to_string_pretty(&report).map_err(Failure::failed)?;
        write_atomic(&self.out.join("collapse.json"), json.as_bytes()).map_err(Failure::failed)?;
        write_atomic(&self.out.join("index.html"), report.html().as_bytes()).map_err(Failure::failed)
    }

    /// The same, and says where the page is.
    ///
    /// # Errors
    /// As [`Self::update`].
    pub fn write(&self) -> Outcome {
        self.update()?;
        println!("{}", self.out.join("index.html").display());
        Ok(())
    }
}
