//! A small language model: a causal transformer over the characters of a text (Vaswani et al. 2017; Al-Rfou et al. 2019),
//! in windows that begin with a word. It is trained by burn (feature `judge`) and sampled by [`net`](super::net).

pub mod alphabet;
pub mod inference;
#[cfg(feature = "judge")]
pub mod training;

#[cfg(test)]
#[cfg(feature = "judge")]
mod tests;

pub use alphabet::Alphabet;
pub use inference::LanguageModel;
