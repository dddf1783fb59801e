//! Scores of pictures, such as how beautiful people find them: a ridge regression on the embedding of a judge, learned from a
//! table of files and scores.

pub mod correlation;
pub mod head;
pub mod learn;
pub mod ridge;
#[cfg(test)]
mod tests;
