//! The result of a render, in a line.

use std::path::Path;

/// Reports what was written; nothing for hashes, which are printed already.
pub fn print_result(path: &Path, frames: u64, what: &str, early: bool) {
    if path.as_os_str().is_empty() {
        return;
    }
    let word = if early { "interrupted; complete up to that point: " } else { "" };
    println!("{word}{} ({frames} {what})", path.display());
}
