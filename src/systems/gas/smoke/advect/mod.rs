//! Advection: what a flow carries along.
//!
//! Semi-Lagrangian (Stam 1999): each node takes the value from where its gas was a step ago; the midpoint rule finds that
//! place ([`trace`]). MacCormack (Selle, Fedkiw, Kim, Liu and Rossignac 2008) traces the result back again, takes half of
//! the difference as the error, and limits what it corrects ([`carry`]). Both passes are one over bands of rows ([`ring`]).

pub mod carry;
pub mod correct;
pub mod nodes;
pub mod predict;
pub mod ring;
pub mod scheme;
pub mod trace;

pub use carry::{Carried, World};
pub use nodes::Nodes;
pub use scheme::Scheme;
pub use trace::{Displacements, Place, Traces};
