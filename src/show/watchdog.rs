//! Tells from a show's heartbeat whether it is stuck. It knows no process and no clock.

use serde::{Deserialize, Serialize};

/// Counters of a show; each only grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pulse {
    /// Frames drawn.
    pub drawn: u64,
    /// Rounds of the show's thread, paused or not.
    pub rounds: u64,
    /// Pictures that differed from the one before and were not of one colour.
    pub changed: u64,
    /// A still or dark picture is meant: paused, frozen, black, closed.
    pub meant: bool,
    /// The show has ended; what is open, such as a film, is being finished.
    #[serde(default)]
    pub ending: bool,
}

/// What is allowed, seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patience {
    /// Without a drawn frame, or a round of the show.
    pub hang: f64,
    /// With a picture that stands still, is black, or of one colour.
    pub still: f64,
    /// From the start to the first pulse.
    pub birth: f64,
    /// From the end of the show to the end of its process: putting the sound to a long film takes minutes on a slow disk.
    pub end: f64,
}

impl Default for Patience {
    fn default() -> Self {
        Self { hang: 3.0, still: 20.0, birth: 30.0, end: 900.0 }
    }
}

/// Follows one run of a show.
#[derive(Clone, Debug)]
pub struct Watchdog {
    patience: Patience,
    begun: f64,
    last: Option<Pulse>,
    drawn: f64,
    rounds: f64,
    changed: f64,
}

impl Watchdog {
    /// Begins with a run that was started at `now` seconds.
    pub fn new(patience: Patience, now: f64) -> Self {
        Self { patience, begun: now, last: None, drawn: now, rounds: now, changed: now }
    }

    /// Takes the newest pulse, if there is any; says why the run must end, if it must.
    pub fn look(&mut self, pulse: Option<Pulse>, now: f64) -> Option<String> {
        let Some(pulse) = pulse else {
            let silent = self.last.is_none() && now - self.begun > self.patience.birth;
            return silent.then(|| format!("no sign of life in {:.0} s", self.patience.birth));
        };
        let before = self.last.replace(pulse);
        let moved = |of: fn(&Pulse) -> u64| before.as_ref().is_none_or(|b| of(b) != of(&pulse));
        if moved(|p| p.drawn) {
            self.drawn = now;
        }
        if moved(|p| p.rounds) {
            self.rounds = now;
        }
        if moved(|p| p.changed) || pulse.meant {
            self.changed = now;
        }
        let Patience { hang, still, end, .. } = self.patience;
        match () {
            _ if pulse.ending => {
                let late = now - self.rounds.max(self.drawn) > end;
                late.then(|| format!("it has not come to its end for {end:.0} s"))
            }
            _ if now - self.drawn > hang => Some(format!("the window has drawn nothing for {hang:.0} s")),
            _ if now - self.rounds > hang => Some(format!("the worlds have stood still for {hang:.0} s")),
            _ if now - self.changed > still => {
                Some(format!("the picture has been still, black or of one colour for {still:.0} s"))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Second, from the fault at 10 s on, at which the watchdog gives up on a show that ticks 4 times a second.
    fn given_up(fault: impl Fn(&mut Pulse)) -> Option<f64> {
        given_up_after(400, fault)
    }

    fn given_up_after(looks: u32, fault: impl Fn(&mut Pulse)) -> Option<f64> {
        let mut dog = Watchdog::new(Patience::default(), 0.0);
        let mut pulse = Pulse::default();
        (1..looks).map(|i| i as f64 * 0.25).find_map(|now| {
            let next = Pulse {
                drawn: pulse.drawn + 15,
                rounds: pulse.rounds + 15,
                changed: pulse.changed + 15,
                ..pulse
            };
            let before = std::mem::replace(&mut pulse, next);
            if now >= 10.0 {
                let mut with = pulse;
                fault(&mut with);
                // A faulty counter stays where it was.
                pulse.drawn = if with.drawn == 0 { before.drawn } else { pulse.drawn };
                pulse.rounds = if with.rounds == 0 { before.rounds } else { pulse.rounds };
                pulse.changed = if with.changed == 0 { before.changed } else { pulse.changed };
                (pulse.meant, pulse.ending) = (with.meant, with.ending);
            }
            dog.look(Some(pulse), now).map(|_| now - 10.0)
        })
    }

    #[test]
    fn each_way_to_be_stuck_is_noticed_in_its_time_and_none_other() {
        assert_eq!(given_up(|_| ()), None);
        assert!((3.0..3.6).contains(&given_up(|p| p.drawn = 0).unwrap()));
        assert!((3.0..3.6).contains(&given_up(|p| p.rounds = 0).unwrap()));
        assert!((20.0..20.6).contains(&given_up(|p| p.changed = 0).unwrap()));
        assert_eq!(given_up(|p| (p.changed, p.meant) = (0, true)), None, "a blackout is no fault");
    }

    #[test]
    fn a_show_that_ends_may_take_its_time_but_not_for_ever() {
        let given_up = given_up_after(4000, |p| (p.drawn, p.rounds, p.ending) = (0, 0, true));
        assert!((900.0..901.0).contains(&given_up.unwrap()), "{given_up:?}");
    }

    #[test]
    fn a_show_that_never_comes_up_is_noticed() {
        let mut dog = Watchdog::new(Patience::default(), 100.0);
        assert_eq!(dog.look(None, 129.0), None);
        assert!(dog.look(None, 131.0).is_some());
    }
}
