//! Patterns: where they come from and how their text is read.
//!
//! RLE, Life 1.05, Life 1.06 and plaintext (`.cells`) are told apart by their content, and so is gzip.

mod cells;
mod rle;

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
    pub rule: Option<String>,
}

impl Pattern {
    /// Reads a file, gzipped or not; the error is one sentence that names the file.
    pub fn read(path: &Path) -> Result<Self, String> {
        let name = path.display();
        let bytes = std::fs::read(path).map_err(|e| format!("cannot read `{name}`: {e}"))?;
        let bytes = match bytes.starts_with(&[0x1f, 0x8b]) {
            true => unpacked(&bytes).map_err(|e| format!("`{name}` {e}"))?,
            false => bytes,
        };
        let text = String::from_utf8_lossy(&bytes);
        Self::parse(&text).map_err(|e| format!("`{name}` {e}"))
    }

    /// Reads a text; the error is a sentence without its subject.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim_start_matches('\u{feff}');
        if text.trim().is_empty() {
            return Err("holds no pattern: it is empty".into());
        }
        if text.contains('\0') {
            return Err("holds no pattern: it is not text".into());
        }
        let head = text.trim_start();
        if head.starts_with("#Life 1.06") {
            return cells::life_106(head);
        }
        if head.starts_with("#Life 1.05")
            || head.lines().any(|l| l.starts_with("#P")) && cells::is_drawn(head)
        {
            return cells::life_105(head);
        }
        if head.starts_with("[M2]") {
            return Err("is a macrocell file; it must be saved as RLE first".into());
        }
        if cells::is_drawn(head) { cells::plaintext(text) } else { rle::parse(head) }
    }

    /// From single cells at any coordinates.
    fn from_cells(cells: &[(i64, i64)], rule: Option<String>) -> Result<Self, String> {
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
