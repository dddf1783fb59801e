//! Matrix products of whole sets of samples, tile by tile: the n × n matrix itself never exists.
//!
//! Both factors are packed into strips (one cache line of samples a column), a super-block of the right one at a time,
//! and multiplied in registers. Every number is one chain of sums in an order that depends on neither the vectors nor
//! the threads in use: in f64 nothing is fused, so its bits are the same everywhere; in f32, which only serves as a
//! filter whose error is bounded by its longest [`chain`], fused instructions are used where there are any.

mod kernel;
mod lanes;
mod pack;
mod walk;

pub(crate) use pack::{Columns, Rows, chain};
pub(crate) use walk::{COLUMNS, Pairs, ROWS, Tile, blocks, bytes, walk};
