//! `untrained score`: scores of pictures, learned from a table.

mod learn;
mod pictures;

use super::Outcome;

/// Arguments of `score`.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Learn to score pictures from a table of files and scores, such as how beautiful people find them.
    Learn(learn::Args),
    /// Print the scores of pictures, the highest first.
    Pictures(pictures::Args),
}

/// Learns, or scores.
pub fn run(args: &Args) -> Outcome {
    match &args.what {
        What::Learn(args) => learn::run(args),
        What::Pictures(args) => pictures::run(args),
    }
}
