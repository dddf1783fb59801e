//! Pointers upon the picture: which numbers they have, and how places that come from outside become touches.

use std::collections::BTreeMap;

use show::{Command, Hub};
use world::system::{Phase, Touch};
use world::tape::Event;

/// The mouse.
pub const MOUSE: u32 = 0;
/// First number of a finger on the window.
pub const WINDOW: u32 = 1;
/// First number of a TUIO cursor.
pub const TUIO: u32 = 10_000;
/// First number of a touch by OSC.
pub const OSC: u32 = 100_000;
/// First number of a finger on the web remote.
pub const REMOTE: u32 = 1_000_000;

/// Radius of a touch that brings none, as a fraction of the world's height.
pub const RADIUS: f32 = 0.06;
/// Pointers of one hand that are followed at once; more are not felt.
pub const MOST: usize = 64;
/// Seconds between two signs of a pointer that rests.
const REST: f64 = 1.0 / 60.0;

#[derive(Clone, Debug)]
struct Pointer {
    touch: Touch,
    seen: f64,
    moved: f64,
}

/// The pointers of one hand that are down, by what the hand calls them.
#[derive(Clone, Debug)]
pub struct Pointers<K: Ord + Clone> {
    first: u32,
    down: BTreeMap<K, Pointer>,
}

impl<K: Ord + Clone> Pointers<K> {
    /// No pointer is down; their numbers begin at `first`.
    pub fn new(first: u32) -> Self {
        Self { first, down: BTreeMap::new() }
    }

    /// How many are down.
    pub fn count(&self) -> usize {
        self.down.len()
    }

    /// What the pointers that are down are called.
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.down.keys()
    }

    /// Whether a pointer is down.
    pub fn has(&self, key: &K) -> bool {
        self.down.contains_key(key)
    }

    /// A pointer is at a place (0..1 of the picture, brought into it) at `now`, seconds: the touch that this is. Nothing
    /// if a number is none, or too many are down.
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

    /// The lowest number that no pointer has.
    fn free(&self) -> Option<u32> {
        let used = |id: u32| self.down.values().any(|p| p.touch.id == id);
        (self.first..self.first + MOST as u32).find(|&id| !used(id))
    }

    /// A pointer is still there, wherever it is.
    pub fn seen(&mut self, key: &K, now: f64) {
        self.down.get_mut(key).into_iter().for_each(|p| p.seen = now);
    }

    /// A pointer is lifted: the touch that this is.
    pub fn up(&mut self, key: &K) -> Option<Touch> {
        let touch = self.down.remove(key)?.touch;
        Some(Touch { dx: 0.0, dy: 0.0, phase: Phase::Up, ..touch })
    }

    /// Lifts the pointers for which this says no.
    pub fn keep(&mut self, stays: impl Fn(&K) -> bool) -> Vec<Touch> {
        let gone: Vec<K> = self.down.keys().filter(|k| !stays(k)).cloned().collect();
        gone.iter().filter_map(|k| self.up(k)).collect()
    }

    /// Time passes: pointers that rest say so, and those not seen for `patience` seconds are lifted.
    pub fn pass(&mut self, now: f64, patience: f64) -> Vec<Touch> {
        let lost: Vec<K> =
            self.down.iter().filter(|p| now - p.1.seen > patience).map(|p| p.0.clone()).collect();
        let mut all: Vec<Touch> = lost.iter().filter_map(|k| self.up(k)).collect();
        for p in self.down.values_mut().filter(|p| now - p.moved >= REST) {
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
    fn two_pointers_live_side_by_side_and_numbers_are_used_again() {
        let mut all = Pointers::new(OSC);
        let a = all.at("a", (0.25, 0.5), RADIUS, 1.0, 0.0).unwrap();
        let b = all.at("b", (0.5, 7.0), RADIUS, 1.0, 0.0).unwrap();
        assert_eq!((a.id, a.phase, b.id, b.y), (OSC, Phase::Down, OSC + 1, 1.0));
        let a = all.at("a", (0.5, 0.25), RADIUS, -3.0, 0.1).unwrap();
        assert_eq!((a.phase, a.dx, a.dy, a.strength), (Phase::Move, 0.25, -0.25, -1.0));
        assert_eq!(all.up(&"a").map(|t| (t.id, t.phase, t.dx)), Some((OSC, Phase::Up, 0.0)));
        assert!(all.up(&"a").is_none() && all.at("c", (f32::NAN, 0.0), 0.1, 1.0, 0.2).is_none());
        assert_eq!(all.at("c", (0.0, 0.0), 0.1, 1.0, 0.2).unwrap().id, OSC);
        let told = all.pass(0.21, 9.0);
        assert_eq!(told.len(), 1, "only b has rested");
        assert_eq!((told[0].id, told[0].phase, told[0].dx), (OSC + 1, Phase::Move, 0.0));
        let lost = all.pass(1.5, 1.4);
        assert_eq!((lost[0].id, lost[0].phase, all.count()), (OSC + 1, Phase::Up, 1));
    }

    #[test]
    fn hands_do_not_share_numbers_and_a_crowd_is_bounded() {
        let firsts = [WINDOW, TUIO, OSC, REMOTE];
        assert!(firsts.windows(2).all(|w| w[1] - w[0] > MOST as u32) && !firsts.contains(&MOUSE));
        let mut all = Pointers::new(TUIO);
        let felt = (0..1000).filter(|i| all.at(*i, (0.5, 0.5), 0.1, 1.0, 0.0).is_some()).count();
        assert_eq!((felt, all.count()), (MOST, MOST));
        assert_eq!(all.keep(|k| *k == 3).len(), MOST - 1);
    }
}
