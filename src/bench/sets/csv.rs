//! Tables of numbers as people's programs write them: rows = samples; header, index column, separator, decimal sign and
//! encoding are noticed, and what was taken for granted is told.

use std::borrow::Cow;

use csv::{ReaderBuilder, StringRecord, Trim};

use crate::world::scene::problem::in_print;

/// A table that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers {
    /// Numbers a row.
    pub columns: usize,
    /// All of them, row after row.
    pub values: Vec<f64>,
    /// What was taken for granted, a line each.
    pub notes: Vec<String>,
}

/// How cells and numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Dialect {
    /// Between cells; a blank stands for any run of blanks.
    separator: u8,
    /// The sign in numbers: a point or a comma.
    decimal: u8,
}

const fn dialect(separator: u8, decimal: u8) -> Dialect {
    Dialect { separator, decimal }
}

/// In the order of preference.
const DIALECTS: &[Dialect] = &[
    dialect(b',', b'.'),
    dialect(b';', b'.'),
    dialect(b'\t', b'.'),
    dialect(b' ', b'.'),
    dialect(b'|', b'.'),
    dialect(b';', b','),
    dialect(b'\t', b','),
    dialect(b' ', b','),
    // Every cell with a comma in its number is in quotes.
    dialect(b',', b','),
];

/// Records that tell the dialect.
const TELLING: usize = 200;

/// One line of the file that is no comment, with its number.
struct Row {
    line: u64,
    cells: StringRecord,
}

impl Dialect {
    fn number(self, cell: &str) -> Option<f64> {
        let cell = cell.trim_matches(|c: char| c == '"' || c.is_whitespace());
        self.plain(cell).or_else(|| self.grouped(cell)).or_else(|| self.plain(&unusual(cell)?))
    }

    fn plain(self, cell: &str) -> Option<f64> {
        match self.decimal {
            b',' if cell.contains('.') => None,
            b',' => cell.replacen(',', ".", 1).parse().ok(),
            _ => cell.parse().ok(),
        }
    }

    /// A number whose thousands stand apart: 1,234.5 or 1.234,5, 1'234.5, 1 234,5.
    fn grouped(self, cell: &str) -> Option<f64> {
        let cell = cell.trim_matches(|c: char| c == '"' || c.is_whitespace()).replace('\u{2212}', "-");
        let (whole, part) = cell.split_once(self.decimal as char).unwrap_or((&cell, ""));
        let digits = whole.trim_start_matches(['-', '+']);
        let apart = digits.chars().find(|c| !c.is_ascii_digit())?;
        let other = if self.decimal == b',' { '.' } else { ',' };
        if apart != other && !"' \u{a0}\u{202f}\u{2009}\u{2019}".contains(apart) {
            return None;
        }
        let is_number = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
        let mut groups = digits.split(apart);
        let first = groups.next().filter(|g| (1..=3).contains(&g.len()) && is_number(g))?;
        if first.starts_with('0') || !groups.all(|g| g.len() == 3 && is_number(g)) {
            return None;
        }
        format!("{}.{part}", whole.replace(apart, "")).parse().ok()
    }

    /// The rows of a text, at most so many.
    fn rows(self, text: &str, most: usize) -> Result<Vec<Row>, String> {
        let text: Cow<str> = match self.separator {
            b' ' => {
                let words = |l: &str| l.split_whitespace().collect::<Vec<_>>().join(" ") + "\n";
                text.lines().take(most.saturating_mul(2)).map(words).collect::<String>().into()
            }
            _ => text.into(),
        };
        let mut reader = ReaderBuilder::new()
            .delimiter(self.separator)
            .comment(Some(b'#'))
            .has_headers(false)
            .flexible(true)
            .trim(Trim::All)
            .from_reader(text.as_bytes());
        let mut rows = Vec::new();
        for record in reader.records().take(most) {
            let cells = record.map_err(|e| e.to_string())?;
            let line = cells.position().map_or(0, |p| line(text.as_bytes(), p));
            if cells.iter().any(|c| !c.is_empty()) {
                rows.push(Row { line, cells });
            }
        }
        Ok(rows)
    }

    /// How well a text is understood: the share of its cells that are numbers, and columns.
    fn understands(self, text: &str) -> (f64, usize) {
        let Ok(rows) = self.rows(text, TELLING) else { return (0.0, 0) };
        let body = if rows.len() > 1 { &rows[1..] } else { &rows[..] };
        let columns = body.first().map_or(0, |r| r.cells.len());
        let first = usize::from(columns > 1);
        let (mut good, mut all) = (0, 0);
        for row in body {
            all += columns.max(row.cells.len()) - first;
            let numbers = row.cells.iter().skip(first).filter(|c| c.is_empty() || self.number(c).is_some());
            good += if row.cells.len() == columns { numbers.count() } else { 0 };
        }
        // A comma in one single number a line might as well be what separates two, unless it is in quotes.
        let one = self.decimal == b',' && columns < 2 && self.separator != b',';
        (if one { 0.0 } else { good as f64 / all.max(1) as f64 }, columns)
    }

    fn found(text: &str) -> Self {
        let mut best = (DIALECTS[0], (0.0, 0));
        for &d in DIALECTS {
            let known = d.understands(text);
            if known.0 > best.1.0 || known.0 == best.1.0 && known.1 > best.1.1 {
                best = (d, known);
            }
        }
        best.0
    }

    fn words(self) -> String {
        let between = match self.separator {
            b'\t' => "tabs".into(),
            b' ' => "blanks".into(),
            c => format!("`{}`", c as char),
        };
        let sign = if self.decimal == b',' { " and a comma in numbers" } else { "" };
        format!("read with {between} between cells{sign}")
    }
}

/// Reads a table.
///
/// # Errors
/// In words, with the line: cells that are no numbers, rows of other lengths, or no rows.
pub fn parse(bytes: &[u8]) -> Result<Numbers, String> {
    let text = without_remarks(text(bytes)?);
    let (told, text) = separator_line(&text);
    let mut dialect = match told {
        Some(separator) => [dialect(separator, b'.'), dialect(separator, b',')]
            .into_iter()
            .max_by(|a, b| a.understands(text).0.total_cmp(&b.understands(text).0))
            .unwrap_or(DIALECTS[0]),
        None => Dialect::found(text),
    };
    let mut rows = dialect.rows(text, usize::MAX)?;
    if single_with_commas(&rows, dialect) {
        dialect = self::dialect(b';', b',');
        rows = dialect.rows(text, usize::MAX)?;
    }
    let mut notes = Vec::new();
    if dialect != DIALECTS[0] && rows.first().is_some_and(|r| r.cells.len() > 1 || dialect.decimal == b',') {
        notes.push(dialect.words());
    }
    numbers(&rows, dialect, notes)
}

/// The line at which a record stands; the reader counts from the end of the one before, with blank lines and remarks.
fn line(text: &[u8], from: &csv::Position) -> u64 {
    let (mut line, mut rest) = (from.line(), text.get(from.byte() as usize..).unwrap_or_default());
    while let Some(end) = rest.iter().position(|b| *b == b'\n') {
        if rest[0] != b'#' && !rest[..end].trim_ascii().is_empty() {
            break;
        }
        (line, rest) = (line + 1, &rest[end + 1..]);
    }
    line
}

/// Remarks as other programs write them (`%`, `//`), as `#`.
fn without_remarks(text: Cow<str>) -> Cow<str> {
    let is_remark = |l: &str| l.starts_with('%') || l.starts_with("//");
    if !text.lines().any(is_remark) {
        return text;
    }
    let marked = |l: &str| if is_remark(l) { "#\n".to_string() } else { format!("{l}\n") };
    text.lines().map(marked).collect::<String>().into()
}

/// Signs that people and Fortran write in numbers, as everybody does.
fn unusual(cell: &str) -> Option<String> {
    const SIGNS: [(&str, &str); 3] = [("\u{2212}", "-"), ("D+", "e+"), ("D-", "e-")];
    let is_odd = SIGNS.iter().any(|s| cell.contains(s.0));
    is_odd.then(|| SIGNS.iter().fold(cell.to_string(), |c, s| c.replace(s.0, s.1)))
}

/// A line as Excel puts first: `sep=;`.
fn separator_line(text: &str) -> (Option<u8>, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    match first.trim_end().strip_prefix("sep=").map(str::as_bytes) {
        Some([separator]) => (Some(*separator), rest),
        _ => (None, text),
    }
}

/// Whether what looks like two columns of whole numbers is one column of numbers with a comma: −0 and 05 give it away.
fn single_with_commas(rows: &[Row], dialect: Dialect) -> bool {
    let digits = |c: &str| !c.is_empty() && c.bytes().all(|b| b.is_ascii_digit());
    let whole =
        |r: &Row| r.cells.len() == 2 && digits(r.cells[0].trim_start_matches('-')) && digits(&r.cells[1]);
    let gives_away = |r: &Row| &r.cells[0] == "-0" || r.cells[1].len() > 1 && r.cells[1].starts_with('0');
    dialect == DIALECTS[0] && rows.iter().all(whole) && rows.iter().any(gives_away)
}

/// UTF-8 or UTF-16, as the marks at the beginning say; otherwise one byte a letter.
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
    // Lines of old Macs end with a return alone.
    let text = if text.contains('\n') { text } else { text.replace('\r', "\n").into() };
    if text.contains('\0') { Err("is no text".into()) } else { Ok(text) }
}

/// The numbers of rows, without names of columns and of rows.
fn numbers(rows: &[Row], dialect: Dialect, mut notes: Vec<String>) -> Result<Numbers, String> {
    let named = header(rows, dialect, &mut notes);
    let (head, body) = rows.split_at(usize::from(named));
    let Some(width) = body.first().map(|r| r.cells.len()) else { return Err("holds no numbers".into()) };
    let blank_end = width > 1 && body.iter().all(|r| r.cells.len() == width && r.cells[width - 1].is_empty());
    let end = width - usize::from(blank_end);
    let first = usize::from(end > 1 && index(head.first(), body, end, dialect, &mut notes));
    let grouped = |c: &&str| dialect.plain(c).is_none() && dialect.grouped(c).is_some();
    if let Some(cell) = body.iter().flat_map(|r| r.cells.iter().skip(first)).find(grouped) {
        notes.push(format!("numbers as `{cell}` were read as thousands that stand apart"));
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
                _ => in_print(format!("line {}: expected numbers, found `{cell}`", row.line)),
            })?;
            values.push(value);
        }
    }
    Ok(Numbers { columns: end - first, values, notes })
}

/// A whole number without a point, as indices and names of columns are written.
fn whole(cell: &str) -> Option<usize> {
    let cell = cell.trim_matches('"');
    let plain = cell.bytes().all(|b| b.is_ascii_digit()) && (cell == "0" || !cell.starts_with('0'));
    if plain { cell.parse().ok() } else { None }
}

/// Whether cells count 0, 1, 2 … or 1, 2, 3 ….
fn counts<'a>(cells: impl Iterator<Item = &'a str>) -> bool {
    let mut from = None;
    cells.enumerate().all(|(i, cell)| {
        let found = whole(cell).and_then(|n| n.checked_sub(i));
        from = from.or(found);
        found.is_some_and(|f| f < 2 && Some(f) == from)
    })
}

fn counts_some<'a>(cells: impl Iterator<Item = &'a str> + Clone) -> bool {
    cells.clone().next().is_some() && counts(cells)
}

/// Whether the first row names the columns.
fn header(rows: &[Row], dialect: Dialect, notes: &mut Vec<String>) -> bool {
    let Some((first, body)) = rows.split_first() else { return false };
    let cells = &first.cells;
    let text = |c: &str| dialect.number(c).is_none();
    if cells.iter().all(text) {
        return true;
    }
    let rest = || cells.iter().skip(1);
    if cells.len() > 1 && text(&cells[0]) && (counts_some(rest()) || rest().all(text)) {
        return true;
    }
    let pointed = |c: &str| whole(c).is_none() && dialect.number(c).is_some_and(f64::is_finite);
    if body.is_empty() || !counts_some(cells.iter()) && !years(cells, body, pointed) {
        return false;
    }
    // Names 0, 1, 2 … as pandas gives them: over numbers with a point, or where hardly a sample would count so.
    let n = cells.len();
    let others = || body.iter().flat_map(|r| r.cells.iter());
    let counted = match (whole(&cells[0]), n) {
        (Some(0), 5..) => true,
        (Some(0), 3..) => others().any(pointed),
        _ => others().all(pointed),
    };
    if counted {
        let few: Vec<&str> = cells.iter().take(3).collect();
        let more = if n > 3 { ", …" } else { "" };
        notes.push(format!(
            "the first line ({}{more}) was taken for the names of the columns",
            few.join(", ")
        ));
    }
    counted
}

/// Whether whole numbers that grow, as years do, stand over numbers with a point.
fn years(cells: &StringRecord, body: &[Row], pointed: impl Fn(&str) -> bool) -> bool {
    let numbers: Option<Vec<usize>> = cells.iter().map(whole).collect();
    let grow = |n: &Vec<usize>| n.len() > 2 && n.windows(2).all(|w| w[0] < w[1]);
    body.len() > 1
        && numbers.as_ref().is_some_and(grow)
        && body.iter().flat_map(|r| r.cells.iter()).all(pointed)
}

/// Whether a cell is a name or a date, and not a number in another dialect.
fn names(cell: &str) -> bool {
    cell.chars().enumerate().any(|(i, c)| c.is_alphabetic() || i > 0 && "-:/_".contains(c))
}

/// Whether the first column names the rows.
fn index(head: Option<&Row>, body: &[Row], width: usize, dialect: Dialect, notes: &mut Vec<String>) -> bool {
    let column = || body.iter().filter_map(|r| r.cells.get(0));
    let name = head.and_then(|h| h.cells.get(0)).map(str::to_lowercase);
    let short = head.is_some_and(|h| h.cells.len() + 1 == width);
    let unnamed = name.as_ref().is_some_and(|n| n.is_empty() || n.starts_with("unnamed: "));
    let called = name.as_ref().is_some_and(|n| ["index", "id", "row", "sample"].contains(&n.as_str()));
    let texts = column().all(|c| dialect.number(c).is_none() && names(c));
    let plain = head.is_none_or(|h| h.cells.iter().all(|c| whole(c).is_some()));
    let fractions = || body.iter().all(|r| r.cells.iter().skip(1).all(|c| whole(c).is_none()));
    let numbered = body.len() > 2 && counts(column());
    if !(short || unnamed || texts || numbered && (called || plain && fractions())) {
        return false;
    }
    let few: Vec<&str> = column().take(3).collect();
    let more = if body.len() > 3 { ", …" } else { "" };
    notes.push(format!("the first column ({}{more}) was taken for the names of the rows", few.join(", ")));
    true
}

#[cfg(test)]
mod tests;
