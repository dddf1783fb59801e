//! What came of all cases.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::case::{CaseResult, Status};
use crate::check::Check;

/// What came of all cases.
pub struct Report {
    /// Families, in the order of the catalogue.
    pub families: Vec<FamilyReport>,
    /// Folders that no family is at home in.
    pub others: Vec<String>,
}

/// What came of the cases of a family.
pub struct FamilyReport {
    /// The family.
    pub name: &'static str,
    /// Its folder.
    pub folder: String,
    /// Its cases, in the order of its files.
    pub cases: Vec<CaseResult>,
}

impl FamilyReport {
    /// One without cases.
    pub fn new(name: &'static str, folder: &str) -> Self {
        Self { name, folder: folder.into(), cases: Vec::new() }
    }

    /// How many cases ended so.
    pub fn count(&self, status: Status) -> usize {
        self.cases.iter().filter(|c| c.status() == status).count()
    }

    /// How many failed, mistakes in files included.
    pub fn failed(&self) -> usize {
        self.count(Status::Failed) + self.count(Status::Mistake)
    }

    /// The comparison nearest to its tolerance or farthest beyond, and its case.
    pub fn worst(&self) -> Option<(&CaseResult, &Check)> {
        let all = self.cases.iter().filter_map(|c| Some((c, c.worst()?)));
        all.reduce(|worst, c| if c.1.strain() > worst.1.strain() { c } else { worst })
    }

    /// Seconds of all cases together.
    pub fn seconds(&self) -> f64 {
        self.cases.iter().map(|c| c.seconds).sum()
    }

    /// Why cases are not covered, and how many for each reason.
    pub fn not_covered(&self) -> BTreeMap<String, usize> {
        let mut all = BTreeMap::new();
        for case in self.cases.iter().filter(|c| c.status() == Status::NotCovered) {
            let why = case.answer.as_ref().err().map_or(String::new(), ToString::to_string);
            *all.entry(why).or_insert(0) += 1;
        }
        all
    }

    fn json(&self) -> Value {
        let case = |c: &CaseResult| {
            json!({
                "name": c.name,
                "status": c.status(),
                "reason": c.answer.as_ref().err().map(ToString::to_string),
                "deviation": c.worst().map(|w| w.deviation),
                "tolerance": c.worst().map(|w| w.tolerance),
                "seconds": c.seconds,
                "checks": c.answer.as_ref().ok(),
            })
        };
        let worst = |(case, check): (&CaseResult, &Check)| json!({"case": case.name, "check": check});
        json!({
            "family": self.name,
            "folder": self.folder,
            "cases": self.cases.len(),
            "passed": self.count(Status::Passed),
            "failed": self.failed(),
            "not_covered": self.count(Status::NotCovered),
            "worst": self.worst().map(worst),
            "seconds": self.seconds(),
            "results": self.cases.iter().map(case).collect::<Vec<_>>(),
        })
    }
}

impl Report {
    /// How many cases there are.
    pub fn cases(&self) -> usize {
        self.families.iter().map(|f| f.cases.len()).sum()
    }

    /// How many passed.
    pub fn passed(&self) -> usize {
        self.families.iter().map(|f| f.count(Status::Passed)).sum()
    }

    /// How many failed, mistakes in files included.
    pub fn failed(&self) -> usize {
        self.families.iter().map(FamilyReport::failed).sum()
    }

    /// All of it, with every case; values that are not finite are `null`.
    pub fn json(&self) -> Value {
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "passed": self.failed() == 0 && self.passed() > 0,
            "families": self.families.iter().map(FamilyReport::json).collect::<Vec<_>>(),
            "folders_not_covered": self.others,
        })
    }
}
