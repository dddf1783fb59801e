//! Labelled pictures: sets of frames that the program writes, image folders, IDX files. Judges and generators learn
//! from them, the bench compares them; nothing here knows what for.

pub mod dataset;
mod error;
pub mod folder;
pub mod idx;
pub mod reduce;
pub mod sample;

pub use error::DataError;
