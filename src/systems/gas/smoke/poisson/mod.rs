//! Poisson's equation −∇²p = b on cells with walls, open sides and solid cells, by multigrid.
//!
//! The five-point operator of finite volumes: Σ c (p − p′) over a cell's four faces, with the conductances of
//! [`Faces`](super::sides::Faces). Cells are kept by the colour of a chessboard, so that a Gauss–Seidel sweep is two
//! sweeps of whole rows. A V-cycle smooths by such sweeps, restricts by sums of 2×2 cells and prolongs linearly within
//! what is connected (Wesseling 1988 for cells; Trottenberg, Oosterlee and Schüller 2001). Where cycles alone converge
//! slowly (doors, thin walls), they precondition conjugate gradients.
//!
//! Reading order: [`shape`] (where a cell is kept), [`level`] (one grid), [`smooth`], [`transfer`],
//! [`hierarchy`] (a V-cycle), [`krylov`], [`solve`]; [`pockets`] says when there is a solution at all.

pub mod algebra;
pub mod hierarchy;
pub mod krylov;
pub mod level;
pub mod pockets;
pub mod shape;
pub mod smooth;
pub mod solve;
pub mod transfer;

pub use hierarchy::{Goal, Outcome};
pub use solve::Solver;
