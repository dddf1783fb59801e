//! `untrained check SCENE…`: every problem of every file, with its line.

use std::path::PathBuf;

use super::load::{Source, report};
use super::{Failure, Outcome, watching};
use crate::systems::CATALOGUE;
use crate::world::engine::Engine;
use crate::world::scene::Scene;
use crate::world::scene::problem::suggest;

/// Arguments of `check`.
#[derive(clap::Args)]
pub struct Args {
    /// Scene files, or names of shipped scenes; all shipped ones if none is named.
    scenes: Vec<String>,
    /// Weights of the judge that will watch, if not the shipped one: signals of classes that it does not know are told.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
}

/// What a verdict says beside its classes.
const SCALARS: [&str; 4] = ["confidence", "entropy", "novelty", "unsure"];

/// Checks each scene, brings it to life and steps it once.
pub fn run(args: &Args) -> Outcome {
    let sources = match args.scenes.is_empty() {
        true => Source::all(),
        false => args.scenes.iter().map(|s| Source::find(s)).collect::<Result<_, _>>()?,
    };
    let classes = watching::classes(args.model.as_deref())?;
    let mut failures: Vec<Failure> = Vec::new();
    for source in &sources {
        match check(source, &classes) {
            Ok(lines) => lines.iter().for_each(|line| println!("{line}")),
            Err(failure) => failures.push(failure),
        }
    }
    let last = failures.pop();
    failures.iter().for_each(|f| eprintln!("{:?}", f.report));
    last.map_or(Ok(()), Err)
}

fn check(source: &Source, classes: &[String]) -> Result<Vec<String>, Failure> {
    let scene = source.load(CATALOGUE)?;
    let (name, text) = (source.name(), scene.source.clone());
    let (w, h) = scene.size;
    let counts = (scene.nodes.len(), scene.links.len(), scene.layers.len());
    let mut lines =
        vec![format!("{name}: good ({} nodes, {} links, {} layers, {w}×{h})", counts.0, counts.1, counts.2)];
    lines.extend(strangers(&scene, classes).map(|note| format!("{name}: {note}")));
    let mut engine = Engine::new(scene, None).map_err(|p| report(&name, text, &p))?;
    engine.step(&[]);
    Ok(lines)
}

/// Signals of classes that the judge does not know: they stay 0.
fn strangers(scene: &Scene, classes: &[String]) -> impl Iterator<Item = String> {
    let said = |class: &&str| SCALARS.contains(class) || classes.iter().any(|c| c == class);
    let asked = scene.signals().filter_map(|s| s.strip_prefix("judge.")).filter(|c| !said(c));
    let mut asked: Vec<&str> = if classes.is_empty() { Vec::new() } else { asked.collect() };
    asked.sort();
    asked.dedup();
    let known: Vec<&str> = SCALARS.into_iter().chain(classes.iter().map(String::as_str)).collect();
    let told = |class: &str| {
        format!("the judge never says `judge.{class}`, so it stays 0; {}", suggest(class, &known))
    };
    asked.into_iter().map(told).collect::<Vec<_>>().into_iter()
}
