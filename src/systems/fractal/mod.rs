//! Fractals: sets with detail at every scale.

pub mod escape;
