//! Blind comparisons: nothing that leaves tells which side is which, and every vote counts once.

use std::path::Path;

use proptest::prelude::*;

use super::{setup, versus};
use crate::versus::blind::{coin, round_seed};
use crate::versus::{BlindSetup, Versus};
use show::{Command, ShowDriver, ShowState, SplitCommand, VoteCommand};
use world::frame::Frame;
use world::tape::Event;
use world::votes::{Tally, VoteSide, Voter, VotesFile};

/// A rule and its rival, blind, with the pictures shown from the beginning.
fn blind(votes: Option<&Path>, covered: f64) -> Versus {
    let mut parts = setup(["ants", "garden"]);
    parts.blind = Some(BlindSetup { votes: votes.map(Path::to_path_buf), covered });
    Versus::start(parts).unwrap()
}

fn cast(side: VoteSide, voter: Voter) -> Command {
    Command::Vote(VoteCommand::Cast(side, voter))
}

fn state(versus: &mut Versus) -> ShowState {
    let mut state = ShowState::default();
    versus.state(&mut state);
    state
}

fn opposite(side: VoteSide) -> VoteSide {
    if side == VoteSide::Left { VoteSide::Right } else { VoteSide::Left }
}

/// The side of the rule, from the inside.
fn truth(versus: &Versus) -> VoteSide {
    let found = if versus.sides[0].ruled { VoteSide::Left } else { VoteSide::Right };
    assert_ne!(versus.sides[0].ruled, versus.sides[1].ruled);
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Six deviations of 4,000 tosses are 190.
    #[test]
    fn the_coin_is_fair_remembers_nothing_and_belongs_to_its_round(show: u64) {
        let tosses: Vec<VoteSide> = (1..=4000).map(|round| coin(show, round)).collect();
        let lefts = tosses.iter().filter(|s| **s == VoteSide::Left).count();
        let changes = tosses.windows(2).filter(|w| w[0] != w[1]).count();
        prop_assert!((1810..=2190).contains(&lefts) && (1810..=2190).contains(&changes), "{lefts} {changes}");
        let again: Vec<VoteSide> = (1..=4000).rev().map(|round| coin(show, round)).collect();
        prop_assert!(again.iter().rev().eq(&tosses));
        prop_assert_eq!(round_seed(show, 1), show);
        let seeds: std::collections::BTreeSet<u64> = (2..100).map(|round| round_seed(show, round)).collect();
        // Seeds have 24 bits; that two of 98 are the same has a chance of 3 in 10,000.
        prop_assert!(seeds.len() >= 96 && seeds.iter().all(|s| *s < 1 << 24));
    }
}

/// All text of a state, in the form in which anything of it could leave the process.
fn text(state: &ShowState) -> String {
    format!("{state:?}")
}

#[test]
fn nothing_that_leaves_the_process_tells_the_sides_apart_before_they_are_revealed() {
    let mut both = blind(None, 0.0);
    let open = text(&state(&mut versus(["ants", "garden"])));
    let words = ["ants", "garden", "nodes: [NodeState"];
    assert!(words.iter().all(|w| open.contains(w)), "the open state has what is looked for");
    let mut frame = Frame::default();
    for round in 1..=6u64 {
        (0..3).for_each(|_| both.tick());
        both.picture(&mut frame);
        let hidden = state(&mut both);
        let told = text(&hidden);
        assert!(!words.iter().any(|w| told.contains(w)), "round {round}: {told}");
        for side in &hidden.sides {
            assert!(side.ruled.is_none() && side.training.is_none() && side.verdict.is_none());
            assert_eq!(
                (side.milliseconds, side.cpu_milliseconds, side.joules, side.bytes),
                (0.0, 0.0, 0.0, 0)
            );
        }
        assert_eq!(hidden.vote.as_ref().unwrap().ruled, None);
        let provenance = format!("{:?}", frame.provenance);
        assert!(provenance.contains(&format!("round {round}")), "{provenance}");
        assert!(!words.iter().any(|w| provenance.contains(w)) && frame.provenance.scene_hash == 0);
        let ruled = truth(&both);
        assert_eq!(ruled, coin(seed_of_show(), round));
        both.command(Command::Vote(VoteCommand::Reveal));
        let shown = state(&mut both);
        assert_eq!(shown.vote.as_ref().unwrap().ruled, Some(ruled));
        assert_eq!(shown.sides[ruled.index()].name, "ants");
        assert!(shown.notice.1.contains("ants") && shown.sides[ruled.index()].bytes > 0);
        both.command(Command::Vote(VoteCommand::Next));
    }
}

/// The seed from which all rounds of these shows follow.
fn seed_of_show() -> u64 {
    versus(["ants", "garden"]).sides[0].played.engine().seed()
}

#[test]
fn a_voter_has_one_vote_in_a_round_and_only_revealed_rounds_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("votes.jsonl");
    let mut both = blind(Some(&file), 0.0);
    let ruled = truth(&both);
    both.command(cast(ruled, Voter::Local));
    both.command(cast(opposite(ruled), Voter::Local));
    both.command(cast(opposite(ruled), Voter::Page(5)));
    both.command(cast(ruled, Voter::Page(5)));
    both.command(cast(ruled, Voter::Number(5)));
    let vote = state(&mut both).vote.unwrap();
    assert_eq!((vote.round, vote.votes, vote.tally, vote.this), (1, 3, Tally::default(), None));
    both.command(Command::Vote(VoteCommand::Reveal));
    both.command(Command::Vote(VoteCommand::Reveal));
    both.command(cast(ruled, Voter::Page(6)));
    let vote = state(&mut both).vote.unwrap();
    let tally = Tally { correct: 2, total: 3 };
    assert_eq!((vote.votes, vote.tally, vote.this, vote.needed), (3, tally, Some(tally), 194));

    both.command(Command::Vote(VoteCommand::Next));
    let second = truth(&both);
    both.command(cast(second, Voter::Local));
    assert_eq!(state(&mut both).vote.unwrap().tally, tally, "a vote is not counted before it is revealed");
    both.command(Command::Vote(VoteCommand::Next));
    let vote = state(&mut both).vote.unwrap();
    assert_eq!((vote.round, vote.votes, vote.tally), (3, 0, Tally { correct: 3, total: 4 }));

    let said = both.end();
    assert!(said.iter().any(|s| s.starts_with("votes: 4 in ")), "{said:?}");
    let read = VotesFile::parse(&std::fs::read(&file).unwrap());
    assert_eq!((read.damages, Tally::of(&read.votes)), (0, vote.tally));
    let show = seed_of_show();
    for vote in &read.votes {
        assert_eq!(
            (vote.show, vote.seed, vote.ruled),
            (show, round_seed(show, vote.round), coin(show, vote.round))
        );
        assert_eq!((vote.rule.name.as_str(), vote.rival.name.as_str()), ("ants", "garden"));
        assert_eq!((vote.rule.hash.as_str(), vote.seconds >= 0.0), ("0000000000000007", true));
    }
    let voters: Vec<Voter> = read.votes.iter().map(|v| v.voter).collect();
    assert_eq!(voters, [Voter::Local, Voter::Page(5), Voter::Number(5), Voter::Local]);
}

#[test]
fn each_round_starts_both_worlds_from_its_seed_on_the_side_of_its_coin() {
    let mut both = blind(None, 0.0);
    let show = both.sides[0].played.engine().seed();
    for round in 1..=8 {
        (0..2).for_each(|_| both.tick());
        assert!(both.sides.iter().all(|s| s.played.engine().seed() == round_seed(show, round)));
        // Ticks count on through the rounds, on both sides alike.
        assert!(both.sides.iter().all(|s| s.played.engine().tick() == 2 * round), "round {round}");
        assert_eq!(truth(&both), coin(show, round));
        both.command(Command::Vote(VoteCommand::Next));
    }
}

#[test]
fn hands_act_on_both_sides_alike_and_on_neither_alone() {
    use world::system::{Phase, Touch};
    let mut both = blind(None, 0.0);
    let (y, dx, dy, radius, strength) = (0.5, 0.0, 0.0, 0.1, 1.0);
    let touch = Touch { id: 1, x: 0.75, y, dx, dy, radius, strength, phase: Phase::Down };
    both.command(Command::Event(Event::Touch(touch)));
    let felt = [0, 1].map(|i| both.sides[i].played.touches.take());
    assert!(felt[0].len() == 1 && felt[0] == felt[1] && felt[0][0].x == 0.5);
    let before = both.sides[0].ruled;
    let knobs = |v: &Versus| [0, 1].map(|i| v.sides[i].played.engine().moved());
    let set = knobs(&both);
    let address = |v: &Versus, i: usize| {
        v.sides[i].played.engine().directory().iter().next().map(|p| p.address.clone()).unwrap()
    };
    for side in [0, 1] {
        both.command(Command::Travel(address(&both, side), 0.9));
    }
    for turn in [SplitCommand::Swap, SplitCommand::Way, SplitCommand::On] {
        both.command(Command::Turn(turn));
    }
    [Command::Undo, Command::Recall(0), Command::Keep(0), Command::Reset]
        .into_iter()
        .for_each(|c| both.command(c));
    assert!(knobs(&both) == set && both.sides[0].ruled == before);
    assert_eq!((both.way, both.share), (show::SplitMode::Beside, 0.5));
    both.command(Command::Event(Event::Reseed(99)));
    both.tick();
    assert!(both.sides.iter().all(|s| s.played.engine().seed() == 99) && both.sides[0].ruled == before);
    // Without a blind comparison, votes do nothing.
    let mut open = versus(["ants", "garden"]);
    open.command(cast(VoteSide::Left, Voter::Local));
    open.command(Command::Vote(VoteCommand::Next));
    assert!(state(&mut open).vote.is_none() && open.sides[0].ruled);
}

#[test]
fn a_round_begins_covered() {
    let mut both = blind(None, 0.1);
    let mut frame = Frame::default();
    let covered = |both: &mut Versus, frame: &mut Frame| {
        both.picture(frame);
        frame.rgba.chunks_exact(4).all(|p| p == [24, 24, 24, 255])
    };
    // A tenth of a second at 60 ticks a second.
    assert_eq!(both.rate(), 60.0);
    for _ in 0..6 {
        assert!(covered(&mut both, &mut frame));
        // A vote on what nobody has seen, or that was meant for the round before.
        both.command(cast(VoteSide::Left, Voter::Local));
        let vote = state(&mut both).vote.unwrap();
        assert!(vote.covered && vote.votes == 0);
        both.tick();
    }
    assert!(!covered(&mut both, &mut frame));
    both.command(cast(VoteSide::Left, Voter::Local));
    let vote = state(&mut both).vote.unwrap();
    assert!(!vote.covered && vote.votes == 1, "the rejected votes cost nobody the right to vote");
    both.command(Command::Vote(VoteCommand::Next));
    assert!(covered(&mut both, &mut frame));
    both.command(Command::Vote(VoteCommand::Reveal));
    assert!(!covered(&mut both, &mut frame) && !state(&mut both).vote.unwrap().covered);
}

/// Regression: the clock was that of the left side, so a show of scenes of different rates ran faster or slower by the
/// coin; likewise the tempo.
#[test]
fn clock_and_tempo_do_not_depend_on_the_side_of_the_rule() {
    let text = format!("rate = 20\n{}", show::source::SceneSource::find("garden").unwrap().text().unwrap());
    let mut parts = setup(["ants", "garden"]);
    parts.blind = Some(BlindSetup::default());
    let slow = show::source::SceneSource::Generated("slow".into(), text);
    let size = parts.sides[1].setup.size;
    parts.sides[1].setup =
        crate::PerformanceSetup { size, ..crate::PerformanceSetup::of(systems::CATALOGUE, vec![slow]) };
    let mut both = Versus::start(parts).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for round in 1..=12 {
        seen.insert(truth(&both));
        let rule = both.sides.iter_mut().find(|s| s.ruled).unwrap();
        rule.played.command(Command::Tempo(90.0));
        assert_eq!((both.rate(), state(&mut both).tempo.bpm), (60.0, 90.0), "round {round}");
        both.command(Command::Vote(VoteCommand::Next));
    }
    assert_eq!(seen.len(), 2);
}

#[test]
fn votes_of_the_last_round_are_counted_at_the_end_and_one_run_is_told_from_another() {
    let mut both = blind(None, 0.0);
    let right = truth(&both);
    (0..1030).for_each(|n| both.command(cast(right, Voter::Number(2 + n))));
    let shown = state(&mut both);
    assert_eq!(shown.vote.unwrap().votes, 1024);
    assert!(shown.notice.1.contains("takes 1024 voters"), "{}", shown.notice.1);
    let said = both.end();
    assert!(said.iter().any(|s| s.starts_with("blind vote: 1024 of 1024 right")), "{said:?}");
    let run = |versus: &mut Versus| state(versus).vote.unwrap().run;
    assert_eq!(run(&mut both), run(&mut both));
    assert_ne!(run(&mut both), run(&mut blind(None, 0.0)));
}

/// A tape has a round's seed as any other, and no vote.
#[test]
fn a_tape_of_a_blind_show_replays_the_rule() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("blind.tape");
    let mut parts = setup(["ants", "garden"]);
    parts.blind = Some(BlindSetup::default());
    parts.sides[0].setup.tape = crate::TapeTarget::File(file.clone());
    let mut both = Versus::start(parts).unwrap();
    for round in 0..3 {
        (0..5).for_each(|_| both.tick());
        both.command(cast(VoteSide::Left, Voter::Page(round)));
        both.command(Command::Vote(VoteCommand::Next));
    }
    (0..5).for_each(|_| both.tick());
    let rule = both.sides.iter_mut().find(|s| s.ruled).unwrap();
    let (mut live, mut again) = (Frame::default(), Frame::default());
    rule.played.picture(&mut live);
    both.end();
    let tape = world::tape::Tape::read(&std::fs::read(&file).unwrap()[..]).unwrap();
    let Event::Enter(first) = &tape.events[0].1 else { panic!("no scene") };
    let mut director = show::Director::new(systems::CATALOGUE, first, None).unwrap();
    for tick in 0..20 {
        let events: Vec<Event> = tape.at(tick).skip((tick == 0) as usize).cloned().collect();
        director.step(&events).unwrap();
    }
    director.compose(&mut again);
    assert!(live.rgba == again.rgba && live.provenance == again.provenance);
    assert_eq!(tape.events.iter().filter(|e| matches!(e.1, Event::Reseed(_))).count(), 3);
}
