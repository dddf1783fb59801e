//! The fixed clock of the simulation.

use std::time::{Duration, Instant};

/// Says when the next tick is due. A late tick delays all that follow: the show slows down, and never tries to
/// catch up (which would make the next ticks late too).
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    period: Duration,
    due: Instant,
}

impl Clock {
    /// A clock of `rate` ticks a second whose first tick is due at `now`.
    pub fn new(rate: f64, now: Instant) -> Self {
        Self { period: Duration::from_secs_f64(1.0 / rate), due: now }
    }

    /// Another rate, from the next tick on.
    pub fn set_rate(&mut self, rate: f64) {
        self.period = Duration::from_secs_f64(1.0 / rate);
    }

    /// How long to sleep at `now` until the next tick is due; zero if it is late already. Call once a tick.
    pub fn until_next(&mut self, now: Instant) -> Duration {
        let rest = self.due.saturating_duration_since(now);
        // Up to one period is caught up (a sleep that overran slightly); more is dropped.
        let from = if now > self.due + self.period { now } else { self.due };
        self.due = from + self.period;
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD: Duration = Duration::from_millis(10);

    /// Ticks begun within `total` when each takes `cost`.
    fn ticks(cost: Duration, total: Duration) -> u32 {
        let start = Instant::now();
        let (mut now, mut clock, mut n) = (start, Clock::new(100.0, start), 0);
        loop {
            now += clock.until_next(now);
            if now >= start + total {
                return n;
            }
            n += 1;
            now += cost;
        }
    }

    #[test]
    fn a_world_that_is_fast_enough_keeps_the_rate() {
        assert_eq!(ticks(Duration::from_millis(9), Duration::from_secs(1)), 100);
    }

    #[test]
    fn a_world_that_is_too_slow_slows_the_show() {
        assert_eq!(ticks(Duration::from_millis(25), Duration::from_secs(1)), 40);
    }

    #[test]
    fn after_a_long_stall_nothing_is_caught_up() {
        let start = Instant::now();
        let mut clock = Clock::new(100.0, start);
        clock.until_next(start);
        let later = start + Duration::from_secs(5);
        assert_eq!(clock.until_next(later), Duration::ZERO);
        assert_eq!(clock.until_next(later), PERIOD);
        assert_eq!(clock.until_next(later + PERIOD), PERIOD);
    }

    #[test]
    fn a_slightly_late_tick_is_caught_up_and_a_new_rate_applies_from_the_next() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut clock = Clock::new(100.0, start);
        assert_eq!(clock.until_next(at(0)), Duration::ZERO);
        assert_eq!(clock.until_next(at(14)), Duration::ZERO, "it was due at 10");
        assert_eq!(clock.until_next(at(15)), Duration::from_millis(5), "and the next is at 20");
        let mut late = Clock::new(100.0, start);
        late.until_next(at(0));
        assert_eq!(
            [late.until_next(at(20)), late.until_next(at(20))],
            [Duration::ZERO; 2],
            "a whole period too"
        );
        assert_eq!(late.until_next(at(20)), Duration::from_millis(10));
        clock.set_rate(50.0);
        assert_eq!(clock.until_next(at(20)), Duration::from_millis(10), "30 was fixed already");
        assert_eq!(clock.until_next(at(30)), Duration::from_millis(20));
    }
}
