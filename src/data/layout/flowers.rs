//! Oxford's flowers (Nilsback and Zisserman 2008): `jpg/image_00001.jpg` and on, their labels in `imagelabels.mat`, the
//! splits in `setid.mat`.

use std::path::{Path, PathBuf};

use super::declaration::Layout;
use super::listing::{Listing, pictures, stem};
use crate::{DataError, mat};
use world::limits;

/// The flowers of Oxford.
pub const LAYOUT: Layout = Layout {
    name: "Oxford flowers",
    about: "labels from imagelabels.mat, splits from setid.mat",
    find,
    list,
};

const LABELS: &str = "imagelabels.mat";
const SPLITS: &str = "setid.mat";

fn find(path: &Path) -> Result<Option<PathBuf>, DataError> {
    let has_labels = |folder: &Path| folder.join(LABELS).is_file();
    if !path.is_dir() || has_labels(path) {
        return Ok(path.is_dir().then(|| path.into()));
    }
    let inner = crate::walk::entries(path)?.into_iter().filter(|e| e.is_folder).map(|e| e.path);
    Ok(inner.into_iter().find(|f| has_labels(f)))
}

fn list(folder: &Path) -> Result<Listing, DataError> {
    let path = folder.join(LABELS);
    let labels = mat::values(&path, "labels")?;
    let is_class = |v: &f64| v.fract() == 0.0 && (1.0..=limits::CLASSES as f64).contains(v);
    if let Some(i) = labels.iter().position(|v| !is_class(v)) {
        let message = format!("labels({}): expected a whole number from 1, found {}", i + 1, labels[i]);
        return Err(DataError::input(&path, message));
    }
    let places = [folder.join("jpg"), folder.join("102flowers/jpg"), folder.into()];
    let place = places.iter().find(|p| p.is_dir()).unwrap_or(&places[2]);
    let mut files: Vec<Option<PathBuf>> = vec![None; labels.len()];
    for picture in pictures(place)? {
        let number = stem(&picture).strip_prefix("image_").and_then(|n| n.parse::<usize>().ok());
        let Some(number) = number else { continue };
        let slot = number.checked_sub(1).and_then(|i| files.get_mut(i)).ok_or_else(|| {
            let message = format!(
                "expected a label of every picture, found {} labels, but {}",
                labels.len(),
                picture.display()
            );
            DataError::input(&path, message)
        })?;
        *slot = Some(picture);
    }
    let count = labels.iter().copied().fold(0.0, f64::max) as usize;
    let chosen = |numbers: &[usize]| {
        let mut classes = vec![Vec::new(); count];
        for i in numbers {
            classes[labels[*i] as usize - 1].extend(files[*i].clone());
        }
        classes
    };
    let all: Vec<usize> = (0..labels.len()).collect();
    let mut listing = Listing { classes: (1..=count).map(|c| c.to_string()).collect(), ..Listing::default() };
    match files.iter().filter(|f| f.is_none()).count() {
        0 => {}
        missing if missing == files.len() => {
            return Err(DataError::input(
                place,
                "expected pictures image_00001.jpg, image_00002.jpg, …, found none",
            ));
        }
        missing => {
            listing.notes.push(format!("{missing} of {} pictures with a label are missing", files.len()))
        }
    }
    let splits = folder.join(SPLITS);
    if !splits.is_file() {
        listing.notes.push(format!("there is no {SPLITS}: all pictures are for training"));
        return Ok(Listing { train: chosen(&all), ..listing });
    }
    let split = |name: &str| numbers(&splits, name, labels.len());
    let (train, valid, test) = (split("trnid")?, split("valid")?, split("tstid")?);
    listing.notes.push(format!(
        "{} pictures of `trnid` and {} of `valid` are for training (which holds out its own part for validation), {} of \
         `tstid` for the test",
        train.len(),
        valid.len(),
        test.len()
    ));
    Ok(Listing { train: chosen(&[train, valid].concat()), test: Some(chosen(&test)), ..listing })
}

/// Indices of a split, from 0.
fn numbers(path: &Path, name: &str, count: usize) -> Result<Vec<usize>, DataError> {
    let one = |(i, v): (usize, &f64)| {
        let is_picture = v.fract() == 0.0 && (1.0..=count as f64).contains(v);
        is_picture.then(|| *v as usize - 1).ok_or_else(|| {
            DataError::input(
                path,
                format!("{name}({}): expected a number from 1 to {count}, found {v}", i + 1),
            )
        })
    };
    mat::values(path, name)?.iter().enumerate().map(one).collect()
}
