//! Re-runs what this program claims: the cases of a folder of reference values, each with its deviation from what is
//! given and the tolerance for it.
//!
//! Reading order: [`family`] (what a kind of cases is), [`check`] (a value held against one that is given), [`case`] (how
//! cases run), [`json`] and [`sheet`] (files, which may hold anything), one of [`families`], [`search`], [`run`],
//! [`report`].

#![cfg_attr(test, allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "tests may measure"))]

pub mod case;
pub mod check;
pub mod families;
pub mod family;
pub mod fault;
pub mod folder;
pub mod json;
pub mod report;
pub mod run;
pub mod search;
pub mod selection;
pub mod sheet;
#[cfg(test)]
#[allow(dead_code, reason = "other crates' tests use it too")]
#[path = "../../tests/suite/skip.rs"]
mod skip;
#[cfg(test)]
mod tests;

use family::Family;

/// Every family that there are cases of, in the order of a report: one line each.
pub const CATALOGUE: &[&dyn Family] = &[
    &families::golly::Golly,
    &families::automata::Automata,
    &families::lattice_gas::LatticeGas,
    &families::hard_discs::HardDiscs,
    &families::stable_fluids::StableFluids,
    &families::swarm::Swarm,
    &families::water::Water,
    &families::rayleigh_benard::RayleighBenard,
    &families::metrics::Metrics,
    &families::nn::NeuralNetworks,
];
