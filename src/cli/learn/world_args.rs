//! Arguments of `learn` for worlds.

use clap::ValueEnum;

use crate::bench::rollout::{PICTURE, RolloutSpec, SceneRollout};
use crate::cli::Failure;
use crate::cli::generators::{SizeOverrides, names, rule};
use crate::cli::size::parse_size;

/// What is recorded of a scene, for `step` and `refine`.
#[derive(clap::Args)]
#[command(next_help_heading = "Options for worlds (step, refine)")]
pub struct WorldArgs {
    /// State that is learned: `picture`, or a node's output (`basin.velocity`); may be given several times.
    #[arg(long, value_name = "SOURCE", default_value = PICTURE)]
    pub state: Vec<String>,
    /// What drives the world from outside and is given to the network: a node's output (`weather.flow`); may be given
    /// several times.
    #[arg(long, value_name = "SOURCE")]
    pub given: Vec<String>,
    /// Size of the planes, WIDTHxHEIGHT: fields are resampled to it.
    #[arg(long, value_name = "SIZE", default_value = "64x64")]
    pub planes: String,
    /// Sides that are periodic.
    #[arg(long, value_enum, default_value_t = Periodic::None)]
    pub periodic: Periodic,
    /// Ticks from a frame to the next.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub every: u64,
    /// Ticks before the first frame.
    #[arg(long, default_value_t = 100)]
    pub warm_up: u64,
    /// Frames of a world.
    #[arg(long, default_value_t = 100, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(2..=100_000))]
    pub frames: usize,
    /// Worlds, each from its own seed.
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub worlds: u64,
}

impl WorldArgs {
    /// A scene, to be recorded for so many frames a world.
    ///
    /// # Errors
    /// No such scene or source, or sizes out of their range.
    pub fn scene(&self, word: &str, frames: usize) -> Result<SceneRollout, Failure> {
        let name = names(&[word.to_string()]).remove(0);
        let (scene, _) = rule(word, &name, &SizeOverrides::default())?;
        let record = RolloutSpec {
            size: parse_size(&self.planes).map_err(|e| Failure::input(format!("--planes: {e}")))?,
            periodic: self.periodic.sides(),
            state: self.state.clone(),
            given: self.given.clone(),
            every: self.every,
            warm_up: self.warm_up,
            frames,
        };
        Ok(SceneRollout::new(word, scene, record)?)
    }
}

/// Sides of a world that are periodic.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Periodic {
    /// None: walls on all sides.
    None,
    /// Left and right.
    Across,
    /// Top and bottom.
    Down,
    /// All.
    Both,
}

impl Periodic {
    /// Of rows (up and down) and of columns (left and right).
    pub fn sides(self) -> [bool; 2] {
        [matches!(self, Self::Down | Self::Both), matches!(self, Self::Across | Self::Both)]
    }
}
