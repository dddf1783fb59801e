//! Frames with true labels on disk: `manifest.csv` and `frames/NNNNNNNN.png`; in a set with masks also
//! `masks/NNNNNNNN.png` and `classes.json`, the names of the masks' indices.
//!
//! A frame is written whole and renamed before its line is added to the manifest, so a kill at any moment leaves at
//! most a picture that no line names, or a truncated last line; both are ignored by the reader and overwritten by
//! the next writer.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Component, Path, PathBuf};

mod origin;
pub mod truth;

use csv::{ByteRecord, ReaderBuilder, StringRecord, WriterBuilder};

use super::DataError;
use super::reduce::{BYTES, SIDE};
use world::frame::write_atomic;
use world::limits;

pub use origin::{Origin, Split};
use truth::{COLUMNS, MASK_BYTES, MOST};
pub use truth::{LabelledBox, Part, Truth};

/// The file of the names of the masks' indices.
const CLASSES: &str = "classes.json";
const HEAD: &str = "file,label,split,scene_hash,seed,tick,hash,scene";

/// A row of the manifest.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The picture.
    pub path: PathBuf,
    /// Its metadata.
    pub origin: Origin,
    /// Hash of its pixels.
    pub hash: u64,
    /// What else is true of it, in a set with masks.
    pub truth: Option<RowTruth>,
}

/// What a row of a set with masks says of its frame.
#[derive(Clone, Debug, PartialEq)]
pub struct RowTruth {
    /// The file of the mask.
    pub mask: PathBuf,
    /// The boxes of all bodies.
    pub boxes: Vec<LabelledBox>,
    /// The worlds of a composed frame after the first.
    pub parts: Vec<Part>,
}

impl RowTruth {
    /// Reads the mask: the process of each pixel, as an index below `classes`.
    ///
    /// # Errors
    /// The file cannot be read, or is no mask.
    pub fn read_mask(&self, classes: usize) -> Result<Vec<u8>, DataError> {
        let bytes = limits::read(&self.mask, MASK_BYTES).map_err(|e| DataError::io("read", &self.mask, e))?;
        truth::decode_mask(&bytes, classes).map_err(|e| DataError::input(&self.mask, e))
    }
}

/// Adds frames to a data set; an existing one is appended to.
pub struct Writer {
    folder: PathBuf,
    manifest: File,
    next: usize,
    /// Number of classes, in a set with masks.
    classes: Option<usize>,
}

impl Writer {
    /// Opens or creates a set.
    ///
    /// # Errors
    /// The folder cannot be written, or holds something else.
    pub fn open(folder: &Path) -> Result<Self, DataError> {
        Self::begin(folder, None)
    }

    /// Opens or creates a set with masks of these classes.
    ///
    /// # Errors
    /// As [`Self::open`]; or the set there has no masks, or masks of other classes.
    pub fn open_masked(folder: &Path, classes: &[String]) -> Result<Self, DataError> {
        let path = folder.join(CLASSES);
        limits::within("classes", classes.len(), 1..=MOST).map_err(|e| DataError::input(&path, e))?;
        let old = folder.join("manifest.csv").exists() && path.exists();
        if old && self::classes(folder)? != classes {
            return Err(DataError::input(
                &path,
                "the set's masks are of other classes; choose another folder",
            ));
        }
        std::fs::create_dir_all(folder.join("masks")).map_err(|e| DataError::io("write", folder, e))?;
        let text = serde_json::to_string_pretty(classes).map_err(|e| DataError::Failed(e.to_string()))?;
        let writer = Self::begin(folder, Some(classes.len()))?;
        write_atomic(&path, text.as_bytes()).map_err(|e| DataError::Failed(e.to_string()))?;
        Ok(writer)
    }

    fn begin(folder: &Path, classes: Option<usize>) -> Result<Self, DataError> {
        let io = |e| DataError::io("write", folder, e);
        std::fs::create_dir_all(folder.join("frames")).map_err(io)?;
        let path = folder.join("manifest.csv");
        let head = if classes.is_some() { format!("{HEAD}{COLUMNS}") } else { HEAD.into() };
        let next = if path.exists() { repair(&path, &head)? } else { 0 };
        let mut manifest = OpenOptions::new().create(true).append(true).open(&path).map_err(io)?;
        if manifest.metadata().map_err(io)?.len() == 0 {
            writeln!(manifest, "{head}").map_err(io)?;
        }
        Ok(Self { folder: folder.into(), manifest, next, classes })
    }

    /// Frames in the set.
    pub fn len(&self) -> usize {
        self.next
    }

    /// Whether the set has no frame.
    pub fn is_empty(&self) -> bool {
        self.next == 0
    }

    /// Adds a reduced picture to a set without masks.
    ///
    /// # Errors
    /// The disk is full or the folder gone, or the set has masks.
    pub fn add(&mut self, rgb: &[u8], origin: &Origin) -> Result<(), DataError> {
        self.put(rgb, origin, None)
    }

    /// Adds a reduced picture to a set with masks.
    ///
    /// # Errors
    /// The disk is full or the folder gone, or the set has no masks.
    pub fn add_masked(&mut self, rgb: &[u8], origin: &Origin, truth: &Truth) -> Result<(), DataError> {
        self.put(rgb, origin, Some(truth))
    }

    fn put(&mut self, rgb: &[u8], origin: &Origin, truth: Option<&Truth>) -> Result<(), DataError> {
        let [name, mask] = ["frames", "masks"].map(|folder| format!("{folder}/{:08}.png", self.next));
        let write = |name: &str, png: Result<Vec<u8>, String>| {
            let path = self.folder.join(name);
            let png = png.map_err(|e| DataError::input(&path, e))?;
            write_atomic(&path, &png).map_err(|e| DataError::Failed(e.to_string()))
        };
        let more = match (truth, self.classes) {
            (None, None) => None,
            (Some(truth), Some(classes)) => {
                write(&mask, truth::encode_mask(&truth.mask, classes))?;
                let parts = truth::parts_text(&truth.parts).map_err(|e| DataError::Failed(e.to_string()))?;
                Some([mask, truth::boxes_text(&truth.boxes), escaped(&parts)])
            }
            _ => return Err(DataError::Failed("a set has masks of all its frames, or of none".into())),
        };
        write(&name, encode(rgb))?;
        let line =
            line(&name, origin, hash(rgb), more.as_ref()).map_err(|e| DataError::Failed(e.to_string()))?;
        self.manifest.write_all(&line).map_err(|e| DataError::io("write", &self.folder, e))?;
        self.next += 1;
        Ok(())
    }
}

/// The names of the classes that the masks of a set index.
///
/// # Errors
/// The set has no masks, or their names cannot be read.
pub fn classes(folder: &Path) -> Result<Vec<String>, DataError> {
    let path = folder.join(CLASSES);
    if !path.exists() {
        let message =
            "expected a set with masks (`untrained dataset --masks`), found none of its classes.json";
        return Err(DataError::input(folder, message));
    }
    let text = limits::read_text(&path).map_err(|e| DataError::io("read", &path, e))?;
    let wrong = |e: String| DataError::input(&path, format!("expected a list of names of classes: {e}"));
    let names: Vec<String> = serde_json::from_str(&text).map_err(|e| wrong(e.to_string()))?;
    limits::within("classes", names.len(), 1..=MOST).map_err(wrong)?;
    names.iter().try_for_each(|n| limits::name("a class", n)).map_err(wrong)?;
    Ok(names)
}

/// A row as a line of CSV, quoted where needed.
fn line(name: &str, origin: &Origin, hash: u64, more: Option<&[String; 3]>) -> csv::Result<Vec<u8>> {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    let cells = [
        name,
        &origin.label,
        origin.split.name(),
        &format!("{:016x}", origin.scene_hash),
        &origin.seed.to_string(),
        &origin.tick.to_string(),
        &format!("{hash:016x}"),
        &escaped(&origin.scene),
    ];
    writer.write_record(cells.into_iter().chain(more.into_iter().flatten().map(String::as_str)))?;
    writer.into_inner().map_err(|e| e.into_error().into())
}

/// Removes a truncated last line; returns the number of rows.
fn repair(path: &Path, head: &str) -> Result<usize, DataError> {
    let io = |e| DataError::io("read", path, e);
    let bytes = limits::read(path, limits::ARRAY).map_err(io)?;
    let first = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
    let is_other = |head: &str| first.strip_suffix(b"\r").unwrap_or(first) == head.as_bytes();
    if is_other(HEAD) && head != HEAD {
        return Err(DataError::input(path, "the set has no masks; choose another folder"));
    }
    if is_other(&format!("{HEAD}{COLUMNS}")) && head == HEAD {
        return Err(DataError::input(
            path,
            "the set has masks, which these frames would not; choose another folder",
        ));
    }
    if !bytes.is_empty() && !bytes.starts_with(head.as_bytes()) {
        return Err(DataError::input(path, format!("expected a manifest that begins with `{head}`")));
    }
    let (mut whole, mut lines, mut quoted) = (0, 0usize, false);
    for (i, byte) in bytes.iter().enumerate() {
        quoted ^= *byte == b'"';
        if *byte == b'\n' && !quoted {
            (whole, lines) = (i + 1, lines + 1);
        }
    }
    if whole < bytes.len() {
        let mut file = OpenOptions::new().write(true).open(path).map_err(io)?;
        file.set_len(whole as u64).map_err(io)?;
        file.seek(SeekFrom::End(0)).map_err(io)?;
    }
    Ok(lines.saturating_sub(1))
}

/// The rows of a set. A truncated last line is ignored.
///
/// # Errors
/// No manifest, or a malformed line.
pub fn rows(folder: &Path) -> Result<Vec<Row>, DataError> {
    let path = folder.join("manifest.csv");
    let io = |e| DataError::io("read", &path, e);
    let mut file = File::open(&path).map_err(io)?;
    let unended = unended(&mut file).map_err(io)?;
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(BufReader::new(file));
    let (mut rows, mut record, mut bad) = (Vec::new(), ByteRecord::new(), None);
    let (mut first, masked) = (true, format!("{HEAD}{COLUMNS}"));
    while reader.read_byte_record(&mut record).map_err(|e| DataError::input(&path, e))? {
        if let Some(line) = bad {
            return Err(DataError::input(&path, format!("line {line}: expected {HEAD}")));
        }
        let line = record.position().map_or(0, csv::Position::line);
        match (std::mem::take(&mut first), row(folder, &StringRecord::from_byte_record_lossy(record.clone())))
        {
            (true, _)
                if [HEAD, &masked].iter().any(|h| record.iter().eq(h.split(',').map(str::as_bytes))) => {}
            (false, Some(row)) => rows.push(row),
            _ => bad = Some(line),
        }
    }
    match (bad, unended) {
        (Some(line), false) => Err(DataError::input(&path, format!("line {line}: expected {HEAD}"))),
        (None, true) => {
            rows.pop();
            Ok(rows)
        }
        _ => Ok(rows),
    }
}

/// Whether the last line has no end.
fn unended(file: &mut File) -> std::io::Result<bool> {
    let mut last = [b'\n'];
    if file.metadata()?.len() > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        file.seek(SeekFrom::Start(0))?;
    }
    Ok(last != *b"\n")
}

fn row(folder: &Path, cells: &StringRecord) -> Option<Row> {
    let cells: Vec<&str> = cells.iter().collect();
    let (cells, more) = cells.split_first_chunk::<8>()?;
    let [file, label, split, scene_hash, seed, tick, hash, scene] = *cells;
    let split = match split {
        "train" => Split::Train,
        "test" => Split::Test,
        _ => return None,
    };
    let truth = match *more {
        [] => None,
        [mask, boxes, parts] if is_inside(mask) => Some(RowTruth {
            mask: folder.join(mask),
            boxes: truth::boxes_of(boxes)?,
            parts: truth::parts_of(&unescaped(parts)?, split)?,
        }),
        _ => return None,
    };
    let origin = Origin {
        label: label.into(),
        split,
        scene_hash: u64::from_str_radix(scene_hash, 16).ok()?,
        seed: seed.parse().ok()?,
        tick: tick.parse().ok()?,
        scene: unescaped(scene)?,
    };
    let hash = u64::from_str_radix(hash, 16).ok()?;
    is_inside(file).then_some(Row { path: folder.join(file), origin, hash, truth })
}

/// Whether it is a file within the set: a manifest may name no other.
fn is_inside(file: &str) -> bool {
    !file.is_empty() && Path::new(file).components().all(|c| matches!(c, Component::Normal(_)))
}

/// A text on one line: line ends as `\n`, backslashes doubled.
fn escaped(text: &str) -> String {
    text.replace('\\', r"\\").replace('\n', r"\n")
}

fn unescaped(field: &str) -> Option<String> {
    let mut letters = field.chars();
    let mut text = String::new();
    while let Some(c) = letters.next() {
        text.push(match c {
            '\\' if letters.next()? == 'n' => '\n',
            c => c,
        });
    }
    Some(text)
}

/// FNV-1a of the pixels.
pub fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |h: u64, b| (h ^ *b as u64).wrapping_mul(0x100_0000_01b3))
}

fn encode(rgb: &[u8]) -> Result<Vec<u8>, String> {
    if rgb.len() != BYTES {
        return Err(format!("expected {BYTES} bytes, found {}", rgb.len()));
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, SIDE as u32, SIDE as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().map_err(|e| e.to_string())?;
    writer.write_image_data(rgb).map_err(|e| e.to_string())?;
    writer.finish().map_err(|e| e.to_string())?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
