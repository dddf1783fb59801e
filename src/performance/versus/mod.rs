//! Split-screen comparison of two performances: a rule and what learned to imitate it, from one seed and on one clock;
//! with the distance and the price of both, and a blind vote on which is which.

mod blind;
mod cost;
mod distance;
mod share;
mod side;
#[cfg(test)]
mod tests;

use super::{Performance, PerformanceSetup, SetupError};
use blind::Blind;
use cost::TurnMeter;
use distance::DistanceMeter;
use share::{TouchSides, share};
use show::{Command, ShowDriver, ShowState, SplitCommand, SplitMode, VoteCommand};
use side::Side;
use world::frame::Frame;
use world::system::Touch;
use world::tape::Event;

pub use blind::BlindSetup;
pub use side::{SideSetup, TrainingCost};

/// How much a key moves the share.
const STEP: f32 = 0.125;

/// What is compared, and how.
pub struct VersusSetup {
    /// The rule, and what is held against it.
    pub sides: [SideSetup; 2],
    /// Power of a busy core, watts, for estimates of energy.
    pub watts: f64,
    /// A blind vote, if one is held.
    pub blind: Option<BlindSetup>,
}

/// Two worlds that share one picture; the panel is that of the left one.
pub struct Versus {
    /// Left, right.
    sides: [Side; 2],
    way: SplitMode,
    share: f32,
    touch_sides: TouchSides,
    meter: TurnMeter,
    distance: DistanceMeter,
    watts: f64,
    blind: Option<Blind>,
}

impl Versus {
    /// Starts both with the seed of the rule, which is on the left unless a coin places it.
    ///
    /// # Errors
    /// As [`PerformanceSetup::start`].
    pub fn start(setup: VersusSetup) -> Result<Self, SetupError> {
        let [rule, rival] = setup.sides;
        let rule = Side::start(rule, true)?;
        let seed = rule.played.engine().seed();
        let same = PerformanceSetup { seed: Some(seed), ..rival.setup };
        let rival = Side::start(SideSetup { setup: same, ..rival }, false)?;
        let pair = [rule.voted(), rival.voted()];
        let blind = setup.blind.map(|b| Blind::start(&b, rule.played.engine(), pair));
        let mut versus = Self {
            sides: [rule, rival],
            way: SplitMode::Beside,
            share: 0.5,
            touch_sides: TouchSides::default(),
            meter: TurnMeter::default(),
            distance: DistanceMeter::default(),
            watts: setup.watts,
            blind,
        };
        versus.place();
        Ok(versus)
    }

    /// Moves the rule to the side where the coin puts it.
    fn place(&mut self) {
        let Some(blind) = &self.blind else { return };
        if !self.sides[blind.ruled().index()].ruled {
            self.sides.swap(0, 1);
        }
        self.touch_sides = TouchSides::default();
        self.distance.forget();
    }

    /// Index of the side that is ruled.
    fn rule(&self) -> usize {
        usize::from(!self.sides[0].ruled)
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

    /// Both in the same tick, or they would no longer be on one clock.
    fn reseed(&mut self, seed: u64) {
        self.sides.iter_mut().for_each(|s| s.played.act(Event::Reseed(seed)));
        self.distance.forget();
    }

    /// A touch acts on the side it is on; in a blind comparison on both alike.
    fn touch(&mut self, touch: &Touch) {
        let mut touches = self.touch_sides.divide(touch, self.way);
        if self.blind.is_some() {
            let felt = touches.iter().flatten().next().copied();
            touches = [felt; 2];
        }
        for (side, touch) in self.sides.iter_mut().zip(touches) {
            touch.into_iter().for_each(|t| side.played.command(Command::Event(Event::Touch(t))));
        }
    }

    fn vote(&mut self, command: VoteCommand) {
        let Some(blind) = &mut self.blind else { return };
        match command {
            VoteCommand::Cast(side, voter) => blind.cast(side, voter),
            VoteCommand::Reveal => blind.reveal(),
            VoteCommand::Next => {
                let seed = blind.advance();
                self.reseed(seed);
                self.place();
            }
        }
    }

    /// Does the same with both, one after the other, and notes what each costs.
    fn take_turns(&mut self, which: usize, work: impl Fn(&mut Performance, &mut Frame)) {
        let mut from = self.meter.begin();
        for side in &mut self.sides {
            work(&mut side.played, &mut side.frame);
            let (turn, now) = self.meter.turn(from);
            side.spent[which].smooth(turn);
            from = now;
        }
    }
}

impl ShowDriver for Versus {
    /// Touches act on the side they are on, a new seed and signals on both, all else on the left side, which has the
    /// panel. In a blind comparison nothing acts on one side only.
    fn command(&mut self, command: Command) {
        match command {
            Command::Event(Event::Touch(touch)) => self.touch(&touch),
            Command::Event(Event::Reseed(seed)) => {
                self.reseed(seed);
                self.blind.iter_mut().for_each(|b| b.reseeded(seed));
            }
            Command::Event(Event::Signal(..)) | Command::Tap | Command::Tempo(_) | Command::Beat => {
                self.both(&command);
            }
            Command::Vote(vote) => self.vote(vote),
            // Another scene would be another comparison.
            Command::Scene(_) | Command::Cue(_) | Command::Favourite | Command::Reset => {}
            _ if self.blind.is_some() => {}
            Command::Turn(turn) => self.turn(turn),
            other => self.sides[0].played.command(other),
        }
    }

    fn pause(&mut self, paused: bool) {
        self.sides.iter_mut().for_each(|s| s.played.pause(paused));
    }

    fn tick(&mut self) {
        self.take_turns(0, |played, _| played.tick());
        self.blind.iter_mut().for_each(Blind::tick);
    }

    fn rest(&mut self) -> bool {
        self.sides.iter_mut().fold(false, |moved, s| s.played.rest() | moved)
    }

    fn picture(&mut self, into: &mut Frame) {
        self.take_turns(1, |played, frame| played.picture(frame));
        let [left, right] = &self.sides;
        self.distance.follow(&left.frame, &right.frame);
        share(&left.frame, &right.frame, self.way, self.share, into);
        if let Some(blind) = &self.blind {
            blind.cover(into);
        }
    }

    /// That of the rule, wherever it is: a rate that changes with the sides would tell which is which.
    fn rate(&self) -> f64 {
        self.sides[self.rule()].played.rate()
    }

    fn state(&mut self, into: &mut ShowState) {
        let [left, right] = &self.sides;
        let mut own = [left, right].map(|side| {
            let mut state = ShowState::default();
            side.played.write_state(&mut state);
            state
        });
        let sides = vec![left.state(&own[0], right, self.watts), right.state(&own[1], left, self.watts)];
        // The tempo of the left side would tell, too, in a blind comparison.
        let shown = if self.blind.is_some() { self.rule() } else { 0 };
        *into = ShowState { sides, ..std::mem::take(&mut own[shown]) };
        (into.way, into.share) = (self.way, self.share);
        (into.distance, into.watts) = (self.distance.now(), self.watts);
        self.blind.iter().for_each(|b| b.hide(into));
    }

    fn refresh(&mut self) {
        self.sides.iter_mut().for_each(|s| s.played.refresh());
    }

    fn end(&mut self) -> Vec<String> {
        let mut said: Vec<String> = self.sides.iter_mut().flat_map(|s| s.played.end()).collect();
        said.extend(self.blind.iter_mut().flat_map(Blind::end));
        said
    }
}
