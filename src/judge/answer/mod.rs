//! Answers to questions on pictures (VQA: Antol et al. 2015): a small text encoder beside the backbone of a judge, and a head
//! over the most frequent answers. It is held against two that see nothing: the most frequent answer, and the same network
//! without the picture.

pub mod encoder;
pub mod evaluation;
pub mod head;
pub mod learn;
pub mod network;
#[cfg(test)]
mod tests;
mod training;
