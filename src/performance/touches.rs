//! Touches between two ticks.

use world::system::{Phase, Touch};

/// Most touches per tick.
const TOUCHES: usize = 256;

/// Touches queued for the next tick, in order; while paused, one per touch point.
#[derive(Default)]
pub struct Touches(Vec<Touch>);

impl Touches {
    /// Adds one. While paused, or with a full queue, it is merged into the last of its touch point.
    pub fn add(&mut self, touch: Touch, paused: bool) {
        let place = self.0.iter().rposition(|t| t.id == touch.id);
        match place.filter(|_| paused || self.0.len() >= TOUCHES) {
            // A touch that began and ended while paused is dropped.
            Some(place) if touch.phase == Phase::Up && self.0[place].phase == Phase::Down => {
                self.0.remove(place);
            }
            Some(place) => {
                let down = self.0[place].phase == Phase::Down && touch.phase == Phase::Move;
                let (dx, dy) = (self.0[place].dx + touch.dx, self.0[place].dy + touch.dy);
                let phase = if down { Phase::Down } else { touch.phase };
                self.0[place] = Touch { dx, dy, phase, ..touch };
            }
            None if self.0.len() < TOUCHES => self.0.push(touch),
            None => {}
        }
    }

    /// Takes all of them.
    pub fn take(&mut self) -> Vec<Touch> {
        std::mem::take(&mut self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touch(id: u32, x: f32, phase: Phase) -> Touch {
        Touch { id, x, y: 0.5, dx: 0.25, dy: 0.5, radius: 0.1, strength: 1.0, phase }
    }

    fn after(paused: bool, all: &[Touch]) -> Vec<Touch> {
        let mut touches = Touches::default();
        all.iter().for_each(|t| touches.add(*t, paused));
        let taken = touches.take();
        assert!(touches.take().is_empty(), "they are taken once");
        taken
    }

    #[test]
    fn while_running_each_touch_counts_and_while_paused_one_per_touch_point() {
        use Phase::{Down, Move, Up};
        let drag = [touch(1, 0.1, Down), touch(2, 0.9, Move), touch(1, 0.2, Move), touch(1, 0.3, Move)];
        assert_eq!(after(false, &drag), drag);
        let one = Touch { dx: 0.75, dy: 1.5, ..touch(1, 0.3, Down) };
        assert_eq!(after(true, &drag), [one, drag[1]], "it has come down, and moved by all of it");
        let lifted = Touch { dx: 0.5, dy: 1.0, ..touch(1, 0.2, Up) };
        assert_eq!(after(true, &[touch(1, 0.1, Move), touch(1, 0.2, Up)]), [lifted]);
        assert!(after(true, &[touch(1, 0.1, Down), touch(1, 0.2, Move), touch(1, 0.2, Up)]).is_empty());
        let again = Touch { dx: 0.5, dy: 1.0, ..touch(1, 0.2, Down) };
        assert_eq!(after(true, &[touch(1, 0.1, Up), touch(1, 0.2, Down)]), [again]);
        assert_eq!(after(true, &[touch(1, 0.1, Up), touch(1, 0.2, Move)])[0].phase, Move);
    }

    #[test]
    fn a_tick_takes_a_limited_number_of_touches_and_then_one_per_touch_point_already_there() {
        let many: Vec<Touch> = (0..TOUCHES as u32 - 1).map(|id| touch(id, 0.1, Phase::Move)).collect();
        let and = |more: &[Touch]| after(false, &[&many[..], more].concat());
        assert_eq!(and(&[touch(5, 0.2, Phase::Move)]).len(), TOUCHES);
        let full =
            and(&[touch(5, 0.2, Phase::Move), touch(5, 0.3, Phase::Move), touch(999, 0.3, Phase::Move)]);
        assert_eq!(
            (full.len(), full[TOUCHES - 1].x, full[TOUCHES - 1].dx, full[5].x),
            (TOUCHES, 0.3, 0.5, 0.1)
        );
    }
}
