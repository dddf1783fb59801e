//! Keeps transitions on time, however slow the show is.

/// Tracks by how many ticks running transitions are late.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pacer {
    late: f64,
    last: Option<f64>,
    running: bool,
}

impl Pacer {
    /// Called before a tick, of `rate` per second, at `now` (seconds, pauses excluded), with whether a transition is
    /// running: by how many extra ticks the transitions must advance.
    pub fn tick(&mut self, now: f64, rate: f64, running: bool) -> u64 {
        let passed = now - self.last.replace(now).unwrap_or(now);
        // Time before a transition started does not count.
        if !running || !std::mem::replace(&mut self.running, running) {
            (self.running, self.late) = (running, 0.0);
            return 0;
        }
        // Early ticks earn at most one tick of credit.
        self.late = (self.late + passed * rate - 1.0).max(-1.0);
        let whole = self.late.floor().max(0.0);
        self.late -= whole;
        whole as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds that a transition of 60 ticks takes where a tick takes `cost`.
    fn taken(cost: impl Fn(u64) -> f64) -> f64 {
        let (mut pacer, mut now, mut passed) = (Pacer::default(), 100.0, 0);
        pacer.tick(now, 60.0, true);
        for tick in 0.. {
            now += cost(tick).max(1.0 / 60.0);
            passed += 1 + pacer.tick(now, 60.0, true);
            if passed >= 60 {
                break;
            }
        }
        now - 100.0
    }

    #[test]
    fn a_second_is_a_second_at_any_speed() {
        for cost in [0.001, 1.0 / 60.0, 0.03, 0.1, 0.37] {
            let found = taken(|_| cost);
            assert!((found - 1.0).abs() <= cost.max(1.0 / 60.0) + 1e-9, "{cost}: {found}");
        }
        let uneven = taken(|tick| if tick % 7 == 0 { 0.2 } else { 0.005 });
        assert!((uneven - 1.0).abs() <= 0.2, "{uneven}");
    }

    #[test]
    fn a_show_that_is_on_time_is_never_hurried() {
        let mut pacer = Pacer::default();
        assert!((0..1000).all(|i| pacer.tick(i as f64 / 60.0 + 0.004 * (i % 3) as f64, 60.0, i > 3) <= 1));
        let mut even = Pacer::default();
        assert_eq!((0..1000).map(|i| even.tick(i as f64 / 60.0, 60.0, true)).sum::<u64>(), 0);
    }

    #[test]
    fn whole_ticks_of_lateness_are_caught_up_and_the_rest_is_carried_over() {
        let mut pacer = Pacer::default();
        let mut after = |now: f64, on: bool| pacer.tick(now, 10.0, on);
        assert_eq!([after(0.0, false), after(5.0, true)], [0, 0], "time before it started does not count");
        // A tick of a tenth of a second: 0.35 s are two and a half ticks late.
        assert_eq!([after(5.35, true), after(5.5, true), after(5.6, true)], [2, 1, 0]);
        // Early ticks earn at most one tick of credit.
        assert_eq!([after(5.61, true), after(5.62, true), after(5.63, true)], [0; 3]);
        assert_eq!(after(5.95, true), 1);
        assert_eq!(
            [after(9.0, false), after(9.9, true), after(10.0, true), after(10.35, true)],
            [0, 0, 0, 2]
        );
    }
}
