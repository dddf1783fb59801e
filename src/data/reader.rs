//! The reader of data sets in any format.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::dataset::{self, Row, Split};
use super::losses::ReadReport;
use super::picture::{self, ReadOptions};
use super::reduce::{SIDE, reduce};
use super::sample::{Data, ImageKind, Samples};
use super::{DataError, cifar, folder, idx, layout, walk};
use world::limits;

/// Reads several data sets as one. `classes` are those of a judge that is trained further; otherwise all that are
/// found.
///
/// # Errors
/// As [`read`], or the sets differ in size, or hold a class that the judge does not know.
pub fn read_all(
    paths: &[PathBuf],
    classes: Option<Vec<String>>,
    reading: &ReadOptions,
) -> Result<Data, DataError> {
    let one = |p: &PathBuf| Ok(read(p, reading)?.learnable());
    let all = paths.iter().map(one).collect::<Result<Vec<Data>, _>>()?;
    let mut names: Vec<String> = all.iter().flat_map(|d| d.train.classes.clone()).collect();
    names.sort_by_key(|n| (n.len() * n.bytes().all(|b| b.is_ascii_digit()) as usize, n.clone()));
    names.dedup();
    let names = classes.unwrap_or(names);
    if names.len() < 2 {
        return Err(DataError::input(
            &paths[0],
            match &names[..] {
                [only] => format!("expected at least two classes, found only `{only}`"),
                _ => "expected at least two classes, found none".into(),
            },
        ));
    }
    let (channels, side) = (all[0].train.channels, all[0].train.side);
    let mut data = Data {
        name: all.iter().map(|d| d.name.as_str()).collect::<Vec<_>>().join("+"),
        kind: all[0].kind,
        train: Samples::empty(channels, side, names.clone()),
        test: Samples::empty(channels, side, names.clone()),
        notes: all.iter().flat_map(|d| d.notes.iter().map(|n| format!("{}: {n}", d.name))).collect(),
    };
    for (set, (one, path)) in all.into_iter().zip(paths).enumerate() {
        if (one.train.channels, one.train.side) != (channels, side) {
            let message =
                format!("pictures of {} channels and {} pixels", one.train.channels, one.train.side);
            return Err(DataError::input(
                path,
                format!("{message}, expected {channels} and {side} as in the first"),
            ));
        }
        for (from, into) in [(one.train, &mut data.train), (one.test, &mut data.test)] {
            let places = from.classes.iter().map(|c| names.iter().position(|n| n == c)).collect::<Vec<_>>();
            let labelled = from.pictures.into_iter().zip(from.labels);
            for ((picture, label), origin) in labelled.zip(from.origins) {
                let place = places[label].ok_or_else(|| {
                    let known = names.join(", ");
                    DataError::input(
                        path,
                        format!("the class `{}` is unknown to the judge ({known})", from.classes[label]),
                    )
                })?;
                into.push(picture, place, Some(origin ^ (set as u64) << 40));
            }
        }
    }
    Ok(data)
}

/// Whether a path may name a data set: a folder, or a file of images in IDX.
pub fn is_set(path: &Path) -> bool {
    path.is_dir() || idx::is_images(path)
}

/// Reads a data set of at least two classes: a set of frames, a folder of image folders, a known [`layout`], CIFAR's binary
/// files, or IDX files (their folder, or the file of images).
///
/// # Errors
/// The folder is none of these, or a file in it is damaged; the message names it.
pub fn read(path: &Path, reading: &ReadOptions) -> Result<Data, DataError> {
    read_classes(path, 2, reading)
}

/// As [`read`], with at least `least` classes.
///
/// # Errors
/// As [`read`].
pub fn read_classes(path: &Path, least: usize, reading: &ReadOptions) -> Result<Data, DataError> {
    let name = path.file_name().map_or("data".into(), |n| n.to_string_lossy().into_owned());
    if !is_set(path) {
        let what = if path.exists() { "a file" } else { "nothing" };
        return Err(DataError::input(
            path,
            format!("expected a folder of frames, images or IDX files, found {what}"),
        ));
    }
    let is_set_itself = path.join("manifest.csv").exists() || cifar::is_cifar(path);
    let is_bare = path.is_dir() && !is_set_itself && !idx::is_idx_folder(path)?;
    if is_bare && let Some(data) = layout::read(path, &name, reading)? {
        return named(path, data);
    }
    let inner = if is_bare { folder::unwrapped(path, least)? } else { path.into() };
    let mut data = if inner.join("manifest.csv").exists() {
        frames(&inner, name, reading)?
    } else if inner.is_file() || idx::is_idx_folder(&inner)? {
        idx::read(&inner, name)?
    } else if cifar::is_cifar(&inner) {
        cifar::read(&inner, name, reading)?
    } else if cifar::is_pickled(&inner) {
        return Err(DataError::input(&inner, cifar::PICKLED));
    } else {
        folder::read(&inner, name, least, reading)?
    };
    if inner != path {
        let below = inner.strip_prefix(path).unwrap_or(&inner).display();
        data.notes.insert(0, format!("read from the only folder in it, {below}"));
    }
    named(path, data)
}

/// Where the labels of a set come from, in a sentence.
///
/// # Errors
/// The folder cannot be read.
pub fn label_source(path: &Path) -> Result<String, DataError> {
    if path.join("manifest.csv").exists() {
        return Ok("Labels: the processes that rendered the pictures, from manifest.csv.".into());
    }
    if idx::is_images(path) || idx::is_idx_folder(path)? {
        return Ok(
            "Labels: from the IDX file of labels beside that of images; who gave them it does not say."
                .into(),
        );
    }
    if !path.is_dir() {
        return Ok("Labels: none.".into());
    }
    let inner = folder::unwrapped(path, 1)?;
    if cifar::is_cifar(&inner) {
        return Ok("Labels: the first bytes of each record; their names from the text files beside.".into());
    }
    if idx::is_idx_folder(&inner)? || inner.join("manifest.csv").exists() {
        return label_source(&inner);
    }
    Ok(match layout::recognised(path)? {
        Some(layout) => format!("Labels ({}): {}.", layout.name, layout.about),
        None => "Labels: the names of the folders in which the pictures are.".into(),
    })
}

/// The set, if the names of its classes are valid: trained models store them, and must be readable again.
fn named(path: &Path, data: Data) -> Result<Data, DataError> {
    let mut names = data.train.classes.iter().chain(&data.test.classes);
    names.try_for_each(|c| limits::name("a class", c)).map_err(|e| DataError::input(path, e))?;
    Ok(data)
}

/// A set of frames written by `untrained dataset` or `play --learn`.
fn frames(path: &Path, name: String, reading: &ReadOptions) -> Result<Data, DataError> {
    let rows = dataset::rows(path)?;
    let mut classes: Vec<String> = rows.iter().map(|r| r.origin.label.clone()).collect();
    classes.sort();
    classes.dedup();
    if classes.is_empty() {
        return Err(DataError::input(path, "the manifest names no frame"));
    }
    let mut train = Samples::empty(3, SIDE, classes.clone());
    let mut test = Samples::empty(3, SIDE, classes.clone());
    let read: Vec<_> = rows.par_iter().map(|row| frame(row, reading.background)).collect();
    let mut losses = ReadReport::new(classes.clone());
    for (row, frame) in rows.iter().zip(read) {
        let label = classes.iter().position(|c| *c == row.origin.label).unwrap_or(0);
        if let Some(pixels) = losses.keep(label, &row.path, frame) {
            let into = if row.origin.split == Split::Train { &mut train } else { &mut test };
            into.push(pixels, label, Some(row.origin.seed));
            into.names.push(walk::composed(row.path.strip_prefix(path).unwrap_or(&row.path).as_os_str()));
        }
    }
    let notes = losses.settle(path, reading.broken)?.into_iter().collect();
    Ok(Data { name, kind: ImageKind::Frames, train, test, notes })
}

fn frame(row: &Row, background: [u8; 3]) -> Result<Vec<u8>, DataError> {
    let image = picture::rgb(&row.path, background)?;
    let (w, h) = (image.width() as usize, image.height() as usize);
    Ok(match (w, h) == (SIDE, SIDE) {
        true => image.into_raw(),
        false => reduce(&image, w, h, 3),
    })
}
