//! Backbones of the judge compared: each trained on the same pictures for as many epochs, over several seeds.

mod field;
mod footprint;
mod page;
pub mod reliability;
mod report;
mod run;
mod setup;
#[cfg(test)]
mod tests;

pub use report::{BackboneSummary, BackbonesReport};
pub use run::{BackboneRun, check, run};
pub use setup::{BackbonesSetup, limited};
