//! The show file: a list of cues in TOML.
//!
//! ```toml
//! title = "An evening"
//!
//! [[cue]]
//! name = "Opening"
//! scene = "ink"                 # a shipped scene, or a file next to this one
//! transition = "black"          # cut, dissolve, morph, black: how it enters
//! seconds = 4                   # duration of the transition
//! then = { after = 90 }         # what starts the next: seconds here,
//!
//! [[cue]]
//! scene = "coast"
//! then = { beats = 64, bored = 10 }   # beats, seconds without anything new for the judge, …
//!
//! [[cue]]
//! scene = "garden"
//! then = { quiet = 8, idle = 60, at = "23:30" }   # silence, no touches, the time of day
//! still = 60                    # seconds after which a still picture is a fault
//! ```
//! Without `then` a cue waits for a key. With `loop = true` the first follows the last.

mod hours;
mod list;
mod parse;

pub use hours::TimeOfDay;
pub use list::{CueList, TriggerInputs};

use world::tape::Transition;

/// A show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShowProgram {
    /// Its title.
    pub title: String,
    /// Whether the first cue follows the last.
    pub repeats: bool,
    /// Show mode: all but [`Self::allow`] is locked, and no controls are shown over the picture.
    pub locked: bool,
    /// Addresses that stay allowed, with a trailing `*` as a wildcard; [`ALLOWED`](super::lock::ALLOWED) if empty.
    pub allow: Vec<String>,
    /// Attract mode: seconds without a touch after which the show goes to its first cue.
    pub attract: Option<f64>,
    /// Opening hours, minutes of the day, the second up to 1440; outside them the picture is black. Equal ones are open
    /// round the clock.
    pub hours: Option<(u32, u32)>,
    /// Seconds after which a picture that is still, black or of one colour is a fault; 0: never.
    pub still: Option<f64>,
    /// The cues, in order.
    pub cues: Vec<CueSpec>,
}

/// One cue.
#[derive(Clone, Debug, PartialEq)]
pub struct CueSpec {
    /// Its name; the scene's if none is given.
    pub name: String,
    /// The scene: a shipped name or a file.
    pub scene: String,
    /// Its transition.
    pub way: Transition,
    /// Duration of the transition, seconds.
    pub seconds: f64,
    /// Triggers of the next cue, any of these; empty: a key.
    pub then: Vec<CueTrigger>,
    /// Seconds after which a still picture is a fault in this cue; 0: never; none: as the scene and the show say.
    pub still: Option<f64>,
}

/// Trigger of the next cue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CueTrigger {
    /// Seconds in this cue.
    After(f64),
    /// Beats in this cue.
    Beats(f64),
    /// Seconds since the judge last saw anything new.
    Bored(f64),
    /// Seconds of silence.
    Quiet(f64),
    /// Seconds since the last touch.
    Idle(f64),
    /// A time of day, minutes since midnight.
    At(u32),
}

impl CueTrigger {
    /// As text, for panels.
    pub fn text(&self) -> String {
        match self {
            Self::After(s) => format!("after {s} s"),
            Self::Beats(b) => format!("after {b} beats"),
            Self::Bored(s) => format!("after {s} s of nothing new to the judge"),
            Self::Quiet(s) => format!("after {s} s of silence"),
            Self::Idle(s) => format!("after {s} s without a touch"),
            Self::At(m) => format!("at {:02}:{:02}", m / 60, m % 60),
        }
    }
}

impl CueSpec {
    /// Its transition and the trigger of the next cue, as text.
    pub fn about(&self) -> String {
        let way = match self.way {
            Transition::Cut => "cut".to_string(),
            way => format!("{} {} s", way.name(), self.seconds),
        };
        format!("{way}, then {}", self.waits_for())
    }

    /// The trigger of the next cue, as text.
    pub fn waits_for(&self) -> String {
        match self.then.is_empty() {
            true => "a key".into(),
            false => self.then.iter().map(CueTrigger::text).collect::<Vec<_>>().join(" or "),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cues_describe_their_transition_and_trigger() {
        let all = [
            (CueTrigger::After(90.0), "after 90 s"),
            (CueTrigger::Beats(64.0), "after 64 beats"),
            (CueTrigger::Bored(2.5), "after 2.5 s of nothing new to the judge"),
            (CueTrigger::Quiet(8.0), "after 8 s of silence"),
            (CueTrigger::Idle(60.0), "after 60 s without a touch"),
            (CueTrigger::At(23 * 60 + 5), "at 23:05"),
            (CueTrigger::At(61), "at 01:01"),
        ];
        all.iter().for_each(|(start, text)| assert_eq!(start.text(), *text));
        let (name, scene) = ("x".to_string(), "ink".to_string());
        let then = vec![CueTrigger::After(9.0), CueTrigger::At(600)];
        let plan = CueSpec { name, scene, way: Transition::Black, seconds: 4.0, then, still: None };
        assert_eq!(plan.waits_for(), "after 9 s or at 10:00");
        assert_eq!(plan.about(), "black 4 s, then after 9 s or at 10:00");
        let cut = CueSpec { way: Transition::Cut, then: Vec::new(), ..plan };
        assert_eq!(cut.about(), "cut, then a key");
    }
}
