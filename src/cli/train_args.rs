//! Arguments of `train`.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser};

use crate::data::augment::Augmentations;
use crate::judge::backbone::BACKBONES;

/// Names of optimisers.
#[cfg(feature = "judge")]
const OPTIMISERS: [&str; 11] = crate::learn::optimiser::Optimiser::NAMES;
#[cfg(not(feature = "judge"))]
const OPTIMISERS: [&str; 1] = ["adamw"];

/// Every backbone with its description, for `--help`.
fn backbones() -> impl Iterator<Item = PossibleValue> {
    BACKBONES.iter().map(|b| PossibleValue::new(b.name).help(b.about))
}

/// Arguments of `train`.
#[derive(clap::Args)]
pub struct Args {
    /// A folder of frames (`untrained dataset`), of images (`<split>/<class>/…`: JPEG, PNG, WebP, TIFF, BMP, GIF), or
    /// of IDX files (or the file of images itself). Several are combined. Up to a tenth of the pictures may be
    /// unreadable: they are skipped and reported.
    #[arg(required = true)]
    pub data: Vec<PathBuf>,
    /// What is learned: the process that a picture shows, that of each of its pixels, or the boxes of bodies. The last two
    /// need frames with masks (`untrained dataset --masks`), and take none of --backbone, --decay, --smoothing and
    /// --strangers.
    #[arg(long, default_value = "classify", value_parser = ["classify", "segment", "detect"])]
    pub task: String,
    /// A setting of the network of --task segment or detect, `name=value`; may be given several times.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub settings: Vec<String>,
    /// Backbone: the network that extracts the features of a picture. Without it that of the weights to resume from, or
    /// the first.
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(backbones()))]
    pub backbone: Option<String>,
    #[command(flatten)]
    pub layers: super::layer_args::LayerArgs,
    /// With --task segment: instead of one network train N pairs, one of each without and one with composed frames, and say
    /// whether they help on frames of one world; --out is the table, as CSV.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(2..=1000))]
    pub composed_study: Option<u64>,
    /// Weights to write; the model card is written next to them as JSON.
    #[arg(long, default_value = "judge.safetensors")]
    pub out: PathBuf,
    /// Maximum number of epochs.
    #[arg(long, default_value_t = 12)]
    pub epochs: usize,
    /// Batch size; 16 for --task segment and detect.
    #[arg(long, default_value_t = 64, default_value_ifs([("task", "segment", "16"), ("task", "detect", "16")]))]
    pub batch: usize,
    /// Optimiser, with the settings of PyTorch.
    #[arg(long, value_name = "NAME", default_value = "adamw", value_parser = PossibleValuesParser::new(OPTIMISERS))]
    pub optimiser: String,
    /// Peak learning rate. Without it the optimiser's own: 0.1 for sgd, 0.02 for momentum, nesterov and adagrad, 0.001 for
    /// rmsprop, 1 for adadelta, 0.004 for the others.
    #[arg(long)]
    pub lr: Option<f64>,
    /// Weight decay: of adamw by itself, of the others a part of the gradient. Without it 0.02 for adamw, 0 for the others.
    #[arg(long)]
    pub decay: Option<f64>,
    /// L1 penalty: so much times the sum of the absolute weights, without biases and normalisations, is added to the loss.
    #[arg(long, value_name = "FACTOR", default_value_t = 0.0)]
    pub l1: f64,
    /// L2 penalty: half as much times the sum of their squares.
    #[arg(long, value_name = "FACTOR", default_value_t = 0.0)]
    pub l2: f64,
    /// Dropout: share of the embedding that is dropped before the head, in training.
    #[arg(long, value_name = "SHARE", default_value_t = 0.15)]
    pub dropout: f64,
    /// Label smoothing.
    #[arg(long, default_value_t = 0.05)]
    pub smoothing: f32,
    /// Out-of-distribution samples (outlier exposure), as a fraction of the training pictures (frames only).
    #[arg(long, default_value_t = 0.15)]
    pub strangers: f64,
    /// Augmentations of the training pictures instead of those of their kind: names with strengths, such as
    /// `flip,crop:0.1,mixup:0.2`; `none`; `all`; `own,…` for those of their kind and then others. `untrained datasheet
    /// DATA --augment` draws them.
    #[arg(long, value_name = "LIST")]
    pub augment: Option<Augmentations>,
    /// Tree of the classes, for accuracy at each level and the cost of mistakes: lines `child is-a parent`, or `parent
    /// child` as in WordNet's list (with names in a words.txt beside it); or the folder of CIFAR-100.
    #[arg(long, value_name = "FILE")]
    pub tree: Option<PathBuf>,
    /// Validation split: fraction of the training pictures, used to choose the epoch and for calibration.
    #[arg(long, default_value_t = 0.1)]
    pub val: f64,
    /// Early-stopping patience, in epochs.
    #[arg(long, default_value_t = 6)]
    pub patience: usize,
    /// Random seed.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Resume from these weights. After an interruption, with the same data and options, training resumes where it was
    /// and ends with the same weights as if it had never stopped; with other data or options it starts a fresh schedule
    /// from these weights.
    #[arg(long, value_name = "FILE")]
    pub resume: Option<PathBuf>,
    #[command(flatten)]
    pub over: super::reading::ReadOverrides,
}
