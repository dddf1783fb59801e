//! `untrained taste`: what a person likes, learned from votes on pairs of pictures.

mod ballots;
mod learn;
mod pictures;

use super::Outcome;

/// Arguments of `taste`.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Learn from votes which of two pictures is preferred, and say how well held-out votes are predicted. A show that
    /// is given the file (`play --taste`) has the signal `taste.score`.
    Learn(learn::Args),
    /// Print how much pictures are liked: the probability that each is preferred to the mean of those voted on, the
    /// highest first.
    Pictures(pictures::Args),
}

/// Learns, or scores.
pub fn run(args: &Args) -> Outcome {
    match &args.what {
        What::Learn(args) => learn::run(args),
        What::Pictures(args) => pictures::run(args),
    }
}
