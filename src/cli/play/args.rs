//! Arguments of `play`.

use std::path::PathBuf;

use super::controllers;
#[cfg(all(feature = "stage", feature = "network"))]
use super::remote;
use crate::bench::price::WATTS;
use crate::cli::size::parse_size;
use crate::world::tape::Transition;

/// Arguments of `play`.
#[derive(Clone, clap::Args)]
pub struct Args {
    /// Scene files or names of shipped scenes; all shipped ones if none is named. Digit keys select among them.
    pub scenes: Vec<String>,
    /// Split-screen comparison of a scene and its imitator, with one seed and one clock: a generator that `untrained
    /// learn` trained (FILE.safetensors), a shipped one (imitator:street, imitator:ink, imitator:julia; the scene's own
    /// if none is named), or a scene.
    #[arg(long, num_args = 1..=2, value_name = "SCENE [IMITATOR]", conflicts_with = "scenes")]
    pub versus: Vec<String>,
    /// Blind vote: a coin places the two sides anew each round, names and prices are hidden, and people vote which side is
    /// ruled, with U and O, on the web remote, by OSC or MIDI. There is no sound.
    #[arg(long, requires = "versus")]
    pub blind: bool,
    /// Append the votes to FILE, a line of JSON each; beside the tape if --tape names one, else
    /// ~/.local/state/untrained/votes.jsonl. `untrained votes FILE` evaluates them.
    #[arg(long, value_name = "FILE", requires = "blind")]
    pub votes: Option<PathBuf>,
    /// Power of a busy core, watts, by which a comparison estimates energy.
    #[arg(long, default_value_t = WATTS, allow_negative_numbers = true)]
    pub watts: f64,
    /// Picture size (the scene's own unless given), such as 1280x720.
    #[arg(long, value_name = "WxH", value_parser = parse_size)]
    pub size: Option<(usize, usize)>,
    /// Window size.
    #[arg(long, value_name = "WxH", value_parser = parse_size, default_value = "1280x720")]
    pub window: (usize, usize),
    /// Seed instead of the scene's own.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Effect to start with. May be given several times.
    #[arg(long, value_name = "NAME", value_parser = effect())]
    pub shader: Vec<String>,
    /// Play a show file: cues, with the trigger of each.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["scenes", "versus"])]
    pub show: Option<PathBuf>,
    /// Turn off the flash limiter, which attenuates flashes that can cause seizures (WCAG 2.3.1).
    #[arg(long)]
    pub no_flash_limiter: bool,
    /// Show mode: controls are hidden, and users can do only what is allowed. L twice toggles it.
    #[arg(long)]
    pub locked: bool,
    /// Address that show mode allows, such as ink.speed or layer.*; may be given several times. Default: touch,
    /// votes, signals, tempo, cues, reset, blackout, freeze, fade and volume.
    #[arg(long, value_name = "ADDRESS")]
    pub allow: Vec<String>,
    /// Start in full screen.
    #[arg(long)]
    pub fullscreen: bool,
    /// Fill a monitor: its number from 1, its name, or a part of that (`untrained doctor` lists them). The show waits,
    /// playing, for one that is not there yet, such as a projector that is switched on later.
    #[arg(long, value_name = "N|NAME", conflicts_with = "window_at")]
    pub monitor: Option<String>,
    /// Open the window with its top left corner here, on the desktop that spans all monitors.
    #[arg(long, value_name = "X,Y", value_parser = parse_position, allow_hyphen_values = true)]
    pub window_at: Option<(i32, i32)>,
    /// Start with the panel open.
    #[arg(long)]
    pub panel: bool,
    /// Play without the judge.
    #[arg(long)]
    pub no_judge: bool,
    /// Weights of a judge other than the shipped one.
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// A taste: how much it likes the picture is the signal `taste.score`, 0..1. Either a file that ends in `.jsonl`,
    /// with votes of earlier shows (it need not be there), or one of `untrained taste learn`. Votes that are cast in the
    /// show, in the panel or on the remote, are learned at once and appended to the former, or beside the latter to one
    /// that ends in `.jsonl`. Without this option nothing is liked before the first vote, and votes are appended to
    /// ~/.local/state/untrained/taste.jsonl.
    #[arg(long, value_name = "FILE", conflicts_with = "no_judge")]
    pub taste: Option<PathBuf>,
    /// Add pictures of single layers, labelled with their systems, to the data set DIR while playing; `untrained train
    /// DIR --resume` trains on it.
    #[arg(long, value_name = "DIR")]
    pub learn: Option<PathBuf>,
    /// Record the performance on this tape, from which `untrained render --tape FILE` makes the same pictures again.
    /// Every performance is recorded; without this option the tape is in ~/.local/state/untrained/tapes, where the
    /// newest are kept.
    #[arg(long, value_name = "FILE", conflicts_with = "no_tape")]
    pub tape: Option<PathBuf>,
    /// Do not record a tape.
    #[arg(long)]
    pub no_tape: bool,
    /// Save favourites (A saves one, G recalls them) in FILE; ~/.local/state/untrained/favourites.json if not given.
    #[arg(long = "favourites", value_name = "FILE")]
    pub favourites: Option<PathBuf>,
    /// Serve the web remote, which controls the whole show, to browsers on this machine, or with HOST:PORT
    /// (0.0.0.0:8090) to phones too; its link contains an access token. Without a value on port 8090.
    #[cfg(all(feature = "stage", feature = "network"))]
    #[arg(long, value_name = "PORT|HOST:PORT", num_args = 0..=1, default_missing_value = "", value_parser = remote::parse_place)]
    pub remote: Option<String>,
    /// Allowed host: a name under which the web remote is served, besides this machine's own: that of a reverse proxy,
    /// or of a domain that points here. May be given several times.
    #[cfg(all(feature = "stage", feature = "network"))]
    #[arg(long, value_name = "NAME", value_parser = remote::parse_name)]
    pub remote_name: Vec<crate::control::web::Host>,
    #[command(flatten)]
    pub controllers: controllers::Args,
    /// Audio input for the scenes: a microphone (its name or a part of it, or `default`), or a sound file (wav, flac,
    /// mp3, ogg, and whatever an installed ffmpeg decodes: opus, m4a, …), which is then heard too. `untrained doctor`
    /// lists the devices.
    #[arg(long, value_name = "NAME|FILE")]
    pub listen: Option<String>,
    /// Audio output device: its name or a part of it, `default`, or `none`.
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub speaker: String,
    /// Play without sound.
    #[arg(long)]
    pub no_sound: bool,
    /// Autosave the show to FILE every second, and resume from it at the next start.
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Write health metrics (times, drops, memory, devices, the last error) to FILE as JSON, every second.
    #[arg(long, value_name = "FILE")]
    pub health: Option<PathBuf>,
    /// Run the show under a supervisor, which restarts it where it was when it crashes or hangs.
    #[arg(long)]
    pub supervise: bool,
    /// Record video of what the audience sees, from the start (C stops): .mp4, .mkv, .webm, .gif, or a folder of
    /// pictures.
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Live output of what the audience sees, for another program: raw RGBA into a named pipe (mkfifo), or a virtual
    /// camera (/dev/videoN of v4l2loopback). The show waits for no reader; frames without one are dropped and counted.
    #[arg(long, value_name = "PIPE|DEVICE")]
    pub feed: Option<PathBuf>,
    /// Transition for manual scene changes: cut, dissolve, morph or black, with its duration in seconds.
    #[arg(long, value_name = "WAY[:SECONDS]", value_parser = parse_transition, default_value = "dissolve:1")]
    pub transition: (Transition, f64),
    /// Quit after this many seconds.
    #[arg(long, value_name = "S")]
    pub seconds: Option<f64>,
    /// Quit after this many drawn frames.
    #[arg(long, hide = true)]
    pub frames: Option<u64>,
    /// Save what the window shows at the last frame.
    #[arg(long, hide = true)]
    pub screenshot: Option<PathBuf>,
    /// Keys and mouse by script: `tab@30 down:0.5,0.5@40 up@60`.
    #[arg(long, hide = true)]
    pub keys: Option<String>,
}

/// Any effect of the stage, with its description for `--help`.
#[cfg(feature = "stage")]
fn effect() -> impl clap::builder::TypedValueParser<Value = String> {
    use clap::builder::{PossibleValue, PossibleValuesParser};
    let all = crate::stage::effects::EFFECTS.iter();
    PossibleValuesParser::new(all.map(|e| PossibleValue::new(e.name).help(e.about)))
}

/// Without a stage any name is accepted.
#[cfg(not(feature = "stage"))]
fn effect() -> impl clap::builder::TypedValueParser<Value = String> {
    clap::builder::NonEmptyStringValueParser::new()
}

/// `dissolve:2` as a transition of two seconds.
fn parse_transition(text: &str) -> Result<(Transition, f64), String> {
    let (word, seconds) = text.split_once(':').unwrap_or((text, "1"));
    let way = Transition::NAMES.iter().position(|n| *n == word).map(|i| Transition::ALL[i]);
    let seconds = seconds.parse().ok().filter(|s| (0.0..=600.0).contains(s));
    let expected =
        || format!("expected one of {}, and seconds, such as dissolve:2", Transition::NAMES.join(", "));
    Ok((way.ok_or_else(expected)?, seconds.ok_or_else(expected)?))
}

/// `-1920,0` as (−1920, 0).
fn parse_position(text: &str) -> Result<(i32, i32), String> {
    let place =
        text.split_once(',').and_then(|(x, y)| Some((x.trim().parse().ok()?, y.trim().parse().ok()?)));
    // Coordinates in the X protocol have 16 bits.
    let fits = |v: i32| i16::try_from(v).is_ok();
    place.filter(|(x, y)| fits(*x) && fits(*y)).ok_or_else(|| "expected a position such as 1920,0".into())
}
