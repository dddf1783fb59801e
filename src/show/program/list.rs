//! Position in the cue list, and what comes next. It reads no clock: the inputs of each tick are passed in.

use std::collections::BTreeMap;

use super::{CueSpec, CueTrigger, ShowProgram, TimeOfDay};

/// Minutes that a clock may jump forward, as after a suspend, with each cue's time followed in turn. After a longer
/// jump, as when a clock is set for the first time, the scheduled cue plays.
const JUMP: i64 = 6 * 60;

/// Inputs of the cue triggers at a tick.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TriggerInputs {
    /// Seconds that this tick takes.
    pub dt: f64,
    /// Beats so far, with their fraction.
    pub beats: f64,
    /// Seconds since the judge last saw anything new.
    pub bored: f64,
    /// Seconds of silence; 0 without audio input.
    pub quiet: f64,
    /// Seconds since the last touch.
    pub idle: f64,
    /// Local time of day.
    pub moment: TimeOfDay,
}

/// A running show.
#[derive(Clone, Debug, PartialEq)]
pub struct CueList {
    program: ShowProgram,
    now: Option<usize>,
    seconds: f64,
    beat: Option<f64>,
    /// Time of the last clock reading.
    last_reading: Option<TimeOfDay>,
    /// The day on which each time was last followed: a clock that is set back does not trigger twice.
    followed: BTreeMap<u32, i32>,
    /// The cue triggered by a time of day, until some cue begins.
    triggered: Option<usize>,
}

impl CueList {
    /// A show before its first cue.
    pub fn new(program: ShowProgram) -> Self {
        let followed = BTreeMap::new();
        Self { program, now: None, seconds: 0.0, beat: None, last_reading: None, followed, triggered: None }
    }

    /// The show.
    pub fn program(&self) -> &ShowProgram {
        &self.program
    }
    /// The active cue.
    pub fn now(&self) -> Option<usize> {
        self.now
    }
    /// Its specification.
    pub fn plan(&self) -> Option<&CueSpec> {
        self.program.cues.get(self.now?)
    }
    /// Seconds since it began.
    pub fn seconds(&self) -> f64 {
        self.seconds
    }
    /// Seconds after which a still picture is a fault, if it ever is: as set by the cue, else by the scene (`scene`), else
    /// by the show.
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
    /// The nearest cue after the active one (or before it, if `back`) that `is_fit`; never the active one.
    pub fn nearest(&self, back: bool, is_fit: impl Fn(usize) -> bool) -> Option<usize> {
        let step = |cue: Option<usize>| if back { self.ahead_of(cue?) } else { self.after(cue) };
        let ways = std::iter::successors(step(self.now), |cue| step(Some(*cue)));
        ways.take(self.program.cues.len()).take_while(|cue| Some(*cue) != self.now).find(|cue| is_fit(*cue))
    }

    /// Starts a cue; false if there is none at that index.
    pub fn begin(&mut self, cue: usize) -> bool {
        if cue >= self.program.cues.len() {
            return false;
        }
        (self.now, self.seconds, self.beat, self.triggered) = (Some(cue), 0.0, None, None);
        true
    }

    /// Resumes a cue that was active at `then`: cues that became due since are caught up at the first tick.
    pub fn resume(&mut self, cue: usize, then: Option<TimeOfDay>) -> bool {
        self.last_reading = then.or(self.last_reading);
        self.begin(cue)
    }

    /// One tick; the cue that is due now, if any. A cue triggered by a time of day is returned until some cue begins.
    pub fn tick(&mut self, inputs: &TriggerInputs) -> Option<usize> {
        self.seconds += inputs.dt;
        let first = *self.beat.get_or_insert(inputs.beats);
        self.watch_clock(inputs.moment);
        if self.now.is_some_and(|i| i > 0)
            && self.program.attract.is_some_and(|s| inputs.idle >= s && self.seconds >= s)
        {
            return Some(0);
        }
        if self.triggered.is_some() {
            return self.triggered;
        }
        let plan = self.plan()?;
        // Sums of ticks fall a little short of whole seconds.
        let long = self.seconds + 1e-6;
        let due = plan.then.iter().any(|start| match *start {
            CueTrigger::After(s) => long >= s,
            CueTrigger::Beats(b) => inputs.beats - first >= b - 1e-9,
            CueTrigger::Bored(s) => inputs.bored >= s && long >= s,
            CueTrigger::Quiet(s) => inputs.quiet >= s && long >= s,
            CueTrigger::Idle(s) => inputs.idle >= s && long >= s,
            // Handled by `watch_clock`.
            CueTrigger::At(_) => false,
        });
        due.then(|| self.next()).flatten()
    }

    /// Reads the clock: which cue it triggers, if it has passed a time since the last reading.
    fn watch_clock(&mut self, now: TimeOfDay) {
        let Some(last) = self.last_reading.replace(now) else { return };
        match now.minutes() - last.minutes() {
            // It has not moved, or was set back.
            ..=0 => {}
            1..=JUMP => self.follow_times(last, now),
            _ => {
                let scheduled = self.program.scheduled_cue(now.minute).filter(|scheduled| {
                    // A list that ends is not restarted, and a manually chosen cue stays.
                    self.now.is_some_and(|c| {
                        self.program.is_automatic(c) && (self.program.repeats || *scheduled > c)
                    })
                });
                self.triggered = scheduled.filter(|scheduled| Some(*scheduled) != self.now);
            }
        }
    }

    /// Follows the times between two moments from cue to cue.
    fn follow_times(&mut self, mut from: TimeOfDay, to: TimeOfDay) {
        let mut cue = self.triggered.or(self.now);
        // Each step moves forward in time, so this terminates.
        while let Some(plan) = cue.and_then(|c| self.program.cues.get(c)) {
            let due = plan
                .times()
                .map(|m| from.next(m))
                .filter(|t| *t <= to && self.followed.get(&t.minute) != Some(&t.day))
                .min();
            let (Some(time), Some(next)) = (due, self.after(cue)) else { break };
            self.followed.insert(time.minute, time.day);
            (cue, self.triggered, from) = (Some(next), Some(next), time);
        }
    }
}

#[cfg(test)]
mod tests;
