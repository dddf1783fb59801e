//! Commands to a show, from any control input: keys, panel, MIDI, OSC, the web remote, a cue.

use serde::{Deserialize, Serialize};

use world::scene::Address;
use world::tape::Event;
use world::votes::{VoteSide, Voter};

/// A command to the show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// An event that acts on the world.
    Event(Event),
    /// Sets a knob by its normalised value, 0..1 (switches: on from 0.5).
    Travel(Address, f64),
    /// Pauses or resumes the clock.
    Pause(bool),
    /// One tick while paused.
    Step,
    /// Another scene, by index, with the transition for manual scene changes.
    Scene(usize),
    /// A cue of the show file.
    Cue(CueTarget),
    /// Changes the split-screen comparison.
    Turn(SplitCommand),
    /// A vote in a blind comparison, or its course.
    Vote(VoteCommand),
    /// A vote on two pictures of the show, which one is liked better.
    Taste(TasteCommand),
    /// Shows where the judge looks, or no longer.
    Look(bool),
    /// Undoes the last knob edit.
    Undo,
    /// Redoes the last undone edit.
    Redo,
    /// Stores all knobs of the scene as a preset in a slot, 0..9.
    Keep(usize),
    /// Recalls the preset of a slot.
    Recall(usize),
    /// Saves the current scene, seed and knobs as a favourite.
    Favour,
    /// Recalls the next favourite; after the last, the first.
    Favourite,
    /// Resets knobs, links and worlds to the scene file. Also ends a transition, and releases the master.
    Reset,
    /// Tap tempo: one tap, now.
    Tap,
    /// The tempo in beats per minute, set by hand or by a MIDI clock; 0 lets the next source take over.
    Tempo(f64),
    /// A beat of the external clock begins now.
    Beat,
    /// Recording starts or ends.
    Record(bool),
    /// Switches the flash limiter, which is logged.
    Limiter(bool),
}

impl Command {
    /// Whether it is accepted even when the queue is full.
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
    /// By index, from 0.
    To(usize),
}

/// A command to the split-screen comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SplitCommand {
    /// Swaps left and right.
    Swap,
    /// The next split mode.
    Way,
    /// Less of the right side.
    Back,
    /// More of it.
    On,
}

/// A command to a blind comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum VoteCommand {
    /// A voter takes this side for the one that is ruled; the first vote of a voter in a round counts.
    Cast(VoteSide, Voter),
    /// Shows which side was ruled, and counts the votes of the round.
    Reveal,
    /// The next round; one that was not revealed is counted all the same.
    Next,
}

/// A command to the taste that is learned while a show runs. A number names the pair that it is about; without one that
/// is the pair which is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TasteCommand {
    /// A voter likes this picture better.
    Prefer(VoteSide, Voter, Option<u64>),
    /// Another pair, please.
    Skip(Option<u64>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_commands_that_end_a_fault_are_vital() {
        let vital = [Command::Reset, Command::Pause(true), Command::Record(false), Command::Limiter(true)];
        assert!(vital.iter().all(Command::is_vital));
        let other = [
            Command::Event(Event::Reseed(1)),
            Command::Travel("a.b".into(), 0.5),
            Command::Step,
            Command::Scene(0),
            Command::Cue(CueTarget::Go),
            Command::Turn(SplitCommand::Swap),
            Command::Vote(VoteCommand::Reveal),
            Command::Taste(TasteCommand::Skip(None)),
            Command::Look(true),
            Command::Undo,
            Command::Favourite,
            Command::Tap,
            Command::Tempo(0.0),
            Command::Beat,
        ];
        assert!(!other.iter().any(Command::is_vital));
    }
}
