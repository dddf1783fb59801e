//! `untrained systems [NAME]`.

use super::{Failure, Outcome};
use crate::systems::{CATALOGUE, find};

/// Arguments of `systems`.
#[derive(clap::Args)]
pub struct Args {
    /// Name of a system.
    name: Option<String>,
}

/// Prints the catalogue or one entry.
pub fn run(args: &Args) -> Outcome {
    let Some(name) = &args.name else {
        CATALOGUE.iter().for_each(|k| println!("{:<12} {:<9} {}", k.name, k.family, k.about));
        return Ok(());
    };
    let names = || CATALOGUE.iter().map(|k| k.name).collect::<Vec<_>>().join(", ");
    let kind = find(name)
        .ok_or_else(|| Failure::input(format!("there is no system `{name}`; there is {}", names())))?;
    println!("{} ({})\n{}", kind.name, kind.family, kind.about);
    Ok(())
}
