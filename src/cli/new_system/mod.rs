//! `untrained new-system NAME`: a working system, its line in the catalogue, and a scene that shows it.

mod names;
#[cfg(test)]
mod tests;
mod tree;

use std::path::{Path, PathBuf};

use super::{Failure, Outcome};
use crate::world::frame::write_atomic;

/// Arguments of `new-system`.
#[derive(clap::Args)]
pub struct Args {
    /// Its name in scene files: lower-case letters, digits and _, such as frost.
    name: String,
    /// Its family, a folder of `src/systems`.
    #[arg(long, value_name = "FAMILY", default_value = "reaction")]
    family: String,
    /// The source tree of untrained.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    dir: PathBuf,
}

/// The template, with its own name and family; the tests compile it and hold it to the promises.
const SYSTEM: &str = include_str!("sprout.rs");
const SCENE: &str = include_str!("sprout.toml");

/// A file to write: its path in the tree, its text, and a description.
struct Piece {
    place: String,
    text: String,
    about: &'static str,
}

/// Writes all files, or none if one of them cannot be written.
pub fn run(args: &Args) -> Outcome {
    let pieces = pieces(args)?;
    let mut undo: Vec<(PathBuf, Option<Vec<u8>>)> = Vec::new();
    for piece in &pieces {
        let path = args.dir.join(&piece.place);
        let before = std::fs::read(&path).ok();
        if let Err(e) = write_atomic(&path, piece.text.as_bytes()) {
            undo.into_iter().for_each(|(path, before)| restore(&path, before));
            return Err(Failure::failed(format!("cannot write {}: {e}", path.display())));
        }
        undo.push((path, before));
    }
    print_summary(args, &pieces);
    Ok(())
}

fn restore(path: &Path, before: Option<Vec<u8>>) {
    // What cannot be undone stays as it is; the failure that led here is reported.
    let _ = match before {
        Some(bytes) => write_atomic(path, &bytes).is_ok(),
        None => std::fs::remove_file(path).is_ok(),
    };
}

/// The files to write, once everything has been checked.
fn pieces(args: &Args) -> Result<Vec<Piece>, Failure> {
    let (name, family) = (&args.name, &args.family);
    let tree = tree::Tree::open(&args.dir)?;
    names::check(name, SYSTEM).map_err(Failure::input)?;
    tree.check(name, family)?;
    let kind = names::camel(name);
    let title = names::title(name);
    let system = names::filled(SYSTEM, &[("Sprout", &kind), ("sprout", name), ("nursery", family)]);
    let scene = names::filled(SCENE, &[("Sprout", &title), ("sprout", name)]);
    let piece = |place: String, text: String, about| Piece { place, text, about };
    Ok(vec![
        piece(format!("src/systems/{family}/{name}.rs"), system, "the system: its rule is `react`"),
        piece(format!("scenes/{name}.toml"), scene, "a scene that shows it"),
        piece(format!("src/systems/{family}/mod.rs"), tree.with_module(name, family)?, "names its module"),
        piece("src/systems/lib.rs".into(), tree.with_line(name, family, &kind)?, "its line in the catalogue"),
    ])
}

fn print_summary(args: &Args, pieces: &[Piece]) {
    let widest = pieces.iter().map(|p| p.place.len()).max().unwrap_or(0);
    pieces.iter().for_each(|p| println!("{:<widest$}  {}", p.place, p.about));
    let name = &args.name;
    println!(
        "\nTry it:          cargo test --release -p untrained-systems {name}\n\
         \x20                cargo run --release -- play scenes/{name}.toml     (reloads when saved)\n\
         Before a commit: script/pictures {name},\n\
         \x20                UNTRAINED_MINT=1 cargo test --release --test suite -- golden generated_documents\n\
         Then CONTRIBUTING.md, \"A system\"."
    );
}
