//! The feature extractor itself under test: whether it tells apart what differs, and what others say.

pub mod check;
pub mod table;
mod two_sample;
