//! Pages that stand alone: one HTML file with its pictures and charts inside, and nothing fetched.

pub mod chart;
pub mod picture;
pub mod shell;
