//! ImageNet (Deng et al. 2009) and what is cut out of it: `train/n01440764/….JPEG` with WordNet's identifiers as classes; the
//! validation pictures in folders of classes, or all in one folder with a list of their labels beside it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::declaration::Layout;
use super::listing::{Listing, pictures, stem};
use crate::picture::is_picture;
use crate::{DataError, walk};
use world::limits;

/// ImageNet, as it unpacks, as at Kaggle, and as Tiny ImageNet.
pub const LAYOUT: Layout = Layout {
    name: "ImageNet",
    about: "folders named by WordNet, validation pictures as test split",
    find,
    list,
};

/// Where Kaggle's archive has the splits.
const KAGGLE: &str = "ILSVRC/Data/CLS-LOC";
/// Lists of the labels of validation pictures: a picture and its class a line.
const LABELS: &[&str] = &[
    "LOC_val_solution.csv",
    "val_annotations.txt",
    "val.txt",
    "val_labels.txt",
    "val_labels.csv",
    "val_solution.csv",
];
/// Names of classes.
const WORDS: &[&str] = &["LOC_synset_mapping.txt", "synset_words.txt", "words.txt"];
/// Labels without names, in an order of their own.
const NUMBERS: &str = "ILSVRC2012_validation_ground_truth.txt";

/// Whether a name is one of WordNet's identifiers of a noun: `n` and eight digits.
fn is_synset(name: &str) -> bool {
    name.strip_prefix('n').is_some_and(|d| d.len() == 8 && d.bytes().all(|b| b.is_ascii_digit()))
}

fn synsets(folder: &Path) -> Result<Vec<(String, PathBuf)>, DataError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let folders = walk::entries(folder)?.into_iter().filter(|e| e.is_folder && is_synset(&e.name));
    Ok(folders.map(|e| (e.name, e.path)).collect())
}

fn find(path: &Path) -> Result<Option<PathBuf>, DataError> {
    let mut candidates = vec![path.to_path_buf(), path.join(KAGGLE)];
    if path.is_dir() {
        candidates.extend(walk::entries(path)?.into_iter().filter(|e| e.is_folder).map(|e| e.path));
    }
    for folder in candidates {
        if synsets(&folder.join("train"))?.len() > 1 {
            return Ok(Some(folder));
        }
    }
    Ok(None)
}

fn list(folder: &Path) -> Result<Listing, DataError> {
    let found = synsets(&folder.join("train"))?;
    let ids: Vec<&str> = found.iter().map(|f| f.0.as_str()).collect();
    let mut notes = Vec::new();
    let mut train = Vec::new();
    for (_, class) in &found {
        train.push(walk::files(std::slice::from_ref(class))?.into_iter().filter(|f| is_picture(f)).collect());
    }
    let test = validation(folder, &ids, &mut notes)?;
    let words = names(folder)?;
    let classes = ids.iter().map(|id| words.get(*id).map_or(id.to_string(), |w| format!("{id} {w}")));
    Ok(Listing { classes: classes.collect(), train, test, notes })
}

/// The validation pictures of each class, if there are any whose class is known.
fn validation(
    folder: &Path,
    ids: &[&str],
    notes: &mut Vec<String>,
) -> Result<Option<Vec<Vec<PathBuf>>>, DataError> {
    let val = ["val", "validation"].map(|name| folder.join(name)).into_iter().find(|p| p.is_dir());
    let Some(val) = val else { return Ok(None) };
    let mut all = vec![Vec::new(); ids.len()];
    let sorted = synsets(&val)?;
    if !sorted.is_empty() {
        for (id, class) in &sorted {
            match ids.iter().position(|i| i == id) {
                Some(at) => {
                    all[at] = walk::files(std::slice::from_ref(class))?
                        .into_iter()
                        .filter(|f| is_picture(f))
                        .collect()
                }
                None => notes.push(format!("val/{id} is no class of the training split")),
            }
        }
        return Ok(Some(all));
    }
    let inner = val.join("images");
    let files = pictures(if inner.is_dir() { &inner } else { &val })?;
    if files.is_empty() {
        return Ok(None);
    }
    let Some(list) = beside(&[val.as_path(), folder], LABELS) else {
        let numbers = beside(&[val.as_path(), folder], &[NUMBERS]);
        let why = numbers.map_or(
            "",
            |_| "; the numbers of ILSVRC2012_validation_ground_truth.txt count in an order of their own",
        );
        notes.push(format!(
            "{} validation pictures are not read: expected their labels in one of {}{why}",
            files.len(),
            LABELS.join(", ")
        ));
        return Ok(None);
    };
    let labels = labels(&list, ids)?;
    let mut unknown = walk::Skipped::default();
    for file in &files {
        match labels.get(&stem(file)) {
            Some(class) => all[*class].push(file.clone()),
            None => unknown.add(file),
        }
    }
    if unknown.count() == files.len() {
        return Err(DataError::input(&list, "expected names of pictures in val, found none of them"));
    }
    if unknown.count() > 0 {
        notes.push(format!(
            "skipped {} validation pictures without a label: {}",
            unknown.count(),
            unknown.names()
        ));
    }
    Ok(Some(all))
}

/// The first of these files in one of these folders, or in up to three folders above the last.
fn beside(folders: &[&Path], names: &[&str]) -> Option<PathBuf> {
    let above = folders.last()?.ancestors().skip(1).take(3);
    let places: Vec<&Path> = folders.iter().copied().chain(above).collect();
    names.iter().flat_map(|name| places.iter().map(move |p| p.join(name))).find(|p| p.is_file())
}

/// Class of each picture by its name without ending. A class is an identifier, or its number in their order, from 0.
fn labels(path: &Path, ids: &[&str]) -> Result<BTreeMap<String, usize>, DataError> {
    let text = limits::read_text(path).map_err(|e| DataError::io("read", path, e))?;
    let mut all = BTreeMap::new();
    for (i, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split([',', ' ', '\t']).filter(|w| !w.is_empty()).collect();
        let class = words.get(1).and_then(|word| {
            let by_number = || word.parse().ok().filter(|n: &usize| *n < ids.len());
            ids.iter().position(|id| id == word).or_else(by_number)
        });
        match (class, words.is_empty(), words.first()) {
            (Some(class), _, Some(picture)) => {
                all.insert(stem(Path::new(picture)), class);
            }
            (None, true, _) => {}
            // A header.
            (None, false, _) if i == 0 && words.get(1).is_none_or(|w| !is_synset(w)) => {}
            // The set may be a part of a larger one.
            (None, false, _) if words.get(1).is_some_and(|w| is_synset(w)) => {}
            _ => {
                let message = format!(
                    "line {}: expected a picture and its class (n01440764, or 0 to {}), found `{line}`",
                    i + 1,
                    ids.len() - 1
                );
                return Err(DataError::input(path, message));
            }
        }
    }
    Ok(all)
}

/// The first word for each identifier.
fn names(folder: &Path) -> Result<BTreeMap<String, String>, DataError> {
    let Some(path) = beside(&[folder], WORDS) else { return Ok(BTreeMap::new()) };
    let text = limits::read_text(&path).map_err(|e| DataError::io("read", &path, e))?;
    Ok(crate::tree::words(&text))
}
