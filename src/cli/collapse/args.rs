//! Arguments of `collapse`.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;

use crate::cli::learn::world_args::WorldArgs;
use crate::cli::reading::ReadOverrides;
use crate::learn::methods;

/// The control unless another is named: small, since it runs once per generation.
const CONTROL: &str = "ink?canvas=64x36,cells=64x36,warm-up=60..120";

/// Arguments of `collapse`.
#[derive(clap::Args)]
pub struct Args {
    /// Methods to train recursively on their own output (see `untrained learn list`): generators of pictures with
    /// --data, or learned worlds (`step`, `refine`) with --world. Without any, only the single Gaussian, which is part of
    /// every experiment.
    #[arg(value_parser = PossibleValuesParser::new(methods::names().chain(WORLDS)))]
    pub methods: Vec<String>,
    /// Training pictures of the first generation: frames, an image folder or IDX files.
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// Output folder. Generations that are finished there are not run again; one of other data or settings is refused
    /// (`experiment.json` there has them). Several processes may work in one folder: each run belongs to one of them,
    /// and the page has those of all.
    #[arg(long, default_value = "collapse")]
    pub out: PathBuf,
    /// Number of generations.
    #[arg(long, default_value_t = 20)]
    pub generations: usize,
    /// Training pictures per generation, or `all`.
    #[arg(long, default_value = "4000", value_name = "N|all", value_parser = SampleCount::parse)]
    pub samples: SampleCount,
    /// Samples to measure each generation with, and as many of the original pictures: test pictures if there are twice
    /// as many, otherwise training pictures that are not trained on.
    #[arg(long, default_value_t = 1000)]
    pub measured: usize,
    /// What generations are trained on: `replace`, `accumulate`, `keep10`.
    #[arg(long, value_delimiter = ',', default_value = "replace,accumulate,keep10")]
    pub regime: Vec<String>,
    /// Number of seeds.
    #[arg(long, default_value_t = 1)]
    pub seeds: u64,
    /// The first seed. The pictures, the control and the single Gaussian are the same for all seeds.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// A setting of a method, `method.name=value`; may be given several times.
    #[arg(long = "set", value_name = "METHOD.NAME=VALUE")]
    pub settings: Vec<String>,
    /// Epochs per generation. Without it, and for the options below, the method's own value.
    #[arg(long)]
    pub epochs: Option<usize>,
    /// Batch size.
    #[arg(long)]
    pub batch: Option<usize>,
    /// Peak learning rate.
    #[arg(long)]
    pub lr: Option<f64>,
    /// Train with class labels where the method can be conditioned on them. Without it the pictures are unlabelled, as
    /// in the paper.
    #[arg(long)]
    pub labels: bool,
    /// Side length in pixels: 28, 32 or 64; that of the pictures if not given.
    #[arg(long)]
    pub side: Option<usize>,
    /// Feature extractor: `pixels`, `judge` (the shipped one), `random`, `statistics`, or a file of weights.
    #[arg(long, default_value = "pixels")]
    pub eye: String,
    /// Control: a rule to run alongside the learned generators (a scene with settings, as for `compare`), or `none`.
    #[arg(long, default_value = CONTROL, value_name = "SCENE[?SETTING,…]")]
    pub control: String,
    /// Sample size of the single Gaussian.
    #[arg(long, default_value_t = 100)]
    pub m: usize,
    /// Runs of the single Gaussian.
    #[arg(long, default_value_t = 2000)]
    pub runs: usize,
    /// Only write the page and `collapse.json` anew, from what is in the output folder.
    #[arg(long)]
    pub page_only: bool,
    #[command(flatten)]
    pub over: ReadOverrides,
    #[command(flatten)]
    pub worlds: RecursiveWorldArgs,
}

/// Methods of learned worlds.
const WORLDS: [&str; 2] = ["step", "refine"];

/// Whether a method is of learned worlds.
pub fn is_world(method: &str) -> bool {
    WORLDS.contains(&method)
}

/// Arguments for learned worlds.
#[derive(clap::Args)]
#[command(next_help_heading = "Options for worlds (step, refine)")]
pub struct RecursiveWorldArgs {
    /// The scene that the first generation learns from, with settings as for `compare`.
    #[arg(long, value_name = "SCENE[?SETTING,…]")]
    pub world: Option<String>,
    /// Worlds to measure each generation with, from seeds of their own.
    #[arg(long, default_value_t = 8, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=10_000))]
    pub held_worlds: usize,
    /// Frames after the start to measure; without it as many as those of a world.
    #[arg(long, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(8..=100_000))]
    pub held_frames: Option<usize>,
    #[command(flatten)]
    pub recorded: WorldArgs,
}

/// A number of pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleCount {
    /// All there are.
    All,
    /// So many.
    Number(usize),
}

impl SampleCount {
    fn parse(text: &str) -> Result<Self, String> {
        match (text, text.parse()) {
            ("all", _) => Ok(Self::All),
            (_, Ok(n)) if n > 0 => Ok(Self::Number(n)),
            _ => Err("expected a number of at least 1, or `all`".into()),
        }
    }
}
