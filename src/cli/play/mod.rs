//! `untrained play [SCENE…]`: the show in a window, or in a folder where there is no display.

mod controllers;
#[cfg(all(feature = "stage", feature = "network"))]
mod remote;
#[cfg(feature = "stage")]
mod setup;
#[cfg(feature = "stage")]
mod side_sources;
#[cfg(feature = "stage")]
pub mod sound;
#[cfg(feature = "stage")]
mod supervise;
#[cfg(feature = "stage")]
mod watching;

use std::path::{Path, PathBuf};

use super::load::SceneSource;
use super::{Failure, Outcome, render};
use crate::CATALOGUE;
use crate::data::walk;
use crate::show::program::ShowProgram;
use crate::world::names::component;
use crate::world::tape::Transition;

/// Arguments of `play`.
#[derive(Clone, clap::Args)]
pub struct Args {
    /// Scene files or names of shipped scenes; all shipped ones if none is named. Digits pick among them.
    scenes: Vec<String>,
    /// Hold a scene beside what imitates it, from one seed and on one clock: a generator that `untrained learn` trained
    /// (FILE.safetensors), one that ships (imitator:street, imitator:ink; the scene's own if none is named), or a scene.
    #[arg(long, num_args = 1..=2, value_name = "SCENE [IMITATOR]", conflicts_with = "scenes")]
    versus: Vec<String>,
    /// Picture size (the scene's own unless given), such as 1280x720.
    #[arg(long, value_name = "WxH", value_parser = parse_size)]
    size: Option<(usize, usize)>,
    /// Window size.
    #[arg(long, value_name = "WxH", value_parser = parse_size, default_value = "1280x720")]
    window: (usize, usize),
    /// Seed instead of the scene's own.
    #[arg(long)]
    seed: Option<u64>,
    /// Effect that is on at the start. May be given several times.
    #[arg(long, value_name = "NAME", value_parser = effect())]
    shader: Vec<String>,
    /// Play a show: a file of cues, with what starts each.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["scenes", "versus"])]
    show: Option<PathBuf>,
    /// Let flashes through that can cause seizures (WCAG 2.3.1). They are held back unless this is given.
    #[arg(long)]
    no_flash_limiter: bool,
    /// Show mode: no control is seen over the picture, and hands may do only what is allowed. L twice switches it.
    #[arg(long)]
    locked: bool,
    /// Address that show mode allows, such as ink.speed or layer.*; may be given several times. Without it: touch,
    /// signals, tempo, cues, reset, blackout, freeze, fade and volume.
    #[arg(long, value_name = "ADDRESS")]
    allow: Vec<String>,
    /// Start on the full screen.
    #[arg(long)]
    fullscreen: bool,
    /// Fill a monitor: its number from 1, its name, or a part of that (`untrained doctor` lists them). One that is not
    /// there, such as a projector that is switched on later, is waited for while the show plays.
    #[arg(long, value_name = "N|NAME", conflicts_with = "window_at")]
    monitor: Option<String>,
    /// Open the window with its left top corner here, on the desktop of all monitors.
    #[arg(long, value_name = "X,Y", value_parser = parse_place, allow_hyphen_values = true)]
    window_at: Option<(i32, i32)>,
    /// Start with the panel open.
    #[arg(long)]
    panel: bool,
    /// Play without the judge.
    #[arg(long)]
    no_judge: bool,
    /// Weights of another judge than the shipped one.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Add pictures of single layers, named after their systems, to the set of frames DIR while playing;
    /// `untrained train DIR --resume` learns from it.
    #[arg(long, value_name = "DIR")]
    learn: Option<PathBuf>,
    /// Record the performance on this tape, from which `untrained render --tape FILE` makes the same pictures again. Every
    /// performance leaves one; without this it lies in ~/.local/state/untrained/tapes, of which the newest are kept.
    #[arg(long, value_name = "FILE", conflicts_with = "no_tape")]
    tape: Option<PathBuf>,
    /// Leave no tape.
    #[arg(long)]
    no_tape: bool,
    /// Keep favourites (A keeps one, G brings them back) in FILE; ~/.local/state/untrained/favourites.json if none is given.
    #[arg(long = "favourites", value_name = "FILE")]
    favourites: Option<PathBuf>,
    /// Serve a page that plays the whole show, to a browser on this machine, or with HOST:PORT (0.0.0.0:8090) to a phone
    /// too; its link holds a secret. Without a value on port 8090.
    #[cfg(all(feature = "stage", feature = "network"))]
    #[arg(long, value_name = "PORT|HOST:PORT", num_args = 0..=1, default_missing_value = "", value_parser = remote::parse_place)]
    remote: Option<String>,
    /// Name under which the remote's page may be asked for besides this machine's own ones: that of a proxy before it, or
    /// of a domain that leads here. May be given several times.
    #[cfg(all(feature = "stage", feature = "network"))]
    #[arg(long, value_name = "NAME", value_parser = remote::parse_name)]
    remote_name: Vec<crate::control::web::Host>,
    #[command(flatten)]
    hands: controllers::Args,
    /// Let the scenes listen: to a microphone (its name or a part of it, or `default`), or to a sound file (wav, flac,
    /// mp3, ogg, and all that an installed ffmpeg reads: opus, m4a, …), which is then heard too. `untrained doctor` lists the
    /// devices.
    #[arg(long, value_name = "NAME|FILE")]
    listen: Option<String>,
    /// Play the sound on this device: its name or a part of it, `default`, or `none`.
    #[arg(long, value_name = "NAME", default_value = "default")]
    speaker: String,
    /// Play without sound.
    #[arg(long)]
    no_sound: bool,
    /// Save where the show stands in FILE, every second, and go on from there at the next start.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Write how the show feels (times, drops, memory, devices, the last error) to FILE as JSON, every second.
    #[arg(long, value_name = "FILE")]
    health: Option<PathBuf>,
    /// Run the show under a small parent that starts it again, from where it stood, when it crashes or is stuck.
    #[arg(long)]
    supervise: bool,
    /// Film what the audience sees, from the start (C ends it): .mp4, .mkv, .webm, .gif, or a folder of pictures.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Feed another program with what the audience sees: raw RGBA into a named pipe (mkfifo), or a virtual camera
    /// (/dev/videoN of v4l2loopback). Nobody is waited for; frames without a reader are dropped and counted.
    #[arg(long, value_name = "PIPE|DEVICE")]
    feed: Option<PathBuf>,
    /// How scenes that are picked by hand come: cut, dissolve, morph or black, with the seconds it takes.
    #[arg(long, value_name = "WAY[:SECONDS]", value_parser = parse_transition, default_value = "dissolve:1")]
    transition: (Transition, f64),
    /// Leave after so many seconds.
    #[arg(long, value_name = "S")]
    seconds: Option<f64>,
    /// Leave after so many drawn frames.
    #[arg(long, hide = true)]
    frames: Option<u64>,
    /// Save what the window shows at the last frame.
    #[arg(long, hide = true)]
    screenshot: Option<PathBuf>,
    /// Keys and mouse by script: `tab@30 down:0.5,0.5@40 up@60`.
    #[arg(long, hide = true)]
    keys: Option<String>,
}

/// Any effect of the stage, with its sentence for `--help`.
#[cfg(feature = "stage")]
fn effect() -> impl clap::builder::TypedValueParser<Value = String> {
    use clap::builder::{PossibleValue, PossibleValuesParser};
    let all = crate::stage::effects::EFFECTS.iter();
    PossibleValuesParser::new(all.map(|e| PossibleValue::new(e.name).help(e.about)))
}

/// Without a stage any name will do.
#[cfg(not(feature = "stage"))]
fn effect() -> impl clap::builder::TypedValueParser<Value = String> {
    clap::builder::NonEmptyStringValueParser::new()
}

/// Plays until the performer leaves.
pub fn run(args: &Args) -> Outcome {
    if let Some(file) = &args.show {
        let (sources, program) = super::program::load(file)?;
        return stage(args, sources, Some(program));
    }
    let sources = match args.scenes.is_empty() {
        true if !args.versus.is_empty() => vec![SceneSource::find(&args.versus[0])?],
        true => near_or_shipped(),
        false => args.scenes.iter().map(|s| SceneSource::find(s)).collect::<Result<_, _>>()?,
    };
    if sources.is_empty() {
        return Err(Failure::input("no scene was named, and none ships with this program"));
    }
    // Problems of a scene that is to be played first are told before any window opens.
    sources[0].load(CATALOGUE)?;
    stage(args, sources, None)
}

/// The shipped scenes, each from `scenes/` where it lies there (so that it reloads when saved), and what else does.
fn near_or_shipped() -> Vec<SceneSource> {
    let file = |name: &str| PathBuf::from("scenes").join(format!("{name}.toml"));
    let near =
        |s: SceneSource| if file(&s.name()).is_file() { SceneSource::File(file(&s.name())) } else { s };
    let mut all: Vec<SceneSource> = SceneSource::all().into_iter().map(near).collect();
    let folder = walk::entries(Path::new("scenes")).unwrap_or_default().into_iter().map(|e| e.path);
    let more = folder.filter(|p| p.extension().is_some_and(|e| e == "toml"));
    all.extend(
        more.map(SceneSource::File).filter(|s| SceneSource::all().iter().all(|t| t.name() != s.name())),
    );
    all
}

#[cfg(not(feature = "stage"))]
fn stage(args: &Args, sources: Vec<SceneSource>, _: Option<ShowProgram>) -> Outcome {
    folder(args, &sources[0], "this program was built without the `stage` feature")
}

#[cfg(feature = "stage")]
fn stage(args: &Args, sources: Vec<SceneSource>, program: Option<ShowProgram>) -> Outcome {
    use crate::stage::{self, StageError};
    if args.supervise && stage::display().is_ok() {
        return supervise::supervise(
            &args.state.clone().unwrap_or_else(|| state_folder().join("state.json")),
        );
    }
    if let Err(e) = stage::display() {
        return folder(args, &sources[0], &e.to_string());
    }
    if args.no_flash_limiter {
        eprintln!("the flash limiter is off: flashes above WCAG 2.3.1 reach the screen");
    }
    let first = sources[0].clone();
    let script = args.keys.as_deref().map_or(Ok(stage::Script::default()), stage::Script::parse);
    let leave = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let flag = leave.clone();
    // A second Ctrl-C is not needed: the window looks at the flag every frame.
    let _ = ctrlc::set_handler(move || flag.store(true, std::sync::atomic::Ordering::Relaxed));
    let options = stage::Options {
        size: args.window,
        fullscreen: args.fullscreen,
        place: place(args),
        panel: args.panel,
        limiter: !args.no_flash_limiter,
        locked: args.locked || program.as_ref().is_some_and(|p| p.locked),
        allow: allowed(args, program.as_ref()),
        seat: None,
        record: args.record.as_deref().map(crate::show::health::of_this_run),
        feed: args.feed.clone(),
        effects: args.shader.clone(),
        frames: args.frames,
        seconds: args.seconds,
        screenshot: args.screenshot.clone(),
        keys: controllers::keys(&args.hands),
        script: script.map_err(Failure::input)?,
        leave,
    };
    let (hub, inbox) = crate::show::Hub::new();
    watching::heartbeat(&hub);
    let _health = args.health.as_deref().and_then(|file| watching::health(file, hub.clone()));
    #[cfg(feature = "network")]
    let _remote = remote::open(args.remote.as_deref(), &args.remote_name, &hub);
    let _hands = controllers::Controllers::open(&args.hands, &hub);
    let world = setup::world(args, sources, program, &hub)?;
    let options = stage::Options { seat: Some((hub.clone(), inbox)), ..options };
    let ended = stage::run(world, options);
    hub.exit_report().into_iter().for_each(crate::show::log::say);
    crate::show::log::flush(std::time::Duration::from_millis(500));
    match ended {
        Ok(()) => Ok(()),
        Err(StageError::NoDisplay(why)) => folder(args, &first, &StageError::NoDisplay(why).to_string()),
        Err(e) => Err(Failure::failed(e)),
    }
}

/// Where the window is wanted.
#[cfg(feature = "stage")]
fn place(args: &Args) -> Option<crate::stage::monitors::WindowPlacement> {
    use crate::stage::monitors::WindowPlacement;
    let monitor = args.monitor.clone().map(WindowPlacement::Monitor);
    monitor.or(args.window_at.map(|(x, y)| WindowPlacement::At(x, y)))
}

/// What show mode allows: what was named by hand and in the show file, if anything was.
#[cfg(feature = "stage")]
fn allowed(args: &Args, program: Option<&ShowProgram>) -> Option<Vec<String>> {
    let own = program.map_or(&[][..], |p| &p.allow[..]);
    let all: Vec<String> = args.allow.iter().chain(own).cloned().collect();
    (!all.is_empty()).then_some(all)
}

/// Where shows leave what nobody named a place for: state, tapes, favourites.
#[cfg(feature = "stage")]
fn state_folder() -> PathBuf {
    let own = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|h| PathBuf::from(h).join(".local/state"));
    own.or_else(home).unwrap_or_else(std::env::temp_dir).join("untrained")
}

/// Without a display: says so in one line and renders ten seconds to a new folder.
fn folder(args: &Args, source: &SceneSource, why: &str) -> Outcome {
    let out = unused(PathBuf::from("out").join(component(&source.name())));
    println!("{why}: rendering 10 s of {} to {} instead", source.name(), out.display());
    let render = render::Args::folder(source.name(), out)
        .with_size(args.size)
        .with_seed(args.seed)
        .with_judge(args.no_judge, args.model.clone());
    render::render(&render, source.clone())
}

/// The folder, or `NAME-2`, `NAME-3`, … if an earlier show lies there.
fn unused(folder: PathBuf) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let next = |n: u32| if n == 1 { folder.clone() } else { folder.with_file_name(format!("{name}-{n}")) };
    (1..).map(next).find(|f| !f.exists()).unwrap_or(folder.clone())
}

/// `dissolve:2` as a passage of two seconds.
fn parse_transition(text: &str) -> Result<(Transition, f64), String> {
    let (word, seconds) = text.split_once(':').unwrap_or((text, "1"));
    let way = Transition::NAMES.iter().position(|n| *n == word).map(|i| Transition::ALL[i]);
    let seconds = seconds.parse().ok().filter(|s| (0.0..=600.0).contains(s));
    let expected =
        || format!("expected one of {}, and seconds, such as dissolve:2", Transition::NAMES.join(", "));
    Ok((way.ok_or_else(expected)?, seconds.ok_or_else(expected)?))
}

/// `-1920,0` as (−1920, 0).
fn parse_place(text: &str) -> Result<(i32, i32), String> {
    let place =
        text.split_once(',').and_then(|(x, y)| Some((x.trim().parse().ok()?, y.trim().parse().ok()?)));
    // The X protocol holds no more.
    let fits = |v: i32| i16::try_from(v).is_ok();
    place.filter(|(x, y)| fits(*x) && fits(*y)).ok_or_else(|| "expected a place like 1920,0".into())
}

/// `1280x720` as (1280, 720).
pub fn parse_size(text: &str) -> Result<(usize, usize), String> {
    let size = text.split_once(['x', '×']).and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    match size {
        Some((w, h)) if (1..=16384).contains(&w) && (1..=16384).contains(&h) => Ok((w, h)),
        _ => Err("expected a size like 1280x720".into()),
    }
}
