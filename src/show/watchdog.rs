//! Tells from a show's heartbeat whether it is stuck. It knows no process and no clock.
//!
//! Stuck is a show whose worlds stand, or whose pictures do not reach the window, while nobody has paused it. A picture
//! that is still or dark is none of that: a world that has settled may stand for days. It is a fault only for whom the
//! scene, the cue or the show says so, after the time that is set there.

use serde::{Deserialize, Serialize};

/// How a show stands; each counter only grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Heartbeat {
    /// Frames drawn.
    pub drawn: u64,
    /// New pictures of the worlds that the window took.
    pub handed: u64,
    /// Rounds of the show's thread, paused or not.
    pub rounds: u64,
    /// Ticks of the worlds.
    pub ticks: u64,
    /// The clock of the worlds stands because somebody wants it.
    pub paused: bool,
    /// Pictures that differed from the one before and were not of one colour.
    pub changed: u64,
    /// A still or dark picture is meant: paused, frozen, black, closed.
    pub meant: bool,
    /// Seconds after which a picture that is still, black or of one colour without being meant is a fault.
    pub still: Option<f64>,
    /// The show has ended; what is open, such as a film, is being finished.
    pub ending: bool,
}

/// What is allowed, seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WatchdogTimeouts {
    /// Without a drawn frame, a new picture, or a tick: so long, or four times the longest that this show ever took.
    pub hang: f64,
    /// From the start to the first pulse.
    pub birth: f64,
    /// From the first pulse to the first frame, picture and tick: large worlds take their time to be born.
    pub opening: f64,
    /// From the end of the show to the end of its process: putting the sound to a long film takes minutes on a slow disk.
    pub end: f64,
}

impl Default for WatchdogTimeouts {
    fn default() -> Self {
        Self { hang: 3.0, birth: 30.0, opening: 120.0, end: 900.0 }
    }
}

/// Follows one counter.
#[derive(Clone, Copy, Debug, Default)]
struct StallDetector {
    value: u64,
    moved: f64,
    /// Longest time for which it stood and then went on.
    longest: f64,
}

impl StallDetector {
    /// Takes its newest value; where it is excused it counts as moved.
    fn look(&mut self, value: u64, excused: bool, now: f64) {
        if value != self.value {
            // What came before the first is the birth, and tells nothing of what follows.
            self.longest = if self.value > 0 { self.longest.max(now - self.moved) } else { 0.0 };
            (self.value, self.moved) = (value, now);
        }
        if excused {
            self.moved = now;
        }
    }

    /// For how long it has stood, if that is too long.
    fn stands(&self, patience: &WatchdogTimeouts, now: f64) -> Option<f64> {
        let allowed = match self.value {
            0 => patience.opening,
            _ => (4.0 * self.longest).clamp(patience.hang, patience.opening),
        };
        (now - self.moved > allowed).then_some(allowed)
    }
}

/// Follows one run of a show.
#[derive(Clone, Debug)]
pub struct Watchdog {
    patience: WatchdogTimeouts,
    begun: f64,
    last: Option<Heartbeat>,
    drawn: StallDetector,
    handed: StallDetector,
    rounds: StallDetector,
    ticks: StallDetector,
    changed: f64,
}

impl Watchdog {
    /// Begins with a run that was started at `now` seconds.
    pub fn new(patience: WatchdogTimeouts, now: f64) -> Self {
        let counter = StallDetector { moved: now, ..StallDetector::default() };
        let [drawn, handed, rounds, ticks] = [counter; 4];
        Self { patience, begun: now, last: None, drawn, handed, rounds, ticks, changed: now }
    }

    /// Takes the newest pulse, if there is any; says why the run must end, if it must.
    pub fn look(&mut self, pulse: Option<Heartbeat>, now: f64) -> Option<String> {
        let Some(pulse) = pulse else {
            let silent = self.last.is_none() && now - self.begun > self.patience.birth;
            return silent.then(|| format!("no sign of life in {:.0} s", self.patience.birth));
        };
        let before = self.last.replace(pulse);
        let first = before.is_none();
        self.drawn.look(pulse.drawn, first, now);
        self.rounds.look(pulse.rounds, first, now);
        self.ticks.look(pulse.ticks, first || pulse.paused, now);
        self.handed.look(pulse.handed, first || pulse.paused, now);
        if pulse.meant || before.is_none_or(|b| (b.changed, b.still) != (pulse.changed, pulse.still)) {
            self.changed = now;
        }
        if pulse.ending {
            let (late, end) = (now - self.rounds.moved.max(self.drawn.moved), self.patience.end);
            return (late > end).then(|| format!("it has not come to its end for {end:.0} s"));
        }
        self.stuck(now).or_else(|| {
            let still = pulse.still.filter(|s| now - self.changed > *s)?;
            Some(format!("the picture has been still, black or of one colour for {still:.0} s"))
        })
    }

    fn stuck(&self, now: f64) -> Option<String> {
        // The worlds come round before they tick for the first time.
        let rounds = if self.ticks.value > 0 { &self.rounds } else { &self.ticks };
        let faults = [
            (&self.drawn, "the window has drawn nothing"),
            (rounds, "the worlds have stood still"),
            (&self.ticks, "the clock of the worlds has stood still"),
            (&self.handed, "the window has got no new picture"),
        ];
        let stands = |(counter, what): (&StallDetector, &str)| {
            counter.stands(&self.patience, now).map(|s| format!("{what} for {s:.0} s"))
        };
        faults.into_iter().find_map(stands)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A show that is looked at four times a second, and does all that it should.
    fn next(last: Heartbeat) -> Heartbeat {
        let Heartbeat { drawn, handed, rounds, ticks, changed, .. } = last;
        let (drawn, handed, rounds) = (drawn + 15, handed + 15, rounds + 15);
        Heartbeat { drawn, handed, rounds, ticks: ticks + 15, changed: changed + 15, ..last }
    }

    /// Second, from the fault at 10 s on, at which the watchdog gives up within so many seconds. The fault sees the pulse
    /// before and spoils the one that follows.
    fn given_up(seconds: f64, fault: impl Fn(&Heartbeat, &mut Heartbeat, f64)) -> Option<f64> {
        let mut dog = Watchdog::new(WatchdogTimeouts::default(), 0.0);
        let mut pulse = Heartbeat::default();
        (1..(seconds * 4.0) as u64).map(|i| i as f64 * 0.25).find_map(|now| {
            let before = pulse;
            pulse = next(before);
            if now >= 10.0 {
                fault(&before, &mut pulse, now - 10.0);
            }
            dog.look(Some(pulse), now).map(|_| now - 10.0)
        })
    }

    const DAYS: f64 = 3.0 * 86400.0;

    #[test]
    fn each_way_to_be_stuck_is_noticed_in_its_time_and_none_other() {
        assert_eq!(given_up(DAYS, |_, _, _| ()), None);
        let soon = |fault: fn(&Heartbeat, &mut Heartbeat, f64)| {
            (3.0..3.6).contains(&given_up(100.0, fault).unwrap())
        };
        assert!(soon(|b, p, _| p.drawn = b.drawn));
        assert!(soon(|b, p, _| p.handed = b.handed));
        assert!(soon(|b, p, _| p.ticks = b.ticks));
        // Worlds that hang publish nothing either.
        assert!(soon(|b, p, _| (p.rounds, p.ticks, p.handed) = (b.rounds, b.ticks, b.handed)));
        let paused = |b: &Heartbeat, p: &mut Heartbeat, _| {
            (p.ticks, p.handed, p.changed, p.paused, p.meant) = (b.ticks, b.handed, b.changed, true, true);
        };
        assert_eq!(given_up(DAYS, paused), None, "a pause is no fault, however long");
        let hangs = |b: &Heartbeat, p: &mut Heartbeat, now: f64| {
            paused(b, p, now);
            p.rounds = b.rounds;
        };
        assert!((3.0..3.6).contains(&given_up(100.0, hangs).unwrap()), "but a thread that stands is one");
    }

    #[test]
    fn a_still_picture_is_a_fault_only_for_whom_it_is_said_to_be() {
        let still = |b: &Heartbeat, p: &mut Heartbeat, _| p.changed = b.changed;
        assert_eq!(given_up(DAYS, still), None, "a settled world runs for days");
        let within = |b: &Heartbeat, p: &mut Heartbeat, _| (p.changed, p.still) = (b.changed, Some(20.0));
        assert!((20.0..20.6).contains(&given_up(100.0, within).unwrap()));
        let meant = |b: &Heartbeat, p: &mut Heartbeat, _| {
            (p.changed, p.still, p.meant) = (b.changed, Some(20.0), true)
        };
        assert_eq!(given_up(DAYS, meant), None, "a blackout is no fault");
        // A cue that says nothing, between two that do.
        let now_and_then = |b: &Heartbeat, p: &mut Heartbeat, now: f64| {
            (p.changed, p.still) = (b.changed, ((now / 15.0) as u64).is_multiple_of(2).then_some(20.0));
        };
        assert_eq!(given_up(1000.0, now_and_then), None);
    }

    #[test]
    fn a_show_that_is_slow_by_nature_is_left_alone_and_noticed_when_it_hangs() {
        // A tick of eight seconds, until the worlds hang.
        let slow = |until: f64| {
            move |b: &Heartbeat, p: &mut Heartbeat, now: f64| {
                let tick = now < 100.0 && now % 2.5 == 0.0 || now % 8.0 == 0.0 && now < until;
                (p.rounds, p.ticks, p.handed) = match tick {
                    true => (b.rounds + 1, b.ticks + 1, b.handed + 1),
                    false => (b.rounds, b.ticks, b.handed),
                };
            }
        };
        assert_eq!(given_up(5000.0, slow(f64::MAX)), None);
        let hangs = given_up(5000.0, slow(3000.0)).unwrap();
        assert!((3020.0..3040.0).contains(&hangs), "{hangs}");
    }

    #[test]
    fn a_show_that_ends_may_take_its_time_but_not_for_ever() {
        let given_up = given_up(2000.0, |b, p, _| *p = Heartbeat { ending: true, ..*b });
        assert!((900.0..901.0).contains(&given_up.unwrap()), "{given_up:?}");
    }

    #[test]
    fn a_show_that_never_comes_up_is_noticed_and_large_worlds_may_take_their_time() {
        let mut dog = Watchdog::new(WatchdogTimeouts::default(), 100.0);
        assert_eq!(dog.look(None, 129.0), None);
        assert!(dog.look(None, 131.0).is_some());
        let mut dog = Watchdog::new(WatchdogTimeouts::default(), 0.0);
        let born = |now: f64| Heartbeat {
            rounds: (now > 50.0) as u64,
            drawn: (now * 9.0) as u64,
            ..Heartbeat::default()
        };
        let given_up =
            (1..1000).map(|i| i as f64 * 0.25).find(|now| dog.look(Some(born(*now)), *now).is_some());
        assert!((120.0..121.0).contains(&given_up.unwrap()), "{given_up:?}");
    }

    #[test]
    fn a_counter_learns_how_long_it_may_stand_and_forgets_what_was_excused() {
        let patience = WatchdogTimeouts::default();
        let mut c = StallDetector { moved: 10.0, ..StallDetector::default() };
        let stand = |c: &StallDetector| (c.value, c.moved, c.longest);
        c.look(0, false, 12.0);
        assert_eq!(stand(&c), (0, 10.0, 0.0));
        assert_eq!((c.stands(&patience, 130.0), c.stands(&patience, 130.5)), (None, Some(120.0)));
        c.look(5, false, 20.0);
        assert_eq!(stand(&c), (5, 20.0, 0.0), "a birth tells nothing of what follows");
        assert_eq!((c.stands(&patience, 23.0), c.stands(&patience, 23.5)), (None, Some(3.0)));
        c.look(6, false, 26.0);
        c.look(7, false, 28.0);
        assert_eq!(stand(&c), (7, 28.0, 6.0));
        assert_eq!((c.stands(&patience, 52.0), c.stands(&patience, 52.5)), (None, Some(24.0)));
        c.look(7, true, 40.0);
        assert_eq!(stand(&c), (7, 40.0, 6.0));
        c.look(8, false, 100.0);
        assert_eq!((c.longest, c.stands(&patience, 221.0)), (60.0, Some(120.0)), "never longer than a birth");
    }

    #[test]
    fn each_fault_is_told_in_its_own_words() {
        let told = |fault: fn(&Heartbeat, &mut Heartbeat)| {
            let (mut dog, mut pulse) =
                (Watchdog::new(WatchdogTimeouts::default(), 0.0), Heartbeat::default());
            (1..200).find_map(|i| {
                let before = pulse;
                pulse = next(before);
                if i >= 40 {
                    fault(&before, &mut pulse);
                }
                dog.look(Some(pulse), i as f64 * 0.25)
            })
        };
        let word = |word: &str| Some(word.to_string());
        assert_eq!(told(|b, p| p.drawn = b.drawn), word("the window has drawn nothing for 3 s"));
        assert_eq!(told(|b, p| p.handed = b.handed), word("the window has got no new picture for 3 s"));
        assert_eq!(told(|b, p| p.ticks = b.ticks), word("the clock of the worlds has stood still for 3 s"));
        assert_eq!(
            told(|b, p| (p.rounds, p.ticks, p.handed) = (b.rounds, b.ticks, b.handed)),
            word("the worlds have stood still for 3 s")
        );
        assert_eq!(
            told(|b, p| (p.changed, p.still) = (b.changed, Some(20.0))),
            word("the picture has been still, black or of one colour for 20 s")
        );
        assert_eq!(told(|_, _| ()), None);
        let mut dog = Watchdog::new(WatchdogTimeouts::default(), 100.0);
        assert_eq!((dog.look(None, 130.0), dog.look(None, 130.5)), (None, word("no sign of life in 30 s")));
        let mut dog = Watchdog::new(WatchdogTimeouts::default(), 0.0);
        assert_eq!(
            (dog.look(Some(Heartbeat::default()), 1.0), dog.look(None, 1e6)),
            (None, None),
            "it has lived"
        );
        let mut dog = Watchdog::new(WatchdogTimeouts::default(), 0.0);
        let ending = Heartbeat { ending: true, rounds: 9, drawn: 9, ..Heartbeat::default() };
        dog.look(Some(ending), 10.0);
        let mut late = |now: f64, drawn: u64| dog.look(Some(Heartbeat { drawn, ..ending }), now);
        assert_eq!((late(500.0, 10), late(1400.0, 10)), (None, None), "it went on drawing for a while");
        assert_eq!(late(1400.5, 10), word("it has not come to its end for 900 s"));
    }
}
