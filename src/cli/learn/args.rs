//! Arguments of `learn`.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;

use super::world_args::WorldArgs;
use crate::cli::reading::ReadOverrides;
use crate::learn::diffusion::distil;
use crate::learn::dynamics::methods::DYNAMICS;
use crate::learn::methods;

/// The argument that lists all methods.
pub const LIST: &str = "list";

/// Arguments of `learn`.
#[derive(clap::Args)]
pub struct Args {
    /// Method; `list` prints all methods and their settings.
    #[arg(value_parser = PossibleValuesParser::new(methods::names().chain([distil::NAME]).chain(DYNAMICS.iter().map(|m| m.name)).chain([LIST])))]
    pub method: String,
    /// Folders of frames (`untrained dataset`), of images (`<split>/<class>/…`: JPEG, PNG, WebP, TIFF, BMP, GIF), or of
    /// IDX files (or the file of images itself); or one picture. Up to a tenth of the pictures may be unreadable: they
    /// are skipped and reported. For `step` and `refine` a scene with settings as for `compare`: `SCENE?cells=64x64`; a
    /// knob with a range, `node.knob=LO..HI`, is one that the learned world then has too. For `distil` a file of
    /// `untrained learn diffusion`.
    pub data: Vec<PathBuf>,
    /// Weights to write. The model card is written next to them as JSON, and a contact sheet of samples as PNG after
    /// every epoch.
    #[arg(long, default_value = "generator.safetensors")]
    pub out: PathBuf,
    /// Side length in pixels: 28, 32 or 64; that of the pictures if not given.
    #[arg(long)]
    pub side: Option<usize>,
    /// Train in greyscale.
    #[arg(long)]
    pub grey: bool,
    /// A setting of the method, `name=value`; may be given several times.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub settings: Vec<String>,
    /// Maximum number of epochs. Without it, and for the options below, the method's own value.
    #[arg(long)]
    pub epochs: Option<usize>,
    /// Batch size.
    #[arg(long)]
    pub batch: Option<usize>,
    /// Peak learning rate.
    #[arg(long)]
    pub lr: Option<f64>,
    /// Clip gradients to this norm.
    #[arg(long)]
    pub clip: Option<f32>,
    /// Early-stopping patience, in epochs; 0 means never.
    #[arg(long)]
    pub patience: Option<usize>,
    /// Validation split: fraction of the training pictures, used to choose the epoch.
    #[arg(long)]
    pub val: Option<f64>,
    /// Random seed.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Round the weights to half precision at the end: the file has half the bytes.
    #[arg(long)]
    pub half: bool,
    /// Resume the interrupted training of these weights, with the same data and options.
    #[arg(long, value_name = "FILE")]
    pub resume: Option<PathBuf>,
    #[command(flatten)]
    pub over: ReadOverrides,
    #[command(flatten)]
    pub world: WorldArgs,
}
