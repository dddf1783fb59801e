//! Where the cue list stands, and what it does next. It knows no clock: the facts of each tick are given to it.

use super::{Plan, Program, Start};

/// What is true at a tick.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Facts {
    /// Seconds that this tick takes.
    pub dt: f64,
    /// Beats so far, with their fraction.
    pub beats: f64,
    /// Seconds in which the judge has seen nothing new.
    pub bored: f64,
    /// Seconds of silence; nought where nothing is heard at all.
    pub quiet: f64,
    /// Seconds in which nobody has touched anything.
    pub idle: f64,
    /// Minutes since midnight.
    pub minute: u32,
}

/// A running show.
#[derive(Clone, Debug, PartialEq)]
pub struct CueList {
    program: Program,
    now: Option<usize>,
    seconds: f64,
    beat: Option<f64>,
    minute: Option<u32>,
}

impl CueList {
    /// A show before its first cue.
    pub fn new(program: Program) -> Self {
        Self { program, now: None, seconds: 0.0, beat: None, minute: None }
    }

    /// The show.
    pub fn program(&self) -> &Program {
        &self.program
    }
    /// The cue that plays.
    pub fn now(&self) -> Option<usize> {
        self.now
    }
    /// Its plan.
    pub fn plan(&self) -> Option<&Plan> {
        self.program.cues.get(self.now?)
    }
    /// Seconds since it began.
    pub fn seconds(&self) -> f64 {
        self.seconds
    }
    /// The one that comes next.
    pub fn next(&self) -> Option<usize> {
        let n = self.program.cues.len();
        match self.now.map_or(0, |i| i + 1) {
            i if i < n => Some(i),
            _ if self.program.repeats && n > 0 => Some(0),
            _ => None,
        }
    }
    /// The one before.
    pub fn before(&self) -> Option<usize> {
        let n = self.program.cues.len();
        match self.now? {
            0 if self.program.repeats => Some(n - 1),
            0 => None,
            i => Some(i - 1),
        }
    }

    /// A cue begins; false if there is none of that place.
    pub fn begin(&mut self, cue: usize) -> bool {
        if cue >= self.program.cues.len() {
            return false;
        }
        (self.now, self.seconds, self.beat) = (Some(cue), 0.0, None);
        true
    }

    /// One tick; the cue that is to begin now, if any.
    pub fn tick(&mut self, facts: &Facts) -> Option<usize> {
        self.seconds += facts.dt;
        let first = *self.beat.get_or_insert(facts.beats);
        let before = self.minute.replace(facts.minute);
        if self.now.is_some_and(|i| i > 0)
            && self.program.attract.is_some_and(|s| facts.idle >= s && self.seconds >= s)
        {
            return Some(0);
        }
        let plan = self.plan()?;
        // Sums of ticks fall a little short of whole seconds.
        let long = self.seconds + 1e-6;
        let due = plan.then.iter().any(|start| match *start {
            Start::After(s) => long >= s,
            Start::Beats(b) => facts.beats - first >= b - 1e-9,
            Start::Bored(s) => facts.bored >= s && long >= s,
            Start::Quiet(s) => facts.quiet >= s && long >= s,
            Start::Idle(s) => facts.idle >= s && long >= s,
            // A show that is started after the time waits for the next day.
            Start::At(m) => before.is_some_and(|b| b != facts.minute) && facts.minute == m,
        });
        due.then(|| self.next()).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::tape::Passage;

    fn list(then: Vec<Start>) -> CueList {
        let plan =
            |then| Plan { name: "x".into(), scene: "ink".into(), way: Passage::Cut, seconds: 0.0, then };
        let mut list = CueList::new(Program {
            cues: vec![plan(then), plan(Vec::new()), plan(Vec::new())],
            ..Program::default()
        });
        list.begin(0);
        list
    }

    /// The tick, from 1, at which the next cue is due.
    fn due(mut list: CueList, facts: impl Fn(u32) -> Facts) -> Option<u32> {
        (1..10_000).find(|&t| list.tick(&facts(t)) == Some(1))
    }

    #[test]
    fn each_start_fires_at_its_moment_and_not_before() {
        let facts = |t: u32| Facts {
            dt: 0.01,
            beats: 7.0 + t as f64 * 0.02,
            minute: 600 + t / 6000,
            ..Facts::default()
        };
        assert_eq!(due(list(vec![Start::After(2.0)]), facts), Some(200));
        assert_eq!(due(list(vec![Start::Beats(8.0)]), facts), Some(401));
        assert_eq!(due(list(vec![Start::At(601)]), facts), Some(6000));
        assert_eq!(due(list(vec![Start::At(600)]), facts), None, "the time has passed already");
        assert_eq!(due(list(Vec::new()), facts), None, "only a key");
        // Silence that lasted before the cue began does not count for it.
        let quiet = |t: u32| Facts { quiet: 50.0, ..facts(t) };
        assert_eq!(due(list(vec![Start::Quiet(3.0)]), quiet), Some(300));
        let bored = |t: u32| Facts { bored: t as f64 * 0.01 - 10.0, ..facts(t) };
        assert_eq!(due(list(vec![Start::Idle(1.0), Start::Bored(3.0)]), bored), Some(1300));
    }

    #[test]
    fn the_end_is_the_end_unless_it_repeats_and_attract_goes_home() {
        let mut l = list(Vec::new());
        assert!(l.begin(2) && !l.begin(3));
        assert_eq!((l.next(), l.before()), (None, Some(1)));
        l.program.repeats = true;
        assert_eq!(l.next(), Some(0));
        l.program.attract = Some(5.0);
        let idle = Facts { dt: 1.0, idle: 100.0, ..Facts::default() };
        let home = (0..10).find(|_| l.tick(&idle) == Some(0));
        assert_eq!(home, Some(4), "after five seconds in the cue");
    }
}
