//! One side of a comparison: what is played, and what it costs.

use super::cost::{Turn, break_even};
use crate::{Performance, PerformanceSetup, SetupError};
use show::{ShowDriver, ShowState, SideState, TrainingState};
use world::frame::Frame;
use world::votes::VotedGenerator;

/// Characters of a name in a file of votes.
const NAME: usize = 60;

/// One side of the comparison.
pub struct SideSetup {
    /// Its name.
    pub name: String,
    /// Bytes that describe it: text of a rule, or weights.
    pub bytes: u64,
    /// Hash of these bytes.
    pub hash: u64,
    /// What its training cost, if it was trained and says so.
    pub training: Option<TrainingCost>,
    /// What is played.
    pub setup: PerformanceSetup,
}

/// What a training cost, as the file of the generator says.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TrainingCost {
    /// Processor seconds.
    pub cpu_seconds: f64,
    /// Pictures processed, repeats included.
    pub images: u64,
}

/// A side that plays.
pub struct Side {
    name: String,
    bytes: u64,
    hash: u64,
    training: Option<TrainingCost>,
    /// Whether it is the rule.
    pub ruled: bool,
    /// What plays.
    pub played: Performance,
    /// Its picture.
    pub frame: Frame,
    /// Cost of a tick and of a picture.
    pub spent: [Turn; 2],
}

impl Side {
    /// Starts it.
    ///
    /// # Errors
    /// As [`PerformanceSetup::start`].
    pub fn start(part: SideSetup, ruled: bool) -> Result<Self, SetupError> {
        let SideSetup { name, bytes, hash, training, setup } = part;
        let (frame, spent) = (Frame::default(), [Turn::default(); 2]);
        Ok(Self { name, bytes, hash, training, ruled, played: setup.start()?, frame, spent })
    }

    /// As a file of votes names it.
    pub fn voted(&self) -> VotedGenerator {
        let name =
            if self.name.is_empty() { "unnamed".into() } else { self.name.chars().take(NAME).collect() };
        VotedGenerator { name, hash: format!("{:016x}", self.hash) }
    }

    /// Joules of a frame: processor time at the power of a core.
    fn joules(&self, watts: f64) -> f64 {
        f64::from(self.spent.iter().map(|t| t.cpu_milliseconds).sum::<f32>()) * 1e-3 * watts
    }

    /// Its state beside the other side, with what its own state says.
    pub fn state(&self, own: &ShowState, other: &Self, watts: f64) -> SideState {
        let training = self.training.map(|t| TrainingState {
            cpu_seconds: t.cpu_seconds,
            images: t.images,
            joules: t.cpu_seconds * watts,
        });
        // Against a rule only: a comparison of two trainings has no such number.
        let against = training.filter(|_| other.training.is_none());
        let joules = self.joules(watts);
        let rate = self.played.rate();
        SideState {
            name: self.name.clone(),
            ruled: Some(self.ruled),
            milliseconds: self.spent.iter().map(|t| t.milliseconds).sum(),
            cpu_milliseconds: self.spent.iter().map(|t| t.cpu_milliseconds).sum(),
            joules,
            bytes: self.bytes,
            training,
            break_even: against
                .map_or(String::new(), |t| break_even(t.joules, other.joules(watts), joules, rate)),
            verdict: own.verdict.clone(),
            problems: own.problems.clone(),
        }
    }
}
