//! The reference material, where it is at hand: it is not part of the package.

use std::path::{Path, PathBuf};

/// The folder of reference material: `UNTRAINED_SHARED`, or `shared` beside the package (or one folder further up).
pub fn dir() -> Option<PathBuf> {
    let named = std::env::var_os("UNTRAINED_SHARED").map(PathBuf::from);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let beside = ["../shared", "../../shared"].map(|p| root.join(p));
    let found = named.into_iter().chain(beside).find(|p| p.join("reference").is_dir());
    if found.is_none() {
        eprintln!("skipped: no folder of reference material");
    }
    found
}
