//! What can be asked of a show, by whatever hand: keys, panel, MIDI, OSC, the web remote, a cue.

use serde::{Deserialize, Serialize};

use world::scene::Address;
use world::tape::Event;

/// What the hands ask of the show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Something happens to the world.
    Event(Event),
    /// A knob is moved to a place of its travel, 0..1 (switches: on from one half).
    Travel(Address, f64),
    /// The clock stands, or goes on.
    Pause(bool),
    /// One tick while the clock stands.
    Step,
    /// Another scene, by its place, with the transition that is set for hands.
    Scene(usize),
    /// A cue of the show file.
    Cue(CueTarget),
    /// Another look at two sides.
    Turn(SplitCommand),
    /// The last move of a knob is taken back.
    Undo,
    /// What was taken back last is done again.
    Redo,
    /// All knobs of the scene are kept in a slot, 0..9.
    Keep(usize),
    /// Knobs go back to what a slot holds.
    Recall(usize),
    /// Scene, seed and knobs as they are now become a favourite, kept for good.
    Favour,
    /// The next favourite comes back, after the last the first.
    Favourite,
    /// Everything as the scene's file says: knobs, links, worlds. Also ends a transition, and brings the light back.
    Reset,
    /// A beat was tapped now.
    Tap,
    /// The tempo in beats a minute, set by hand or by a MIDI clock; 0 lets the next source take over.
    Tempo(f64),
    /// A beat of the outside clock begins now.
    Beat,
    /// Recording starts or ends.
    Record(bool),
    /// The flash limiter is switched (off is written to the log).
    Limiter(bool),
}

impl Command {
    /// Whether it must get through, however many wait.
    pub fn is_vital(&self) -> bool {
        matches!(self, Self::Reset | Self::Pause(_) | Self::Record(_) | Self::Limiter(_))
    }
}

/// Which cue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CueTarget {
    /// The next in the list.
    Go,
    /// The one before.
    Back,
    /// By its place, from 0.
    To(usize),
}

/// What can be done with two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SplitCommand {
    /// Left becomes right.
    Swap,
    /// The next way to share the picture.
    Way,
    /// Less of the right side.
    Back,
    /// More of it.
    On,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_fault_gets_through_and_nothing_else_must() {
        let vital = [Command::Reset, Command::Pause(true), Command::Record(false), Command::Limiter(true)];
        assert!(vital.iter().all(Command::is_vital));
        let other = [
            Command::Event(Event::Reseed(1)),
            Command::Travel("a.b".into(), 0.5),
            Command::Step,
            Command::Scene(0),
            Command::Cue(CueTarget::Go),
            Command::Turn(SplitCommand::Swap),
            Command::Undo,
            Command::Favourite,
            Command::Tap,
            Command::Tempo(0.0),
            Command::Beat,
        ];
        assert!(!other.iter().any(Command::is_vital));
    }
}
