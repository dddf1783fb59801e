//! `untrained play [SCENE…]`: the show in a window, or in a folder where there is no display.

mod args;
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
mod state_folder;
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

pub use args::Args;
#[cfg(feature = "stage")]
use state_folder::state_folder;

/// Plays until the performer quits.
pub fn run(args: &Args) -> Outcome {
    // Beside the scenes that `--versus` excludes, clap does not see that it is missing.
    if args.blind && args.versus.is_empty() {
        return Err(Failure::input("--blind: expected --versus SCENE IMITATOR"));
    }
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
    // Problems of the first scene are reported before any window opens.
    sources[0].load(CATALOGUE)?;
    stage(args, sources, None)
}

/// The shipped scenes, each from `scenes/` if it is there (so that it reloads when saved), and any others there.
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
        keys: controllers::keys(&args.controllers, args.blind),
        script: script.map_err(Failure::input)?,
        leave,
    };
    let (hub, inbox) = crate::show::Hub::new();
    watching::heartbeat(&hub);
    let _health = args.health.as_deref().and_then(|file| watching::health(file, hub.clone()));
    #[cfg(feature = "network")]
    let _remote = remote::open(args.remote.as_deref(), &args.remote_name, &hub);
    let _controllers = controllers::Controllers::open(&args.controllers, &hub);
    let world = setup::world(args, sources, program, &hub)?;
    let options = stage::Options { seat: Some((hub.clone(), inbox)), ..options };
    let ended = stage::run(world, options);
    hub.exit_report().into_iter().for_each(crate::show::log::result);
    crate::show::log::flush(std::time::Duration::from_millis(500));
    match ended {
        Ok(()) => Ok(()),
        Err(StageError::NoDisplay(why)) => folder(args, &first, &StageError::NoDisplay(why).to_string()),
        Err(e) => Err(Failure::failed(e)),
    }
}

/// Where the window goes.
#[cfg(feature = "stage")]
fn place(args: &Args) -> Option<crate::stage::monitors::WindowPlacement> {
    use crate::stage::monitors::WindowPlacement;
    let monitor = args.monitor.clone().map(WindowPlacement::Monitor);
    monitor.or(args.window_at.map(|(x, y)| WindowPlacement::At(x, y)))
}

/// Addresses that show mode allows, from the command line and the show file, if there are any.
#[cfg(feature = "stage")]
fn allowed(args: &Args, program: Option<&ShowProgram>) -> Option<Vec<String>> {
    let own = program.map_or(&[][..], |p| &p.allow[..]);
    let all: Vec<String> = args.allow.iter().chain(own).cloned().collect();
    (!all.is_empty()).then_some(all)
}

/// Without a display: says so in one line and renders ten seconds to a new folder.
fn folder(args: &Args, source: &SceneSource, why: &str) -> Outcome {
    if args.blind {
        return Err(Failure::failed(format!("{why}: --blind expected a window to vote on")));
    }
    let out = unused(PathBuf::from("out").join(component(&source.name())));
    println!("{why}: rendering 10 s of {} to {} instead", source.name(), out.display());
    let render = render::Args::folder(source.name(), out)
        .with_size(args.size)
        .with_seed(args.seed)
        .with_judge(args.no_judge, args.model.clone())
        .with_taste(args.taste.clone());
    render::render(&render, source.clone())
}

/// The folder, or `NAME-2`, `NAME-3`, … if an earlier show is there.
fn unused(folder: PathBuf) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let next = |n: u32| if n == 1 { folder.clone() } else { folder.with_file_name(format!("{name}-{n}")) };
    (1..).map(next).find(|f| !f.exists()).unwrap_or(folder.clone())
}
