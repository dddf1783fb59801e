//! NumPy's `.npy` arrays and `.npz` archives of them: every numeric type, either byte order and axis order.

use std::fs::File;
use std::io::{BufReader, ErrorKind, Read, Seek};
use std::path::{Path, PathBuf};

use npyz::{NpyFile, NpyHeader, Order};

use super::SetError;
use world::limits;
use world::scene::problem::printable;

/// Magic number of an array.
const MAGIC: &[u8] = b"\x93NUMPY";
/// Maximum header size, bytes.
const HEAD: usize = 16 << 10;
/// Maximum nesting of brackets in a header.
const DEPTH: usize = 8;
/// Characters of an unreadable header that are shown.
const SHOWN: usize = 100;
/// Maximum numbers preallocated before they are read.
const AT_ONCE: usize = 1 << 20;

/// Header of an array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrayHeader {
    /// Name in an archive; empty outside of one.
    pub name: String,
    /// Length of each axis.
    pub shape: Vec<usize>,
    /// Data type in NumPy's notation, kind and bytes: f8, u1, b1.
    pub kind: String,
}

impl ArrayHeader {
    /// Number of elements.
    fn count(&self) -> usize {
        self.shape.iter().product()
    }
    /// Whether its data type is floating-point.
    pub fn is_float(&self) -> bool {
        self.kind.starts_with('f')
    }
    /// Axes without trailing axes of length 1 beyond the second: N×C×1×1 is N×C, and so is N×1×C, since pictures are
    /// larger.
    pub fn axes(&self) -> Vec<usize> {
        let last = self.shape.iter().rposition(|n| *n != 1).map_or(0, |i| i + 1);
        let axes = &self.shape[..last.max(2).min(self.shape.len())];
        let long = axes.iter().skip(1).filter(|n| **n != 1);
        match long.clone().count() {
            1 => axes.iter().take(1).chain(long).copied().collect(),
            _ => axes.to_vec(),
        }
    }

    /// Checks that it is numeric.
    ///
    /// # Errors
    /// What it holds instead, and the remedy.
    pub fn check(&self) -> Result<(), String> {
        const NUMBERS: &[&str] = &["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "b1"];
        match self.kind.as_str() {
            known if NUMBERS.contains(&known) => Ok(()),
            "O" => Err("it holds Python objects; save it as a numeric array".into()),
            RECORDS => Err("it is a structured array; save the wanted field as an array of its own".into()),
            other => Err(format!("expected numbers (f2 to f8, i1 to i8, u1 to u8, b1), found {other}")),
        }
    }
}

/// Data type reported for structured arrays.
const RECORDS: &str = "records";

/// An array in C order, with converted elements.
#[derive(Clone, Debug)]
pub struct NpyArray<T> {
    /// Its header.
    pub head: ArrayHeader,
    /// Its elements, the last axis fastest.
    pub values: Vec<T>,
}

/// Path of a file of arrays, with the name of one if given (`FILE.npz?array=NAME`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrayPath {
    /// The file.
    pub path: PathBuf,
    /// The array wanted.
    pub array: Option<String>,
}

impl ArrayPath {
    /// From a command-line argument; an existing file whose name contains `?array=` is itself.
    pub fn of(word: &Path) -> Self {
        let cut = word.to_str().and_then(|w| w.split_once("?array="));
        match cut {
            Some((path, name)) if !word.exists() => Self { path: path.into(), array: Some(name.into()) },
            _ => Self { path: word.into(), array: None },
        }
    }

    fn extension(&self) -> String {
        self.path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default()
    }

    /// Whether it is an array file, by extension or magic number.
    pub fn is_arrays(&self) -> bool {
        ["npy", "npz"].contains(&self.extension().as_str()) || self.begins_with(MAGIC)
    }

    /// Whether it is an archive: by magic number, or else by extension.
    fn is_archive(&self) -> bool {
        self.begins_with(b"PK") || self.extension() == "npz" && !self.begins_with(MAGIC)
    }

    fn begins_with(&self, magic: &[u8]) -> bool {
        let mut head = vec![0; magic.len()];
        self.path.is_file()
            && File::open(&self.path).is_ok_and(|mut f| f.read_exact(&mut head).is_ok())
            && head == magic
    }

    /// Headers of the arrays in the file, in archive order.
    ///
    /// # Errors
    /// The file cannot be read, or holds no arrays.
    pub fn heads(&self) -> Result<Vec<ArrayHeader>, SetError> {
        if !self.is_archive() {
            let (file, length) = self.file()?;
            let (head, _) = begin(file, length, "").map_err(|e| self.unreadable(e))?;
            return Ok(vec![head]);
        }
        let mut archive = self.archive()?;
        let mut heads = Vec::new();
        for i in 0..archive.len() {
            let entry = archive.by_index(i).map_err(|e| self.unreadable(e.to_string()))?;
            let name = entry.name().map(|n| n.to_string()).unwrap_or_default();
            let Some(name) = name.strip_suffix(".npy").filter(|n| !is_metadata(n)) else { continue };
            let (name, length) = (name.to_string(), entry.size());
            let (head, _) = begin(entry, length, &name)
                .map_err(|e| SetError::input(&self.path, format!("the array `{name}`: {e}")))?;
            heads.push(head);
        }
        match heads.is_empty() {
            true => Err(SetError::input(&self.path, "holds no arrays")),
            false => Ok(heads),
        }
    }

    /// Loads an array by a header from [`Self::heads`].
    ///
    /// # Errors
    /// As [`Self::heads`]; the array is truncated, or not numeric.
    pub fn load<T: Copy>(
        &self,
        head: &ArrayHeader,
        into: impl Fn(f64) -> T,
    ) -> Result<NpyArray<T>, SetError> {
        let values = match self.is_archive() {
            true => {
                let mut archive = self.archive()?;
                let entry = archive.by_name(&format!("{}.npy", head.name));
                let mut entry = entry.map_err(|e| self.unreadable(e.to_string()))?;
                let length = entry.size();
                let found = begin(&mut entry, length, &head.name)
                    .and_then(|(head, array)| numbers(&head, array, into));
                // A checksum error takes precedence, as damaged data may look like anything.
                undamaged(entry, &head.name).and(found)
            }
            false => {
                let (file, length) = self.file()?;
                begin(file, length, "").and_then(|(head, array)| numbers(&head, array, into))
            }
        };
        Ok(NpyArray { head: head.clone(), values: values.map_err(|e| self.unreadable(e))? })
    }

    fn unreadable(&self, e: String) -> SetError {
        let ending = if self.is_archive() { "npz" } else { "npy" };
        SetError::input(&self.path, format!("no readable .{ending} array: {e}"))
    }

    fn file(&self) -> Result<(BufReader<File>, u64), SetError> {
        let io = |e: std::io::Error| SetError::input(&self.path, format!("cannot be read: {e}"));
        let file = File::open(&self.path).map_err(io)?;
        let length = file.metadata().map_err(io)?.len();
        Ok((BufReader::new(file), length))
    }

    fn archive(&self) -> Result<zip::ZipArchive<impl Read + Seek + use<>>, SetError> {
        let (file, _) = self.file()?;
        zip::ZipArchive::new(file).map_err(|e| self.unreadable(e.to_string()))
    }
}

/// Metadata files that macOS adds to archives.
fn is_metadata(name: &str) -> bool {
    Path::new(name).components().any(|c| !data::walk::is_data(c.as_os_str()))
}

/// Reads the rest of an archive's entry, since its checksum is only verified at the end.
fn undamaged(entry: impl Read, name: &str) -> Result<(), String> {
    let rest = std::io::copy(&mut entry.take(limits::ARRAY), &mut std::io::sink());
    rest.map(|_| ()).map_err(|e| format!("the array `{name}` is damaged: {e}"))
}

/// Header and reader of an array; claims beyond the file's size are rejected.
fn begin<R: Read>(mut reader: R, length: u64, name: &str) -> Result<(ArrayHeader, NpyFile<R>), String> {
    let mut bytes = vec![0; 10];
    reader.read_exact(&mut bytes).map_err(|_| "expected NumPy's magic, found the end".to_string())?;
    if !bytes.starts_with(MAGIC) {
        return Err("expected NumPy's magic, found other bytes".into());
    }
    if bytes[6] > 1 {
        bytes.resize(12, 0);
        reader.read_exact(&mut bytes[10..]).map_err(cut)?;
    }
    let size = bytes[8..].iter().rev().fold(0usize, |n, b| n << 8 | usize::from(*b));
    limits::within("bytes of its header", size, 1..=HEAD)?;
    let start = bytes.len();
    bytes.resize(start + size, 0);
    reader.read_exact(&mut bytes[start..]).map_err(cut)?;
    flat(&bytes[start..])?;
    without_long(&mut bytes[start..]);
    let known = NpyHeader::from_reader(&bytes[..]).map_err(|e| misunderstood(&e, &bytes[start..]))?;
    let file = NpyFile::with_header(known, reader);
    let kind: String = match file.dtype() {
        npyz::DType::Record(_) => RECORDS.into(),
        plain => plain.descr().chars().filter(char::is_ascii_alphanumeric).collect(),
    };
    let shape: Option<Vec<usize>> = file.shape().iter().map(|n| usize::try_from(*n).ok()).collect();
    let count = shape.as_ref().and_then(|s| s.iter().try_fold(1usize, |a, b| a.checked_mul(*b)));
    let (Some(shape), Some(count)) = (shape, count) else {
        return Err(format!("expected at most {}, found {:?}", limits::size(limits::ARRAY), file.shape()));
    };
    let each = kind.get(1..).and_then(|n| n.parse().ok()).unwrap_or(1).max(1);
    let bytes = (count as u64).saturating_mul(each);
    if bytes > limits::ARRAY {
        return Err(format!(
            "expected at most {}, found {}",
            limits::size(limits::ARRAY),
            limits::size(bytes)
        ));
    }
    if bytes > length {
        return Err(format!(
            "{shape:?} numbers of {each} bytes are promised, the file has {}",
            limits::size(length)
        ));
    }
    Ok((ArrayHeader { name: name.into(), shape, kind }, file))
}

/// Message for an array that ends early.
fn cut(e: std::io::Error) -> String {
    match e.kind() {
        ErrorKind::UnexpectedEof => "expected more bytes, found the end".into(),
        _ => e.to_string(),
    }
}

/// Removes Python 2's long suffix: it wrote some axes as 2L, which Python 3 does not parse.
fn without_long(header: &mut [u8]) {
    let mut quote = None;
    for i in 1..header.len() {
        match (quote, header[i]) {
            (None, b'L') if header[i - 1].is_ascii_digit() => header[i] = b' ',
            (None, c @ (b'\'' | b'"')) => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
}

/// One-line reason why a header cannot be read.
fn misunderstood(e: &std::io::Error, header: &[u8]) -> String {
    let why = e.to_string();
    if !why.starts_with("could not parse") {
        return format!("its header cannot be read: {why}");
    }
    let text: String = String::from_utf8_lossy(header).trim().chars().take(SHOWN).collect();
    printable(format!("its header is not a NumPy header dictionary; it begins `{text}`"))
}

/// Limits nesting: headers nest little, and deep nesting would overflow the recursive parser.
fn flat(header: &[u8]) -> Result<(), String> {
    let mut depth = 0usize;
    for byte in header {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        limits::within("nested brackets in its header", depth, 0..=DEPTH)?;
    }
    Ok(())
}

/// The elements, in C order.
fn numbers<T: Copy>(
    head: &ArrayHeader,
    file: NpyFile<impl Read>,
    into: impl Fn(f64) -> T,
) -> Result<Vec<T>, String> {
    head.check()?;
    let order = file.order();
    let bytes = (head.count() as u64).saturating_mul(size_of::<T>() as u64);
    if bytes > limits::ARRAY {
        return Err(format!(
            "expected at most {}, found {}",
            limits::size(limits::ARRAY),
            limits::size(bytes)
        ));
    }
    macro_rules! read {
        ($type:ty, $wide:expr) => {{
            let items = file.data::<$type>().map_err(|e| e.to_string())?;
            let wide: fn($type) -> f64 = $wide;
            // An archive may declare more than it holds.
            let mut values = Vec::with_capacity(head.count().min(AT_ONCE));
            for item in items {
                values.push(into(wide(item.map_err(cut)?)));
            }
            values
        }};
    }
    let values = match head.kind.as_str() {
        "f8" => read!(f64, |v| v),
        "f4" => read!(f32, f64::from),
        "f2" => read!(half::f16, f64::from),
        "i8" => read!(i64, |v| v as f64),
        "i4" => read!(i32, f64::from),
        "i2" => read!(i16, f64::from),
        "i1" => read!(i8, f64::from),
        "u8" => read!(u64, |v| v as f64),
        "u4" => read!(u32, f64::from),
        "u2" => read!(u16, f64::from),
        "u1" => read!(u8, f64::from),
        "b1" => read!(bool, |v| f64::from(u8::from(v))),
        other => return Err(format!("expected numbers, found {other}")),
    };
    Ok(if order == Order::C { values } else { to_c_order(&values, &head.shape) })
}

/// From Fortran order, the first axis fastest, to C order.
fn to_c_order<T: Copy>(values: &[T], shape: &[usize]) -> Vec<T> {
    let strides: Vec<usize> = shape.iter().scan(1, |at, n| Some(std::mem::replace(at, *at * n))).collect();
    let place = |mut i: usize| {
        let axes = shape.iter().zip(&strides).rev();
        axes.fold(0, |at, (n, stride)| {
            let here = i % n;
            i /= n;
            at + here * stride
        })
    };
    (0..values.len()).map(|i| values[place(i)]).collect()
}

#[cfg(test)]
pub(super) mod tests;
