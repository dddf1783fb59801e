//! The catalogue of methods that learn a world's step: one line each, in [`DYNAMICS`].

use super::method::DynamicsMethod;
use super::{cells, gates, step};
use crate::nca::flow;

/// Every method, in the order of the manual.
pub const DYNAMICS: &[DynamicsMethod] = &[
    // One line a method.
    cells::CELLS,
    gates::GATES,
    step::STEP,
    step::REFINE,
    flow::FLOW,
];

/// The method of that name.
///
/// # Errors
/// No method has that name; the message lists those that exist.
pub fn find(name: &str) -> Result<&'static DynamicsMethod, String> {
    DYNAMICS.iter().find(|m| m.name == name).ok_or_else(|| {
        let known: Vec<&str> = DYNAMICS.iter().map(|m| m.name).collect();
        format!("expected a method among {}, found `{name}`", known.join(", "))
    })
}
