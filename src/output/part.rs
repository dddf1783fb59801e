//! Where a file is made before it has its name.

use std::path::{Path, PathBuf};

use super::error::OutputError;

/// `NAME.part` next to `path`.
pub fn part_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    path.with_file_name(name)
}

/// Creates the folder that contains `path`.
pub fn make_parent(path: &Path) -> Result<(), OutputError> {
    match path.parent().filter(|p| !p.as_os_str().is_empty()) {
        Some(folder) => std::fs::create_dir_all(folder).map_err(OutputError::write(folder)),
        None => Ok(()),
    }
}
