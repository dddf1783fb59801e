//! `untrained check SCENE…`: every problem of every file, with its line.

use super::load::Source;
use super::{Failure, Outcome};
use crate::world::engine::Engine;

/// Arguments of `check`.
#[derive(clap::Args)]
pub struct Args {
    /// Scene files, or names of shipped scenes; all shipped ones if none is named.
    scenes: Vec<String>,
}

/// Checks each scene, brings it to life and steps it once.
pub fn run(args: &Args) -> Outcome {
    let sources = match args.scenes.is_empty() {
        true => Source::all(),
        false => args.scenes.iter().map(|s| Source::find(s)).collect::<Result<_, _>>()?,
    };
    let mut failures: Vec<Failure> = Vec::new();
    for source in &sources {
        match check(source) {
            Ok(line) => println!("{line}"),
            Err(failure) => failures.push(failure),
        }
    }
    let last = failures.pop();
    failures.iter().for_each(|f| eprintln!("{:?}", f.report));
    last.map_or(Ok(()), Err)
}

fn check(source: &Source) -> Result<String, Failure> {
    let scene = source.load()?;
    let text = scene.source.clone();
    let line = format!(
        "{}: good ({} nodes, {} links, {} layers, {}×{})",
        source.name(),
        scene.nodes.len(),
        scene.links.len(),
        scene.layers.len(),
        scene.size.0,
        scene.size.1
    );
    let mut engine = Engine::new(scene, None).map_err(|p| super::load::report(&source.name(), text, &p))?;
    engine.step(&[]);
    Ok(line)
}
