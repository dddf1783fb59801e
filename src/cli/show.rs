//! `untrained show FILE.png`.

use std::path::PathBuf;

use super::{Failure, Outcome};
use crate::world::frame::{Provenance, read_provenance};

/// Arguments of `show`.
#[derive(clap::Args)]
pub struct Args {
    /// A picture that untrained saved.
    file: PathBuf,
}

/// Prints where a picture comes from.
pub fn run(args: &Args) -> Outcome {
    let from = read_provenance(&args.file).map_err(Failure::input)?;
    print!("{}", text(&from));
    Ok(())
}

/// One line a fact; knobs one a line.
fn text(from: &Provenance) -> String {
    let knobs = match from.knobs.as_str() {
        "" => "as the scene has them".into(),
        knobs => knobs.split_whitespace().collect::<Vec<_>>().join("\n         "),
    };
    format!(
        "scene    {}\nhash     {:016x}\nseed     {}\ntick     {}\nsize     {}×{}\nversion  {}\nknobs    {knobs}\n",
        from.scene, from.scene_hash, from.seed, from.tick, from.width, from.height, from.version
    )
}
