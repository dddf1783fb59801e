//! Tables: the outcome of every state for both chiralities, and what it conserves.

use std::collections::BTreeSet;

use systems::gas::lattice_gas::circuit::collide;
use systems::gas::lattice_gas::model::Model;

use crate::case::Job;
use crate::check::Check;
use crate::fault::Fault;
use crate::folder::Folder;
use crate::sheet::{Row, Sheet};

const COLUMNS: [&str; 6] = ["in", "out_chirality0", "out_chirality1", "mass", "p_e0", "p_e1"];

/// A state, and the numbers of the table for it.
struct Entry {
    line: u64,
    state: u8,
    given: [i64; 5],
}

/// The cases of a table: itself, and each mistake in it.
pub fn jobs(folder: &Folder, file: &'static str, model: Model) -> Vec<Job> {
    let read = || -> Result<Sheet, Fault> {
        let sheet = Sheet::parse(&folder.shown(file), &folder.text(file)?)?;
        sheet.needs(&COLUMNS)?;
        Ok(sheet)
    };
    let sheet = match read() {
        Ok(sheet) => sheet,
        Err(fault) => return vec![Job::answered(file, Err(fault))],
    };
    let (mut entries, mut jobs, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for row in sheet.rows() {
        match entry(&row, model) {
            Ok(entry) => {
                seen.insert(entry.state);
                entries.push(entry);
            }
            Err(fault) => jobs.push(Job::answered(format!("{file}, line {}", row.line), Err(fault))),
        }
    }
    let states = 1 << model.planes();
    // A line with a mistake is told already.
    if seen.len() < states && jobs.is_empty() {
        let message = format!("expected all {states} states in the column `in`, found {}", seen.len());
        jobs.push(Job::answered(format!("{file}, states"), Err(Fault::file(&folder.shown(file), message))));
    }
    jobs.insert(0, Job::one(file, move || Ok(checks(&entries, model))));
    jobs
}

fn entry(row: &Row, model: Model) -> Result<Entry, Fault> {
    row.whole_row()?;
    let last = (1u8 << model.planes()) - 1;
    let state = row.whole("in", 0..=last)?;
    let number = |column: &str, most: i64| row.whole(column, -most..=most);
    let out = |column: &str| row.whole(column, 0..=i64::from(last));
    let given = [
        out(COLUMNS[1])?,
        out(COLUMNS[2])?,
        number("mass", 100)?,
        number("p_e0", 100)?,
        number("p_e1", 100)?,
    ];
    Ok(Entry { line: row.line, state, given })
}

/// What this program has for a state, in the order of the columns.
fn own(model: Model, state: u8) -> [i64; 5] {
    let held = (0..model.planes()).filter(|p| state >> p & 1 == 1).map(|p| model.whole_momenta()[p]);
    let [p0, p1] = held.fold([0, 0], |sum, m| [sum[0] + m[0], sum[1] + m[1]]);
    let out = |chirality| i64::from(collide(model, state, chirality));
    [out(false), out(true), i64::from(state.count_ones()), p0, p1]
}

fn checks(entries: &[Entry], model: Model) -> Vec<Check> {
    let column = |(k, name): (usize, &&str)| {
        let wrong: Vec<&Entry> = entries.iter().filter(|e| own(model, e.state)[k] != e.given[k]).collect();
        let first = wrong.first().map_or(String::new(), |e| format!(", first in line {}", e.line));
        Check::none_differ(format!("entries of {name}{first}"), wrong.len(), entries.len())
    };
    COLUMNS[1..].iter().enumerate().map(column).collect()
}
