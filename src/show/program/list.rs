//! Where the cue list stands, and what it does next. It knows no clock: the facts of each tick are given to it.

use std::collections::BTreeMap;

use super::{Moment, Plan, Program, Start};

/// Minutes that a clock may leap forward, as after a suspension, and each cue's time is looked at in turn. After a longer
/// leap, as when a clock is set for the first time, what belongs to the hour plays.
const LEAP: i64 = 6 * 60;

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
    /// What the clock in the room shows.
    pub moment: Moment,
}

/// A running show.
#[derive(Clone, Debug, PartialEq)]
pub struct CueList {
    program: Program,
    now: Option<usize>,
    seconds: f64,
    beat: Option<f64>,
    /// When the clock was looked at last.
    looked: Option<Moment>,
    /// The day on which each time was last followed: a clock that goes back does not do it twice.
    followed: BTreeMap<u32, i32>,
    /// The cue that a time of day has called, until some cue begins.
    called: Option<usize>,
}

impl CueList {
    /// A show before its first cue.
    pub fn new(program: Program) -> Self {
        let followed = BTreeMap::new();
        Self { program, now: None, seconds: 0.0, beat: None, looked: None, followed, called: None }
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
        (self.now, self.seconds, self.beat, self.called) = (Some(cue), 0.0, None, None);
        true
    }

    /// Goes on with a cue that played at `then`: what the clock has called since is made good with the first tick.
    pub fn resume(&mut self, cue: usize, then: Option<Moment>) -> bool {
        self.looked = then.or(self.looked);
        self.begin(cue)
    }

    /// One tick; the cue that is to begin now, if any. What a time of day has called is told until some cue begins.
    pub fn tick(&mut self, facts: &Facts) -> Option<usize> {
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
            Start::After(s) => long >= s,
            Start::Beats(b) => facts.beats - first >= b - 1e-9,
            Start::Bored(s) => facts.bored >= s && long >= s,
            Start::Quiet(s) => facts.quiet >= s && long >= s,
            Start::Idle(s) => facts.idle >= s && long >= s,
            // The clock calls by itself.
            Start::At(_) => false,
        });
        due.then(|| self.next()).flatten()
    }

    /// Looks at the clock: which cue it calls, if it has passed a time since it was looked at last.
    fn watch_clock(&mut self, now: Moment) {
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
    fn follow_times(&mut self, mut from: Moment, to: Moment) {
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
mod tests {
    use super::*;
    use crate::world::tape::Passage;

    fn list(then: Vec<Start>) -> CueList {
        of(vec![then, Vec::new(), Vec::new()])
    }

    /// A list of cues, in the first of them.
    fn of(all: Vec<Vec<Start>>) -> CueList {
        let plan = |then| Plan {
            name: "x".into(),
            scene: "ink".into(),
            way: Passage::Cut,
            seconds: 0.0,
            then,
            still: None,
        };
        let cues = all.into_iter().map(plan).collect();
        let mut list = CueList::new(Program { cues, ..Program::default() });
        list.begin(0);
        list
    }

    fn moment(day: i32, hour: u32, minute: u32) -> Moment {
        Moment { day, minute: hour * 60 + minute }
    }

    /// Looks at the clock once; the cue that is to begin.
    fn look(list: &mut CueList, moment: Moment) -> Option<usize> {
        list.tick(&Facts { dt: 0.01, moment, ..Facts::default() })
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
            moment: moment(3, 10, t / 6000),
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

    const TEN: Start = Start::At(600);
    const SIX: Start = Start::At(18 * 60);

    #[test]
    fn a_time_that_the_clock_leaps_over_is_due_and_stays_so_until_a_cue_begins() {
        for (last, now) in [((9, 59), (10, 0)), ((9, 59), (10, 1)), ((8, 0), (12, 30)), ((4, 1), (10, 0))] {
            let mut l = of(vec![vec![TEN], vec![SIX], vec![]]);
            assert_eq!(look(&mut l, moment(7, last.0, last.1)), None);
            for later in 0..5 {
                assert_eq!(
                    look(&mut l, moment(7, now.0, now.1 + later)),
                    Some(1),
                    "whoever is busy is told again"
                );
            }
            l.begin(1);
            assert_eq!(look(&mut l, moment(7, now.0, now.1 + 9)), None);
        }
        // Over midnight too.
        let mut l = of(vec![vec![Start::At(5)], vec![]]);
        assert_eq!((look(&mut l, moment(7, 23, 58)), look(&mut l, moment(8, 0, 6))), (None, Some(1)));
    }

    #[test]
    fn a_clock_that_goes_back_does_nothing_twice_within_the_day() {
        let mut l = of(vec![vec![TEN]]);
        l.program.repeats = true;
        let mut day = |day: i32| {
            let mut times = Vec::new();
            let spring_back = (0..1440).chain(590..660).chain(300..620).chain(620..1440);
            for m in spring_back {
                if look(&mut l, moment(day, 0, m)).is_some() {
                    times.push(m);
                    l.begin(0);
                }
            }
            times
        };
        assert_eq!([day(5), day(6), day(7)], [[600], [600], [600]]);
        // A clock that ran ahead by years and is put right is believed.
        let mut l = of(vec![vec![TEN], vec![]]);
        look(&mut l, moment(5000, 3, 0));
        look(&mut l, moment(7, 9, 0));
        assert_eq!(look(&mut l, moment(7, 10, 0)), Some(1));
    }

    #[test]
    fn several_times_in_one_leap_lead_to_the_last_and_a_first_setting_to_what_belongs_to_the_hour() {
        let all = || of(vec![vec![TEN], vec![Start::At(602)], vec![SIX], vec![]]);
        let mut l = all();
        look(&mut l, moment(7, 9, 58));
        assert_eq!(look(&mut l, moment(7, 10, 3)), Some(2));
        // While that one is being born, the next time may pass.
        assert_eq!((look(&mut l, moment(7, 14, 0)), look(&mut l, moment(7, 18, 1))), (Some(2), Some(3)));
        // A machine that wakes up in 1970 and is told the time.
        let mut l = all();
        look(&mut l, moment(-9000, 0, 1));
        assert_eq!(look(&mut l, moment(7, 10, 3)), Some(2));
        l.begin(2);
        assert_eq!(look(&mut l, moment(7, 10, 4)), None);
        let mut l = all();
        look(&mut l, moment(-9000, 0, 1));
        assert_eq!(look(&mut l, moment(7, 9, 3)), None, "it plays already");
        // A night's sleep changes nothing where no time of day decides, where somebody has chosen, or at the end.
        let asleep = |then: Vec<Vec<Start>>, cue: usize, repeats: bool| {
            let mut l = of(then);
            l.program.repeats = repeats;
            l.begin(cue);
            look(&mut l, moment(7, 20, 0));
            look(&mut l, moment(8, 9, 0))
        };
        assert_eq!(asleep(vec![vec![Start::After(99.0)], vec![Start::Quiet(99.0)]], 1, true), None);
        assert_eq!(asleep(vec![vec![TEN], vec![], vec![Start::At(60)], vec![]], 3, true), None);
        assert_eq!(asleep(vec![vec![TEN], vec![SIX], vec![]], 2, false), None);
        assert_eq!(
            asleep(vec![vec![TEN], vec![SIX], vec![Start::At(1200)]], 2, true),
            Some(0),
            "but a new day begins"
        );
    }

    #[test]
    fn a_show_that_comes_back_makes_good_what_the_clock_has_called_meanwhile() {
        let mut l = of(vec![vec![TEN], vec![SIX], vec![]]);
        l.resume(0, Some(moment(7, 9, 50)));
        assert_eq!(look(&mut l, moment(7, 10, 3)), Some(1), "off from ten to ten until three past");
        l.resume(0, Some(moment(7, 10, 2)));
        assert_eq!(look(&mut l, moment(7, 10, 3)), None, "somebody went back to it by hand");
        l.resume(0, None);
        assert_eq!(look(&mut l, moment(7, 10, 4)), None);
    }

    #[test]
    fn what_a_cue_says_of_stillness_goes_before_its_scene_and_that_before_the_show() {
        let mut l = of(vec![vec![], vec![], vec![]]);
        assert_eq!((l.still(None), l.still(Some(9.0)), l.still(Some(0.0))), (None, Some(9.0), None));
        l.program.still = Some(60.0);
        l.program.cues[1].still = Some(5.0);
        l.program.cues[2].still = Some(0.0);
        assert_eq!((l.still(None), l.still(Some(9.0)), l.still(Some(0.0))), (Some(60.0), Some(9.0), None));
        l.begin(1);
        assert_eq!((l.still(None), l.still(Some(9.0))), (Some(5.0), Some(5.0)));
        l.begin(2);
        assert_eq!((l.still(None), l.still(Some(9.0))), (None, None));
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
