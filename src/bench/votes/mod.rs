//! Votes of blind comparisons (`play --versus … --blind`), evaluated: how often the rule is recognised, and whether that is
//! more than guessing. A Turing test for imitators: one that is at chance cannot be told from its rule.

mod page;
mod summary;

pub use page::page;
pub use summary::{Group, Summary};
