//! Detects header rows and index columns.

use std::collections::HashSet;

use super::dialect::Dialect;
use super::row::Row;
use world::scene::problem::printable;

/// A plain integer, as indices and column names are written.
fn whole(cell: &str) -> Option<usize> {
    let cell = cell.trim_matches('"');
    let plain = cell.bytes().all(|b| b.is_ascii_digit()) && (cell == "0" || !cell.starts_with('0'));
    if plain { cell.parse().ok() } else { None }
}

/// Whether cells (at least one) count 0, 1, 2 … or 1, 2, 3 ….
pub fn counts<'a>(cells: impl Iterator<Item = &'a str>) -> bool {
    let (mut from, mut some) = (None, false);
    let all = cells.enumerate().all(|(i, cell)| {
        some = true;
        let found = whole(cell).and_then(|n| n.checked_sub(i));
        from = from.or(found);
        found.is_some_and(|f| f < 2 && Some(f) == from)
    });
    some && all
}

/// Whether the first row is a header.
pub fn header(rows: &[Row], dialect: Dialect, notes: &mut Vec<String>) -> bool {
    let Some((first, body)) = rows.split_first() else { return false };
    let cells: Vec<&str> = first.cells.iter().collect();
    let text = |c: &&str| dialect.number(c).is_none();
    if cells.iter().all(text) {
        return true;
    }
    let rest = cells.get(1..).unwrap_or_default();
    let named = cells.first().is_some_and(text);
    if named && (counts(rest.iter().copied()) || cells[0].is_empty() && counts_in_floats(rest)) {
        return true;
    }
    let counted = match named {
        true => floats(rest, 1, body, dialect),
        false => counted(&cells, body, dialect) || floats(&cells, 0, body, dialect),
    };
    if counted {
        notes.push(format!("the first line ({}) was read as column names", few(&cells)));
    }
    counted
}

/// The first three cells, as an excerpt.
fn few(cells: &[&str]) -> String {
    let more = if cells.len() > 3 { ", …" } else { "" };
    printable(format!("{}{more}", cells[..cells.len().min(3)].join(", ")))
}

/// Column names 0, 1, 2 … as written by pandas: above decimal numbers, or where a sample is unlikely to count like
/// this.
fn counted(cells: &[&str], body: &[Row], dialect: Dialect) -> bool {
    let decimal = |c: &str| whole(c).is_none() && dialect.number(c).is_some_and(f64::is_finite);
    if body.is_empty() || !counts(cells.iter().copied()) && !years(cells, body, decimal) {
        return false;
    }
    let others = || body.iter().flat_map(|r| r.cells.iter());
    match (whole(cells[0]), cells.len()) {
        (Some(0), 5..) => true,
        (Some(0), 3..) => others().any(decimal),
        _ => others().all(decimal),
    }
}

/// Whether increasing integers, such as years, head decimal numbers.
fn years(cells: &[&str], body: &[Row], decimal: impl Fn(&str) -> bool) -> bool {
    let numbers: Option<Vec<usize>> = cells.iter().map(|c| whole(c)).collect();
    let grow = |n: &Vec<usize>| n.len() > 2 && n.windows(2).all(|w| w[0] < w[1]);
    body.len() > 1
        && numbers.as_ref().is_some_and(grow)
        && body.iter().flat_map(|r| r.cells.iter()).all(decimal)
}

/// Whether cells count 0.0, 1.0, 2.0 ….
fn counts_in_floats(cells: &[&str]) -> bool {
    let whole = cells.iter().map(|c| c.trim_matches('"').strip_suffix(".0").unwrap_or_default());
    cells.first().is_some_and(|c| c.starts_with('0') || c.starts_with("\"0")) && counts(whole)
}

/// Column names 0.0, 1.0, 2.0 … as written by pandas. A sample may look like this among integers, but hardly among
/// fractions.
fn floats(cells: &[&str], from: usize, body: &[Row], dialect: Dialect) -> bool {
    if cells.len() < 3 || body.len() < 2 || !counts_in_floats(cells) {
        return false;
    }
    let fraction = |c: &str| dialect.number(c).is_some_and(|v| v.is_finite() && v.fract() != 0.0);
    let others = || body.iter().flat_map(|r| r.cells.iter().skip(from));
    let fractions = others().filter(|c| fraction(c)).count();
    match cells.len() {
        5.. => fractions > 0,
        _ => fractions * 10 > others().count() * 9,
    }
}

/// Whether a cell is a name or a date, not a number in another dialect.
fn is_name(cell: &str) -> bool {
    cell.chars().enumerate().any(|(i, c)| c.is_alphabetic() || i > 0 && "-:/_".contains(c))
}

/// Whether cells are row names as written by R below a shorter header: "1", "2" … or texts, all distinct.
fn are_names<'a>(mut cells: impl Iterator<Item = &'a str>, dialect: Dialect) -> bool {
    let mut seen = HashSet::new();
    let number = |c: &str| [dialect, dialect.mirrored()].iter().any(|d| d.number(c).is_some());
    cells.all(|c| (whole(c).is_some() || !number(c)) && seen.insert(c))
}

/// Whether the first column is an index.
pub fn index(
    head: Option<&Row>,
    body: &[Row],
    width: usize,
    dialect: Dialect,
    notes: &mut Vec<String>,
) -> bool {
    let column = || body.iter().filter_map(|r| r.cells.get(0));
    let name = head.and_then(|h| h.cells.get(0)).map(str::to_lowercase);
    let short = head.is_some_and(|h| h.cells.len() + 1 == width) && are_names(column(), dialect);
    let unnamed = name.as_ref().is_some_and(|n| n.is_empty() || n.starts_with("unnamed: "));
    let called = name.as_ref().is_some_and(|n| ["index", "id", "row", "sample"].contains(&n.as_str()));
    let texts = column().all(|c| dialect.number(c).is_none() && is_name(c));
    let plain = head.is_none_or(|h| h.cells.iter().all(|c| whole(c).is_some()));
    let fractions = || body.iter().all(|r| r.cells.iter().skip(1).all(|c| whole(c).is_none()));
    let numbered = body.len() > 2 && counts(column());
    if !(short || unnamed || texts || numbered && (called || plain && fractions())) {
        return false;
    }
    let names: Vec<&str> = column().take(4).collect();
    notes.push(format!("the first column ({}) was read as row names", few(&names)));
    true
}

/// Notes a first line whose number of names differs from the number of columns.
pub fn unlike(head: Option<&Row>, columns: usize, index: usize, notes: &mut Vec<String>) {
    let Some(head) = head else { return };
    let cells: Vec<&str> = head.cells.iter().collect();
    let found = cells.iter().rposition(|c| !c.is_empty()).map_or(0, |i| i + 1);
    if !(columns..=columns + index).contains(&found) {
        let than = if found < columns { "fewer" } else { "more" };
        notes.push(format!(
            "the first line ({}) was read as a heading; it has {than} cells than the {columns} columns",
            few(&cells)
        ));
    }
}
