//! Textures: pictures that are a formula of place and time.

pub mod noise;
