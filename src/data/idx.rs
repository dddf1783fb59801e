//! IDX files (MNIST's format): big-endian magic, sizes, values; plain or gzipped. Pictures are unsigned bytes, labels
//! integers of any type.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use super::DataError;
use super::sample::{Data, ImageKind, Samples};
use super::walk;
use world::limits;

/// Type of a file's values: code, bytes per value, name.
type Type = (u8, usize, &'static str);
const TYPES: [Type; 6] = [
    (0x08, 1, "unsigned bytes"),
    (0x09, 1, "signed bytes"),
    (0x0b, 2, "short integers"),
    (0x0c, 4, "integers"),
    (0x0d, 4, "floats"),
    (0x0e, 8, "doubles"),
];
const BYTES: &[Type] = TYPES.split_at(1).0;
const WHOLE: &[Type] = TYPES.split_at(4).0;

/// Images and labels of one split.
type Pair = (PathBuf, Option<PathBuf>);

/// The files of one set: those of training and those of testing.
#[derive(Clone, Debug, Default)]
struct Family {
    train: Option<Pair>,
    test: Option<Pair>,
}

impl Family {
    fn has_labels(&self) -> bool {
        [&self.train, &self.test].into_iter().flatten().any(|p| p.1.is_some())
    }
    fn images(&self) -> Option<&Path> {
        self.train.as_ref().or(self.test.as_ref()).map(|p| p.0.as_path())
    }
}

/// Whether a folder holds image files in IDX.
///
/// # Errors
/// The folder cannot be read.
pub fn is_idx_folder(folder: &Path) -> Result<bool, DataError> {
    Ok(!families(folder)?.is_empty())
}

/// Whether a file holds images in IDX, by its first bytes.
pub fn is_images(path: &Path) -> bool {
    let mut magic = [0; 4];
    path.is_file()
        && stream(path).is_ok_and(|mut s| s.read_exact(&mut magic).is_ok())
        && magic == [0, 0, 8, 3]
}

/// The sets in a folder by the common part of their file names, such as `emnist-letters`.
fn families(folder: &Path) -> Result<BTreeMap<String, Family>, DataError> {
    let files: Vec<(String, PathBuf)> = walk::entries(folder)?
        .into_iter()
        .filter(|e| !e.is_folder)
        .map(|e| (e.name.to_lowercase(), e.path))
        .collect();
    let mut all: BTreeMap<String, Family> = BTreeMap::new();
    for (name, path) in files.iter().filter(|(n, _)| n.contains("images") && n.contains("idx3")) {
        let labels = files.iter().find(|(n, _)| {
            let same = |a: &str, b: &str| key(a) == key(b) && is_test(a) == is_test(b);
            n.contains("labels") && n.contains("idx1") && same(n, name)
        });
        let family = all.entry(key(name)).or_default();
        let part = if is_test(name) { &mut family.test } else { &mut family.train };
        // Of a file and its gzipped copy, either will do.
        part.get_or_insert_with(|| (path.clone(), labels.map(|l| l.1.clone())));
    }
    Ok(all)
}

/// What a file's name says besides kind and split.
fn key(name: &str) -> String {
    const COMMON: &[&str] = &["images", "labels", "idx3", "idx1", "gz", "t10k", "training", "testing"];
    const VALUES: &[&str] = &["ubyte", "byte", "short", "int", "float", "double"];
    let part = |w: &str| {
        ["train", "test"]
            .iter()
            .any(|p| w.strip_prefix(p).is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit())))
    };
    let words = name.split(['-', '_', '.', ' ']);
    words
        .filter(|w| !w.is_empty() && ![COMMON, VALUES].concat().contains(w) && !part(w))
        .collect::<Vec<_>>()
        .join("-")
}

fn is_test(name: &str) -> bool {
    name.contains("test") || name.contains("t10k")
}

/// Reads train and test images with their labels from a folder, or from the folder of one file of images.
///
/// # Errors
/// A file is missing, damaged or truncated, or counts differ; or the folder holds several sets and none was named.
pub fn read(path: &Path, name: String) -> Result<Data, DataError> {
    let (family, notes) = match path.is_dir() {
        true => chosen(path)?,
        false => (named(path)?, Vec::new()),
    };
    let pair = |p: &Pair| match &p.1 {
        Some(labels) => self::pair(&p.0, labels),
        None => Err(DataError::input(&p.0, "there is no labels file (idx1) next to these images")),
    };
    let missing = || DataError::input(path, "expected IDX files of training images and labels, found none");
    let mut train = pair(family.train.as_ref().ok_or_else(missing)?)?;
    let test = family.test.as_ref().map(pair).transpose()?;
    let mut test = test.unwrap_or_else(|| Samples::empty(1, train.side, Vec::new()));
    let labels: BTreeSet<usize> = train.labels.iter().chain(&test.labels).copied().collect();
    let labels: Vec<usize> = labels.into_iter().collect();
    for part in [&mut train, &mut test] {
        // Classes are the labels that occur, under their own numbers.
        part.labels.iter_mut().for_each(|l| *l = labels.partition_point(|known| known < l));
        part.classes = labels.iter().map(usize::to_string).collect();
    }
    let kind = if name.contains("fashion") { ImageKind::Things } else { ImageKind::Glyphs };
    Ok(Data { name, kind, train, test, notes })
}

/// The only set of a folder; what else is there is reported.
fn chosen(folder: &Path) -> Result<(Family, Vec<String>), DataError> {
    let all = families(folder)?;
    let (whole, bare): (Vec<Family>, Vec<Family>) = all.into_values().partition(Family::has_labels);
    let names = |of: &[Family]| {
        let paths = of.iter().filter_map(Family::images);
        paths.map(|p| p.file_name().map_or(String::new(), walk::composed)).collect::<Vec<_>>().join(", ")
    };
    match &whole[..] {
        [one] if bare.is_empty() => Ok((one.clone(), Vec::new())),
        [one] => Ok((one.clone(), vec![format!("not read, as they have no labels: {}", names(&bare))])),
        [] => Ok((bare.into_iter().next().unwrap_or_default(), Vec::new())),
        many => {
            let first = many[0].images().unwrap_or(folder).display();
            let message = format!(
                "expected the files of one set, found those of {}: {}; name the image file of one set instead of the folder, such as {first}",
                many.len(),
                names(many)
            );
            Err(DataError::input(folder, message))
        }
    }
}

/// The set that a file of images belongs to.
fn named(images: &Path) -> Result<Family, DataError> {
    let folder = images.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = images.file_name().map(walk::composed).unwrap_or_default().to_lowercase();
    let mut family = families(folder)?.remove(&key(&name)).unwrap_or_default();
    let part = if is_test(&name) { &mut family.test } else { &mut family.train };
    let labels = part.take().and_then(|p| p.1).or_else(|| labels_of(images));
    *part = Some((images.into(), labels));
    Ok(family)
}

/// The labels file whose name corresponds to that of the images.
fn labels_of(images: &Path) -> Option<PathBuf> {
    let name = images.file_name()?.to_str()?;
    let labels = name.replace("images", "labels").replace("idx3", "idx1");
    let plain = labels.trim_end_matches(".gz");
    let tried = [labels.clone(), plain.into(), format!("{plain}.gz")].map(|n| images.with_file_name(n));
    tried.into_iter().find(|p| p != images && p.is_file())
}

/// Images and labels of one split, brightened if they are from 0 to 16.
///
/// # Errors
/// As [`read`].
pub fn pair(images: &Path, labels: &Path) -> Result<Samples, DataError> {
    let mut samples = unscaled(images, labels)?;
    // UCI digits hold 0..16; everything else 0..255.
    let top = samples.pictures.iter().flatten().copied().max().unwrap_or(0);
    let scale = if top <= 16 { 255 / top.max(1) } else { 1 };
    samples.pictures.iter_mut().flatten().for_each(|v| *v *= scale);
    Ok(samples)
}

/// Images and labels of one split, with the values of the files.
///
/// # Errors
/// As [`read`].
pub fn unscaled(images: &Path, labels: &Path) -> Result<Samples, DataError> {
    let (sizes, _, pixels) = parse(images, 3, BYTES)?;
    let label_values = read_labels(labels)?;
    let [count, h, w] = [sizes[0], sizes[1], sizes[2]];
    if count != label_values.len() {
        let message =
            format!("holds {count} images, but {} holds {} labels", labels.display(), label_values.len());
        return Err(DataError::input(images, message));
    }
    if count == 0 {
        return Err(DataError::input(images, "holds no images"));
    }
    if h != w || h == 0 {
        return Err(DataError::input(images, format!("expected square images, found {w}×{h}")));
    }
    let mut samples = Samples::empty(1, w, Vec::new());
    for (picture, &label) in pixels.chunks_exact(w * h).zip(&label_values) {
        samples.push(picture.to_vec(), label, None);
    }
    Ok(samples)
}

/// A file's bytes, inflated if it is gzipped.
fn stream(path: &Path) -> std::io::Result<Box<dyn Read>> {
    let mut file = BufReader::new(File::open(path)?);
    let zipped = std::io::BufRead::fill_buf(&mut file)?.starts_with(&[0x1f, 0x8b]);
    Ok(if zipped { Box::new(flate2::bufread::MultiGzDecoder::new(file)) } else { Box::new(file) })
}

/// Reads `want` bytes, or up to the end of the stream; returns the error if it is damaged.
fn fill(stream: &mut dyn Read, want: u64, into: &mut Vec<u8>) -> Option<String> {
    stream.take(want).read_to_end(into).err().map(|e| e.to_string())
}

/// The labels of a file.
fn read_labels(path: &Path) -> Result<Vec<usize>, DataError> {
    let (_, (code, width, _), bytes) = parse(path, 1, WHOLE)?;
    let number = |value: &[u8]| {
        let begin = if code != 0x08 && value[0] >= 0x80 { -1 } else { 0 };
        value.iter().fold(begin, |n: i64, b| n << 8 | *b as i64)
    };
    let label = |(i, value)| {
        let n = number(value);
        let wrong = |_| DataError::input(path, format!("label {} is {n}, expected numbers from 0 on", i + 1));
        usize::try_from(n).map_err(wrong)
    };
    bytes.chunks_exact(width).enumerate().map(label).collect()
}

/// Sizes and type from a file's header.
fn header(
    stream: &mut dyn Read,
    path: &Path,
    dims: usize,
    types: &[Type],
) -> Result<(Vec<usize>, Type), DataError> {
    let mut head = Vec::new();
    let damage = fill(stream, 4 + 4 * dims as u64, &mut head);
    let of = |types: &[Type]| match head.get(..4) {
        Some(&[0, 0, code, d]) if d as usize == dims => types.iter().find(|t| t.0 == code).copied(),
        _ => None,
    };
    if let Some(found) = of(types).filter(|_| head.len() == 4 + 4 * dims) {
        let sizes = head[4..].as_chunks::<4>().0.iter().map(|b| u32::from_be_bytes(*b) as usize);
        return Ok((sizes.collect(), found));
    }
    let found: Vec<String> = head.iter().take(4).map(|b| format!("{b:02x}")).collect();
    let expected: Vec<&str> = types.iter().map(|t| t.2).collect();
    Err(DataError::input(
        path,
        match (damage, of(&TYPES)) {
            (Some(e), _) => format!("the gzip stream is damaged: {e}"),
            (None, _) if head.is_empty() => "the file is empty".into(),
            (None, Some(other)) if of(types).is_none() => {
                format!("holds {}, expected {}", other.2, expected.join(" or "))
            }
            _ => format!("expected IDX magic 00 00 08 {dims:02x}, found {}", found.join(" ")),
        },
    ))
}

/// Sizes, type and bytes of one file with `dims` dimensions and values of one of these types. No more is decompressed
/// than the header promises.
fn parse(path: &Path, dims: usize, types: &[Type]) -> Result<(Vec<usize>, Type, Vec<u8>), DataError> {
    let bad = |m: String| DataError::input(path, m);
    let mut stream = stream(path).map_err(|e| DataError::io("read", path, e))?;
    let (sizes, found) = header(&mut *stream, path, dims, types)?;
    let want = sizes.iter().try_fold(found.1 as u64, |a, &b| a.checked_mul(b as u64)).unwrap_or(u64::MAX);
    let each = sizes[1..].iter().fold(found.1, |a, &b| a.saturating_mul(b)).max(1);
    if want > limits::ARRAY {
        let most = limits::size(limits::ARRAY);
        return Err(bad(format!(
            "the header promises {} items of {each} bytes, expected at most {most}",
            sizes[0]
        )));
    }
    let mut bytes = Vec::new();
    let mut damage = fill(&mut *stream, want, &mut bytes);
    if damage.is_none() && bytes.len() as u64 == want {
        // After the last byte a gzip stream has its checksum.
        damage = fill(&mut *stream, 1, &mut Vec::new());
    }
    if (bytes.len() as u64) < want || damage.is_some() {
        let why = damage.map_or(String::new(), |e| format!("; the gzip stream is damaged: {e}"));
        let message = format!(
            "the header promises {} items, the file ends after {}{why}",
            sizes[0],
            bytes.len() / each
        );
        return Err(bad(message));
    }
    Ok((sizes, found, bytes))
}

#[cfg(test)]
mod tests;
