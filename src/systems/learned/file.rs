//! The file that a learned system is born from.

use std::path::Path;

use super::imitators::{IMITATOR, imitator_of};
use learn::File;
use world::system::{Fault, TextKind, TextSpec, Texts};

/// The setting of these systems.
pub const TEXTS: &[TextSpec] = &[TextSpec {
    name: "file",
    about: "Weights of a generator (`untrained learn`), relative to the scene file, or a shipped imitator (`imitator:ink`); \
            without it, the shipped one.",
    kind: TextKind::File,
}];

/// The file or the imitator that a scene names, or the shipped one.
pub fn file(texts: &Texts, shipped: &'static [u8]) -> Result<File, Fault> {
    let fault = |e: learn::LearnError| Fault::at("file", e.to_string());
    if let Some(scene) = texts.word("file").and_then(|word| word.strip_prefix(IMITATOR)) {
        let weights = imitator_of(scene).map_err(|e| Fault::at("file", e))?;
        return File::from_bytes(weights, Path::new("the shipped imitator")).map_err(fault);
    }
    match texts.file("file") {
        Some(path) => File::load(&path).map_err(fault),
        None => File::from_bytes(shipped, Path::new("the shipped generator")).map_err(fault),
    }
}
