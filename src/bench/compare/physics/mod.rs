//! What the flow of a scene conserves and how its energy is spread, beside the same rule from other starts and on wider
//! cells, and beside candidates whose worlds flow too.

mod report;
mod run;
#[cfg(test)]
mod tests;

pub use report::{Physics, Row};
pub use run::physics;
