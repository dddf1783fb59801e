//! Where the cue list stands, and what it does next. It knows no clock: the facts of each tick are given to it.

use std::collections::BTreeMap;

use super::{CueSpec, CueTrigger, ShowProgram, TimeOfDay};

/// Minutes that a clock may leap forward, as after a suspension, and each cue's time is looked at in turn. After a longer
/// leap, as when a clock is set for the first time, what belongs to the hour plays.
const LEAP: i64 = 6 * 60;

/// What is true at a tick.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TriggerInputs {
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
    /// What the clock in the room shows.
    pub moment: TimeOfDay,
}

/// A running show.
#[derive(Clone, Debug, PartialEq)]
pub struct CueList {
    program: ShowProgram,
    now: Option<usize>,
    seconds: f64,
    beat: Option<f64>,
    /// When the clock was looked at last.
    looked: Option<TimeOfDay>,
    /// The day on which each time was last followed: a clock that goes back does not do it twice.
    followed: BTreeMap<u32, i32>,
    /// The cue that a time of day has called, until some cue begins.
    called: Option<usize>,
}

impl CueList {
    /// A show before its first cue.
    pub fn new(program: ShowProgram) -> Self {
        let followed = BTreeMap::new();
        Self { program, now: None, seconds: 0.0, beat: None, looked: None, followed, called: None }
    }

    /// The show.
    pub fn program(&self) -> &ShowProgram {
        &self.program
    }
    /// The cue that plays.
    pub fn now(&self) -> Option<usize> {
        self.now
    }
    /// Its plan.
    pub fn plan(&self) -> Option<&CueSpec> {
        self.program.cues.get(self.now?)
    }
    /// Seconds since it began.
    pub fn seconds(&self) -> f64 {
        self.seconds
    }
    /// Seconds after which a still picture is a fault, if it ever is: as the cue says, or the scene (`scene`), or the show.
    pub fn still(&self, scene: Option<f64>) -> Option<f64> {
        let own = self.plan().and_then(|p| p.still);
        own.or(scene).or(self.program.still).filter(|s| *s > 0.0)
    }
    /// The one that comes next.
    pub fn next(&self) -> Option<usize> {
        self.after(self.now)
    }
    fn after(&self, cue: Option<usize>) -> Option<usize> {
        let n = self.program.cues.len();
        match cue.map_or(0, |i| i + 1) {
            i if i < n => Some(i),
            _ if self.program.repeats && n > 0 => Some(0),
            _ => None,
        }
    }
    /// The one before.
    pub fn before(&self) -> Option<usize> {
        self.ahead_of(self.now?)
    }
    fn ahead_of(&self, cue: usize) -> Option<usize> {
        match cue {
            0 if self.program.repeats => self.program.cues.len().checked_sub(1),
            i => i.checked_sub(1),
        }
    }
    /// The nearest cue after the one that plays, or before it, that is fit; never the one that plays.
    pub fn nearest(&self, back: bool, is_fit: impl Fn(usize) -> bool) -> Option<usize> {
        let step = |cue: Option<usize>| if back { self.ahead_of(cue?) } else { self.after(cue) };
        let ways = std::iter::successors(step(self.now), |cue| step(Some(*cue)));
        ways.take(self.program.cues.len()).take_while(|cue| Some(*cue) != self.now).find(|cue| is_fit(*cue))
    }

    /// A cue begins; false if there is none of that place.
    pub fn begin(&mut self, cue: usize) -> bool {
        if cue >= self.program.cues.len() {
            return false;
        }
        (self.now, self.seconds, self.beat, self.called) = (Some(cue), 0.0, None, None);
        true
    }

    /// Goes on with a cue that played at `then`: what the clock has called since is made good with the first tick.
    pub fn resume(&mut self, cue: usize, then: Option<TimeOfDay>) -> bool {
        self.looked = then.or(self.looked);
        self.begin(cue)
    }

    /// One tick; the cue that is to begin now, if any. What a time of day has called is told until some cue begins.
    pub fn tick(&mut self, facts: &TriggerInputs) -> Option<usize> {
        self.seconds += facts.dt;
        let first = *self.beat.get_or_insert(facts.beats);
        self.watch_clock(facts.moment);
        if self.now.is_some_and(|i| i > 0)
            && self.program.attract.is_some_and(|s| facts.idle >= s && self.seconds >= s)
        {
            return Some(0);
        }
        if self.called.is_some() {
            return self.called;
        }
        let plan = self.plan()?;
        // Sums of ticks fall a little short of whole seconds.
        let long = self.seconds + 1e-6;
        let due = plan.then.iter().any(|start| match *start {
            CueTrigger::After(s) => long >= s,
            CueTrigger::Beats(b) => facts.beats - first >= b - 1e-9,
            CueTrigger::Bored(s) => facts.bored >= s && long >= s,
            CueTrigger::Quiet(s) => facts.quiet >= s && long >= s,
            CueTrigger::Idle(s) => facts.idle >= s && long >= s,
            // The clock calls by itself.
            CueTrigger::At(_) => false,
        });
        due.then(|| self.next()).flatten()
    }

    /// Looks at the clock: which cue it calls, if it has passed a time since it was looked at last.
    fn watch_clock(&mut self, now: TimeOfDay) {
        let Some(last) = self.looked.replace(now) else { return };
        match now.minutes() - last.minutes() {
            // It stands, or was put back.
            ..=0 => {}
            1..=LEAP => self.follow_times(last, now),
            _ => {
                let hour = self.program.of_the_hour(now.minute).filter(|hour| {
                    // A list that has an end is not begun anew, and what somebody has chosen stays.
                    self.now.is_some_and(|c| {
                        self.program.comes_by_itself(c) && (self.program.repeats || *hour > c)
                    })
                });
                self.called = hour.filter(|hour| Some(*hour) != self.now);
            }
        }
    }

    /// From cue to cue, as far as the times between two moments go.
    fn follow_times(&mut self, mut from: TimeOfDay, to: TimeOfDay) {
        let mut cue = self.called.or(self.now);
        // Each step goes on in time, so this ends.
        while let Some(plan) = cue.and_then(|c| self.program.cues.get(c)) {
            let due = plan
                .times()
                .map(|m| from.next(m))
                .filter(|t| *t <= to && self.followed.get(&t.minute) != Some(&t.day))
                .min();
            let (Some(time), Some(next)) = (due, self.after(cue)) else { break };
            self.followed.insert(time.minute, time.day);
            (cue, self.called, from) = (Some(next), Some(next), time);
        }
    }
}

#[cfg(test)]
mod tests;
