//! Dialect of a text table: separator, decimal mark and thousands separator.

use std::borrow::Cow;
use std::ops::Range;

use csv::{ReaderBuilder, Trim};

use super::row::Row;

/// Dialect of a text table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Separator between cells; a space stands for any run of white space.
    pub separator: u8,
    /// Decimal mark: a point or a comma.
    pub decimal: u8,
}

/// A dialect.
pub const fn dialect(separator: u8, decimal: u8) -> Dialect {
    Dialect { separator, decimal }
}

/// All dialects, in order of preference.
pub const DIALECTS: &[Dialect] = &[
    dialect(b',', b'.'),
    dialect(b';', b'.'),
    dialect(b'\t', b'.'),
    dialect(b' ', b'.'),
    dialect(b'|', b'.'),
    dialect(b';', b','),
    dialect(b'\t', b','),
    dialect(b' ', b','),
    dialect(b'|', b','),
    // Every number with a decimal comma is quoted.
    dialect(b',', b','),
];

/// Records examined to detect the dialect.
const EXAMINED: usize = 200;

/// How well a dialect fits, compared field by field (lexicographically).
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
struct Fit {
    /// Share of cells that are numbers, without the first row and column, which may be names.
    others: f64,
    /// The same for the first column.
    first: f64,
    /// The same for the first row.
    head: f64,
    /// Whether no number has thousands separators: 12,345 is more likely a decimal comma with three places.
    plain: bool,
    /// Number of columns.
    columns: usize,
}

impl Dialect {
    /// The number in a cell.
    pub fn number(self, cell: &str) -> Option<f64> {
        let cell = bare(cell);
        self.plain(cell).or_else(|| self.grouped(cell)).or_else(|| self.plain(&unusual(cell)?))
    }

    /// Whether a cell is a number only with thousands separators.
    pub fn is_grouped(self, cell: &str) -> bool {
        let cell = bare(cell);
        self.plain(cell).is_none() && self.grouped(cell).is_some()
    }

    /// The dialect with the other decimal mark.
    pub fn mirrored(self) -> Self {
        Self { decimal: if self.decimal == b',' { b'.' } else { b',' }, ..self }
    }

    fn plain(self, cell: &str) -> Option<f64> {
        match self.decimal {
            b',' if cell.contains('.') => None,
            b',' => cell.replacen(',', ".", 1).parse().ok(),
            _ => cell.parse().ok(),
        }
    }

    /// A number with thousands separators: 1,234.5 or 1.234,5, 1'234.5, 1 234,5.
    fn grouped(self, cell: &str) -> Option<f64> {
        let cell = cell.replace('\u{2212}', "-");
        let (whole, part) = cell.split_once(self.decimal as char).unwrap_or((&cell, ""));
        let digits = whole.trim_start_matches(['-', '+']);
        let apart = digits.chars().find(|c| !c.is_ascii_digit())?;
        let other = self.mirrored().decimal as char;
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

    /// The rows of a text, at most `most`.
    ///
    /// # Errors
    /// Malformed records.
    pub fn rows(self, text: &str, most: usize) -> Result<Vec<Row>, String> {
        let text: Cow<str> = match self.separator {
            b' ' => {
                // Only ASCII white space separates: narrow spaces are thousands separators.
                let words = |l: &str| l.split_ascii_whitespace().collect::<Vec<_>>().join(" ") + "\n";
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
            let (line, quoted) = cells.position().map_or((0, false), |p| start(text.as_bytes(), p));
            if cells.iter().any(|c| !c.is_empty()) {
                rows.push(Row { line, quoted, cells });
            }
        }
        Ok(rows)
    }

    fn fit(self, rows: &[Row]) -> Fit {
        let (head, body) = if rows.len() > 1 { rows.split_at(1) } else { (&rows[..0], rows) };
        let columns = body.first().map_or(0, |r| r.cells.len());
        let names = usize::from(columns > 1);
        let [others, first] = [names..columns, 0..names].map(|c| self.share(body, columns, c));
        // Thousands separated by the cell separator are quoted, and so intended.
        let plain = |c: &str| c.contains(self.separator as char) || !self.is_grouped(c);
        let plain = body.iter().flat_map(|r| r.cells.iter()).all(plain);
        Fit { others, first, head: self.share(head, columns, 0..columns), plain, columns }
    }

    /// Share of cells in some columns that are numbers; cells of rows of a different length do not count as such.
    fn share(self, rows: &[Row], length: usize, columns: Range<usize>) -> f64 {
        let (mut good, mut all) = (0, 0);
        for row in rows {
            let off = row.cells.len() != length;
            all += columns.len() + row.cells.len().saturating_sub(length);
            let cells = row.cells.iter().skip(columns.start).take(columns.len());
            good += cells.filter(|c| !off && (c.is_empty() || self.number(c).is_some())).count();
        }
        good as f64 / all.max(1) as f64
    }

    /// The dialect that best fits the beginning of a text.
    pub fn found(text: &str) -> Self {
        let mut best = (DIALECTS[0], Fit::default());
        for &d in DIALECTS {
            let fit = d.rows(text, EXAMINED).map_or_else(|_| Fit::default(), |rows| d.fit(&rows));
            // A comma in a single number a line might as well separate two, unless it is quoted.
            let one = d.decimal == b',' && fit.columns < 2 && d.separator != b',';
            if fit > best.1 && !one {
                best = (d, fit);
            }
        }
        best.0
    }

    /// With the decimal mark that fits all rows.
    pub fn settled(self, rows: &[Row]) -> Self {
        let commas = || rows.iter().any(|r| r.cells.iter().any(|c| c.contains(',')));
        if self.decimal == b'.' && !commas() {
            return self;
        }
        let [point, comma] = [dialect(self.separator, b'.'), dialect(self.separator, b',')];
        if comma.fit(rows) > point.fit(rows) { comma } else { point }
    }

    /// As a note.
    pub fn words(self) -> String {
        let between = match self.separator {
            b'\t' => "tabs".into(),
            b' ' => "spaces".into(),
            c => format!("`{}`", c as char),
        };
        let sign = if self.decimal == b',' { " and a decimal comma" } else { "" };
        format!("read with {between} between cells{sign}")
    }
}

/// A cell without surrounding quotation marks and white space.
fn bare(cell: &str) -> &str {
    cell.trim_matches(|c: char| c == '"' || c.is_whitespace())
}

/// Line number of a record, and whether it begins with a quotation mark; the reader counts from the end of the previous
/// record, including blank lines and comments.
fn start(text: &[u8], from: &csv::Position) -> (u64, bool) {
    let (mut line, mut rest) = (from.line(), text.get(from.byte() as usize..).unwrap_or_default());
    while let Some(end) = rest.iter().position(|b| *b == b'\n') {
        if rest[0] != b'#' && !rest[..end].trim_ascii().is_empty() {
            break;
        }
        (line, rest) = (line + 1, &rest[end + 1..]);
    }
    (line, rest.trim_ascii_start().starts_with(b"\""))
}

/// Normalises the Unicode minus sign and Fortran exponents.
fn unusual(cell: &str) -> Option<String> {
    const SIGNS: [(&str, &str); 3] = [("\u{2212}", "-"), ("D+", "e+"), ("D-", "e-")];
    let is_odd = SIGNS.iter().any(|s| cell.contains(s.0));
    is_odd.then(|| SIGNS.iter().fold(cell.to_string(), |c, s| c.replace(s.0, s.1)))
}
