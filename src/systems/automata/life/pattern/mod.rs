//! Patterns: where they come from and how their text is read.
//!
//! RLE, Life 1.05, Life 1.06 and plaintext (`.cells`) are told apart by their content, and so is gzip.

mod cells;
mod plaintext;
mod rle;
mod states;

use std::io::Read;
use std::path::Path;

/// Largest width and height of a pattern, in cells: that of a world.
pub const LARGEST: i64 = 16384;
/// Largest text, unpacked, in bytes.
const LONGEST: u64 = 256 << 20;

/// `len` live cells side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Column of the first.
    pub x: usize,
    /// Row.
    pub y: usize,
    /// How many.
    pub len: usize,
}

/// Where something stands in a text, from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextPosition {
    /// Line.
    pub line: usize,
    /// Column, in letters.
    pub column: usize,
}

impl TextPosition {
    /// A fault, as a sentence without its subject.
    fn fault(self, kind: &str, what: &str) -> String {
        format!("is {kind}, line {}, column {}: {what}", self.line, self.column)
    }
}

/// A rule that a text names, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleText {
    /// As it is written.
    pub text: String,
    /// Where it begins.
    pub place: TextPosition,
}

/// Live cells and the frame they came in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pattern {
    /// Live cells; may overlap.
    pub runs: Vec<Run>,
    /// Cells across, at least 1.
    pub width: usize,
    /// Cells down, at least 1.
    pub height: usize,
    /// The rule that the text names.
    pub rule: Option<RuleText>,
}

/// Nobody means a pattern without any.
const EMPTY: &str =
    "holds no live cell: all of it is dead; for an empty world leave the pattern out and write `density = 0`";

/// What begins like this is something else: its beginning, and what it is.
const OTHERS: &[(&str, &str)] = &[
    ("[M2]", "is a macrocell file; it must be saved as RLE first"),
    (
        "@RULE",
        "is a rule of Golly's (a rule table or tree), and no pattern; rules by births and survivals have no file",
    ),
    ("<", "is a page of the web, and no pattern; it must be downloaded raw"),
    ("#MCell", "is an MCell file; it must be saved as RLE first"),
    ("{", "is no pattern that is known here; expected RLE, Life 1.05, Life 1.06 or plaintext"),
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

    /// Reads a text, whatever its lines end with; the error is a sentence without its subject.
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
            plaintext::sure(text).and_then(|()| cells::life_105(&drawing))
        } else if begins("#Life 1.06") || cells::are_coordinates(text) {
            cells::life_106(text)
        } else if is_drawn || plaintext::is_plaintext(&drawing) {
            plaintext::sure(text).and_then(|()| cells::plaintext(&drawing))
        } else {
            rle::parse(text)
        }?;
        match pattern.runs.is_empty() {
            true => Err(EMPTY.into()),
            false => Ok(pattern),
        }
    }

    /// From single cells at any coordinates.
    fn from_cells(cells: &[(i64, i64)], rule: Option<RuleText>) -> Result<Self, String> {
        let Some(&(x, y)) = cells.first() else {
            return Ok(Self { width: 1, height: 1, rule, ..Self::default() });
        };
        let (mut lo, mut hi) = ((x, y), (x, y));
        for &(x, y) in cells {
            (lo, hi) = ((lo.0.min(x), lo.1.min(y)), (hi.0.max(x), hi.1.max(y)));
        }
        let span = |lo: i64, hi: i64| hi.saturating_sub(lo).saturating_add(1);
        let (width, height) = (span(lo.0, hi.0), span(lo.1, hi.1));
        fits(width, height)?;
        let place = |&(x, y): &(i64, i64)| Run { x: (x - lo.0) as usize, y: (y - lo.1) as usize, len: 1 };
        let runs = cells.iter().map(place).collect();
        Ok(Self { runs, width: width as usize, height: height as usize, rule })
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

fn fits(width: i64, height: i64) -> Result<(), String> {
    match width.max(height) > LARGEST {
        true => Err(format!("is too large: {width} × {height} cells; {LARGEST} each way is the limit")),
        false => Ok(()),
    }
}

fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let mut stream = flate2::read::MultiGzDecoder::new(bytes).take(LONGEST + 1);
    stream.read_to_end(&mut out).map_err(|e| match e.kind() {
        std::io::ErrorKind::UnexpectedEof => "is cut short: its gzip stream ends too early".to_string(),
        _ => format!("is not whole: its gzip stream is damaged ({e})"),
    })?;
    match out.len() as u64 > LONGEST {
        true => Err(format!("is too large: it unpacks to more than {} MiB", LONGEST >> 20)),
        false => Ok(out),
    }
}

#[cfg(test)]
mod tests;
