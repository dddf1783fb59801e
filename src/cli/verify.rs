//! `untrained verify DIR`: re-runs the cases of a folder of reference values.

#![expect(clippy::disallowed_methods, reason = "digits to show")]

use std::path::PathBuf;

use super::{Failure, Outcome};
use crate::verify::CATALOGUE;
use crate::verify::case::{CaseResult, Status};
use crate::verify::check::{Check, Scale};
use crate::verify::family::Effort;
use crate::verify::report::{FamilyReport, Report};
use crate::verify::run::{Progress, run as run_cases};
use crate::verify::search::{Found, search};
use crate::verify::selection::Selection;
use crate::world::scene::problem::suggest;

/// Failed cases of a family that are told; all are in the JSON.
const TOLD: usize = 20;

/// Arguments of `verify`.
#[derive(clap::Args)]
pub struct Args {
    /// Folder of reference values: one family's, or several of these. A family's folder has its name, or one of its
    /// files.
    #[arg(value_name = "DIR", required_unless_present = "list")]
    pub folder: Option<PathBuf>,
    /// Run this family only. May be given several times.
    #[arg(long, value_name = "FAMILY")]
    pub only: Vec<String>,
    /// Run cases whose name has this part, or is of this pattern (`*` for anything, `?` for one sign). A name begins with
    /// its family's: hard_discs/g1. May be given several times.
    #[arg(long, value_name = "NAME")]
    pub case: Vec<String>,
    /// Run automata for as long as it takes: a few cases take minutes.
    #[arg(long)]
    pub long: bool,
    /// Print JSON, with every case.
    #[arg(long)]
    pub json: bool,
    /// List the families.
    #[arg(long)]
    pub list: bool,
}

/// Finds the cases, runs them and prints what came of them. A mistake in a file is told, and the rest is run.
///
/// # Errors
/// There is nothing to run (exit code 2), or a case failed or has a mistake in its file (1).
pub fn run(args: &Args) -> Outcome {
    let Some(dir) = args.folder.as_ref().filter(|_| !args.list) else {
        CATALOGUE.iter().for_each(|f| println!("{:<16} {}", f.name(), f.about()));
        return Ok(());
    };
    let found =
        search(dir).map_err(|e| Failure::input(format!("cannot read the folder {}: {e}", dir.display())))?;
    let selection = Selection { families: args.only.clone(), cases: args.case.clone() };
    there_is_something(&dir.display().to_string(), &found, &selection)?;
    let effort = if args.long { Effort::ANY } else { Effort::USUAL };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let bar = bar();
    let show = |at: Progress| {
        bar.set_length(at.total as u64);
        bar.set_message(at.family.to_string());
        bar.set_position(at.done as u64);
    };
    let report = run_cases(&found, &selection, effort, threads, &show);
    bar.finish_and_clear();
    if report.cases() == 0 {
        return Err(Failure::input(format!("no case is called {}", args.case.join(" or "))));
    }
    match args.json {
        true => println!("{}", serde_json::to_string_pretty(&report.json()).unwrap_or_default()),
        false => print(&report),
    }
    outcome(&report)
}

/// Checks that families that are named exist, and that there is one to run.
fn there_is_something(dir: &str, found: &Found, selection: &Selection) -> Outcome {
    let names: Vec<&str> = CATALOGUE.iter().map(|f| f.name()).collect();
    for name in &selection.families {
        if !names.contains(&name.as_str()) {
            return Err(Failure::input(format!("there is no family `{name}`; {}", suggest(name, &names))));
        }
        if !found.families.iter().any(|(f, _)| f.name() == name) {
            return Err(Failure::input(format!("{dir} has no cases of {name}")));
        }
    }
    match found.families.is_empty() {
        true => {
            let names = names.join(", ");
            Err(Failure::input(format!(
                "{dir} has no cases; expected the folder of a family, or of several: {names}"
            )))
        }
        false => Ok(()),
    }
}

fn outcome(report: &Report) -> Outcome {
    match (report.failed(), report.passed()) {
        (0, 0) => Err(Failure::failed("nothing was checked: no case is covered")),
        (0, _) => Ok(()),
        (failed, _) => Err(Failure::failed(format!("{failed} of {} cases failed", report.cases()))),
    }
}

/// Progress through the cases, on a terminal.
fn bar() -> indicatif::ProgressBar {
    let style = indicatif::ProgressStyle::with_template("{bar:30} {pos} of {len}  {msg}");
    indicatif::ProgressBar::new(0)
        .with_style(style.unwrap_or_else(|_| indicatif::ProgressStyle::default_bar()))
}

fn print(report: &Report) {
    println!(
        "{:<16} {:>6} {:>7} {:>7} {:>12}  {:<42} {:>8}",
        "family", "cases", "passed", "failed", "not covered", "worst deviation (largest allowed)", "seconds"
    );
    report.families.iter().for_each(row);
    for family in &report.families {
        failures(family);
    }
    let uncovered: Vec<_> =
        report.families.iter().flat_map(|f| f.not_covered().into_iter().map(|n| (f.name, n))).collect();
    if !uncovered.is_empty() {
        println!("\nnot covered:");
        uncovered.iter().for_each(|(family, (why, n))| println!("{family:<16} {n:>6} {why}"));
    }
    if !report.others.is_empty() {
        println!("\nfolders not covered: {}", report.others.join(", "));
    }
}

fn row(family: &FamilyReport) {
    let name = match family.folder == family.name {
        true => family.name.to_string(),
        false => format!("{} ({})", family.name, family.folder),
    };
    let worst = family.worst().map_or("–".into(), |(_, check)| deviation(check));
    println!(
        "{name:<16} {:>6} {:>7} {:>7} {:>12}  {worst:<42} {:>8.1}",
        family.cases.len(),
        family.count(Status::Passed),
        family.failed(),
        family.count(Status::NotCovered),
        family.seconds()
    );
}

/// A deviation and its tolerance.
fn deviation(check: &Check) -> String {
    let unit = match check.scale {
        Scale::Relative => " relative",
        Scale::Absolute => "",
        Scale::Count => " differ",
    };
    match check.tolerance {
        0.0 if check.deviation == 0.0 => "none".into(),
        0.0 => format!("{}{unit} (none)", number(check.deviation)),
        tolerance => format!("{}{unit} ({})", number(check.deviation), number(tolerance)),
    }
}

fn failures(family: &FamilyReport) {
    let wrong: Vec<&CaseResult> =
        family.cases.iter().filter(|c| matches!(c.status(), Status::Failed | Status::Mistake)).collect();
    if !wrong.is_empty() {
        println!("\n{} failed:", family.name);
    }
    for case in wrong.iter().take(TOLD) {
        match (&case.answer, case.worst()) {
            (Err(fault), _) if case.status() == Status::Mistake => println!("  {fault}"),
            (Err(fault), _) => println!("  {}: {fault}", case.name),
            (Ok(_), Some(check)) => println!("  {}: {}", case.name, told(check)),
            (Ok(_), None) => println!("  {}: nothing was compared", case.name),
        }
    }
    if wrong.len() > TOLD {
        println!("  and {} more (--json has all)", wrong.len() - TOLD);
    }
}

/// A comparison that failed.
fn told(check: &Check) -> String {
    let (found, expected) = (number(check.found), number(check.expected));
    let values = match check.scale {
        Scale::Count => format!("{found} of {expected} agree"),
        // Digits that differ are shown.
        _ if found == expected => format!("found {:?}, given {:?}", check.found, check.expected),
        _ => format!("found {found}, given {expected}"),
    };
    format!("{}: {values}: {}", check.what, deviation(check))
}

/// Five significant digits; whole numbers in full.
fn number(v: f64) -> String {
    match v.abs() {
        0.0 => "0".into(),
        a if a < 1e15 && v.fract() == 0.0 => format!("{v}"),
        a if !(1e-3..1e5).contains(&a) => format!("{v:.1e}"),
        a => {
            let digits = format!("{v:.*}", (4 - a.log10().floor() as i32).clamp(1, 7) as usize);
            digits.trim_end_matches('0').trim_end_matches('.').to_string()
        }
    }
}
