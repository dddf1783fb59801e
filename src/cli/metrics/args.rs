//! Arguments of `metrics`.

use std::path::PathBuf;

use crate::bench::metrics::neighbours::NEIGHBOURS;
use crate::cli::reading::Measured;

/// Arguments of `metrics`.
#[derive(clap::Args)]
pub struct Args {
    /// Reference set: features in a .csv, .npy or .npz file (rows = samples; of several arrays FILE.npz?array=NAME), a
    /// folder of frames, images or IDX files, an array of pictures, the mean and covariance of features (`mu` and
    /// `sigma` in a .npz, for frechet), or a clip of a gas: a .npy file of shape (frames, 3, height, width) with
    /// density and velocity, as `render --fields` writes it.
    #[arg(long, value_name = "SET", required_unless_present = "list")]
    pub reference: Option<PathBuf>,
    /// Candidate set.
    #[arg(long, value_name = "SET", required_unless_present = "list")]
    pub candidate: Option<PathBuf>,
    /// Held-out samples that the candidate's generator never saw, for `memorisation`, where the reference is its
    /// training set.
    #[arg(long, value_name = "SET")]
    pub held_out: Option<PathBuf>,
    /// A metric; all applicable ones if not given. May be given several times.
    #[arg(long, value_name = "NAME")]
    pub metric: Vec<String>,
    /// Feature extractor for pictures: judge (the shipped one), pixels, or a file of weights.
    #[arg(long, default_value = "judge", value_name = "EYE")]
    pub features: String,
    /// k of the k-nearest-neighbour manifolds, for precision, recall, density and coverage.
    #[arg(long, default_value_t = NEIGHBOURS, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=1000))]
    pub k: usize,
    /// Bins of each feature's histogram, for kl and js.
    #[arg(long, default_value_t = 32, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(2..=10000))]
    pub bins: usize,
    /// Directions for the sliced distance instead of random ones: a .csv or .npy file, one unit vector per row.
    #[arg(long, value_name = "FILE")]
    pub projections: Option<PathBuf>,
    /// Use this many samples of each set, drawn with the seed.
    #[arg(long, value_name = "N", value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    pub samples: Option<usize>,
    /// Random seed.
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Print values without 95 % intervals, which take most of the time of some metrics.
    #[arg(long)]
    pub no_interval: bool,
    /// Compare sets of unequal size. Most metrics depend on the sample size.
    #[arg(long)]
    pub unequal: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// List the metrics.
    #[arg(long)]
    pub list: bool,
    #[command(flatten)]
    pub measured: Measured,
}
