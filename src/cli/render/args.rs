//! Arguments of `render`.

use std::path::{Path, PathBuf};

use super::hashes::Hashes;
use super::sound::SoundTarget;
use crate::cli::size::parse_size;
use crate::cli::{Failure, Outcome};
use crate::output::{Format, OutputError, Sink, open};

/// Arguments of `render`.
#[derive(clap::Args)]
pub struct Args {
    /// A scene file, or the name of a shipped scene.
    #[arg(
        required_unless_present = "tape",
        conflicts_with = "tape",
        default_value = "",
        hide_default_value = true
    )]
    pub scene: String,
    /// Length, in seconds of the simulation clock: 10, or the whole tape, if not given.
    #[arg(long)]
    pub seconds: Option<f64>,
    /// Picture size (the scene's own unless given), such as 1920x1080.
    #[arg(long, value_name = "WxH", value_parser = parse_size)]
    pub size: Option<(usize, usize)>,
    /// Frames per second: 30, or with --tape every tick, if not given.
    #[arg(long)]
    pub fps: Option<f64>,
    /// What to write: a folder (PNG sequence), or a file ending in .gif, .mp4, .mkv, .webm, or .png (last picture); with
    /// --fields a file ending in .npy.
    #[arg(long, required_unless_present = "hash")]
    pub out: Option<PathBuf>,
    /// Write no files: print a hash of each picture, and at the end one of the sound. Equal hashes mean equal bytes, so
    /// this shows whether two machines or versions give the same output.
    #[arg(long, conflicts_with_all = ["out", "fields", "wav", "only"])]
    pub hash: bool,
    /// Write these outputs of nodes as numbers instead of pictures, such as gas.density,gas.velocity: an array of shape
    /// (frames, planes, height, width).
    #[arg(long, value_name = "NODE.OUTPUT,…", value_delimiter = ',')]
    pub fields: Vec<String>,
    /// Seed instead of the scene's own.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Seconds to run before the first picture.
    #[arg(long, default_value_t = 0.0)]
    pub skip: f64,
    /// Replay a performance from the tape that `play` recorded: the same pictures, bit for bit; with --size the same
    /// worlds on a canvas of another size.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["seed", "fields", "model"])]
    pub tape: Option<PathBuf>,
    /// Apply the flash limiter, as the stage does (WCAG 2.3.1): at most three flashes a second.
    #[arg(long)]
    pub limit_flashes: bool,
    /// Render without the judge.
    #[arg(long)]
    pub no_judge: bool,
    /// Weights of a judge other than the shipped one.
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// A taste (`untrained taste learn`), or votes of shows (a file that ends in `.jsonl`): how much the picture is
    /// liked is the signal `taste.score`, 0..1.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["no_judge", "tape"])]
    pub taste: Option<PathBuf>,
    /// Audio input for the scene: a sound file (wav, flac, mp3, ogg, and whatever an installed ffmpeg decodes: opus,
    /// m4a, …), from its start; it is heard in the video too.
    #[arg(long, value_name = "FILE", conflicts_with = "fields")]
    pub listen: Option<PathBuf>,
    /// Write the sound to a WAV file. If the scene has voices, a video has sound anyway, and a folder gets sound.wav.
    #[arg(long, value_name = "FILE", conflicts_with = "fields")]
    pub wav: Option<PathBuf>,
    /// Write no sound.
    #[arg(long, conflicts_with = "wav")]
    pub no_sound: bool,
    /// Write neither contact sheet nor table.
    #[arg(long)]
    pub only: bool,
}

impl Args {
    /// Ten seconds of a scene as pictures in a folder, for `play` where there is no display.
    pub fn folder(scene: String, out: PathBuf) -> Self {
        let (seconds, fps, skip, limit_flashes) = (None, None, 0.0, false);
        let (listen, wav, no_sound) = (None, None, false);
        let (size, seed, tape, no_judge, only) = (None, None, None, false, false);
        let (model, taste) = (None, None);
        let fields = Vec::new();
        Self {
            scene,
            seconds,
            size,
            fps,
            out: Some(out),
            hash: false,
            fields,
            seed,
            skip,
            tape,
            limit_flashes,
            no_judge,
            model,
            taste,
            listen,
            wav,
            no_sound,
            only,
        }
    }
    /// Where its sound goes.
    pub fn sound(&self) -> SoundTarget<'_> {
        let silent = self.no_sound || !self.fields.is_empty();
        SoundTarget { out: self.out(), wav: self.wav.as_deref(), silent, hash: self.hash }
    }
    /// The output path; empty if hashes are printed.
    pub fn out(&self) -> &Path {
        self.out.as_deref().unwrap_or(Path::new(""))
    }
    /// The sink for the pictures.
    pub fn sink(&self, format: Format) -> Result<Box<dyn Sink>, OutputError> {
        match self.hash {
            true => Ok(Box::new(Hashes::default())),
            false => open(self.out(), format),
        }
    }
    /// Whether a contact sheet and a table are wanted.
    pub fn more(&self) -> bool {
        !self.only && !self.hash
    }
    /// Another picture size than the scene's own.
    pub fn with_size(self, size: Option<(usize, usize)>) -> Self {
        Self { size, ..self }
    }
    /// Another seed than the scene's own.
    pub fn with_seed(self, seed: Option<u64>) -> Self {
        Self { seed, ..self }
    }
    /// Another judge than the shipped one, or none.
    pub fn with_judge(self, no_judge: bool, model: Option<PathBuf>) -> Self {
        Self { no_judge, model, ..self }
    }
    /// With a taste.
    pub fn with_taste(self, taste: Option<PathBuf>) -> Self {
        Self { taste, ..self }
    }
}

/// Rejects numbers that cannot be rendered.
pub fn checked(args: &Args) -> Outcome {
    let within = |v: Option<f64>, most: f64| v.is_none_or(|v| v > 0.0 && v <= most);
    match within(args.seconds, 86400.0) && within(args.fps, 1000.0) && args.skip >= 0.0 {
        true => Ok(()),
        false => {
            Err(Failure::input("expected --seconds in 0..86400, --fps in 0..1000 and --skip of at least 0"))
        }
    }
}
