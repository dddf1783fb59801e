//! Small networks evaluated on plain slices: no library, one order of sums, the same bits on every machine and at any
//! thread count. Pictures are planes (channels, rows, columns).

pub mod convolution;
pub mod layers;
pub mod modulation;
pub mod padded;
pub mod patches;
pub mod transformer;
pub mod weights;
