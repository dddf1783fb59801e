//! IDX files, as MNIST has them: big-endian magic, sizes, bytes; plain or gzipped.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::DataError;
use super::sample::{Data, Kind, Samples};

/// Whether a folder holds image files in IDX.
///
/// # Errors
/// The folder cannot be read.
pub fn is_idx_folder(folder: &Path) -> Result<bool, DataError> {
    Ok(!find(folder, "images", |_| true)?.is_empty())
}

/// Files whose name says `idx` and `what`, in the order of their names.
fn find(folder: &Path, what: &str, also: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>, DataError> {
    let io = |e| DataError::io("read", folder, e);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        let name = path.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
        let kind = if what == "images" { "idx3" } else { "idx1" };
        if name.contains(what) && name.contains(kind) && !name.contains("truncated") && also(&name) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn is_test(name: &str) -> bool {
    name.contains("test") || name.contains("t10k")
}

/// Reads train and test images with their labels.
///
/// # Errors
/// A file is missing, damaged or cut off, or counts differ.
pub fn read(folder: &Path, name: String) -> Result<Data, DataError> {
    let part = |test: bool| -> Result<Option<Samples>, DataError> {
        let images = find(folder, "images", |n| is_test(n) == test)?;
        let labels = find(folder, "labels", |n| is_test(n) == test)?;
        match (images.first(), labels.first()) {
            (Some(i), Some(l)) => pair(i, l).map(Some),
            (Some(i), None) => Err(DataError::input(i, "there is no labels file (idx1) beside these images")),
            _ => Ok(None),
        }
    };
    let missing = || DataError::input(folder, "expected IDX files of training images and labels, found none");
    let mut train = part(false)?.ok_or_else(missing)?;
    let mut test = part(true)?.unwrap_or_else(|| Samples::empty(1, train.side, Vec::new()));
    let classes = train.labels.iter().chain(&test.labels).max().map_or(0, |m| m + 1);
    let names: Vec<String> = (0..classes).map(|i| i.to_string()).collect();
    (train.classes, test.classes) = (names.clone(), names);
    let kind = if name.contains("fashion") { Kind::Things } else { Kind::Glyphs };
    Ok(Data { name, kind, train, test })
}

/// Images and labels of one split.
///
/// # Errors
/// As [`read`].
pub fn pair(images: &Path, labels: &Path) -> Result<Samples, DataError> {
    let (sizes, pixels) = parse(images, 3)?;
    let (counts, marks) = parse(labels, 1)?;
    let [count, h, w] = [sizes[0], sizes[1], sizes[2]];
    if count != counts[0] {
        let message = format!("holds {count} images, but {} holds {} labels", labels.display(), counts[0]);
        return Err(DataError::input(images, message));
    }
    if h != w || h == 0 {
        return Err(DataError::input(images, format!("expected square images, found {w}×{h}")));
    }
    // UCI digits hold 0..16; everything else 0..255.
    let top = pixels.iter().copied().max().unwrap_or(0);
    let scale = if top <= 16 { 255 / top.max(1) } else { 1 };
    let mut samples = Samples::empty(1, w, Vec::new());
    for (picture, &label) in pixels.chunks_exact(w * h).zip(&marks) {
        samples.push(picture.iter().map(|v| v * scale).collect(), label as usize, None);
    }
    Ok(samples)
}

/// Sizes and bytes of one file with `dims` dimensions of unsigned bytes.
fn parse(path: &Path, dims: usize) -> Result<(Vec<usize>, Vec<u8>), DataError> {
    let raw = std::fs::read(path).map_err(|e| DataError::io("read", path, e))?;
    let (bytes, cut) = match raw.starts_with(&[0x1f, 0x8b]) {
        true => inflate(&raw),
        false => (raw, None),
    };
    let head = 4 + 4 * dims;
    let magic = [0, 0, 8, dims as u8];
    if bytes.len() < head || bytes[..4] != magic {
        let found: Vec<String> = bytes.iter().take(4).map(|b| format!("{b:02x}")).collect();
        let message = format!("expected IDX magic 00 00 08 {dims:02x}, found {}", found.join(" "));
        return Err(DataError::input(
            path,
            if bytes.is_empty() { "the file is empty".into() } else { message },
        ));
    }
    let size = |i: usize| u32::from_be_bytes([0, 1, 2, 3].map(|k| bytes[4 + 4 * i + k])) as usize;
    let sizes: Vec<usize> = (0..dims).map(size).collect();
    let want = sizes.iter().try_fold(1usize, |a, &b| a.checked_mul(b)).unwrap_or(usize::MAX);
    let have = bytes.len() - head;
    if have < want || cut.is_some() {
        let each: usize = sizes[1..].iter().product::<usize>().max(1);
        let why = cut.map_or(String::new(), |e| format!("; the gzip stream is damaged: {e}"));
        let message =
            format!("the header promises {} items, the file ends after {}{why}", sizes[0], have / each);
        return Err(DataError::input(path, message));
    }
    Ok((sizes, bytes[head..head + want].to_vec()))
}

/// All that can be inflated, and why it ended early if it did.
fn inflate(raw: &[u8]) -> (Vec<u8>, Option<String>) {
    let mut out = Vec::new();
    let error = flate2::read::MultiGzDecoder::new(raw).read_to_end(&mut out).err();
    (out, error.map(|e| e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn idx(dims: &[u32], bytes: &[u8]) -> Vec<u8> {
        let mut out = vec![0, 0, 8, dims.len() as u8];
        dims.iter().for_each(|d| out.extend(d.to_be_bytes()));
        out.extend(bytes);
        out
    }

    fn write(dir: &Path, name: &str, bytes: &[u8]) -> PathBuf {
        let path = dir.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    #[test]
    fn plain_and_gzipped_files_read_alike() {
        let dir = tempfile::tempdir().unwrap();
        let images = idx(&[2, 2, 2], &[1, 2, 3, 4, 250, 6, 7, 8]);
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(&images).unwrap();
        write(dir.path(), "train-images-idx3-ubyte.gz", &gz.finish().unwrap());
        write(dir.path(), "train-labels-idx1-ubyte", &idx(&[2], &[1, 0]));
        write(dir.path(), "t10k-images-idx3-ubyte", &images);
        write(dir.path(), "t10k-labels-idx1-ubyte", &idx(&[2], &[0, 2]));
        let data = read(dir.path(), "x".into()).unwrap();
        assert_eq!(data.train.pictures, [[1, 2, 3, 4], [250, 6, 7, 8]]);
        assert_eq!((data.train.labels, data.test.labels), (vec![1, 0], vec![0, 2]));
        assert_eq!(data.train.classes, ["0", "1", "2"]);
    }

    #[test]
    fn damage_is_named_with_what_was_promised_and_found() {
        let dir = tempfile::tempdir().unwrap();
        let say = |images: &[u8], labels: &[u8]| {
            let (i, l) = (write(dir.path(), "i", images), write(dir.path(), "l", labels));
            pair(&i, &l).unwrap_err().to_string()
        };
        let good = idx(&[2, 2, 2], &[9; 8]);
        assert!(say(&good, &idx(&[3], &[0; 3])).contains("2 images"));
        assert!(say(&good[..20], &idx(&[2], &[0; 2])).contains("promises 2 items, the file ends after 1"));
        assert!(say(b"PK\x03\x04 zip of something", &idx(&[2], &[0; 2])).contains("found 50 4b 03 04"));
        assert!(say(b"", &idx(&[2], &[0; 2])).contains("empty"));
        assert!(say(&idx(&[1, 2, 3], &[0; 6]), &idx(&[1], &[0])).contains("square"));
    }
}
