//! Split-screen comparison of two performances: a rule and what learned to imitate it, from one seed and on one clock.

mod share;

use std::time::Instant;

use super::{Performance, PerformanceSetup, SetupError};
use share::{TouchSides, share};
use show::{Command, ShowDriver, ShowState, SideState, SplitCommand, SplitMode};
use world::frame::Frame;
use world::tape::Event;

/// How much a key moves the share.
const STEP: f32 = 0.125;

/// One side of the comparison.
pub struct SideSetup {
    /// Its name.
    pub name: String,
    /// Bytes that describe it: text of a rule, or weights.
    pub bytes: u64,
    /// What is played.
    pub setup: PerformanceSetup,
}

struct Side {
    name: String,
    bytes: u64,
    played: Performance,
    frame: Frame,
    /// Milliseconds of a tick and of a picture, smoothed.
    spent: [f32; 2],
}

impl Side {
    fn start(part: SideSetup) -> Result<Self, SetupError> {
        let played = part.setup.start()?;
        Ok(Self { name: part.name, bytes: part.bytes, played, frame: Frame::default(), spent: [0.0; 2] })
    }

    fn timed(&mut self, which: usize, work: impl FnOnce(&mut Performance, &mut Frame)) {
        let start = Instant::now();
        work(&mut self.played, &mut self.frame);
        let spent = start.elapsed().as_secs_f32() * 1e3;
        let old = &mut self.spent[which];
        *old += (spent - *old) * if *old == 0.0 { 1.0 } else { 0.05 };
    }

    fn state(&mut self) -> SideState {
        let mut own = ShowState::default();
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
    way: SplitMode,
    share: f32,
    touch_sides: TouchSides,
}

impl Versus {
    /// Starts both, the right one with the seed of the left.
    ///
    /// # Errors
    /// As [`PerformanceSetup::start`].
    pub fn start(left: SideSetup, right: SideSetup) -> Result<Self, SetupError> {
        let left = Side::start(left)?;
        let seed = Some(left.played.engine().seed());
        let right = Side::start(SideSetup { setup: PerformanceSetup { seed, ..right.setup }, ..right })?;
        let (way, share, touch_sides) = (SplitMode::Beside, 0.5, TouchSides::default());
        Ok(Self { sides: [left, right], way, share, touch_sides })
    }

    fn turn(&mut self, turn: SplitCommand) {
        match turn {
            SplitCommand::Swap => {
                self.sides.swap(0, 1);
                self.touch_sides = TouchSides::default();
            }
            SplitCommand::Way => {
                self.way = match self.way {
                    SplitMode::Beside => SplitMode::Wipe,
                    SplitMode::Wipe => SplitMode::Blend,
                    SplitMode::Blend => SplitMode::Beside,
                }
            }
            SplitCommand::Back => self.share = (self.share - STEP).max(0.0),
            SplitCommand::On => self.share = (self.share + STEP).min(1.0),
        }
    }

    fn both(&mut self, command: &Command) {
        self.sides.iter_mut().for_each(|s| s.played.command(command.clone()));
    }
}

impl ShowDriver for Versus {
    /// Touches act on the side they are on, a new seed and signals on both, all else on the left side, which has the
    /// panel.
    fn command(&mut self, command: Command) {
        match command {
            Command::Turn(turn) => self.turn(turn),
            Command::Event(Event::Touch(touch)) => {
                let touches = self.touch_sides.divide(&touch, self.way);
                let sides = self.sides.iter_mut().zip(touches);
                sides.for_each(|(s, t)| {
                    t.into_iter().for_each(|t| s.played.command(Command::Event(Event::Touch(t))))
                });
            }
            // Both in the same tick, or they would no longer be on one clock.
            Command::Event(Event::Reseed(seed)) => {
                self.sides.iter_mut().for_each(|s| s.played.act(Event::Reseed(seed)));
            }
            Command::Event(Event::Signal(..)) | Command::Tap | Command::Tempo(_) | Command::Beat => {
                self.both(&command);
            }
            // Another scene would be another comparison.
            Command::Scene(_) | Command::Cue(_) | Command::Favourite | Command::Reset => {}
            other => self.sides[0].played.command(other),
        }
    }

    fn pause(&mut self, paused: bool) {
        self.sides.iter_mut().for_each(|s| s.played.pause(paused));
    }

    fn tick(&mut self) {
        self.sides.iter_mut().for_each(|s| s.timed(0, |p, _| p.tick()));
    }

    fn rest(&mut self) -> bool {
        self.sides.iter_mut().fold(false, |moved, s| s.played.rest() | moved)
    }

    fn picture(&mut self, into: &mut Frame) {
        self.sides.iter_mut().for_each(|s| s.timed(1, |p, frame| p.picture(frame)));
        let [left, right] = &self.sides;
        share(&left.frame, &right.frame, self.way, self.share, into);
    }

    fn rate(&self) -> f64 {
        self.sides[0].played.rate()
    }

    fn state(&mut self, into: &mut ShowState) {
        self.sides[0].played.state(into);
        into.sides = self.sides.iter_mut().map(Side::state).collect();
        (into.way, into.share) = (self.way, self.share);
    }

    fn refresh(&mut self) {
        self.sides.iter_mut().for_each(|s| s.played.refresh());
    }

    fn end(&mut self) -> Vec<String> {
        self.sides.iter_mut().flat_map(|s| s.played.end()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use show::source::SceneSource;
    use world::engine::Engine;

    fn versus(words: &[&str]) -> Versus {
        let part = |word: &str| {
            let source = SceneSource::find(word).unwrap();
            let bytes = source.text().unwrap().len() as u64;
            let setup = PerformanceSetup {
                size: Some((64, 36)),
                ..PerformanceSetup::of(systems::CATALOGUE, vec![source])
            };
            SideSetup { name: word.into(), bytes, setup }
        };
        Versus::start(part(words[0]), part(words[1])).unwrap()
    }

    fn half(frame: &Frame, side: usize) -> Vec<u8> {
        let w = frame.width / 2 * 4;
        frame.rgba.chunks_exact(frame.width * 4).flat_map(|r| r[side * w..][..w].to_vec()).collect()
    }

    #[test]
    fn each_side_is_what_it_is_alone_from_the_same_seed_on_the_same_clock() {
        let mut both = versus(&["julia", "skin"]);
        let mut alone: Vec<Engine> = both
            .sides
            .iter()
            .map(|s| {
                Engine::new(s.played.engine().scene().clone(), Some(both.sides[0].played.engine().seed()))
                    .unwrap()
            })
            .collect();
        for _ in 0..5 {
            both.tick();
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
        both.command(Command::Turn(SplitCommand::Swap));
        both.picture(&mut frame);
        assert!(half(&frame, 0) == right && half(&frame, 1) == left);
    }

    #[test]
    fn commands_change_the_split_mode_and_the_share_within_its_limits() {
        let mut both = versus(&["ants", "garden"]);
        let mut state = ShowState::default();
        both.command(Command::Turn(SplitCommand::Way));
        (0..20).for_each(|_| both.command(Command::Turn(SplitCommand::On)));
        both.state(&mut state);
        assert_eq!((state.way, state.share, state.sides.len()), (SplitMode::Wipe, 1.0, 2));
        both.command(Command::Turn(SplitCommand::Way));
        (0..20).for_each(|_| both.command(Command::Turn(SplitCommand::Back)));
        let (mut frame, mut left) = (Frame::default(), Frame::default());
        both.picture(&mut frame);
        both.sides[0].played.picture(&mut left);
        assert!(frame.rgba == left.rgba);
        both.command(Command::Event(Event::Reseed(77)));
        both.tick();
        assert!(both.sides.iter().all(|s| s.played.engine().seed() == 77));
    }

    #[test]
    fn scene_changes_are_ignored_and_the_panel_is_the_left_sides() {
        let mut both = versus(&["julia", "skin"]);
        let scale = |v: &Versus, side: usize, address: &str| v.sides[side].played.engine().get(address);
        let old = scale(&both, 0, "set.zoom").unwrap();
        both.command(Command::Travel("set.zoom".into(), 0.5));
        assert_ne!(scale(&both, 0, "set.zoom"), Some(old));
        both.command(Command::Undo);
        assert_eq!(scale(&both, 0, "set.zoom"), Some(old));
        for command in [Command::Scene(0), Command::Reset, Command::Favourite] {
            both.command(command);
        }
        for _ in 0..20 {
            both.tick();
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        assert!(both.sides.iter().all(|s| s.played.ticks() == 20 && s.played.engine().tick() == 20));
        both.pause(true);
        both.command(Command::Tempo(90.0));
        assert!(both.sides.iter().all(|s| s.played.paused && s.played.tempo.bpm() == 90.0));
        assert!(both.rate() == 60.0 && both.end().is_empty());
    }

    #[test]
    fn what_a_side_costs_is_smoothed_from_its_first_frame_on() {
        let mut both = versus(&["ants", "garden"]);
        let begun = Instant::now();
        both.sides[0].timed(1, |_, _| std::thread::sleep(std::time::Duration::from_millis(20)));
        let most = begun.elapsed().as_secs_f32() * 1e3;
        assert!((20.0..=most).contains(&both.sides[0].spent[1]) && both.sides[0].spent[0] == 0.0);
        both.sides[0].spent = [100.0, 40.0];
        let begun = Instant::now();
        both.sides[0].timed(0, |_, _| ());
        let most = 95.0 + 0.05 * begun.elapsed().as_secs_f32() * 1e3;
        let spent = both.sides[0].spent[0];
        assert!((94.999..=most + 0.001).contains(&spent), "{spent}");
        let state = both.sides[0].state();
        assert_eq!((state.name.as_str(), state.milliseconds), ("ants", spent + 40.0));
        assert_eq!(state.bytes, SceneSource::find("ants").unwrap().text().unwrap().len() as u64);
        assert!(state.verdict.is_none() && state.problems.is_empty());
    }

    #[test]
    fn split_modes_cycle_and_each_step_is_an_eighth() {
        let mut both = versus(&["ants", "garden"]);
        let mut turned = |turn| {
            both.turn(turn);
            (both.way, both.share)
        };
        assert_eq!(turned(SplitCommand::On), (SplitMode::Beside, 0.625));
        assert_eq!(
            [turned(SplitCommand::Way).0, turned(SplitCommand::Way).0, turned(SplitCommand::Way).0],
            [SplitMode::Wipe, SplitMode::Blend, SplitMode::Beside]
        );
        assert_eq!((turned(SplitCommand::Back).1, turned(SplitCommand::Back).1), (0.5, 0.375));
    }

    #[test]
    fn a_touch_acts_on_the_side_it_is_on_and_a_change_of_either_side_is_reported() {
        use world::system::{Phase, Touch};
        let mut both = versus(&["ants", "garden"]);
        let (y, dx, dy, radius, strength) = (0.5, 0.0, 0.0, 0.1, 1.0);
        let touch =
            |id, x, phase| Command::Event(Event::Touch(Touch { id, x, y, dx, dy, radius, strength, phase }));
        let felt = |both: &mut Versus| [0, 1].map(|i| both.sides[i].played.touches.take().len());
        both.command(touch(1, 0.75, Phase::Down));
        assert_eq!(felt(&mut both), [0, 1]);
        both.command(touch(1, 0.25, Phase::Move));
        assert_eq!(felt(&mut both), [0, 1], "it stays on the side where it began");
        both.command(Command::Turn(SplitCommand::Swap));
        both.command(touch(1, 0.25, Phase::Move));
        assert_eq!(felt(&mut both), [1, 0], "a swap forgets the touches");
        both.command(Command::Turn(SplitCommand::Way));
        both.command(touch(2, 0.25, Phase::Down));
        assert_eq!(felt(&mut both), [1, 1]);
        both.tick();
        // A change of one side is enough to be reported, and both rest.
        both.pause(true);
        assert!(!both.rest());
        for side in [0, 1] {
            both.sides[side].played.request_restart(5);
            let any = (0..20_000).any(|_| {
                std::thread::sleep(std::time::Duration::from_millis(1));
                both.rest()
            });
            assert!(any && both.sides[side].played.engine().seed() == 5);
        }
    }
}
