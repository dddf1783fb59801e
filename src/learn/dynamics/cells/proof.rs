//! The proof: every neighbourhood is decided, and the decision held beside the rule.

use super::inference::LearnedAutomaton;
use super::table::digits;
use crate::header::ModelHeader;
use crate::net::weights::Weights;

/// Neighbourhoods that are named at most, if they are decided wrongly.
const NAMED: usize = 8;

/// What enumeration shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Proof {
    /// Neighbourhoods in all.
    pub all: usize,
    /// Those that occurred in the frames.
    pub seen: usize,
    /// Those decided otherwise than the rule did, with the network's decision and the rule's.
    pub wrong: Vec<(usize, usize, usize)>,
}

impl Proof {
    /// Enumerates the neighbourhoods of a learned automaton; `None` if there are too many.
    pub fn of(automaton: &LearnedAutomaton, w: &Weights) -> Option<Self> {
        let all = automaton.states().neighbourhoods()?;
        let rule = w.get("rule", &[all]).ok()?;
        let seen: Vec<(usize, usize)> =
            rule.iter().enumerate().filter(|r| *r.1 >= 0.0).map(|(i, v)| (i, *v as usize)).collect();
        let wrong = seen.iter().map(|(i, next)| (*i, automaton.decide(*i), *next)).filter(|w| w.1 != w.2);
        Some(Self { all, seen: seen.len(), wrong: wrong.collect() })
    }

    /// Whether the network is the rule: every neighbourhood occurred, and none is decided wrongly.
    pub fn is_exact(&self) -> bool {
        self.seen == self.all && self.wrong.is_empty()
    }

    /// As lines.
    pub fn lines(&self, states: usize) -> Vec<String> {
        let Self { all, seen, wrong } = self;
        let mut lines = vec![format!(
            "proof by enumeration: {} of {seen} neighbourhoods that occurred are decided as the rule does",
            seen - wrong.len()
        )];
        lines.extend(
            wrong.iter().take(NAMED).map(|(i, found, rule)| {
                format!("  {:?}: expected {rule}, found {found}", digits(*i, states))
            }),
        );
        lines.push(match (self.is_exact(), all - seen) {
            (true, _) => {
                format!("all {all} occurred: it is the rule, on every board and for any number of steps")
            }
            (false, 0) => format!("all {all} occurred: it is not the rule"),
            (false, unseen) => format!("{unseen} of {all} never occurred: of those nothing is proved"),
        });
        lines
    }
}

/// The proof of a file, as lines.
pub fn report(header: &ModelHeader, w: &Weights) -> Vec<String> {
    let Ok(automaton) = LearnedAutomaton::of(header, w) else { return Vec::new() };
    let states = automaton.states().0.len();
    let mut lines = vec![format!("a network of {} weights for {states} states", automaton.sizes().count())];
    match Proof::of(&automaton, w) {
        Some(proof) => lines.extend(proof.lines(states)),
        None => lines.push("its neighbourhoods are too many to enumerate: nothing is proved".into()),
    }
    lines
}
