//! Labelled pictures: data sets of frames that the program writes, image folders, IDX and CIFAR files. Judges and generators are
//! trained on them, the bench compares them; nothing here depends on the use.

#![cfg_attr(test, allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "tests may measure"))]

pub mod augment;
pub mod cifar;
pub mod compose;
pub mod dataset;
mod error;
pub mod folder;
pub mod idx;
pub mod layout;
mod losses;
pub mod masked;
pub mod mat;
pub mod picture;
pub mod preferences;
pub mod questions;
pub mod reader;
pub mod reduce;
pub mod region;
pub mod resample;
pub mod sample;
pub mod scores;
pub mod tree;
pub mod walk;

pub use error::DataError;
pub use losses::ReadReport;
