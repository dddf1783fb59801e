//! Votes by pair, by round and by voter.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use world::proportion::trials_to_tell;
use world::votes::{TELL, Tally, Vote, VoteSide, VotedGenerator, Voter};

/// Votes that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// What they have in common.
    pub name: String,
    /// How many recognised the rule.
    pub tally: Tally,
    /// How many were for the left, whichever side was ruled: far from half, voters prefer a side.
    pub left: usize,
    /// Median seconds since the round began.
    pub seconds: f64,
}

impl Group {
    fn of(name: String, votes: &[&Vote]) -> Self {
        let mut times: Vec<f64> = votes.iter().map(|v| v.seconds).collect();
        times.sort_by(f64::total_cmp);
        let seconds = match (times.len(), times.len() / 2) {
            (0, _) => f64::NAN,
            (n, half) if n % 2 == 0 => 0.5 * (times[half - 1] + times[half]),
            (_, half) => times[half],
        };
        let left = votes.iter().filter(|v| v.vote == VoteSide::Left).count();
        Self { name, tally: Tally::of(votes.iter().copied()), left, seconds }
    }

    fn json(&self) -> Value {
        let Tally { correct, total } = self.tally;
        json!({
            "name": self.name, "correct": correct, "votes": total, "share": self.tally.share(),
            "interval": self.tally.interval(), "p": self.tally.p(), "left": self.left,
            "median_seconds": self.seconds,
        })
    }
}

/// What votes say.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// All of them.
    pub all: Group,
    /// By pair of generators, those with the most votes first.
    pub pairs: Vec<Group>,
    /// By round of a show, in the order in which they were played.
    pub rounds: Vec<Group>,
    /// Number of voters: pages, and the keyboard and numbers of each show.
    pub voters: usize,
    /// For each pair, in their order: correct and all votes so far, vote by vote.
    pub courses: Vec<Vec<Tally>>,
    /// Votes that tell [`TELL`] from one half, in four of five studies.
    pub needed: u64,
}

type Pair<'a> = (&'a VotedGenerator, &'a VotedGenerator);
/// Show, round, and who was compared.
type Round<'a> = (u64, u64, Pair<'a>);

impl Summary {
    /// Of votes in the order in which they were cast.
    pub fn of(votes: &[Vote]) -> Self {
        let all: Vec<&Vote> = votes.iter().collect();
        let mut by_pair: BTreeMap<Pair, Vec<&Vote>> = BTreeMap::new();
        let mut by_round: Vec<(Round, Vec<&Vote>)> = Vec::new();
        let mut place: BTreeMap<Round, usize> = BTreeMap::new();
        for vote in votes {
            let pair = (&vote.rule, &vote.rival);
            by_pair.entry(pair).or_default().push(vote);
            let round = (vote.show, vote.round, pair);
            let at = *place.entry(round).or_insert_with(|| {
                by_round.push((round, Vec::new()));
                by_round.len() - 1
            });
            by_round[at].1.push(vote);
        }
        let mut by_pair: Vec<(Pair, Vec<&Vote>)> = by_pair.into_iter().collect();
        by_pair.sort_by_key(|(_, votes)| std::cmp::Reverse(votes.len()));
        // A page stays who it is; the keyboard and numbers are others in another show.
        let show = |v: &Vote| (!matches!(v.voter, Voter::Page(_))).then_some(v.show);
        let voters: BTreeSet<_> = votes.iter().map(|v| (v.voter, show(v))).collect();
        let courses = by_pair.iter().map(|(_, votes)| course(votes)).collect();
        Self {
            all: Group::of("all".into(), &all),
            pairs: by_pair.iter().map(|(pair, votes)| Group::of(name(*pair), votes)).collect(),
            rounds: by_round
                .iter()
                .map(|((show, round, pair), votes)| {
                    Group::of(format!("show {show}, round {round}: {}", name(*pair)), votes)
                })
                .collect(),
            voters: voters.len(),
            courses,
            needed: trials_to_tell(TELL).unwrap_or(0),
        }
    }

    /// The verdict in a sentence.
    pub fn verdict(&self) -> String {
        let tally = self.all.tally;
        match tally.share() {
            None => "There are no votes.".into(),
            Some(_) if tally.p() >= 0.05 => {
                let so_far = if (tally.total as u64) < self.needed {
                    format!(
                        " {} votes would tell {:.0} % from guessing; there are {}.",
                        self.needed,
                        100.0 * TELL,
                        tally.total
                    )
                } else {
                    String::new()
                };
                format!("The votes are compatible with guessing: {}.{so_far}", tally.words())
            }
            Some(share) if share > 0.5 => format!("The rule is recognised: {}.", tally.words()),
            Some(_) => format!("What was learned is taken for the rule: {}.", tally.words()),
        }
    }

    /// Everything as JSON.
    pub fn json(&self) -> Value {
        let groups = |list: &[Group]| list.iter().map(Group::json).collect::<Vec<_>>();
        json!({
            "all": self.all.json(), "pairs": groups(&self.pairs), "rounds": groups(&self.rounds),
            "voters": self.voters, "votes_to_tell_60_percent": self.needed, "verdict": self.verdict(),
        })
    }
}

fn name((rule, rival): Pair) -> String {
    let short = |g: &VotedGenerator| g.hash.chars().take(6).collect::<String>();
    format!("{} [{}] against {} [{}]", rule.name, short(rule), rival.name, short(rival))
}

fn course(votes: &[&Vote]) -> Vec<Tally> {
    let mut tally = Tally::default();
    let grow = |v: &&Vote| {
        tally.add(v.is_correct());
        tally
    };
    votes.iter().map(grow).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use world::votes::VERSION;

    /// A vote in a round of a show of two generators.
    pub fn vote(
        show: u64,
        round: u64,
        pair: (&str, &str),
        correct: bool,
        voter: Voter,
        seconds: f64,
    ) -> Vote {
        let generator =
            |name: &str| VotedGenerator { name: name.into(), hash: format!("{:016x}", name.len()) };
        let ruled = if round.is_multiple_of(2) { VoteSide::Left } else { VoteSide::Right };
        let other = if round.is_multiple_of(2) { VoteSide::Right } else { VoteSide::Left };
        let (rule, rival) = (generator(pair.0), generator(pair.1));
        let vote = if correct { ruled } else { other };
        Vote { version: VERSION, show, round, seed: round, ruled, vote, voter, seconds, rule, rival }
    }

    #[test]
    fn votes_are_counted_by_pair_and_round_in_their_order() {
        let (a, b) = (("ink", "vae"), ("life", "cells"));
        let votes = [
            vote(9, 1, a, true, Voter::Page(1), 4.0),
            vote(9, 1, a, false, Voter::Page(2), 1.0),
            vote(9, 2, a, true, Voter::Page(1), 3.0),
            vote(3, 1, b, true, Voter::Local, 10.0),
            vote(9, 1, a, true, Voter::Local, 2.0),
        ];
        let numbers = [3, 4].map(|show| vote(show, 1, b, true, Voter::Number(2), 1.0));
        assert_eq!(Summary::of(&numbers).voters, 2, "numbers are given out by each show");
        let found = Summary::of(&votes);
        assert_eq!((found.all.tally, found.voters), (Tally { correct: 4, total: 5 }, 4));
        let names: Vec<(&str, usize)> =
            found.pairs.iter().map(|p| (p.name.as_str(), p.tally.total)).collect();
        assert_eq!(
            names,
            [("ink [000000] against vae [000000]", 4), ("life [000000] against cells [000000]", 1)]
        );
        let rounds: Vec<usize> = found.rounds.iter().map(|r| r.tally.total).collect();
        assert_eq!(rounds, [3, 1, 1]);
        assert!(found.rounds[1].name.starts_with("show 9, round 2"));
        assert_eq!((found.all.seconds, found.pairs[0].seconds, found.pairs[0].left), (3.0, 2.5, 2));
        let course: Vec<(usize, usize)> = found.courses[0].iter().map(|t| (t.correct, t.total)).collect();
        assert_eq!(course, [(1, 1), (1, 2), (2, 3), (3, 4)]);
        assert_eq!(found.json()["pairs"][0]["votes"], json!(4));
    }

    #[test]
    fn the_verdict_follows_the_test() {
        let of = |correct: usize, total: usize| {
            let each = |i: usize| vote(1, 1 + i as u64, ("a", "b"), i < correct, Voter::Page(i as u64), 1.0);
            Summary::of(&(0..total).map(each).collect::<Vec<_>>()).verdict()
        };
        assert_eq!(of(0, 0), "There are no votes.");
        assert!(
            of(7, 10).starts_with("The votes are compatible with guessing")
                && of(7, 10).contains("194 votes")
        );
        assert!(!of(100, 200).contains("194 votes"));
        assert!(of(20, 20).starts_with("The rule is recognised"));
        assert!(of(0, 20).starts_with("What was learned is taken for the rule"));
    }
}
