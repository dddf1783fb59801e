//! Pointers on the picture: their ids, and how positions from controllers become touches.

use std::collections::BTreeMap;

use show::{Command, Hub};
use world::system::{Phase, Touch};
use world::tape::Event;

/// The mouse.
pub const MOUSE: u32 = 0;
/// First id of a finger on the window.
pub const WINDOW: u32 = 1;
/// First id of a TUIO cursor.
pub const TUIO: u32 = 10_000;
/// First id of an OSC touch.
pub const OSC: u32 = 100_000;
/// First id of a touch on the web remote.
pub const REMOTE: u32 = 1_000_000;

/// Default radius of a touch, as a fraction of the world's height.
pub const RADIUS: f32 = 0.06;
/// Most pointers of one controller at once; more are ignored.
pub const MOST: usize = 64;
/// Interval at which a resting pointer is repeated, s.
const REPEAT: f64 = 1.0 / 60.0;

#[derive(Clone, Debug)]
struct Pointer {
    touch: Touch,
    seen: f64,
    moved: f64,
}

/// The pointers of one controller that are down, by the controller's own keys.
#[derive(Clone, Debug)]
pub struct Pointers<K: Ord + Clone> {
    first: u32,
    down: BTreeMap<K, Pointer>,
}

impl<K: Ord + Clone> Pointers<K> {
    /// No pointer is down; their ids begin at `first`.
    pub fn new(first: u32) -> Self {
        Self { first, down: BTreeMap::new() }
    }

    /// How many are down.
    pub fn count(&self) -> usize {
        self.down.len()
    }

    /// Keys of the pointers that are down.
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.down.keys()
    }

    /// Whether a pointer is down.
    pub fn has(&self, key: &K) -> bool {
        self.down.contains_key(key)
    }

    /// Puts a pointer at a place (0..1 of the picture, clamped) at `now`, s, and returns its touch; `None` if a number
    /// is not finite, or too many pointers are down.
    pub fn at(&mut self, key: K, place: (f32, f32), radius: f32, strength: f32, now: f64) -> Option<Touch> {
        if ![place.0, place.1, radius, strength].iter().all(|v| v.is_finite()) {
            return None;
        }
        let (x, y) = (place.0.clamp(0.0, 1.0), place.1.clamp(0.0, 1.0));
        let (radius, strength) = (radius.clamp(0.005, 0.5), strength.clamp(-1.0, 1.0));
        let touch = match self.down.get(&key).map(|p| p.touch) {
            Some(old) => {
                let (dx, dy) = (x - old.x, y - old.y);
                Touch { x, y, dx, dy, radius, strength, phase: Phase::Move, ..old }
            }
            None => {
                let id = self.free()?;
                Touch { id, x, y, dx: 0.0, dy: 0.0, radius, strength, phase: Phase::Down }
            }
        };
        self.down.insert(key, Pointer { touch, seen: now, moved: now });
        Some(touch)
    }

    /// The lowest free id.
    fn free(&self) -> Option<u32> {
        let used = |id: u32| self.down.values().any(|p| p.touch.id == id);
        (self.first..self.first + MOST as u32).find(|&id| !used(id))
    }

    /// A pointer is still down, without a new position.
    pub fn seen(&mut self, key: &K, now: f64) {
        self.down.get_mut(key).into_iter().for_each(|p| p.seen = now);
    }

    /// Lifts a pointer, and returns its last touch.
    pub fn up(&mut self, key: &K) -> Option<Touch> {
        let touch = self.down.remove(key)?.touch;
        Some(Touch { dx: 0.0, dy: 0.0, phase: Phase::Up, ..touch })
    }

    /// Lifts the pointers for which `stays` is false.
    pub fn keep(&mut self, stays: impl Fn(&K) -> bool) -> Vec<Touch> {
        let gone: Vec<K> = self.down.keys().filter(|k| !stays(k)).cloned().collect();
        gone.iter().filter_map(|k| self.up(k)).collect()
    }

    /// Repeats the touches of resting pointers, and lifts those not seen for `timeout` seconds.
    pub fn tick(&mut self, now: f64, timeout: f64) -> Vec<Touch> {
        let lost: Vec<K> =
            self.down.iter().filter(|p| now - p.1.seen > timeout).map(|p| p.0.clone()).collect();
        let mut all: Vec<Touch> = lost.iter().filter_map(|k| self.up(k)).collect();
        for p in self.down.values_mut().filter(|p| now - p.moved >= REPEAT) {
            p.moved = now;
            all.push(Touch { dx: 0.0, dy: 0.0, phase: Phase::Move, ..p.touch });
        }
        all
    }
}

/// Sends touches to the show.
pub fn send_touches(hub: &Hub, touches: impl IntoIterator<Item = Touch>) {
    touches.into_iter().for_each(|t| hub.send(Command::Event(Event::Touch(t))));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_pointers_coexist_and_ids_are_reused() {
        let mut all = Pointers::new(OSC);
        let a = all.at("a", (0.25, 0.5), RADIUS, 1.0, 0.0).unwrap();
        let b = all.at("b", (0.5, 7.0), RADIUS, 1.0, 0.0).unwrap();
        assert_eq!((a.id, a.phase, b.id, b.y), (OSC, Phase::Down, OSC + 1, 1.0));
        let a = all.at("a", (0.5, 0.25), RADIUS, -3.0, 0.1).unwrap();
        assert_eq!((a.phase, a.dx, a.dy, a.strength), (Phase::Move, 0.25, -0.25, -1.0));
        assert_eq!(all.up(&"a").map(|t| (t.id, t.phase, t.dx)), Some((OSC, Phase::Up, 0.0)));
        assert!(all.up(&"a").is_none() && all.at("c", (f32::NAN, 0.0), 0.1, 1.0, 0.2).is_none());
        assert_eq!(all.at("c", (0.0, 0.0), 0.1, 1.0, 0.2).unwrap().id, OSC);
        let rest = all.tick(0.21, 9.0);
        assert_eq!(rest.len(), 1, "only b has rested");
        assert_eq!((rest[0].id, rest[0].phase, rest[0].dx), (OSC + 1, Phase::Move, 0.0));
        let lost = all.tick(1.5, 1.4);
        assert_eq!((lost[0].id, lost[0].phase, all.count()), (OSC + 1, Phase::Up, 1));
    }

    #[test]
    fn controllers_have_disjoint_ids_and_pointers_are_bounded() {
        let firsts = [WINDOW, TUIO, OSC, REMOTE];
        assert!(firsts.windows(2).all(|w| w[1] - w[0] > MOST as u32) && !firsts.contains(&MOUSE));
        let mut all = Pointers::new(TUIO);
        let down = (0..1000).filter(|i| all.at(*i, (0.5, 0.5), 0.1, 1.0, 0.0).is_some()).count();
        assert_eq!((down, all.count()), (MOST, MOST));
        assert_eq!(all.keep(|k| *k == 3).len(), MOST - 1);
    }
}
