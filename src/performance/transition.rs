//! Transitions take their seconds, however slow the show is.

use super::Performance;
use world::tape::Event;

impl Performance {
    /// Advances transitions that are late.
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

    #[test]
    fn a_transition_of_a_slow_show_is_hurried_and_the_tape_records_it() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str| dir.path().join(name);
        let scene = "size = [32, 20]\n[node.a]\nsystem = \"noise\"\n[[layer]]\nshow = \"a.value\"\n";
        ["a.toml", "b.toml"].iter().for_each(|name| std::fs::write(file(name), scene).unwrap());
        let setup = PerformanceSetup {
            manual_transition: (Transition::Dissolve, 1.0),
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
        // A second is at most twelve of these ticks, and would be sixty of a show that is on time.
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
}
