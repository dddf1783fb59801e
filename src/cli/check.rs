//! `untrained check SCENE…`: every problem of every file, with its line; classes that its judge does not have; costly
//! wires.

use std::path::PathBuf;

use super::load::{SceneSource, report};
use super::wire_costs;
use super::{Failure, Outcome, watching};
use crate::CATALOGUE;
use crate::show::source::Survey;
use crate::world::engine::Engine;
use crate::world::scene::Scene;
use crate::world::scene::problem::{lines_of, suggest};

/// Arguments of `check`.
#[derive(clap::Args)]
pub struct Args {
    /// Scene files, or names of shipped scenes; all shipped ones if none is named.
    scenes: Vec<String>,
    /// Weights of the judge that will watch, if not the shipped one; signals of classes that it does not have are
    /// reported.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
}

/// Signals of a verdict besides its classes.
const SCALARS: [&str; 4] = ["confidence", "entropy", "novelty", "unsure"];

/// Checks each scene, instantiates it and steps it once.
pub fn run(args: &Args) -> Outcome {
    let sources = match args.scenes.is_empty() {
        true => SceneSource::all(),
        false => args.scenes.iter().map(|s| SceneSource::find(s)).collect::<Result<_, _>>()?,
    };
    let classes = watching::classes(args.model.as_deref())?;
    let mut failures: Vec<Failure> = Vec::new();
    for source in &sources {
        let mut lines = Vec::new();
        failures.extend(check(source, &classes, &mut lines).err());
        lines.iter().for_each(|line| println!("{line}"));
    }
    let last = failures.pop();
    failures.iter().for_each(|f| eprintln!("{:?}", f.report));
    last.map_or(Ok(()), Err)
}

/// Adds what is to be reported about a scene to `lines`, whether it can be played or not.
fn check(source: &SceneSource, classes: &[String], lines: &mut Vec<String>) -> Outcome {
    let Survey { text, scene, problems } = source.survey(CATALOGUE)?;
    let name = source.name();
    let notes = scene.iter().flat_map(|s| unknown_classes(s, classes));
    let title = source.title();
    let notes: Vec<String> = notes.map(|(line, note)| format!("{title}:{line}: {note}")).collect();
    let Some(scene) = scene.filter(|_| problems.is_empty()) else {
        lines.extend(notes);
        return Err(report(&source.title(), text, &problems));
    };
    let good = format!("{name}: good ({})", inventory(&scene));
    let made = Engine::new(scene, None).map_err(|p| report(&source.title(), text, &p));
    lines.extend(made.is_ok().then_some(good));
    lines.extend(notes);
    let mut engine = made?;
    engine.step(&[]);
    lines.extend(wire_costs::wires(&engine).iter().map(|wire| format!("{name}: {wire}")));
    Ok(())
}

fn inventory(scene: &Scene) -> String {
    let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let ((w, h), poster) = (scene.size, scene.poster.map(|s| format!(", shown best at {s} s")));
    format!(
        "{}, {}, {}, {w}×{h}{}",
        count(scene.nodes.len(), "node"),
        count(scene.links.len(), "link"),
        count(scene.layers.len(), "layer"),
        poster.unwrap_or_default()
    )
}

/// Signals of classes that the judge does not have, which stay 0, with the line of each.
fn unknown_classes(scene: &Scene, classes: &[String]) -> Vec<(usize, String)> {
    let said = |class: &&str| SCALARS.contains(class) || classes.iter().any(|c| c == class);
    let asked = scene.signals().filter_map(|s| s.strip_prefix("judge.")).filter(|c| !said(c));
    let mut asked: Vec<&str> = if classes.is_empty() { Vec::new() } else { asked.collect() };
    asked.sort();
    asked.dedup();
    let known: Vec<&str> = SCALARS.into_iter().chain(classes.iter().map(String::as_str)).collect();
    let notes = |class: &str| {
        let note = format!(
            "the judge has no class `{class}`, so `judge.{class}` stays 0; {}",
            suggest(class, &known)
        );
        lines_of(&scene.source, &format!("judge.{class}")).into_iter().map(move |line| (line, note.clone()))
    };
    let mut all: Vec<(usize, String)> = asked.into_iter().flat_map(notes).collect();
    all.sort();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "size = [64, 36]\nposter = 1.5\n[node.a]\nsystem = \"noise\"\n";
    const REST: &str = "[[link]]\nfrom = \"judge.lifee\"\nto = \"a.speed\"\n[[link]]\nfrom = \"judge.life\"\nto = \"a.scale\"\n\
         [[link]]\nfrom = \"judge.novelty\"\nto = \"a.gain\"\n\
         [voice.v]\nkind = \"intervals\"\nread = [\"judge.fire\",\n  \"judge.lifee\"]\n\
         [[layer]]\nshow = \"a.value\"\n";

    fn check_text(text: String, classes: &[&str]) -> (Vec<String>, Option<Failure>) {
        let classes: Vec<String> = classes.iter().map(|c| c.to_string()).collect();
        let mut lines = Vec::new();
        let failure = check(&SceneSource::Generated("s".into(), text), &classes, &mut lines).err();
        (lines, failure)
    }

    #[test]
    fn a_world_that_cannot_be_made_is_not_called_good() {
        let large = "size = [64, 36]\n[node.a]\nsystem = \"smoke\"\nsize = [16384, 16384]\n[[layer]]\nshow = \"a.fire\"\n";
        let (lines, failure) = check_text(large.to_string(), &[]);
        assert_eq!(lines, Vec::<String>::new());
        assert!(format!("{:?}", failure.expect("too many cells").report).contains("cells are too many"));
    }

    #[test]
    fn unknown_classes_are_reported_at_each_line_that_reads_them() {
        let (lines, failure) = check_text(HEAD.to_string() + REST, &["life", "gas"]);
        assert!(failure.is_none());
        assert_eq!(lines[0], "s: good (1 node, 3 links, 1 layer, 64×36, shown best at 1.5 s)");
        let never = |line: usize, class: &str, hint: &str| {
            format!("s.toml:{line}: the judge has no class `{class}`, so `judge.{class}` stays 0; {hint}")
        };
        let near = "did you mean `life`? (also available: confidence, entropy, novelty, unsure, gas)";
        let all = "available: confidence, entropy, novelty, unsure, life, gas";
        assert_eq!(lines[1..], [never(6, "lifee", near), never(16, "fire", all), never(17, "lifee", near)]);
        let (lines, _) = check_text(HEAD.to_string() + REST, &[]);
        assert_eq!(lines.len(), 1, "without a judge there is nothing to report");
    }

    #[test]
    fn they_are_reported_for_a_scene_with_problems_too_and_the_problems_are_a_failure() {
        let (lines, failure) = check_text(HEAD.replace("noise", "noyse") + REST, &["life"]);
        assert_eq!(lines.len(), 3, "{lines:?}");
        let failure = failure.unwrap();
        let report = failure.report.to_string();
        assert!(failure.code == 2 && report.starts_with("1 problem in s.toml"), "{report}");
        assert!(report.contains("s.toml:4: there is no system `noyse`; did you mean `noise`?"), "{report}");
    }
}
