//! `untrained style`: pictures in the style of another, as a judge sees style.

mod apply;
mod pictures;
mod still;
#[cfg(feature = "judge")]
mod train;

use super::Outcome;

/// Arguments of `style`.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Paint the content of one picture in the style of another, by descent (Gatys et al. 2015).
    Still(still::Args),
    /// Train a network that paints whatever it is shown in one style, in a single pass (Johnson et al. 2016).
    #[cfg(feature = "judge")]
    Train(train::Args),
    /// Paint pictures with such a network.
    Apply(apply::Args),
}

/// Paints, or learns to.
pub fn run(args: &Args) -> Outcome {
    match &args.what {
        What::Still(args) => still::run(args),
        #[cfg(feature = "judge")]
        What::Train(args) => train::run(args),
        What::Apply(args) => apply::run(args),
    }
}
