//! Learned generators as worlds: what a model dreams, beside what rules make.

pub mod latent;
pub mod nca;
#[cfg(test)]
mod tests;
mod wall;

use std::path::Path;

use learn::File;
use world::system::{Fault, TextKind, TextSpec, Texts};

/// The text that both systems are born with.
const TEXTS: &[TextSpec] = &[TextSpec {
    name: "file",
    about: "Weights of a generator (`untrained learn`), relative to the scene file; without it, one that ships with the program.",
    kind: TextKind::File,
}];

/// The imitators that ship: the scene that each learned from, and its weights.
pub const IMITATORS: &[(&str, &[u8])] = &[("street", latent::SHIPPED), ("ink", nca::SHIPPED)];

/// The file that a scene names, or the one that ships.
fn file(texts: &Texts, shipped: &'static [u8]) -> Result<File, Fault> {
    let fault = |e: learn::LearnError| Fault::at("file", e.to_string());
    match texts.file("file") {
        Some(path) => File::load(&path).map_err(fault),
        None => File::from_bytes(shipped, Path::new("the shipped generator")).map_err(fault),
    }
}
