//! Frames with true labels on disk: `manifest.csv` and `frames/NNNNNNNN.png`.
//!
//! A frame is written whole and renamed before its line is added to the manifest, so a kill at any moment leaves at
//! most a picture that no line names, or a last line without its end; both are ignored by the reader and
//! overwritten by the next writer.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::DataError;
use super::reduce::{BYTES, SIDE};
use crate::world::frame::write_atomic;

const HEAD: &str = "file,label,split,scene_hash,seed,tick,hash,scene";

/// Which part of a set a frame belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// To learn from.
    Train,
    /// Held out: made from other seeds.
    Test,
}

impl Split {
    /// As the manifest says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Test => "test",
        }
    }
}

/// What is known of a frame beside its pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// The process that made it.
    pub label: String,
    /// Part of the set.
    pub split: Split,
    /// Hash of the scene's text.
    pub scene_hash: u64,
    /// Seed of the run.
    pub seed: u64,
    /// Tick of the frame.
    pub tick: u64,
    /// The scene file that makes the frame, or a name and the knobs.
    pub scene: String,
}

/// A row of the manifest.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The picture.
    pub path: PathBuf,
    /// Where it comes from.
    pub origin: Origin,
    /// Hash of its pixels.
    pub hash: u64,
}

/// Adds frames to a set; opening an existing one goes on where it ended.
pub struct Writer {
    folder: PathBuf,
    manifest: File,
    next: usize,
}

impl Writer {
    /// Opens or makes a set.
    ///
    /// # Errors
    /// The folder cannot be written, or holds something else.
    pub fn open(folder: &Path) -> Result<Self, DataError> {
        let io = |e| DataError::io("write", folder, e);
        std::fs::create_dir_all(folder.join("frames")).map_err(io)?;
        let path = folder.join("manifest.csv");
        let next = if path.exists() { repair(&path)? } else { 0 };
        let mut manifest = OpenOptions::new().create(true).append(true).open(&path).map_err(io)?;
        if manifest.metadata().map_err(io)?.len() == 0 {
            writeln!(manifest, "{HEAD}").map_err(io)?;
        }
        Ok(Self { folder: folder.into(), manifest, next })
    }

    /// Frames in the set.
    pub fn len(&self) -> usize {
        self.next
    }

    /// Whether the set has no frame.
    pub fn is_empty(&self) -> bool {
        self.next == 0
    }

    /// Adds a reduced picture.
    ///
    /// # Errors
    /// The disk is full or the folder gone.
    pub fn add(&mut self, rgb: &[u8], origin: &Origin) -> Result<(), DataError> {
        let name = format!("frames/{:08}.png", self.next);
        let path = self.folder.join(&name);
        let png = encode(rgb).map_err(|e| DataError::input(&path, e))?;
        write_atomic(&path, &png).map_err(|e| DataError::Failed(e.to_string()))?;
        let line = format!(
            "{name},{},{},{:016x},{},{},{:016x},{}\n",
            origin.label,
            origin.split.name(),
            origin.scene_hash,
            origin.seed,
            origin.tick,
            hash(rgb),
            quoted(&origin.scene)
        );
        self.manifest.write_all(line.as_bytes()).map_err(|e| DataError::io("write", &self.folder, e))?;
        self.next += 1;
        Ok(())
    }
}

/// Cuts a last line without its end; returns how many rows there are.
fn repair(path: &Path) -> Result<usize, DataError> {
    let io = |e| DataError::io("read", path, e);
    let text = std::fs::read_to_string(path).map_err(io)?;
    if !text.is_empty() && !text.starts_with(HEAD) {
        return Err(DataError::input(path, format!("expected a manifest that begins with `{HEAD}`")));
    }
    let whole = text.rfind('\n').map_or(0, |i| i + 1);
    if whole < text.len() {
        let mut file = OpenOptions::new().write(true).open(path).map_err(io)?;
        file.set_len(whole as u64).map_err(io)?;
        file.seek(SeekFrom::End(0)).map_err(io)?;
    }
    Ok(text[..whole].lines().count().saturating_sub(1))
}

/// The rows of a set.
///
/// # Errors
/// No manifest, or a line that is not one.
pub fn rows(folder: &Path) -> Result<Vec<Row>, DataError> {
    let path = folder.join("manifest.csv");
    let file = File::open(&path).map_err(|e| DataError::io("read", &path, e))?;
    let mut rows = Vec::new();
    for (i, line) in BufReader::new(file).split(b'\n').enumerate() {
        let line = line.map_err(|e| DataError::io("read", &path, e))?;
        let line = String::from_utf8_lossy(&line);
        if i == 0 || line.is_empty() {
            continue;
        }
        match row(folder, &line) {
            Some(row) => rows.push(row),
            None => return Err(DataError::input(&path, format!("line {}: expected {HEAD}", i + 1))),
        }
    }
    Ok(rows)
}

fn row(folder: &Path, line: &str) -> Option<Row> {
    let parts: Vec<&str> = line.splitn(8, ',').collect();
    let [file, label, split, scene_hash, seed, tick, hash, scene] = parts.try_into().ok()?;
    let split = match split {
        "train" => Split::Train,
        "test" => Split::Test,
        _ => return None,
    };
    let origin = Origin {
        label: label.into(),
        split,
        scene_hash: u64::from_str_radix(scene_hash, 16).ok()?,
        seed: seed.parse().ok()?,
        tick: tick.parse().ok()?,
        scene: unquoted(scene)?,
    };
    Some(Row { path: folder.join(file), origin, hash: u64::from_str_radix(hash, 16).ok()? })
}

/// A text as one field on one line: in quotes, those inside doubled; ends of lines as `\n`, a backslash as two.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', r"\\").replace('\n', r"\n").replace('"', "\"\""))
}

fn unquoted(field: &str) -> Option<String> {
    let inner = field.strip_prefix('"')?.strip_suffix('"')?.replace("\"\"", "\"");
    let mut letters = inner.chars();
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
mod tests {
    use super::*;

    fn origin(i: u64) -> Origin {
        let split = if i.is_multiple_of(3) { Split::Test } else { Split::Train };
        Origin {
            label: "life".into(),
            split,
            scene_hash: u64::MAX - i,
            seed: i,
            tick: 7,
            scene: "a = 1, b\nc = \"x\\\\n\"\n".into(),
        }
    }

    #[test]
    fn a_set_comes_back_and_goes_on_after_a_kill() {
        let dir = tempfile::tempdir().unwrap();
        let picture: Vec<u8> = (0..BYTES).map(|i| (i * 7) as u8).collect();
        let mut w = Writer::open(dir.path()).unwrap();
        (0..3).for_each(|i| w.add(&picture, &origin(i)).unwrap());
        drop(w);
        // Killed in the middle of a line, with a picture that no line names.
        let manifest = dir.path().join("manifest.csv");
        let mut file = OpenOptions::new().append(true).open(&manifest).unwrap();
        file.write_all(b"frames/00000003.png,li").unwrap();
        std::fs::write(dir.path().join("frames/00000003.png"), b"half").unwrap();
        let mut w = Writer::open(dir.path()).unwrap();
        assert_eq!(w.len(), 3);
        w.add(&picture, &origin(3)).unwrap();
        let rows = rows(dir.path()).unwrap();
        assert_eq!(rows.len(), 4);
        for (i, row) in rows.iter().enumerate() {
            assert_eq!(row.origin, origin(i as u64));
            assert_eq!(image::open(&row.path).unwrap().to_rgb8().into_raw(), picture);
            assert_eq!(row.hash, hash(&picture));
        }
    }

    #[test]
    fn another_csv_is_not_taken_for_a_set() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("manifest.csv"), "name,age\nx,3\n").unwrap();
        assert!(Writer::open(dir.path()).is_err_and(|e| e.to_string().contains("manifest")));
    }
}
