//! The taste that is learned while a show runs: which of two pictures is liked better?

use show::{Command, TasteCommand};
use world::votes::VoteSide;

use super::declaration::{Fixed, Holds};
use super::votes::voter;

/// A vote for the left.
pub static LEFT: Fixed = Fixed {
    name: "taste.left",
    about: "Votes that the left of the two pictures is liked better; a number from 2 says who votes.",
    holds: Holds::Trigger(|given, _| prefer(VoteSide::Left, given)),
};

/// A vote for the right.
pub static RIGHT: Fixed = Fixed {
    name: "taste.right",
    about: "Votes that the right of the two pictures is liked better; a number from 2 says who votes.",
    holds: Holds::Trigger(|given, _| prefer(VoteSide::Right, given)),
};

/// Another pair.
pub static SKIP: Fixed = Fixed {
    name: "taste.skip",
    about: "Asks about two other pictures.",
    holds: Holds::Trigger(|_, _| Command::Taste(TasteCommand::Skip(None))),
};

fn prefer(side: VoteSide, given: Option<f64>) -> Command {
    Command::Taste(TasteCommand::Prefer(side, voter(given), None))
}
