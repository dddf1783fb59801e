//! `untrained forecast FILE`: a learned world held against the rule that it learned, as a page.

use std::path::PathBuf;

use super::command_line::command_line;
use super::generators::{SizeOverrides, names, rule};
use super::{Failure, Outcome};
use crate::bench::forecast::{ForecastError, ForecastSetup, forecast};
use crate::bench::metrics::motion::catalogue::MotionSetup;
use crate::bench::rollout::{RolloutSpec, SceneRollout, sources};
use crate::learn::file::File;
use crate::output::progress;
use crate::world::frame::write_atomic;

/// Arguments of `forecast`.
#[derive(clap::Args)]
pub struct Args {
    /// A world that `untrained learn step` trained. The scene is read from its card.
    file: PathBuf,
    /// The scene, if it is not where the card says, or with other settings.
    #[arg(long, value_name = "SCENE")]
    scene: Option<String>,
    /// Frames after the start.
    #[arg(long, default_value_t = 500, value_parser = count())]
    frames: usize,
    /// Worlds.
    #[arg(long, default_value_t = 8, value_parser = count())]
    worlds: usize,
    /// The first seed; training counts up from its own.
    #[arg(long, default_value_t = 1_000_001)]
    seed: u64,
    /// Ticks before the first frame. At 0 the rule on coarser cells takes part too.
    #[arg(long, default_value_t = 0)]
    warm_up: u64,
    /// Output folder: index.html, report.json.
    #[arg(long, default_value = "forecast")]
    out: PathBuf,
}

fn count() -> clap::builder::RangedU64ValueParser<usize> {
    clap::builder::RangedU64ValueParser::new().range(1..=1_000_000)
}

impl From<ForecastError> for Failure {
    fn from(e: ForecastError) -> Self {
        match e {
            ForecastError::Scene(e) => e.into(),
            ForecastError::Metric(e) => Self::failed(e),
        }
    }
}

/// Runs the rule and its rivals, and writes the page.
///
/// # Errors
/// No learned world, or no scene (code 2); the roll-outs cannot be compared (code 1).
pub fn run(args: &Args) -> Outcome {
    let file = File::load(&args.file)?;
    let model = file.open_world(&args.file)?;
    let spec = model.spec();
    let word = args.scene.clone().unwrap_or_else(|| spec.scene.clone());
    if args.seed.checked_add(args.worlds as u64).is_none() {
        return Err(Failure::input("--seed: too large; the seeds of all worlds are counted up from it"));
    }
    let name = names(std::slice::from_ref(&word)).remove(0);
    let (scene, _) = rule(&word, &name, &SizeOverrides::default())?;
    let history = model.history();
    let record = RolloutSpec {
        size: (spec.width, spec.height),
        periodic: spec.periodic,
        state: sources(&spec.state),
        given: sources(&spec.given),
        every: spec.every,
        warm_up: args.warm_up,
        frames: history + args.frames,
    };
    let scene = SceneRollout::new(&word, scene.with_warm_up(args.warm_up), record)?;
    let setup = ForecastSetup {
        seeds: args.seed..args.seed + args.worlds as u64,
        frames: args.frames,
        history,
        warm_up: args.warm_up,
        motion: MotionSetup::default(),
        command: command_line(),
    };
    std::fs::create_dir_all(&args.out)
        .map_err(|e| Failure::input(format!("cannot write {}: {e}", args.out.display())))?;
    let bar = progress(0, "forecast", "");
    let label = args.file.file_stem().map_or("learned".into(), |n| n.to_string_lossy().into_owned());
    let found = forecast((&label, &*model), &scene, setup, &|what| bar.set_message(what.to_string()))?;
    bar.finish_and_clear();
    let put = |name: &str, text: String| {
        write_atomic(&args.out.join(name), text.as_bytes()).map_err(Failure::failed)
    };
    put("report.json", serde_json::to_string_pretty(&found.json()).map_err(Failure::failed)? + "\n")?;
    put("index.html", found.html())?;
    found.verdict().iter().for_each(|line| println!("{line}"));
    println!("{}", args.out.join("index.html").display());
    Ok(())
}
