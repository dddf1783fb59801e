//! Lattice gases: collision tables, what is known of them, and evolutions bit for bit.
//!
//! [`tables`] compares outcomes, [`symmetries`] and [`viscosity`] what follows from them ([`claims`]), [`evolution`] whole
//! runs, there and back.

mod claims;
mod evolution;
mod symmetries;
mod tables;
mod viscosity;

use systems::gas::lattice_gas::model::Model;

use crate::case::Job;
use crate::family::{Effort, Family};
use crate::folder::Folder;

/// Cases of lattice gases.
pub struct LatticeGas;

/// Models by the names that files have for them.
const MODELS: &[(&str, Model)] =
    &[("HPP", Model::Hpp), ("FHP-I", Model::FhpOne), ("FHP-II", Model::FhpTwo), ("FHP-III", Model::FhpThree)];

const EVOLUTIONS: &str = "evolution_16x16.json";
const CLAIMS: &str = "table_checks.json";
const TABLES: [&str; 3] = ["table_FHP-I.csv", "table_FHP-II.csv", "table_FHP-III.csv"];
const FILES: &[&str] = &[EVOLUTIONS, CLAIMS, TABLES[0], TABLES[1], TABLES[2]];

impl Family for LatticeGas {
    fn name(&self) -> &'static str {
        "lattice_gas"
    }
    fn about(&self) -> &'static str {
        "HPP and FHP lattice gases: collision tables, evolutions, reversal"
    }
    fn files(&self) -> &'static [&'static str] {
        FILES
    }
    fn jobs(&self, folder: &Folder, _: Effort) -> Vec<Job> {
        let mut jobs = folder.absent(self.files());
        // The models of the tables, in their order.
        for (file, (_, model)) in TABLES.iter().zip(&MODELS[1..]).filter(|(file, _)| folder.has(file)) {
            jobs.extend(tables::jobs(folder, file, *model));
        }
        if folder.has(CLAIMS) {
            jobs.extend(claims::jobs(folder, CLAIMS, &MODELS[1..]));
        }
        if folder.has(EVOLUTIONS) {
            jobs.extend(folder.each_case(EVOLUTIONS, |case| evolution::job(case, MODELS)));
        }
        jobs
    }
}
