//! The interface of a judge.

use show::{GazeState, TasteCommand, TasteState};
use world::frame::Frame;
use world::taste::TasteVote;

/// One verdict as signals: (name, value).
pub type VerdictSignals = Vec<(String, f64)>;

/// Classifies pictures. The judge is one; without the `judge` feature there is none.
///
/// ```
/// use performance::{FrameJudge, VerdictSignals};
/// use world::frame::{Frame, Mean};
///
/// /// Tells day from night.
/// struct Daylight;
///
/// impl FrameJudge for Daylight {
///     fn verdict(&mut self, frame: &Frame, _: u64) -> VerdictSignals {
///         let light = frame.mean_luminance();
///         vec![("judge.day".into(), light), ("judge.night".into(), 1.0 - light)]
///     }
///     fn classes(&self) -> Vec<String> {
///         vec!["judge.day".into(), "judge.night".into()]
///     }
/// }
///
/// let verdict = Daylight.verdict(&Frame::new(16, 9), 0);
/// assert_eq!(verdict[1], ("judge.night".into(), 1.0), "the frame is black");
/// ```
pub trait FrameJudge: Send {
    /// The verdict on a frame. `tick` keeps counting from scene to scene.
    fn verdict(&mut self, frame: &Frame, tick: u64) -> VerdictSignals;
    /// The classes that its verdicts name, as `judge.CLASS`.
    fn classes(&self) -> Vec<String> {
        Vec::new()
    }
    /// Where it looks in a frame; none if it cannot tell.
    fn gaze(&mut self, _: &Frame) -> Option<GazeState> {
        None
    }
    /// Two of the pictures that it saw to vote on, and what it learned from votes; none if it learns nothing.
    fn taste(&self) -> Option<TasteState> {
        None
    }
    /// Takes a vote on them, or a request for others; returns the vote as it is to be saved.
    fn rate(&mut self, _: TasteCommand) -> Option<TasteVote> {
        None
    }
}
