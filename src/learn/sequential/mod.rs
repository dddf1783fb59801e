//! Networks that are a list of layers, computed as training computes them (burn, with automatic differentiation) and, where
//! [`net`](super::net) has the layer, as inference does.
//!
//! [`window`] and [`activation`] are parts of a [`layer`], which says what weights it takes and what sizes it gives
//! ([`layer::Sizes`]), so that nothing that does not fit is computed. [`forward`] applies it in training, by
//! [`convolution`], [`pooling`], [`resampling`] and [`normalisation`]; [`gradients`] differentiates it; [`inference`] applies
//! it without burn. [`network`] trains a list of layers.

pub mod activation;
pub mod inference;
pub mod layer;
pub mod window;

#[cfg(feature = "judge")]
pub mod convolution;
#[cfg(feature = "judge")]
pub mod forward;
#[cfg(feature = "judge")]
pub mod gradients;
#[cfg(feature = "judge")]
pub mod network;
#[cfg(feature = "judge")]
pub mod normalisation;
#[cfg(feature = "judge")]
pub mod pooling;
#[cfg(feature = "judge")]
pub mod resampling;

#[cfg(all(test, feature = "judge"))]
mod tests;
