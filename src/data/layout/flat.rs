//! Pictures of all classes in one folder, named by class and number: `train/cat.0.jpg` (Dogs vs. Cats at Kaggle),
//! `images/Abyssinian_1.jpg` (Oxford's pets).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::declaration::Layout;
use super::listing::{Listing, pictures, stem};
use crate::{DataError, walk};

/// Names of files tell the class.
pub const LAYOUT: Layout = Layout {
    name: "pictures named by class and number",
    about: "labels are the names of the files before the number",
    find,
    list,
};

/// Share of the pictures of a folder that have to be named so.
const MOST: f64 = 0.95;

/// `cat` of `cat.0` and of `cat_0`.
fn class(picture: &Path) -> Option<String> {
    let name = stem(picture);
    let digits = name.bytes().rev().take_while(u8::is_ascii_digit).count();
    let rest = &name[..name.len() - digits];
    let class = rest.strip_suffix(['.', '_', '-'])?;
    Some(class.to_string()).filter(|c| digits > 0 && c.chars().any(char::is_alphabetic))
}

/// Pictures by class, if a folder is named so: without folders of pictures in it, with two classes at least.
fn classes(folder: &Path) -> Result<Option<BTreeMap<String, Vec<PathBuf>>>, DataError> {
    if !folder.is_dir() {
        return Ok(None);
    }
    let all = pictures(folder)?;
    let mut classes: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for (picture, class) in all.iter().filter_map(|p| Some((p, class(p)?))) {
        classes.entry(class).or_default().push(picture.clone());
    }
    let named: usize = classes.values().map(Vec::len).sum();
    // Each class has several, otherwise the names are only numbered names.
    let is_so = classes.len() > 1 && named >= 2 * classes.len() && named as f64 >= MOST * all.len() as f64;
    if !is_so {
        return Ok(None);
    }
    let folders = walk::entries(folder)?.into_iter().filter(|e| e.is_folder);
    for inner in folders {
        if !pictures(&inner.path)?.is_empty() {
            return Ok(None);
        }
    }
    Ok(Some(classes))
}

/// The folder of training pictures of a set.
fn training(path: &Path) -> Result<Option<PathBuf>, DataError> {
    for place in [path.join("train"), path.into(), path.join("images")] {
        if classes(&place)?.is_some() {
            return Ok(Some(place));
        }
    }
    Ok(None)
}

fn find(path: &Path) -> Result<Option<PathBuf>, DataError> {
    if training(path)?.is_some() {
        return Ok(Some(path.into()));
    }
    // As the archive unpacks: in a folder of its own.
    match &walk::entries(path)?.into_iter().filter(|e| e.is_folder).collect::<Vec<_>>()[..] {
        [only] if training(&only.path)?.is_some() => Ok(Some(only.path.clone())),
        _ => Ok(None),
    }
}

fn list(folder: &Path) -> Result<Listing, DataError> {
    let place = training(folder)?.unwrap_or_else(|| folder.into());
    let found = classes(&place)?.unwrap_or_default();
    let mut listing = Listing { classes: found.keys().cloned().collect(), ..Listing::default() };
    let named: usize = found.values().map(Vec::len).sum();
    let others = pictures(&place)?.len() - named;
    if others > 0 {
        listing.notes.push(format!("skipped {others} pictures that are not named by class and number"));
    }
    listing.train = found.into_values().collect();
    for name in ["test", "test1", "val"].iter().filter(|n| folder.join(n).is_dir() && folder.join(n) != place)
    {
        let files = pictures(&folder.join(name))?;
        let mut split = vec![Vec::new(); listing.classes.len()];
        for (picture, class) in files.iter().filter_map(|p| Some((p, class(p)?))) {
            if let Some(at) = listing.classes.iter().position(|c| *c == class) {
                split[at].push(picture.clone());
            }
        }
        match split.iter().map(Vec::len).sum::<usize>() {
            0 => listing
                .notes
                .push(format!("{} pictures in `{name}` have no label, and are not read", files.len())),
            _ if listing.test.is_none() => listing.test = Some(split),
            _ => {}
        }
    }
    Ok(listing)
}
