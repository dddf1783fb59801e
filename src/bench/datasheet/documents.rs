//! What a folder says about itself: read-me files, licences, citations.

use std::path::Path;

use crate::sets::SetError;
use data::walk;
use world::limits;

/// A file that says something about the set.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Its name.
    pub name: String,
    /// How it begins.
    pub text: String,
    /// Whether there is more of it.
    pub is_cut: bool,
}

/// What such files are called, in lower case and without their ending.
const NAMES: &[&str] = &[
    "readme",
    "license",
    "licence",
    "copying",
    "copyright",
    "citation",
    "datasheet",
    "dataset_card",
    "credits",
    "authors",
    "attribution",
    "about",
    "notice",
    "provenance",
    "terms",
];
/// Characters of each that are shown.
const SHOWN: usize = 1200;
/// Largest such file, bytes.
const LARGEST: u64 = 1 << 20;

/// Of the folder of a set, or of the folder that its file is in.
///
/// # Errors
/// The folder cannot be read.
pub fn of(path: &Path) -> Result<Vec<Document>, SetError> {
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new(".")) };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let files = walk::entries(folder)?.into_iter().filter(|e| !e.is_folder);
    let named = files.filter(|e| {
        let name = e.name.to_lowercase();
        let stem = name.split('.').next().unwrap_or("");
        NAMES.iter().any(|n| stem.starts_with(n))
    });
    Ok(named.filter_map(|e| Some(shortened(e.name, &limits::read(&e.path, LARGEST).ok()?))).collect())
}

fn shortened(name: String, bytes: &[u8]) -> Document {
    let all = String::from_utf8_lossy(bytes);
    let text: String = all.trim().chars().take(SHOWN).collect();
    Document { is_cut: text.len() < all.trim().len(), text, name }
}
