//! Which pictures of which classes a set has, and how they are read.

use std::path::{Path, PathBuf};

use crate::losses::ReadReport;
use crate::picture::{ReadOptions, is_picture};
use crate::reduce::SIDE;
use crate::sample::{Data, ImageKind, Samples};
use crate::{DataError, folder, walk};

/// Pictures of a set.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Listing {
    /// Class names.
    pub classes: Vec<String>,
    /// Training pictures of each class.
    pub train: Vec<Vec<PathBuf>>,
    /// Test pictures of each class; none if the set has no test split.
    pub test: Option<Vec<Vec<PathBuf>>>,
    /// What was skipped or assumed.
    pub notes: Vec<String>,
}

impl Listing {
    pub fn read(mut self, path: &Path, name: &str, reading: &ReadOptions) -> Result<Data, DataError> {
        for (split, listed) in [("training", Some(&self.train)), ("test", self.test.as_ref())] {
            let empty =
                listed.into_iter().flat_map(|l| l.iter().enumerate()).filter(|(_, all)| all.is_empty());
            let lacking: Vec<&str> = empty.map(|(class, _)| self.classes[class].as_str()).collect();
            if let [first, rest @ ..] = &lacking[..] {
                let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
                self.notes.push(format!("the {split} split has no pictures of the class `{first}`{more}"));
            }
        }
        let mut losses = ReadReport::new(self.classes.clone());
        let mut read = |classes| folder::samples(path, classes, &self.classes, reading, &mut losses);
        let train = read(self.train);
        let test = self.test.map_or_else(|| Samples::empty(3, SIDE, self.classes.clone()), read);
        self.notes.extend(losses.settle(path, reading.broken)?);
        Ok(Data { name: name.into(), kind: ImageKind::Things, train, test, notes: self.notes })
    }
}

/// The pictures directly in a folder, in the order of their names.
pub(super) fn pictures(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let files = walk::entries(folder)?.into_iter().filter(|e| !e.is_folder).map(|e| e.path);
    Ok(files.filter(|f| is_picture(f)).collect())
}

/// A file's name without its ending.
pub(super) fn stem(path: &Path) -> String {
    path.file_stem().map(walk::composed).unwrap_or_default()
}
