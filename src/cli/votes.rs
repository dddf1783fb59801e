//! `untrained votes FILE…`: votes of blind comparisons, evaluated, as a page.

use std::path::{Path, PathBuf};

use super::command_line::command_line;
use super::{Failure, Outcome};
use crate::bench::votes::{Summary, page};
use crate::world::frame::write_atomic;
use crate::world::limits;
use crate::world::votes::{Vote, VotesFile};

/// Damaged lines that are printed of each file.
const PRINTED: usize = 5;
/// Largest file of votes, bytes: about a million of them, which take some times as much memory.
const LARGEST: u64 = 1 << 28;

/// Arguments of `votes`.
#[derive(clap::Args)]
pub struct Args {
    /// Files of `untrained play --versus … --blind`.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The page.
    #[arg(long, value_name = "FILE", default_value = "votes.html")]
    out: PathBuf,
    /// Write the figures as JSON, too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Evaluates the votes and writes the page.
///
/// # Errors
/// A file cannot be read or would be overwritten, or none holds a vote (code 2); the page cannot be written (code 1).
pub fn run(args: &Args) -> Outcome {
    keep(args)?;
    let (mut votes, mut notes): (Vec<Vote>, Vec<String>) = (Vec::new(), Vec::new());
    for path in &args.files {
        let bytes = limits::read(path, LARGEST)
            .map_err(|e| Failure::input(format!("cannot read the votes {}: {e}", path.display())))?;
        let file = VotesFile::parse(&bytes);
        for damaged in file.damaged.iter().take(PRINTED) {
            eprintln!("{}:{}: no vote: {}", path.display(), damaged.line, damaged.why);
        }
        if let Some(first) = file.damaged.first() {
            let n = file.damages;
            let lines = if n == 1 { "1 line is".into() } else { format!("{n} lines are") };
            notes.push(format!(
                "{}: {lines} damaged and not counted, the first is {}",
                path.display(),
                first.line
            ));
        }
        votes.extend(file.votes);
    }
    if votes.is_empty() {
        let names: Vec<String> = args.files.iter().map(|f| f.display().to_string()).collect();
        return Err(Failure::input(format!("there is no vote in {}", names.join(", "))));
    }
    let summary = Summary::of(&votes);
    let put = |path: &PathBuf, text: String| write_atomic(path, text.as_bytes()).map_err(Failure::failed);
    if let Some(path) = &args.json {
        put(path, serde_json::to_string_pretty(&summary.json()).map_err(Failure::failed)? + "\n")?;
    }
    put(&args.out, page(&summary, &notes, &command_line()))?;
    notes.iter().for_each(|note| println!("{note}"));
    println!("{}", summary.verdict());
    println!("{}", args.out.display());
    Ok(())
}

/// Votes cannot be cast again: what is written replaces none of the files.
fn keep(args: &Args) -> Outcome {
    let same = |a: &Path, b: &Path| {
        a == b || a.canonicalize().ok().zip(b.canonicalize().ok()).is_some_and(|(a, b)| a == b)
    };
    let written = [("--out", Some(&args.out)), ("--json", args.json.as_ref())];
    for (option, path) in written.into_iter().filter_map(|(option, path)| Some((option, path?))) {
        if args.files.iter().any(|file| same(file, path)) {
            let path = path.display();
            return Err(Failure::input(format!(
                "{option}: expected another file than those of the votes, found {path}"
            )));
        }
    }
    match &args.json {
        Some(json) if same(json, &args.out) => {
            Err(Failure::input(format!("--json: expected another file than --out, found {}", json.display())))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::votes::{VERSION, VoteSide, VotedGenerator, Voter};

    fn line(round: u64) -> String {
        let generator = |name: &str| VotedGenerator { name: name.into(), hash: "0".repeat(16) };
        let (ruled, vote) = (VoteSide::Left, VoteSide::Left);
        let (rule, rival, voter) = (generator("ink"), generator("vae"), Voter::Local);
        let vote =
            Vote { version: VERSION, show: 1, round, seed: 2, ruled, vote, voter, seconds: 1.0, rule, rival };
        vote.line().unwrap()
    }

    #[test]
    fn files_are_joined_and_damaged_lines_are_named_on_the_page() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("a.jsonl"), format!("{}{}", line(1), line(2))).unwrap();
        std::fs::write(at("b.jsonl"), format!("{}torn\n{}", line(1), line(2))).unwrap();
        let files = vec![at("a.jsonl"), at("b.jsonl")];
        let args = Args { files, out: at("v.html"), json: Some(at("v.json")) };
        run(&args).unwrap();
        let page = std::fs::read_to_string(&args.out).unwrap();
        assert!(
            page.contains("4 votes of 1 voter")
                && page.contains("1 line is damaged and not counted, the first is 2")
        );
        let json: serde_json::Value = serde_json::from_slice(&std::fs::read(at("v.json")).unwrap()).unwrap();
        assert_eq!(json["all"]["correct"], 4);
        assert!((json["all"]["p"].as_f64().unwrap() - 0.125).abs() < 1e-9);
    }

    #[test]
    fn files_without_votes_are_rejected() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.jsonl");
        std::fs::write(&file, "no vote\n").unwrap();
        let of = |file: PathBuf| {
            let out = folder.path().join("v.html");
            let failure = run(&Args { files: vec![file], out, json: None }).unwrap_err();
            (failure.code, failure.report.to_string())
        };
        let (code, text) = of(file);
        assert!(code == 2 && text.contains("there is no vote in") && text.contains("a.jsonl"), "{text}");
        let (code, text) = of(folder.path().join("gone.jsonl"));
        assert!(code == 2 && text.contains("gone.jsonl"), "{text}");
        assert!(!folder.path().join("v.html").exists());
    }

    #[test]
    fn no_file_of_votes_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("a.jsonl"), line(1)).unwrap();
        let detour = folder.path().join(".").join("a.jsonl");
        for (out, json, expected) in [
            (at("a.jsonl"), None, "--out: expected another file"),
            (detour, None, "--out: expected another file"),
            (at("v.html"), Some(at("a.jsonl")), "--json: expected another file"),
            (at("v.html"), Some(at("v.html")), "--json: expected another file than --out"),
        ] {
            let failure = run(&Args { files: vec![at("a.jsonl")], out, json }).unwrap_err();
            assert!(failure.code == 2 && failure.report.to_string().contains(expected), "{}", failure.report);
        }
        assert_eq!(std::fs::read_to_string(at("a.jsonl")).unwrap(), line(1));
        assert!(!at("v.html").exists());
    }
}
