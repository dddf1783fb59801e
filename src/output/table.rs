//! Numbers by tick: a CSV file (RFC 4180).

use std::fs::File;
use std::path::{Path, PathBuf};

use super::error::OutputError;
use super::part::{make_parent, part_of};

/// One value of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum CsvValue {
    /// A count, a tick.
    Whole(u64),
    /// A measurement, written so that it reads back as the same number.
    Number(f64),
    /// A name.
    Text(String),
    /// Nothing known.
    Blank,
}

impl std::fmt::Display for CsvValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Whole(n) => write!(f, "{n}"),
            Self::Number(x) => write!(f, "{x}"),
            Self::Text(t) => write!(f, "{t}"),
            Self::Blank => Ok(()),
        }
    }
}

/// A CSV file being written.
pub struct CsvWriter {
    path: PathBuf,
    file: csv::Writer<File>,
    columns: usize,
    rows: u64,
}

impl CsvWriter {
    /// Begins the file with its header row.
    pub fn create(path: &Path, columns: &[String]) -> Result<Self, OutputError> {
        make_parent(path)?;
        let file = File::create(part_of(path)).map_err(OutputError::write(path))?;
        let mut table =
            Self { path: path.into(), file: csv::Writer::from_writer(file), columns: columns.len(), rows: 0 };
        table.line(&columns.iter().map(|c| CsvValue::Text(c.clone())).collect::<Vec<_>>())?;
        Ok(table)
    }

    /// Adds a row; missing cells stay blank, cells beyond the last column are dropped.
    pub fn row(&mut self, cells: &[CsvValue]) -> Result<(), OutputError> {
        self.rows += 1;
        self.line(cells)
    }

    fn line(&mut self, cells: &[CsvValue]) -> Result<(), OutputError> {
        let cells = (0..self.columns).map(|i| cells.get(i).map(CsvValue::to_string).unwrap_or_default());
        let written = self.file.write_record(cells);
        written.map_err(|e| OutputError::write(&self.path)(e.into()))
    }

    /// Completes the file and renames it to its final name; returns the number of rows.
    pub fn finish(mut self) -> Result<u64, OutputError> {
        self.file.flush().map_err(OutputError::write(&self.path))?;
        std::fs::rename(part_of(&self.path), &self.path).map_err(OutputError::write(&self.path))?;
        Ok(self.rows)
    }
}
