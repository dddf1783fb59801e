//! Patterns: their sources and formats.
//!
//! RLE, Life 1.05, Life 1.06 and plaintext (`.cells`) are recognised by their content, and so is gzip.

mod cells;
mod plaintext;
mod rle;
mod runs;
mod states;
mod text_position;

use std::io::Read;
use std::path::Path;

pub use runs::{LARGEST, Pattern, Run};
pub use text_position::{RuleText, TextPosition};

/// Largest text, unpacked, in bytes.
const LONGEST: u64 = 256 << 20;

/// A pattern without live cells is taken for a mistake.
const EMPTY: &str =
    "holds no live cell: all of it is dead; for an empty world leave the pattern out and write `density = 0`";

/// Other kinds of file: how they begin, and what they are.
const OTHERS: &[(&str, &str)] = &[
    ("[M2]", "is a macrocell file; it must be saved as RLE first"),
    (
        "@RULE",
        "is a rule of Golly's (a rule table or tree), not a pattern; rules by births and survivals need no file",
    ),
    ("<", "is a web page, not a pattern; it must be downloaded raw"),
    ("#MCell", "is an MCell file; it must be saved as RLE first"),
    ("{", "is not a known kind of pattern; expected RLE, Life 1.05, Life 1.06 or plaintext"),
];

impl Pattern {
    /// Reads a file, gzipped or not; the error is one sentence that names the file.
    pub fn read(path: &Path) -> Result<Self, String> {
        let name = path.display();
        let bytes = std::fs::read(path).map_err(|e| format!("cannot read `{name}`: {e}"))?;
        let bytes = match bytes.starts_with(&[0x1f, 0x8b]) {
            true => unpacked(&bytes).map_err(|e| format!("`{name}` {e}"))?,
            false => bytes,
        };
        let text = decoded(&bytes);
        Self::parse(&text).map_err(|e| format!("`{name}` {e}"))
    }

    /// Reads a text, with any line endings; the error is a sentence without its subject.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim_start_matches('\u{feff}');
        if text.trim().is_empty() {
            return Err("holds no pattern: it is empty".into());
        }
        if text.contains('\0') {
            return Err("holds no pattern: it is not text".into());
        }
        // Old Macs end lines with a carriage return alone.
        let text = &text.replace("\r\n", "\n").replace('\r', "\n");
        let begins = |head: &str| {
            let start = text.trim_start();
            start.get(..head.len()).is_some_and(|s| s.eq_ignore_ascii_case(head))
        };
        if let Some((_, what)) = OTHERS.iter().find(|o| begins(o.0)) {
            return Err(what.to_string());
        }
        let drawing = plaintext::meant(text);
        let is_drawn = plaintext::is_drawn(&drawing);
        let pattern = if begins("#Life 1.05") || cells::is_life_105(text) && is_drawn {
            plaintext::reject_ambiguous(text).and_then(|()| cells::life_105(&drawing))
        } else if begins("#Life 1.06") || cells::are_coordinates(text) {
            cells::life_106(text)
        } else if is_drawn || plaintext::is_plaintext(&drawing) {
            plaintext::reject_ambiguous(text).and_then(|()| cells::plaintext(&drawing))
        } else {
            rle::parse(text)
        }?;
        match pattern.runs.is_empty() {
            true => Err(EMPTY.into()),
            false => Ok(pattern),
        }
    }
}

/// Bytes as text: UTF-8, or UTF-16 where a byte-order mark says so.
fn decoded(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    let wide = |from: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].as_chunks::<2>().0.iter().map(|b| from(*b)).collect();
        String::from_utf16_lossy(&units).into()
    };
    match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes),
    }
}

fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let mut stream = flate2::read::MultiGzDecoder::new(bytes).take(LONGEST + 1);
    stream.read_to_end(&mut out).map_err(|e| match e.kind() {
        std::io::ErrorKind::UnexpectedEof => "is cut short: its gzip stream ends too early".to_string(),
        _ => format!("is damaged: its gzip stream is invalid ({e})"),
    })?;
    match out.len() as u64 > LONGEST {
        true => Err(format!("is too large: it unpacks to more than {} MiB", LONGEST >> 20)),
        false => Ok(out),
    }
}

#[cfg(test)]
mod tests;
