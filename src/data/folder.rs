//! Image folders: `<split>/<class>/*.jpg|png`, or `<class>/*` without splits.

use std::path::{Path, PathBuf};

use image::imageops::FilterType;
use rayon::prelude::*;

use super::DataError;
use super::reduce::SIDE;
use super::sample::{Data, Kind, Samples};

const TRAIN: &[&str] = &["train", "training"];
const TEST: &[&str] = &["test", "testing", "val", "valid", "validation"];
/// Endings of image files.
pub const ENDINGS: &[&str] = &["jpg", "jpeg", "png", "bmp", "gif"];

/// Reads a folder of class folders, or of `train` and `test` folders of class folders.
///
/// # Errors
/// No images, a class without images, or an image that is damaged.
pub fn read(folder: &Path, name: String) -> Result<Data, DataError> {
    let folders = subfolders(folder)?;
    let part = |names: &[&str]| folders.iter().find(|f| names.contains(&stem(f).to_lowercase().as_str()));
    let (train, test) = (part(TRAIN), part(TEST));
    let root = train.map_or(folder, PathBuf::as_path);
    let classes: Vec<String> = subfolders(root)?.iter().map(|f| stem(f)).collect();
    if classes.len() < 2 {
        let message =
            "expected <split>/<class>/*.jpg|png with at least two classes, IDX files, or a manifest.csv";
        return Err(DataError::input(folder, message));
    }
    let train = split(root, &classes)?;
    let test = match test {
        Some(test) => split(test, &classes)?,
        None => Samples::empty(3, SIDE, classes),
    };
    let kind = if name.contains("digit") || name.contains("letter") { Kind::Glyphs } else { Kind::Things };
    Ok(Data { name, kind, train, test })
}

fn stem(path: &Path) -> String {
    path.file_name().map_or(String::new(), |n| n.to_string_lossy().into_owned())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let io = |e| DataError::io("read", folder, e);
    let read = std::fs::read_dir(folder).map_err(io)?;
    let mut all = read.map(|e| e.map(|e| e.path())).collect::<Result<Vec<_>, _>>().map_err(io)?;
    all.sort();
    Ok(all)
}

fn subfolders(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    Ok(entries(folder)?.into_iter().filter(|p| p.is_dir()).collect())
}

fn split(root: &Path, classes: &[String]) -> Result<Samples, DataError> {
    let mut samples = Samples::empty(3, SIDE, classes.to_vec());
    for (label, class) in classes.iter().enumerate() {
        let folder = root.join(class);
        let images: Vec<PathBuf> = entries(&folder)?.into_iter().filter(|p| is_image(p)).collect();
        if images.is_empty() {
            return Err(DataError::input(
                &folder,
                format!("the class `{class}` has no images ({})", ENDINGS.join(", ")),
            ));
        }
        let pictures = images.par_iter().map(|p| picture(p)).collect::<Result<Vec<_>, _>>()?;
        pictures.into_iter().for_each(|p| samples.push(p, label, None));
    }
    Ok(samples)
}

fn is_image(path: &Path) -> bool {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    ENDINGS.contains(&ending.as_str())
}

/// One image, centre-cropped to a square and resized to the judge's side.
///
/// # Errors
/// The file is empty, damaged or no image.
pub fn picture(path: &Path) -> Result<Vec<u8>, DataError> {
    let bytes = std::fs::read(path).map_err(|e| DataError::io("read", path, e))?;
    if bytes.is_empty() {
        return Err(DataError::input(path, "the file is empty (0 bytes), expected an image"));
    }
    let image = image::load_from_memory(&bytes)
        .map_err(|e| DataError::input(path, format!("no readable image: {e}")))?;
    let side = image.width().min(image.height());
    let square = image.crop_imm((image.width() - side) / 2, (image.height() - side) / 2, side, side);
    let small = square.resize_exact(SIDE as u32, SIDE as u32, FilterType::Triangle);
    Ok(small.to_rgb8().into_raw())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn save(path: &Path, side: u32, colour: [u8; 3]) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        image::RgbImage::from_pixel(side, side, image::Rgb(colour)).save(path).unwrap();
    }

    #[test]
    fn splits_classes_endings_and_sizes_are_found() {
        let dir = tempfile::tempdir().unwrap();
        for (split, side) in [("train", 100), ("test", 20)] {
            save(&dir.path().join(split).join("b/one.PNG"), side, [200, 10, 10]);
            save(&dir.path().join(split).join("a/two.png"), 3024, [10, 10, 200]);
        }
        let data = read(dir.path(), "things".into()).unwrap();
        assert_eq!(data.train.classes, ["a", "b"]);
        assert_eq!((data.train.labels, data.test.len()), (vec![0, 1], 2));
        assert!(data.train.pictures[0].chunks(3).all(|p| p == [10, 10, 200]));
    }

    #[test]
    fn empty_files_and_classes_are_named() {
        let dir = tempfile::tempdir().unwrap();
        save(&dir.path().join("a/x.png"), 8, [0; 3]);
        std::fs::create_dir(dir.path().join("b")).unwrap();
        let say = || read(dir.path(), "t".into()).unwrap_err().to_string();
        assert!(say().contains("class `b` has no images"));
        std::fs::write(dir.path().join("b/zero.png"), b"").unwrap();
        assert!(say().contains("zero.png") && say().contains("0 bytes"));
        std::fs::write(dir.path().join("b/zero.png"), b"\x89PNG\r\n\x1a\n broken").unwrap();
        assert!(say().contains("zero.png") && say().contains("no readable image"));
    }
}
