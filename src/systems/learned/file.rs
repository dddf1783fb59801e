//! The file that a learned system is born from.

use std::path::Path;

use learn::File;
use world::system::{Fault, TextKind, TextSpec, Texts};

/// The setting of these systems.
pub const TEXTS: &[TextSpec] = &[TextSpec {
    name: "file",
    about: "Weights of a generator (`untrained learn`), relative to the scene file; without it, the shipped one.",
    kind: TextKind::File,
}];

/// The file that a scene names, or the shipped one.
pub fn file(texts: &Texts, shipped: &'static [u8]) -> Result<File, Fault> {
    let fault = |e: learn::LearnError| Fault::at("file", e.to_string());
    match texts.file("file") {
        Some(path) => File::load(&path).map_err(fault),
        None => File::from_bytes(shipped, Path::new("the shipped generator")).map_err(fault),
    }
}
