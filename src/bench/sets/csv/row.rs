//! Rows of a table.

use csv::StringRecord;

/// One record of the file; comments are skipped.
pub struct Row {
    /// Its line number.
    pub line: u64,
    /// Whether it begins with a quotation mark.
    pub quoted: bool,
    /// Its fields.
    pub cells: StringRecord,
}
