//! Cellular automata.

pub mod life;
