//! Detects from a show's heartbeat whether it has stalled. It depends on no process and no clock.
//!
//! A show has stalled if its worlds do not tick, or their pictures do not reach the window, while it is not paused. A
//! still or dark picture is no stall: a world that has settled may stay still for days. It is a fault only where the
//! scene, the cue or the show says so, after the time set there.

use serde::{Deserialize, Serialize};

/// Heartbeat of a show; each counter only grows.
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
    /// The clock is paused on purpose.
    pub paused: bool,
    /// Pictures that differed from the one before and were not of one colour.
    pub changed: u64,
    /// A still or dark picture is intended: paused, frozen, black, closed.
    pub meant: bool,
    /// Seconds after which a picture that is still, black or of one colour without intent is a fault.
    pub still: Option<f64>,
    /// The show has ended; what is open, such as a recording, is being finished.
    pub ending: bool,
}

/// Timeouts, seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WatchdogTimeouts {
    /// Without a drawn frame, a new picture, or a tick: this, or four times the longest gap of this show so far.
    pub hang: f64,
    /// From the start to the first heartbeat.
    pub startup: f64,
    /// From the first heartbeat to the first frame, picture and tick: large worlds take time to create.
    pub opening: f64,
    /// From the end of the show to the end of its process: muxing audio into a long recording takes minutes on a slow
    /// disk.
    pub end: f64,
}

impl Default for WatchdogTimeouts {
    fn default() -> Self {
        Self { hang: 3.0, startup: 30.0, opening: 120.0, end: 900.0 }
    }
}

/// Tracks one counter.
#[derive(Clone, Copy, Debug, Default)]
struct StallDetector {
    value: u64,
    moved: f64,
    /// Longest stall after which it moved again.
    longest: f64,
}

impl StallDetector {
    /// Takes its newest value; where it is excused it counts as moved.
    fn update(&mut self, value: u64, excused: bool, now: f64) {
        if value != self.value {
            // The time before the first change is start-up, and says nothing about what follows.
            self.longest = if self.value > 0 { self.longest.max(now - self.moved) } else { 0.0 };
            (self.value, self.moved) = (value, now);
        }
        if excused {
            self.moved = now;
        }
    }

    /// The timeout, if it is exceeded.
    fn overdue(&self, timeouts: &WatchdogTimeouts, now: f64) -> Option<f64> {
        let allowed = match self.value {
            0 => timeouts.opening,
            _ => (4.0 * self.longest).clamp(timeouts.hang, timeouts.opening),
        };
        (now - self.moved > allowed).then_some(allowed)
    }
}

/// Watches one run of a show.
#[derive(Clone, Debug)]
pub struct Watchdog {
    timeouts: WatchdogTimeouts,
    begun: f64,
    last: Option<Heartbeat>,
    drawn: StallDetector,
    handed: StallDetector,
    rounds: StallDetector,
    ticks: StallDetector,
    changed: f64,
}

impl Watchdog {
    /// Starts with a run that began at `now` seconds.
    pub fn new(timeouts: WatchdogTimeouts, now: f64) -> Self {
        let counter = StallDetector { moved: now, ..StallDetector::default() };
        let [drawn, handed, rounds, ticks] = [counter; 4];
        Self { timeouts, begun: now, last: None, drawn, handed, rounds, ticks, changed: now }
    }

    /// Takes the newest heartbeat, if there is any; returns why the run must end, if it must.
    pub fn update(&mut self, heartbeat: Option<Heartbeat>, now: f64) -> Option<String> {
        let Some(heartbeat) = heartbeat else {
            let silent = self.last.is_none() && now - self.begun > self.timeouts.startup;
            return silent.then(|| format!("no heartbeat for {:.0} s", self.timeouts.startup));
        };
        let before = self.last.replace(heartbeat);
        let first = before.is_none();
        self.drawn.update(heartbeat.drawn, first, now);
        self.rounds.update(heartbeat.rounds, first, now);
        self.ticks.update(heartbeat.ticks, first || heartbeat.paused, now);
        self.handed.update(heartbeat.handed, first || heartbeat.paused, now);
        if heartbeat.meant
            || before.is_none_or(|b| (b.changed, b.still) != (heartbeat.changed, heartbeat.still))
        {
            self.changed = now;
        }
        if heartbeat.ending {
            let (late, end) = (now - self.rounds.moved.max(self.drawn.moved), self.timeouts.end);
            return (late > end).then(|| format!("it has not finished within {end:.0} s"));
        }
        self.stalled(now).or_else(|| {
            let still = heartbeat.still.filter(|s| now - self.changed > *s)?;
            Some(format!("the picture has been still, black or of one colour for {still:.0} s"))
        })
    }

    fn stalled(&self, now: f64) -> Option<String> {
        // The thread runs rounds before the first tick.
        let rounds = if self.ticks.value > 0 { &self.rounds } else { &self.ticks };
        let faults = [
            (&self.drawn, "the window has drawn nothing"),
            (rounds, "the simulation thread has been stalled"),
            (&self.ticks, "the simulation clock has been stalled"),
            (&self.handed, "the window has received no new picture"),
        ];
        let overdue = |(counter, what): (&StallDetector, &str)| {
            counter.overdue(&self.timeouts, now).map(|s| format!("{what} for {s:.0} s"))
        };
        faults.into_iter().find_map(overdue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A show that is checked four times a second, and does all that it should.
    fn next(last: Heartbeat) -> Heartbeat {
        let Heartbeat { drawn, handed, rounds, ticks, changed, .. } = last;
        let (drawn, handed, rounds) = (drawn + 15, handed + 15, rounds + 15);
        Heartbeat { drawn, handed, rounds, ticks: ticks + 15, changed: changed + 15, ..last }
    }

    /// Second, from the fault at 10 s on, at which the watchdog gives up within so many seconds. The fault reads the
    /// previous heartbeat and corrupts the next.
    fn given_up(seconds: f64, fault: impl Fn(&Heartbeat, &mut Heartbeat, f64)) -> Option<f64> {
        let mut dog = Watchdog::new(WatchdogTimeouts::default(), 0.0);
        let mut heartbeat = Heartbeat::default();
        (1..(seconds * 4.0) as u64).map(|i| i as f64 * 0.25).find_map(|now| {
            let before = heartbeat;
            heartbeat = next(before);
            if now >= 10.0 {
                fault(&before, &mut heartbeat, now - 10.0);
            }
            dog.update(Some(heartbeat), now).map(|_| now - 10.0)
        })
    }

    const DAYS: f64 = 3.0 * 86400.0;

    #[test]
    fn each_kind_of_stall_is_detected_in_time_and_nothing_else() {
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
        assert!((3.0..3.6).contains(&given_up(100.0, hangs).unwrap()), "but a stalled thread is one");
    }

    #[test]
    fn a_still_picture_is_a_fault_only_where_a_limit_is_set() {
        let still = |b: &Heartbeat, p: &mut Heartbeat, _| p.changed = b.changed;
        assert_eq!(given_up(DAYS, still), None, "a settled world runs for days");
        let within = |b: &Heartbeat, p: &mut Heartbeat, _| (p.changed, p.still) = (b.changed, Some(20.0));
        assert!((20.0..20.6).contains(&given_up(100.0, within).unwrap()));
        let meant = |b: &Heartbeat, p: &mut Heartbeat, _| {
            (p.changed, p.still, p.meant) = (b.changed, Some(20.0), true)
        };
        assert_eq!(given_up(DAYS, meant), None, "a blackout is no fault");
        // A cue without a limit, between two that have one.
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
    fn a_show_that_never_starts_is_noticed_and_large_worlds_may_take_their_time() {
        let mut dog = Watchdog::new(WatchdogTimeouts::default(), 100.0);
        assert_eq!(dog.update(None, 129.0), None);
        assert!(dog.update(None, 131.0).is_some());
        let mut dog = Watchdog::new(WatchdogTimeouts::default(), 0.0);
        let loading = |now: f64| Heartbeat {
            rounds: (now > 50.0) as u64,
            drawn: (now * 9.0) as u64,
            ..Heartbeat::default()
        };
        let given_up =
            (1..1000).map(|i| i as f64 * 0.25).find(|now| dog.update(Some(loading(*now)), *now).is_some());
        assert!((120.0..121.0).contains(&given_up.unwrap()), "{given_up:?}");
    }

    #[test]
    fn a_counter_adapts_its_timeout_and_ignores_excused_time() {
        let timeouts = WatchdogTimeouts::default();
        let mut c = StallDetector { moved: 10.0, ..StallDetector::default() };
        let stand = |c: &StallDetector| (c.value, c.moved, c.longest);
        c.update(0, false, 12.0);
        assert_eq!(stand(&c), (0, 10.0, 0.0));
        assert_eq!((c.overdue(&timeouts, 130.0), c.overdue(&timeouts, 130.5)), (None, Some(120.0)));
        c.update(5, false, 20.0);
        assert_eq!(stand(&c), (5, 20.0, 0.0), "a start-up says nothing about what follows");
        assert_eq!((c.overdue(&timeouts, 23.0), c.overdue(&timeouts, 23.5)), (None, Some(3.0)));
        c.update(6, false, 26.0);
        c.update(7, false, 28.0);
        assert_eq!(stand(&c), (7, 28.0, 6.0));
        assert_eq!((c.overdue(&timeouts, 52.0), c.overdue(&timeouts, 52.5)), (None, Some(24.0)));
        c.update(7, true, 40.0);
        assert_eq!(stand(&c), (7, 40.0, 6.0));
        c.update(8, false, 100.0);
        assert_eq!(
            (c.longest, c.overdue(&timeouts, 221.0)),
            (60.0, Some(120.0)),
            "never longer than a start-up"
        );
    }

    #[test]
    fn each_fault_has_its_own_message() {
        let reported = |fault: fn(&Heartbeat, &mut Heartbeat)| {
            let (mut dog, mut heartbeat) =
                (Watchdog::new(WatchdogTimeouts::default(), 0.0), Heartbeat::default());
            (1..200).find_map(|i| {
                let before = heartbeat;
                heartbeat = next(before);
                if i >= 40 {
                    fault(&before, &mut heartbeat);
                }
                dog.update(Some(heartbeat), i as f64 * 0.25)
            })
        };
        let word = |word: &str| Some(word.to_string());
        assert_eq!(reported(|b, p| p.drawn = b.drawn), word("the window has drawn nothing for 3 s"));
        assert_eq!(
            reported(|b, p| p.handed = b.handed),
            word("the window has received no new picture for 3 s")
        );
        assert_eq!(reported(|b, p| p.ticks = b.ticks), word("the simulation clock has been stalled for 3 s"));
        assert_eq!(
            reported(|b, p| (p.rounds, p.ticks, p.handed) = (b.rounds, b.ticks, b.handed)),
            word("the simulation thread has been stalled for 3 s")
        );
        assert_eq!(
            reported(|b, p| (p.changed, p.still) = (b.changed, Some(20.0))),
            word("the picture has been still, black or of one colour for 20 s")
        );
        assert_eq!(reported(|_, _| ()), None);
        let mut dog = Watchdog::new(WatchdogTimeouts::default(), 100.0);
        assert_eq!((dog.update(None, 130.0), dog.update(None, 130.5)), (None, word("no heartbeat for 30 s")));
        let mut dog = Watchdog::new(WatchdogTimeouts::default(), 0.0);
        assert_eq!(
            (dog.update(Some(Heartbeat::default()), 1.0), dog.update(None, 1e6)),
            (None, None),
            "a heartbeat was seen"
        );
        let mut dog = Watchdog::new(WatchdogTimeouts::default(), 0.0);
        let ending = Heartbeat { ending: true, rounds: 9, drawn: 9, ..Heartbeat::default() };
        dog.update(Some(ending), 10.0);
        let mut late = |now: f64, drawn: u64| dog.update(Some(Heartbeat { drawn, ..ending }), now);
        assert_eq!((late(500.0, 10), late(1400.0, 10)), (None, None), "it went on drawing for a while");
        assert_eq!(late(1400.5, 10), word("it has not finished within 900 s"));
    }
}
