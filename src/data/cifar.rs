//! CIFAR-10 and CIFAR-100 (Krizhevsky 2009) in their binary version: records of one label, or of a coarse and a fine one,
//! and 32 × 32 pixels as a red, a green and a blue plane.

use std::path::{Path, PathBuf};

use super::DataError;
use super::picture::{LabelLevel, ReadOptions};
use super::sample::{Data, ImageKind, Samples};
use world::limits;

/// Pixels a side.
const SIDE: usize = 32;
/// Bytes of a picture.
const PICTURE: usize = 3 * SIDE * SIDE;

/// Which of the two sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    Ten,
    Hundred,
}

/// Files of a folder.
struct Files {
    version: Version,
    train: Vec<PathBuf>,
    test: Option<PathBuf>,
}

fn found(folder: &Path) -> Option<Files> {
    let existing = |name: String| Some(folder.join(name)).filter(|p| p.is_file());
    let batches: Vec<PathBuf> = (1..=5).filter_map(|i| existing(format!("data_batch_{i}.bin"))).collect();
    if !batches.is_empty() {
        return Some(Files {
            version: Version::Ten,
            train: batches,
            test: existing("test_batch.bin".into()),
        });
    }
    let names = existing("fine_label_names.txt".into()).or(existing("coarse_label_names.txt".into()));
    let train = existing("train.bin".into()).filter(|_| names.is_some())?;
    Some(Files { version: Version::Hundred, train: vec![train], test: existing("test.bin".into()) })
}

/// Whether a folder holds one of these sets in its binary version.
pub fn is_cifar(folder: &Path) -> bool {
    found(folder).is_some()
}

/// What is said of the version for Python.
pub const PICKLED: &str = "found CIFAR's version for Python: pickled objects, which run code when they are read. Get the binary \
                           version instead: cifar-10-binary.tar.gz or cifar-100-binary.tar.gz from the same page";

/// Whether a folder holds one of these sets as pickled Python objects, which run code when they are read.
pub fn is_pickled(folder: &Path) -> bool {
    let is_file = |name: &str| folder.join(name).is_file();
    is_file("data_batch_1") && is_file("batches.meta")
        || is_file("train") && is_file("test") && is_file("meta")
}

/// Reads the set in a folder; of CIFAR-100 with the labels that `reading` asks for.
///
/// # Errors
/// A file cannot be read, is not a whole number of records, or has a label without a name.
pub fn read(folder: &Path, name: String, reading: &ReadOptions) -> Result<Data, DataError> {
    let files =
        found(folder).ok_or_else(|| DataError::input(folder, "expected the binary files of CIFAR"))?;
    let level = reading.labels;
    let classes = names(folder, files.version, level)?;
    let read = |paths: &[PathBuf]| -> Result<Samples, DataError> {
        let mut samples = Samples::empty(3, SIDE, classes.clone());
        paths.iter().try_for_each(|p| records(p, files.version, level, &mut samples))?;
        Ok(samples)
    };
    let (train, test) = (read(&files.train)?, read(files.test.as_slice())?);
    let mut notes = Vec::new();
    if files.version == Version::Ten && files.train.len() < 5 {
        notes.push(format!("{} of the five training batches are there", files.train.len()));
    }
    if files.version == Version::Hundred && level == LabelLevel::Fine {
        notes.push("fine labels; --label-level coarse reads the 20 superclasses".into());
    }
    Ok(Data { name, kind: ImageKind::Things, train, test, notes })
}

/// Names of the classes: from the set's own list, otherwise their numbers.
fn names(folder: &Path, version: Version, level: LabelLevel) -> Result<Vec<String>, DataError> {
    let (file, count) = match (version, level) {
        (Version::Ten, _) => ("batches.meta.txt", 10),
        (Version::Hundred, LabelLevel::Fine) => ("fine_label_names.txt", 100),
        (Version::Hundred, LabelLevel::Coarse) => ("coarse_label_names.txt", 20),
    };
    let path = folder.join(file);
    if !path.is_file() {
        return Ok((0..count).map(|i| i.to_string()).collect());
    }
    let text = limits::read_text(&path).map_err(|e| DataError::io("read", &path, e))?;
    let all: Vec<String> = text.lines().map(|l| l.trim().to_string()).filter(|l| !l.is_empty()).collect();
    match all.len() == count {
        true => Ok(all),
        false => Err(DataError::input(&path, format!("expected {count} names, found {}", all.len()))),
    }
}

/// What CIFAR-100 is also: the tree of its classes, as pairs of a class and its superclass, then of a superclass and the
/// set.
///
/// # Errors
/// The folder does not hold CIFAR-100, or a class has two superclasses.
pub fn superclasses(folder: &Path) -> Result<Vec<(String, String)>, DataError> {
    let files = found(folder).filter(|f| f.version == Version::Hundred);
    let files = files.ok_or_else(|| {
        DataError::input(
            folder,
            "expected a file of lines `child is-a parent`, or the folder of CIFAR-100's binary version",
        )
    })?;
    let [fine, coarse] = [LabelLevel::Fine, LabelLevel::Coarse].map(|l| names(folder, Version::Hundred, l));
    let (fine, coarse) = (fine?, coarse?);
    let mut above = vec![None; fine.len()];
    for path in &files.train {
        let [mut high, mut low] = [&coarse, &fine].map(|names| Samples::empty(3, SIDE, names.clone()));
        records(path, Version::Hundred, LabelLevel::Coarse, &mut high)?;
        records(path, Version::Hundred, LabelLevel::Fine, &mut low)?;
        for (i, (c, f)) in high.labels.into_iter().zip(low.labels).enumerate() {
            if *above[f].get_or_insert(c) != c {
                let [first, second] = [above[f].unwrap_or(c), c].map(|c| &coarse[c]);
                let message =
                    format!("record {i}: expected `{}` in `{first}` as before, found `{second}`", fine[f]);
                return Err(DataError::input(path, message));
            }
        }
    }
    // Names may be numbers, which classes and superclasses share.
    let superclass = |c: usize| format!("superclass {}", coarse[c]);
    let classes = above.iter().zip(fine).filter_map(|(c, name)| Some((name, superclass((*c)?))));
    let set = (0..coarse.len()).map(|c| (superclass(c), "CIFAR-100".into()));
    Ok(classes.chain(set).collect())
}

/// The records of one file.
fn records(path: &Path, version: Version, level: LabelLevel, into: &mut Samples) -> Result<(), DataError> {
    let bytes = limits::read(path, limits::ARRAY).map_err(|e| DataError::io("read", path, e))?;
    let labels = if version == Version::Ten { 1 } else { 2 };
    let record = labels + PICTURE;
    if bytes.is_empty() || !bytes.len().is_multiple_of(record) {
        let message = format!("expected whole records of {record} bytes, found {} bytes", bytes.len());
        return Err(DataError::input(path, message));
    }
    for (i, bytes) in bytes.chunks_exact(record).enumerate() {
        // CIFAR-100 has the coarse label first.
        let label = bytes[if level == LabelLevel::Coarse { 0 } else { labels - 1 }] as usize;
        if label >= into.classes.len() {
            let most = into.classes.len() - 1;
            return Err(DataError::input(
                path,
                format!("record {i}: expected a label from 0 to {most}, found {label}"),
            ));
        }
        let planes = &bytes[labels..];
        let pixel = |p: usize| [0, 1, 2].map(|c| planes[c * SIDE * SIDE + p]);
        into.push((0..SIDE * SIDE).flat_map(pixel).collect(), label, None);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader;
    use crate::tree::LabelTree;

    /// A record: a label or two, and a picture whose pixel (x, y) is (x, y, seed).
    fn record(labels: &[u8], seed: u8) -> Vec<u8> {
        let plane = |f: fn(usize) -> usize| (0..SIDE * SIDE).map(move |p| f(p) as u8);
        let planes =
            plane(|p| p % SIDE).chain(plane(|p| p / SIDE)).chain(std::iter::repeat_n(seed, SIDE * SIDE));
        labels.iter().copied().chain(planes).collect()
    }

    fn numbered(n: usize, what: &str) -> String {
        (0..n).map(|i| format!("{what}{i}\n")).collect()
    }

    #[test]
    fn ten_classes_in_batches_are_read_pixel_by_pixel() {
        let dir = tempfile::tempdir().unwrap();
        // As the archive unpacks: in a folder of its own.
        let at = dir.path().join("cifar-10-batches-bin");
        std::fs::create_dir(&at).unwrap();
        std::fs::write(at.join("batches.meta.txt"), numbered(10, "kind ") + "\n").unwrap();
        std::fs::write(at.join("data_batch_1.bin"), [record(&[3], 7), record(&[9], 8)].concat()).unwrap();
        std::fs::write(at.join("data_batch_2.bin"), record(&[0], 9)).unwrap();
        std::fs::write(at.join("test_batch.bin"), record(&[1], 10)).unwrap();
        let data = reader::read(dir.path(), &ReadOptions::default()).unwrap();
        assert_eq!((data.train.labels.clone(), data.test.labels.clone()), (vec![3, 9, 0], vec![1]));
        assert_eq!((data.train.classes[3].as_str(), data.train.side, data.train.channels), ("kind 3", 32, 3));
        let picture = &data.train.pictures[1];
        let pixel = |x: usize, y: usize| &picture[(y * 32 + x) * 3..][..3];
        assert!(pixel(5, 20) == [5, 20, 8] && pixel(31, 0) == [31, 0, 8]);
        assert!(data.notes.iter().any(|n| n.contains("2 of the five training batches")), "{:?}", data.notes);
    }

    #[test]
    fn a_hundred_classes_have_fine_labels_or_coarse_ones() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("fine_label_names.txt"), numbered(100, "fine")).unwrap();
        std::fs::write(dir.path().join("coarse_label_names.txt"), numbered(20, "coarse")).unwrap();
        std::fs::write(dir.path().join("train.bin"), [record(&[19, 99], 1), record(&[4, 0], 2)].concat())
            .unwrap();
        std::fs::write(dir.path().join("test.bin"), record(&[11, 50], 3)).unwrap();
        let read =
            |labels| reader::read(dir.path(), &ReadOptions { labels, ..ReadOptions::default() }).unwrap();
        let (fine, coarse) = (read(LabelLevel::Fine), read(LabelLevel::Coarse));
        assert_eq!((fine.train.labels, fine.train.classes.len()), (vec![99, 0], 100));
        assert_eq!((coarse.train.labels, coarse.test.labels), (vec![19, 4], vec![11]));
        assert_eq!(coarse.train.classes[19], "coarse19");
        let tree = |classes: &[&str]| {
            LabelTree::read(dir.path(), &classes.iter().map(|c| c.to_string()).collect::<Vec<_>>())
        };
        assert_eq!(tree(&["fine99", "fine0"]).unwrap().distance(0, 1), 2);
        assert!(
            tree(&["fine1"]).unwrap_err().to_string().contains("`fine1`"),
            "no picture says where it belongs"
        );
        std::fs::write(dir.path().join("train.bin"), [record(&[1, 7], 1), record(&[2, 7], 2)].concat())
            .unwrap();
        let said = tree(&["fine7"]).unwrap_err().to_string();
        assert!(
            said.contains("record 1: expected `fine7` in `coarse1` as before, found `coarse2`"),
            "{said}"
        );
    }

    #[test]
    fn what_is_wrong_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let told = |name: &str, bytes: &[u8]| {
            std::fs::write(dir.path().join(name), bytes).unwrap();
            reader::read(dir.path(), &ReadOptions::default()).unwrap_err().to_string()
        };
        let cut = &record(&[3], 7)[..3000];
        let said = told("data_batch_1.bin", cut);
        assert!(
            said.contains("data_batch_1.bin") && said.contains("whole records of 3073 bytes, found 3000"),
            "{said}"
        );
        let said = told("data_batch_1.bin", &record(&[10], 7));
        assert!(said.contains("record 0: expected a label from 0 to 9, found 10"), "{said}");
        let said = told("batches.meta.txt", b"cat\ndog\n");
        assert!(said.contains("expected 10 names, found 2"), "{said}");
        let pickled = tempfile::tempdir().unwrap();
        ["data_batch_1", "batches.meta"]
            .iter()
            .for_each(|n| std::fs::write(pickled.path().join(n), b"\x80").unwrap());
        let said = reader::read(pickled.path(), &ReadOptions::default()).unwrap_err().to_string();
        assert!(said.contains("cifar-10-binary.tar.gz"), "{said}");
    }
}
