//! Text tables of numbers (rows = samples) from many programs: header, index column, separator, decimal mark and
//! encoding are detected, and assumptions are reported.

mod dialect;
mod names;
mod row;

use std::borrow::Cow;

use dialect::{DIALECTS, Dialect, dialect};
use row::Row;
use world::scene::problem::printable;

/// A table that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers {
    /// Number of columns.
    pub columns: usize,
    /// All values, row-major.
    pub values: Vec<f64>,
    /// What was assumed, one note a line.
    pub notes: Vec<String>,
}

/// Reads a table.
///
/// # Errors
/// Cells that are not numbers, rows of different lengths, or no rows; the message names the line.
pub fn parse(bytes: &[u8]) -> Result<Numbers, String> {
    let text = without_comments(text(bytes)?);
    let (declared, text) = separator_line(&text);
    let found = declared.map_or_else(|| Dialect::found(text), |separator| dialect(separator, b'.'));
    let rows = found.rows(text, usize::MAX)?;
    let dialect = found.settled(&rows);
    let mut notes = Vec::new();
    if declared.is_none()
        && dialect == DIALECTS[0]
        && let Some(column) = Column::of(text, &rows)
    {
        notes.push(column.words());
        if column.is_meant {
            return numbers(&column.rows, SINGLE, notes);
        }
    }
    if dialect != DIALECTS[0] && rows.first().is_some_and(|r| r.cells.len() > 1 || dialect.decimal == b',') {
        notes.push(dialect.words());
    }
    numbers(&rows, dialect, notes)
}

/// Replaces comment lines of other styles (`%`, `//`) with `#`.
fn without_comments(text: Cow<str>) -> Cow<str> {
    let is_comment = |l: &str| l.starts_with('%') || l.starts_with("//");
    if !text.lines().any(is_comment) {
        return text;
    }
    let marked = |l: &str| if is_comment(l) { "#\n".to_string() } else { format!("{l}\n") };
    text.lines().map(marked).collect::<String>().into()
}

/// Excel's separator line at the start: `sep=;`, quoted or not.
fn separator_line(text: &str) -> (Option<u8>, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let first = first.trim_end_matches(['\r', ' ']).trim_matches('"');
    match first.strip_prefix("sep=").map(str::as_bytes) {
        Some([separator]) => (Some(*separator), rest),
        _ => (None, text),
    }
}

/// One number a line, with a decimal comma.
const SINGLE: Dialect = dialect(b';', b',');

/// An ambiguous table: two columns, or one with decimal commas.
struct Column {
    /// As one column.
    rows: Vec<Row>,
    /// Whether it was judged to be one column.
    is_meant: bool,
}

impl Column {
    /// From rows that commas split into two cells.
    fn of(text: &str, rows: &[Row]) -> Option<Self> {
        // Quotation marks around a part of a number make no sense.
        let cut = |r: &Row| r.cells.len() == 1 || r.cells.len() == 2 && !r.quoted;
        let fits = |cell: &str| SINGLE.number(cell).is_some();
        let last: Vec<&str> = rows.last()?.cells.iter().collect();
        if !rows.iter().all(|r| cut(r) && r.cells.iter().all(|c| !c.is_empty())) || !fits(&last.join(",")) {
            return None;
        }
        let single = SINGLE.rows(text, usize::MAX).ok().filter(|s| s.len() == rows.len())?;
        let is_number = |r: &Row| r.cells.len() == 1 && fits(&r.cells[0]);
        let head = usize::from(rows[0].cells.len() == 1 && !is_number(&single[0]));
        let body = &rows[head..];
        let pairs = body.iter().filter(|r| r.cells.len() == 2).count();
        let might = pairs > 0 && (head > 0 || pairs == body.len()) && single[head..].iter().all(is_number);
        might.then(|| Self { is_meant: is_single(body, head > 0), rows: single })
    }

    fn words(&self) -> String {
        match self.is_meant {
            true => "read as one column with a decimal comma; if the comma separates cells, put `sep=,` as the first line",
            false => "read as comma-separated cells; if it is a decimal comma, put `sep=;` as the first line",
        }
        .into()
    }
}

/// Whether what a comma splits is one number: −0 and 05 are not usual integers, and a single name heads a single
/// column, unless R wrote row names before it.
fn is_single(body: &[Row], named: bool) -> bool {
    let pair = |r: &&Row| r.cells.len() == 2;
    let gives_away = |r: &Row| &r.cells[0] == "-0" || r.cells[1].len() > 1 && r.cells[1].starts_with('0');
    let counted = body.len() > 2 && names::counts(body.iter().map(|r| &r.cells[0]));
    named && !counted || body.iter().filter(pair).any(gives_away)
}

/// Decodes UTF-8 or UTF-16 by byte order mark, or else Latin-1.
fn text(bytes: &[u8]) -> Result<Cow<'_, str>, String> {
    let wide = |bytes: &[u8], order: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|b| order([b[0], b[1]]));
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>()
    };
    let text: Cow<str> = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest),
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes).into(),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes).into(),
        [_, 0, _, 0, ..] => wide(bytes, u16::from_le_bytes).into(),
        [0, _, 0, _, ..] => wide(bytes, u16::from_be_bytes).into(),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(_) => bytes.iter().map(|b| *b as char).collect::<String>().into(),
        },
    };
    // Classic Mac OS ends lines with a carriage return.
    let text = if text.contains('\n') { text } else { text.replace('\r', "\n").into() };
    if text.contains('\0') { Err("is not text".into()) } else { Ok(text) }
}

/// The numbers of the rows, without column and row names.
fn numbers(rows: &[Row], dialect: Dialect, mut notes: Vec<String>) -> Result<Numbers, String> {
    let named = names::header(rows, dialect, &mut notes);
    let (head, body) = rows.split_at(usize::from(named));
    let head = head.first();
    let Some(width) = body.first().map(|r| r.cells.len()) else { return Err("holds no numbers".into()) };
    let end = width - usize::from(blank_end(head, body, width));
    let first = usize::from(end > 1 && names::index(head, body, end, dialect, &mut notes));
    names::unlike(head, end - first, first, &mut notes);
    let grouped = |c: &&str| dialect.is_grouped(c);
    if let Some(cell) = body.iter().flat_map(|r| r.cells.iter().skip(first)).find(grouped) {
        notes.push(format!("numbers such as `{cell}` were read with thousands separators"));
    }
    let mut values = Vec::with_capacity(body.len() * (end - first));
    for row in body {
        if row.cells.len() != width {
            let (wanted, found) = (end - first, row.cells.len().saturating_sub(first));
            return Err(format!("line {}: expected {wanted} numbers, found {found}", row.line));
        }
        for (i, cell) in row.cells.iter().enumerate().take(end).skip(first) {
            let value = dialect.number(cell).ok_or_else(|| match cell {
                "" => format!("line {}: expected numbers, found nothing in column {}", row.line, i + 1),
                _ => printable(format!("line {}: expected numbers, found `{cell}`", row.line)),
            })?;
            values.push(value);
        }
    }
    Ok(Numbers { columns: end - first, values, notes })
}

/// Whether every row ends with a separator; a named last column instead has missing values.
fn blank_end(head: Option<&Row>, body: &[Row], width: usize) -> bool {
    let named = head.and_then(|h| h.cells.get(width - 1)).is_some_and(|c| !c.is_empty());
    width > 1 && !named && body.iter().all(|r| r.cells.len() == width && r.cells[width - 1].is_empty())
}

#[cfg(test)]
mod tests;
