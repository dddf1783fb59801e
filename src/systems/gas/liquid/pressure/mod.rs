//! The pressure that makes the velocity free of divergence: conjugate gradients, preconditioned by multigrid (McAdams,
//! Sifakis and Teran 2010), in single precision.
//!
//! Reading order: [`level`] (one grid of the multigrid, and a V-cycle), [`seam`] (what joins the sides of a world that
//! repeats), [`solver`] (which solves the equation), [`equation`] (from cells and faces to the equation). All sums go row
//! after row, so no thread count changes a bit.

pub mod equation;
pub mod level;
pub mod seam;
pub mod solver;
