//! `untrained systems [NAME]`.

use super::{Failure, Outcome, manual};
use crate::systems::{CATALOGUE, find};
use crate::world::scene::problem::suggest;

/// Arguments of `systems`.
#[derive(clap::Args)]
pub struct Args {
    /// Name of a system.
    name: Option<String>,
    /// Print the whole manual as Markdown.
    #[arg(long)]
    manual: bool,
}

/// Prints the catalogue, the manual, or one entry.
pub fn run(args: &Args) -> Outcome {
    let Some(name) = &args.name else {
        match args.manual {
            true => print!("{}", manual::systems()),
            false => CATALOGUE.iter().for_each(|k| println!("{:<12} {:<9} {}", k.name, k.family, k.about)),
        }
        return Ok(());
    };
    let names: Vec<&str> = CATALOGUE.iter().map(|k| k.name).collect();
    let kind = find(name)
        .ok_or_else(|| Failure::input(format!("there is no system `{name}`; {}", suggest(name, &names))))?;
    print!("{}", manual::system(kind));
    Ok(())
}
