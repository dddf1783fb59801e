//! Votes of blind comparisons, on which side a rule is, as a file: a JSON object a line, appended as they are cast.

use std::fmt::{self, Display};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{limits, proportion};

/// Version of the format.
pub const VERSION: u32 = 1;
/// The share of right votes that a study is planned to tell from guessing.
pub const TELL: f64 = 0.6;
/// Damaged lines that are reported; more are counted.
const REPORTED: usize = 100;

/// A side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VoteSide {
    /// The left.
    Left,
    /// The right.
    Right,
}

impl VoteSide {
    /// Its index, left first.
    pub fn index(self) -> usize {
        self as usize
    }

    /// For people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }
}

/// Who votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Voter {
    /// Whoever is at the keyboard or a controller.
    Local,
    /// A number that was sent along, by OSC, from 2.
    Number(u64),
    /// A page of the web remote: the hash of the random id that it keeps.
    Page(u64),
}

impl Display for Voter {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Local => write!(f, "local"),
            Self::Number(n) => write!(f, "number:{n}"),
            Self::Page(hash) => write!(f, "page:{hash:016x}"),
        }
    }
}

impl From<Voter> for String {
    fn from(voter: Voter) -> Self {
        voter.to_string()
    }
}

impl FromStr for Voter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = match text.split_once(':') {
            None if text == "local" => Some(Self::Local),
            Some(("number", n)) => n.parse().ok().map(Self::Number),
            Some(("page", hash)) => hash_of(hash).map(Self::Page),
            _ => None,
        };
        found.ok_or_else(|| format!("voter: expected local, number:N or page:HASH, found `{text:.40}`"))
    }
}

impl TryFrom<String> for Voter {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// Sixteen hexadecimal digits as a number.
pub(super) fn hash_of(text: &str) -> Option<u64> {
    let digits = text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit());
    u64::from_str_radix(text, 16).ok().filter(|_| digits)
}

/// A generator of the pair that was compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VotedGenerator {
    /// Its name.
    pub name: String,
    /// Hash of the rule's text, or of the weights: 16 hexadecimal digits.
    pub hash: String,
}

/// One vote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vote {
    /// Version of the format, [`VERSION`].
    pub version: u32,
    /// Seed of the show, from which its rounds follow.
    pub show: u64,
    /// Round of the show, from 1.
    pub round: u64,
    /// Seed of both worlds in that round.
    pub seed: u64,
    /// The side that was ruled.
    pub ruled: VoteSide,
    /// The side that was taken for it.
    pub vote: VoteSide,
    /// Who voted.
    pub voter: Voter,
    /// Seconds since the round began.
    pub seconds: f64,
    /// The rule.
    pub rule: VotedGenerator,
    /// What was held against it.
    pub rival: VotedGenerator,
}

impl Vote {
    /// Whether the rule was recognised.
    pub fn is_correct(&self) -> bool {
        self.vote == self.ruled
    }

    /// Its line, with the line feed.
    ///
    /// # Errors
    /// It cannot be written as JSON.
    pub fn line(&self) -> serde_json::Result<String> {
        serde_json::to_string(self).map(|text| text + "\n")
    }

    /// Reads a line.
    ///
    /// # Errors
    /// What is wrong with it: a field, what was expected and what was found.
    pub fn parse(line: &str) -> Result<Self, String> {
        let vote: Self = serde_json::from_str(line).map_err(|e| e.to_string())?;
        limits::within("version", vote.version, VERSION..=VERSION)?;
        limits::within("round", vote.round, 1..=u64::MAX)?;
        limits::within("seconds", vote.seconds, 0.0..=1e9)?;
        for (field, g) in [("rule", &vote.rule), ("rival", &vote.rival)] {
            limits::within(&format!("{field}.name: bytes"), g.name.len(), 1..=limits::NAME)?;
            hash_of(&g.hash).ok_or_else(|| {
                format!("{field}.hash: expected 16 hexadecimal digits, found `{:.40}`", g.hash)
            })?;
        }
        Ok(vote)
    }
}

/// A line that is no vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DamagedLine {
    /// Its number, from 1.
    pub line: usize,
    /// What is wrong.
    pub why: String,
}

/// A file of votes as far as it can be read.
#[derive(Clone, Debug, PartialEq)]
pub struct VotesFile<V = Vote> {
    /// The votes, in their order.
    pub votes: Vec<V>,
    /// Lines that are none, the first hundred of them.
    pub damaged: Vec<DamagedLine>,
    /// How many there are.
    pub damages: usize,
}

impl<V> Default for VotesFile<V> {
    fn default() -> Self {
        Self { votes: Vec::new(), damaged: Vec::new(), damages: 0 }
    }
}

impl VotesFile {
    /// Reads the bytes of a file of [`Vote`]s; empty lines are passed over.
    pub fn parse(bytes: &[u8]) -> Self {
        Self::parse_by(bytes, Vote::parse)
    }
}

impl<V> VotesFile<V> {
    /// Reads the bytes of a file of which `vote` reads a line, or says what is wrong with it; empty lines are passed
    /// over.
    pub fn parse_by(bytes: &[u8], vote: impl Fn(&str) -> Result<V, String>) -> Self {
        let mut file = Self::default();
        for (i, line) in bytes.split(|b| *b == b'\n').enumerate() {
            let text = std::str::from_utf8(line).map_err(|_| "expected UTF-8 text".to_string());
            match text.map(str::trim) {
                Ok("") => {}
                Ok(text) => match vote(text) {
                    Ok(vote) => file.votes.push(vote),
                    Err(why) => file.damage(i + 1, why),
                },
                Err(why) => file.damage(i + 1, why),
            }
        }
        file
    }

    fn damage(&mut self, line: usize, why: String) {
        self.damages += 1;
        if self.damaged.len() < REPORTED {
            self.damaged.push(DamagedLine { line, why });
        }
    }
}

/// How many votes recognised the rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Votes for the side that was ruled.
    pub correct: usize,
    /// All votes.
    pub total: usize,
}

impl Tally {
    /// Of some votes.
    pub fn of<'a>(votes: impl IntoIterator<Item = &'a Vote>) -> Self {
        let mut tally = Self::default();
        votes.into_iter().for_each(|v| tally.add(v.is_correct()));
        tally
    }

    /// Counts a vote.
    pub fn add(&mut self, is_correct: bool) {
        self.correct += is_correct as usize;
        self.total += 1;
    }

    /// Counts those of another.
    pub fn join(&mut self, other: Self) {
        self.correct += other.correct;
        self.total += other.total;
    }

    /// Share of correct ones, 0..1; none without votes.
    pub fn share(self) -> Option<f64> {
        (self.total > 0).then(|| self.correct as f64 / self.total as f64)
    }

    /// Its 95 % interval ([`proportion::wilson`]).
    pub fn interval(self) -> [f64; 2] {
        proportion::wilson(self.correct, self.total)
    }

    /// Exact two-sided p-value against guessing ([`proportion::binomial_p`]).
    pub fn p(self) -> f64 {
        proportion::binomial_p(self.correct, self.total)
    }

    /// For people: `7 of 10 right, 70 % (40 to 89 %), p = 0.34`.
    pub fn words(self) -> String {
        let Some(share) = self.share() else { return "no votes yet".into() };
        let [low, high] = self.interval().map(|v| 100.0 * v);
        let p = match self.p() {
            p if p < 0.001 => "p < 0.001".into(),
            p if p < 0.1 => format!("p = {p:.3}"),
            p => format!("p = {p:.2}"),
        };
        let Self { correct, total } = self;
        format!("{correct} of {total} right, {:.0} % ({low:.0} to {high:.0} %), {p}", 100.0 * share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn vote(round: u64, ruled: VoteSide, cast: VoteSide, voter: Voter, seconds: f64) -> Vote {
        let generator =
            |name: &str, hash: u64| VotedGenerator { name: name.into(), hash: format!("{hash:016x}") };
        let (rule, rival) = (generator("ink", 7), generator("ink \"2\" (diffusion)\n", u64::MAX));
        let (version, show, seed) = (VERSION, u64::MAX, u64::MAX - 1);
        Vote { version, show, round, seed, ruled, vote: cast, voter, seconds, rule, rival }
    }

    fn side() -> impl Strategy<Value = VoteSide> {
        prop_oneof![Just(VoteSide::Left), Just(VoteSide::Right)]
    }

    fn voter() -> impl Strategy<Value = Voter> {
        let page = any::<u64>().prop_map(Voter::Page);
        prop_oneof![Just(Voter::Local), any::<u64>().prop_map(Voter::Number), page]
    }

    proptest! {
        #[test]
        fn votes_are_read_as_they_were_written(
            list in proptest::collection::vec((1..1_000_000u64, side(), side(), voter(), 0.0..1e6f64), 0..20),
        ) {
            let votes: Vec<Vote> = list.into_iter().map(|(n, a, b, v, s)| vote(n, a, b, v, s)).collect();
            let text: String = votes.iter().map(|v| v.line().unwrap()).collect();
            prop_assert_eq!(text.lines().count(), votes.len());
            let read = VotesFile::parse(text.as_bytes());
            let tally = Tally::of(&read.votes);
            prop_assert_eq!((tally.total, read.damages), (votes.len(), 0));
            prop_assert_eq!(tally.correct, votes.iter().filter(|v| v.ruled == v.vote).count());
            prop_assert_eq!(read.votes, votes);
        }

        /// Whatever is cut off or overwritten is reported by its line, and costs no other.
        #[test]
        fn a_damaged_line_costs_no_other(at in 0usize..5, cut in 0usize..60) {
            let lines: Vec<String> =
                (1..=5).map(|n| vote(n, VoteSide::Left, VoteSide::Right, Voter::Local, 1.5).line().unwrap()).collect();
            let mut damaged = lines.clone();
            damaged[at] = format!("{}\n", &lines[at][..1 + cut]);
            let read = VotesFile::parse(damaged.concat().as_bytes());
            prop_assert_eq!((read.votes.len(), read.damages, read.damaged[0].line), (4, 1, at + 1));
            prop_assert!(read.votes.iter().all(|v| v.round != at as u64 + 1));
        }
    }

    #[test]
    fn what_is_wrong_with_a_line_is_said() {
        let good = vote(3, VoteSide::Left, VoteSide::Left, Voter::Page(5), 2.0).line().unwrap();
        for (from, to, expected) in [
            ("\"version\":1", "\"version\":2", "version: expected 1 to 1, found 2"),
            ("\"round\":3", "\"round\":0", "round"),
            ("\"seconds\":2.0", "\"seconds\":-1", "seconds: expected 0 to"),
            ("\"vote\":\"left\"", "\"vote\":\"top\"", "unknown variant `top`"),
            ("page:0000000000000005", "page:5", "voter: expected local, number:N or page:HASH"),
            ("0000000000000007", "seven", "rule.hash: expected 16 hexadecimal digits, found `seven`"),
            ("\"name\":\"ink\"", "\"name\":\"\"", "rule.name: bytes: expected 1 to 256, found 0"),
            ("\"show\":", "\"shown\":", "unknown field `shown`"),
        ] {
            assert!(good.contains(from), "{from}");
            let said = Vote::parse(&good.replacen(from, to, 1)).unwrap_err();
            assert!(said.contains(expected), "{said}");
        }
        let read = VotesFile::parse(&[good.as_bytes(), b"\n\xff\n", good.as_bytes()].concat());
        assert_eq!((read.votes.len(), read.damaged[0].line), (2, 3));
        assert_eq!(VotesFile::parse(&b"x\n".repeat(300)).damaged.len(), REPORTED);
        assert_eq!(VotesFile::parse(&b"x\n".repeat(300)).damages, 300);
    }

    #[test]
    fn a_tally_says_what_it_is_worth() {
        let mut tally = Tally::default();
        assert_eq!((tally.words(), tally.share()), ("no votes yet".into(), None));
        (0..10).for_each(|i| tally.add(i < 7));
        assert_eq!(tally.words(), "7 of 10 right, 70 % (40 to 89 %), p = 0.34");
        tally.join(Tally { correct: 40, total: 40 });
        assert_eq!(tally, Tally { correct: 47, total: 50 });
        assert!(tally.words().ends_with("p < 0.001"), "{}", tally.words());
    }
}
