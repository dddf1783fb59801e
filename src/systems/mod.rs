//! The catalogue: one line a system.

use crate::world::system::Kind;

pub mod fractal;
pub mod gas;
pub mod texture;

/// Every system that scenes may name, in the order of the manual.
pub const CATALOGUE: &[Kind] = &[
    Kind::of::<gas::lbm::Lbm>(),
    Kind::of::<fractal::escape::Escape>(),
    Kind::of::<texture::noise::Noise>(),
];

/// The system of that name.
pub fn find(name: &str) -> Option<&'static Kind> {
    CATALOGUE.iter().find(|k| k.name == name)
}
