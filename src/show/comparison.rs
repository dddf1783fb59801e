//! What panels read of a split-screen comparison: both sides, how far they are apart, what they cost, and a blind vote.

use super::VerdictState;
use world::units::{count, metric, seconds};
use world::votes::{TELL, Tally, VoteSide};

/// How two worlds share the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SplitMode {
    /// Each whole, side by side.
    #[default]
    Beside,
    /// One left of a seam, the other right of it.
    Wipe,
    /// One fades into the other.
    Blend,
}

/// One side of a split-screen comparison.
#[derive(Clone, Debug, Default)]
pub struct SideState {
    /// Its name.
    pub name: String,
    /// Whether it is the rule, and not what is held against it; none while voters must not know.
    pub ruled: Option<bool>,
    /// Milliseconds of a frame (tick and picture), smoothed.
    pub milliseconds: f32,
    /// Processor milliseconds of a frame on all cores, smoothed; an estimate, as other threads run meanwhile.
    pub cpu_milliseconds: f32,
    /// Joules of a frame: processor time at the stated power of a core, an estimate.
    pub joules: f64,
    /// Bytes that describe it: the text of a rule, the weights of a generator.
    pub bytes: u64,
    /// What its training cost, if it was trained and says so.
    pub training: Option<TrainingState>,
    /// After how many frames its training is paid for, in words; empty without a training.
    pub break_even: String,
    /// The judge's verdict on it.
    pub verdict: Option<VerdictState>,
    /// Its problems; it keeps running as it was.
    pub problems: Vec<String>,
}

impl SideState {
    /// Its name, and whether it is the rule.
    pub fn title(&self) -> String {
        match self.ruled {
            Some(true) => format!("{} · ruled", self.name),
            _ => self.name.clone(),
        }
    }

    /// Bytes of its description and the cost of a frame, for people, as far as they are known and may be told.
    pub fn cost(&self) -> String {
        let bytes = (self.bytes > 0).then(|| metric(self.bytes as f64, "B"));
        let frame = (self.milliseconds > 0.0).then(|| {
            let joules = metric(self.joules, "J");
            format!(
                "a frame: {:.1} ms, CPU {:.1} ms, {joules} (est.)",
                self.milliseconds, self.cpu_milliseconds
            )
        });
        bytes.into_iter().chain(frame).collect::<Vec<_>>().join(" · ")
    }

    /// Lines for people: what its training cost, and when it is paid for; none of a side that was not trained.
    pub fn training_lines(&self) -> Vec<String> {
        let cost = self.training.iter().map(|t| {
            let (cpu, joules) = (seconds(t.cpu_seconds), metric(t.joules, "J"));
            format!("trained: {cpu} CPU, {joules} (est.), {} pictures", count(t.images as f64))
        });
        let paid = Some(&self.break_even).filter(|text| !text.is_empty());
        cost.chain(paid.map(|text| format!("paid for: {text}"))).collect()
    }
}

/// For people: at which power energy is estimated.
pub fn energy_note(watts: f64) -> String {
    format!("energy: an estimate, {} a busy core", metric(watts, "W"))
}

/// What a training cost.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TrainingState {
    /// Processor seconds.
    pub cpu_seconds: f64,
    /// Pictures processed, repeats included.
    pub images: u64,
    /// Joules: processor time at the stated power of a core, an estimate.
    pub joules: f64,
}

/// How far two pictures are apart: their luma, reduced to a coarse grid, smoothed over some frames.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PictureDistance {
    /// Root of the mean squared difference, 0..1.
    pub rms: f32,
    /// Pearson correlation, −1..1; none if a picture is of one brightness.
    pub correlation: Option<f32>,
}

impl PictureDistance {
    /// For people.
    pub fn words(&self) -> String {
        let correlation = self.correlation.map_or("–".into(), |c| format!("{c:.2}"));
        format!("apart: {:.3} RMS, correlation {correlation}", self.rms)
    }
}

/// A blind vote.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VoteState {
    /// A random number of this run of the show, by which pages tell it from the one before.
    pub run: u64,
    /// The round, from 1.
    pub round: u64,
    /// Neither picture is shown yet, and nobody can vote.
    pub covered: bool,
    /// Seconds since it began.
    pub seconds: f32,
    /// Votes in it.
    pub votes: usize,
    /// The side that was ruled, once that is revealed.
    pub ruled: Option<VoteSide>,
    /// Votes of this round, once it is revealed.
    pub this: Option<Tally>,
    /// Votes of all rounds that were revealed.
    pub tally: Tally,
    /// Votes that tell a share of [`TELL`] from guessing, in four of five studies.
    pub needed: u64,
}

impl VoteState {
    /// Both lines of the result, for people.
    pub fn words(&self) -> [String; 2] {
        let share = 100.0 * TELL;
        let needed = format!("{} votes tell {share:.0} % from guessing (power 80 %)", self.needed);
        [self.tally.words(), needed]
    }
}
