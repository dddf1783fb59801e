//! What a generator says of itself: how it can be steered, where it runs, and what its training cost.

use serde::Serialize;

/// How long it takes until a change of a knob is visible.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Latency {
    /// Nothing can be changed: existing pictures.
    #[default]
    Fixed,
    /// This many ticks: 1 for a rule.
    Ticks(u64),
    /// This many sampling steps of one picture.
    SamplingSteps(u64),
    /// One frame: a learned world whose step takes the knob as an input.
    Frame,
    /// One whole picture: what has begun is finished as it was asked for.
    Picture,
}

impl Latency {
    /// For people.
    pub fn words(self) -> String {
        match self {
            Self::Fixed => "cannot be steered".into(),
            Self::Ticks(1) => "1 tick".into(),
            Self::Ticks(n) => format!("{n} ticks"),
            Self::SamplingSteps(1) => "1 sampling step".into(),
            Self::SamplingSteps(n) => format!("{n} sampling steps"),
            Self::Frame => "1 frame".into(),
            Self::Picture => "1 whole picture".into(),
        }
    }
}

/// How far a generator can be steered while it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Steering {
    /// Number of knobs; a prompt counts as one.
    pub knobs: usize,
    /// Time until a change is visible.
    pub latency: Latency,
}

/// Time of a frame of a foreign generator.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ForeignTime {
    /// What was waited for its answer, with the way there and back.
    Waited,
    /// As stated, seconds.
    Stated(f64),
    /// Unknown: its pictures were there before.
    Unknown,
}

/// A generator that runs elsewhere: on a graphics card, in another process, on another machine, or ran before.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Foreign {
    /// Stated power while it generates, watts.
    pub watts: Option<f64>,
    /// Time of a frame.
    pub time: ForeignTime,
    /// Whether this program knows all that determines its pictures.
    pub is_reproducible: bool,
}

impl Foreign {
    /// Time of a frame, milliseconds, for which `waited` milliseconds were waited.
    pub fn milliseconds(&self, waited: f64) -> Option<f64> {
        match self.time {
            ForeignTime::Waited => Some(waited),
            ForeignTime::Stated(seconds) => Some(1e3 * seconds),
            ForeignTime::Unknown => None,
        }
    }

    /// Energy of such a frame, joules: its stated power for its time.
    pub fn joules(&self, waited: f64) -> Option<f64> {
        Some(self.watts? * self.milliseconds(waited)? / 1e3)
    }
}

/// What a training cost, as far as it is stated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct StatedTraining {
    /// Pictures seen; 0 if there was no training.
    pub images: Option<f64>,
    /// Time of a processor or graphics card, seconds.
    pub seconds: Option<f64>,
    /// Energy, joules.
    pub joules: Option<f64>,
}

impl StatedTraining {
    /// Whether there was one: unless it is stated that it saw no picture.
    pub fn is_any(&self) -> bool {
        self.images != Some(0.0)
    }
}

/// What a generator says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Profile {
    /// How far it can be steered.
    pub steering: Steering,
    /// Where it runs, if not here; its frames' times are then times of waiting.
    pub foreign: Option<Foreign>,
    /// What its training cost, if that was recorded or stated; otherwise it follows from its CPU time.
    pub training: Option<StatedTraining>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_frame_costs_its_stated_power_for_its_time() {
        let card = Foreign { watts: Some(450.0), time: ForeignTime::Waited, is_reproducible: false };
        assert_eq!((card.milliseconds(20.0), card.joules(20.0)), (Some(20.0), Some(9.0)));
        let stated = Foreign { time: ForeignTime::Stated(0.011), ..card };
        assert_eq!(stated.milliseconds(20.0), Some(11.0));
        assert!((stated.joules(20.0).unwrap() - 4.95).abs() < 1e-12);
        assert_eq!(Foreign { time: ForeignTime::Unknown, ..card }.joules(20.0), None);
        assert_eq!(Foreign { watts: None, ..card }.joules(20.0), None);
    }
}
