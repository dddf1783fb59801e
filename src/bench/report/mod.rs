//! Self-contained pages: one HTML file with embedded pictures and charts that fetches nothing.

pub mod chart;
pub mod picture;
pub mod shell;
