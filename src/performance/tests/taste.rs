//! Votes on pictures of a show: they are learned by the judge's thread, move what is linked to them, and are saved.

use std::sync::Arc;

use super::super::judge::FrameJudge;
use super::super::sample::with;
use super::super::{Performance, PerformanceSetup, VerdictSignals};
use super::replay::replayed;
use super::state;
use show::{Command, ShowDriver, TasteCommand, TasteState};
use world::frame::Frame;
use world::taste::{PairPicture, RatedPicture, TastePair, TasteVote, VERSION};
use world::votes::{VoteSide, Voter};

/// Its score is a quarter of its votes for the left; it asks about the newest frame and black.
#[derive(Default)]
struct CountingJudge {
    pair: TastePair,
    left: usize,
    votes: usize,
}

impl CountingJudge {
    fn score(&self) -> Option<f64> {
        (self.votes > 0).then(|| (self.left as f64 / 4.0).min(1.0))
    }
}

impl FrameJudge for CountingJudge {
    fn verdict(&mut self, frame: &Frame, _: u64) -> VerdictSignals {
        if self.pair.number == 0 {
            self.pair = TastePair { number: 1, pictures: [PairPicture::of(frame), PairPicture::default()] };
        }
        self.score().map(|s| ("taste.score".into(), s)).into_iter().collect()
    }

    fn taste(&self) -> Option<TasteState> {
        let pair = (self.pair.number > 0).then(|| Arc::new(self.pair.clone()));
        Some(TasteState { pair, votes: self.votes, agreement: String::new(), score: self.score() })
    }

    fn rate(&mut self, command: TasteCommand) -> Option<TasteVote> {
        let number = self.pair.number;
        match command {
            TasteCommand::Prefer(preferred, voter, pair) if pair.is_none_or(|p| p == number) => {
                self.left += (preferred == VoteSide::Left) as usize;
                self.votes += 1;
                self.pair.number += 1;
                let [left, right] = self
                    .pair
                    .pictures
                    .clone()
                    .map(|p| RatedPicture { provenance: p.provenance, embedding: vec![number as f32] });
                Some(TasteVote { version: VERSION, judge: "0".repeat(16), preferred, voter, left, right })
            }
            TasteCommand::Prefer(..) => None,
            TasteCommand::Skip(_) => {
                self.pair.number += 1;
                None
            }
        }
    }
}

const LINKED: &str = "size = [32, 20]\n[node.cloud]\nsystem = \"noise\"\nspeed = 2\n[[link]]\nfrom = \"taste.score\"\n\
                      to = \"cloud.warp\"\n[[layer]]\nshow = \"cloud.value\"\npalette = \"inferno\"\n";

fn voting(folder: &std::path::Path, scene: &str) -> Performance {
    let votes = Some(folder.join("deep/taste.jsonl"));
    let judge = || Some(Box::<CountingJudge>::default() as Box<dyn FrameJudge>);
    with(folder, &[scene], |setup| PerformanceSetup { judge: Some(Box::new(judge)), votes, ..setup })
}

fn number(p: &mut Performance) -> u64 {
    state(p).taste.and_then(|t| t.pair.as_ref().map(|pair| pair.number)).unwrap_or(0)
}

fn prefer(side: VoteSide, pair: Option<u64>) -> Command {
    Command::Taste(TasteCommand::Prefer(side, Voter::Number(2), pair))
}

/// Ticks, each with its picture, until something holds.
fn until(p: &mut Performance, seen: &mut Vec<u64>, holds: impl Fn(&mut Performance) -> bool) {
    for _ in 0..10_000 {
        if holds(p) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
        p.tick();
        seen.push(p.seen());
    }
    panic!("it never happened");
}

#[test]
fn a_vote_moves_what_is_linked_to_the_score_is_saved_and_replays_from_the_tape() {
    let folder = tempfile::tempdir().unwrap();
    let (mut p, mut seen) = (voting(folder.path(), LINKED), Vec::new());
    until(&mut p, &mut seen, |p| number(p) == 1);
    assert!(state(&mut p).taste.unwrap().score.is_none());
    assert!(!folder.path().join("deep").exists(), "a show without votes leaves no file");
    let warp = |p: &Performance| p.engine().now("cloud.warp");
    let before = warp(&p);
    for (n, side) in [(1, VoteSide::Left), (2, VoteSide::Left), (3, VoteSide::Right)] {
        p.command(prefer(side, Some(n)));
        // It comes too late: the pair is gone.
        p.command(prefer(VoteSide::Left, Some(n)));
        until(&mut p, &mut seen, |p| number(p) == n + 1);
    }
    p.command(Command::Taste(TasteCommand::Skip(None)));
    until(&mut p, &mut seen, |p| number(p) == 5);
    until(&mut p, &mut seen, |p| p.engine().signals().get("taste.score") == 0.5 && warp(p) != before);
    assert_eq!(state(&mut p).taste.unwrap().words(), "3 votes · this picture: 50 %");
    // A vote that is cast as the show ends is saved, too.
    p.command(prefer(VoteSide::Left, Some(5)));
    let said = p.end();
    assert!(said.iter().any(|line| line.starts_with("votes: 4 in ")), "{said:?}");
    drop(p);
    let file = TasteVote::file(&std::fs::read(folder.path().join("deep/taste.jsonl")).unwrap());
    let cast: Vec<(VoteSide, f32)> = file.votes.iter().map(|v| (v.preferred, v.left.embedding[0])).collect();
    let (left, right) = (VoteSide::Left, VoteSide::Right);
    assert_eq!(cast, [(left, 1.0), (left, 2.0), (right, 3.0), (left, 5.0)]);
    let from = &file.votes[0].left.provenance;
    assert!(from.scene == "0" && from.width == 32 && file.votes[0].voter == Voter::Number(2), "{from:?}");
    assert_eq!(replayed(&std::fs::read(folder.path().join("t.tape")).unwrap()), seen);
}

/// Without votes, who watches changes no byte.
#[test]
fn a_show_without_votes_is_the_same_whether_or_not_a_taste_is_learned() {
    let pictures = |judged: bool| {
        let folder = tempfile::tempdir().unwrap();
        let mut p = match judged {
            true => voting(folder.path(), LINKED),
            false => with(folder.path(), &[LINKED], |s| s),
        };
        let seen: Vec<u64> = (0..90)
            .map(|_| {
                p.tick();
                p.seen()
            })
            .collect();
        seen
    };
    assert_eq!(pictures(true), pictures(false));
}

/// Who votes on a still picture sees the next pair at once.
#[test]
fn votes_are_taken_while_the_show_is_paused() {
    let folder = tempfile::tempdir().unwrap();
    let mut p = voting(folder.path(), LINKED);
    until(&mut p, &mut Vec::new(), |p| number(p) == 1);
    p.pause(true);
    p.command(prefer(VoteSide::Left, None));
    for _ in 0..5000 {
        std::thread::sleep(std::time::Duration::from_millis(1));
        p.rest();
        if number(&mut p) == 2 {
            break;
        }
    }
    assert_eq!((number(&mut p), state(&mut p).taste.unwrap().votes), (2, 1));
}
