//! The blind vote of a comparison (`--versus … --blind`): which side is ruled?

use show::{Command, VoteCommand};
use world::votes::{VoteSide, Voter};

use super::declaration::{Fixed, Holds};

/// A vote for the left.
pub static LEFT: Fixed = Fixed {
    name: "vote.left",
    about: "Votes that the left side is ruled; a number from 2 says who votes.",
    holds: Holds::Trigger(|given, _| cast(VoteSide::Left, given)),
};

/// A vote for the right.
pub static RIGHT: Fixed = Fixed {
    name: "vote.right",
    about: "Votes that the right side is ruled; a number from 2 says who votes.",
    holds: Holds::Trigger(|given, _| cast(VoteSide::Right, given)),
};

/// The answer.
pub static REVEAL: Fixed = Fixed {
    name: "vote.reveal",
    about: "Reveals which side is ruled, and counts the votes.",
    holds: Holds::Trigger(|_, _| Command::Vote(VoteCommand::Reveal)),
};

/// Another round.
pub static NEXT: Fixed = Fixed {
    name: "vote.next",
    about: "Begins the next round, with another seed and the sides tossed anew.",
    holds: Holds::Trigger(|_, _| Command::Vote(VoteCommand::Next)),
};

fn cast(side: VoteSide, given: Option<f64>) -> Command {
    Command::Vote(VoteCommand::Cast(side, voter(given)))
}

/// The voter that a number names; a button sends 1, which names nobody.
pub fn voter(given: Option<f64>) -> Voter {
    let number = given.filter(|v| *v >= 2.0);
    // From a float, `as` saturates.
    number.map_or(Voter::Local, |v| Voter::Number(v as u64))
}
