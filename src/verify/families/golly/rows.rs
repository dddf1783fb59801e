//! The list of cases.

use crate::fault::Fault;
use crate::folder::Folder;
use crate::sheet::{Row, Sheet};

const COLUMNS: &[&str] = &["id", "file", "rule", "generation", "population"];

/// One line: a pattern, a rule, and what there is after so many generations.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name in reports.
    pub name: String,
    /// The pattern's file, below `patterns`.
    pub file: String,
    /// The file's SHA-256 in hexadecimal, if it is given.
    pub digest: Option<String>,
    /// The rule, with the shape of the grid.
    pub rule: String,
    /// Golly's algorithm.
    pub algorithm: String,
    /// Generations.
    pub generation: u64,
    /// Live cells at the start, if they are given.
    pub start: Option<u128>,
    /// Live cells after all generations.
    pub population: u128,
    /// Width and height of the smallest box around them, if it is given.
    pub extent: Option<[u64; 2]>,
}

/// A line that was read, or its name and what is wrong with it.
pub type Read = Result<Case, (String, Fault)>;

/// All lines of the list.
///
/// # Errors
/// It cannot be read, or lacks a column.
pub fn read(folder: &Folder, file: &str) -> Result<Vec<Read>, Fault> {
    let sheet = Sheet::parse(&folder.shown(file), &folder.text(file)?)?;
    sheet.needs(COLUMNS)?;
    let one = |row: Row| case(folder, &row).map_err(|fault| (format!("{file}, line {}", row.line), fault));
    Ok(sheet.rows().map(one).collect())
}

fn case(folder: &Folder, row: &Row) -> Result<Case, Fault> {
    row.whole_row()?;
    let file = folder.inside(row.text("file")).map_err(|e| row.fault("file", e))?;
    let rule = row.text("rule");
    if rule.is_empty() {
        return Err(row.fault("rule", "expected a rule, found nothing"));
    }
    let generation = row.whole("generation", 0..=u64::MAX)?;
    let optional = |column: &str| !row.text(column).is_empty();
    let side = |column: &str| row.whole(column, 0..=u64::MAX);
    let start = if optional("pop0") { Some(row.whole("pop0", 0..=u128::MAX / 4)?) } else { None };
    let boxed = optional("bbox_w") && optional("bbox_h");
    let extent = if boxed { Some([side("bbox_w")?, side("bbox_h")?]) } else { None };
    // A rule may be a map of all neighbourhoods.
    let short: String = rule.chars().take(40).collect();
    Ok(Case {
        name: format!("{} {file}, {short}, generation {generation}", row.text("id")),
        file: file.into(),
        digest: optional("sha256").then(|| row.text("sha256").to_ascii_lowercase()),
        rule: rule.into(),
        algorithm: row.text("algo").into(),
        generation,
        start,
        population: row.whole("population", 0..=u128::MAX / 4)?,
        extent,
    })
}
