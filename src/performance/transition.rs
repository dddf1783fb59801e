//! Transitions take their seconds, however slow the show is.

use super::Performance;
use world::tape::Event;

/// By how many ticks the transitions on their way are late.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pacer {
    late: f64,
    last: Option<f64>,
    on_its_way: bool,
}

impl Pacer {
    /// One more tick of `rate` a second is about to pass at `now`, seconds without pauses, while something is on its way
    /// or not: how many ticks the transitions must pass by beside it.
    pub fn tick(&mut self, now: f64, rate: f64, on_its_way: bool) -> u64 {
        let passed = now - self.last.replace(now).unwrap_or(now);
        // What passed before a transition began is none of its time.
        if !on_its_way || !std::mem::replace(&mut self.on_its_way, on_its_way) {
            (self.on_its_way, self.late) = (on_its_way, 0.0);
            return 0;
        }
        // A tick that came a little early does not make up for the next.
        self.late = (self.late + passed * rate - 1.0).max(-1.0);
        let whole = self.late.floor().max(0.0);
        self.late -= whole;
        whole as u64
    }
}

impl Performance {
    /// Tells the transitions by how much they are late.
    pub(super) fn keep_pace(&mut self) {
        let (now, rate) = (self.time_now(), self.engine().scene().rate);
        let ticks = self.pacer.tick(now, rate, self.director.transition().is_some());
        if ticks > 0 {
            self.act(Event::Hurry(ticks));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PerformanceSetup, TapeTarget, sample};
    use show::{Command, ShowDriver};
    use world::tape::Transition;

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
    fn a_transition_of_a_slow_show_is_hurried_and_the_tape_tells_of_it() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str| dir.path().join(name);
        let scene = "size = [32, 20]\n[node.a]\nsystem = \"noise\"\n[[layer]]\nshow = \"a.value\"\n";
        ["a.toml", "b.toml"].iter().for_each(|name| std::fs::write(file(name), scene).unwrap());
        let setup = PerformanceSetup {
            by_hand: (Transition::Dissolve, 1.0),
            tape: TapeTarget::File(file("t.tape")),
            ..sample::setup(&[file("a.toml"), file("b.toml")])
        };
        let mut slow = setup.start().unwrap();
        slow.command(Command::Scene(1));
        let tick = |slow: &mut Performance| {
            std::thread::sleep(std::time::Duration::from_millis(100));
            slow.tick();
        };
        while slow.director.transition().is_none() {
            tick(&mut slow);
        }
        // A second is at most twelve of these ticks, and would be sixty of a show that is in time.
        let ticks = (0..60).take_while(|_| {
            tick(&mut slow);
            slow.director.transition().is_some()
        });
        assert!(ticks.count() <= 12);
        slow.end();
        let tape = world::tape::Tape::read(&std::fs::read(file("t.tape")).unwrap()[..]).unwrap();
        let late: u64 = tape.events.iter().map(|(_, e)| if let Event::Hurry(n) = e { *n } else { 0 }).sum();
        assert!(late >= 40, "{late}");
    }

    #[test]
    fn a_show_in_time_is_never_hurried() {
        let mut pacer = Pacer::default();
        assert!((0..1000).all(|i| pacer.tick(i as f64 / 60.0 + 0.004 * (i % 3) as f64, 60.0, i > 3) <= 1));
        let mut even = Pacer::default();
        assert_eq!((0..1000).map(|i| even.tick(i as f64 / 60.0, 60.0, true)).sum::<u64>(), 0);
    }

    #[test]
    fn whole_ticks_of_lateness_are_made_good_and_the_rest_is_kept() {
        let mut pacer = Pacer::default();
        let mut after = |now: f64, on: bool| pacer.tick(now, 10.0, on);
        assert_eq!(
            [after(0.0, false), after(5.0, true)],
            [0, 0],
            "what passed before it began is none of its time"
        );
        // A tick of a tenth of a second: 0.35 s are two and a half ticks late.
        assert_eq!([after(5.35, true), after(5.5, true), after(5.6, true)], [2, 1, 0]);
        // What comes early is made up for by one tick at most.
        assert_eq!([after(5.61, true), after(5.62, true), after(5.63, true)], [0; 3]);
        assert_eq!(after(5.95, true), 1);
        assert_eq!(
            [after(9.0, false), after(9.9, true), after(10.0, true), after(10.35, true)],
            [0, 0, 0, 2]
        );
    }
}
