//! Textures: worlds whose features have the distribution that those of pictures have.
//!
//! The features are the pixels, responses of oriented filters and random mixtures of these, at several scales
//! ([`filters`], [`pyramid`]); distributions are compared by the sliced Wasserstein distance ([`bank`]; Heitz, Vanhoey,
//! Chambon and Belcour 2021). [`loss`] is the whole with its gradient, [`training`] what learns by it.
//!
//! Purely random filters of this size do not tell swirls from blotches of the same colours: pixels fitted to a frame of
//! `ink` through them show no filament, through oriented filters they do.

pub mod bank;
pub mod filters;
pub mod loss;
pub mod pyramid;
pub mod training;
