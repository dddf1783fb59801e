//! A blind comparison: each round a coin places the sides, everything that tells which is which is hidden, and people vote
//! which one is ruled.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use crate::votes_writer::VotesWriter;
use show::{SceneDescription, ShowState, SideState, VoteState};
use world::engine::Engine;
use world::frame::Frame;
use world::proportion::trials_to_tell;
use world::rng::Rng;
use world::votes::{TELL, Tally, VERSION, Vote, VoteSide, VotedGenerator, Voter};

/// Voters in a round.
pub const VOTERS: usize = 1024;
/// Brightness of both sides while a round is covered.
const COVER: u8 = 24;

/// How a blind comparison is held.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BlindSetup {
    /// Where votes are appended; nowhere if none.
    pub votes: Option<PathBuf>,
    /// Seconds from the beginning of a round during which neither picture is shown: how a world begins would tell.
    pub covered: f64,
}

/// The side of the rule in a round, from 1, of the show with this seed.
pub fn coin(show: u64, round: u64) -> VoteSide {
    match Rng::new(show).named("blind").named("side").fork(round).bits(0) >> 63 {
        0 => VoteSide::Left,
        _ => VoteSide::Right,
    }
}

/// The seed of both worlds in a round: first that of the show.
pub fn round_seed(show: u64, round: u64) -> u64 {
    match round {
        1 => show,
        _ => Rng::new(show).named("blind").named("seed").fork(round).bits(0) >> 40,
    }
}

/// The round that is played.
struct Round {
    number: u64,
    seed: u64,
    ruled: VoteSide,
    begun: Instant,
    ticks: u64,
    voters: BTreeSet<Voter>,
    tally: Tally,
    revealed: bool,
}

impl Round {
    fn new(show: u64, number: u64) -> Self {
        Self {
            number,
            seed: round_seed(show, number),
            ruled: coin(show, number),
            begun: Instant::now(),
            ticks: 0,
            voters: BTreeSet::new(),
            tally: Tally::default(),
            revealed: false,
        }
    }
}

/// A blind comparison that is held.
pub struct Blind {
    show: u64,
    /// Random, so that it tells nothing of the seed.
    run: u64,
    /// Ticks during which a round is covered.
    covered: f64,
    /// The rule, and what is held against it.
    pair: [VotedGenerator; 2],
    description: Arc<SceneDescription>,
    round: Round,
    /// Votes of the rounds that are over or revealed.
    tally: Tally,
    writer: Option<VotesWriter>,
    notice: (u64, String),
    needed: u64,
}

impl Blind {
    /// The first round of a show of this rule. `pair`: as the file of votes names them, the rule first.
    pub fn start(setup: &BlindSetup, rule: &Engine, pair: [VotedGenerator; 2]) -> Self {
        let (show, scene) = (rule.seed(), rule.scene());
        // The nodes and knobs of either side would tell.
        let description = SceneDescription {
            scenes: vec!["blind".into()],
            size: scene.size,
            ..SceneDescription::default()
        };
        Self {
            show,
            run: RandomState::new().hash_one(show),
            covered: setup.covered * scene.rate,
            pair,
            description: Arc::new(description),
            round: Round::new(show, 1),
            tally: Tally::default(),
            writer: setup.votes.as_deref().map(VotesWriter::start),
            notice: (0, String::new()),
            needed: trials_to_tell(TELL).unwrap_or(0),
        }
    }

    /// The side of the rule.
    pub fn ruled(&self) -> VoteSide {
        self.round.ruled
    }

    /// The worlds were started anew by hand, with this seed, in the same round.
    pub fn reseeded(&mut self, seed: u64) {
        (self.round.seed, self.round.ticks) = (seed, 0);
    }

    /// A tick has passed.
    pub fn tick(&mut self) {
        self.round.ticks += 1;
    }

    fn notify(&mut self, text: String) {
        self.notice = (self.notice.0 + 1, text);
    }

    /// Whether neither picture is shown: how a world begins would tell.
    fn is_covered(&self) -> bool {
        !self.round.revealed && (self.round.ticks as f64) < self.covered
    }

    /// A vote: the first of each voter in a round counts, from its first picture on until it is revealed. One that
    /// comes earlier may be meant for the round before.
    pub fn cast(&mut self, side: VoteSide, voter: Voter) {
        if self.is_covered() {
            return self.notify("neither side is shown yet: vote in a moment".into());
        }
        let round = &mut self.round;
        if round.revealed {
            return self.notify("this round is over; the next one can be voted on".into());
        }
        if round.voters.contains(&voter) {
            return self.notify("each voter has one vote in a round".into());
        }
        if round.voters.len() >= VOTERS {
            return self.notify(format!("a round takes {VOTERS} voters, and this one has them"));
        }
        round.voters.insert(voter);
        round.tally.add(side == round.ruled);
        let [rule, rival] = self.pair.clone();
        let vote = Vote {
            version: VERSION,
            show: self.show,
            round: round.number,
            seed: round.seed,
            ruled: round.ruled,
            vote: side,
            voter,
            seconds: round.begun.elapsed().as_secs_f64(),
            rule,
            rival,
        };
        let votes = round.tally.total;
        if let Some(writer) = &mut self.writer {
            writer.record(vote.line());
        }
        self.notify(format!("{votes} {} in this round", if votes == 1 { "vote" } else { "votes" }));
    }

    /// Shows which side is ruled, and counts the votes of the round.
    pub fn reveal(&mut self) {
        if std::mem::replace(&mut self.round.revealed, true) {
            return;
        }
        self.tally.join(self.round.tally);
        let [rule, rival] = &self.pair;
        let other = if self.round.ruled == VoteSide::Left { "right" } else { "left" };
        let (ruled, Tally { correct, total }) = (self.round.ruled.word(), self.round.tally);
        let text =
            format!("{ruled} is ruled: {}; {other}: {}; {correct} of {total} right", rule.name, rival.name);
        self.notify(text);
    }

    /// The next round begins; returns its seed. The votes of one that was not revealed are counted.
    pub fn advance(&mut self) -> u64 {
        self.reveal();
        self.round = Round::new(self.show, self.round.number + 1);
        self.notify(format!("round {}", self.round.number));
        self.round.seed
    }

    /// The state without anything that tells which side is which before it is revealed: a list of what may be known,
    /// so that what is added to the state later stays hidden.
    pub fn hide(&self, state: &mut ShowState) {
        let open = std::mem::take(state);
        let revealed = self.round.revealed;
        let mut problems: Vec<String> = self.writer.iter().filter_map(VotesWriter::problem).collect();
        if open.sides.iter().any(|s| !s.problems.is_empty()) && !revealed {
            problems.push("a side has problems, which are shown once it is revealed".into());
        }
        let nameless = |side: VoteSide| SideState { name: side.word().into(), ..SideState::default() };
        let sides = match revealed {
            true => open.sides,
            false => [VoteSide::Left, VoteSide::Right].map(nameless).into(),
        };
        *state = ShowState {
            description: self.description.clone(),
            tick: open.tick,
            seed: open.seed,
            sides,
            way: open.way,
            share: open.share,
            distance: open.distance,
            watts: open.watts,
            vote: Some(self.vote_state()),
            notice: self.notice.clone(),
            problems,
            tempo: open.tempo,
            heard: open.heard,
            ..ShowState::default()
        };
    }

    fn vote_state(&self) -> VoteState {
        let round = &self.round;
        VoteState {
            run: self.run,
            round: round.number,
            covered: self.is_covered(),
            seconds: round.begun.elapsed().as_secs_f32(),
            votes: round.tally.total,
            ruled: round.revealed.then_some(round.ruled),
            this: round.revealed.then_some(round.tally),
            tally: self.tally,
            needed: self.needed,
        }
    }

    /// Hides the picture at the beginning of a round, and always what it says of itself.
    pub fn cover(&self, frame: &mut Frame) {
        let provenance = &mut frame.provenance;
        provenance.scene = format!("blind comparison, round {}", self.round.number);
        (provenance.scene_hash, provenance.knobs) = (0, String::new());
        if self.is_covered() {
            frame.rgba.chunks_exact_mut(4).for_each(|p| p.copy_from_slice(&[COVER, COVER, COVER, 255]));
        }
    }

    /// Waits until all votes are written; the messages about them. Votes of a round that was not revealed are counted.
    pub fn end(&mut self) -> Vec<String> {
        self.reveal();
        let result = format!("blind vote: {}", self.tally.words());
        self.writer.iter_mut().map(VotesWriter::end).chain([result]).collect()
    }
}
