//! Limits on what a file may request. Headers may be hand-written, corrupt or hostile: they are checked against these
//! limits before anything is allocated, and whatever exceeds them is rejected with a message.

use std::fmt::Display;
use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result};
use std::ops::{Deref, RangeInclusive};
use std::path::Path;

/// Bytes of a text file, read whole: scenes, shows, control maps, states, favourites, model cards.
pub const TEXT: u64 = 16 << 20;
/// Bytes of a weights file (a judge, a generator, a checkpoint).
pub const WEIGHTS: u64 = 2 << 30;
/// Bytes of the header of a weights file.
pub const HEADER: usize = 16 << 20;
/// Bytes of an array or a table of numbers, uncompressed.
pub const ARRAY: u64 = 8 << 30;
/// Bytes of a picture's file.
pub const PICTURE_FILE: u64 = 1 << 30;
/// Pixels along a picture's longer side.
pub const PICTURE_SIDE: u32 = 32_768;
/// Bytes of a decoded picture.
pub const PICTURE_BYTES: u64 = 1 << 30;
/// Pixels a side of a learned generator's images.
pub const MADE: RangeInclusive<usize> = 8..=128;
/// Pixels a side of a judge's input.
pub const SEEN: RangeInclusive<usize> = 8..=512;
/// Classes of a model or of a data set.
pub const CLASSES: usize = 10_000;
/// Bytes of a name: of a class, a scene, an address, a slot.
pub const NAME: usize = 256;
/// Entries of a list in a state or a map: knobs, links, controls, keys, favourites.
pub const ENTRIES: usize = 10_000;
/// Pixels along a canvas.
pub const CANVAS: RangeInclusive<usize> = 1..=16_384;
/// The last tick on a tape: five years at sixty ticks a second.
pub const TICKS: u64 = 10_000_000_000;
/// Ticks a second.
pub const RATE: RangeInclusive<f64> = 1.0..=1000.0;

/// Reads a whole file of at most `most` bytes, even one that does not report its size beforehand.
///
/// # Errors
/// The file cannot be read, or is larger.
pub fn read(path: &Path, most: u64) -> Result<Vec<u8>> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(Error::new(ErrorKind::IsADirectory, "is a folder"));
    }
    if metadata.len() > most {
        return Err(too_large(most, metadata.len()));
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    file.take(most + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > most {
        true => Err(too_large(most, bytes.len() as u64)),
        false => Ok(bytes),
    }
}

/// Reads a whole text file of at most [`TEXT`] bytes.
///
/// # Errors
/// As [`read`], or it is not UTF-8.
pub fn read_text(path: &Path) -> Result<String> {
    let wrong = |e: std::string::FromUtf8Error| {
        let at = e.utf8_error().valid_up_to();
        Error::new(ErrorKind::InvalidData, format!("expected UTF-8 text, found an invalid byte at {at}"))
    };
    String::from_utf8(read(path, TEXT)?).map_err(wrong)
}

fn too_large(most: u64, found: u64) -> Error {
    let message = format!("expected at most {}, found {}", size(most), size(found));
    Error::new(ErrorKind::FileTooLarge, message)
}

/// A number of bytes for people, such as `5 MiB`.
pub fn size(bytes: u64) -> String {
    let unit = |shift: u32| bytes as f64 / (1u64 << shift) as f64;
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        b if b < 1 << 20 => format!("{:.0} KiB", unit(10)),
        b if b < 1 << 30 => format!("{:.0} MiB", unit(20)),
        _ => format!("{:.1} GiB", unit(30)),
    }
}

/// Checks that a number in a header lies in a range.
///
/// # Errors
/// It does not; the message names the field, the range and what was found.
pub fn within<T: PartialOrd + Display + Copy>(
    field: &str,
    found: T,
    range: RangeInclusive<T>,
) -> std::result::Result<T, String> {
    match range.contains(&found) {
        true => Ok(found),
        false => Err(format!("{field}: expected {} to {}, found {found}", range.start(), range.end())),
    }
}

/// Checks that all numbers are finite.
///
/// # Errors
/// One is not; the message names the field, the index and what was found.
pub fn finite<'a>(field: &str, values: impl IntoIterator<Item = &'a f32>) -> std::result::Result<(), String> {
    match values.into_iter().enumerate().find(|(_, v)| !v.is_finite()) {
        None => Ok(()),
        Some((i, v)) => Err(format!("{field}: expected finite numbers, found {v} at index {i}")),
    }
}

/// Checks that a text is a valid name: short enough, on one line, printable.
///
/// # Errors
/// It is not; the message names the field.
pub fn name(field: &str, text: &str) -> std::result::Result<(), String> {
    if text.len() > NAME {
        return Err(format!("{field}: expected at most {NAME} bytes, found {}", text.len()));
    }
    match text.chars().find(|c| c.is_control()) {
        None => Ok(()),
        Some(c) => Err(format!("{field}: expected a name on one line, found {c:?}")),
    }
}

/// Checks knobs by address: their number, names and values.
///
/// # Errors
/// They are not; the message names the field.
pub fn knobs<N: Deref<Target = str>>(all: &[(N, f64)]) -> std::result::Result<(), String> {
    within("knobs", all.len(), 0..=ENTRIES)?;
    all.iter().try_for_each(|(address, value)| {
        name("an address", address)?;
        within(address.deref(), *value, f64::MIN..=f64::MAX).map(drop)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_up_to_a_limit_and_folders_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        std::fs::write(&path, [7; 100]).unwrap();
        assert_eq!(read(&path, 100).unwrap(), [7; 100]);
        let told = read(&path, 99).unwrap_err().to_string();
        assert_eq!(told, "expected at most 99 bytes, found 100 bytes");
        assert!(read(dir.path(), 99).unwrap_err().to_string().contains("folder"));
        assert!(read_text(&path).is_ok());
        std::fs::write(&path, b"ab\xff").unwrap();
        assert!(read_text(&path).unwrap_err().to_string().contains("an invalid byte at 2"));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn an_endless_stream_is_rejected_at_the_limit() {
        assert!(read(Path::new("/dev/zero"), 5000).unwrap_err().to_string().contains("at most 5 KiB"));
    }

    #[test]
    fn what_exceeds_a_limit_is_reported_by_field() {
        assert_eq!(within("side", 64, 1..=256), Ok(64));
        assert_eq!(within("side", 0, 1..=256).unwrap_err(), "side: expected 1 to 256, found 0");
        assert!(within("scale", f64::NAN, 0.0..=1.0).is_err());
        assert!(finite("weights", &[1.0, f32::INFINITY]).unwrap_err().contains("inf at index 1"));
        assert!(name("class", &"a".repeat(257)).is_err() && name("class", "a\nb").is_err());
        assert!(name("class", "œufs, \"frais\"").is_ok());
        assert_eq!([size(3), size(5 << 20), size(3 << 29)], ["3 bytes", "5 MiB", "1.5 GiB"]);
    }
}
