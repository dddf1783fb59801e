//! Copies of the reference folder, and runs over them.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::case::{CaseResult, Status};
use crate::family::Effort;
use crate::report::Report;
use crate::run::run;
use crate::search::search;
use crate::selection::Selection;

/// The reference folder, if it is there.
pub fn reference() -> Option<PathBuf> {
    Some(crate::skip::shared()?.join("reference"))
}

/// So little work that only small patterns are run.
pub const LITTLE: Effort = Effort { cell_generations: 2e8 };

/// A copy of a family's folder that may be written to, without patterns that are large.
pub fn copy(family: &str) -> Option<TempDir> {
    fn files(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap().map(|e| e.unwrap()) {
            let (path, into) = (entry.path(), to.join(entry.file_name()));
            match path.is_dir() {
                true => files(&path, &into),
                false => fs::write(into, fs::read(&path).unwrap()).unwrap(),
            }
        }
    }
    let from = reference()?.join(family);
    let dir = tempfile::tempdir().unwrap();
    files(&from, &dir.path().join(family));
    Some(dir)
}

/// Runs the cases of a folder whose names have this part.
pub fn report(dir: &Path, case: &str, threads: usize) -> Report {
    let cases = if case.is_empty() { Vec::new() } else { vec![case.into()] };
    let selection = Selection { families: Vec::new(), cases };
    run(&search(dir).unwrap(), &selection, LITTLE, threads, &|_| ())
}

/// The same, as a list of results.
pub fn results(dir: &Path, case: &str) -> Vec<CaseResult> {
    report(dir, case, 2).families.into_iter().flat_map(|f| f.cases).collect()
}

/// Names of cases that failed, with what is told of them.
pub fn failed(results: &[CaseResult]) -> Vec<String> {
    let wrong = |r: &&CaseResult| matches!(r.status(), Status::Failed | Status::Mistake);
    let told = |r: &CaseResult| match &r.answer {
        Ok(_) => format!("{}: {}", r.name, r.worst().map_or("", |c| &c.what)),
        Err(fault) => format!("{}: {fault}", r.name),
    };
    results.iter().filter(wrong).map(told).collect()
}
