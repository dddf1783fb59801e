//! What panels read of a split-screen comparison: both sides, how far they are apart, what they cost, and a blind vote.

use super::VerdictState;
use world::votes::{Tally, VoteSide};

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
    /// Votes that tell a share of 60 % from guessing, in four of five studies.
    pub needed: u64,
}

impl VoteState {
    /// Both lines of the result, for people.
    pub fn words(&self) -> [String; 2] {
        let needed = format!("{} votes tell 60 % from guessing (power 80 %)", self.needed);
        [self.tally.words(), needed]
    }
}
