//! CSV files with a line of names, whose fields know where they stand; and tables of numbers alone.

use std::ops::RangeInclusive;
use std::sync::Arc;

use csv::StringRecord;

use crate::fault::{Fault, shown};

/// Most rows of a sheet.
pub const MOST_ROWS: usize = 100_000;

/// A CSV file with a line of names.
pub struct Sheet {
    file: Arc<str>,
    names: Arc<StringRecord>,
    rows: Vec<(u64, StringRecord)>,
}

impl Sheet {
    /// From its name in messages, and its text.
    ///
    /// # Errors
    /// It has no line of names or too many rows.
    pub fn parse(file: &str, text: &str) -> Result<Self, Fault> {
        let text = text.trim_start_matches('\u{feff}');
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let broken = |e: csv::Error| Fault::file(file, format!("expected CSV: {e}"));
        let names = reader.headers().map_err(broken)?.clone();
        if names.iter().all(|n| n.trim().is_empty()) {
            return Err(Fault::file(file, "expected a line of names, found nothing"));
        }
        let (mut rows, mut line, mut counted) = (Vec::new(), 1, 0);
        for record in reader.records() {
            let record = record.map_err(broken)?;
            if rows.len() == MOST_ROWS {
                return Err(Fault::file(file, format!("expected at most {MOST_ROWS} rows, found more")));
            }
            // A record's position is where the one before ended: empty lines may come first.
            let end = record.position().map_or(0, csv::Position::byte) as usize;
            let rest = text.as_bytes().get(end..).unwrap_or(&[]);
            let end = end + rest.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
            let skipped = text.as_bytes().get(counted..end).unwrap_or(&[]);
            line += skipped.iter().filter(|b| **b == b'\n').count() as u64;
            counted = end;
            rows.push((line, record));
        }
        Ok(Self { file: file.into(), names: Arc::new(names), rows })
    }

    /// Checks that there are columns of these names.
    ///
    /// # Errors
    /// One is missing.
    pub fn needs(&self, columns: &[&str]) -> Result<(), Fault> {
        let has = |name: &&&str| self.names.iter().any(|n| n.trim() == **name);
        match columns.iter().find(|c| !has(c)) {
            None => Ok(()),
            Some(missing) => Err(Fault::Mistake {
                file: self.file.to_string(),
                field: "line 1".into(),
                message: format!("expected a column `{missing}`, found {}", shown(&line(&self.names))),
            }),
        }
    }

    /// Its rows.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|(line, record)| Row {
            file: &self.file,
            names: &self.names,
            line: *line,
            record,
        })
    }
}

fn line(record: &StringRecord) -> String {
    record.iter().collect::<Vec<_>>().join(",")
}

/// A row of a sheet.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    file: &'a str,
    names: &'a StringRecord,
    /// Its line in the file, from 1.
    pub line: u64,
    record: &'a StringRecord,
}

impl<'a> Row<'a> {
    /// A mistake in a field.
    pub fn fault(&self, column: &str, message: impl std::fmt::Display) -> Fault {
        let field = format!("line {}{}{column}", self.line, if column.is_empty() { "" } else { ", " });
        Fault::Mistake { file: self.file.into(), field, message: message.to_string() }
    }

    /// Checks that it has as many fields as there are names.
    ///
    /// # Errors
    /// It has not.
    pub fn whole_row(&self) -> Result<(), Fault> {
        let (expected, found) = (self.names.len(), self.record.len());
        match found == expected {
            true => Ok(()),
            false => Err(self.fault("", format!("expected {expected} fields, found {found}"))),
        }
    }

    /// A field; empty if it is not there.
    pub fn text(&self, column: &str) -> &'a str {
        let place = self.names.iter().position(|n| n.trim() == column);
        place.and_then(|i| self.record.get(i)).unwrap_or("").trim()
    }

    /// A whole number in a range.
    ///
    /// # Errors
    /// It is none, or outside.
    pub fn whole<T>(&self, column: &str, range: RangeInclusive<T>) -> Result<T, Fault>
    where
        T: std::str::FromStr + PartialOrd + std::fmt::Display,
    {
        let text = self.text(column);
        let number = text.parse().ok().filter(|n| range.contains(n));
        number.ok_or_else(|| {
            let (low, high) = (range.start(), range.end());
            self.fault(column, format!("expected a whole number from {low} to {high}, found {}", shown(text)))
        })
    }
}

/// Rows of numbers without names: (columns, values, row by row). They are read in single precision, as they were before
/// they were written, if `single` is set.
///
/// # Errors
/// A row has another number of values than the first, one is not a finite number, or there are more rows or columns than
/// allowed.
pub fn table(
    file: &str,
    text: &str,
    single: bool,
    [most_rows, most_columns]: [usize; 2],
) -> Result<(usize, Vec<f64>), Fault> {
    let (mut columns, mut values) = (0, Vec::new());
    let mistake = |field: String, message: String| Fault::Mistake { file: file.into(), field, message };
    for (n, line) in text.trim_end().lines().enumerate() {
        if n == most_rows {
            return Err(Fault::file(file, format!("expected at most {most_rows} rows, found more")));
        }
        let before = values.len();
        for (c, cell) in line.split(',').enumerate() {
            let at = || format!("line {}, column {}", n + 1, c + 1);
            if c == most_columns {
                return Err(mistake(at(), format!("expected at most {most_columns} columns, found more")));
            }
            let cell = cell.trim();
            let number = match single {
                true => cell.parse::<f32>().ok().map(f64::from),
                false => cell.parse::<f64>().ok(),
            };
            let number = number.filter(|v| v.is_finite());
            values.push(
                number.ok_or_else(|| mistake(at(), format!("expected a number, found {}", shown(cell))))?,
            );
        }
        let found = values.len() - before;
        match n {
            0 => columns = found,
            _ if found != columns => {
                return Err(mistake(
                    format!("line {}", n + 1),
                    format!("expected {columns} numbers, found {found}"),
                ));
            }
            _ => {}
        }
    }
    match columns {
        0 => Err(Fault::file(file, "expected rows of numbers, found nothing")),
        _ => Ok((columns, values)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_their_names_and_mistakes_by_their_lines() {
        let sheet = Sheet::parse("f.csv", "a,b\n1,\"x,\ny\"\n\n2\nz,3\n").unwrap();
        assert!(sheet.needs(&["b", "a"]).is_ok());
        let e = sheet.needs(&["a", "c"]).unwrap_err().to_string();
        assert_eq!(e, "f.csv: line 1: expected a column `c`, found \"a,b\"");
        let rows: Vec<Row> = sheet.rows().collect();
        assert_eq!((rows[0].text("b"), rows[0].whole("a", 0..=9)), ("x,\ny", Ok(1)));
        let e = rows[1].whole_row().unwrap_err().to_string();
        assert_eq!(e, "f.csv: line 5: expected 2 fields, found 1");
        let e = rows[2].whole::<i32>("a", 0..=9).unwrap_err().to_string();
        assert_eq!(e, "f.csv: line 6, a: expected a whole number from 0 to 9, found \"z\"");
        assert!(rows[2].whole::<i32>("b", 4..=9).is_err());
        assert!(Sheet::parse("f.csv", "").is_err());
        assert!(Sheet::parse("f.csv", &"a\n".repeat(MOST_ROWS + 2)).is_err());
    }

    #[test]
    fn tables_hold_as_many_finite_numbers_in_each_row() {
        let read = |text: &str| table("f.csv", text, false, [4, 3]);
        assert_eq!(read("1, 2\n3,4e-1\n\n"), Ok((2, vec![1.0, 2.0, 3.0, 0.4])));
        assert_eq!(table("f", "0.1", true, [1, 1]).unwrap().1, [f64::from(0.1f32)]);
        for (text, what) in [
            ("", "expected rows of numbers, found nothing"),
            ("1,2\n3,nan", "line 2, column 2: expected a number, found \"nan\""),
            ("1,2\n3", "line 2: expected 2 numbers, found 1"),
            ("1,2,3,4", "line 1, column 4: expected at most 3 columns, found more"),
            ("1\n1\n1\n1\n1", "expected at most 4 rows, found more"),
            ("1\n\n1", "line 2, column 1: expected a number, found \"\""),
        ] {
            assert_eq!(read(text).unwrap_err().to_string(), format!("f.csv: {what}"));
        }
    }
}
