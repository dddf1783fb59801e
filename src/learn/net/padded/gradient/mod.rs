//! Gradients of layers on padded pictures at inference: from that of a layer's output to that of its input, the weights
//! being fixed. Sums run in one fixed order, as forward.

pub mod activation;
pub mod convolution;
pub mod depthwise;
pub mod norm;
pub mod pool;
