//! Sizes, formats and origins of picture files, from their headers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::sets::SetError;
use data::picture::{self, Credit, is_picture, size_and_format};
use data::walk;

/// Sizes and formats of the files of a folder.
#[derive(Clone, Debug, PartialEq)]
pub struct FileSizes {
    /// Pictures whose header could be read.
    pub files: usize,
    /// Pictures whose header could not be read.
    pub unreadable: Vec<PathBuf>,
    /// Bytes of all.
    pub bytes: u64,
    /// How many have each width and height, the most frequent first.
    pub sizes: Vec<((u32, u32), usize)>,
    /// How many have each format.
    pub formats: Vec<(&'static str, usize)>,
    /// How many say what about their origin in EXIF, the most frequent first.
    pub credits: Vec<((Credit, String), usize)>,
}

impl FileSizes {
    /// Of the pictures in a folder and the folders in it; none if it holds no picture files.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn of(path: &Path) -> Result<Option<Self>, SetError> {
        if !path.is_dir() {
            return Ok(None);
        }
        let files: Vec<PathBuf> =
            walk::files(&[path.into()])?.into_iter().filter(|f| is_picture(f)).collect();
        if files.is_empty() {
            return Ok(None);
        }
        let read: Vec<_> = files.par_iter().map(|f| (size_and_format(f), f)).collect();
        let said: Vec<Vec<(Credit, String)>> = files.par_iter().map(|f| picture::credits(f)).collect();
        let mut credits = BTreeMap::new();
        said.into_iter().flatten().for_each(|credit| *credits.entry(credit).or_insert(0) += 1);
        let mut all = Self {
            files: 0,
            unreadable: Vec::new(),
            bytes: 0,
            sizes: Vec::new(),
            formats: Vec::new(),
            credits: ranked(credits),
        };
        let (mut sizes, mut formats) = (BTreeMap::new(), BTreeMap::new());
        for (found, file) in read {
            match found {
                Ok((size, format)) => {
                    all.files += 1;
                    all.bytes += std::fs::metadata(file).map_or(0, |m| m.len());
                    *sizes.entry(size).or_insert(0) += 1;
                    *formats.entry(format).or_insert(0) += 1;
                }
                Err(_) => all.unreadable.push(file.clone()),
            }
        }
        (all.sizes, all.formats) = (ranked(sizes), ranked(formats));
        Ok(Some(all))
    }
}

/// The most frequent first.
fn ranked<T: Ord>(counts: BTreeMap<T, usize>) -> Vec<(T, usize)> {
    let mut all: Vec<(T, usize)> = counts.into_iter().collect();
    all.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    all
}
