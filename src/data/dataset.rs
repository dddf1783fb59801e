//! Frames with true labels on disk: `manifest.csv` and `frames/NNNNNNNN.png`.
//!
//! A frame is written whole and renamed before its line is added to the manifest, so a kill at any moment leaves at
//! most a picture that no line names, or a truncated last line; both are ignored by the reader and overwritten by
//! the next writer.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Component, Path, PathBuf};

use csv::{ByteRecord, ReaderBuilder, StringRecord, WriterBuilder};

use super::DataError;
use super::reduce::{BYTES, SIDE};
use world::frame::write_atomic;
use world::limits;

const HEAD: &str = "file,label,split,scene_hash,seed,tick,hash,scene";

/// Split of a data set that a frame belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// For training.
    Train,
    /// Held out: made from other seeds.
    Test,
}

impl Split {
    /// As written in the manifest.
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Test => "test",
        }
    }
}

/// Metadata of a frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// The process that generated it.
    pub label: String,
    /// Train or test.
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
    /// Its metadata.
    pub origin: Origin,
    /// Hash of its pixels.
    pub hash: u64,
}

/// Adds frames to a data set; an existing one is appended to.
pub struct Writer {
    folder: PathBuf,
    manifest: File,
    next: usize,
}

impl Writer {
    /// Opens or creates a set.
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
        let line = line(&name, origin, hash(rgb)).map_err(|e| DataError::Failed(e.to_string()))?;
        self.manifest.write_all(&line).map_err(|e| DataError::io("write", &self.folder, e))?;
        self.next += 1;
        Ok(())
    }
}

/// A row as a line of CSV, quoted where needed.
fn line(name: &str, origin: &Origin, hash: u64) -> csv::Result<Vec<u8>> {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    writer.write_record([
        name,
        &origin.label,
        origin.split.name(),
        &format!("{:016x}", origin.scene_hash),
        &origin.seed.to_string(),
        &origin.tick.to_string(),
        &format!("{hash:016x}"),
        &escaped(&origin.scene),
    ])?;
    writer.into_inner().map_err(|e| e.into_error().into())
}

/// Removes a truncated last line; returns the number of rows.
fn repair(path: &Path) -> Result<usize, DataError> {
    let io = |e| DataError::io("read", path, e);
    let bytes = limits::read(path, limits::ARRAY).map_err(io)?;
    if !bytes.is_empty() && !bytes.starts_with(HEAD.as_bytes()) {
        return Err(DataError::input(path, format!("expected a manifest that begins with `{HEAD}`")));
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
    let mut first = true;
    while reader.read_byte_record(&mut record).map_err(|e| DataError::input(&path, e))? {
        if let Some(line) = bad {
            return Err(DataError::input(&path, format!("line {line}: expected {HEAD}")));
        }
        let line = record.position().map_or(0, csv::Position::line);
        match (std::mem::take(&mut first), row(folder, &StringRecord::from_byte_record_lossy(record.clone())))
        {
            (true, _) if record.iter().eq(HEAD.split(',').map(str::as_bytes)) => {}
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
    let parts: Vec<&str> = cells.iter().collect();
    let [file, label, split, scene_hash, seed, tick, hash, scene] = parts.try_into().ok()?;
    let split = match split {
        "train" => Split::Train,
        "test" => Split::Test,
        _ => return None,
    };
    // A manifest may only name files within the set.
    let inside = !file.is_empty() && Path::new(file).components().all(|c| matches!(c, Component::Normal(_)));
    let origin = Origin {
        label: label.into(),
        split,
        scene_hash: u64::from_str_radix(scene_hash, 16).ok()?,
        seed: seed.parse().ok()?,
        tick: tick.parse().ok()?,
        scene: unescaped(scene)?,
    };
    inside.then_some(Row { path: folder.join(file), origin, hash: u64::from_str_radix(hash, 16).ok()? })
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
    fn a_set_is_read_back_and_appended_to_after_a_kill() {
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
    fn labels_of_any_characters_are_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let labels =
            ["a, b", "\"cats\"", "line\none", "caf\u{e9}", "back\\slash\\n", "", " wide ", "\r\n", "'", "#1"];
        let mut w = Writer::open(dir.path()).unwrap();
        for label in labels {
            w.add(&vec![7; BYTES], &Origin { label: label.into(), ..origin(1) }).unwrap();
        }
        drop(w);
        let manifest = dir.path().join("manifest.csv");
        assert_eq!(Writer::open(dir.path()).unwrap().len(), labels.len());
        let found: Vec<String> = rows(dir.path()).unwrap().into_iter().map(|r| r.origin.label).collect();
        assert_eq!(found, labels);
        // Killed within a label that has an end of line in it.
        let whole = std::fs::read(&manifest).unwrap();
        let cut = [&whole[..], b"frames/00000010.png,\"two\n"].concat();
        std::fs::write(&manifest, cut).unwrap();
        assert_eq!(Writer::open(dir.path()).unwrap().len(), labels.len());
        assert_eq!(std::fs::read(&manifest).unwrap(), whole);
    }

    /// As it was written before labels were quoted.
    #[test]
    fn old_manifests_are_read() {
        let dir = tempfile::tempdir().unwrap();
        let text = format!(
            "{HEAD}\nframes/00000000.png,life,test,ffffffffffffffff,3,7,00000000000000ff,\"a = \"\"b\"\", c\\nd \\\\\"\nframes/00"
        );
        std::fs::write(dir.path().join("manifest.csv"), text).unwrap();
        let rows = rows(dir.path()).unwrap();
        assert_eq!(rows.len(), 1);
        let Origin { label, scene, seed, .. } = &rows[0].origin;
        assert_eq!(
            (label.as_str(), scene.as_str(), *seed, rows[0].hash),
            ("life", "a = \"b\", c\nd \\", 3, 255)
        );
    }

    #[test]
    fn a_manifest_names_nothing_outside_the_set() {
        let dir = tempfile::tempdir().unwrap();
        for file in ["../a.png", "/etc/passwd", "frames/../../a.png", ""] {
            let text = format!("{HEAD}\n{file},life,test,0,3,7,0,x\n");
            std::fs::write(dir.path().join("manifest.csv"), text).unwrap();
            assert!(rows(dir.path()).unwrap_err().to_string().contains("line 2"), "{file}");
        }
    }

    #[test]
    fn another_csv_is_not_accepted_as_a_set() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("manifest.csv"), "name,age\nx,3\n").unwrap();
        assert!(Writer::open(dir.path()).is_err_and(|e| e.to_string().contains("manifest")));
    }
}
