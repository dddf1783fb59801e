//! Gases and liquids.

pub mod lbm;
