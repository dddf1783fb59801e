//! Finds the families in a folder.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::Path;

use crate::CATALOGUE;
use crate::family::Family;
use crate::folder::Folder;

/// What was found in a folder.
pub struct Found {
    /// Families with their folders, in the order of the catalogue.
    pub families: Vec<(&'static dyn Family, Folder)>,
    /// Folders that no family is at home in, by name.
    pub others: Vec<String>,
}

/// Looks for families in a folder and one level below it.
///
/// A folder is a family's if it has its name; of any other name, if it has one of its files.
///
/// # Errors
/// The folder cannot be listed.
pub fn search(dir: &Path) -> io::Result<Found> {
    let mut entries: Vec<_> = fs::read_dir(dir)?.collect::<io::Result<_>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    let own = dir.canonicalize()?;
    let mut families = at_home(&own, own.file_name());
    let mut others = Vec::new();
    if families.is_empty() {
        // Links are followed, so that a folder may be put together from several.
        for entry in entries.iter().filter(|e| e.path().is_dir()) {
            match at_home(&entry.path(), Some(&entry.file_name())) {
                none if none.is_empty() => others.push(entry.file_name().to_string_lossy().into_owned()),
                some => families.extend(some),
            }
        }
    }
    let place = |name: &str| CATALOGUE.iter().position(|f| f.name() == name);
    families.sort_by_key(|(family, _)| place(family.name()));
    Ok(Found { families, others })
}

/// The families that a folder belongs to.
fn at_home(path: &Path, name: Option<&OsStr>) -> Vec<(&'static dyn Family, Folder)> {
    let name = name.map_or_else(|| ".".into(), |n| n.to_string_lossy());
    let folder = Folder::new(path, name.clone());
    let named = CATALOGUE.iter().filter(|f| f.name() == name);
    let with = |family: &&&'static dyn Family| family.files().iter().any(|f| folder.path(f).is_file());
    let found: Vec<_> = match named.clone().next() {
        Some(_) => named.collect(),
        None => CATALOGUE.iter().filter(with).collect(),
    };
    found.into_iter().map(|family| (*family, folder.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> (Vec<String>, Vec<String>) {
        let found = search(dir).unwrap();
        let name = |(f, folder): &(&dyn Family, Folder)| format!("{} in {}", f.name(), folder.name());
        (found.families.iter().map(name).collect(), found.others)
    }

    #[test]
    fn families_are_found_by_name_and_by_their_files() {
        let dir = tempfile::tempdir().unwrap();
        let at = dir.path();
        assert_eq!(names(at), (vec![], vec![]));
        for folder in ["metrics", "mine", "other", "golly"] {
            fs::create_dir(at.join(folder)).unwrap();
        }
        fs::write(at.join("mine/collisions.json"), "").unwrap();
        fs::write(at.join("README.md"), "").unwrap();
        let all = ["golly in golly", "hard_discs in mine", "metrics in metrics"];
        assert_eq!(names(at), (all.map(String::from).to_vec(), vec!["other".into()]));
        assert_eq!(names(&at.join("mine")).0, ["hard_discs in mine"]);
        assert_eq!(names(&at.join("golly")).0, ["golly in golly"]);
        assert_eq!(names(&at.join("golly/../golly/.")).0, ["golly in golly"]);
        assert_eq!(names(&at.join("other")), (vec![], vec![]));
        assert!(search(&at.join("nowhere")).is_err() && search(&at.join("README.md")).is_err());
    }
}
