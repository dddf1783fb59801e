//! Image folders: `<split>/<class>/…`, or `<class>/…` without splits. Pictures of a class may be in subfolders.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::losses::ReadReport;
use super::picture::{ENDINGS, ReadOptions, fitted, is_picture};
use super::reduce::SIDE;
use super::sample::{Data, ImageKind, Samples};
use super::walk::{self, DirEntry, Skipped};
use super::{DataError, cifar};

const TRAIN: &[&str] = &["train", "training"];
/// Of several the first is read, and the others are reported.
const TEST: &[&str] = &["test", "testing", "val", "valid", "validation", "eval", "evaluation", "dev"];

/// Class folders of one split: for each class all folders of its name in any Unicode form.
type Classes = Vec<(String, Vec<PathBuf>)>;

/// Reads a folder of class folders, or of `train` and `test` folders of class folders, with at least `least` classes. A
/// class that one split lacks is kept.
///
/// # Errors
/// No images, a class without images, or more unreadable images than `reading` allows.
pub fn read(folder: &Path, name: String, least: usize, reading: &ReadOptions) -> Result<Data, DataError> {
    let mut notes = Vec::new();
    let (train, test) = parts(folder, &mut notes)?;
    let names: BTreeSet<&String> = train.iter().chain(test.iter().flatten()).map(|c| &c.0).collect();
    let names: Vec<String> = names.into_iter().cloned().collect();
    if names.len() < least {
        let found = if names.is_empty() { unclassed(folder)? } else { names.join(", ") };
        let message = format!(
            "expected <split>/<class>/*.jpg|png with at least {} classes, IDX files, or a manifest.csv; found {found}",
            if least == 2 { "two".into() } else { least.to_string() }
        );
        return Err(DataError::input(folder, message));
    }
    let mut skipped = Skipped::default();
    let train = listed(&train, &names, &mut skipped)?;
    let test = test.map(|t| listed(&t, &names, &mut skipped)).transpose()?;
    report_missing(folder, &names, &train, test.as_deref(), &mut notes)?;
    if skipped.count() > 0 {
        notes.push(format!(
            "skipped {} of unsupported format: {}",
            count(skipped.count(), "file"),
            skipped.names()
        ));
    }
    let mut losses = ReadReport::new(names.clone());
    let mut read = |classes| samples(folder, classes, &names, reading, &mut losses);
    let train = read(train);
    let test = test.map_or_else(|| Samples::empty(3, SIDE, names.clone()), read);
    notes.extend(losses.settle(folder, reading.broken)?);
    let kind =
        if name.contains("digit") || name.contains("letter") { ImageKind::Glyphs } else { ImageKind::Things };
    Ok(Data { name, kind, train, test, notes })
}

/// What a folder and its splits hold instead of classes.
fn unclassed(folder: &Path) -> Result<String, DataError> {
    let parts = folders(folder)?.into_iter().filter(is_part).map(|f| f.path);
    let mut files = Vec::new();
    for place in parts.chain([folder.to_path_buf()]) {
        files.extend(walk::entries(&place)?.into_iter().filter(|e| !e.is_folder).map(|e| e.path));
    }
    let (pictures, others): (Vec<PathBuf>, Vec<PathBuf>) = files.into_iter().partition(|f| is_picture(f));
    let listed = |files: &[PathBuf], what: &str, place: &str| {
        let mut skipped = Skipped::default();
        skipped.extend(files);
        format!("{} {place}: {}", count(files.len(), what), skipped.names())
    };
    Ok(match (pictures.is_empty(), others.is_empty()) {
        (false, _) => listed(&pictures, "picture", "outside any class folder"),
        (true, false) => listed(&others, "file", "of unsupported format"),
        (true, true) => "none".into(),
    })
}

/// Reports loose pictures next to the class folders.
fn report_loose(folder: &Path, notes: &mut Vec<String>) -> Result<(), DataError> {
    let files = walk::entries(folder)?.into_iter().filter(|e| !e.is_folder).map(|e| e.path);
    let mut skipped = Skipped::default();
    skipped.extend(&files.filter(|f| is_picture(f)).collect::<Vec<_>>());
    if skipped.count() > 0 {
        let pictures = count(skipped.count(), "picture");
        notes.push(format!("skipped {pictures} beside the class folders: {}", skipped.names()));
    }
    Ok(())
}

/// A count with its noun.
pub(super) fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// The classes of the training split, or of the whole folder, and of the test split if there is one.
fn parts(folder: &Path, notes: &mut Vec<String>) -> Result<(Classes, Option<Classes>), DataError> {
    let folders = folders(folder)?;
    let named = |name: &&str| folders.iter().find(|f| f.name.to_lowercase() == **name);
    let part = |names: &[&str]| names.iter().find_map(named);
    let (train, test) = (part(TRAIN), part(TEST));
    // A folder of trains next to folders of cars and ships is a class, not a split.
    let alone = folders.iter().all(is_part);
    let holds_classes = |f: &DirEntry| folders_and_no_pictures(&f.path);
    let split = match train {
        Some(f) => alone || holds_classes(f)?,
        None => alone && test.is_some(),
    };
    report_loose(folder, notes)?;
    if !split {
        return Ok((grouped(folders), None));
    }
    for part in [train, test].into_iter().flatten() {
        report_loose(&part.path, notes)?;
    }
    let rest = folders.iter().filter(|f| ![train, test].contains(&Some(*f))).map(|f| f.name.as_str());
    let rest: Vec<&str> = rest.collect();
    if !rest.is_empty() {
        notes.push(format!("folders ignored beside the train and test splits: {}", rest.join(", ")));
    }
    let classes = |f: Option<&DirEntry>| f.map(|f| self::folders(&f.path).map(grouped)).transpose();
    Ok((classes(train)?.unwrap_or_default(), classes(test)?))
}

fn is_part(folder: &DirEntry) -> bool {
    [TRAIN, TEST].concat().contains(&folder.name.to_lowercase().as_str())
}

fn folders(folder: &Path) -> Result<Vec<DirEntry>, DataError> {
    Ok(walk::entries(folder)?.into_iter().filter(|e| e.is_folder).collect())
}

fn folders_and_no_pictures(folder: &Path) -> Result<bool, DataError> {
    Ok(!bare_folders(folder)?.is_empty())
}

/// The subfolders of a folder without loose pictures.
fn bare_folders(folder: &Path) -> Result<Vec<DirEntry>, DataError> {
    let entries = walk::entries(folder)?;
    let has_pictures = entries.iter().any(|e| !e.is_folder && is_picture(&e.path));
    Ok(if has_pictures { Vec::new() } else { entries.into_iter().filter(|e| e.is_folder).collect() })
}

/// Maximum number of nested folders around a set that hold nothing else.
const WRAPPERS: usize = 8;

/// The set within otherwise empty folders, as archives are unpacked and as torchvision lays out MNIST; the folder
/// itself if it is not such a wrapper. A single folder of folders is a class, unless `least` classes are needed.
///
/// # Errors
/// A folder cannot be read.
pub fn unwrapped(folder: &Path, least: usize) -> Result<PathBuf, DataError> {
    let mut inner = folder.to_path_buf();
    for _ in 0..WRAPPERS {
        match &bare_folders(&inner)?[..] {
            [only] if !is_part(only) => inner = only.path.clone(),
            _ => break,
        }
        let parts = folders(&inner)?.iter().any(is_part);
        let classes = least > 1 && bare_folders(&inner)?.len() >= least;
        let is_set = inner.join("manifest.csv").exists() || cifar::is_cifar(&inner);
        if parts || classes || is_set || super::idx::is_idx_folder(&inner)? {
            return Ok(inner);
        }
    }
    Ok(folder.into())
}

/// Groups folders by name; entries are sorted by name.
fn grouped(folders: Vec<DirEntry>) -> Classes {
    let mut classes: Classes = Vec::new();
    for DirEntry { name, path, .. } in folders {
        match classes.last_mut() {
            Some((last, paths)) if *last == name => paths.push(path),
            _ => classes.push((name, vec![path])),
        }
    }
    classes
}

/// The pictures of each class of a split, in the order of `names`; none for a class that it lacks.
fn listed(
    classes: &Classes,
    names: &[String],
    skipped: &mut Skipped,
) -> Result<Vec<Vec<PathBuf>>, DataError> {
    let one = |name: &String| {
        let folders = classes.iter().find(|c| c.0 == *name).map(|c| &c.1[..]).unwrap_or_default();
        let (pictures, others): (Vec<PathBuf>, Vec<PathBuf>) =
            walk::files(folders)?.into_iter().partition(|f| is_picture(f));
        skipped.extend(&others);
        Ok(pictures)
    };
    names.iter().map(one).collect()
}

/// Reports which classes one split lacks.
///
/// # Errors
/// A class has no pictures in any split.
fn report_missing(
    folder: &Path,
    names: &[String],
    train: &[Vec<PathBuf>],
    test: Option<&[Vec<PathBuf>]>,
    notes: &mut Vec<String>,
) -> Result<(), DataError> {
    for (i, name) in names.iter().enumerate() {
        match (train[i].len(), test.map(|t| t[i].len())) {
            (0, None | Some(0)) => {
                let message = format!("the class `{name}` has no images ({})", ENDINGS.join(", "));
                return Err(DataError::input(folder, message));
            }
            (0, Some(_)) if train.iter().any(|t| !t.is_empty()) => {
                notes.push(format!("the training split has no pictures of the class `{name}`"));
            }
            (_, Some(0)) => notes.push(format!("the test split has no pictures of the class `{name}`")),
            _ => {}
        }
    }
    Ok(())
}

/// Reads the pictures of each class.
pub(super) fn samples(
    folder: &Path,
    classes: Vec<Vec<PathBuf>>,
    names: &[String],
    reading: &ReadOptions,
    losses: &mut ReadReport,
) -> Samples {
    let mut samples = Samples::empty(3, SIDE, names.to_vec());
    for (label, images) in classes.into_iter().enumerate() {
        let read: Vec<_> = images.par_iter().map(|p| fitted(p, SIDE, reading)).collect();
        for (path, picture) in images.iter().zip(read) {
            if let Some(picture) = losses.keep(label, path, picture) {
                samples.push(picture, label, None);
                samples.names.push(walk::composed(path.strip_prefix(folder).unwrap_or(path).as_os_str()));
            }
        }
    }
    samples
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::UnreadablePolicy;

    fn save(path: &Path, side: u32, colour: [u8; 3]) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        image::RgbImage::from_pixel(side, side, image::Rgb(colour)).save(path).unwrap();
    }

    fn read(folder: &Path) -> Result<Data, DataError> {
        super::read(folder, "t".into(), 2, &ReadOptions::default())
    }

    #[test]
    fn splits_classes_endings_and_sizes_are_found() {
        let dir = tempfile::tempdir().unwrap();
        for (split, side) in [("train", 100), ("test", 20)] {
            save(&dir.path().join(split).join("b/one.PNG"), side, [200, 10, 10]);
            save(&dir.path().join(split).join("a/two.png"), 3024, [10, 10, 200]);
        }
        let data = read(dir.path()).unwrap();
        assert_eq!(data.train.classes, ["a", "b"]);
        assert_eq!((data.train.labels, data.test.len()), (vec![0, 1], 2));
        assert!(data.train.pictures[0].chunks(3).all(|p| p == [10, 10, 200]));
        assert_eq!(data.notes, [""; 0]);
    }

    #[test]
    fn empty_files_and_classes_are_named() {
        let dir = tempfile::tempdir().unwrap();
        save(&dir.path().join("a/x.png"), 8, [0; 3]);
        std::fs::create_dir(dir.path().join("b")).unwrap();
        let say = || read(dir.path()).unwrap_err().to_string();
        assert!(say().contains("class `b` has no images"));
        std::fs::write(dir.path().join("b/zero.png"), b"").unwrap();
        assert!(say().contains("zero.png") && say().contains("0 bytes"));
        std::fs::write(dir.path().join("b/zero.png"), b"\x89PNG\r\n\x1a\n broken").unwrap();
        assert!(say().contains("zero.png") && say().contains("no readable image"));
    }

    #[test]
    fn a_class_is_the_same_in_any_unicode_form_and_in_any_subfolder() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        // é precomposed, and as e with a combining accent.
        save(&at("train/caf\u{e9}/1.png"), 8, [1; 3]);
        save(&at("train/cafe\u{301}/2.png"), 8, [2; 3]);
        save(&at("train/the/2023/may/3.png"), 8, [3; 3]);
        save(&at("test/cafe\u{301}/4.png"), 8, [4; 3]);
        save(&at("test/milk/5.png"), 8, [5; 3]);
        std::fs::write(at("train/the/notes.txt"), "notes").unwrap();
        save(&at("train/.ipynb_checkpoints/9.png"), 8, [9; 3]);
        save(&at("train/the/._3.png"), 8, [9; 3]);
        let data = read(dir.path()).unwrap();
        assert_eq!(data.train.classes, ["caf\u{e9}", "milk", "the"]);
        let tones = |s: &Samples| s.pictures.iter().map(|p| p[0]).collect::<Vec<_>>();
        // The decomposed form sorts before the composed one only because both are one name: then by path.
        assert_eq!((tones(&data.train), data.train.labels), (vec![2, 1, 3], vec![0, 0, 2]));
        assert_eq!((tones(&data.test), data.test.labels), (vec![4, 5], vec![0, 1]));
        let notes = data.notes.join("\n");
        assert!(notes.contains("training split has no pictures of the class `milk`"), "{notes}");
        assert!(notes.contains("test split has no pictures of the class `the`"), "{notes}");
        assert!(notes.contains("skipped 1 file of unsupported format: notes.txt"), "{notes}");
    }

    #[test]
    fn pictures_and_files_outside_classes_are_reported() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        let told = |folder: &str| super::read(&at(folder), "t".into(), 1, &ReadOptions::default());
        for (split, beside) in [("", "w/preview.png"), ("train/", "w/train/sheet.png")] {
            save(&at(&format!("w/{split}a/1.png")), 8, [1; 3]);
            save(&at(&format!("w/{split}b/1.png")), 8, [1; 3]);
            save(&at(beside), 8, [1; 3]);
            let name = beside.rsplit('/').next().unwrap();
            let notes = told("w").unwrap().notes;
            assert_eq!(notes, [format!("skipped 1 picture beside the class folders: {name}")]);
            std::fs::remove_dir_all(at("w")).unwrap();
        }
        save(&at("flat/train/1.png"), 8, [1; 3]);
        let said = told("flat").unwrap_err().to_string();
        assert!(said.contains("1 picture outside any class folder: 1.png"), "{said}");
        std::fs::create_dir_all(at("odd")).unwrap();
        (0..5).for_each(|i| std::fs::write(at(&format!("odd/{i}.avif")), b"avif").unwrap());
        let said = told("odd").unwrap_err().to_string();
        assert!(said.contains("5 files of unsupported format: 0.avif"), "{said}");
    }

    #[test]
    fn a_class_named_train_is_no_split_and_a_set_may_lack_a_training_split() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        save(&at("train/1.png"), 8, [1; 3]);
        save(&at("car/2.png"), 8, [2; 3]);
        assert_eq!(read(dir.path()).unwrap().train.classes, ["car", "train"]);
        let other = tempfile::tempdir().unwrap();
        save(&other.path().join("val/a/1.png"), 8, [1; 3]);
        save(&other.path().join("val/b/1.png"), 8, [1; 3]);
        let data = read(other.path()).unwrap();
        assert_eq!((data.train.len(), data.test.len(), data.notes), (0, 2, vec![]));
    }

    #[test]
    fn unreadable_pictures_are_rejected_or_skipped_as_requested() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: String| dir.path().join(name);
        for class in ["a", "b"] {
            (0..10).for_each(|i| save(&at(format!("{class}/{i}.png")), 8, [i; 3]));
        }
        let ask = |broken| {
            super::read(dir.path(), "t".into(), 2, &ReadOptions { broken, ..ReadOptions::default() })
        };
        std::fs::write(at("b/3.png".into()), b"\x89PNG\r\n\x1a\n broken").unwrap();
        let told = ask(UnreadablePolicy::Fail).unwrap_err().to_string();
        assert!(told.contains("3.png") && told.contains("no readable image"), "{told}");
        let data = ask(UnreadablePolicy::SkipFew).unwrap();
        assert_eq!(data.train.len(), 19);
        assert!(
            data.notes[0].starts_with("skipped 1 of 20 pictures that cannot be read: b/3.png"),
            "{:?}",
            data.notes
        );
        std::fs::write(at("a/3.png".into()), b"").unwrap();
        std::fs::write(at("a/4.png".into()), b"").unwrap();
        let told = ask(UnreadablePolicy::SkipFew).unwrap_err().to_string();
        assert!(told.contains("3 of 20 pictures cannot be read") && told.contains("a/3.png"), "{told}");
        assert_eq!(ask(UnreadablePolicy::Skip).unwrap().train.len(), 17);
        (0..10).for_each(|i| std::fs::write(at(format!("b/{i}.png")), b"").unwrap());
        (0..200).for_each(|i| save(&at(format!("c/{i}.png")), 8, [i; 3]));
        let told = ask(UnreadablePolicy::SkipFew).unwrap_err().to_string();
        assert!(told.contains("none of the 10 pictures of the class `b`"), "{told}");
        assert_eq!(ask(UnreadablePolicy::Skip).unwrap().train.len(), 208);
    }
}
