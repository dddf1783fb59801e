//! What depends on the time of day: whether a show is open, which times have passed, and which cue is scheduled.

use chrono::{DateTime, Datelike, TimeZone, Timelike};
use serde::{Deserialize, Serialize};

use super::{CueSpec, CueTrigger, ShowProgram};

/// Minutes of a day.
pub const DAY: i64 = 24 * 60;

/// Local date and time, to the minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TimeOfDay {
    /// Days; only their differences mean something.
    pub day: i32,
    /// Minutes since midnight.
    pub minute: u32,
}

impl TimeOfDay {
    /// The current local time.
    pub fn now() -> Self {
        Self::of(&chrono::Local::now())
    }

    /// The minute of a time, as its own time zone has it.
    pub fn of<Z: TimeZone>(time: &DateTime<Z>) -> Self {
        Self { day: time.num_days_from_ce(), minute: time.hour() * 60 + time.minute() }
    }

    /// Minutes since day 0.
    pub fn minutes(self) -> i64 {
        self.day as i64 * DAY + self.minute as i64
    }

    /// The next occurrence of `minute` after this time.
    pub fn next(self, minute: u32) -> Self {
        let day = if minute > self.minute { self.day } else { self.day + 1 };
        Self { day, minute }
    }
}

impl ShowProgram {
    /// Whether it is open at a minute of the day. Hours may pass midnight; two equal times mean round the clock.
    pub fn is_open(&self, minute: u32) -> bool {
        match self.hours {
            Some((from, to)) if from == to => true,
            Some((from, to)) if from < to => (from..to).contains(&minute),
            Some((from, to)) => minute >= from || minute < to,
            None => true,
        }
    }

    /// The cue scheduled for a minute of the day: the one started by the last `at` that has passed today, or, where the
    /// times of the list pass midnight, since yesterday; the first if none has. `None` without times of day.
    ///
    /// Only automatic cues count: after a cue that waits for a key, the time of day does not determine what plays.
    pub fn scheduled_cue(&self, minute: u32) -> Option<usize> {
        let times: Vec<(usize, u32)> =
            self.automatic_cues().flat_map(|(i, c)| c.times().map(move |m| (i, m))).collect();
        let overnight = times.windows(2).any(|pair| pair[1].1 < pair[0].1);
        let since = |m: u32| (minute as i64 - m as i64).rem_euclid(DAY);
        let passed = times.iter().filter(|(_, m)| overnight || *m <= minute);
        let after = passed.min_by_key(|(_, m)| since(*m)).map_or(0, |(i, _)| i + 1);
        let end = if self.repeats { 0 } else { self.cues.len().saturating_sub(1) };
        (!times.is_empty()).then_some(if after < self.cues.len() { after } else { end })
    }

    /// Whether a cue starts without manual action.
    pub(super) fn is_automatic(&self, cue: usize) -> bool {
        cue <= self.automatic_cues().count()
    }

    /// The cues from the first on, up to one that waits for a key.
    fn automatic_cues(&self) -> impl Iterator<Item = (usize, &CueSpec)> {
        self.cues.iter().enumerate().take_while(|(_, c)| !c.then.is_empty())
    }
}

impl CueSpec {
    /// Times of day, minutes since midnight, that start the next cue.
    pub(super) fn times(&self) -> impl Iterator<Item = u32> {
        self.then.iter().filter_map(|s| if let CueTrigger::At(m) = s { Some(*m) } else { None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::tape::Transition;

    fn at(hours: u32, minutes: u32) -> u32 {
        hours * 60 + minutes
    }

    fn show(repeats: bool, then: &[&[CueTrigger]]) -> ShowProgram {
        let plan = |then: &&[CueTrigger]| CueSpec {
            name: "x".into(),
            scene: "ink".into(),
            way: Transition::Cut,
            seconds: 0.0,
            then: then.to_vec(),
            still: None,
        };
        ShowProgram { repeats, cues: then.iter().map(plan).collect(), ..ShowProgram::default() }
    }

    #[test]
    fn hours_may_pass_midnight_end_with_the_day_and_last_round_the_clock() {
        let open = |from, to, minute| {
            ShowProgram { hours: Some((from, to)), ..ShowProgram::default() }.is_open(minute)
        };
        let (night, all) =
            (|m| open(at(20, 0), at(2, 0), m), |from, to| (0..1440).all(|m| open(from, to, m)));
        assert!(
            night(at(23, 0)) && night(at(1, 0)) && night(at(20, 0)) && !night(at(2, 0)) && !night(at(12, 0))
        );
        let evening = |m| open(at(18, 0), at(24, 0), m);
        assert!(evening(at(23, 59)) && evening(at(18, 0)) && !evening(0) && !evening(at(17, 59)));
        assert!(all(0, at(24, 0)) && all(0, 0) && all(at(7, 0), at(7, 0)));
        assert!((0..1440).all(|m| open(at(18, 0), 0, m) == evening(m)), "24:00 and 00:00 are the same end");
    }

    #[test]
    fn a_show_that_starts_late_starts_with_the_scheduled_cue() {
        use CueTrigger::{After, At, Idle};
        let day = show(false, &[&[At(at(10, 0))], &[At(at(18, 0))], &[]]);
        for (time, cue) in [
            (at(0, 0), 0),
            (at(9, 59), 0),
            (at(10, 0), 1),
            (at(10, 3), 1),
            (at(17, 59), 1),
            (at(18, 0), 2),
            (at(23, 59), 2),
        ] {
            assert_eq!(day.scheduled_cue(time), Some(cue), "{time}");
        }
        // Day and night in turn, and a list that goes on into the small hours.
        let turns = show(true, &[&[At(at(18, 0))], &[At(at(6, 0))]]);
        for (time, cue) in [(at(3, 0), 1), (at(6, 0), 0), (at(12, 0), 0), (at(19, 0), 1)] {
            assert_eq!(turns.scheduled_cue(time), Some(cue), "{time}");
        }
        let party = show(false, &[&[At(at(20, 0))], &[At(at(23, 0))], &[At(at(1, 0))], &[]]);
        for (time, cue) in [(at(21, 0), 1), (at(23, 30), 2), (at(0, 30), 2), (at(1, 30), 3)] {
            assert_eq!(party.scheduled_cue(time), Some(cue), "{time}");
        }
        // Automatic cues in between are skipped; a key is waited for.
        let mixed = show(false, &[&[After(90.0)], &[Idle(9.0), At(at(18, 0))], &[], &[At(at(20, 0))], &[]]);
        assert_eq!([at(17, 0), at(19, 0), at(21, 0)].map(|t| mixed.scheduled_cue(t)), [0, 2, 2].map(Some));
        assert_eq!(show(false, &[&[], &[At(60)]]).scheduled_cue(at(12, 0)), None);
        assert_eq!(show(true, &[&[After(9.0)]]).scheduled_cue(at(12, 0)), None);
        assert_eq!(show(false, &[&[At(60)]]).scheduled_cue(at(12, 0)), Some(0), "there is nothing after it");
        let both = show(true, &[&[At(at(10, 0))], &[At(at(18, 0))]]);
        assert_eq!(both.scheduled_cue(at(19, 0)), Some(0), "after the last the first");
        assert_eq!(ShowProgram::default().scheduled_cue(0), None);
    }

    #[test]
    fn the_next_time_of_a_minute_is_today_or_tomorrow() {
        let now = TimeOfDay { day: 5, minute: 600 };
        assert_eq!(now.next(601), TimeOfDay { day: 5, minute: 601 });
        assert_eq!(
            (now.next(600), now.next(3)),
            (TimeOfDay { day: 6, minute: 600 }, TimeOfDay { day: 6, minute: 3 })
        );
    }

    #[test]
    fn a_time_of_day_is_that_of_its_time_zone() {
        let zone = chrono::FixedOffset::east_opt(2 * 3600).unwrap();
        let night = zone.with_ymd_and_hms(2024, 3, 1, 23, 45, 59).unwrap();
        let moment = TimeOfDay::of(&night);
        assert_eq!(moment, TimeOfDay { day: 738_946, minute: 23 * 60 + 45 });
        assert_eq!(moment.minutes(), 738_946 * 1440 + 1425);
        let later = TimeOfDay::of(&(night + chrono::TimeDelta::minutes(15)));
        assert_eq!(later, TimeOfDay { day: 738_947, minute: 0 });
        // Read before and after, as midnight may fall in between.
        let [before, now, after] =
            [TimeOfDay::of(&chrono::Local::now()), TimeOfDay::now(), TimeOfDay::of(&chrono::Local::now())];
        assert!(before <= now && now <= after);
    }

    #[test]
    fn automatic_cues_end_with_the_first_that_waits_for_a_key() {
        use CueTrigger::{After, At};
        let all = show(false, &[&[At(60)], &[After(9.0)], &[], &[At(90)], &[]]);
        assert_eq!([0, 1, 2, 3, 4].map(|c| all.is_automatic(c)), [true, true, true, false, false]);
        let times: Vec<u32> = show(false, &[&[After(1.0), At(60), At(90)]]).cues[0].times().collect();
        assert_eq!(times, [60, 90]);
    }
}
