//! `untrained play --versus SCENE IMITATOR`: a rule and what learned to imitate it, from one seed and on one clock.

mod cast;
mod share;

use std::time::Instant;

use super::Args;
use super::world::Played;
use crate::cli::Failure;
use crate::show::{Command, SideState, State, Turn, Way, World};
use crate::world::frame::Frame;
use crate::world::tape::Event;
use cast::{Part, cast};
use share::{Fingers, share};

/// How much a key moves the share.
const STEP: f32 = 0.125;

struct Side {
    name: String,
    bytes: u64,
    played: Played,
    frame: Frame,
    /// Milliseconds of a tick and of a picture, smoothed.
    spent: [f32; 2],
}

impl Side {
    fn timed(&mut self, which: usize, work: impl FnOnce(&mut Played, &mut Frame)) {
        let start = Instant::now();
        work(&mut self.played, &mut self.frame);
        let spent = start.elapsed().as_secs_f32() * 1e3;
        let old = &mut self.spent[which];
        *old += (spent - *old) * if *old == 0.0 { 1.0 } else { 0.05 };
    }

    fn state(&mut self) -> SideState {
        let mut own = State::default();
        self.played.state(&mut own);
        SideState {
            name: self.name.clone(),
            milliseconds: self.spent.iter().sum(),
            bytes: self.bytes,
            verdict: own.verdict,
            problems: own.problems,
        }
    }
}

/// Two worlds that share one picture; the panel is that of the left one.
pub struct Versus {
    /// Left, right.
    sides: [Side; 2],
    way: Way,
    share: f32,
    fingers: Fingers,
}

impl Versus {
    /// Brings both to life at half the width, with the seed of the rule.
    ///
    /// # Errors
    /// A side cannot be found, read or born.
    pub fn new(words: &[String], args: &Args) -> Result<Self, Failure> {
        let [rule, imitator] = cast(words)?;
        let size = args.size.map_or_else(|| rule.source.load().map(|s| s.size), Ok)?;
        let half = (size.0.div_ceil(2), size.1.div_ceil(2));
        let left = Args { size: Some(half), ..args.clone() };
        let rule = side(rule, &left)?;
        let seed = Some(rule.played.engine().seed());
        let right = Args { seed, tape: None, learn: None, ..left };
        Ok(Self {
            sides: [rule, side(imitator, &right)?],
            way: Way::Beside,
            share: 0.5,
            fingers: Fingers::default(),
        })
    }

    /// What each side hears: touches where they are, a new seed both, and the panel is the left side's.
    fn divide(&mut self, events: &[Event]) -> [Vec<Event>; 2] {
        let mut both = [Vec::new(), Vec::new()];
        for event in events {
            match event {
                Event::Touch(touch) => {
                    let felt = self.fingers.divide(touch, self.way);
                    both.iter_mut().zip(felt).for_each(|(b, t)| b.extend(t.map(Event::Touch)));
                }
                Event::Reseed(_) | Event::Signal(..) => both.iter_mut().for_each(|b| b.push(event.clone())),
                Event::Set(..) | Event::Link(..) => both[0].push(event.clone()),
                Event::Enter(_) | Event::Swap(_) | Event::Mark => {}
            }
        }
        both
    }
}

fn side(part: Part, args: &Args) -> Result<Side, Failure> {
    let played = Played::new(vec![part.source], args)?;
    Ok(Side { name: part.name, bytes: part.bytes, played, frame: Frame::default(), spent: [0.0; 2] })
}

impl World for Versus {
    fn tick(&mut self, events: &[Event]) {
        let heard = self.divide(events);
        self.sides.iter_mut().zip(&heard).for_each(|(s, e)| s.timed(0, |p, _| p.tick(e)));
    }

    fn poke(&mut self, events: &[Event]) {
        let heard = self.divide(events);
        self.sides.iter_mut().zip(&heard).for_each(|(s, e)| s.played.poke(e));
    }

    fn picture(&mut self, into: &mut Frame) {
        self.sides.iter_mut().for_each(|s| s.timed(1, |p, frame| p.picture(frame)));
        let [left, right] = &self.sides;
        share(&left.frame, &right.frame, self.way, self.share, into);
    }

    fn rate(&self) -> f64 {
        self.sides[0].played.rate()
    }

    fn state(&mut self, into: &mut State) {
        self.sides[0].played.state(into);
        into.sides = self.sides.iter_mut().map(Side::state).collect();
        (into.way, into.share) = (self.way, self.share);
    }

    fn go(&mut self, _: usize) {}

    fn refresh(&mut self) {
        self.sides.iter_mut().for_each(|s| s.played.refresh());
    }

    fn act(&mut self, command: Command) {
        let Command::Turn(turn) = command else { return };
        match turn {
            Turn::Swap => {
                self.sides.swap(0, 1);
                self.fingers = Fingers::default();
            }
            Turn::Way => {
                self.way = match self.way {
                    Way::Beside => Way::Wipe,
                    Way::Wipe => Way::Blend,
                    Way::Blend => Way::Beside,
                }
            }
            Turn::Back => self.share = (self.share - STEP).max(0.0),
            Turn::On => self.share = (self.share + STEP).min(1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::engine::Engine;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    fn versus(words: &[&str]) -> Versus {
        let line = ["play", "--no-judge", "--size", "128x72", "--frames", "1"];
        let args = Line::parse_from(line).args;
        Versus::new(&words.iter().map(|w| w.to_string()).collect::<Vec<_>>(), &args).unwrap()
    }

    fn half(frame: &Frame, side: usize) -> Vec<u8> {
        let w = frame.width / 2 * 4;
        frame.rgba.chunks_exact(frame.width * 4).flat_map(|r| r[side * w..][..w].to_vec()).collect()
    }

    #[test]
    fn each_side_is_what_it_is_alone_from_the_same_seed_on_the_same_clock() {
        let mut both = versus(&["julia", "imitator:street"]);
        let mut alone: Vec<Engine> = both
            .sides
            .iter()
            .map(|s| {
                Engine::new(s.played.engine().scene().clone(), Some(both.sides[0].played.engine().seed()))
                    .unwrap()
            })
            .collect();
        for _ in 0..5 {
            both.tick(&[]);
            alone.iter_mut().for_each(|e| e.step(&[]));
        }
        let (mut frame, mut single) = (Frame::default(), Frame::default());
        both.picture(&mut frame);
        assert_eq!((frame.width, frame.height, frame.provenance.tick), (128, 36, 5));
        for (side, engine) in alone.iter_mut().enumerate() {
            engine.compose(&mut single);
            assert!(half(&frame, side) == single.rgba, "side {side}");
        }
        let [left, right] = [half(&frame, 0), half(&frame, 1)];
        both.act(Command::Turn(Turn::Swap));
        both.picture(&mut frame);
        assert!(half(&frame, 0) == right && half(&frame, 1) == left);
    }

    #[test]
    fn keys_change_the_way_and_the_share_within_its_ends() {
        let mut both = versus(&["ants", "garden"]);
        let mut state = State::default();
        both.act(Command::Turn(Turn::Way));
        (0..20).for_each(|_| both.act(Command::Turn(Turn::On)));
        both.state(&mut state);
        assert_eq!((state.way, state.share, state.sides.len()), (Way::Wipe, 1.0, 2));
        both.act(Command::Turn(Turn::Way));
        (0..20).for_each(|_| both.act(Command::Turn(Turn::Back)));
        let (mut frame, mut left) = (Frame::default(), Frame::default());
        both.picture(&mut frame);
        both.sides[0].played.picture(&mut left);
        assert!(frame.rgba == left.rgba);
        both.tick(&[Event::Reseed(77)]);
        assert!(both.sides.iter().all(|s| s.played.engine().seed() == 77));
    }
}
