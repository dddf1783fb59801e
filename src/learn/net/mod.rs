//! Small networks evaluated on plain slices: no library, one order of sums, the same bits on every machine and at any
//! thread count.

pub mod convolution;
