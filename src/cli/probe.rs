//! Probes an output path.

use std::fs;
use std::path::Path;

use super::{Failure, Outcome};

/// Checks before an hour of work that its result can be written.
pub fn writable(out: &Path) -> Outcome {
    let folder = out.parent().filter(|p| !p.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let probe = folder.join(".untrained-probe");
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&probe, b"x"))
        .and_then(|()| fs::remove_file(&probe))
        .map_err(|e| Failure::failed(format!("cannot write {}: {e}", out.display())))
}
