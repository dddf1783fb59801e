//! Small networks evaluated on plain slices: no library, one order of sums, the same bits on every machine and at any
//! thread count. Pictures are planes (channels, rows, columns), or channels last ([`padded`]).

pub mod activation;
pub mod convolution;
pub mod encoder;
pub mod layers;
pub mod modulation;
pub mod padded;
pub mod patches;
pub mod transformer;
pub mod weights;
