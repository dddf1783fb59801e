//! `untrained answer`: answers to questions on pictures, learned from pairs.

mod ask;
mod learn;

use super::Outcome;

/// Arguments of `answer`.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Learn to answer questions on pictures, beside two baselines that see no picture.
    Learn(learn::Args),
    /// Answer questions on a picture.
    Ask(ask::Args),
}

/// Learns, or answers.
pub fn run(args: &Args) -> Outcome {
    match &args.what {
        What::Learn(args) => learn::run(args),
        What::Ask(args) => ask::run(args),
    }
}
