//! Soft takeover: a fader that does not match its knob moves nothing until it reaches the knob's value.

/// Greatest distance at which a fader picks up its knob, normalised.
const NEAR: f64 = 3.0 / 127.0;

/// Pickup of one fader.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pickup {
    last: Option<f64>,
    sent: Option<f64>,
}

impl Pickup {
    /// The knob's new value, if picked up, with the fader at `now` (0..1) and the knob at `knob`.
    pub fn moved(&mut self, now: f64, knob: f64) -> Option<f64> {
        // Another controller that moves the knob takes it over, until the fader reaches it again.
        let held = self.sent.is_some_and(|s| (s - knob).abs() < NEAR);
        let crossed = self.last.is_some_and(|l| (l - knob) * (now - knob) <= 0.0);
        self.last = Some(now);
        if held || crossed || (now - knob).abs() <= NEAR {
            self.sent = Some(now);
            return Some(now);
        }
        self.sent = None;
        None
    }

    /// Direction to turn to pick up the knob at `knob`: up 1, down −1, 0 if it is not waiting.
    pub fn waits(&self, knob: f64) -> i8 {
        match (self.sent, self.last) {
            (None, Some(last)) if last < knob => 1,
            (None, Some(_)) => -1,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fader_moves_nothing_until_it_reaches_the_knob() {
        let mut p = Pickup::default();
        assert_eq!(p.moved(0.1, 0.5), None);
        assert_eq!(p.waits(0.5), 1);
        assert_eq!(p.moved(0.3, 0.5), None);
        assert_eq!(p.moved(0.7, 0.5), Some(0.7), "it went past");
        assert_eq!(p.moved(0.9, 0.7), Some(0.9));
        assert_eq!(p.moved(0.8, 0.2), None, "another controller has moved the knob");
        assert_eq!(p.waits(0.2), -1);
        assert_eq!(p.moved(0.21, 0.2), Some(0.21), "close enough");
    }
}
